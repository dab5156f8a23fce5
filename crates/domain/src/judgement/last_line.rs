//! What a container wrote last before it ended: the message that its program left, or the end of its log.
use super::words;
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

/// The last line that says something of the message that the program left.
fn of_message(end: &Termination) -> Option<LastLine> {
    let message = end.message.as_deref().filter(|message| !message.starts_with(UNREADABLE))?;
    if end.reason.as_deref().is_some_and(|reason| NOT_ITS_OWN.contains(&reason)) {
        return None;
    }
    let plain = |line: &str| {
        let line = line.replace('`', "'").replace('\t', " ");
        words::quote(&line.chars().filter(|c| !c.is_control()).collect::<String>())
    };
    let text = message.lines().rev().map(plain).find(|line| !line.is_empty())?;
    Some(LastLine { at: end.finished?, text: text.into(), is_message: true })
}

/// Whether the message was taken from the log (`FallbackToLogsOnError`), as far as that shows.
fn is_end_of_log(end: Option<&Termination>, message: &LastLine, log: &LastLine) -> bool {
    let whole = end.and_then(|end| end.message.as_deref()).unwrap_or_default();
    message.text.starts_with('{') || whole.contains(log.text.trim_end_matches('…'))
}
