//! What a kubelet, and the scheduler before it, write into the status of a pod.
use super::stage::put;
use crate::world::*;
use domain::condition::Tristate;
use domain::pod::{Container, ContainerState, Phase, Pod, Uncommon};
use domain::time::Time;

/// Writes into a pod's status what has become of it.
pub(super) fn report(pod: &mut Pod, state: &str, now: Time) {
    let mut parts = state.splitn(3, ':');
    let what = parts.next().expect("a well-formed script");
    let (first, second) = (parts.next().unwrap_or(""), parts.next().map(|words| words.replace('_', " ")));
    match what {
        "ready" => {
            run(pod, now);
            pod.containers[0].ready = true;
            set_ready(pod, Tristate::True, None, now);
        }
        "unready" => {
            run(pod, now);
            pod.containers[0].ready = false;
            set_ready(pod, Tristate::False, Some("ContainersNotReady"), now);
        }
        "restarted" => {
            end(pod, 1, "Error", now);
            let container = &mut pod.containers[0];
            keep_end(container);
            container.restarts += 1;
            container.state = ContainerState::Running { since: Some(now) };
            pod.phase = Phase::Running;
        }
        "recounted" => pod.containers[0].restarts = first.parse().expect("a number"),
        "ended" => end(pod, first.parse().expect("a number"), "Error", now),
        "oom" => end(pod, 137, "OOMKilled", now),
        "backoff" => wait(pod, "CrashLoopBackOff", None),
        "wait" => wait(pod, first, second),
        "unscheduled" => {
            let words = state.split_once(':').map(|(_, words)| words.replace('_', " ")).unwrap_or_default();
            pod.node = None;
            pod.started = None;
            let mut told = condition("PodScheduled", Tristate::False, Some("Unschedulable"), now);
            told.message = Some(words.into());
            pod.conditions = [told].into();
        }
        "gated" => {
            pod.node = None;
            pod.started = None;
            pod.conditions =
                [condition("PodScheduled", Tristate::False, Some("SchedulingGated"), now)].into();
        }
        "scheduled" => {
            pod.node = Some("n1".into());
            pod.started = Some(now);
            pod.conditions = [condition("Ready", Tristate::False, Some("ContainersNotReady"), now)].into();
        }
        "failed" => {
            end(pod, 137, "Error", now);
            pod.phase = Phase::Failed;
            pod.uncommon =
                Uncommon { reason: (!first.is_empty()).then(|| first.into()), ..Uncommon::default() }.boxed();
        }
        "succeeded" => {
            end(pod, 0, "Completed", now);
            pod.phase = Phase::Succeeded;
        }
        "lost" => set_ready(pod, Tristate::False, None, now),
        other => panic!("no state {other}"),
    }
}

fn run(pod: &mut Pod, now: Time) {
    let container = &mut pod.containers[0];
    if !matches!(container.state, ContainerState::Running { .. }) {
        keep_end(container);
        if container.last.is_some() {
            container.restarts += 1;
        }
        container.state = ContainerState::Running { since: Some(now) };
    }
    pod.phase = Phase::Running;
}

fn end(pod: &mut Pod, exit_code: i32, reason: &str, now: Time) {
    let container = &mut pod.containers[0];
    let started = match &container.state {
        ContainerState::Running { since } => *since,
        ContainerState::Terminated(_) => {
            keep_end(container);
            container.restarts += 1;
            Some(now)
        }
        _ => {
            container.restarts += u32::from(container.last.is_some());
            Some(now)
        }
    };
    container.state = ContainerState::Terminated(Box::new(ended(exit_code, reason, started, now)));
    container.ready = false;
    pod.phase = Phase::Running;
    set_ready(pod, Tristate::False, Some("ContainersNotReady"), now);
}

/// A container that is to run and does not yet. Its last end moves aside; `restartCount` counts that when it runs again.
fn wait(pod: &mut Pod, reason: &str, message: Option<String>) {
    let container = &mut pod.containers[0];
    keep_end(container);
    container.state =
        ContainerState::Waiting { reason: Some(reason.into()), message: message.map(Into::into) };
}

fn keep_end(container: &mut Container) {
    if let ContainerState::Terminated(end) = &container.state {
        container.last = Some(end.clone());
    }
}

fn set_ready(pod: &mut Pod, status: Tristate, reason: Option<&str>, now: Time) {
    let before = pod.condition("Ready").filter(|ready| ready.status == status);
    let since = before.and_then(|ready| ready.since).unwrap_or(now);
    put(&mut pod.conditions, condition("Ready", status, reason, since));
}
