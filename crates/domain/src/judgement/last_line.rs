//! What a container wrote last before it ended: the message that its program left, or the end of its log.
use crate::last_words::{LastWords, LogTail};
use crate::memory::LastLine;
use crate::pod::Termination;

/// Reasons of ends of which the message is not the program's, but that of the runtime or the kubelet.
const NOT_ITS_OWN: [&str; 4] =
    ["StartError", "ContainerCannotRun", "ContainerStatusUnknown", "DeadlineExceeded"];
/// With these words the kubelet says that it could not read the message.
const UNREADABLE: &str = "Error on reading termination log";

/// What it wrote last, where that is known.
pub(super) fn of(end: Option<&Termination>, said: Option<&LastWords>) -> Option<LastLine> {
    let log = said.and_then(of_log);
    let message = end.and_then(of_message);
    match (message, log) {
        // The message may be the end of the log, of which the line was chosen that says most.
        (Some(message), Some(log)) if is_end_of_log(end, &message, &log) => Some(log),
        (message, log) => message.or(log),
    }
}

/// ": last log line `missing DATABASE_URL`", ": it says `config: line 3: unknown key`"
pub(super) fn quote(line: &LastLine) -> String {
    let LastLine { text, is_message, .. } = line;
    if *is_message { format!(": it says `{text}`") } else { format!(": last log line `{text}`") }
}

fn of_log(said: &LastWords) -> Option<LastLine> {
    match &said.log {
        LogTail::Line { at, text } => Some(LastLine { at: *at, text: text.clone(), is_message: false }),
        LogTail::Nothing | LogTail::Forbidden { .. } => None,
    }
}

/// What the message says that the program left.
fn of_message(end: &Termination) -> Option<LastLine> {
    let text = end.gist.clone().filter(|gist| !gist.starts_with(UNREADABLE))?;
    if end.reason.as_deref().is_some_and(|reason| NOT_ITS_OWN.contains(&reason)) {
        return None;
    }
    Some(LastLine { at: end.finished?, text, is_message: true })
}

/// Whether the message was taken from the log (`FallbackToLogsOnError`), as far as that shows: of both the same was chosen,
/// or the line of the log stands in the message, which begins later.
fn is_end_of_log(end: Option<&Termination>, message: &LastLine, log: &LastLine) -> bool {
    let whole = end.and_then(|end| end.message.as_deref()).unwrap_or_default();
    message.text == log.text || whole.lines().any(|line| is_same(line, &log.text))
}

/// Whether a line is the one that was made fit to be shown.
fn is_same(line: &str, shown: &str) -> bool {
    let line = line.replace('`', "'").split_whitespace().collect::<Vec<_>>().join(" ");
    shown.strip_suffix('…').map_or(line == shown, |beginning| line.starts_with(beginning))
}
