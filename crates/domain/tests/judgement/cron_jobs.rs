//! CronJobs: their schedule and their last run, with the right to read Jobs and without.
use crate::jobs::{job, run_of, said, told};
use crate::world::*;
use domain::condition::Tristate;
use domain::controller::{Controller, Cron};
use domain::id::Kind;
use domain::memory::Memory;
use rstest::rstest;
use std::sync::Arc;
use std::time::Duration;

fn cron(schedule: &str, last_schedule: Option<u64>) -> Controller {
    let mut cron = controller(Kind::CronJob, "nightly", 0, START);
    cron.cron = Some(Box::new(Cron {
        schedule: schedule.into(),
        time_zone: None,
        starting_deadline: None,
        active: 0,
        last_schedule: last_schedule.map(at),
        // The last run took no time to succeed.
        last_success: last_schedule.map(at),
    }));
    cron
}

#[rstest]
// The beginning is a full hour in UTC.
#[case::on_time("*/10 * * * *", Some(600), 1700, "0s healthy")]
#[case::late_by_less_than_a_period("*/10 * * * *", Some(600), 1799, "0s healthy")]
#[case::late_by_more_than_a_period("*/10 * * * *", Some(600), 1800, "1800s degraded cron_missed")]
#[case::late_by_no_more_than_silence_goes_unnoticed("* * * * *", Some(600), 749, "0s healthy")]
#[case::late_by_more_than_that("* * * * *", Some(600), 750, "750s degraded cron_missed")]
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
// A full hour in Kolkata is half past in UTC.
#[case::in_its_own_time_zone("Asia/Kolkata", 1800)]
#[case::in_none("", 3600)]
fn a_schedule_is_meant_in_its_time_zone(#[case] zone: &str, #[case] due: u64) {
    let mut world = World::new(Kind::CronJob, "nightly");
    let mut object = cron("0 * * * *", None);
    if let Some(cron) = &mut object.cron {
        cron.time_zone = (!zone.is_empty()).then(|| zone.into());
        cron.starting_deadline = Some(Duration::ZERO);
    }
    world.controller = Some(object);
    assert_eq!(world.judge(&Memory::default(), START).due, Some(at(due + 90)));
}

