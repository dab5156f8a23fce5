//! `apps/v1`: Deployments, ReplicaSets, StatefulSets, DaemonSets.

use super::pod::template;
use super::{Convert, condition, count, created, owner, seconds};
use crate::api::apps::{DaemonSet, Deployment, ReplicaSet, StatefulSet};
use crate::api::meta::ObjectMeta;
use crate::api::pod::PodTemplate;
use crate::api::time;
use crate::interner::Interner;
use domain::controller::{Controller, Strategy};
use domain::id::{Kind, Uid};
use domain::observation::Object;
use domain::text::Text;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Annotations that are ours begin so.
const OURS: &str = "maintenant.";

impl Convert for Deployment {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let base = controller(Kind::Deployment, &metadata, spec.template.as_ref(), interner);
        let recreate = spec.strategy.is_some_and(|strategy| strategy.r#type == "Recreate");
        let progressing =
            status.conditions.iter().find(|told| told.r#type == "Progressing" && told.status == "True");
        Object::Controller(Arc::new(Controller {
            progressed: progressing.and_then(|told| time::known(told.last_update_time)),
            observed_generation: status.observed_generation,
            desired: count(spec.replicas.unwrap_or(1)),
            current: count(status.replicas),
            updated: count(status.updated_replicas),
            ready: count(status.ready_replicas),
            available: count(status.available_replicas),
            template: template(spec.template.as_ref(), interner),
            revision_number: metadata
                .annotation("deployment.kubernetes.io/revision")
                .map(|number| interner.text(number)),
            paused: spec.paused,
            strategy: if recreate { Strategy::Recreate } else { Strategy::RollingUpdate { partition: 0 } },
            progress_deadline: spec.progress_deadline_seconds.map(|number| seconds(number.into())),
            min_ready: seconds(spec.min_ready_seconds.into()),
            conditions: status.conditions.into_iter().map(|telling| condition(telling, interner)).collect(),
            ..base
        }))
    }
}

impl Convert for ReplicaSet {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let base = controller(Kind::ReplicaSet, &metadata, spec.template.as_ref(), interner);
        let desired = count(spec.replicas.unwrap_or(1));
        Object::Controller(Arc::new(Controller {
            observed_generation: status.observed_generation,
            desired,
            current: count(status.replicas),
            updated: count(status.replicas),
            ready: count(status.ready_replicas),
            available: count(status.available_replicas),
            // A Deployment keeps ten old ones by default, scaled to zero.
            template: if desired == 0 { None } else { template(spec.template.as_ref(), interner) },
            revision: metadata.label("pod-template-hash").map(|hash| interner.text(hash)),
            revision_number: metadata
                .annotation("deployment.kubernetes.io/revision")
                .map(|number| interner.text(number)),
            min_ready: seconds(spec.min_ready_seconds.into()),
            conditions: status.conditions.into_iter().map(|telling| condition(telling, interner)).collect(),
            ..base
        }))
    }
}

impl Convert for StatefulSet {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let base = controller(Kind::StatefulSet, &metadata, spec.template.as_ref(), interner);
        let update = spec.update_strategy.unwrap_or_default();
        let partition = update.rolling_update.map_or(0, |rolling| count(rolling.partition));
        let start = spec.ordinals.map_or(0, |ordinals| count(ordinals.start));
        let claims = spec.volume_claim_templates.into_iter().filter_map(|claim| claim.metadata);
        Object::Controller(Arc::new(Controller {
            observed_generation: status.observed_generation,
            desired: count(spec.replicas.unwrap_or(1)),
            current: count(status.replicas),
            updated: count(status.updated_replicas),
            ready: count(status.ready_replicas),
            available: count(status.available_replicas),
            is_parallel: spec.pod_management_policy == "Parallel",
            claim_templates: claims.map(|claim| interner.text(&claim.name)).collect(),
            template: template(spec.template.as_ref(), interner),
            revision: interner.optional(&status.update_revision),
            strategy: match &*update.r#type {
                "OnDelete" => Strategy::OnDelete,
                _ if start > 0 => Strategy::RollingUpdateFrom { start, partition },
                _ => Strategy::RollingUpdate { partition },
            },
            min_ready: seconds(spec.min_ready_seconds.into()),
            conditions: status.conditions.into_iter().map(|telling| condition(telling, interner)).collect(),
            ..base
        }))
    }
}

impl Convert for DaemonSet {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let base = controller(Kind::DaemonSet, &metadata, spec.template.as_ref(), interner);
        let on_delete = spec.update_strategy.is_some_and(|strategy| strategy.r#type == "OnDelete");
        Object::Controller(Arc::new(Controller {
            observed_generation: status.observed_generation,
            desired: count(status.desired_number_scheduled),
            current: count(status.current_number_scheduled),
            updated: count(status.updated_number_scheduled),
            ready: count(status.number_ready),
            available: count(status.number_available),
            misscheduled: count(status.number_misscheduled),
            template: template(spec.template.as_ref(), interner),
            // Deprecated by name since 1.9 and written by every controller since; pods carry it as a label.
            revision: metadata
                .annotation("deprecated.daemonset.template.generation")
                .map(|generation| interner.text(generation)),
            strategy: if on_delete { Strategy::OnDelete } else { Strategy::RollingUpdate { partition: 0 } },
            min_ready: seconds(spec.min_ready_seconds.into()),
            conditions: status.conditions.into_iter().map(|telling| condition(telling, interner)).collect(),
            ..base
        }))
    }
}

/// What all kinds have in common; the rest is zero or absent. A kind that does not say which generation its status is
/// of (Jobs) has always seen the newest.
pub(super) fn controller(
    kind: Kind,
    metadata: &ObjectMeta,
    template: Option<&PodTemplate>,
    interner: &mut Interner,
) -> Controller {
    let template_metadata = template.and_then(|template| template.metadata.as_ref());
    Controller {
        kind,
        uid: Uid::parse(&metadata.uid),
        namespace: interner.text(&metadata.namespace),
        name: interner.text(&metadata.name),
        owner: owner(metadata, interner),
        created: created(metadata),
        deleting: time::known(metadata.deletion_timestamp),
        generation: metadata.generation,
        observed_generation: metadata.generation,
        desired: 0,
        current: 0,
        updated: 0,
        ready: 0,
        available: 0,
        misscheduled: 0,
        template: None,
        revision: None,
        revision_number: None,
        paused: false,
        is_parallel: false,
        strategy: Strategy::RollingUpdate { partition: 0 },
        progressed: None,
        progress_deadline: None,
        min_ready: Duration::ZERO,
        conditions: Box::default(),
        claim_templates: Box::default(),
        annotations: annotations(metadata, template_metadata, interner),
        job: None,
        cron: None,
    }
}

/// Ours, of the object and of its pod template; what the object says itself comes first.
fn annotations(
    metadata: &ObjectMeta,
    template: Option<&ObjectMeta>,
    interner: &mut Interner,
) -> Box<[(Text, Text)]> {
    let of_template = template.map_or(&[][..], |template| &template.annotations);
    let all = of_template.iter().chain(&metadata.annotations);
    let ours: BTreeMap<&str, &str> =
        all.filter(|pair| pair.key.starts_with(OURS)).map(|pair| (&*pair.key, &*pair.value)).collect();
    ours.into_iter().map(|(key, value)| (interner.text(key), interner.text(value))).collect()
}
