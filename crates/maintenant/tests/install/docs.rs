//! What the guides tell to type works as it stands.

use std::collections::BTreeSet;
use std::path::Path;

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
        // What only a cluster has: a namespace, and values of the release before.
        let rendered = |word: &&&str| !["--create-namespace", "--reset-then-reuse-values"].contains(*word);
        for word in rest.iter().filter(rendered) {
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
    assert!(seen >= 12, "{seen} commands");
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
        format!("{install} --set license.key=…"),
        "kubectl create secret generic maintenant-license --from-literal=license-key=… -n maintenant"
            .to_owned(),
        format!("{install} --set license.existingSecret=maintenant-license"),
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
    assert!(values >= 8 && manifests >= 4, "{values} blocks of values, {manifests} of manifests");
}

/// The objects that the guides show, block by block.
pub(crate) fn manifests() -> Vec<String> {
    blocks()
        .into_iter()
        .filter(|block| block.language == "yaml" && block.is_manifest())
        .map(|block| block.text)
        .collect()
}

/// The commands of `helm upgrade` in the guides that say a licence.
pub(crate) fn licence_upgrades() -> Vec<String> {
    let is_licence = |command: &String| command.starts_with("helm upgrade ") && command.contains("license.");
    commands(&blocks()).into_iter().filter(is_licence).collect()
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
