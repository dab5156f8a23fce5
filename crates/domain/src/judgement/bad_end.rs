//! The bad end that a pod is blamed on, among those of its containers: the others were ended because of it.
use crate::pod::{Container, ContainerSpec, ContainerState, Pod, Role, Termination};
use std::time::Duration;

/// How long a kubelet may take to end the other containers, beyond their grace period.
const SLACK: Duration = Duration::from_secs(10);

/// A container that ended badly, and how.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadEnd<'a> {
    pub(super) spec: &'a ContainerSpec,
    pub(super) container: &'a Container,
    pub(super) end: &'a Termination,
}

/// The latest bad end that no other explains. Sidecars are ended by the kubelet when all else is over, so that they count
/// where nothing else ended badly, and before it was over.
pub(super) fn of(pod: &Pod) -> Option<BadEnd<'_>> {
    let own = of_role(pod, |role| matches!(role, Role::Main | Role::Init));
    let ends = if own.is_empty() {
        let mut beside = of_role(pod, |role| role == Role::Sidecar);
        beside.retain(|bad| !is_over_before(pod, bad.end));
        beside
    } else {
        own
    };
    let causes = ends.iter().filter(|bad| !ends.iter().any(|other| explains(pod, other.end, bad.end)));
    causes.max_by_key(|bad| bad.end.finished).copied()
}

fn of_role(pod: &Pod, is_wanted: impl Fn(Role) -> bool) -> Vec<BadEnd<'_>> {
    let wanted = pod.each_container().filter(|(spec, _)| is_wanted(spec.role));
    let ended =
        wanted.filter_map(|(spec, container)| Some(BadEnd { spec, container, end: container.latest_end()? }));
    ended.filter(|bad| bad.end.is_bad()).collect()
}

/// Whether all that the pod was made for had ended when that came.
fn is_over_before(pod: &Pod, end: &Termination) -> bool {
    let mut main = pod.each_container().filter(|(spec, _)| spec.role == Role::Main);
    main.all(|(_, container)| match &container.state {
        ContainerState::Terminated(done) => done.finished <= end.finished,
        _ => false,
    })
}

/// Whether a container may have been ended because another had.
fn explains(pod: &Pod, other: &Termination, end: &Termination) -> bool {
    let (Some(before), Some(after)) = (other.finished, end.finished) else { return false };
    let is_in_time = before <= after && after <= before + pod.spec.termination_grace + SLACK;
    // Of two that were killed in one second nobody knows which was the first.
    is_killed(end) && is_in_time && (before < after || !is_killed(other))
}

/// Whether it was ended from outside, and not for its use of memory.
fn is_killed(end: &Termination) -> bool {
    !end.is_oom() && (matches!(end.exit_code, 137 | 143) || matches!(end.signal, Some(9 | 15)))
}
