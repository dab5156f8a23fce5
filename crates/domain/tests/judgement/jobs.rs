//! Jobs and CronJobs, with the right to read them and without.
use crate::world::*;
use domain::condition::{Condition, Tristate};
use domain::controller::{Controller, Cron, Job};
use domain::id::{Kind, Owner};
use domain::memory::Memory;
use domain::pod::{Phase, Pod, RestartPolicy, Role};
use domain::time::Time;
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

fn job(name: &str, conditions: Vec<Condition>) -> Controller {
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
fn run_of(job: &str, name: &str, state: &str, since: Time) -> Pod {
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

fn told(kind: &str, reason: &str) -> Condition {
    condition(kind, Tristate::True, Some(reason), at(60))
}

/// The status, since when, and the code, as `60s failed job_backoff_exceeded`.
fn said(world: &World, memory: &Memory, now: Time) -> (String, Memory) {
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
#[case::failed_a_moment_ago(&[("failed", 30)], None, 629, "30s progressing job_backoff_exceeded")]
#[case::failed_and_nothing_came(&[("failed", 30)], None, 630, "630s failed job_backoff_exceeded")]
#[case::an_event_says_so_at_once(&[("failed", 30)], Some("BackoffLimitExceeded"), 100, "40s failed job_backoff_exceeded")]
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

fn cron(schedule: &str, last_schedule: Option<u64>) -> Controller {
    let mut cron = controller(Kind::CronJob, "nightly", 0, START);
    cron.cron = Some(Box::new(Cron {
        schedule: schedule.into(),
        time_zone: None,
        starting_deadline: None,
        active: 0,
        last_schedule: last_schedule.map(at),
        last_success: None,
    }));
    cron
}

#[rstest]
// The beginning is a full hour in UTC.
#[case::on_time("*/10 * * * *", Some(600), 1700, "0s healthy")]
#[case::late_by_less_than_a_period("*/10 * * * *", Some(600), 1799, "0s healthy")]
#[case::late_by_more_than_a_period("*/10 * * * *", Some(600), 1800, "1800s degraded cron_missed")]
#[case::never_ran("*/10 * * * *", None, 1200, "1200s degraded cron_missed")]
#[case::a_name_for_a_schedule("@hourly", None, 7200, "7200s degraded cron_missed")]
#[case::a_schedule_that_nobody_understands("every day", None, 1_000_000, "0s healthy")]
#[case::a_day_that_never_comes("0 0 30 2 *", None, 1_000_000, "0s healthy")]
fn a_schedule(#[case] schedule: &str, #[case] last: Option<u64>, #[case] now: u64, #[case] expected: &str) {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.around.sees_jobs = true;
    world.controller = Some(cron(schedule, last));
    assert_eq!(said(&world, &Memory::default(), at(now)).0, expected);
}

#[rstest]
#[case::in_its_own_time_zone("Asia/Kolkata", 5400)]
#[case::in_none("", 3600)]
fn a_schedule_is_meant_in_its_time_zone(#[case] zone: &str, #[case] due: u64) {
    let mut world = World::new(Kind::CronJob, "nightly");
    let mut object = cron("0 * * * *", None);
    if let Some(cron) = &mut object.cron {
        cron.time_zone = (!zone.is_empty()).then(|| zone.into());
        cron.starting_deadline = Some(Duration::ZERO);
    }
    world.controller = Some(object);
    let judgement = world.judge(&Memory::default(), START);
    // Half an hour off: a full hour in Kolkata is half past in UTC.
    assert_eq!(judgement.due, Some(at(due.min(if zone.is_empty() { 3600 } else { 1800 }))));
}

#[test]
fn a_resumed_cron_job_has_missed_nothing() {
    let mut world = World::new(Kind::CronJob, "nightly");
    let mut object = cron("*/10 * * * *", Some(600));
    object.paused = true;
    world.controller = Some(object);
    let (text, memory) = said(&world, &Memory::default(), at(36_100));
    assert_eq!(text, "600s suspended");
    world.controller = Some(cron("*/10 * * * *", Some(600)));
    let (text, memory) = said(&world, &memory, at(36_200));
    assert_eq!(text, "36200s healthy");
    assert_eq!(said(&world, &memory, at(37_199)).0, "36200s healthy");
    assert_eq!(said(&world, &memory, at(37_200)).0, "37200s degraded cron_missed");
}

#[rstest]
#[case::the_last_run_failed(&[("1", "Complete"), ("2", "Failed")], "60s degraded cron_last_failed")]
#[case::a_success_mends_it(&[("1", "Failed"), ("2", "Complete")], "60s healthy")]
#[case::a_run_that_goes_on_says_nothing(&[("1", "Failed"), ("2", "")], "60s degraded cron_last_failed")]
fn the_last_run(#[case] runs: &[(&str, &str)], #[case] expected: &str) {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.around.sees_jobs = true;
    world.controller = Some(cron("0 0 * * *", Some(0)));
    for (number, kind) in runs {
        let conditions = if kind.is_empty() { vec![] } else { vec![told(kind, "BackoffLimitExceeded")] };
        let mut run = job(&format!("nightly-{number}"), conditions);
        run.created = at(number.parse().unwrap());
        world.children.push(run);
    }
    assert_eq!(said(&world, &Memory::default(), at(100)).0, expected);
}

#[rstest]
#[case::succeeded(&[("1", "failed", 10), ("2", "succeeded", 70)], 100, "70s healthy")]
#[case::failed(&[("1", "succeeded", 10), ("2", "failed", 70)], 670, "670s degraded cron_last_failed")]
#[case::may_try_again(&[("1", "succeeded", 10), ("2", "failed", 70)], 669, "10s healthy")]
#[case::goes_on(&[("1", "succeeded", 10), ("2", "running", 70)], 100, "10s healthy")]
fn runs_that_may_not_be_read(#[case] runs: &[(&str, &str, u64)], #[case] now: u64, #[case] expected: &str) {
    let mut world = World::new(Kind::CronJob, "nightly");
    for (number, state, since) in runs {
        world.pods.push(run_of(
            &format!("nightly-{number}"),
            &format!("nightly-{number}-x"),
            state,
            at(*since),
        ));
    }
    assert_eq!(said(&world, &Memory::default(), at(now)).0, expected);
}
