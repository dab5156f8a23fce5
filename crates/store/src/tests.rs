//! What is particular to the SQLite file.
use crate::backlog::Limits;
use crate::retention::LEAST_BYTES;
use crate::schema;
use crate::testbed::{Testbed, at, id, transition, until};
use crate::{NoHistory, StoreError};
use domain::change::Transition;
use domain::health::Health::{self, Degraded, Failed, Healthy, Progressing};
use domain::id::Uid;
use domain::memory::Memory;
use domain::port::{History, Journal, Record, StorageState};
use domain::source::{Resource, SourceId, SourceState};
use rstest::rstest;
use rusqlite::Connection;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const WEB: &str = "prod/shop/Deployment/web";

fn statuses(bed: &Testbed, workload: &str, to: i64) -> Vec<String> {
    let intervals = bed.store().intervals(&id(workload), at(0), at(to)).unwrap();
    let say = |interval: &domain::port::Interval| {
        let (from, to) = (interval.from.as_millis() / 1000, interval.to.as_millis() / 1000);
        format!("{} {from}-{to} ({})", interval.health, interval.coalesced)
    };
    intervals.iter().map(say).collect()
}

fn state(bed: &Testbed) -> StorageState {
    bed.store().storage().state
}

/// Holds the file's lock for writing, as another program would.
fn hold_lock(path: &Path) -> Connection {
    let other = Connection::open(path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    other
}

/// A file that was opened, written to and closed by us.
fn used() -> Testbed {
    let mut bed = Testbed::new();
    bed.open(at(0));
    bed.record(transition(WEB, None, Some(Healthy), 1));
    bed.close(at(10));
    bed
}

fn change(path: &Path, sql: &str) {
    Connection::open(path).unwrap().execute_batch(sql).unwrap();
}

fn overwrite(path: &Path, offset: usize, bytes: &[u8]) {
    let mut content = fs::read(path).unwrap();
    content[offset..offset + bytes.len()].copy_from_slice(bytes);
    fs::write(path, content).unwrap();
}

#[rstest]
#[case::newer(
    |path: &Path| change(path, "PRAGMA user_version = 99"),
    &["newer maintenant", "99", "MAINTENANT_DB"]
)]
#[case::another_programs(
    |path: &Path| change(path, "PRAGMA application_id = 7"),
    &["another program"]
)]
#[case::no_database(
    |path: &Path| fs::write(path, "This is a letter to my aunt, and no database at all.\n".repeat(100)).unwrap(),
    &["damaged", "not a database", "move it away"]
)]
#[case::a_damaged_page(
    |path: &Path| overwrite(path, 3 * 4096, &[0xFF; 4096]),
    &["damaged", "move it away", "-wal"]
)]
#[case::a_directory(
    |path: &Path| { fs::remove_file(path).unwrap(); fs::create_dir(path).unwrap(); },
    &["not a file"]
)]
fn a_file_that_can_not_be_used_is_explained_and_left_alone(#[case] spoil: fn(&Path), #[case] says: &[&str]) {
    let mut bed = used();
    spoil(&bed.path());
    let before = fs::read(bed.path()).ok();
    let error = bed.try_open(at(20)).unwrap_err();
    for part in says.iter().chain(&["history.db"]) {
        assert!(error.to_string().contains(part), "`{part}` is not in: {error}");
    }
    assert!(!error.is_retryable(), "{error}");
    assert_eq!(fs::read(bed.path()).ok(), before, "the file is not as it was");
}

#[test]
fn a_missing_directory_is_named() {
    let bed = Testbed::new();
    let path = bed.path().join("not/there.db");
    fs::create_dir(bed.path()).unwrap();
    let Err(error) = crate::Store::open(&path, bed.options.clone()) else { panic!("it was opened") };
    let message = error.to_string();
    assert!(message.contains("history.db/not for the history does not exist"), "{message}");
}

