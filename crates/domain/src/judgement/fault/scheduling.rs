//! Pods that no node takes.
use super::{Fault, PLACE_GRACE, Patient, SCALE_UP_GRACE};
use crate::claim::Claim;
use crate::condition::{Condition, Tristate};
use crate::diagnosis::Code;
use crate::pod::{Phase, Pod};

/// Whether somebody holds the pod back from scheduling.
pub(in crate::judgement) fn is_gated(pod: &Pod) -> bool {
    unscheduled(pod).is_some_and(|condition| condition.reason.as_deref() == Some("SchedulingGated"))
}

/// Why no node takes the pod.
pub(super) fn fault(patient: Patient<'_>) -> Option<Fault<'_>> {
    let pod = patient.pod;
    let condition = unscheduled(pod)?;
    let since = condition.since.unwrap_or(pod.created);
    if is_gated(pod) {
        return Some(Fault::new(Code::SchedulingGated, pod, since));
    }
    let words = condition.message.as_deref().unwrap_or_default();
    let lasts_from = match more_room_from(patient) {
        Some(from) => since.max(from) + SCALE_UP_GRACE,
        None => since + PLACE_GRACE,
    };
    let fault = Fault::new(cause(words), pod, since).saying(Some(words)).lasting_from(lasts_from);
    if let Some(claim) = pending_claim(patient).filter(|_| fault.code == Code::UnschedulableClaims) {
        let events = patient.surroundings.events(claim.uid).iter().map(AsRef::as_ref);
        let told = events.max_by_key(|event: &&crate::event::Event| (event.last, event.uid));
        return Some(Fault { code: Code::ClaimPending, claim: Some(claim), ..fault }.shown_by(told));
    }
    let is_short = fault.code == Code::UnschedulableResources;
    let most_free = if is_short { patient.surroundings.most_free() } else { None };
    Some(Fault { most_free, ..fault }.shown_by(patient.event("FailedScheduling", None)))
}

/// When more nodes, or room on one, were said to be on the way.
pub(in crate::judgement) fn more_room_from(patient: Patient<'_>) -> Option<crate::time::Time> {
    let nominated = patient.pod.nominated_node().is_some().then_some(patient.pod.created);
    patient.event("TriggeredScaleUp", None).map(|event| event.last).or(nominated)
}

/// The first claim of the pod that is seen and has no volume.
fn pending_claim(patient: Patient<'_>) -> Option<&Claim> {
    let claims = patient.pod.claims.iter().filter_map(|name| patient.surroundings.claim(name));
    claims.into_iter().find(|claim| &*claim.phase != "Bound")
}

fn unscheduled(pod: &Pod) -> Option<&Condition> {
    if pod.phase != Phase::Pending || pod.node.is_some() {
        return None;
    }
    pod.condition("PodScheduled").filter(|scheduled| scheduled.status == Tristate::False)
}

/// What the scheduler says without what it says of preemption:
/// `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s)`.
pub(in crate::judgement) fn reasons(words: &str) -> &str {
    let words = words.split(" preemption:").next().unwrap_or(words);
    let words = words.split(" no new claims to deallocate").next().unwrap_or(words);
    let words = words.strip_suffix(" not found").filter(|words| words.ends_with('.')).unwrap_or(words);
    words.trim_end_matches([' ', '.', ','])
}

/// Why the nodes that could take the pod do not: what is taken there comes before what is meant to keep the pod away, since
/// a pool that is left out by a selector or a taint is seldom what somebody wonders about. Among equals, what most nodes
/// say; claims, which bar all of them, before anything else.
fn cause(words: &str) -> Code {
    let reasons = reasons(words);
    let reasons = reasons.split_once(" are available: ").map_or(reasons, |(_, reasons)| reasons);
    let found = reasons.split(", ").filter_map(|reason| {
        let bar = BARS.iter().find(|bar| bar.words.iter().any(|word| reason.contains(word)))?;
        let nodes: u32 = reason.split(' ').next().and_then(|count| count.parse().ok()).unwrap_or(0);
        Some((bar, nodes))
    });
    let first = found.max_by_key(|(bar, nodes)| (bar.hold, *nodes, std::cmp::Reverse(bar.code)));
    first.map_or(Code::UnschedulableResources, |(bar, _)| bar.code)
}

/// What the scheduler says of nodes that do not take a pod.
struct Bar {
    code: Code,
    hold: Hold,
    words: &'static [&'static str],
}

/// How near such a node was to taking it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Hold {
    /// The pod is to be kept away from it.
    Rule,
    /// What the pod needs is taken there.
    Taken,
    /// No node can take the pod.
    All,
}

/// The first whose words fit is meant.
const BARS: [Bar; 8] = [
    Bar {
        code: Code::UnschedulableClaims,
        hold: Hold::All,
        words: &["persistentvolumeclaim", "PersistentVolumeClaim"],
    },
    // The node of the volume may be another one, on which something is taken.
    Bar { code: Code::UnschedulableVolume, hold: Hold::Rule, words: &["volume node affinity conflict"] },
    Bar { code: Code::UnschedulableVolume, hold: Hold::Taken, words: &["max volume count"] },
    Bar { code: Code::UnschedulableVolume, hold: Hold::Rule, words: &["volume"] },
    Bar { code: Code::UnschedulableTaint, hold: Hold::Rule, words: &["taint", "unschedulable"] },
    Bar {
        code: Code::UnschedulableAffinity,
        hold: Hold::Rule,
        words: &["affinity", "selector", "topology spread"],
    },
    Bar { code: Code::UnschedulablePorts, hold: Hold::Taken, words: &["free ports"] },
    Bar { code: Code::UnschedulableResources, hold: Hold::Taken, words: &["Insufficient", "Too many pods"] },
];
