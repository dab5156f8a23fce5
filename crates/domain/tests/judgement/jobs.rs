//! Jobs, with the right to read them and without.
use crate::world::*;
use domain::condition::{Condition, Tristate};
use domain::controller::{Controller, Job};
use domain::diagnosis::EvidenceKind;
use domain::id::{Kind, Owner};
use domain::last_words::{LastWords, LogTail};
use domain::memory::Memory;
use domain::pod::{Container, ContainerState, Phase, Pod, RestartPolicy, Role};
use domain::time::Time;
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

pub(crate) fn job(name: &str, conditions: Vec<Condition>) -> Controller {
    let mut job = controller(Kind::Job, name, 1, START);
    job.conditions = conditions.into();
    job.job = Some(Box::new(Job {
        completions: Some(1),
        backoff_limit: Some(2),
        active_deadline: None,
        active: 1,
        succeeded: 0,
        failed: 0,
        started: Some(START),
        completed: None,
        failed_indexes: None,
    }));
    job
}

/// A pod of a Job: `running`, `waiting`, `failed` or `succeeded` since then.
pub(crate) fn run_of(job: &str, name: &str, state: &str, since: Time) -> Pod {
    let mut spec = pod_spec(vec![container_spec("report", "report:1", Role::Main)]);
    spec.restart_policy = RestartPolicy::Never;
    let mut pod = pod(name, Arc::new(spec), since);
    pod.owner = Some(Arc::new(Owner { kind: Kind::Job, name: job.into(), uid: uid(job) }));
    let end = |code, reason: &str| {
        domain::pod::ContainerState::Terminated(Box::new(ended(code, reason, Some(since), since)))
    };
    match state {
        "failed" => {
            pod.phase = Phase::Failed;
            pod.containers[0].state = end(7, "Error");
        }
        "succeeded" => {
            pod.phase = Phase::Succeeded;
            pod.containers[0].state = end(0, "Completed");
        }
        "backs_off" => {
            let end = Box::new(ended(7, "Error", Some(since), since));
            pod.containers[0] =
                Container { restarts: 3, last: Some(end), ..waiting("CrashLoopBackOff", None) };
        }
        "waiting" => pod.containers[0] = waiting("InvalidImageName", None),
        _ => {
            pod.phase = Phase::Running;
            pod.containers[0].state = domain::pod::ContainerState::Running { since: Some(since) };
            pod.containers[0].ready = true;
            pod.conditions = [condition("Ready", Tristate::True, None, since)].into();
        }
    }
    pod
}

pub(crate) fn told(kind: &str, reason: &str) -> Condition {
    condition(kind, Tristate::True, Some(reason), at(60))
}

/// The status, since when, and the code, as `60s failed job_backoff_exceeded`.
pub(crate) fn said(world: &World, memory: &Memory, now: Time) -> (String, Memory) {
    let judgement = world.judge(memory, now);
    let code =
        judgement.diagnosis.map(|diagnosis| format!(" {}", diagnosis.code.as_str())).unwrap_or_default();
    let aside = if judgement.set_aside { " aside" } else { "" };
    let secs = judgement.since.since(START).as_secs();
    (format!("{secs}s {}{code}{aside}", judgement.health), judgement.memory)
}

#[rstest]
#[case::complete(vec![told("Complete", "CompletionsReached")], vec![], 100, "60s healthy")]
#[case::gave_up(vec![told("Failed", "BackoffLimitExceeded")], vec!["failed"], 100, "60s failed job_backoff_exceeded")]
#[case::too_long(vec![told("Failed", "DeadlineExceeded")], vec![], 100, "60s failed job_deadline_exceeded")]
#[case::by_policy(vec![told("Failed", "PodFailurePolicy")], vec![], 100, "60s failed job_failed_policy")]
#[case::indexes(vec![told("Failed", "FailedIndexes")], vec![], 100, "60s failed job_indexes_failed")]
#[case::long_ago(vec![told("Failed", "BackoffLimitExceeded")], vec![], 60 + 86_400, "60s failed job_backoff_exceeded aside")]
#[case::not_so_long_ago(vec![told("Failed", "BackoffLimitExceeded")], vec![], 59 + 86_400, "60s failed job_backoff_exceeded")]
#[case::running(vec![], vec!["running"], 100, "0s progressing job_running")]
#[case::tries_again(vec![], vec!["failed", "running"], 100, "0s progressing job_running")]
#[case::fails_and_is_started_again(vec![], vec!["backs_off"], 100, "0s progressing crash_loop")]
#[case::cannot_run(vec![], vec!["waiting"], 100, "0s degraded image_invalid_name")]
fn a_job_that_may_be_read(
    #[case] conditions: Vec<Condition>,
    #[case] pods: Vec<&str>,
    #[case] now: u64,
    #[case] expected: &str,
) {
    let mut world = World::new(Kind::Job, "report");
    world.around.sees_jobs = true;
    world.controller = Some(job("report", conditions));
    for (number, state) in pods.into_iter().enumerate() {
        world.pods.push(run_of("report", &format!("report-{number}"), state, START));
    }
    assert_eq!(said(&world, &Memory::default(), at(now)).0, expected);
}

