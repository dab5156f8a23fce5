//! Which line of a log is the last that says something, made fit to be shown.

use crate::plain;
use crate::secrets;
use domain::text::Text;
use domain::time::Time;
use jiff::Timestamp;
use serde_json::Value;
use std::time::Duration;

/// How far a line's time may lie outside its run: `startedAt` and `finishedAt` have whole seconds.
const SLACK: Duration = Duration::from_secs(2);
/// The most that is kept of a line, in characters.
const LONGEST: usize = 300;
/// With these words programs begin to say why they end; what follows is where in the program.
const CAUSES: [&str; 2] = ["panic: ", "fatal error: "];
/// So runtimes take leave, after they have said why.
const FAREWELLS: [&str; 2] = ["Node.js v", "note: run with 'RUST_BACKTRACE"];
/// Levels of which a program logs what it does not outlive.
const FATAL: [&str; 2] = ["FATAL", "CRITICAL"];
/// Among so many last lines one of such a level is the cause: what came behind it was on its way already, or is the farewell.
const LATEST: usize = 4;

/// What an answer holds of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    /// Its last telling line
    Line { at: Time, text: Text },
    /// Nothing that says something, and nothing of another run
    Empty,
    /// No line of it, but others: of the run before or after, or the runtime's words that it has no log
    OfAnother,
}

/// What a log whose lines begin with their times holds of that run.
pub(super) fn of_run(log: &[u8], started: Option<Time>, ended: Time) -> Tail {
    let log = String::from_utf8_lossy(log);
    let of_run = log.lines().filter_map(|line| {
        let (time, text) = line.split_once(' ').unwrap_or((line, ""));
        let at = Time::from_millis(time.parse::<Timestamp>().ok()?.as_millisecond());
        let within = at <= ended + SLACK && started.is_none_or(|started| started <= at + SLACK);
        within.then_some((at, text))
    });
    let lines: Vec<(Time, &str)> = of_run.collect();
    if lines.is_empty() && !log.trim().is_empty() {
        return Tail::OfAnother;
    }
    let telling: Vec<(Time, &str, String)> =
        lines.iter().map(|(at, text)| (*at, *text, plain(text))).collect();
    let last = cause(&telling);
    last.map_or(Tail::Empty, |(at, text)| Tail::Line { at, text: told(text).into() })
}

/// The line that says why the run ended, if any says something.
fn cause<'a>(lines: &[(Time, &'a str, String)]) -> Option<(Time, &'a str)> {
    let begins = |text: &str, words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let telling = || lines.iter().rev().filter(|(_, _, text)| !text.is_empty() && !begins(text, &FAREWELLS));
    // Further in stands what belongs to the line above.
    let whole = || telling().filter(|(_, text, _)| !text.starts_with([' ', '\t']));
    let is_of_node = lines.iter().rev().find(|(_, _, text)| !text.is_empty())?.2.starts_with(FAREWELLS[0]);
    let found = telling()
        .find(|(_, _, text)| begins(text, &CAUSES))
        .or_else(|| whole().find(|(_, _, text)| is_of_node && is_error(text)))
        .or_else(|| whole().take(LATEST).find(|(_, _, text)| is_fatal(text)))
        .or_else(|| whole().next())
        .or_else(|| telling().next())
        .or_else(|| lines.iter().rev().find(|(_, _, text)| !text.is_empty()));
    found.map(|(at, text, _)| (*at, *text))
}

/// `TypeError: x is not a function`, as JavaScript begins to tell of what nobody caught.
fn is_error(text: &str) -> bool {
    let text = text.strip_prefix("Uncaught ").unwrap_or(text);
    let name = text.split([':', ' ']).next().unwrap_or_default();
    name.ends_with("Error") && name.chars().all(char::is_alphanumeric)
}

fn is_fatal(text: &str) -> bool {
    let has_level =
        |level: &&str| text.split(|c: char| !c.is_ascii_alphanumeric()).take(12).any(|w| w == *level);
    FATAL.iter().any(has_level) || text.contains("\"level\":\"fatal\"")
}

/// What a line says, on one line, without what looks like a secret.
fn told(text: &str) -> String {
    let text = message_of(text).unwrap_or_else(|| plain(text));
    let masked = secrets::mask(&text);
    match masked.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &masked[..end]),
        None => masked.into_owned(),
    }
}

/// The message of a line in JSON, and the error beside it.
fn message_of(text: &str) -> Option<String> {
    let Value::Object(fields) = serde_json::from_str(text).ok()? else { return None };
    let field = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| fields.get(*name)?.as_str());
        found.find(|text| !text.trim().is_empty()).map(plain)
    };
    let message = field(&["msg", "message", "@m"])?;
    match field(&["error", "err", "exception"]) {
        Some(error) if !message.contains(&error) => Some(format!("{message}: {error}")),
        _ => Some(message),
    }
}

