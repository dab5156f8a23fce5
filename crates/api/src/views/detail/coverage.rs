//! On which nodes a DaemonSet runs, and how.
use super::NodeCoverageView;
use crate::facts::PodFacts;
use domain::state::Cluster;
use domain::text::Text;
use std::collections::BTreeMap;

/// One line for each node that a pod is on or meant for. Which other nodes it should be on is not known here: that
/// depends on labels and taints, and the DaemonSet's own numbers count them.
pub(crate) fn coverage(cluster: &Cluster, pods: &[PodFacts<'_>]) -> Vec<NodeCoverageView> {
    let mut by_node: BTreeMap<&Text, &PodFacts<'_>> = BTreeMap::new();
    for facts in pods {
        let Some(node) = facts.pod.node.as_ref().or(facts.pod.intended_node()) else {
            continue;
        };
        // While one pod makes way for the next, the one that stays tells.
        let standing = |facts: &PodFacts<'_>| (facts.pod.deleting.is_none(), facts.pod.created);
        by_node
            .entry(node)
            .and_modify(|known| {
                if standing(facts) > standing(known) {
                    *known = facts;
                }
            })
            .or_insert(facts);
    }
    let view = |(name, facts): (&Text, &PodFacts<'_>)| {
        let judgement = facts.judge();
        NodeCoverageView {
            name: name.clone(),
            ready: cluster.node(name).map(|node| node.is_ready()),
            pod: Some(facts.pod.name.clone()),
            health: judgement.health.into(),
            reason: judgement.diagnosis.map(|diagnosis| diagnosis.summary),
        }
    };
    by_node.into_iter().map(view).collect()
}
