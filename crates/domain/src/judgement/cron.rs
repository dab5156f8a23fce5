//! CronJobs: by their own status where they may be read, else by the pods of their runs.
use super::fault::Fault;
use super::finding::{Counts, Finding};
use super::moment::Moment;
use super::schedule;
use super::sentence::{self, Scene};
use super::{Facts, job, outcome};
use crate::controller::{Controller, Cron};
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::health::Health;
use crate::id::Uid;
use crate::memory::Memory;
use crate::pod::Pod;
use crate::text::Text;
use crate::time::Time;

/// Judges a CronJob.
pub(super) fn judge(facts: &Facts<'_>, memory: &mut Memory, moment: &Moment) -> Finding {
    let cron = facts.controller.and_then(|controller| Some((controller, controller.cron.as_deref()?)));
    if let Some((controller, cron)) = cron.filter(|(controller, _)| controller.paused) {
        let since = cron.last_schedule.unwrap_or(controller.created);
        return Finding::new(Health::Suspended, since, Counts::default());
    }
    let last = last_run(facts, memory);
    let failed = last.as_ref().filter(|run| !run.succeeded && moment.has_come(run.given_up));
    let missed = cron.and_then(|(controller, cron)| missed(controller, cron, memory, moment));
    let members = job::members(facts, memory, moment);
    let barred = job::barred_since(&members, moment);
    let entered = failed.map(|run| run.given_up).into_iter().chain(missed).chain(barred).min();
    let scene = Scene { pods: members.len() as u32, ..Scene::default() };
    let faults = members.iter().flat_map(|member| member.faults.iter());
    let barring: Vec<&Fault<'_>> = faults.filter(|fault| fault.is_lasting(moment)).collect();
    let diagnosis = match (failed, missed, cron) {
        _ if barred.is_some() => sentence::say(barring.into_iter(), scene),
        (_, Some(since), Some((controller, cron))) => Some(say_missed(controller, cron, since)),
        (Some(run), _, _) => Some(say_failed(facts, run)),
        _ => None,
    };
    match entered {
        Some(entered) => Finding { diagnosis, ..Finding::new(Health::Degraded, entered, Counts::default()) },
        None => Finding::new(Health::Healthy, well_since(facts, last.as_ref()), Counts::default()),
    }
}

/// A run that is over.
#[derive(Clone, Debug)]
struct Run {
    name: Text,
    job: Uid,
    succeeded: bool,
    /// Since when it counts as over
    given_up: Time,
    reason: Option<Text>,
}

/// The last run that is over.
fn last_run(facts: &Facts<'_>, memory: &mut Memory) -> Option<Run> {
    let by_jobs = facts.children.iter().find_map(|child| {
        let (told, succeeded) = job::end(child)?;
        Some(Run {
            name: child.name.clone(),
            job: child.uid,
            succeeded,
            given_up: job::ended_at(child, told),
            reason: told.reason.clone(),
        })
    });
    if by_jobs.is_some() || facts.surroundings.sees_jobs() {
        return by_jobs;
    }
    // A run without an end yet says nothing; the one before it does.
    let mut runs: Vec<(Time, Uid, &Text)> = facts
        .pods
        .iter()
        .filter_map(|pod| pod.owner.as_deref().map(|owner| (pod.created, owner.uid, &owner.name)))
        .collect();
    runs.sort_unstable_by_key(|(created, uid, _)| std::cmp::Reverse((*created, *uid)));
    let seen = runs.iter().find_map(|(_, uid, name)| {
        let pods = pods_of(facts, *uid);
        let goes_on = pods.clone().any(|pod| !pod.is_finished());
        let outcome = outcome::of(facts, *uid, pods, memory)?;
        (outcome.reason.is_some() || !goes_on).then_some((outcome, (*name).clone()))
    });
    if let Some((outcome, _)) = &seen {
        memory.outcome = Some(Box::new(outcome.clone()));
    }
    let name = seen.as_ref().map_or_else(|| facts.id.name.clone(), |(_, name)| name.clone());
    let outcome = memory.outcome.as_deref()?;
    let grace = if outcome.reason.is_some() || outcome.succeeded { None } else { Some(outcome::RETRY_GRACE) };
    Some(Run {
        name,
        job: outcome.job,
        succeeded: outcome.succeeded,
        given_up: outcome.at + grace.unwrap_or_default(),
        reason: outcome.reason.clone(),
    })
}

fn pods_of<'a>(facts: &Facts<'a>, job: Uid) -> impl Iterator<Item = &'a Pod> + Clone {
    let owned = move |pod: &&Pod| pod.owner.as_ref().is_some_and(|owner| owner.uid == job);
    facts.pods.iter().copied().filter(owned)
}

/// Since when a run is missing: it is so late that it will not be made up for.
fn missed(controller: &Controller, cron: &Cron, memory: &Memory, moment: &Moment) -> Option<Time> {
    // A run that is still going on may keep the next from starting.
    if cron.active > 0 {
        return None;
    }
    // While it was suspended, nothing was missed.
    let resumed = match memory.status {
        Some((Health::Suspended, _)) => Some(moment.now()),
        Some((Health::Healthy, since)) => Some(since),
        _ => None,
    };
    let last = cron.last_schedule.into_iter().chain(resumed).chain([controller.created]).max()?;
    let next = schedule::next_after(&cron.schedule, cron.time_zone.as_deref(), last)?;
    let late = match cron.starting_deadline {
        Some(deadline) => next + deadline,
        None => schedule::next_after(&cron.schedule, cron.time_zone.as_deref(), next)?,
    };
    moment.has_come(late).then_some(late)
}

fn well_since(facts: &Facts<'_>, last: Option<&Run>) -> Time {
    let created = facts.controller.map(|controller| controller.created);
    let first_pod = facts.pods.iter().map(|pod| pod.created).min();
    let run = last.filter(|run| run.succeeded).map(|run| run.given_up);
    run.or(created).or(first_pod).unwrap_or(Time::from_millis(0))
}

fn say_failed(facts: &Facts<'_>, run: &Run) -> Diagnosis {
    let pods = pods_of(facts, run.job);
    let end = job::describe_end(&run.name, &facts.id.namespace, pods, run.reason.as_deref(), run.given_up);
    let summary = format!("The last run failed: {}", end.summary).into();
    Diagnosis { code: Code::CronLastFailed, summary, ..end }
}

fn say_missed(controller: &Controller, cron: &Cron, since: Time) -> Diagnosis {
    let (namespace, name) = (&controller.namespace, &controller.name);
    let last = if cron.last_schedule.is_some() { "has not run since" } else { "has never run" };
    Diagnosis {
        code: Code::CronMissed,
        summary: format!("CronJob {name} {last}, though its schedule `{}` asks for it.", cron.schedule)
            .into(),
        evidence: vec![Evidence {
            kind: EvidenceKind::Workload,
            at: cron.last_schedule,
            object: format!("CronJob/{namespace}/{name}").into(),
            text: if cron.last_schedule.is_some() {
                "last scheduled".into()
            } else {
                "never scheduled".into()
            },
        }],
        since,
        next_step: Some(format!("kubectl -n {namespace} describe cronjob {name}").into()),
    }
}
