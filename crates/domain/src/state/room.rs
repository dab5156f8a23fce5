//! What is left on nodes for pods to come.
use super::cluster::Cluster;
use crate::compute::Compute;
use crate::pod::Pod;
use crate::scope::Scope;
use crate::source::{Resource, SourceId, SourceState};
use crate::text::Text;

impl Cluster {
    /// The most CPU, and the most memory, that a node which takes pods has left; they may be two nodes. `None` where that
    /// can't be known, since a node's room is known only to those who see all pods, and where no node takes any.
    pub(super) fn most_free(&self) -> Option<Compute> {
        let sees_all = |resource| {
            let source = self.sources.get(&SourceId { resource, namespace: None });
            source.is_some_and(|source| {
                source.listed && source.unreadable == 0 && source.state == SourceState::Synced
            })
        };
        let is_known =
            matches!(*self.scope, Scope::All) && sees_all(Resource::Nodes) && sees_all(Resource::Pods);
        let open = self.nodes.values().filter(|node| is_known && node.takes_pods());
        let reserved = |name: &Text| self.reserved.get(name).copied().unwrap_or_default();
        open.map(|node| node.allocatable.minus(reserved(&node.name))).reduce(Compute::max)
    }

    /// Takes in that a pod was so and is so now; says whether that makes or takes room.
    pub(super) fn reserve(&mut self, before: Option<&Pod>, after: Option<&Pod>) -> bool {
        let place = |pod: Option<&Pod>| -> Option<(Text, Compute)> {
            let pod = pod?;
            Some((pod.occupies()?.clone(), pod.spec.requests))
        };
        let (before, after) = (place(before), place(after));
        if before == after {
            return false;
        }
        if let Some((node, asked)) = before {
            let left = self.reserved.get(&node).copied().unwrap_or_default().minus(asked);
            if left == Compute::default() {
                self.reserved.remove(&node);
            } else {
                self.reserved.insert(node, left);
            }
        }
        if let Some((node, asked)) = after {
            let sum = self.reserved.get(&node).copied().unwrap_or_default().plus(asked);
            self.reserved.insert(node, sum);
        }
        true
    }
}
