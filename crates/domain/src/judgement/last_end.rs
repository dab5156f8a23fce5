//! What the pods of a Job ended of, remembered because its controller often deletes them when it gives up.
use super::bad_end::BadEnd;
use super::fault::STEADY_AFTER;
use super::{Facts, bad_end, last_line, runs, words};
use crate::diagnosis::{Evidence, EvidenceKind};
use crate::id::{Kind, Uid};
use crate::memory::{LastEnd, LastLine, Memory};
use crate::pod::{ContainerSpec, ContainerState, Pod, Role, Termination};
use crate::text::Text;
use crate::time::Time;

/// Takes in how the containers of Jobs ended.
pub(super) fn observe(facts: &Facts<'_>, memory: &Memory) -> Vec<LastEnd> {
    let mut ends = memory.ends.to_vec();
    // What happens to a pod that is taken away, or was, says nothing of its program.
    let own = |pod: &&&Pod| {
        pod.deleting.is_none() && pod.reason().is_none() && pod.condition("DisruptionTarget").is_none()
    };
    for pod in facts.pods.iter().filter(own) {
        let Some(job) = job_of(pod) else { continue };
        let Some(BadEnd { spec, end, .. }) = bad_end::of(pod) else { continue };
        let Some(at) = end.finished else { continue };
        let before = ends.iter().position(|known| known.job == job).map(|place| ends.remove(place));
        // Of one pod the latest look is the best: what was blamed first may have ended because of another.
        if let Some(before) = before.clone().filter(|before| before.at > at && before.pod != pod.name) {
            ends.push(before);
            continue;
        }
        let tries =
            facts.pods.iter().filter(|pod| job_of(pod) == Some(job)).filter_map(|pod| bad_end::of(pod));
        let tries = tries.fold(0, |sum: u32, bad| sum.saturating_add(runs::ends(bad.container)));
        // A try that ends like the one before has most often the same to say, and may be gone before it was asked.
        let same = before.as_ref().filter(|before| {
            before.container == spec.name && (before.exit_code, before.signal) == (end.exit_code, end.signal)
        });
        let line = line_of(facts, pod, spec, end).or_else(|| same.and_then(|before| before.line.clone()));
        ends.push(LastEnd {
            job,
            pod: pod.name.clone(),
            container: spec.name.clone(),
            exit_code: end.exit_code,
            signal: end.signal,
            at,
            tries: tries.max(before.as_ref().map_or(0, |before| before.tries)),
            tried_again: before.filter(|before| before.at == at).and_then(|before| before.tried_again),
            line,
        });
    }
    for end in &mut ends {
        let pods = facts.pods.iter().filter(own).filter(|pod| job_of(pod) == Some(end.job));
        end.tried_again = pods.filter_map(|pod| try_after(pod, end)).max().or(end.tried_again);
    }
    ends
}

/// Forgets the ends that will not be said any more: what stays is that of the run that is said to have failed, and the
/// latest other one.
pub(super) fn forget(memory: &mut Memory) {
    let Memory { ends, outcome, .. } = memory;
    let outcome = outcome.as_deref();
    let is_said = |end: &LastEnd| outcome.is_some_and(|outcome| outcome.job == end.job);
    let succeeded = outcome.filter(|outcome| outcome.succeeded).map(|outcome| outcome.at);
    let mut kept = std::mem::take(ends).into_vec();
    kept.retain(|end| succeeded.is_none_or(|at| end.at > at && !is_said(end)));
    kept.sort_by_key(|end| std::cmp::Reverse((is_said(end), end.at, end.job)));
    kept.truncate(Memory::MOST_JOB_ENDS);
    *ends = kept.into();
}

/// What is remembered of that Job.
pub(super) fn of(memory: &Memory, job: Uid) -> Option<&LastEnd> {
    memory.ends.iter().find(|end| end.job == job)
}

/// Whether the Job was doing well again at that time: a try that came after the end had gone on for longer than most do
/// of a loop.
pub(super) fn is_overcome(end: &LastEnd, at: Time) -> bool {
    end.tried_again.is_some_and(|since| since + STEADY_AFTER <= at)
}

/// ": container `main` ended (exit 1): last log line `no such table`"
pub(super) fn say(end: &LastEnd) -> String {
    let line = end.line.as_ref().map(last_line::quote);
    let code = words::exit(end.exit_code, end.signal);
    format!(": container `{}` ended ({code}){}", end.container, line.unwrap_or_default())
}

/// The same as evidence.
pub(super) fn evidence(namespace: &str, end: &LastEnd) -> Vec<Evidence> {
    let object: Text = format!("Pod/{namespace}/{}", end.pod).into();
    let text = format!("container `{}` ended with exit code {}", end.container, end.exit_code);
    let ended = Evidence {
        kind: EvidenceKind::Container,
        at: Some(end.at),
        object: object.clone(),
        text: text.into(),
    };
    let line = end.line.as_ref().map(|line| {
        if line.is_message {
            super::evidence::message(&end.container, line, &object)
        } else {
            Evidence { kind: EvidenceKind::Log, at: Some(line.at), object, text: line.text.clone() }
        }
    });
    [ended].into_iter().chain(line).collect()
}

fn job_of(pod: &Pod) -> Option<Uid> {
    pod.owner.as_ref().filter(|owner| owner.kind == Kind::Job).map(|owner| owner.uid)
}

/// When the last try began that goes on in that pod and came after that end. That a sidecar runs beside it is none.
fn try_after(pod: &Pod, end: &LastEnd) -> Option<Time> {
    let tries = pod.each_container().filter(|(spec, _)| {
        matches!(spec.role, Role::Main | Role::Init)
            || (spec.role == Role::Sidecar && spec.name == end.container)
    });
    let begun = tries.filter_map(|(_, container)| match container.state {
        ContainerState::Running { since } => since,
        _ => None,
    });
    begun.filter(|since| *since >= end.at).max()
}

fn line_of(facts: &Facts<'_>, pod: &Pod, spec: &ContainerSpec, end: &Termination) -> Option<LastLine> {
    let said = facts.surroundings.last_words(pod.uid, &spec.name);
    let line = last_line::of(Some(end), said.filter(|said| end.finished == Some(said.ended)))?;
    Some(LastLine { text: words::quote(&line.text).into(), ..line })
}
