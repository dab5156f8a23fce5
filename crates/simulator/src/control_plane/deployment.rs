//! Deployments: how pods of one revision make way for those of the next, over `ReplicaSets`.

mod scaling;
mod status;

use super::{
    ControlPlane, Target, count,
    event::{Report, Source},
    owner_reference, pod, template_hash,
};
use crate::{Resource, clock::seconds};
use serde_json::{Value, json};
use std::sync::Arc;

const REVISION: &str = "deployment.kubernetes.io/revision";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MOST: &str = "deployment.kubernetes.io/max-replicas";

/// The `ReplicaSets` of a Deployment.
struct Sets {
    /// That of the present template.
    current: Option<Arc<Value>>,
    /// The others, oldest first.
    old: Vec<Arc<Value>>,
}

impl Sets {
    fn all(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.current.iter().chain(&self.old)
    }

    fn sum(&self, of: impl Fn(&Value) -> i64) -> i64 {
        self.all().map(|set| of(set)).sum()
    }

    fn sum_of_old(&self, of: impl Fn(&Value) -> i64) -> i64 {
        self.old.iter().map(|set| of(set)).sum()
    }
}

impl ControlPlane {
    pub(super) fn sync_deployment(&mut self, target: &Target) {
        let Some(deployment) = self.read(target) else { return };
        let deployment = self.note_pause(deployment);
        let is_paused = deployment["spec"]["paused"] == true;
        let mut sets = self.sets(&deployment);
        let desired = count(&deployment["spec"]["replicas"]);
        let was_scaled = |set: &Arc<Value>| {
            wanted(set) > 0 && annotation(set, DESIRED).is_some_and(|told| told != desired)
        };
        if is_paused || sets.all().any(was_scaled) {
            self.scale(&deployment, &mut sets);
            return self.write_status(deployment, &sets, false);
        }
        let deployment = if deployment["spec"]["strategy"]["type"] == "Recreate" {
            self.recreate(deployment, &mut sets)
        } else {
            let deployment = self.ensure_current(deployment, &mut sets);
            self.roll(&deployment, &mut sets);
            deployment
        };
        self.forget_old_sets(&deployment, &sets);
        self.write_status(deployment, &sets, true);
    }

    fn sets(&self, deployment: &Value) -> Sets {
        let hash = template_hash(&deployment["spec"]["template"]);
        let mut old = self.owned(Resource::ReplicaSets, deployment);
        old.sort_by_key(|set| revision(set));
        let place = old.iter().position(|set| set["metadata"]["labels"]["pod-template-hash"] == *hash);
        Sets { current: place.map(|place| old.remove(place)), old }
    }

    /// Makes sure of the set of the present template, and that it has the highest revision.
    fn ensure_current(&mut self, deployment: Value, sets: &mut Sets) -> Value {
        let newest = sets.old.iter().map(|set| revision(set)).max().unwrap_or(0);
        let mut deployment = deployment;
        let current = match sets.current.take() {
            None => {
                let created = self.create_replica_set(&deployment, newest + 1);
                deployment = self.note_new_set(deployment, &created);
                created
            }
            // A rollback: the old set is the newest again.
            Some(set) if revision(&set) < newest => {
                let mut set = (*set).clone();
                set["metadata"]["annotations"][REVISION] = (newest + 1).to_string().into();
                self.write(set)
            }
            Some(set) => set,
        };
        deployment["metadata"]["annotations"][REVISION] = revision(&current).to_string().into();
        sets.current = Some(current);
        deployment
    }