#[rstest]
#[case::failed(told("Failed", "BackoffLimitExceeded"), "failed", "60s failed job_backoff_exceeded")]
#[case::complete(told("Complete", "CompletionsReached"), "succeeded", "60s healthy")]
fn how_a_job_ended_is_known_when_it_may_not_be_read_any_more(
    #[case] end: Condition,
    #[case] pod: &str,
    #[case] expected: &str,
) {
    let mut world = World::new(Kind::Job, "report");
    world.around.sees_jobs = true;
    world.controller = Some(job("report", vec![end]));
    world.pods.push(run_of("report", "report-0", pod, START));
    let (before, memory) = said(&world, &Memory::default(), at(100));
    assert_eq!(before, expected);
    world.around.sees_jobs = false;
    world.controller = None;
    assert_eq!(said(&world, &memory, at(200)).0, expected);
}

#[test]
fn a_suspended_job_asks_for_nothing() {
    let mut world = World::new(Kind::Job, "report");
    let mut job = job("report", vec![told("Suspended", "JobSuspended")]);
    job.paused = true;
    world.controller = Some(job);
    assert_eq!(said(&world, &Memory::default(), at(100)).0, "60s suspended");
}

#[rstest]
#[case::running(&[("running", 0)], None, 100, "0s progressing job_running")]
#[case::done(&[("succeeded", 30)], None, 100, "30s healthy")]
#[case::failed_and_done(&[("failed", 10), ("succeeded", 30)], None, 100, "30s healthy")]
#[case::failed_a_moment_ago(&[("failed", 30)], None, 629, "30s progressing crash_loop")]
#[case::failed_and_nothing_came(&[("failed", 30)], None, 630, "630s failed job_backoff_exceeded")]
#[case::an_event_says_so_at_once(&[("failed", 30)], Some("BackoffLimitExceeded"), 100, "40s failed job_backoff_exceeded")]
#[case::an_event_says_so_before_the_last_pod_is_gone(&[("running", 0)], Some("DeadlineExceeded"), 100, "40s failed job_deadline_exceeded")]
#[case::an_event_says_it_is_done(&[("failed", 10), ("succeeded", 30)], Some("Completed"), 100, "40s healthy")]
fn a_job_that_may_not_be_read(
    #[case] pods: &[(&str, u64)],
    #[case] reason: Option<&str>,
    #[case] now: u64,
    #[case] expected: &str,
) {
    let mut world = World::new(Kind::Job, "report");
    for (number, (state, since)) in pods.iter().enumerate() {
        world.pods.push(run_of("report", &format!("report-{number}"), state, at(*since)));
    }
    if let Some(reason) = reason {
        let told = event("report", None, reason, "", at(40));
        world.around.events.insert(uid("report"), vec![Arc::new(told)]);
    }
    assert_eq!(said(&world, &Memory::default(), at(now)).0, expected);
}

#[test]
fn what_an_event_said_of_a_job_outlives_the_event_and_the_pods() {
    let mut world = World::new(Kind::Job, "report");
    world.pods.push(run_of("report", "report-0", "failed", at(30)));
    world
        .around
        .events
        .insert(uid("report"), vec![Arc::new(event("report", None, "BackoffLimitExceeded", "", at(40)))]);
    let (_, memory) = said(&world, &Memory::default(), at(100));
    world.pods.clear();
    world.around.events.clear();
    let memory = Memory::from_text(&memory.to_text()).unwrap();
    assert_eq!(said(&world, &memory, at(7200)).0, "40s failed job_backoff_exceeded");
}

