//! What the scheduler keeps free for a pod, counted as it does (`PodRequests` of `k8s.io/component-helpers/resource`).

use super::{amount, compute};
use crate::api::pod::{Container, PodSpec};
use crate::api::quantity::Quantity;
use domain::compute::Compute;

/// The CPU and memory that a pod takes up on its node.
pub(super) fn requests(spec: &PodSpec) -> Compute {
    let of = |container: &Container| {
        container.resources.as_ref().map_or_else(Compute::default, |asked| compute(&asked.requests))
    };
    let main = spec.containers.iter().map(of).fold(Compute::default(), Compute::plus);
    // An init container runs alone but for the sidecars that were begun before it.
    let (mut sidecars, mut starting) = (Compute::default(), Compute::default());
    for container in &spec.init_containers {
        let asked = of(container).plus(sidecars);
        if container.restart_policy == "Always" {
            sidecars = asked;
        }
        starting = starting.max(asked);
    }
    let containers = main.plus(sidecars).max(starting);
    let pod = spec.resources.as_ref().map_or(&[][..], |asked| &asked.requests);
    let asked = Compute {
        cpu_millicores: amount(pod, "cpu")
            .and_then(Quantity::thousandths)
            .unwrap_or(containers.cpu_millicores),
        memory_bytes: amount(pod, "memory").and_then(Quantity::units).unwrap_or(containers.memory_bytes),
    };
    asked.plus(compute(&spec.overhead))
}
