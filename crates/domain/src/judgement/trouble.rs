//! What makes a workload `degraded` though its pods are ready: restarts, kills for memory, lost pods, pods that do not go.
use super::fault::{self, Fault};
use super::members::{LOST_GRACE, NODE_GRACE};
use super::moment::Moment;
use super::runs::{self, WINDOW};
use super::{Facts, threshold, words};
use crate::controller::Controller;
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::health::Health;
use crate::id::Kind;
use crate::memory::{LostPod, Memory, Runs};
use crate::pod::{Phase, Pod};
use crate::time::Time;

/// Takes in the pods that failed, were evicted or turned away lately.
pub(super) fn observe_lost(pods: &[&Pod], memory: &Memory, moment: &Moment) -> Vec<LostPod> {
    let recent = |at: Time| !moment.has_come(at + WINDOW);
    let mut lost: Vec<LostPod> = memory.lost.iter().filter(|lost| recent(lost.at)).cloned().collect();
    for pod in pods.iter().filter(|pod| pod.phase == Phase::Failed && pod.deleting.is_none()) {
        let Some(fault) = fault::of_lost(pod) else { continue };
        let at = fault.since.min(moment.now());
        if recent(at) && lost.iter().all(|known| known.pod != pod.uid) {
            lost.push(LostPod { pod: pod.uid, at, reason: pod.reason().cloned() });
        }
    }
    lost.sort_by_key(|lost| (lost.at, lost.pod));
    lost.drain(..lost.len().saturating_sub(Memory::MOST_LOST));
    lost.sort_by_key(|lost| lost.pod);
    lost
}

/// The troubles of the last ten minutes, each with the time from which it is one.
pub(super) fn of<'a>(
    facts: &Facts<'a>,
    runs: &[Runs],
    lost: &[LostPod],
    controller: Option<&Controller>,
    moment: &Moment,
) -> Vec<Fault<'a>> {
    let threshold = threshold::restarts(controller) as usize;
    let mut troubles: Vec<Fault<'a>> = Vec::new();
    for pod in facts.pods {
        if let Some(fault) = fault::terminating(pod, moment) {
            troubles.push(fault::held(pod, facts.surroundings, moment).unwrap_or(fault));
        }
        if pod.deleting.is_some() || pod.is_finished() || runs.is_empty() {
            continue;
        }
        for (place, (spec, container)) in pod.each_container().enumerate() {
            let Some(runs) = runs::find(runs, pod, place) else { continue };
            let end = container.latest_end();
            let base =
                Fault { end, restarts: container.restarts, ..Fault::plain(Code::CrashLoop, pod, spec) };
            let base = base.running_on(container, moment);
            if let Some(oom) = runs.oom {
                troubles.push(Fault { code: Code::OomKilled, since: oom, lasts_from: Some(oom), ..base });
            }
            if runs.recent.len() >= threshold {
                let crossed = runs.recent.get(threshold - 1).copied();
                let since = runs.recent.first().copied().unwrap_or(moment.now());
                troubles.push(Fault { since, lasts_from: crossed, ..base });
            }
        }
    }
    if lost.len() >= threshold {
        let crossed = lost_crossed(lost, threshold);
        let leftovers = facts.pods.iter().filter_map(|pod| fault::post_mortem(pod, facts.surroundings));
        let recent = leftovers.filter(|fault| lost.iter().any(|lost| lost.pod == fault.pod.uid));
        troubles.extend(recent.map(|fault| Fault { lasts_from: crossed, ..fault }));
    }
    troubles
}

/// The pods that should go and cannot, since their nodes do not answer.
pub(super) fn held<'a>(facts: &Facts<'a>, moment: &Moment) -> Vec<Fault<'a>> {
    facts.pods.iter().filter_map(|pod| fault::held(pod, facts.surroundings, moment)).collect()
}

/// Until when a pod that is held since then may be missing: as long as any other on a node of its own kind.
pub(super) fn held_until(since: Time, kind: &Kind) -> Time {
    since + if *kind == Kind::DaemonSet { NODE_GRACE } else { LOST_GRACE }
}

/// How a thing is of which nothing is left but pods that are held since then, and since when.
pub(super) fn while_held(since: Time, kind: &Kind, moment: &Moment) -> (Health, Time) {
    let late = held_until(since, kind);
    if moment.has_come(late) { (Health::Failed, late) } else { (Health::Progressing, since) }
}

/// When the last of the first `threshold` pods was lost.
pub(super) fn lost_crossed(lost: &[LostPod], threshold: usize) -> Option<Time> {
    let mut times: Vec<Time> = lost.iter().map(|lost| lost.at).collect();
    times.sort_unstable();
    times.get(threshold.checked_sub(1)?).copied()
}

/// Says that pods were lost, where none of them is left to tell.
pub(super) fn say_lost(facts: &Facts<'_>, lost: &[LostPod], since: Time) -> Option<Diagnosis> {
    let latest = lost.iter().max_by_key(|lost| (lost.at, lost.pod))?;
    let reason = latest.reason.as_deref();
    let words = reason.map(|reason| format!(" ({})", words::quote(reason))).unwrap_or_default();
    Some(Diagnosis {
        code: fault::lost_code(reason, None),
        summary: format!("{} pods were lost within 10 min{words}.", lost.len()).into(),
        evidence: vec![Evidence {
            kind: EvidenceKind::Workload,
            at: Some(latest.at),
            object: format!("{}/{}/{}", facts.id.kind.name(), facts.id.namespace, facts.id.name).into(),
            text: format!("the last of {} pods was lost{words}", lost.len()).into(),
        }],
        since,
        next_step: Some(
            format!("kubectl -n {} get events --sort-by=.lastTimestamp", facts.id.namespace).into(),
        ),
    })
}