#[rstest]
#[case::how_often(
    "BackoffLimitExceeded",
    "Job report gave up after 1 failed pod: container `report` ended (exit 7)."
)]
#[case::which_indexes(
    "FailedIndexes",
    "Indexes 1,3-5 of Job report failed after 1 failed pod: container `report` ended (exit 7)."
)]
fn a_failed_job_says(#[case] reason: &str, #[case] summary: &str) {
    let mut world = World::new(Kind::Job, "report");
    world.around.sees_jobs = true;
    let mut object = job("report", vec![told("Failed", reason)]);
    object.job.as_mut().unwrap().failed_indexes = Some("1,3-5".into());
    world.controller = Some(object);
    world.pods.push(run_of("report", "report-0", "failed", START));
    assert_eq!(&*world.judge(&Memory::default(), at(100)).diagnosis.unwrap().summary, summary);
}

/// With `restartPolicy: OnFailure` the Job's controller deletes the pod when it gives up.
#[rstest]
#[case::it_gave_up(
    "BackoffLimitExceeded",
    "Job report gave up after 4 tries: container `report` ended (exit 7): last log line `dial tcp: i/o timeout`."
)]
#[case::it_took_too_long(
    "DeadlineExceeded",
    "Job report ran longer than its deadline allows after 4 tries: container `report` ended (exit 7): \
     last log line `dial tcp: i/o timeout`."
)]
fn what_a_job_failed_of_outlives_its_pods(
    #[case] reason: &str,
    #[case] summary: &str,
    #[values(false, true)] sees_jobs: bool,
) {
    let mut world = World::new(Kind::Job, "report");
    world.around.sees_jobs = sees_jobs;
    world.controller = sees_jobs.then(|| job("report", vec![]));
    world.pods.push(run_of("report", "report-0", "backs_off", at(30)));
    let log = LogTail::Line { at: at(29), text: "dial tcp: i/o timeout".into() };
    let words = LastWords { pod: uid("report-0"), container: "report".into(), ended: at(30), log };
    world.around.last_words.push(words);
    let memory = world.judge(&Memory::default(), at(31)).memory;
    // It is ended by signal when it is deleted, which is not what the Job failed of.
    world.pods[0].deleting = Some(at(62));
    let end = ended(137, "Error", Some(at(31)), at(33));
    world.pods[0].containers[0].state = ContainerState::Terminated(Box::new(end));
    let memory = world.judge(&memory, at(33)).memory;
    world.pods.clear();
    world.around.last_words.clear();
    world.controller = sees_jobs.then(|| job("report", vec![told("Failed", reason)]));
    world.around.events.insert(uid("report"), vec![Arc::new(event("report", None, reason, "", at(60)))]);
    let memory = world.judge(&memory, at(61)).memory;
    let stored = memory.to_text();
    assert!(stored.len() < 500, "{stored}");
    world.around.events.clear();
    let diagnosis = world.judge(&Memory::from_text(&stored).unwrap(), at(3600)).diagnosis.unwrap();
    assert_eq!(&*diagnosis.summary, summary);
    let line = diagnosis.evidence.iter().find(|told| told.kind == EvidenceKind::Log).unwrap();
    assert_eq!(
        (line.at, &*line.object, &*line.text),
        (Some(at(29)), "Pod/shop/report-0", "dial tcp: i/o timeout")
    );
}

#[test]
fn what_a_try_said_itself_outlives_its_pod() {
    let mut world = World::new(Kind::Job, "report");
    world.pods.push(run_of("report", "report-0", "backs_off", at(30)));
    let end = world.pods[0].containers[0].last.as_mut().unwrap();
    (end.message, end.gist) = (Some("no such table: orders\n".into()), Some("no such table: orders".into()));
    let memory = world.judge(&Memory::default(), at(31)).memory;
    world.pods.clear();
    let over = event("report", None, "BackoffLimitExceeded", "", at(60));
    world.around.events.insert(uid("report"), vec![Arc::new(over)]);
    let memory = Memory::from_text(&memory.to_text()).unwrap();
    let diagnosis = world.judge(&memory, at(61)).diagnosis.unwrap();
    let summary = "Job report gave up after 4 tries: container `report` ended (exit 7): it says `no such table: orders`.";
    assert_eq!(&*diagnosis.summary, summary);
    assert!(
        diagnosis.evidence.iter().any(|told| &*told.text == "container `report` says: no such table: orders")
    );
}

