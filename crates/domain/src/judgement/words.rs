//! Figures and foreign words, made fit for a sentence. What others said is bounded: it may be of any length.
use super::fault::Fault;
use super::last_line;
use crate::pod::{Container, ContainerSpec, ContainerState};
use crate::time::Time;
use std::borrow::Cow;
use std::time::Duration;

/// The most that is quoted of somebody else's words, in characters.
const MOST_QUOTED: usize = 240;

/// The most that evidence shows of them: as much as an event can hold.
const MOST_SHOWN: usize = 1024;

/// The words on one line, cut where they grow too long for a sentence.
pub(super) fn quote(said: &str) -> String {
    on_one_line(said, MOST_QUOTED)
}

/// The words on one line, as evidence shows them.
pub(super) fn show(said: &str) -> String {
    on_one_line(said, MOST_SHOWN)
}

/// The words on one line, cut between two of them; a first one that is too long by itself, within it.
fn on_one_line(said: &str, most: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in said.split_whitespace() {
        let more = word.chars().count();
        if line.is_empty() && more > most {
            line.extend(word.chars().take(most));
            line.push('…');
            return line;
        }
        if length + more >= most {
            line.push_str(" …");
            return line;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        length = length + more + 1;
    }
    let end = line.trim_end_matches(['.', ':', ',']).len();
    line.truncate(end);
    line
}

/// The end of a sentence; one that was cut has it.
pub(super) fn close(sentence: &mut String) {
    if !sentence.ends_with('…') {
        sentence.push('.');
    }
}

/// The words without what stands in brackets.
pub(super) fn without_asides(said: &str) -> String {
    let mut depth = 0_u32;
    let mut rest = String::new();
    for c in said.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => rest.push(c),
            _ => {}
        }
    }
    if depth > 0 {
        return said.to_owned();
    }
    rest.replace(" ,", ",").trim_end().to_owned()
}

/// The words without between whom a connection broke: the port at this end is another one with each try.
fn without_ends(said: &str) -> Cow<'_, str> {
    const BEGINNINGS: [&str; 4] = ["read tcp ", "read udp ", "write tcp ", "write udp "];
    let places = BEGINNINGS.iter().filter_map(|begin| Some((said.find(begin)?, begin.len())));
    let short = places.min().and_then(|(at, length)| {
        let (ends, rest) = said[at + length..].split_once(": ")?;
        let is_pair = ends.contains("->") && !ends.contains(' ');
        is_pair.then(|| format!("{}{rest}", &said[..at]))
    });
    short.map_or(Cow::Borrowed(said), Cow::Owned)
}

/// What matters of a component's long chain of words: of a failed request, what became of it.
pub(super) fn gist(said: &str) -> String {
    const MARKS: [&str; 14] = [
        "exceeded quota",
        "violates PodSecurity",
        "failed calling webhook",
        "admission webhook",
        "dial tcp",
        "x509: ",
        "tls: ",
        "unexpected status",
        "pull access denied",
        "unable to start container process: ",
        "MountVolume.",
        "AttachVolume.",
        "plugin type=",
        "command '",
    ];
    const TAILS: [&str; 2] = [" (pod: \"", ", message: \"\""];
    let said = said.strip_prefix("(combined from similar events): ").unwrap_or(said);
    let said = said.strip_prefix("Error: ").unwrap_or(said);
    let refused = said.strip_prefix("pods \"").and_then(|said| said.split_once("is forbidden: "));
    let said = refused.map_or(said, |(_, why)| why);
    let from = MARKS.iter().filter_map(|mark| said.find(mark)).min().unwrap_or(0);
    let said = &said[from..];
    // The object that is meant stands beside these words anyway.
    let to = TAILS.iter().filter_map(|tail| said.find(tail)).min().unwrap_or(said.len());
    quote(&without_ends(&said[..to]))
}

/// What the scheduler says, without its tail about preemption.
pub(super) fn scheduling(said: &str) -> String {
    quote(super::fault::scheduling_reasons(said))
}

/// Thousandths of a core as cores.
pub(super) fn cores(millicores: u64) -> String {
    let (whole, rest) = (millicores / 1000, millicores % 1000);
    if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:03}").trim_end_matches('0').to_owned() }
}

/// A number of bytes in the unit that Kubernetes would use.
pub(super) fn bytes(bytes: u64) -> String {
    const UNITS: [(&str, u32); 4] = [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)];
    for (unit, shift) in UNITS {
        if bytes >= 1 << shift {
            let tenths = (u128::from(bytes) * 10) >> shift;
            let (whole, rest) = (tenths / 10, tenths % 10);
            return if rest == 0 { format!("{whole} {unit}") } else { format!("{whole}.{rest} {unit}") };
        }
    }
    format!("{bytes} bytes")
}

/// A span of time in its largest unit that is not less than one.
pub(super) fn span(time: Duration) -> String {
    match time.as_secs() {
        secs @ 0..=59 => format!("{secs} s"),
        secs @ 60..=3599 => format!("{} min", secs / 60),
        secs @ 3600..=86_399 => format!("{} h", secs / 3600),
        secs => format!("{} d", secs / 86_400),
    }
}

