//! What is left on nodes for pods to come.
use super::cluster::Cluster;
use crate::compute::Compute;
use crate::node::Node;
use crate::pod::Pod;
use crate::scope::Scope;
use crate::source::{Resource, SourceId, SourceState};
use crate::text::Text;
use imbl::OrdMap;
use std::sync::{Arc, OnceLock};

/// What the pods on each node ask for.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    reserved: OrdMap<Text, Compute>,
    /// The most that a node has left, once somebody has asked since it changed
    most_free: OnceLock<Option<Compute>>,
}

impl Room {
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
            let left = self.on(&node).minus(asked);
            if left == Compute::default() {
                self.reserved.remove(&node);
            } else {
                self.reserved.insert(node, left);
            }
        }
        if let Some((node, asked)) = after {
            let sum = self.on(&node).plus(asked);
            self.reserved.insert(node, sum);
        }
        self.recount();
        true
    }

    /// Nodes have changed.
    pub(super) fn recount(&mut self) {
        self.most_free = OnceLock::new();
    }

    fn on(&self, node: &Text) -> Compute {
        self.reserved.get(node).copied().unwrap_or_default()
    }

    fn most_free(&self, nodes: &OrdMap<Text, Arc<Node>>) -> Option<Compute> {
        *self.most_free.get_or_init(|| {
            let open = nodes.values().filter(|node| node.takes_pods());
            open.map(|node| node.allocatable.minus(self.on(&node.name))).reduce(Compute::max)
        })
    }
}

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
        if is_known { self.room.most_free(&self.nodes) } else { None }
    }
}
