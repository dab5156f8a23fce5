//! Changes of `spec.replicas`: they are passed on to the sets without a rollout, also while one is paused or under way.

use super::{Bounds, Sets, available, wanted};
use crate::control_plane::ControlPlane;
use serde_json::Value;

impl ControlPlane {
    /// Gives the one set that has pods as many as are wanted; where several have, each its share.
    pub(super) fn scale(&mut self, deployment: &Value, sets: &mut Sets) {
        let Bounds { desired, surge, .. } = Bounds::of(deployment);
        let active = sets.all().filter(|set| wanted(set) > 0).count();
        if active <= 1 {
            let only = sets.old.iter_mut().find(|set| wanted(set) > 0).or(sets.current.as_mut());
            if let Some(set) = only {
                self.scale_set(deployment, set, desired);
            }
            return;
        }
        let is_saturated =
            sets.current.as_ref().is_some_and(|set| wanted(set) == desired && available(set) == desired);
        let total = sets.sum(wanted);
        let allowed = if desired > 0 { desired + surge } else { 0 };
        let mut left = if is_saturated { 0 } else { allowed - total };
        let each = sets.current.iter_mut().chain(sets.old.iter_mut().rev());
        for (place, set) in each.enumerate().filter(|(_, set)| wanted(set) > 0) {
            let own = wanted(set);
            let wish = if is_saturated && place > 0 {
                0
            } else {
                let part = (own as f64 * allowed as f64 / total as f64).round() as i64 - own;
                let part = if left > 0 { part.clamp(0, left) } else { part.clamp(left, 0) };
                left -= part;
                own + part
            };
            self.scale_set(deployment, set, wish.max(0));
        }
    }
}
