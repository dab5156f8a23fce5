//! What every backend of the history must do. A new backend adds a module like `sqlite` at the end.
use crate::testbed::{Testbed, at, id, transition};
use domain::change::Transition;
use domain::health::Health::{self, Degraded, Failed, Healthy, Progressing};
use domain::id::Uid;
use domain::memory::Memory;
use domain::port::{Gap, History, Interval, Record};
use domain::source::{Resource, SourceId, SourceState};
use domain::time::Time;
use std::sync::Arc;

const WEB: &str = "prod/shop/Deployment/web";

/// A status and when it was entered, in seconds; `None`: the workload was gone.
type Entered = (Option<Health>, i64);

fn record_all(bed: &Testbed, entered: &[Entered]) {
    let mut before = None;
    for (health, secs) in entered {
        bed.record(transition(WEB, before, *health, *secs));
        before = *health;
    }
}

fn intervals(bed: &Testbed, workload: &str, from: i64, to: i64) -> Vec<String> {
    let say = |interval: &Interval| {
        let seconds = |time: Time| time.as_millis() as f64 / 1000.0;
        assert_eq!(interval.summary.as_deref(), Some(format!("It is {}.", interval.health).as_str()));
        format!("{} {}-{}", interval.health, seconds(interval.from), seconds(interval.to))
    };
    bed.store().intervals(&id(workload), at(from), at(to)).unwrap().iter().map(say).collect()
}

fn gaps(bed: &Testbed, workload: &str, from: i64, to: i64) -> Vec<String> {
    let say =
        |gap: &Gap| format!("{}-{} {}", gap.from.as_millis() / 1000, gap.to.as_millis() / 1000, gap.why);
    bed.store().gaps(&id(workload), at(from), at(to)).unwrap().iter().map(say).collect()
}

fn source(resource: Resource, namespace: Option<&str>, state: Option<SourceState>, secs: i64) -> Record {
    let id = SourceId { resource, namespace: namespace.map(Into::into) };
    let reason = state.filter(|state| *state == SourceState::Stale).map(|_| "connection refused".into());
    Record::Source { cluster: "prod".into(), id, state, reason, at: at(secs) }
}

fn statuses_are_cut_to_the_span(make: fn() -> Testbed) {
    let check = |entered: &[Entered], (from, to): (i64, i64), expected: &[&str]| {
        let mut bed = make();
        bed.open(at(0));
        record_all(&bed, entered);
        bed.settle();
        assert_eq!(intervals(&bed, WEB, from, to), expected, "{entered:?} from {from} to {to}");
    };
    let day: &[Entered] = &[
        (Some(Progressing), 100),
        (Some(Healthy), 200),
        (Some(Failed), 300),
        (None, 400),
        (Some(Healthy), 500),
    ];
    check(day, (0, 50), &[]);
    check(day, (0, 100), &[]);
    check(day, (0, 101), &["progressing 100-101"]);
    check(day, (100, 200), &["progressing 100-200"]);
    check(day, (150, 250), &["progressing 150-200", "healthy 200-250"]);
    check(day, (200, 300), &["healthy 200-300"]);
    check(day, (210, 220), &["healthy 210-220"]);
    check(day, (250, 600), &["healthy 250-300", "failed 300-400", "healthy 500-600"]);
    check(day, (410, 420), &[]);
    check(day, (1_000, 2_000), &["healthy 1000-2000"]);
    check(day, (300, 300), &[]);
    check(day, (300, 200), &[]);
    check(&[], (0, 100), &[]);
}

fn a_status_that_was_entered_earlier_than_thought_replaces_the_last_one_only(make: fn() -> Testbed) {
    let check = |entered: &[Entered], expected: &[&str]| {
        let mut bed = make();
        bed.open(at(0));
        record_all(&bed, entered);
        bed.settle();
        assert_eq!(intervals(&bed, WEB, 0, 1_000), expected, "{entered:?}");
    };
    // The API's clock counts in whole seconds and may be behind ours.
    check(
        &[(Some(Healthy), 100), (Some(Degraded), 200), (Some(Failed), 199)],
        &["healthy 100-199", "failed 199-1000"],
    );
    check(
        &[(Some(Healthy), 100), (Some(Degraded), 200), (Some(Failed), 200)],
        &["healthy 100-200", "failed 200-1000"],
    );
    check(
        &[(Some(Healthy), 100), (Some(Degraded), 200), (Some(Failed), 5)],
        &["healthy 100-100.001", "failed 100.001-1000"],
    );
    // Made again under its name: what was before stays, whatever time the new object tells.
    check(
        &[(Some(Healthy), 100), (None, 300), (Some(Progressing), 250)],
        &["healthy 100-300", "progressing 300.001-1000"],
    );
}