#[test]
fn a_job_that_succeeds_after_all_remembers_no_bad_end() {
    let mut world = World::new(Kind::Job, "report");
    world.pods.push(run_of("report", "report-0", "failed", at(30)));
    let memory = world.judge(&Memory::default(), at(31)).memory;
    assert_eq!(memory.ends.len(), 1);
    world.pods.push(run_of("report", "report-1", "succeeded", at(60)));
    assert_eq!(world.judge(&memory, at(61)).memory.ends.len(), 0);
}

#[rstest]
#[case::at_its_first_try(0, "Running: 0 of 1 completed.")]
#[case::after_bad_ones(2, "Running: 0 of 1 completed, 2 failed (back-off limit 2).")]
fn a_job_under_way_says_how_far_it_is(#[case] failed: u32, #[case] summary: &str) {
    let mut world = World::new(Kind::Job, "report");
    let mut object = job("report", vec![]);
    object.job.as_mut().unwrap().failed = failed;
    world.controller = Some(object);
    world.pods.push(run_of("report", "report-0", "running", START));
    assert_eq!(&*world.judge(&Memory::default(), at(100)).diagnosis.unwrap().summary, summary);
}

#[rstest]
#[case::none_was_made(false, "0s failed quota_exceeded")]
#[case::one_was(true, "0s progressing job_running")]
fn a_job_that_may_not_make_its_pods(#[case] made: bool, #[case] expected: &str) {
    let mut world = World::new(Kind::Job, "report");
    world.controller = Some(job("report", vec![]));
    let refused = event("report", None, "FailedCreate", "exceeded quota: small", START);
    world.around.events.insert(uid("report"), vec![Arc::new(refused)]);
    world.pods.extend(made.then(|| run_of("report", "report-0", "running", START)));
    assert_eq!(said(&world, &Memory::default(), at(100)).0, expected);
}

#[test]
fn the_last_word_of_the_events_counts() {
    let mut world = World::new(Kind::Job, "report");
    world.pods.push(run_of("report", "report-0", "failed", at(30)));
    let told = |reason: &str, secs| Arc::new(event("report", None, reason, "", at(secs)));
    let events = vec![told("FailedIndexes", 50), told("BackoffLimitExceeded", 40)];
    world.around.events.insert(uid("report"), events);
    assert_eq!(said(&world, &Memory::default(), at(100)).0, "50s failed job_indexes_failed");
}

#[test]
fn the_deadline_that_a_job_ran_past_is_named_where_it_may_be_read() {
    let mut world = World::new(Kind::Job, "report");
    world.around.sees_jobs = true;
    let mut job = job("report", vec![told("Failed", "DeadlineExceeded")]);
    job.job.as_mut().unwrap().active_deadline = Some(Duration::from_mins(5));
    world.controller = Some(job);
    let diagnosis = world.judge(&Memory::default(), at(100)).diagnosis.unwrap();
    assert_eq!(&*diagnosis.summary, "Job report ran longer than its deadline of 5 min allows.");
}

/// Without the right to read Jobs, the event that says that one is over is what the verdict rests on.
#[test]
fn the_event_that_decides_is_shown() {
    let mut world = World::new(Kind::Job, "report");
    world.pods.push(run_of("report", "report-0", "failed", START));
    let said = "Job has reached the specified backoff limit";
    let over = event("report", None, "BackoffLimitExceeded", said, at(60));
    world.around.events.insert(uid("report"), vec![Arc::new(over)]);
    let diagnosis = world.judge(&Memory::default(), at(100)).diagnosis.unwrap();
    let kinds: Vec<_> = diagnosis.evidence.iter().map(|told| told.kind.as_str()).collect();
    assert_eq!((diagnosis.code.as_str(), kinds), ("job_backoff_exceeded", vec!["event", "container"]));
}
