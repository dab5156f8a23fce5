//! CronJobs: by their own status where they may be read, else by the pods of their runs.
use super::fault::Fault;
use super::finding::{Counts, Finding};
use super::moment::Moment;
use super::schedule;
use super::sentence::{self, Scene};
use super::{Facts, job, last_end};
use crate::controller::{Controller, Cron};
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::health::Health;
use crate::memory::{Memory, Outcome};
use crate::time::Time;
use std::time::Duration;

mod last_run;

/// The least that a run may be late, whatever its CronJob allows: a source that has fallen silent is noticed before, and the
/// run that it did not tell of is not said to be missing.
const LEAST_LATE: Duration = Duration::from_secs(90);

/// Judges a CronJob.
pub(super) fn judge(facts: &Facts<'_>, memory: &mut Memory, moment: &Moment) -> Finding {
    let cron = facts.controller.and_then(|controller| Some((controller, controller.cron.as_deref()?)));
    let last = last_run::observe(facts, cron.map(|(_, cron)| cron), memory, moment);
    if let Some((controller, cron)) = cron.filter(|(controller, _)| controller.paused) {
        let since = cron.last_schedule.unwrap_or(controller.created);
        return Finding::new(Health::Suspended, since, Counts::default());
    }
    let failed = last.as_ref().filter(|run| !run.succeeded && moment.has_come(last_run::given_up(run)));
    let missed = cron.and_then(|(controller, cron)| missed(controller, cron, memory, moment));
    let members = job::members(facts, memory, moment);
    let barred = job::barred_since(&members, moment);
    let entered = failed.map(last_run::given_up).into_iter().chain(missed).chain(barred).min();
    let scene = Scene { pods: members.len() as u32, ..Scene::default() };
    let faults = members.iter().flat_map(|member| member.faults.iter());
    let barring: Vec<&Fault<'_>> = faults.filter(|fault| fault.is_lasting(moment)).collect();
    let diagnosis = match (failed, missed, cron) {
        _ if barred.is_some() => sentence::say(barring.into_iter(), scene),
        (_, Some(since), Some((controller, cron))) => Some(say_missed(controller, cron, since)),
        (Some(run), _, _) => Some(say_failed(facts, run, memory)),
        (None, None, Some((controller, cron))) => {
            last_run::say_unknown(facts, controller, cron, last.as_ref())
        }
        _ => None,
    };
    let (health, entered) = match entered {
        Some(entered) => (Health::Degraded, entered),
        None => (Health::Healthy, well_since(facts, last.as_ref())),
    };
    Finding { diagnosis, ..Finding::new(health, entered, Counts::default()) }
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
    let late = late.max(next + LEAST_LATE);
    moment.has_come(late).then_some(late)
}

fn well_since(facts: &Facts<'_>, last: Option<&Outcome>) -> Time {
    let created = facts.controller.map(|controller| controller.created);
    let first_pod = facts.pods.iter().map(|pod| pod.created).min();
    let run = last.filter(|run| run.succeeded).map(|run| run.at);
    run.or(created).or(first_pod).unwrap_or(Time::from_millis(0))
}

fn say_failed(facts: &Facts<'_>, run: &Outcome, memory: &Memory) -> Diagnosis {
    let pods = last_run::pods_of(facts, run.job);
    let name = run.name.as_ref().unwrap_or(&facts.id.name);
    let since = last_run::given_up(run);
    let job = facts.children.iter().copied().find(|child| child.uid == run.job);
    let last = last_end::of(memory, run.job);
    let end = job::describe_end(facts, name, job, pods, last, run.reason.as_deref(), since);
    let summary = format!("The last run failed: {}", end.summary).into();
    Diagnosis { code: Code::CronLastFailed, summary, ..end }
}

fn say_missed(controller: &Controller, cron: &Cron, since: Time) -> Diagnosis {
    let (namespace, name) = (&controller.namespace, &controller.name);
    let last = if cron.last_schedule.is_some() { "has missed a run" } else { "has never run" };
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
