//! Jobs: by their own conditions where they may be read, else by their events and pods.
use super::budget::Budget;
use super::fault::Fault;
use super::finding::{Counts, Finding};
use super::members::{Company, Member, counts};
use super::moment::Moment;
use super::sentence::{self, Scene};
use super::{Facts, Rollout, RolloutState, last_end, outcome, refusal, words};
use crate::condition::{Condition, Tristate};
use crate::controller::Controller;
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::health::Health;
use crate::id::Uid;
use crate::memory::{LastEnd, Memory, Outcome};
use crate::pod::{Phase, Pod};
use crate::time::Time;
use std::time::Duration;

/// A Job that failed longer ago is history.
const HISTORY_AFTER: Duration = Duration::from_hours(24);

/// Judges a Job.
pub(super) fn judge(facts: &Facts<'_>, memory: &mut Memory, moment: &Moment) -> Finding {
    match facts.controller {
        Some(controller) => by_conditions(facts, controller, memory, moment),
        None => by_pods(facts, memory, moment),
    }
}

/// How a Job that may be read has ended.
pub(super) fn end(job: &Controller) -> Option<(&Condition, bool)> {
    let is_true = |kind: &str| job.condition(kind).filter(|told| told.status == Tristate::True);
    is_true("Complete").map(|told| (told, true)).or_else(|| is_true("Failed").map(|told| (told, false)))
}

/// When it did.
pub(super) fn ended_at(job: &Controller, told: &Condition) -> Time {
    told.since.or_else(|| job.job.as_ref()?.completed).unwrap_or(job.created)
}

fn by_conditions(facts: &Facts<'_>, job: &Controller, memory: &mut Memory, moment: &Moment) -> Finding {
    let nobody = Counts::default();
    if let Some((told, succeeded)) = end(job) {
        let at = ended_at(job, told);
        // Remembered for the day on which Jobs may not be read any more.
        let reason = told.reason.clone().filter(|_| !succeeded).unwrap_or_else(|| "Completed".into());
        memory.outcome =
            Some(Box::new(Outcome { job: job.uid, name: None, succeeded, at, reason: Some(reason) }));
        if succeeded {
            return Finding { rollout: progress(job), ..Finding::new(Health::Healthy, at, nobody) };
        }
        return Finding {
            rollout: progress(job),
            diagnosis: Some(say_failed(facts, memory, job.uid, told.reason.as_deref(), Some(told), at)),
            set_aside: moment.has_come(at + HISTORY_AFTER),
            ..Finding::new(Health::Failed, at, nobody)
        };
    }
    let told = job.condition("Suspended").filter(|told| told.status == Tristate::True);
    if job.paused {
        let since = told.and_then(|told| told.since).unwrap_or(job.created);
        return Finding { rollout: progress(job), ..Finding::new(Health::Suspended, since, nobody) };
    }
    let started = job.job.as_ref().and_then(|job| job.started).unwrap_or(job.created);
    let counts = Counts { desired: Some(job.desired), ready: Some(job.ready), ..nobody };
    let members = members(facts, memory, moment);
    if let Some(refusal) = Some(()).filter(|()| members.is_empty()).and_then(|()| refusal::of(facts, job)) {
        let diagnosis = Some(refusal.diagnose(job, 0, Scene::default()));
        return Finding { diagnosis, ..Finding::new(Health::Failed, refusal.since, counts) };
    }
    Finding { rollout: progress(job), ..running(&members, started, counts, moment) }
}

/// A Job that is under way. Its pods may end badly, that is what its back-off is for; what keeps them from running at
/// all will not mend by waiting.
fn running(members: &[Member<'_>], started: Time, counts: Counts, moment: &Moment) -> Finding {
    let scene = Scene { pods: members.len() as u32, ..Scene::default() };
    let diagnosis = sentence::say(members.iter().flat_map(|member| member.faults.iter()), scene);
    let (health, entered) = barred_since(members, moment)
        .map_or((Health::Progressing, started), |since| (Health::Degraded, since));
    Finding { diagnosis, ..Finding::new(health, entered, counts) }
}

/// Since when a pod is kept from running by something that waiting will not mend.
pub(super) fn barred_since(members: &[Member<'_>], moment: &Moment) -> Option<Time> {
    let faults = members.iter().flat_map(|member| member.faults.iter());
    let barring = faults.filter(|fault| !is_end(fault) && fault.is_lasting(moment));
    barring.filter_map(|fault| fault.lasts_from).min()
}

/// Whether the fault is that a container ran and ended.
const fn is_end(fault: &Fault<'_>) -> bool {
    matches!(
        fault.code,
        Code::OomKilled | Code::LivenessKilling | Code::StartupFailing | Code::CrashLoop | Code::InitFailing
    )
}

/// The pods of a Job that count.
pub(super) fn members<'a>(facts: &'a Facts<'a>, memory: &'a Memory, moment: &Moment) -> Vec<Member<'a>> {
    let budget = Budget::of(None, facts.newest_pod().map(|pod| &*pod.spec));
    let company = Company { facts, runs: &memory.runs, budget, newest: None, old_matter: true };
    company.members(moment)
}

