//! Whoever meets a message finds it in the guide, as the program says it.

use std::path::Path;
use std::time::Duration;

use lab::Program;

use crate::helm;

/// Whoever meets a message finds it in the guide: those of the history and of the kubeconfig, as the code has them.
#[test]
fn the_troubleshooting_lists_the_errors_of_the_code() {
    let guide = helm::read("docs/kubernetes.md");
    // What is said at the end, or comes from the cluster's own words.
    let elsewhere = ["… records of history could not be written before the end", "…", "… …: …", "…: …"];
    for (file, until) in
        [("crates/store/src/error.rs", "Io {"), ("crates/kubernetes/src/error.rs", "Access(String)")]
    {
        let source = helm::read(file);
        let enumeration = source.split(until).next().expect("there is a first part");
        let mut seen = 0;
        for attribute in enumeration.split("#[error(").skip(1) {
            let literal = attribute.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
            let message = elided(literal.expect("an error has a message"));
            seen += 1;
            if !elsewhere.contains(&message.as_str()) {
                assert!(guide.contains(&message), "{file}: `{message}` is not in the guide");
            }
        }
        assert!(seen >= 6, "{file}: {seen} messages");
    }
}

/// The program's own words, when each setting is wrong, are in the guide.
#[test]
fn the_troubleshooting_lists_the_faults_of_the_configuration() {
    let guide = helm::read("docs/kubernetes.md");
    let long = "x".repeat(64);
    let mut program = Program::new(env!("CARGO_BIN_EXE_maintenant")).args(["config"]);
    for (name, value) in [
        ("MAINTENANT_ADDR", "?"),
        ("MAINTENANT_BASE_URL", "?"),
        ("MAINTENANT_K8S_NAMESPACES", &format!(",{long},A,-a")),
        ("MAINTENANT_K8S_CONTEXTS", "="),
        ("MAINTENANT_LOG_LEVEL", "?"),
        ("MAINTENANT_LOG_FORMAT", "?"),
        ("MAINTENANT_DATABASE_URL", "?"),
        ("MAINTENANT_ADRR", "?"),
        ("MAINTENANT_COLOUR", "?"),
        ("MAINTENANT_RUNTIME", "?"),
    ] {
        program = program.env(name, value);
    }
    let wrong = program.run(Duration::from_secs(30));
    let docker =
        Program::new(env!("CARGO_BIN_EXE_maintenant")).args(["config"]).env("MAINTENANT_RUNTIME", "docker");
    let said = wrong.stderr + &docker.run(Duration::from_secs(30)).stderr;
    let faults: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("  - ")).collect();
    assert_eq!(faults.len(), 14, "{said}");
    for fault in faults {
        // What was given stands between the name and what is expected; a name of ours may be any.
        let expected =
            ["MAINTENANT_ADRR", "MAINTENANT_ADDR?", "MAINTENANT_COLOUR", "MAINTENANT_DATABASE_URL"]
                .iter()
                .fold(fault.to_owned(), |fault, name| {
                    fault.replace(name, if name.ends_with('?') { "…?" } else { "…" })
                })
                .replace("`?`", "`…`")
                .replace("`=`", "`…`")
                .replace("(MAINTENANT_RUNTIME is docker)", "(…)");
        let tail = expected.split_once(" is not the name").map_or(expected.as_str(), |(_, tail)| tail);
        assert!(guide.contains(tail), "`{tail}` is not in the guide");
    }
}

/// What is shown in these sections is said by some source file, but for what stands for something else.
#[test]
fn the_program_can_say_what_the_troubleshooting_quotes() {
    let guide = helm::read("docs/kubernetes.md");
    let sources = sources(&helm::root().join("crates"));
    for (heading, least) in [
        ("### It ends with exit code 1", 4),
        ("### It runs without history", 10),
        ("### It does not see the cluster", 11),
    ] {
        let section = guide.split_once(heading).expect("there is such a section").1;
        let section = section.split("\n#").next().expect("there is a first part");
        let messages: Vec<_> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let messages = messages.iter().flat_map(|row| spans(row.split(" | ").next().unwrap_or_default()));
        let mut seen = 0;
        for message in messages {
            seen += 1;
            for words in message.split('…').map(str::trim).filter(|words| words.len() > 3) {
                assert!(sources.contains(words), "{heading}: no source says `{words}`, of `{message}`");
            }
        }
        assert!(seen >= least, "{heading}: {seen} messages");
    }
    let warnings = guide.split_once("And two warnings at start: ").expect("they are in the guide").1;
    for warning in spans(&warnings.replace('\n', " ")).into_iter().take(2) {
        assert!(sources.contains(&warning), "no source says `{warning}`");
    }
}

/// The spans of code in a line, in single or in double backquotes.
fn spans(line: &str) -> Vec<String> {
    let mut spans = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let fence = if rest[start..].starts_with("``") { "``" } else { "`" };
        let Some((span, after)) = rest[start + fence.len()..].split_once(fence) else { break };
        spans.push(span.trim().to_owned());
        rest = after;
    }
    spans
}

/// All that is written in the crates' sources, without comments and with literals that span lines on one.
fn sources(directory: &Path) -> String {
    let mut text = String::new();
    for package in std::fs::read_dir(directory).expect("it can be listed") {
        let source = package.expect("it can be listed").path().join("src");
        let mut open = vec![source];
        while let Some(path) = open.pop() {
            if path.is_dir() {
                let entries = std::fs::read_dir(&path).expect("it can be listed");
                open.extend(entries.map(|entry| entry.expect("it can be listed").path()));
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let lines = helm::read(&path);
                let code = lines.lines().filter(|line| !line.trim_start().starts_with("//"));
                let joined = code.collect::<Vec<_>>().join("\n").replace("\\\n", "\\ ");
                text.push_str(&joined.split("\\ ").map(str::trim_start).collect::<Vec<_>>().concat());
            }
        }
    }
    text
}

/// A message with its parameters left out.
fn elided(literal: &str) -> String {
    let mut parts = literal.split('{');
    let mut message = parts.next().expect("there is a first part").to_owned();
    for part in parts {
        message.push('…');
        message.push_str(part.split_once('}').expect("a brace is closed").1);
    }
    message
}