#[test]
fn one_process_at_a_time() {
    let mut bed = used();
    bed.open(at(20));
    let Err(error) = crate::Store::open(&bed.path(), bed.options.clone()) else { panic!("opened twice") };
    let message = error.to_string();
    for part in ["history.db", "another maintenant", &format!("process {}", std::process::id())] {
        assert!(message.contains(part), "{message}");
    }
    assert!(error.is_retryable());
    bed.close(at(30));
    bed.open(at(40));
}

#[rstest]
fn a_file_of_an_older_version_is_brought_up_to_date(#[values(0, 1)] version: usize) {
    let mut bed = Testbed::new();
    let mut old = Connection::open(bed.path()).unwrap();
    schema::tests::make_old(&mut old, version);
    let expected: &[&str] = if version == 0 {
        &[]
    } else {
        old.execute_batch(
            "INSERT INTO workloads VALUES (1, 'prod', 'shop', 'Deployment', 'web');
             INSERT INTO transitions VALUES (1, 100000, NULL, 'healthy', NULL, NULL, 0);",
        )
        .unwrap();
        &["healthy 100-1000 (0)"]
    };
    drop(old);
    bed.open(at(200));
    assert_eq!(statuses(&bed, WEB, 1_000), expected);
    bed.record(transition(WEB, None, Some(Failed), 300));
    bed.close(at(400));
    let version: u32 =
        Connection::open(bed.path()).unwrap().query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, schema::VERSION);
}

#[test]
fn while_the_disk_does_not_keep_up_changes_coalesce_and_the_gap_is_said() {
    let mut bed = Testbed::new();
    bed.options.backlog = Limits { transitions: 3, ..Limits::default() };
    bed.open(at(0));
    bed.record(transition(WEB, None, Some(Healthy), 1));
    bed.settle();
    let lock = hold_lock(&bed.path());
    // The writer has this in hand and can't go on.
    bed.record(transition(WEB, Some(Healthy), Some(Failed), 2));
    until("the lock is noticed", || state(&bed) == StorageState::Failing);
    let statuses_in_turn = [Some(Healthy), Some(Failed)];
    for secs in 3..100 {
        bed.record(transition(
            WEB,
            statuses_in_turn[(secs % 2) as usize],
            statuses_in_turn[(secs % 2) as usize ^ 1],
            secs,
        ));
        bed.record(Record::Memory(
            id(WEB),
            Some(Arc::new(Memory { uid: Some(Uid::new(secs.unsigned_abs().into())), ..Memory::default() })),
        ));
    }
    bed.record(transition("prod/shop/Job/quiet", None, Some(Degraded), 50));
    let storage = bed.store().storage();
    assert!(storage.message.unwrap().contains("locked by another program"));
    // 97 changes: three wait one by one, the first and the last of the rest, one memory, one of the other workload,
    // and one in hand.
    assert_eq!((storage.queued, storage.dropped), (8, 92));
    drop(lock);
    bed.settle();
    assert_eq!(state(&bed), StorageState::Ok);
    let last = statuses(&bed, WEB, 1_000).split_off(4);
    assert_eq!(last, ["healthy 5-6 (0)", "failed 6-99 (92)", "healthy 99-1000 (0)"]);
    assert_eq!(statuses(&bed, "prod/shop/Job/quiet", 100), ["degraded 50-100 (0)"]);
    let gaps = bed.store().gaps(&id(WEB), at(0), at(1_000)).unwrap();
    assert_eq!((gaps.len(), gaps[0].from, gaps[0].to), (1, at(6), at(99)));
    assert!(gaps[0].why.contains("disk did not keep up"));
    assert!(bed.store().gaps(&id("prod/shop/Job/quiet"), at(0), at(1_000)).unwrap().is_empty());
    bed.close(at(200));
    assert_eq!(bed.open(at(300))[0].1.uid, Some(Uid::new(99)), "not the last memory");
}

