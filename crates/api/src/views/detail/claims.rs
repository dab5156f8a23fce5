//! The claims of a workload's pods.
use super::ClaimView;
use crate::facts::PodFacts;
use domain::controller::Controller;
use domain::source::Resource;
use domain::state::Cluster;
use domain::text::Text;
use std::collections::BTreeSet;

/// The most ordinals whose claims are looked for without a pod.
const MOST_ORDINALS: u32 = 1000;

/// The claims that its pods use, by pod; and of a StatefulSet those that are kept for ordinals without a pod.
pub(crate) fn claims<'a>(
    cluster: &'a Cluster,
    controller: Option<&'a Controller>,
    pods: &[PodFacts<'a>],
) -> Vec<ClaimView<'a>> {
    let mut told = BTreeSet::new();
    let mut views = Vec::new();
    for facts in pods {
        for name in &facts.pod.claims {
            if told.insert(name.clone()) {
                let pod = Some(&*facts.pod.name);
                views.push(view(cluster, &facts.pod.namespace, name.clone(), pod, facts.ordinal()));
            }
        }
    }
    if let Some(set) = controller {
        for ordinal in 0..set.desired.min(MOST_ORDINALS) {
            for template in &set.claim_templates {
                let name: Text = format!("{template}-{}-{ordinal}", set.name).into();
                if !told.contains(&name) && cluster.claim(&set.namespace, &name).is_some() {
                    views.push(view(cluster, &set.namespace, name, None, Some(ordinal)));
                }
            }
        }
    }
    views.sort_by(|a, b| (a.ordinal, &a.name).cmp(&(b.ordinal, &b.name)));
    views
}

fn view<'a>(
    cluster: &'a Cluster,
    namespace: &Text,
    name: Text,
    pod: Option<&'a str>,
    ordinal: Option<u32>,
) -> ClaimView<'a> {
    let claim = cluster.claim(namespace, &name);
    let absent = cluster.sees(Resource::PersistentVolumeClaims, namespace).then_some("Missing");
    ClaimView {
        name,
        pod,
        ordinal,
        phase: claim.map_or(absent, |claim| Some(&claim.phase)),
        capacity_bytes: claim.and_then(|claim| claim.capacity_bytes),
        storage_class: claim.and_then(|claim| claim.storage_class.as_deref()),
    }
}
