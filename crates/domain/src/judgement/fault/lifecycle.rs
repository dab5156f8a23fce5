//! Faults of a pod as a whole: its node, its readiness, its end.
use super::{Fault, Patient, node};
use crate::condition::Tristate;
use crate::diagnosis::Code;
use crate::judgement::moment::Moment;
use crate::judgement::{Surroundings, bad_end};
use crate::pod::{ContainerState, Phase, Pod, Role};
use crate::time::Time;
use std::time::Duration;

/// How long after the end of its grace period a pod may still be there.
const STUCK_AFTER: Duration = Duration::from_secs(30);

/// Why a pod is not ready, of which nothing else is known when `unexplained`.
pub(super) fn unready(patient: Patient<'_>, unexplained: bool) -> Option<Fault<'_>> {
    let pod = patient.pod;
    let ready = pod.condition("Ready");
    let since = ready.and_then(|ready| ready.since).unwrap_or_else(|| patient.began());
    if node::own_word(patient).is_some() {
        return Some(node::fault(patient, since));
    }
    let ready = ready?;
    let judged = || pod.each_container().filter(|(spec, _)| matches!(spec.role, Role::Main | Role::Sidecar));
    let runs = pod.phase == Phase::Running
        && judged().all(|(_, container)| matches!(container.state, ContainerState::Running { .. }));
    if node::all_containers_are_ready(pod) && ready.reason.as_deref() == Some("ReadinessGatesNotReady") {
        return Some(gate(patient, since));
    }
    if !runs || !unexplained {
        return None;
    }
    let Some((spec, _)) = judged().find(|(_, container)| !container.ready) else {
        return Some(
            Fault::new(Code::ReadinessFailing, pod, since).shown_by(patient.event("NodeNotReady", None)),
        );
    };
    let probe = patient.event("Unhealthy", Some(spec));
    let fault = Fault::new(Code::ReadinessFailing, pod, since).of(spec).shown_by(probe);
    Some(fault.saying(probe.map(|event| &*event.message)))
}

fn gate(patient: Patient<'_>, since: Time) -> Fault<'_> {
    let words = patient.pod.condition("Ready").and_then(|ready| ready.message.as_deref());
    Fault::new(Code::ReadinessGate, patient.pod, since).saying(words)
}

/// A pod that should be gone.
pub(in crate::judgement) fn terminating<'a>(pod: &'a Pod, moment: &Moment) -> Option<Fault<'a>> {
    let over = pod.deleting? + STUCK_AFTER;
    moment.has_come(over).then(|| Fault::new(Code::StuckTerminating, pod, over).lasting_from(over))
}

/// Why a pod failed for good, and when.
pub(in crate::judgement) fn of_lost(pod: &Pod) -> Option<Fault<'_>> {
    if pod.phase != Phase::Failed {
        return None;
    }
    let disruption = pod.condition("DisruptionTarget").filter(|target| target.status == Tristate::True);
    let end = bad_end::of(pod);
    let end = end.filter(|bad| matches!(bad.container.state, ContainerState::Terminated(_)));
    let ready = pod.condition("Ready").and_then(|ready| ready.since);
    let finished = end.and_then(|bad| bad.end.finished);
    let since = disruption.and_then(|target| target.since).or(finished).or(ready).unwrap_or(pod.created);
    let told = disruption.and_then(|target| target.reason.as_deref());
    let oom = end.is_some_and(|bad| bad.end.is_oom());
    let code = match lost_code(pod.reason().map(AsRef::as_ref), told) {
        Code::CrashLoop if oom => Code::OomKilled,
        code => code,
    };
    let words =
        pod.message().map(AsRef::as_ref).or_else(|| disruption.and_then(|target| target.message.as_deref()));
    let fault = Fault { end: end.map(|bad| bad.end), ..Fault::new(code, pod, since) };
    let fault = fault.saying(words).lasting_from(since);
    Some(match end {
        Some(bad) if matches!(code, Code::OomKilled | Code::CrashLoop) => fault.of(bad.spec),
        _ => fault,
    })
}

/// Why a pod failed for good, and what its container wrote before.
pub(in crate::judgement) fn post_mortem<'a>(
    pod: &'a Pod,
    surroundings: &'a dyn Surroundings,
) -> Option<Fault<'a>> {
    let fault = of_lost(pod)?;
    let ended = fault.end.and_then(|end| end.finished);
    let said = fault.container.and_then(|container| surroundings.last_words(pod.uid, &container.name));
    Some(Fault { last_words: said.filter(|said| ended == Some(said.ended)), ..fault })
}

/// What the reason of a failed pod means, and that of its condition `DisruptionTarget`.
pub(in crate::judgement) fn lost_code(reason: Option<&str>, disruption: Option<&str>) -> Code {
    match (reason, disruption) {
        (Some("Evicted"), _) => Code::Evicted,
        (Some("Preempting"), _) | (None, Some("PreemptionByScheduler")) => Code::Preempted,
        (Some("DeadlineExceeded"), _) => Code::JobDeadlineExceeded,
        (Some("NodeLost"), _) => Code::NodeLost,
        (Some(_), _) => Code::PodRejected,
        (None, Some("EvictionByEvictionAPI" | "DeletionByTaintManager" | "TerminationByKubelet")) => {
            Code::Evicted
        }
        (None, _) => Code::CrashLoop,
    }
}
