//! How the last run of a CronJob ended, also when nothing is left of it.
use crate::controller::{Controller, Cron};
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::id::Uid;
use crate::judgement::moment::Moment;
use crate::judgement::{Facts, job, outcome};
use crate::memory::{Memory, OpenRun, Outcome};
use crate::pod::Pod;
use crate::text::Text;
use crate::time::Time;

/// Takes in how the last run that is over ended, and remembers it: failed Jobs are often cleaned up sooner than those
/// that succeeded, or at once.
pub(super) fn observe(
    facts: &Facts<'_>,
    cron: Option<&Cron>,
    memory: &mut Memory,
    moment: &Moment,
) -> Option<Outcome> {
    let by_jobs = by_jobs(facts);
    let is_told = by_jobs.is_some() || facts.surroundings.sees_jobs();
    let seen = if is_told { by_jobs } else { by_pods(facts, memory, moment) };
    memory.open_run = if is_told { None } else { open_run(facts, memory, seen.as_ref()) };
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

/// A run without an end yet says nothing, and neither does a failed one that may be tried again; the one before does.
fn by_pods(facts: &Facts<'_>, memory: &Memory, moment: &Moment) -> Option<Outcome> {
    runs(facts, memory).into_iter().find_map(|(_, job, name)| {
        let goes_on = pods_of(facts, job).any(|pod| !pod.is_finished());
        let outcome = end_of(facts, memory, job)?;
        let may_try_again = || !moment.has_come(given_up(&outcome));
        let over = outcome.reason.is_some() || (!goes_on && !may_try_again());
        over.then(|| Outcome { name: Some(name.clone()), ..outcome })
    })
}

/// The newest run, where its end is not the one that is `seen`: events may tell of it when its pods are gone.
fn open_run(facts: &Facts<'_>, memory: &Memory, seen: Option<&Outcome>) -> Option<Box<OpenRun>> {
    let (made, job, name) = runs(facts, memory).into_iter().next()?;
    let is_open = seen.is_none_or(|seen| seen.job != job);
    is_open.then(|| {
        let goes_on = pods_of(facts, job).any(|pod| !pod.is_finished());
        let end = end_of(facts, memory, job).filter(|end| !end.succeeded && !goes_on);
        Box::new(OpenRun { job, name: name.clone(), made, failed: end.map(|end| end.at) })
    })
}

/// The runs of which there are pods, and the open one, newest first.
fn runs<'a>(facts: &Facts<'a>, memory: &'a Memory) -> Vec<(Time, Uid, &'a Text)> {
    let owned = |pod: &&'a Pod| pod.owner.as_deref().map(|owner| (pod.created, owner.uid, &owner.name));
    let mut runs: Vec<_> = facts.pods.iter().filter_map(owned).collect();
    let open = memory.open_run.as_deref().map(|run| (run.made, run.job, &run.name));
    runs.extend(open.filter(|(_, job, _)| pods_of(facts, *job).next().is_none()));
    runs.sort_unstable_by_key(|(made, job, _)| std::cmp::Reverse((*made, *job)));
    runs
}

fn end_of(facts: &Facts<'_>, memory: &Memory, job: Uid) -> Option<Outcome> {
    let failed = || {
        let open = memory.open_run.as_deref().filter(|run| run.job == job)?;
        Some(Outcome { job, name: None, succeeded: false, at: open.failed?, reason: None })
    };
    outcome::of(facts, job, pods_of(facts, job), memory).or_else(failed)
}
