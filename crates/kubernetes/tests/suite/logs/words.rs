//! What is made of the lines of a log.

use super::{After, LOGS, asked, crashed, ended, lines, watching};
use crate::objects::{put, simulator};
use rstest::rstest;
use simulator::Failure;

#[rstest]
#[case::colours(b"2026-01-02T03:01:04Z \x1b[31;1mERROR\x1b[0m no disk\n", "ERROR no disk")]
#[case::a_zero_byte(b"2026-01-02T03:01:04Z no\0disk\n", "no disk")]
#[case::not_utf_8(b"2026-01-02T03:01:04Z caf\xff closed\n", "caf\u{fffd} closed")]
#[case::a_secret(b"2026-01-02T03:01:04Z DB_PASSWORD=hunter2 is wrong\n", "DB_PASSWORD=*** is wrong")]
#[case::a_password_in_an_address(
    b"2026-01-02T03:01:04Z no answer from postgres://shop:hunter2@db/shop\n",
    "no answer from postgres://shop:***@db/shop"
)]
#[case::of_the_run_that_ended(
    b"2026-01-02T03:00:04Z of the run before\n2026-01-02T03:01:04Z ours\n2026-01-02T03:01:30Z of the run after\n",
    "ours"
)]
#[tokio::test]
async fn a_line_is_shown_plain_and_without_secrets(#[case] log: &'static [u8], #[case] expected: &str) {
    let simulator = simulator().await;
    let mut inventory = watching(&simulator).await;
    simulator.faults().fail_next(1, Failure::Text(log), LOGS);
    put(simulator.cluster(), crashed("web", 1, After::Stands));
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    assert_eq!(lines(&inventory), [Some(expected)]);
    inventory.stop().await;
}

/// The server cuts what is too long at its end, where the last line is. The runtime writes a very long line in pieces.
#[rstest]
#[case::many_long_lines(60, 1_000, 1)]
#[case::pieces_of_a_very_long_line(64, 16 << 10, 1)]
#[case::the_last_line_itself(0, 0, 1 << 18)]
#[tokio::test]
async fn of_long_lines_fewer_are_asked_for(
    #[case] before: usize,
    #[case] length: usize,
    #[case] times: usize,
) {
    let simulator = simulator().await;
    let cluster = simulator.cluster();
    let mut inventory = watching(&simulator).await;
    let write = |line: &str| cluster.log_at("shop", "web", "main", line, ended(1));
    for _ in 0..before {
        write(&"x".repeat(length));
    }
    write(&"cause ".repeat(times));
    put(cluster, crashed("web", 1, After::Stands));
    inventory.until("the words", |inventory| !inventory.said.is_empty()).await;
    let line = lines(&inventory)[0].expect("there is one").to_owned();
    assert!(line.starts_with("cause") && line.chars().count() <= 301, "{line}");
    assert_eq!(asked(&simulator), 2);
    inventory.stop().await;
}