fn each_workload_has_its_own_history(make: fn() -> Testbed) {
    let mut bed = make();
    bed.open(at(0));
    let others = [
        "prod/shop/StatefulSet/web",
        "prod/shop/Rollout.argoproj.io/web",
        "prod/blog/Deployment/web",
        "test/shop/Deployment/web",
    ];
    record_all(&bed, &[(Some(Healthy), 100)]);
    for (other, secs) in others.iter().zip(200..) {
        bed.record(transition(other, None, Some(Failed), secs));
    }
    bed.settle();
    assert_eq!(intervals(&bed, WEB, 0, 1_000), ["healthy 100-1000"]);
    for (other, secs) in others.iter().zip(200..) {
        assert_eq!(intervals(&bed, other, 0, 1_000), [format!("failed {secs}-1000")], "{other}");
    }
}

fn the_reason_is_kept_and_no_longer_than_it_may_be(make: fn() -> Testbed) {
    let mut bed = make();
    bed.open(at(0));
    let said = "ä".repeat(5_000);
    bed.record(Record::Transition(Transition {
        id: id(WEB),
        from: None,
        to: Some(Failed),
        at: at(1),
        code: Some("stale"),
        summary: Some(said.as_str().into()),
    }));
    bed.settle();
    let intervals = bed.store().intervals(&id(WEB), at(0), at(10)).unwrap();
    let summary = intervals[0].summary.as_deref().unwrap();
    assert_eq!(intervals[0].code.as_deref(), Some("stale"));
    assert!(said.starts_with(summary) && (1_000..=2_000).contains(&summary.len()), "{} bytes", summary.len());
}

fn the_last_memory_of_each_workload_comes_back(make: fn() -> Testbed) {
    let mut bed = make();
    assert!(bed.open(at(0)).is_empty());
    let memory = |uid: u128, secs: i64| Memory {
        uid: Some(Uid::new(uid)),
        status: Some((Degraded, at(secs))),
        ..Memory::default()
    };
    let foreign = "prod/shop/Rollout.argoproj.io/web";
    let remember =
        |text: &str, memory: Option<Memory>| bed.record(Record::Memory(id(text), memory.map(Arc::new)));
    remember(WEB, Some(memory(1, 10)));
    remember(foreign, Some(memory(2, 20)));
    remember("prod/shop/Job/gone", Some(memory(3, 30)));
    bed.settle();
    remember(WEB, Some(memory(1, 40)));
    remember("prod/shop/Job/gone", None);
    remember("prod/shop/Job/never-there", None);
    bed.close(at(50));
    let mut restored = bed.open(at(60));
    restored.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [(WEB, memory(1, 40)), (foreign, memory(2, 20))];
    assert_eq!(restored, expected.map(|(text, memory)| (text.parse().unwrap(), memory)));
}

fn between_two_runs_is_a_gap(make: fn() -> Testbed) {
    let mut bed = make();
    bed.open(at(100));
    record_all(&bed, &[(Some(Healthy), 100)]);
    bed.close(at(200));
    bed.open(at(300));
    bed.settle();
    bed.close(at(400));
    bed.open(at(500));
    bed.record(transition(WEB, Some(Healthy), Some(Failed), 510));
    bed.settle();
    let why = "maintenant was not running";
    assert_eq!(gaps(&bed, WEB, 0, 600), [format!("200-300 {why}"), format!("400-500 {why}")]);
    assert_eq!(gaps(&bed, WEB, 250, 420), [format!("250-300 {why}"), format!("400-420 {why}")]);
    assert_eq!(gaps(&bed, WEB, 300, 400), [""; 0]);
    assert_eq!(intervals(&bed, WEB, 0, 600), ["healthy 100-510", "failed 510-600"], "what was known stands");
}

fn while_the_machine_sleeps_is_a_gap(make: fn() -> Testbed) {
    let mut bed = make();
    bed.open(at(100));
    record_all(&bed, &[(Some(Healthy), 100)]);
    bed.settle();
    bed.set_clock(at(4_000));
    bed.record(transition(WEB, Some(Healthy), Some(Failed), 4_000));
    bed.settle();
    assert_eq!(gaps(&bed, WEB, 0, 5_000), ["100-4000 maintenant was not running"]);
}

