//! How the last run of a CronJob ended, also when nothing is left of it.
use crate::controller::{Controller, Cron};
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::id::Uid;
use crate::judgement::{Facts, job, outcome};
use crate::memory::{Memory, Outcome};
use crate::pod::Pod;
use crate::text::Text;
use crate::time::Time;

/// Takes in how the last run that is over ended, and remembers it: failed Jobs are often cleaned up sooner than those
/// that succeeded, or at once.
pub(super) fn observe(facts: &Facts<'_>, cron: Option<&Cron>, memory: &mut Memory) -> Option<Outcome> {
    let by_jobs = by_jobs(facts);
    let seen =
        if by_jobs.is_some() || facts.surroundings.sees_jobs() { by_jobs } else { by_pods(facts, memory) };
    let remembered = memory.outcome.take().map(|outcome| *outcome);
    let last = match (seen, remembered) {
        (Some(seen), Some(before)) if before.at > seen.at && !is_there(facts, before.job) => Some(before),
        (seen, before) => seen.or(before),
    };
    memory.outcome = last.clone().map(Box::new);
    // The CronJob itself tells of a success of which we saw nothing.
    match (last, cron.and_then(|cron| cron.last_success)) {
        (Some(run), Some(at)) if !run.succeeded && at > run.at => {
            Some(Outcome { succeeded: true, at, name: None, reason: None, ..run })
        }
        (last, _) => last,
    }
}

/// Since when the run counts as over.
pub(super) fn given_up(run: &Outcome) -> Time {
    let told = run.reason.is_some() || run.succeeded;
    if told { run.at } else { run.at + outcome::RETRY_GRACE }
}

/// The pods of one run.
pub(super) fn pods_of<'a>(facts: &Facts<'a>, job: Uid) -> impl Iterator<Item = &'a Pod> + Clone {
    let owned = move |pod: &&Pod| pod.owner.as_ref().is_some_and(|owner| owner.uid == job);
    facts.pods.iter().copied().filter(owned)
}

/// Says that the last run has left neither a success nor a trace. That is no proof that it failed: somebody may have
/// deleted it, or it was cleaned up before the CronJob took its success down.
pub(super) fn say_unknown(
    facts: &Facts<'_>,
    controller: &Controller,
    cron: &Cron,
    last: Option<&Outcome>,
) -> Option<Diagnosis> {
    let scheduled = cron.last_schedule?;
    let told = last.map(|run| run.at).into_iter().chain(cron.last_success).max();
    let goes_on = cron.active > 0
        || facts.children.iter().any(|child| job::end(child).is_none())
        || facts.pods.iter().any(|pod| !pod.is_finished());
    if goes_on || told.is_some_and(|told| told >= scheduled) {
        return None;
    }
    let (namespace, name) = (&controller.namespace, &controller.name);
    Some(Diagnosis {
        code: Code::CronLastFailed,
        summary: "The last run is gone and no success of it was noted: it may have failed.".into(),
        evidence: vec![Evidence {
            kind: EvidenceKind::Workload,
            at: Some(scheduled),
            object: format!("CronJob/{namespace}/{name}").into(),
            text: "last scheduled, with no success since".into(),
        }],
        since: scheduled,
        next_step: Some(format!("kubectl -n {namespace} describe cronjob {name}").into()),
    })
}

fn is_there(facts: &Facts<'_>, job: Uid) -> bool {
    facts.children.iter().any(|child| child.uid == job) || pods_of(facts, job).next().is_some()
}

fn by_jobs(facts: &Facts<'_>) -> Option<Outcome> {
    facts.children.iter().find_map(|child| {
        let (told, succeeded) = job::end(child)?;
        let reason = told.reason.as_ref().unwrap_or(&told.kind);
        Some(Outcome {
            job: child.uid,
            name: Some(child.name.clone()),
            succeeded,
            at: job::ended_at(child, told),
            reason: Some(reason.clone()),
        })
    })
}

/// A run without an end yet says nothing; the one before it does.
fn by_pods(facts: &Facts<'_>, memory: &Memory) -> Option<Outcome> {
    let mut runs: Vec<(Time, Uid, &Text)> = facts
        .pods
        .iter()
        .filter_map(|pod| pod.owner.as_deref().map(|owner| (pod.created, owner.uid, &owner.name)))
        .collect();
    runs.sort_unstable_by_key(|(created, uid, _)| std::cmp::Reverse((*created, *uid)));
    runs.iter().find_map(|(_, uid, name)| {
        let pods = pods_of(facts, *uid);
        let goes_on = pods.clone().any(|pod| !pod.is_finished());
        let outcome = outcome::of(facts, *uid, pods, memory)?;
        let over = outcome.reason.is_some() || !goes_on;
        over.then(|| Outcome { name: Some((*name).clone()), ..outcome })
    })
}