/// "1 of 3 completed", and of a Job that is not over how many of its tries have failed: "2 failed (back-off limit 6)"
fn progress(job: &Controller) -> Option<Rollout> {
    let spec = job.job.as_deref()?;
    let mut summary = match spec.completions {
        Some(wanted) => format!("{} of {wanted} completed", spec.succeeded),
        None => format!("{} completed", spec.succeeded),
    };
    if spec.failed > 0 && end(job).is_none() {
        let limit = spec.backoff_limit.map(|limit| format!(" (back-off limit {limit})"));
        summary = format!("{summary}, {} failed{}", spec.failed, limit.unwrap_or_default());
    }
    let state = if end(job).is_some_and(|(_, succeeded)| succeeded) {
        RolloutState::Complete
    } else if job.paused {
        RolloutState::Paused
    } else if end(job).is_some() {
        RolloutState::Stuck
    } else {
        RolloutState::Progressing
    };
    Some(Rollout {
        state,
        revision: None,
        previous: None,
        images: Vec::new(),
        started: spec.started,
        deadline: spec.started.zip(spec.active_deadline).map(|(started, deadline)| started + deadline),
        summary: summary.into(),
    })
}

/// Only the pods are seen, and what events say of the Job.
fn by_pods(facts: &Facts<'_>, memory: &mut Memory, moment: &Moment) -> Finding {
    let job = memory.uid;
    let outcome = job.and_then(|job| outcome::of(facts, job, facts.pods.iter().copied(), memory));
    if let Some(outcome) = outcome.clone() {
        memory.outcome = Some(Box::new(outcome));
    }
    let told = outcome.as_ref().is_some_and(|outcome| outcome.reason.is_some());
    if !told && facts.pods.iter().any(|pod| counts(pod)) {
        let started = facts.pods.iter().map(|pod| pod.created).min().unwrap_or(moment.now());
        let members = members(facts, memory, moment);
        let ready = members.iter().filter(|member| member.pod.is_ready()).count() as u32;
        let counts = Counts { desired: Some(members.len() as u32), ready: Some(ready), ..Counts::default() };
        return running(&members, started, counts, moment);
    }
    let counts = Counts::default();
    let Some(outcome) = outcome else {
        let (health, since) = memory.status.unwrap_or((Health::Progressing, moment.now()));
        return Finding::new(health, since, counts);
    };
    if outcome.succeeded {
        let summary = if told { "completed" } else { "completion not confirmed" };
        let rollout = Rollout {
            state: RolloutState::Complete,
            revision: None,
            previous: None,
            images: Vec::new(),
            started: None,
            deadline: None,
            summary: summary.into(),
        };
        return Finding { rollout: Some(rollout), ..Finding::new(Health::Healthy, outcome.at, counts) };
    }
    let given_up = if told { outcome.at } else { outcome.at + outcome::RETRY_GRACE };
    let mut diagnosis = say_failed(facts, memory, outcome.job, outcome.reason.as_deref(), None, outcome.at);
    let verdict = outcome::verdict(facts, outcome.job);
    let verdict = verdict.filter(|event| Some(&event.reason) == outcome.reason.as_ref());
    diagnosis.evidence.splice(0..0, verdict.map(super::evidence::event));
    if !moment.has_come(given_up) {
        // Nobody has said yet that there will be no other pod.
        let code = diagnosis_of_last(facts).unwrap_or(Code::JobRunning);
        let diagnosis = Some(Diagnosis { code, ..diagnosis });
        return Finding { diagnosis, ..Finding::new(Health::Progressing, outcome.at, counts) };
    }
    Finding {
        diagnosis: Some(diagnosis),
        set_aside: moment.has_come(given_up + HISTORY_AFTER),
        ..Finding::new(Health::Failed, given_up, counts)
    }
}