/// A source that says nothing any more is noticed after 79 s.
#[rstest]
#[case::not_before_silence_is_noticed(30, 1289, "0s healthy")]
#[case::and_then_at_once(30, 1290, "1290s degraded cron_missed")]
#[case::not_before_its_deadline(200, 1399, "0s healthy")]
#[case::which_may_end_later(200, 1400, "1400s degraded cron_missed")]
fn a_run_that_may_start_late_is_missed(#[case] deadline: u64, #[case] now: u64, #[case] expected: &str) {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.around.sees_jobs = true;
    let mut object = cron("*/10 * * * *", Some(600));
    object.cron.as_mut().unwrap().starting_deadline = Some(Duration::from_secs(deadline));
    world.controller = Some(object);
    assert_eq!(said(&world, &Memory::default(), at(now)).0, expected);
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

/// A run that fails is not over before its Job gives up, and until then the one before counts.
#[test]
fn a_cron_job_that_fails_again_and_again_stays_degraded_until_a_run_succeeds() {
    let mut world = World::new(Kind::CronJob, "nightly");
    let mut memory = Memory::default();
    let mut say = |world: &World, secs| {
        let (text, next) = said(world, &memory, at(secs));
        memory = Memory::from_text(&next.to_text()).expect("a memory");
        text
    };
    let over = |world: &mut World, run: &str, reason: &str, secs| {
        let told = event(run, None, reason, "", at(secs));
        world.around.events.insert(uid(run), vec![Arc::new(told)]);
    };
    world.pods.push(run_of("nightly-1", "nightly-1-x", "failed", at(5)));
    assert_eq!(say(&world, 6), "5s healthy");
    over(&mut world, "nightly-1", "BackoffLimitExceeded", 7);
    assert_eq!(say(&world, 7), "7s degraded cron_last_failed");
    world.pods.push(run_of("nightly-2", "nightly-2-x", "running", at(60)));
    assert_eq!(say(&world, 61), "7s degraded cron_last_failed");
    world.pods[1] = run_of("nightly-2", "nightly-2-x", "failed", at(65));
    assert_eq!(say(&world, 66), "7s degraded cron_last_failed");
    over(&mut world, "nightly-2", "BackoffLimitExceeded", 67);
    assert_eq!(say(&world, 67), "7s degraded cron_last_failed");
    world.pods.push(run_of("nightly-3", "nightly-3-x", "succeeded", at(125)));
    assert_eq!(say(&world, 126), "125s healthy");
}

#[rstest]
#[case::its_job_ran_too_long("running", Some("DeadlineExceeded"), 100, "100s degraded cron_last_failed")]
#[case::nobody_tells_that_it_gave_up("failed", None, 670, "670s degraded cron_last_failed")]
#[case::it_may_try_again("failed", None, 669, "10s healthy")]
#[case::somebody_deleted_it("running", None, 10_000, "10s healthy")]
fn a_run_whose_pods_are_gone(
    #[case] state: &str,
    #[case] reason: Option<&str>,
    #[case] now: u64,
    #[case] expected: &str,
) {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.pods.push(run_of("nightly-1", "nightly-1-x", "succeeded", at(10)));
    world.pods.push(run_of("nightly-2", "nightly-2-x", state, at(70)));
    let (text, memory) = said(&world, &Memory::default(), at(71));
    assert_eq!(text, "10s healthy");
    world.pods.pop();
    if let Some(reason) = reason {
        world
            .around
            .events
            .insert(uid("nightly-2"), vec![Arc::new(event("nightly-2", None, reason, "", at(90)))]);
    }
    assert_eq!(said(&world, &memory, at(now)).0, expected);
}

/// What a run failed of is told until another has ended, though the next one fails of something else meanwhile.
#[test]
fn what_a_run_failed_of_outlives_its_pods() {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.pods.push(run_of("nightly-1", "nightly-1-x", "backs_off", at(5)));
    let told = event("nightly-1", None, "BackoffLimitExceeded", "", at(7));
    world.around.events.insert(uid("nightly-1"), vec![Arc::new(told)]);
    let memory = world.judge(&Memory::default(), at(7)).memory;
    world.pods[0] = run_of("nightly-2", "nightly-2-x", "backs_off", at(65));
    let memory = world.judge(&memory, at(66)).memory;
    let diagnosis = world.judge(&memory, at(67)).diagnosis.unwrap();
    assert_eq!(
        &*diagnosis.summary,
        "The last run failed: Job nightly-1 gave up after 4 tries: container `report` ended (exit 7)."
    );
}

/// A CronJob whose run `nightly-2` has ended like that at 60 s, and of which only what is older is left.
fn cleaned_up(kind: &str) -> (World, Memory) {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.around.sees_jobs = true;
    world.controller = Some(cron("0 0 * * *", Some(0)));
    let mut older =
        job("nightly-1", vec![condition("Complete", Tristate::True, Some("CompletionsReached"), at(10))]);
    older.created = at(1);
    let mut run = job("nightly-2", vec![told(kind, "BackoffLimitExceeded")]);
    run.created = at(50);
    world.children = vec![older, run];
    let (_, memory) = said(&world, &Memory::default(), at(61));
    world.children.pop();
    (world, Memory::from_text(&memory.to_text()).expect("a memory"))
}

fn set_times(world: &mut World, scheduled: Option<u64>, succeeded: Option<u64>) {
    let cron = world.controller.as_mut().and_then(|object| object.cron.as_mut()).expect("a CronJob");
    (cron.last_schedule, cron.last_success) = (scheduled.map(at), succeeded.map(at));
}

#[rstest]
#[case::failed("Failed", Some(10), "60s degraded cron_last_failed")]
#[case::failed_and_another_succeeded_unseen("Failed", Some(90), "90s healthy")]
#[case::succeeded("Complete", Some(10), "60s healthy")]
fn a_run_that_is_cleaned_up_is_not_forgotten(
    #[case] kind: &str,
    #[case] succeeded: Option<u64>,
    #[case] expected: &str,
) {
    let (mut world, memory) = cleaned_up(kind);
    set_times(&mut world, Some(50), succeeded);
    let (text, memory) = said(&world, &memory, at(120));
    assert_eq!(text, expected);
    world.children.clear();
    assert_eq!(said(&world, &memory, at(180)).0, expected);
}

#[test]
fn a_run_that_is_cleaned_up_is_named() {
    let (world, memory) = cleaned_up("Failed");
    let summary = world.judge(&memory, at(120)).diagnosis.unwrap().summary.clone();
    assert_eq!(&*summary, "The last run failed: Job nightly-2 gave up.");
}

#[test]
fn the_next_run_mends_it() {
    let (mut world, memory) = cleaned_up("Failed");
    let done = condition("Complete", Tristate::True, Some("CompletionsReached"), at(100));
    let mut next = job("nightly-3", vec![done]);
    next.created = at(90);
    world.children.push(next);
    assert_eq!(said(&world, &memory, at(120)).0, "100s healthy");
}

#[test]
fn a_run_that_ended_while_it_was_suspended_is_not_forgotten() {
    let (mut world, _) = cleaned_up("Failed");
    let mut run = job("nightly-2", vec![told("Failed", "BackoffLimitExceeded")]);
    run.created = at(50);
    world.children.push(run);
    world.controller.as_mut().unwrap().paused = true;
    let (text, memory) = said(&world, &Memory::default(), at(61));
    assert_eq!(text, "0s suspended");
    world.controller.as_mut().unwrap().paused = false;
    world.children.clear();
    assert_eq!(said(&world, &memory, at(120)).0, "120s degraded cron_last_failed");
}

#[test]
fn a_failed_run_without_its_pods_is_not_forgotten_for_an_older_one() {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.pods.push(run_of("nightly-1", "nightly-1-x", "succeeded", at(10)));
    world.pods.push(run_of("nightly-2", "nightly-2-x", "failed", at(70)));
    let (_, memory) = said(&world, &Memory::default(), at(700));
    world.pods.pop();
    assert_eq!(said(&world, &memory, at(720)).0, "670s degraded cron_last_failed");
}

#[rstest]
#[case::no_success_since(Some(100), Some(20), 0, false, "0s healthy cron_last_failed")]
#[case::never_a_success(Some(100), None, 0, false, "0s healthy cron_last_failed")]
#[case::a_success_since(Some(100), Some(101), 0, false, "0s healthy")]
#[case::never_ran(None, None, 0, false, "0s healthy")]
#[case::it_has_just_begun(Some(100), Some(20), 1, false, "0s healthy")]
#[case::it_goes_on(Some(100), Some(20), 0, true, "0s healthy")]
fn a_run_that_left_no_trace_may_have_failed(
    #[case] scheduled: Option<u64>,
    #[case] succeeded: Option<u64>,
    #[case] active: u32,
    #[case] runs: bool,
    #[case] expected: &str,
) {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.around.sees_jobs = true;
    world.controller = Some(cron("0 0 * * *", None));
    set_times(&mut world, scheduled, succeeded);
    world.controller.as_mut().unwrap().cron.as_mut().unwrap().active = active;
    if runs {
        world.children.push(job("nightly-1", vec![]));
    }
    assert_eq!(said(&world, &Memory::default(), at(120)).0, expected);
}

#[test]
fn a_run_that_goes_on_may_keep_the_next_from_starting() {
    let mut world = World::new(Kind::CronJob, "nightly");
    let mut object = cron("*/10 * * * *", Some(600));
    object.cron.as_mut().unwrap().active = 1;
    world.controller = Some(object);
    assert_eq!(said(&world, &Memory::default(), at(36_000)).0, "0s healthy");
}

#[test]
fn a_run_that_can_not_start_is_said_at_once() {
    let mut world = World::new(Kind::CronJob, "nightly");
    world.controller = Some(cron("0 0 * * *", Some(0)));
    world.pods.push(run_of("nightly-1", "nightly-1-x", "waiting", START));
    assert_eq!(said(&world, &Memory::default(), at(100)).0, "0s degraded image_invalid_name");
}