#[test]
fn what_waits_is_bounded_whatever_comes() {
    let mut bed = Testbed::new();
    bed.options.backlog = Limits { transitions: 10, bytes: 4_000 };
    bed.open(at(0));
    let lock = hold_lock(&bed.path());
    bed.record(transition(WEB, None, Some(Healthy), 1));
    until("the lock is noticed", || state(&bed) == StorageState::Failing);
    for number in 0..10_000 {
        let name = format!("prod/shop/Job/job-{number}");
        bed.record(transition(&name, None, Some(Failed), 1_000 + number));
        bed.record(Record::Memory(id(&name), Some(Arc::default())));
    }
    let storage = bed.store().storage();
    assert!(storage.queued < 100, "{} records wait", storage.queued);
    assert_eq!(storage.queued - 1 + storage.dropped, 20_001, "each record waits or is counted as lost");
    drop(lock);
    bed.settle();
    let gaps = bed.store().gaps(&id("prod/blog/Job/any"), at(0), at(100_000)).unwrap();
    assert_eq!(gaps.len(), 1);
    assert_eq!(gaps[0].to, at(10_999));
}

/// A status whose sentence takes two kilobytes.
fn long_transition(text: &str, from: Option<Health>, to: Option<Health>, secs: i64) -> Record {
    let summary = Some("x".repeat(2_000).into());
    Record::Transition(Transition { id: id(text), from, to, at: at(secs), code: None, summary })
}

/// Waits until what was recorded is on disk, or there is no room for it.
fn settle_or_fill(bed: &Testbed) {
    until("they are on disk, or it is full", || {
        let storage = bed.store().storage();
        storage.queued == 0 || storage.state == StorageState::Full
    });
}

#[test]
fn a_full_disk_is_said_and_history_goes_on_when_there_is_room() {
    const DAY: i64 = 24 * 60 * 60;
    let mut bed = Testbed::new();
    bed.options.budget_bytes = Some(LEAST_BYTES);
    bed.open(at(0));
    // When pods could not be read is dropped for its age only.
    for number in 0..2_000 {
        let state = if number % 2 == 0 { SourceState::Stale } else { SourceState::Synced };
        let id = SourceId { resource: Resource::Pods, namespace: None };
        let reason = Some("x".repeat(2_000).into());
        bed.record(Record::Source { cluster: "prod".into(), id, state: Some(state), reason, at: at(number) });
        if number % 100 == 0 {
            bed.settle();
        }
    }
    // The status of a workload that is there is never dropped to make room: so many fill the file.
    for number in 0..20_000 {
        bed.record(long_transition(&format!("prod/shop/Deployment/web-{number}"), None, Some(Healthy), 1));
        if number % 100 == 0 {
            settle_or_fill(&bed);
        }
        if state(&bed) == StorageState::Full {
            break;
        }
    }
    assert_eq!(state(&bed), StorageState::Full);
    let storage = bed.store().storage();
    assert!(storage.queued > 0 && storage.message.unwrap().contains("budget"));
    let file = fs::metadata(bed.path()).unwrap().len();
    assert!(file <= LEAST_BYTES, "{file} bytes");
    bed.record(transition(WEB, None, Some(Failed), 3));
    bed.set_clock(at(40 * DAY));
    bed.settle();
    assert_eq!(state(&bed), StorageState::Ok);
    assert_eq!(statuses(&bed, WEB, 10), ["failed 3-10 (0)"]);
    assert_eq!(statuses(&bed, "prod/shop/Deployment/web-0", 10), ["healthy 1-10 (0)"]);
}

#[test]
fn what_is_gone_makes_room_the_oldest_first() {
    let mut bed = Testbed::new();
    bed.options.budget_bytes = Some(LEAST_BYTES);
    bed.open(at(0));
    bed.record(transition(WEB, None, Some(Healthy), 1));
    let runner = |number: i64| format!("prod/ci/Pod/runner-{number}");
    for number in 0..10_000 {
        bed.record(long_transition(&runner(number), None, Some(Progressing), 10 + number));
        bed.record(long_transition(&runner(number), Some(Progressing), None, 11 + number));
        if number % 500 == 0 {
            settle_or_fill(&bed);
            assert_eq!(state(&bed), StorageState::Ok, "{number} runners are enough to fill it");
        }
    }
    bed.settle();
    let file = fs::metadata(bed.path()).unwrap().len();
    assert!(file <= LEAST_BYTES, "{file} bytes");
    assert_eq!(statuses(&bed, WEB, 20_000), ["healthy 1-20000 (0)"]);
    assert_eq!(statuses(&bed, &runner(9_999), 20_000), ["progressing 10009-10010 (0)"]);
    let kept = (0..10_000).find(|number| !statuses(&bed, &runner(*number), 20_000).is_empty()).unwrap();
    assert!(kept > 1_000 && kept < 9_000, "the first that is left is {kept}");
    for number in 0..10_000 {
        let statuses = statuses(&bed, &runner(number), 20_000);
        let whole = format!("progressing {}-{} (0)", 10 + number, 11 + number);
        assert!(statuses.iter().all(|status| *status == whole), "{statuses:?}, though it is gone");
    }
}

