//! What the guides tell to type works as it stands.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use lab::Program;

use crate::helm;

const GUIDES: [&str; 3] = ["docs/kubernetes.md", "docs/installation.md", "deploy/helm/maintenant/README.md"];

/// A fenced block of a guide.
struct Block {
    guide: &'static str,
    language: String,
    text: String,
}

impl Block {
    /// The file that its first line names: `# values-prod.yaml`.
    fn file(&self) -> Option<&str> {
        self.text
            .lines()
            .next()?
            .strip_prefix("# ")
            .filter(|name| Path::new(name).extension().is_some_and(|it| it == "yaml"))
    }

    /// Whether it is objects rather than values.
    fn is_manifest(&self) -> bool {
        self.text.lines().any(|line| line.starts_with("apiVersion: "))
    }
}

#[test]
fn the_commands_of_helm_render_what_conforms() {
    let directory = tempfile::tempdir().expect("there is room for temporary files");
    let blocks = blocks();
    for block in &blocks {
        if let Some(file) = block.file() {
            std::fs::write(directory.path().join(file), &block.text).expect("it can be written");
        }
    }
    let mut seen = 0;
    for command in commands(&blocks) {
        let words: Vec<_> = command.split_whitespace().map(|word| word.trim_matches('\'')).collect();
        let ["helm", "install" | "upgrade", rest @ ..] = &words[..] else { continue };
        seen += 1;
        let mut arguments = Vec::new();
        let mut file_follows = false;
        for word in rest.iter().filter(|word| **word != "--create-namespace") {
            arguments.push(if std::mem::take(&mut file_follows) {
                directory.path().join(word).to_str().expect("it is UTF-8").to_owned()
            } else {
                (*word).to_owned()
            });
            file_follows = *word == "-f";
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let rendered = helm::template(&arguments, "").unwrap_or_else(|error| panic!("{command}: {error}"));
        helm::assert_conforms(&rendered);
    }
    assert!(seen >= 10, "{seen} commands");
}

/// What the product's guide promises, word for word.
#[test]
fn the_promised_commands_are_in_the_guide() {
    let commands: BTreeSet<_> = commands(&blocks()).into_iter().collect();
    let install = "helm install maintenant ./deploy/helm/maintenant -n maintenant --create-namespace";
    for promised in [
        install.to_owned(),
        format!(
            "{install} --set ingress.enabled=true --set ingress.host=maintenant.example.com --set ingress.className=nginx"
        ),
        format!("{install} -f values-prod.yaml"),
        "kubectl create namespace maintenant".to_owned(),
        "kubectl apply -f deploy/kubernetes/".to_owned(),
    ] {
        assert!(commands.contains(&promised), "`{promised}` is not in the guides");
    }
}

#[test]
fn values_in_the_guides_render_and_manifests_conform() {
    let (mut values, mut manifests) = (0, 0);
    for block in blocks().iter().filter(|block| block.language == "yaml") {
        if block.is_manifest() {
            manifests += 1;
            helm::assert_conforms(&block.text);
        } else {
            values += 1;
            let rendered = helm::rendered(&block.text);
            helm::assert_conforms(
                &rendered.unwrap_or_else(|error| panic!("{}: {error}\n{}", block.guide, block.text)),
            );
        }
    }
    assert!(values >= 6 && manifests >= 4, "{values} blocks of values, {manifests} of manifests");
}

/// The objects that the guides show, block by block.
pub(crate) fn manifests() -> Vec<String> {
    blocks()
        .into_iter()
        .filter(|block| block.language == "yaml" && block.is_manifest())
        .map(|block| block.text)
        .collect()
}

/// The example of the guide and the chart grant the same.
#[test]
fn the_role_in_the_guide_is_that_of_the_chart() {
    let chart = helm::objects("{rbac: {scope: namespaced}, namespaces: [shop]}");
    let example =
        blocks().into_iter().find(|block| block.text.contains("kind: RoleBinding")).expect("there is one");
    let example = helm::parse(&example.text);
    for (kind, field) in [("Role", "rules"), ("RoleBinding", "roleRef"), ("RoleBinding", "subjects")] {
        assert_eq!(helm::one(&example, kind)[field], helm::one(&chart, kind)[field], "{kind}");
    }
}

#[test]
fn files_that_the_guides_name_are_there() {
    for guide in GUIDES {
        let text = helm::read(guide);
        let directory = helm::root().join(guide).parent().expect("a file is in a directory").to_owned();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") {
                continue;
            }
            let path = if file.is_empty() { helm::root().join(guide) } else { directory.join(file) };
            assert!(path.exists(), "{guide}: {target} is not there");
            let has_heading =
                || std::fs::read_to_string(&path).unwrap().lines().any(|line| slug(line) == anchor);
            assert!(anchor.is_empty() || has_heading(), "{guide}: {target}: there is no such heading");
        }
    }
}

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

/// The anchor of a heading; empty for other lines.
fn slug(line: &str) -> String {
    let heading = line.trim_start_matches('#');
    if heading.len() == line.len() {
        return String::new();
    }
    let kept = heading.trim().to_lowercase();
    kept.chars()
        .filter(|c| c.is_alphanumeric() || "- ".contains(*c))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

/// The commands of all blocks of shell, on one line each.
fn commands(blocks: &[Block]) -> Vec<String> {
    let shell = blocks.iter().filter(|block| block.language == "sh");
    let lines = shell.flat_map(|block| {
        let joined = block.text.replace("\\\n", " ");
        joined.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>()
    });
    lines.collect()
}

fn blocks() -> Vec<Block> {
    let mut blocks = Vec::new();
    for guide in GUIDES {
        for (number, part) in helm::read(guide).split("```").enumerate() {
            // Every second part stands between fences; those of a span of code end on their own line.
            let Some((language, text)) = part.split_once('\n').filter(|_| number % 2 == 1) else { continue };
            blocks.push(Block { guide, language: language.to_owned(), text: text.to_owned() });
        }
    }
    blocks
}