fn a_source_that_can_not_be_read_is_a_gap_for_those_who_need_it(make: fn() -> Testbed) {
    use SourceState::{Absent, Connecting, Degraded, Forbidden, Stale, Synced};
    let check = |records: &[Record], workload: &str, expected: &[&str]| {
        let mut bed = make();
        bed.open(at(0));
        for record in records {
            bed.record(record.clone());
        }
        bed.settle();
        assert_eq!(gaps(&bed, workload, 0, 1_000), expected, "{workload} after {records:?}");
    };
    let of = |resource, states: &[(Option<SourceState>, i64)]| -> Vec<Record> {
        states.iter().map(|(state, secs)| source(resource, None, *state, *secs)).collect()
    };
    let lost = [(Some(Synced), 0), (Some(Degraded), 100), (Some(Stale), 160), (Some(Synced), 300)];
    let stale = ["160-300 pods could not be read: connection refused"];
    check(&of(Resource::Pods, &lost), WEB, &stale);
    check(&of(Resource::Pods, &lost), "prod/shop/Rollout.argoproj.io/web", &stale);
    check(&of(Resource::Pods, &lost), "test/shop/Deployment/web", &[]);
    check(&of(Resource::Events, &lost), WEB, &[]);
    check(&of(Resource::DaemonSets, &lost), WEB, &[]);
    let daemon_sets = ["160-300 daemonsets could not be read: connection refused"];
    check(&of(Resource::DaemonSets, &lost), "prod/shop/DaemonSet/agent", &daemon_sets);
    check(
        &of(Resource::Pods, &[(Some(Connecting), 10), (Some(Synced), 12)]),
        WEB,
        &["10-12 pods had not been read yet"],
    );
    check(&of(Resource::Pods, &[(Some(Forbidden), 10)]), WEB, &["10-1000 pods may not be read"]);
    check(&of(Resource::Pods, &[(Some(Absent), 10)]), WEB, &[]);
    let repeated = [(Some(Stale), 10), (Some(Stale), 20), (Some(Forbidden), 30), (None, 40)];
    check(
        &of(Resource::Pods, &repeated),
        WEB,
        &["10-30 pods could not be read: connection refused", "30-40 pods may not be read"],
    );
    let in_namespace = |namespace| {
        let states = [(Some(Stale), 10), (Some(Synced), 20)];
        states.map(|(state, secs)| source(Resource::Pods, Some(namespace), state, secs))
    };
    check(&in_namespace("shop"), WEB, &["10-20 pods could not be read: connection refused"]);
    check(&in_namespace("blog"), WEB, &[]);
}

fn a_source_is_unreadable_no_longer_than_we_ran(make: fn() -> Testbed) {
    let mut bed = make();
    bed.open(at(0));
    bed.record(source(Resource::Pods, None, Some(SourceState::Stale), 50));
    bed.close(at(100));
    bed.open(at(500));
    bed.record(source(Resource::Pods, None, Some(SourceState::Synced), 501));
    bed.settle();
    let expected =
        ["50-100 pods could not be read: connection refused", "100-500 maintenant was not running"];
    assert_eq!(gaps(&bed, WEB, 0, 1_000), expected);
}

fn another_cluster_under_the_name_is_said(make: fn() -> Testbed) {
    let mut bed = make();
    bed.open(at(0));
    let answers =
        |uid: u128, secs: i64| Record::Cluster { name: "prod".into(), uid: Uid::new(uid), at: at(secs) };
    bed.record(answers(1, 10));
    bed.settle();
    bed.record(answers(1, 20));
    bed.settle();
    assert_eq!(bed.store().storage().message, None);
    bed.close(at(30));
    bed.open(at(40));
    bed.record(answers(2, 50));
    bed.settle();
    let message = bed.store().storage().message.unwrap();
    for part in ["prod", &Uid::new(1).to_string(), &Uid::new(2).to_string()] {
        assert!(message.contains(part), "{message}");
    }
}

fn what_is_too_old_goes_but_not_the_status_at_the_beginning(make: fn() -> Testbed) {
    const DAY: i64 = 24 * 60 * 60;
    let mut bed = make();
    bed.open(at(0));
    record_all(&bed, &[(Some(Progressing), 0), (Some(Healthy), DAY), (Some(Failed), 50 * DAY)]);
    let gone = "prod/shop/Deployment/gone";
    bed.record(transition(gone, None, Some(Healthy), 0));
    bed.record(transition(gone, Some(Healthy), None, DAY));
    bed.record(source(Resource::Pods, None, Some(SourceState::Stale), 10));
    bed.record(source(Resource::Pods, None, Some(SourceState::Synced), 20));
    bed.close(at(50 * DAY));
    // The writer looks for what is too old when it starts.
    bed.open(at(60 * DAY));
    bed.close(at(60 * DAY));
    bed.open(at(60 * DAY));
    assert_eq!(intervals(&bed, gone, 0, 60 * DAY), [""; 0]);
    let kept = [format!("healthy {DAY}-{}", 50 * DAY), format!("failed {}-{}", 50 * DAY, 60 * DAY)];
    assert_eq!(intervals(&bed, WEB, 0, 60 * DAY), kept);
    assert_eq!(gaps(&bed, WEB, 0, 20 * DAY), [""; 0]);
}

macro_rules! contract {
    ($make:expr => $($name:ident),+ $(,)?) => {
        $(#[test] fn $name() { super::$name($make); })+
    };
}

mod sqlite {
    use crate::testbed::Testbed;

    contract! { Testbed::new =>
        statuses_are_cut_to_the_span,
        a_status_that_was_entered_earlier_than_thought_replaces_the_last_one_only,
        each_workload_has_its_own_history,
        the_reason_is_kept_and_no_longer_than_it_may_be,
        the_last_memory_of_each_workload_comes_back,
        between_two_runs_is_a_gap,
        while_the_machine_sleeps_is_a_gap,
        a_source_that_can_not_be_read_is_a_gap_for_those_who_need_it,
        a_source_is_unreadable_no_longer_than_we_ran,
        another_cluster_under_the_name_is_said,
        what_is_too_old_goes_but_not_the_status_at_the_beginning,
    }
}
