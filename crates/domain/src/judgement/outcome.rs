//! How a Job ended, where it may not be read itself: by the events about it and by its pods.
use super::Facts;
use super::loose::ended_at;
use crate::event::Event;
use crate::id::Uid;
use crate::memory::{Memory, Outcome};
use crate::pod::{Phase, Pod};
use std::time::Duration;

/// How long after its last failed pod a Job may still make another.
pub(super) const RETRY_GRACE: Duration = Duration::from_mins(10);

/// How that Job ended, as far as its pods and the events about it tell now or told before.
pub(super) fn of<'a>(
    facts: &Facts<'_>,
    job: Uid,
    pods: impl Iterator<Item = &'a Pod>,
    memory: &Memory,
) -> Option<Outcome> {
    let remembered = memory.outcome.as_deref().filter(|outcome| outcome.job == job);
    if let Some(told) = remembered.filter(|outcome| outcome.reason.is_some()) {
        return Some(told.clone());
    }
    if let Some(event) = verdict(facts, job) {
        let succeeded = &*event.reason == "Completed";
        return Some(Outcome {
            job,
            name: None,
            succeeded,
            at: event.last,
            reason: Some(event.reason.clone()),
        });
    }
    let finished = pods.filter(|pod| pod.is_finished());
    let last = finished.map(|pod| (ended_at(pod), pod.uid, pod.phase == Phase::Succeeded)).max();
    let seen = last.map(|(at, _, succeeded)| Outcome { job, name: None, succeeded, at, reason: None });
    match (seen, remembered) {
        (Some(seen), Some(before)) if before.at > seen.at => Some(before.clone()),
        (Some(seen), _) => Some(seen),
        (None, before) => before.cloned(),
    }
}

/// The event in which the Job's controller says that the Job is over.
pub(super) fn verdict<'a>(facts: &Facts<'a>, job: Uid) -> Option<&'a Event> {
    let events = facts.surroundings.events(job).iter().map(AsRef::as_ref);
    let over = events.filter(|event: &&Event| {
        matches!(
            &*event.reason,
            "Completed"
                | "BackoffLimitExceeded"
                | "DeadlineExceeded"
                | "FailedIndexes"
                | "MaxFailedIndexesExceeded"
                | "PodFailurePolicy"
        )
    });
    over.max_by_key(|event| (event.last, event.uid))
}