    fn create_replica_set(&mut self, deployment: &Value, revision: i64) -> Arc<Value> {
        let metadata = &deployment["metadata"];
        let mut template = deployment["spec"]["template"].clone();
        let hash = template_hash(&template);
        template["metadata"]["labels"]["pod-template-hash"] = hash.as_str().into();
        let mut selector = deployment["spec"]["selector"].clone();
        selector["matchLabels"]["pod-template-hash"] = hash.as_str().into();
        let Bounds { desired, surge, .. } = Bounds::of(deployment);
        let mut spec = json!({"replicas": 0, "selector": selector, "template": template});
        if !deployment["spec"]["minReadySeconds"].is_null() {
            spec["minReadySeconds"] = deployment["spec"]["minReadySeconds"].clone();
        }
        self.write(json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "namespace": metadata["namespace"],
                "name": format!("{}-{hash}", metadata["name"].as_str().unwrap_or_default()),
                "labels": spec["template"]["metadata"]["labels"],
                "annotations": {
                    REVISION: revision.to_string(),
                    DESIRED: desired.to_string(),
                    MOST: (desired + surge).to_string(),
                },
                "ownerReferences": [owner_reference(Resource::Deployments, deployment)],
                "creationTimestamp": seconds(self.now),
            },
            "spec": spec,
            "status": {"replicas": 0, "terminatingReplicas": 0},
        }))
    }

    /// One step of a rolling update: the new set grows as far as the surge allows, the old ones shrink as far as
    /// enough pods stay available, those that are broken first.
    fn roll(&mut self, deployment: &Value, sets: &mut Sets) {
        let Bounds { desired, surge, unavailable } = Bounds::of(deployment);
        let Some(current) = &mut sets.current else { return };
        let total = wanted(current) + sets.old.iter().map(|set| wanted(set)).sum::<i64>();
        let room = desired + surge - total;
        let grown = (wanted(current) + room.max(0)).min(desired);
        if wanted(current) != grown && (grown > wanted(current) || wanted(current) > desired) {
            return self.scale_set(deployment, current, grown);
        }
        let missing = wanted(current) - available(current);
        let least = desired - unavailable;
        let mut broken = total - least - missing;
        if sets.sum_of_old(wanted) == 0 || broken <= 0 {
            return;
        }
        for set in &mut sets.old {
            let cut = (wanted(set) - available(set)).min(broken);
            if cut > 0 {
                broken -= cut;
                self.scale_set(deployment, set, wanted(set) - cut);
            }
        }
        let mut spare = sets.sum(available) - least;
        for set in &mut sets.old {
            let cut = wanted(set).min(spare);
            if cut > 0 {
                spare -= cut;
                self.scale_set(deployment, set, wanted(set) - cut);
            }
        }
    }

    /// One step of a rollout that first takes all old pods away, and makes new ones when none is left.
    fn recreate(&mut self, deployment: Value, sets: &mut Sets) -> Value {
        let mut is_leaving = false;
        for set in sets.old.iter_mut().filter(|set| wanted(set) > 0) {
            is_leaving = true;
            self.scale_set(&deployment, set, 0);
        }
        let is_running = |pod: &Arc<Value>| !pod::is_over(pod);
        let mut olds = sets.old.iter();
        if is_leaving || olds.any(|set| self.owned(Resource::Pods, set).iter().any(is_running)) {
            return deployment;
        }
        let deployment = self.ensure_current(deployment, sets);
        let desired = count(&deployment["spec"]["replicas"]);
        if let Some(current) = sets.current.as_mut().filter(|current| wanted(current) != desired) {
            self.scale_set(&deployment, current, desired);
        }
        deployment
    }

    fn scale_set(&mut self, deployment: &Value, set: &mut Arc<Value>, replicas: i64) {
        let before = wanted(set);
        let mut scaled = (**set).clone();
        scaled["spec"]["replicas"] = replicas.into();
        let Bounds { desired, surge, .. } = Bounds::of(deployment);
        scaled["metadata"]["annotations"][DESIRED] = desired.to_string().into();
        scaled["metadata"]["annotations"][MOST] = (desired + surge).to_string().into();
        *set = self.write(scaled);
        self.sync_soon(Target::of(Resource::ReplicaSets, set));
        if replicas == before {
            return;
        }
        let direction = if replicas > before { "up" } else { "down" };
        let name = set["metadata"]["name"].as_str().unwrap_or_default();
        self.report(&Report {
            about: deployment,
            resource: Resource::Deployments,
            container: None,
            source: Source::Controller("deployment-controller"),
            warning: false,
            reason: "ScalingReplicaSet",
            message: format!("Scaled {direction} replica set {name} from {before} to {replicas}"),
        });
    }

    fn forget_old_sets(&mut self, deployment: &Value, sets: &Sets) {
        let empty: Vec<_> = sets.old.iter().filter(|set| wanted(set) == 0 && replicas(set) == 0).collect();
        let limit = usize::try_from(count(&deployment["spec"]["revisionHistoryLimit"])).unwrap_or(0);
        let surplus = empty.len().saturating_sub(limit);
        for set in &empty[..surplus] {
            let target = Target::of(Resource::ReplicaSets, set);
            self.collect(&target);
        }
    }
}

/// Replicas wanted, how many more there may be, how many may be missing.
#[derive(Clone, Copy)]
struct Bounds {
    desired: i64,
    surge: i64,
    unavailable: i64,
}

impl Bounds {
    fn of(deployment: &Value) -> Self {
        let desired = count(&deployment["spec"]["replicas"]);
        let rolling = &deployment["spec"]["strategy"]["rollingUpdate"];
        if rolling.is_null() {
            return Self { desired, surge: 0, unavailable: desired };
        }
        let surge = share(&rolling["maxSurge"], desired, f64::ceil);
        let unavailable = share(&rolling["maxUnavailable"], desired, f64::floor);
        Self { desired, surge, unavailable: if surge == 0 { unavailable.max(1) } else { unavailable } }
    }
}

/// A number of pods, or a share of all of them.
pub(super) fn share(value: &Value, of: i64, rounding: fn(f64) -> f64) -> i64 {
    match value.as_str().and_then(|text| text.strip_suffix('%')) {
        Some(percent) => rounding(of as f64 * percent.parse::<f64>().unwrap_or(0.0) / 100.0) as i64,
        None => count(value),
    }
}

fn annotation(set: &Value, name: &str) -> Option<i64> {
    set["metadata"]["annotations"][name].as_str()?.parse().ok()
}

fn revision(set: &Value) -> i64 {
    annotation(set, REVISION).unwrap_or(0)
}

fn wanted(set: &Value) -> i64 {
    count(&set["spec"]["replicas"])
}

fn replicas(set: &Value) -> i64 {
    count(&set["status"]["replicas"])
}

fn ready(set: &Value) -> i64 {
    count(&set["status"]["readyReplicas"])
}

fn available(set: &Value) -> i64 {
    count(&set["status"]["availableReplicas"])
}
