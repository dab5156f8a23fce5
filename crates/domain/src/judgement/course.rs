//! What is going on where nothing is wrong: how far a rollout, a scaling, a Job or a start has come.
use super::fault::{self, Fault};
use super::finding::Finding;
use super::sentence::{self, Scene};
use super::{Facts, Rollout, RolloutState, members};
use crate::diagnosis::{Code, Diagnosis};
use crate::health::Health;
use crate::id::Kind;
use crate::pod::Pod;
use crate::time::Time;
use std::time::Duration;

/// How far an eviction may lie before the workload is found to lack the pod.
const EVICTION_SKEW: Duration = Duration::from_mins(1);

/// What to say of a workload that is on its way, whose rollout somebody holds, or that is bad for no reason that shows;
/// nothing of one that is at rest.
pub(super) fn describe(facts: &Facts<'_>, finding: &Finding, since: Time) -> Option<Diagnosis> {
    let rollout = finding.rollout.as_ref();
    let on_the_way = finding.health == Health::Progressing;
    let is_bad = matches!(finding.health, Health::Failed | Health::Degraded);
    let (code, summary, next_step) = match rollout.map(|rollout| rollout.state) {
        Some(RolloutState::Paused) if facts.id.kind != Kind::Job => {
            (Code::RolloutPaused, sentence(rollout), resume(facts))
        }
        Some(RolloutState::Waiting) => (Code::RolloutOnDelete, sentence(rollout), None),
        _ if is_bad => return Some(unexplained(facts, finding, since)),
        _ if !on_the_way => return misscheduled(facts, since),
        _ if matches!(facts.id.kind, Kind::Job | Kind::CronJob) => {
            let course = rollout.map_or_else(
                || "A run is under way.".to_owned(),
                |_| format!("Running: {}", sentence(rollout)),
            );
            (Code::JobRunning, course, None)
        }
        Some(RolloutState::Scaling) => (Code::Scaling, sentence(rollout), None),
        Some(RolloutState::Progressing | RolloutState::Stuck) => {
            (Code::RollingOut, format!("Rolling out{}: {}", images(rollout), sentence(rollout)), None)
        }
        Some(RolloutState::Complete | RolloutState::Paused) | None => {
            if let Some(evicted) = evicted(facts, finding, since) {
                return Some(evicted);
            }
            (Code::Starting, readiness(facts, finding), None)
        }
    };
    Some(Diagnosis {
        code,
        summary: capital(&summary).into(),
        evidence: Vec::new(),
        since: rollout.and_then(|rollout| rollout.started).unwrap_or(since),
        next_step: next_step.map(Into::into),
    })
}

/// What is bad is never left without a sentence: at least what is missing, and where to look.
fn unexplained(facts: &Facts<'_>, finding: &Finding, since: Time) -> Diagnosis {
    let id = facts.id;
    let count = match (finding.counts.available, finding.counts.desired) {
        (Some(available), Some(desired)) => format!("{available} of {desired} pods are available"),
        _ => "It does not do what it should".to_owned(),
    };
    let kind = id.kind.name().to_lowercase();
    Diagnosis {
        code: Code::PodsMissing,
        summary: format!("{count}, and nothing that can be seen says why.").into(),
        evidence: Vec::new(),
        since,
        next_step: Some(format!("kubectl -n {} describe {kind} {}", id.namespace, id.name).into()),
    }
}

/// Pods of a DaemonSet on nodes that are not meant for them; Kubernetes leaves those that run.
fn misscheduled(facts: &Facts<'_>, since: Time) -> Option<Diagnosis> {
    let count = facts.controller.map_or(0, |controller| controller.misscheduled);
    let pods = match count {
        0 => return None,
        1 => "1 pod runs on a node that is not meant for it.".to_owned(),
        many => format!("{many} pods run on nodes that are not meant for them."),
    };
    let next_step =
        "Check the DaemonSet's nodeSelector, affinity and tolerations against the nodes, or delete the pods.";
    Some(Diagnosis {
        code: Code::Misscheduled,
        summary: pods.into(),
        evidence: Vec::new(),
        since,
        next_step: Some(next_step.into()),
    })
}

/// The pods that were evicted when those went missing that are waited for.
fn evicted(facts: &Facts<'_>, finding: &Finding, since: Time) -> Option<Diagnosis> {
    let counts = finding.counts;
    let desired = counts.desired?;
    let missing = desired.saturating_sub(counts.ready?).max(1);
    let lost = facts.pods.iter().filter(|pod| pod.deleting.is_none()).filter_map(|pod| fault::of_lost(pod));
    let mut evicted: Vec<Fault<'_>> =
        lost.filter(|fault| fault.code == Code::Evicted && fault.since + EVICTION_SKEW >= since).collect();
    evicted.sort_by_key(|fault| std::cmp::Reverse((fault.since, fault.pod.uid)));
    // Pods that came since and are ready make good those that were evicted last.
    let mut later = 0..;
    evicted.retain(|fault| {
        let came_since = |pod: &&&Pod| members::counts(pod) && pod.is_ready() && pod.created >= fault.since;
        later.next().is_some_and(|later| facts.pods.iter().filter(came_since).count() <= later)
    });
    evicted.truncate(missing as usize);
    let effect = if evicted.len() == 1 { "Its replacement starts" } else { "Their replacements start" };
    sentence::say(evicted.iter(), Scene { pods: desired, effect: Some(effect), ..Scene::default() })
}

fn resume(facts: &Facts<'_>) -> Option<String> {
    let id = facts.id;
    (id.kind == Kind::Deployment)
        .then(|| format!("kubectl -n {} rollout resume deployment/{}", id.namespace, id.name))
}

fn sentence(rollout: Option<&Rollout>) -> String {
    rollout.map_or_else(String::new, |rollout| format!("{}.", rollout.summary))
}

/// The newest image, where a single one changes.
fn images(rollout: Option<&Rollout>) -> String {
    match rollout.map(|rollout| rollout.images.as_slice()) {
        Some([only]) => format!(" `{}`", super::words::short_image(&only.to)),
        _ => String::new(),
    }
}

/// How many pods are ready, by themselves and by the controller's count, which comes a moment later; where all are, how
/// many have been for long enough.
fn readiness(facts: &Facts<'_>, finding: &Finding) -> String {
    let by_themselves = facts.pods.iter().filter(|pod| members::counts(pod) && pod.is_ready()).count() as u32;
    let counts = &finding.counts;
    match (counts.ready.map(|ready| ready.min(by_themselves)), counts.available, counts.desired) {
        (Some(ready), Some(available), Some(desired)) if ready >= desired && available < desired => {
            format!("{available} of {desired} pods are available.")
        }
        (Some(ready), _, Some(desired)) => format!("{ready} of {desired} pods are ready."),
        _ => "Pods are starting.".to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