/// Says how a Job failed, and what its last pod has to do with it.
fn say_failed(
    facts: &Facts<'_>,
    memory: &Memory,
    job: Uid,
    reason: Option<&str>,
    told: Option<&Condition>,
    at: Time,
) -> Diagnosis {
    let pods = facts.pods.iter().copied();
    let last = last_end::of(memory, job);
    let mut diagnosis = describe_end(facts, &facts.id.name, facts.controller, pods, last, reason, at);
    if let Some(told) = told {
        let (namespace, name) = (&facts.id.namespace, &facts.id.name);
        diagnosis.evidence.insert(
            0,
            Evidence {
                kind: EvidenceKind::Condition,
                at: Some(at),
                object: format!("Job/{namespace}/{name}").into(),
                text: words::show(told.message.as_deref().unwrap_or("Failed")).into(),
            },
        );
    }
    diagnosis
}

/// How the last pod of a Job failed.
fn diagnosis_of_last(facts: &Facts<'_>) -> Option<Code> {
    let failed = facts.pods.iter().filter(|pod| pod.phase == Phase::Failed);
    let last = failed.max_by_key(|pod| (pod.created, pod.uid))?;
    super::fault::of_lost(last).map(|fault| fault.code)
}

/// The bad end of one Job: the reason that the Job gives, and how its last pod failed, or is remembered to have ended.
pub(super) fn describe_end<'a>(
    facts: &Facts<'_>,
    name: &str,
    job: Option<&Controller>,
    pods: impl Iterator<Item = &'a Pod>,
    remembered: Option<&LastEnd>,
    reason: Option<&str>,
    at: Time,
) -> Diagnosis {
    // A try that was under way when the time was over had not failed: what ended before it is no part of the reason.
    let is_overcome =
        reason == Some("DeadlineExceeded") && remembered.is_some_and(|end| last_end::is_overcome(end, at));
    let failed: Vec<&Pod> = pods.filter(|pod| pod.phase == Phase::Failed && !is_overcome).collect();
    let remembered = remembered.filter(|_| failed.is_empty() && !is_overcome);
    let last = failed.iter().copied().max_by_key(|pod| (pod.created, pod.uid));
    let fault = last.and_then(|pod| super::fault::post_mortem(pod, facts.surroundings));
    let how_often = match failed.len() {
        0 => remembered.map(|end| format!(" after {}", tries(end.tries))).unwrap_or_default(),
        1 => " after 1 failed pod".to_owned(),
        many => format!(" after {many} failed pods"),
    };
    let ended = fault.as_ref().and_then(|fault| {
        let container = fault.container?;
        Some(format!(
            ": container `{}` ended{}{}",
            container.name,
            words::ends(fault),
            words::last_line(fault)
        ))
    });
    let ended = ended.or_else(|| remembered.map(last_end::say)).unwrap_or_default();
    let (code, fact) = match reason {
        Some("DeadlineExceeded") => {
            let deadline = job.and_then(|job| job.job.as_ref()?.active_deadline).map(words::limit);
            let deadline = deadline.map(|deadline| format!(" of {deadline}")).unwrap_or_default();
            let tried = if ended.is_empty() { "" } else { &*how_often };
            let fact = format!("Job {name} ran longer than its deadline{deadline} allows{tried}{ended}");
            (Code::JobDeadlineExceeded, fact)
        }
        Some("PodFailurePolicy") => {
            (Code::JobFailedPolicy, format!("Job {name} failed by its pod failure policy{ended}"))
        }
        Some("FailedIndexes" | "MaxFailedIndexesExceeded") => {
            let which = job.and_then(|job| job.job.as_ref()?.failed_indexes.as_deref());
            let which = which.map(|which| format!(" {}", words::quote(which))).unwrap_or_default();
            let several = which.contains([',', '-']) || which.is_empty();
            let indexes = if several { "Indexes" } else { "Index" };
            (Code::JobIndexesFailed, format!("{indexes}{which} of Job {name} failed{how_often}{ended}"))
        }
        Some(_) => (Code::JobBackoffExceeded, format!("Job {name} gave up{how_often}{ended}")),
        None => (Code::JobBackoffExceeded, format!("Job {name} has failed pods and no new one{ended}")),
    };
    let namespace = &facts.id.namespace;
    let of_pod = fault.as_ref().map(|fault| super::evidence::of(&[fault]));
    let of_memory = || remembered.map(|end| last_end::evidence(namespace, end));
    let evidence = of_pod.or_else(of_memory).unwrap_or_default();
    let pod = last.map(|pod| format!("kubectl -n {namespace} logs {}", pod.name));
    Diagnosis {
        code,
        summary: format!("{fact}.").into(),
        evidence,
        since: at,
        next_step: Some(pod.unwrap_or_else(|| format!("kubectl -n {namespace} describe job {name}")).into()),
    }
}

fn tries(number: u32) -> String {
    if number == 1 { "1 try".to_owned() } else { format!("{number} tries") }
}
