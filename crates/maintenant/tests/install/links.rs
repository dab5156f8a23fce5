//! What the documents refer to is there, headings too.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::helm::{self, CHART};

#[test]
fn files_and_headings_that_the_documents_refer_to_are_there() {
    let (mut faults, mut seen) = (Vec::new(), 0);
    for document in documents() {
        let text = prose(&document);
        let directory = document.parent().expect("a file is in a directory");
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if target.contains("://") {
                continue;
            }
            seen += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if file.is_empty() { document.clone() } else { directory.join(file) };
            if !path.exists() {
                faults.push(format!("{}: {target} is not there", document.display()));
            } else if !anchor.is_empty() && !anchors(&path).contains(anchor) {
                faults.push(format!("{}: {target}: there is no such heading", document.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    assert!(seen >= 80, "{seen} references");
}

fn documents() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(helm::root().join("docs")).expect("it can be listed");
    let guides = entries.map(|entry| entry.expect("it can be listed").path());
    let guides = guides.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let chart = format!("{CHART}/README.md");
    let others =
        ["README.md", "CONTRIBUTING.md", "SECURITY.md", "ARCHITECTURE.md", "CHANGELOG.md", chart.as_str()];
    guides.chain(others.map(|file| helm::root().join(file))).collect()
}

/// A document without its blocks of code.
fn prose(document: &Path) -> String {
    let text = helm::read(document);
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        !is_code && !is_fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The anchors of the headings, as GitHub makes them.
fn anchors(document: &Path) -> BTreeSet<String> {
    let text = prose(document);
    let headings = text.lines().filter_map(|line| {
        let heading = line.trim_start_matches('#');
        (heading.len() < line.len()).then(|| heading.trim().to_lowercase())
    });
    let anchor = |heading: String| -> String {
        let kept = heading.chars().filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}
