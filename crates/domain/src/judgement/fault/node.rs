//! Nodes that do not answer: of their pods nothing is known any more but that. And nodes that say that they are not ready.
use super::{Fault, Patient, lifecycle};
use crate::condition::{self, Tristate};
use crate::diagnosis::Code;
use crate::judgement::moment::Moment;
use crate::judgement::{Surroundings, recency};
use crate::pod::{ContainerState, Phase, Pod, Role};
use crate::time::Time;
use std::time::Duration;

/// The API's times are in whole seconds, and the node controller writes one thing after the other.
const A_MOMENT: Duration = Duration::from_secs(2);

/// What is wrong with a pod whose node does not answer. What waiting would not have mended before is not mended by that.
pub(super) fn lost<'a>(patient: Patient<'a>, told_before: &[Fault<'_>]) -> Option<Fault<'a>> {
    let since = silent_since(patient)?;
    let lasting = told_before.iter().filter_map(|fault| fault.lasts_from).filter(|from| *from <= since).min();
    Some(Fault { lasts_from: lasting, ..fault(patient, since) })
}

pub(super) fn fault(patient: Patient<'_>, since: Time) -> Fault<'_> {
    let told = patient.event("NodeNotReady", None);
    Fault::new(Code::NodeLost, patient.pod, since).shown_by(told).saying(own_word(patient))
}

/// A pod that is on its way out and cannot end, since nobody on its node ends it. It lasts when it should be gone.
pub(in crate::judgement) fn held<'a>(
    pod: &'a Pod,
    surroundings: &'a dyn Surroundings,
    moment: &Moment,
) -> Option<Fault<'a>> {
    let stuck = lifecycle::terminating(pod, moment);
    pod.deleting?;
    let patient = Patient { pod, runs: &[], surroundings };
    let lasts_from = stuck.and_then(|stuck| stuck.lasts_from);
    Some(Fault { lasts_from, ..fault(patient, silent_since(patient)?) })
}

/// Since when nobody on the pod's node tells how the pod is. A node that is not ready by its own word does tell.
pub(super) fn silent_since(patient: Patient<'_>) -> Option<Time> {
    let pod = patient.pod;
    let name = pod.node.as_deref()?;
    if pod.is_ready() || pod.is_finished() {
        return None;
    }
    let ready = pod.condition("Ready");
    let unready = ready.and_then(|ready| ready.since).unwrap_or_else(|| patient.began());
    let given_up = ready.is_some_and(|ready| ready.status == Tristate::Unknown);
    if given_up || pod.reason().map(AsRef::as_ref) == Some("NodeLost") {
        return Some(unready);
    }
    // The node controller takes away `Ready` alone and gives no reason; the kubelet would.
    let is_taken_away = all_containers_are_ready(pod) && ready.is_some_and(|ready| ready.reason.is_none());
    let told = patient.surroundings.node(name).and_then(|node| condition::find(&node.conditions, "Ready"));
    let is_current = patient.surroundings.nodes_are_current();
    match told.map(|told| (told.status, told.since)) {
        // That the node is back may be news to whoever tells of nodes.
        Some((Tristate::Unknown, Some(since))) if last_word(patient).is_some_and(|word| word > since) => None,
        Some((Tristate::Unknown, since)) => Some(unready.max(since.unwrap_or(unready))),
        Some((Tristate::False, _)) => None,
        // That the node was given up may be news to whoever tells of nodes.
        Some((Tristate::True, since)) if is_current => {
            let told_before = since.is_none_or(|since| since <= unready);
            let event = patient.event("NodeNotReady", None);
            let given_up = event.is_some_and(|event| event.last + A_MOMENT >= unready);
            (is_taken_away && told_before && given_up).then_some(unready)
        }
        _ => is_taken_away.then_some(unready),
    }
}

/// When the pod's kubelet told of it last, as far as that shows.
fn last_word(patient: Patient<'_>) -> Option<Time> {
    let ready = patient.pod.condition("Ready").filter(|ready| ready.reason.is_some());
    recency::of_containers(patient.pod).chain(ready.and_then(|ready| ready.since)).max()
}

/// What a node that is not ready by its own word says of that.
pub(super) fn own_word(patient: Patient<'_>) -> Option<&str> {
    let node = patient.surroundings.node(patient.pod.node.as_deref()?)?;
    let told = condition::find(&node.conditions, "Ready").filter(|told| told.status == Tristate::False)?;
    Some(told.message.as_deref().or(told.reason.as_deref()).unwrap_or("it gives no reason"))
}

/// Whether its containers run and are ready, as far as was told last.
pub(in crate::judgement) fn all_containers_are_ready(pod: &Pod) -> bool {
    let judged = || pod.each_container().filter(|(spec, _)| matches!(spec.role, Role::Main | Role::Sidecar));
    pod.phase == Phase::Running
        && judged().all(|(_, container)| {
            container.ready && matches!(container.state, ContainerState::Running { .. })
        })
}