/// On one line, without what is not seen; one blank where there were several.
fn plain(text: &str) -> String {
    let text = plain::plain(text).replace('`', "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{Tail, of_run, told};
    use domain::time::Time;
    use rstest::rstest;

    const STARTED: Time = Time::from_secs(1_795_230_240);
    const ENDED: Time = Time::from_secs(1_795_230_245);

    /// `03:04:00Z` is the start of the run, `03:04:05Z` its end.
    fn found(log: &str) -> Result<String, Tail> {
        match of_run(log.as_bytes(), Some(STARTED), ENDED) {
            Tail::Line { text, .. } => Ok(text.to_string()),
            other => Err(other),
        }
    }

    #[rstest]
    #[case::last("2026-11-21T03:04:01.5Z one\n2026-11-21T03:04:05.9Z two\n", Ok("two"))]
    #[case::blank("2026-11-21T03:04:01Z one\n2026-11-21T03:04:05Z \t \n", Ok("one"))]
    #[case::of_the_run_before("2026-11-21T03:00:00Z before\n", Err(Tail::OfAnother))]
    #[case::of_the_run_after("2026-11-21T03:04:01Z ours\n2026-11-21T03:04:30Z after\n", Ok("ours"))]
    #[case::gone("unable to retrieve container logs for containerd://6eadcd", Err(Tail::OfAnother))]
    #[case::nothing("", Err(Tail::Empty))]
    #[case::blank_alone("2026-11-21T03:04:05Z \t \n", Err(Tail::Empty))]
    #[case::blank_after_the_run_before(
        "2026-11-21T03:00:00Z before\n2026-11-21T03:04:05Z \n",
        Err(Tail::Empty)
    )]
    #[case::further_in(
        "2026-11-21T03:04:01Z java.lang.IllegalStateException: no pool\n2026-11-21T03:04:01Z \tat a.B.c(B.java:7)\n",
        Ok("java.lang.IllegalStateException: no pool")
    )]
    #[case::panic(
        "2026-11-21T03:04:01Z panic: nil map\n2026-11-21T03:04:01Z goroutine 1 [running]:\n2026-11-21T03:04:01Z main.main()\n",
        Ok("panic: nil map")
    )]
    #[case::node(
        "2026-11-21T03:04:01Z   throw err;\n2026-11-21T03:04:01Z   ^\n2026-11-21T03:04:01Z \n2026-11-21T03:04:01Z Error: Cannot find module 'express'\n2026-11-21T03:04:01Z Require stack:\n2026-11-21T03:04:01Z - /app/server.js\n2026-11-21T03:04:01Z     at Module._load (node:1:2) {\n2026-11-21T03:04:01Z   code: 'MODULE_NOT_FOUND'\n2026-11-21T03:04:01Z }\n2026-11-21T03:04:01Z \n2026-11-21T03:04:01Z Node.js v20.12.2\n",
        Ok("Error: Cannot find module 'express'")
    )]
    #[case::rust(
        "2026-11-21T03:04:01Z thread 'main' panicked at src/main.rs:2:5:\n2026-11-21T03:04:01Z no licence\n2026-11-21T03:04:01Z note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n",
        Ok("no licence")
    )]
    #[case::fatal_before_what_was_on_its_way(
        "2026-11-21T03:04:01Z [FATAL] no licence\n2026-11-21T03:04:01Z starting proxy\n",
        Ok("[FATAL] no licence")
    )]
    #[case::fatal_long_ago(
        "2026-11-21T03:04:01Z FATAL: no role bob\n2026-11-21T03:04:02Z a\n2026-11-21T03:04:02Z b\n2026-11-21T03:04:02Z c\n2026-11-21T03:04:03Z d\n",
        Ok("d")
    )]
    #[case::a_farewell_alone("2026-11-21T03:04:01Z Node.js v20.12.2\n", Ok("Node.js v20.12.2"))]
    #[case::not_utf_8("2026-11-21T03:04:01Z caf\u{fffd}\n", Ok("caf\u{fffd}"))]
    fn the_last_line_that_says_something_of_that_run(
        #[case] log: &str,
        #[case] expected: Result<&str, Tail>,
    ) {
        assert_eq!(found(log), expected.map(str::to_owned));
    }

    #[rstest]
    #[case::colours("\u{1b}[31mERROR\u{1b}[0m  no\tdisk", "ERROR no disk")]
    #[case::json(
        r#"{"level":"fatal","msg":"can't start","error":"port in use","ts":1}"#,
        "can't start: port in use"
    )]
    #[case::json_without_message(r#"{"level":"fatal"}"#, r#"{"level":"fatal"}"#)]
    #[case::address(
        "dial postgres://shop:s3cret@db:5432/shop failed",
        "dial postgres://shop:***@db:5432/shop failed"
    )]
    #[case::turned_round("a\u{202e}b", "ab")]
    #[case::assigned("DB_PASSWORD=hunter2 rejected", "DB_PASSWORD=*** rejected")]
    fn what_is_shown_is_plain_and_tells_no_secret(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(told(line), expected);
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(told(&"ä".repeat(1000)).chars().count(), 301);
    }
}
