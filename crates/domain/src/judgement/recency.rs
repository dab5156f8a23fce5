//! How old the youngest of the facts is.
use super::Facts;
use crate::controller::Controller;
use crate::pod::{Container, ContainerState, Pod, Termination};
use crate::time::Time;

/// When the last of what the API tells of a workload happened, by the API's own times.
pub(super) fn newest(facts: &Facts<'_>) -> Option<Time> {
    let controllers = facts.controller.into_iter().chain(facts.children.iter().copied());
    let pods = facts.pods.iter().copied();
    controllers.flat_map(of_controller).chain(pods.flat_map(of_pod)).max()
}

fn of_controller(controller: &Controller) -> impl Iterator<Item = Time> {
    let conditions = controller.conditions.iter().filter_map(|told| told.since);
    conditions.chain(controller.progressed).chain([controller.created])
}

fn of_pod(pod: &Pod) -> impl Iterator<Item = Time> {
    // The timestamp of a deletion lies ahead of the deletion by the grace period.
    let deleted = pod.deleting.map(|end| end - pod.spec.termination_grace);
    let conditions = pod.conditions.iter().filter_map(|told| told.since);
    conditions.chain(of_runs(pod)).chain(deleted).chain([pod.created])
}

/// What a kubelet noted of a pod: when it took it, and when the runs of its containers began and ended.
pub(super) fn of_runs(pod: &Pod) -> impl Iterator<Item = Time> {
    of_containers(pod).chain(pod.started)
}

/// When the runs of its containers began and ended.
pub(super) fn of_containers(pod: &Pod) -> impl Iterator<Item = Time> {
    pod.containers.iter().flat_map(of_container)
}

fn of_container(container: &Container) -> impl Iterator<Item = Time> {
    let (running, ended) = match &container.state {
        ContainerState::Running { since } => (*since, None),
        ContainerState::Terminated(end) => (None, Some(&**end)),
        ContainerState::Unreported | ContainerState::Waiting { .. } => (None, None),
    };
    let ends = ended.into_iter().chain(container.last.as_deref());
    running.into_iter().chain(ends.flat_map(of_end))
}

fn of_end(end: &Termination) -> impl Iterator<Item = Time> {
    end.started.into_iter().chain(end.finished)
}