/// A limit that somebody set, exactly: "1 h 30 min"
pub(super) fn limit(time: Duration) -> String {
    let secs = time.as_secs();
    let parts = [(secs / 86_400, "d"), (secs / 3600 % 24, "h"), (secs / 60 % 60, "min"), (secs % 60, "s")];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, unit)| format!("{number} {unit}"))
        .collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// What the container wrote last: ": last log line `missing DATABASE_URL`"
pub(super) fn last_line(fault: &Fault<'_>) -> String {
    last_line::of(fault.end, fault.last_words).map(|line| last_line::quote(&line)).unwrap_or_default()
}

/// How a container ended, and how often: " (exit 1, 5 restarts in 4 min)"
pub(super) fn ends(fault: &Fault<'_>) -> String {
    let code = fault.end.map(|end| exit(end.exit_code, end.signal));
    let parts: Vec<String> = code.into_iter().chain(restarts(fault)).collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

/// How often: " (5 restarts in 4 min)"
pub(super) fn times(fault: &Fault<'_>) -> String {
    restarts(fault).map(|restarts| format!(" ({restarts})")).unwrap_or_default()
}

fn restarts(fault: &Fault<'_>) -> Option<String> {
    let span_of = || {
        let lasted = last_restart(fault)?.since(fault.since);
        (!lasted.is_zero()).then(|| format!(" in {}", span(lasted)))
    };
    let restarts = fault.restarts;
    match restarts {
        0 => None,
        1 => Some("1 restart".to_owned()),
        many => Some(format!("{many} restarts{}", span_of().unwrap_or_default())),
    }
}

/// When the container was started again last: `restartCount` counts that, and not an end which no start has followed.
fn last_restart(fault: &Fault<'_>) -> Option<Time> {
    let of = |(spec, container): (&ContainerSpec, &Container)| match container.state {
        ContainerState::Running { since } if Some(spec) == fault.container => since,
        _ => None,
    };
    let end = || fault.end.and_then(|end| end.started.or(end.finished));
    fault.pod.each_container().find_map(of).or_else(end)
}

/// An exit code and what it stands for.
pub(super) fn exit(code: i32, signal: Option<i32>) -> String {
    if code < 0 {
        return format!("exit {}", windows_status(code));
    }
    let signal = signal.or_else(|| (129..=159).contains(&code).then_some(code - 128));
    let name = signal.and_then(|signal| match signal {
        1 => Some("SIGHUP"),
        2 => Some("SIGINT"),
        4 => Some("SIGILL"),
        6 => Some("SIGABRT"),
        7 => Some("SIGBUS"),
        8 => Some("SIGFPE"),
        9 => Some("SIGKILL"),
        11 => Some("SIGSEGV"),
        13 => Some("SIGPIPE"),
        15 => Some("SIGTERM"),
        _ => None,
    });
    match (code, name) {
        (_, Some(name)) => format!("exit {code} {name}"),
        (126, None) => "exit 126, not executable".to_owned(),
        (127, None) => "exit 127, command not found".to_owned(),
        (code, None) => format!("exit {code}"),
    }
}

/// How Windows writes a status, and what it stands for; the API holds it as a signed number.
fn windows_status(code: i32) -> String {
    let status = code.cast_unsigned();
    let name = match status {
        0xC000_0005 => ", access violation",
        0xC000_00FD => ", stack overflow",
        0xC000_0135 => ", DLL not found",
        0xC000_013A => ", ended by Ctrl+C",
        0xC000_0142 => ", DLL failed to start",
        0xC000_0409 => ", stack buffer overrun",
        _ => "",
    };
    format!("0x{status:08X}{name}")
}

/// The command that the runtime did not find.
pub(super) fn command(said: &str) -> Option<&str> {
    let (_, rest) = said.split_once("exec: \"")?;
    rest.split_once('"').map(|(command, _)| command).filter(|command| command.len() <= MOST_QUOTED)
}

/// The image without its registry and path: `api:1.9`.
pub(super) fn short_image(image: &str) -> &str {
    let name = image.rsplit('/').next().unwrap_or(image);
    name.split_once('@').map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::{limit, quote, without_asides};
    use rstest::rstest;
    use std::time::Duration;

    #[rstest]
    #[case(0, "0 s")]
    #[case(3, "3 s")]
    #[case(90, "1 min 30 s")]
    #[case(5400, "1 h 30 min")]
    #[case(86_400, "1 d")]
    fn a_limit_is_said_exactly(#[case] secs: u64, #[case] said: &str) {
        assert_eq!(limit(Duration::from_secs(secs)), said);
    }

    #[test]
    fn words_are_counted_in_characters() {
        let whole = "語".repeat(100);
        assert_eq!(quote(&whole), whole);
    }

    #[test]
    fn a_bracket_that_is_never_closed_hides_nothing() {
        assert_eq!(without_asides("refused (by policy"), "refused (by policy");
        assert_eq!(without_asides("one (a), two (b (c))"), "one, two");
    }
}
