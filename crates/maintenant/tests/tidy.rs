//! Holds the tree to what no compiler checks: who may depend on whom, what may not stand in a file, and that the
//! documents say what the code says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use lab::{Program, Rule};
use serde_json::Value;

/// As CONTRIBUTING.md says.
const MAX_SOURCE_LINES: usize = 400;
const MAX_ARCHITECTURE_LINES: usize = 250;

/// Written in two parts, so that this file does not contain them.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/ho", "me/"), concat!("/ro", "ot"), concat!("/wo", "rk"), concat!("/Us", "ers/")];
const REMINDERS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

#[test]
fn crates_use_only_what_the_architecture_allows() {
    let allowed = allowed_edges(&read("ARCHITECTURE.md"));
    let packages = packages();
    let names: BTreeSet<_> = packages.iter().map(name).collect();
    let listed: BTreeSet<_> = allowed.keys().map(String::as_str).collect();
    assert_eq!(
        listed, names,
        "ARCHITECTURE.md lists under `## Crates` what is not in crates/, or the other way round"
    );
    let mut faults = Vec::new();
    for package in &packages {
        for dependency in list(package, "dependencies") {
            let (from, to) = (name(package), name(dependency));
            if dependency["kind"] == "dev" || !names.contains(to) {
                continue;
            }
            if to == "lab" {
                faults.push(format!("{from} uses lab, which is for tests alone"));
            } else if !allowed[from].contains(to) {
                faults.push(format!("{from} uses {to}, which its row in ARCHITECTURE.md does not allow"));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn every_source_file_is_compiled() {
    let mut faults = Vec::new();
    for package in &packages() {
        let manifest = PathBuf::from(package["manifest_path"].as_str().expect("cargo names the manifest"));
        let directory = manifest.parent().expect("a manifest is in a directory");
        let mut compiled = BTreeSet::new();
        for target in list(package, "targets") {
            let root = PathBuf::from(target["src_path"].as_str().expect("cargo names the root of a target"));
            let modules = root.parent().expect("a file is in a directory").to_owned();
            collect_modules(&root, &modules, &mut compiled);
        }
        for file in tracked() {
            let path = root().join(&file);
            let is_source = path.starts_with(directory) && path.extension().is_some_and(|ext| ext == "rs");
            if is_source && path.exists() && !compiled.contains(&path) {
                faults.push(format!("{} is not compiled: no `mod` names it", file.display()));
            }
        }
    }
    assert_none(&faults);
}

#[test]
fn source_files_are_short_enough_to_read() {
    let is_source = |file: &Path| {
        let is_code =
            file.extension().is_some_and(|ext| ["rs", "ts", "svelte", "css"].iter().any(|it| ext == *it));
        is_code && !file.iter().any(|part| part == "generated")
    };
    let long = tracked_text()
        .into_iter()
        .filter(|(file, text)| is_source(file) && text.lines().count() > MAX_SOURCE_LINES)
        .map(|(file, text)| {
            format!("{}: {} lines, {MAX_SOURCE_LINES} at most", file.display(), text.lines().count())
        });
    assert_none(&long.collect::<Vec<_>>());
    let lines = read("ARCHITECTURE.md").lines().count();
    assert!(
        lines <= MAX_ARCHITECTURE_LINES,
        "ARCHITECTURE.md: {lines} lines, {MAX_ARCHITECTURE_LINES} at most"
    );
}

#[test]
fn no_file_names_a_place_on_somebodys_machine() {
    assert_eq!(
        lines_with(|line| MACHINE_PATHS.iter().any(|path| has_path(line, path))),
        Vec::<String>::new()
    );
}

#[test]
fn every_reminder_names_its_issue() {
    let is_bare = |line: &str| REMINDERS.iter().any(|word| has_word(line, word)) && !has_issue_number(line);
    assert_none(&lines_with(is_bare));
}

#[test]
fn the_documents_list_the_settings_of_the_code() {
    let exit = Program::new(env!("CARGO_BIN_EXE_maintenant"))
        .args(["config", "--markdown"])
        .run(Duration::from_secs(30));
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    let settings = setting_rows(&exit.stdout);
    assert!(!settings.is_empty(), "no settings in:\n{}", exit.stdout);
    assert_eq!(
        setting_rows(&read("README.md")),
        settings,
        "README.md, against `maintenant config --markdown`"
    );
    let guide = "docs/configuration.md";
    if root().join(guide).exists() {
        assert_eq!(setting_rows(&read(guide)), settings, "{guide}, against `maintenant config --markdown`");
    }
}

#[test]
fn the_readme_grants_the_role_that_tests_run_with() {
    let readme = read("README.md");
    let missing = Rule::defaults().into_iter().map(|rule| {
        let groups = rule.api_groups.iter().map(|group| if group.is_empty() { "\"\"" } else { group });
        let groups = groups.collect::<Vec<_>>().join(", ");
        let (resources, verbs) = (rule.resources.join(", "), rule.verbs.join(", "));
        format!("- apiGroups: [{groups}]\n  resources: [{resources}]\n  verbs: [{verbs}]\n")
    });
    let missing: Vec<_> = missing.filter(|rule| !readme.contains(rule)).collect();
    assert_none(&missing);
}

#[track_caller]
fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

/// The crates that a crate may use: rows `` | `crate` | … | `this`, `that` | `` under the heading `## Crates`.
fn allowed_edges(architecture: &str) -> BTreeMap<String, BTreeSet<String>> {
    let section = architecture.lines().skip_while(|line| *line != "## Crates").skip(1);
    section
        .take_while(|line| !line.starts_with("## "))
        .filter_map(|line| {
            let cells: Vec<_> =
                line.strip_prefix('|')?.strip_suffix('|')?.split('|').map(str::trim).collect();
            let [first, .., last] = cells.as_slice() else { return None };
            let name = first.strip_prefix('`')?.strip_suffix('`')?;
            // What stands between backticks is every second part.
            let uses = last.split('`').skip(1).step_by(2).map(str::to_owned).collect();
            Some((name.to_owned(), uses))
        })
        .collect()
}

/// The rows of a table of settings, without the blanks that a formatter may add.
fn setting_rows(markdown: &str) -> Vec<Vec<&str>> {
    let rows = markdown.lines().filter(|line| line.starts_with("| `MAINTENANT_"));
    rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect()
}

/// Adds `file` and every file that its `mod` lines lead to; `modules` is the directory its modules are in.
fn collect_modules(file: &Path, modules: &Path, found: &mut BTreeSet<PathBuf>) {
    let Ok(text) = std::fs::read_to_string(file) else { return };
    found.insert(file.to_owned());
    let mut path_attribute = None;
    for line in text.lines().map(str::trim) {
        if let Some(path) = line.strip_prefix("#[path = \"").and_then(|rest| rest.strip_suffix("\"]")) {
            path_attribute = Some(path);
        } else if let Some(name) = module_name(line) {
            let below = modules.join(name);
            match path_attribute.take() {
                // A path counts from the directory of the file that names it.
                Some(path) => {
                    let file = file.with_file_name(path);
                    let modules = file.parent().expect("a file is in a directory").to_owned();
                    collect_modules(&file, &modules, found);
                }
                None => collect_modules(&below.with_extension("rs"), &below, found),
            }
        }
    }
}

/// The module that a line `mod name;` names, whoever may see it.
fn module_name(line: &str) -> Option<&str> {
    let line = line.strip_suffix(';')?;
    let (before, name) = line.rsplit_once(' ')?;
    let is_declaration = before == "mod" || (before.starts_with("pub") && before.ends_with(" mod"));
    is_declaration.then_some(name)
}

/// Whether `line` has `path` as an absolute path: not within a longer one or a URL, and not as the beginning of
/// another name.
fn has_path(line: &str, path: &str) -> bool {
    let is_name = |character: char| character.is_alphanumeric() || "-_".contains(character);
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + path.len()..].chars().next();
        let begins = !before.is_some_and(|character| is_name(character) || ".~/}>)*".contains(character));
        begins && (path.ends_with('/') || !after.is_some_and(is_name))
    })
}

fn has_word(line: &str, word: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || "_.".contains(character);
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

fn has_issue_number(line: &str) -> bool {
    line.split('#').skip(1).any(|rest| rest.starts_with(|character: char| character.is_ascii_digit()))
}

/// `file:line: text` of every line that `is_fault`. Lock files are left out: tools write them.
fn lines_with(is_fault: impl Fn(&str) -> bool) -> Vec<String> {
    let locks = ["Cargo.lock", "go.sum", "package-lock.json"];
    let mut faults = Vec::new();
    for (file, text) in tracked_text() {
        if file.file_name().is_some_and(|name| locks.iter().any(|lock| name == *lock)) {
            continue;
        }
        let numbered = (1..).zip(text.lines()).filter(|(_, line)| is_fault(line));
        faults.extend(numbered.map(|(number, line)| format!("{}:{number}: {line}", file.display())));
    }
    faults
}

fn tracked_text() -> Vec<(PathBuf, String)> {
    // A file that is deleted and not yet committed is listed, and not there; one that is not text has no lines.
    let read = |file: PathBuf| std::fs::read_to_string(root().join(&file)).ok().map(|text| (file, text));
    tracked().into_iter().filter_map(read).collect()
}

/// What git tracks, and what it would track, from the root.
fn tracked() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        .current_dir(root())
        .output()
        .expect("git can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).expect("our file names are UTF-8");
    let files: BTreeSet<_> = listed.split_terminator('\0').map(PathBuf::from).collect();
    files.into_iter().collect()
}

/// The packages of the workspace, as cargo understands their manifests.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
    list(&metadata, "packages").to_vec()
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().expect("cargo writes a list")
}

fn name(package: &Value) -> &str {
    package["name"].as_str().expect("a package has a name")
}

fn read(file: &str) -> String {
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn root() -> PathBuf {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is in crates/");
    crates.parent().expect("crates/ is in the root").to_owned()
}

#[test]
fn edges_are_read_from_the_table() {
    let architecture = "## Other\n| `x` | `y` |\n## Crates\n| crate | promise | may use |\n|---|---|---|\n\
        | `domain` | pure | small crates, no `tokio` of ours |\n| `api` | REST | `engine`, `domain` |\n## Next\n| `z` | `a` |\n";
    let edges = allowed_edges(architecture);
    let read: Vec<_> = edges
        .iter()
        .map(|(name, uses)| (name.as_str(), uses.iter().map(String::as_str).collect::<Vec<_>>()))
        .collect();
    assert_eq!(read, [("api", vec!["domain", "engine"]), ("domain", vec!["tokio"])]);
}

#[test]
fn places_and_reminders_are_told_from_what_only_looks_like_them() {
    let [home, superuser, work, _] = MACHINE_PATHS;
    let path = |line: &str| MACHINE_PATHS.iter().any(|path| has_path(line, path));
    let rows = [
        (format!("cd {home}ann"), true),
        (format!("\"{superuser}\""), true),
        (format!("{work}/x"), true),
        (format!("web{work}/x"), false),
        (format!("mount at {superuser}fs"), false),
        (format!("https://example.com{home}page"), false),
    ];
    for (line, expected) in rows {
        assert_eq!(path(&line), expected, "{line}");
    }
    let [todo, ..] = REMINDERS;
    for (line, expected) in [
        (format!("// {todo}: x"), true),
        (format!("// {todo}(#12): x"), true),
        (format!("{todo}S, ctx.{todo}()"), false),
    ] {
        assert_eq!(has_word(&line, todo), expected, "{line}");
    }
    assert!(has_issue_number("(#12)") && !has_issue_number("# 12, #x"));
}
