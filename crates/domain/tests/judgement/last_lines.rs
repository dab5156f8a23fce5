//! What is quoted of a container that ended: its log, or what its program says itself.
use crate::timeline::world_after;
use crate::world::*;
use domain::diagnosis::{Code, EvidenceKind};
use domain::judgement::{Membership, judge_pod};
use domain::last_words::{LastWords, LogTail};
use domain::memory::Memory;
use domain::pod::{ContainerState, Phase, RestartPolicy, Termination};
use rstest::rstest;
use std::sync::Arc;

/// Logs that may not be read are said to be, with the right that is missing; that nothing was written is not.
#[rstest]
#[case::a_line(
    LogTail::Line { at: at(4), text: "missing DATABASE_URL".into() },
    "Container `app` crash-loops (exit 1, 1 restart): last log line `missing DATABASE_URL`. Nothing serves.",
    Some("missing DATABASE_URL")
)]
#[case::nothing(LogTail::Nothing, "Container `app` crash-loops (exit 1, 1 restart). Nothing serves.", None)]
#[case::forbidden(
    LogTail::Forbidden { reason: "User \"viewer\" cannot get resource \"pods/log\"".into() },
    "Container `app` crash-loops (exit 1, 1 restart). Nothing serves.",
    Some(
        "the log of `app` may not be read: User \"viewer\" cannot get resource \"pods/log\"; \
         grant get on pods/log to see it"
    )
)]
fn what_a_container_wrote_last(#[case] log: LogTail, #[case] summary: &str, #[case] evidence: Option<&str>) {
    let mut world = world_after("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1");
    world.around.last_words.push(LastWords { pod: uid("a"), container: "app".into(), ended: at(4), log });
    let diagnosis = world.judge(&Memory::default(), at(5)).diagnosis.expect("a diagnosis");
    assert_eq!(&*diagnosis.summary, summary);
    let told = diagnosis.evidence.iter().find(|told| told.kind == EvidenceKind::Log);
    assert_eq!(told.map(|told| (told.at, &*told.text)), evidence.map(|text| (Some(at(4)), text)));
}

/// Nothing starts it again, so its only run is the one to ask about.
#[test]
fn what_a_pod_that_is_not_started_again_wrote_last() {
    let mut world = world_after("pod 1; 0s +once; 4s once=ended:9");
    world.pods[0].phase = Phase::Failed;
    Arc::make_mut(&mut world.pods[0].spec).restart_policy = RestartPolicy::Never;
    let log = LogTail::Line { at: at(4), text: "no such table: orders".into() };
    let said = LastWords { pod: uid("once"), container: "app".into(), ended: at(4), log };
    world.around.last_words.push(said);
    let of_pod = judge_pod(&world.pods[0], Membership::default(), &world.around, at(5))
        .diagnosis
        .expect("a diagnosis");
    let of_workload = world.judge(&Memory::default(), at(5)).diagnosis.expect("a diagnosis");
    for diagnosis in [&of_pod, &*of_workload] {
        let summary = "Container `app` has crashed (exit 9): last log line `no such table: orders`.";
        assert_eq!(&*diagnosis.summary, summary);
        assert!(diagnosis.evidence.iter().any(|told| told.kind == EvidenceKind::Log));
    }
}

/// A program may say itself why it ends, in its termination message.
#[rstest]
#[case::what_its_message_says("Error", ("reading\nunknown key\n", "unknown key"), None, "it says `unknown key`", 1)]
#[case::rather_than_its_log("Error", ("unknown key", "unknown key"), Some("bye"), "it says `unknown key`", 1)]
#[case::in_json_too(
    "Error",
    ("{\"error\":\"no licence\"}", "no licence"),
    Some("shutting down"),
    "it says `no licence`",
    1
)]
#[case::though_a_word_of_it_is_in_its_log("Error", ("licence is bad", "licence is bad"), Some("bad"), "it says `licence is bad`", 1)]
#[case::the_end_of_its_log(
    "Error",
    ("{\"msg\":\"nil map\"}\n", "nil map"),
    Some("nil map"),
    "last log line `nil map`",
    1
)]
#[case::of_which_another_line_was_chosen(
    "Error",
    ("rest of a line\nuse of `nil`  map\nexit status 2\n", "exit status 2"),
    Some("use of 'nil' map"),
    "last log line `use of 'nil' map`",
    1
)]
#[case::where_it_was_cut(
    "Error",
    ("no such table: orders\nexit status 2\n", "exit status 2"),
    Some("no such…"),
    "last log line `no such…`",
    1
)]
#[case::nothing("Error", (" \n", ""), Some("bye"), "last log line `bye`", 0)]
#[case::the_kubelet_s_words(
    "ContainerStatusUnknown",
    ("could not be located", "could not be located"),
    Some("bye"),
    "last log line `bye`",
    0
)]
fn what_a_program_says_of_its_end(
    #[case] reason: &str,
    #[case] (message, gist): (&str, &str),
    #[case] line: Option<&str>,
    #[case] says: &str,
    #[case] messages: usize,
) {
    let mut world = world_after("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1");
    let end = ended(1, reason, Some(at(3)), at(4));
    let gist = (!gist.is_empty()).then(|| gist.into());
    let end = Termination { message: Some(message.into()), gist, ..end };
    world.pods[0].containers[0].state = ContainerState::Terminated(Box::new(end));
    if let Some(line) = line {
        let log = LogTail::Line { at: at(4), text: line.into() };
        let said = LastWords { pod: uid("a"), container: "app".into(), ended: at(4), log };
        world.around.last_words.push(said);
    }
    let diagnosis = world.judge(&Memory::default(), at(5)).diagnosis.expect("a diagnosis");
    let summary = format!("Container `app` crash-loops (exit 1, 1 restart): {says}. Nothing serves.");
    assert_eq!(&*diagnosis.summary, summary);
    let told = diagnosis.evidence.iter().filter(|told| told.text.starts_with("container `app` says: "));
    assert_eq!(told.count(), messages);
}

#[test]
fn words_of_the_run_before_are_no_words_of_this_one() {
    let mut world = world_after("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1");
    let log = LogTail::Line { at: at(2), text: "exec /app: exec format error".into() };
    world.around.last_words.push(LastWords { pod: uid("a"), container: "app".into(), ended: at(2), log });
    let said = |now| world.judge(&Memory::default(), now).diagnosis.expect("a diagnosis");
    assert_eq!(said(at(5)).code, Code::CrashLoop, "they decide nothing");
    assert!(!said(at(30)).summary.contains("exec format"), "{}", said(at(30)).summary);
}
