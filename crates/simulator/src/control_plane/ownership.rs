//! What belongs to a workload, and goes with it.

use super::{ControlPlane, Target};
use crate::Resource;
use serde_json::Value;
use std::sync::Arc;

impl ControlPlane {
    /// Removes an object and what it owns, as the garbage collector does: pods are asked to end.
    pub(super) fn collect(&mut self, target: &Target) {
        let Some(object) = self.peek(target) else { return };
        if target.resource == Resource::Pods {
            return self.delete_pod(&object);
        }
        // It was read just now, so it is there.
        let _ = self.cluster.delete(target.resource, &target.namespace, &target.name);
        for resource in [Resource::ReplicaSets, Resource::Jobs, Resource::Pods] {
            for owned in self.owned(resource, &object) {
                self.collect(&Target::of(resource, &owned));
            }
        }
    }

    /// The pods of a workload, also those of its `ReplicaSets`.
    pub(super) fn pods_of(&self, target: &Target) -> Vec<Arc<Value>> {
        let Some(workload) = self.peek(target) else { return Vec::new() };
        let mut pods = self.owned(Resource::Pods, &workload);
        for set in self.owned(Resource::ReplicaSets, &workload) {
            pods.extend(self.owned(Resource::Pods, &set));
        }
        pods
    }
}