#[test]
fn a_budget_is_kept_by_dropping_the_oldest() {
    let mut bed = Testbed::new();
    bed.options.budget_bytes = Some(LEAST_BYTES);
    bed.open(at(0));
    for secs in 1..=16_000 {
        let (before, after) = if secs % 2 == 0 { (Healthy, Failed) } else { (Failed, Healthy) };
        let workload = format!("prod/shop/Deployment/web-{}", secs % 10);
        bed.record(long_transition(&workload, Some(before), Some(after), secs));
        if secs % 1_000 == 0 {
            bed.settle();
        }
    }
    assert_eq!(state(&bed), StorageState::Ok);
    let file = fs::metadata(bed.path()).unwrap().len();
    assert!(file <= LEAST_BYTES, "{file} bytes");
    let workload = id("prod/shop/Deployment/web-0");
    let kept = bed.store().intervals(&workload, at(0), at(50_000)).unwrap();
    assert_eq!(kept.last().unwrap().from, at(16_000), "the newest is gone");
    assert!(kept[0].from > at(1_000), "the oldest is not what went");
    assert!(kept.len() > 200, "{} are left", kept.len());
}

#[test]
fn a_file_that_was_removed_is_noticed() {
    let mut bed = used();
    bed.open(at(20));
    bed.record(transition(WEB, Some(Healthy), Some(Failed), 21));
    bed.settle();
    fs::remove_file(bed.path()).unwrap();
    bed.record(transition(WEB, Some(Failed), Some(Healthy), 22));
    bed.settle();
    let storage = bed.store().storage();
    assert_eq!(storage.state, StorageState::Failing);
    assert!(storage.message.unwrap().contains("removed or replaced"));
}

#[test]
fn a_history_of_very_many_changes_begins_with_one_that_stands_for_many() {
    let mut bed = Testbed::new();
    bed.open(at(0));
    for secs in 1..=6_000 {
        let (before, after) = if secs % 2 == 0 { (Healthy, Failed) } else { (Failed, Healthy) };
        bed.record(transition(WEB, Some(before), Some(after), secs));
    }
    bed.settle();
    let statuses = statuses(&bed, WEB, 10_000);
    assert_eq!(statuses.len(), 5_000);
    assert_eq!(statuses[0], "healthy 1001-1002 (0)");
    assert_eq!(statuses[4_999], "failed 6000-10000 (0)");
    let whole = bed.store().intervals(&id(WEB), at(1), at(10_000)).unwrap();
    assert_eq!((whole[0].from, whole[0].to, whole[0].coalesced), (at(1), at(1_001), 999));
}

#[test]
fn without_history_everything_goes_on_and_says_so() {
    let error = StoreError::OfAnotherProgram("/var/lib/notes.db".into());
    let none = NoHistory::new(Some(Path::new("/var/lib/notes.db")), &error.to_string());
    none.record(transition(WEB, None, Some(Healthy), 1));
    assert!(none.intervals(&id(WEB), at(0), at(10)).unwrap().is_empty());
    let gaps = none.gaps(&id(WEB), at(0), at(10)).unwrap();
    assert_eq!((gaps.len(), gaps[0].from, gaps[0].to), (1, at(0), at(10)));
    let storage = none.storage();
    assert_eq!(storage.state, StorageState::Off);
    assert!(storage.message.unwrap().contains("another program"));
    none.explain("It is damaged.");
    assert_eq!(none.storage().message.as_deref(), Some("It is damaged."));
}
