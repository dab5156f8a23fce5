//! How long a pod may take to start, and a rollout to move.
use crate::controller::Controller;
use crate::pod::{Pod, PodSpec, Role};
use std::time::Duration;

/// The least that any pod gets.
const LEAST: Duration = Duration::from_mins(2);
/// The deadline of a rollout whose object names none.
const DEADLINE: Duration = Duration::from_mins(10);

/// How long the pods of one workload may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    /// From its start to its availability, for one pod
    pub(super) start: Duration,
    /// From one step of a rollout to the next
    pub(super) deadline: Duration,
    /// How long a ready pod must stay so to count as available
    pub(super) min_ready: Duration,
}

impl Budget {
    /// For pods of that specification, under that controller where there is one; the slowest start seen so far, which
    /// these pods may add to, counts twice.
    pub(super) fn observe(
        controller: Option<&Controller>,
        spec: Option<&PodSpec>,
        pods: &[&Pod],
        slowest_start_secs: &mut u32,
    ) -> Self {
        let unseen = Self::of(controller, spec);
        *slowest_start_secs = slowest_start(pods, unseen.deadline).max(*slowest_start_secs);
        unseen.after(*slowest_start_secs)
    }

    /// For pods of which a start was seen that took so many seconds, and none that took longer.
    pub(super) fn after(self, slowest_start_secs: u32) -> Self {
        let seen = Duration::from_secs(u64::from(slowest_start_secs)).saturating_mul(2);
        Self { start: self.start.max(seen).min(self.deadline), ..self }
    }

    /// For pods of which no start was seen.
    pub(super) fn of(controller: Option<&Controller>, spec: Option<&PodSpec>) -> Self {
        let min_ready = controller.map_or(Duration::ZERO, |controller| controller.min_ready);
        let probes = spec.map_or(Duration::ZERO, probes).saturating_add(min_ready);
        let asked = controller.and_then(|controller| controller.progress_deadline).unwrap_or(DEADLINE);
        let start = probes.max(LEAST);
        Self { start, deadline: asked.max(start), min_ready }
    }
}

/// The most that the probes of a pod's containers allow, which start side by side.
fn probes(spec: &PodSpec) -> Duration {
    let allowed =
        spec.containers.iter().filter(|container| matches!(container.role, Role::Main | Role::Sidecar));
    let each = allowed.map(|container| {
        let startup = container.startup_probe.unwrap_or_default();
        startup.saturating_add(container.readiness_probe.unwrap_or_default())
    });
    each.max().unwrap_or_default()
}

/// The slowest start among the pods, in seconds; a pod whose containers were restarted says nothing about it.
fn slowest_start(pods: &[&Pod], deadline: Duration) -> u32 {
    let starts = pods.iter().filter(|pod| pod.is_ready() && pod.restarts() == 0).filter_map(|pod| {
        let ready = pod.condition("Ready")?.since?;
        let took = ready.since(pod.started?);
        (took <= deadline).then(|| u32::try_from(took.as_secs()).unwrap_or(u32::MAX))
    });
    starts.max().unwrap_or(0)
}
