//! What a log holds of one run.

use crate::cause;
use domain::text::Text;
use domain::time::Time;
use jiff::Timestamp;
use std::time::Duration;

/// How far a line's time may lie outside its run: `startedAt` and `finishedAt` have whole seconds.
const SLACK: Duration = Duration::from_secs(2);

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
    let words: Vec<&str> = lines.iter().map(|(_, text)| *text).collect();
    let Some(place) = cause::place(&words) else { return Tail::Empty };
    let (at, text) = lines[place];
    Tail::Line { at, text: cause::tell(text).into() }
}

#[cfg(test)]
mod tests {
    use super::{Tail, of_run};
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
    #[case::pretty_json(
        "2026-11-21T03:04:01Z {\n2026-11-21T03:04:01Z   \"cause\": \"no licence\"\n2026-11-21T03:04:01Z }\n",
        Ok("\"cause\": \"no licence\"")
    )]
    #[case::not_utf_8("2026-11-21T03:04:01Z caf\u{fffd}\n", Ok("caf\u{fffd}"))]
    fn the_last_line_that_says_something_of_that_run(
        #[case] log: &str,
        #[case] expected: Result<&str, Tail>,
    ) {
        assert_eq!(found(log), expected.map(str::to_owned));
    }
}
