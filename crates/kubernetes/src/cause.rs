//! Why a run of a container ended, by what its program wrote: which line says it, made fit to be shown.

use crate::secrets;
use crate::visible_text::visible;
use serde_json::Value;

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

/// The place of the line that says why the run ended, if any says something.
pub(crate) fn place(lines: &[&str]) -> Option<usize> {
    let shown: Vec<String> = lines.iter().map(|line| on_one_line(line)).collect();
    let begins = |text: &str, words: &[&str]| words.iter().any(|word| text.starts_with(word));
    let written = || shown.iter().enumerate().rev().filter(|(_, text)| !text.is_empty());
    // What is pretty-printed ends with brackets alone.
    let telling =
        || written().filter(|(_, text)| text.contains(char::is_alphanumeric) && !begins(text, &FAREWELLS));
    // Further in stands what belongs to the line above.
    let whole = || telling().filter(|(place, _)| !lines[*place].starts_with([' ', '\t']));
    let is_of_node = written().next()?.1.starts_with(FAREWELLS[0]);
    let found = telling()
        .find(|(_, text)| begins(text, &CAUSES))
        .or_else(|| whole().find(|(_, text)| is_of_node && is_error(text)))
        .or_else(|| whole().take(LATEST).find(|(_, text)| is_fatal(text)))
        .or_else(|| whole().next())
        .or_else(|| telling().next())
        .or_else(|| written().next());
    found.map(|(place, _)| place)
}

/// What the message says that a program left of its end: it may be one object in JSON, else it is chosen among its lines as
/// among those of a log.
pub(crate) fn of_message(message: &str) -> Option<String> {
    if message_of(message).is_some() {
        return Some(tell(message));
    }
    let lines: Vec<&str> = message.lines().collect();
    place(&lines).map(|place| tell(lines[place]))
}

/// What a line says, on one line, without what looks like a secret.
pub(crate) fn tell(text: &str) -> String {
    let text = message_of(text).unwrap_or_else(|| on_one_line(text));
    let masked = secrets::mask(&text);
    match masked.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &masked[..end]),
        None => masked.into_owned(),
    }
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

/// The message of an object in JSON, and the error beside it, or alone.
fn message_of(text: &str) -> Option<String> {
    let Value::Object(fields) = serde_json::from_str(text).ok()? else { return None };
    let field = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| fields.get(*name)?.as_str());
        found.find(|text| !text.trim().is_empty()).map(on_one_line)
    };
    match (field(&["msg", "message", "@m"]), field(&["error", "err", "exception"])) {
        (Some(message), Some(error)) if !message.contains(&error) => Some(format!("{message}: {error}")),
        (message, error) => message.or(error),
    }
}

/// On one line, without what is not seen; one blank where there were several.
fn on_one_line(text: &str) -> String {
    let text = visible(text).replace('`', "'");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{of_message, tell};
    use rstest::rstest;

    #[rstest]
    #[case::colours("\u{1b}[31mERROR\u{1b}[0m  no\tdisk", "ERROR no disk")]
    #[case::json(
        r#"{"level":"fatal","msg":"can't start","error":"port in use","ts":1}"#,
        "can't start: port in use"
    )]
    #[case::json_with_an_error_alone(r#"{"error":"no licence"}"#, "no licence")]
    #[case::json_without_message(r#"{"level":"fatal"}"#, r#"{"level":"fatal"}"#)]
    #[case::address(
        "dial postgres://shop:s3cret@db:5432/shop failed",
        "dial postgres://shop:***@db:5432/shop failed"
    )]
    #[case::turned_round("a\u{202e}b", "ab")]
    #[case::assigned("DB_PASSWORD=hunter2 rejected", "DB_PASSWORD=*** rejected")]
    fn what_is_shown_is_plain_and_tells_no_secret(#[case] line: &str, #[case] expected: &str) {
        assert_eq!(tell(line), expected);
    }

    #[test]
    fn a_long_line_is_cut() {
        assert_eq!(tell(&"ä".repeat(1000)).chars().count(), 301);
    }

    #[rstest]
    #[case::one_line("no licence\n", Some("no licence"))]
    #[case::json("{\"error\":\"no licence\"}", Some("no licence"))]
    #[case::json_on_several_lines("{\n  \"error\": \"no licence\"\n}\n", Some("no licence"))]
    #[case::json_of_another_shape("{\n  \"cause\": \"no licence\"\n}\n", Some("\"cause\": \"no licence\""))]
    #[case::a_panic(
        "panic: nil map\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\n",
        Some("panic: nil map")
    )]
    #[case::the_end_of_a_log_in_json(
        "{\"msg\":\"ready\"}\n{\"level\":\"fatal\",\"msg\":\"no licence\"}\n",
        Some("no licence")
    )]
    #[case::a_secret("reading config\nDB_PASSWORD=hunter2 rejected\n", Some("DB_PASSWORD=*** rejected"))]
    #[case::brackets_alone("}\n", Some("}"))]
    #[case::blank(" \n\n", None)]
    fn of_a_message_what_tells(#[case] message: &str, #[case] expected: Option<&str>) {
        assert_eq!(of_message(message).as_deref(), expected);
    }
}
