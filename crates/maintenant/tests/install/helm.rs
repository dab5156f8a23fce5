//! helm and kubeconform, at the versions that are pinned in `hack/tools`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The chart, from the root.
pub(crate) const CHART: &str = "deploy/helm/maintenant";
/// The Kubernetes version that charts are rendered for where no cluster is asked.
pub(crate) const KUBERNETES: &str = "1.36.3";

/// The root of the tree.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the package is in crates/")
}

/// A file of the tree.
#[track_caller]
pub(crate) fn read(file: impl AsRef<Path>) -> String {
    let path = root().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs helm with `input` on its standard input. What it complains of is the error.
pub(crate) fn helm(arguments: &[&str], input: &str) -> Result<String, String> {
    run("hack/helm", arguments, input)
}

/// The manifests of release `maintenant` in namespace `maintenant`, with these values.
pub(crate) fn rendered(values: &str) -> Result<String, String> {
    template(&["maintenant", CHART, "--namespace", "maintenant", "--values", "-"], values)
}

/// What `helm template` prints.
pub(crate) fn template(arguments: &[&str], input: &str) -> Result<String, String> {
    helm(&[&["template", "--kube-version", KUBERNETES], arguments].concat(), input)
}

/// The objects of release `maintenant` with these values.
#[track_caller]
pub(crate) fn objects(values: &str) -> Vec<Value> {
    parse(&rendered(values).unwrap_or_else(|error| panic!("helm template: {error}\nwith:\n{values}")))
}

/// The objects of a stream of YAML documents; empty ones are none.
#[track_caller]
pub(crate) fn parse(yaml: &str) -> Vec<Value> {
    let documents: Vec<Value> =
        serde_saphyr::from_multiple(yaml).unwrap_or_else(|error| panic!("{error}\nin:\n{yaml}"));
    documents.into_iter().filter(|document| !document.is_null()).collect()
}

/// The one object of that kind.
#[track_caller]
pub(crate) fn one<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let found: Vec<_> = objects.iter().filter(|object| object["kind"] == kind).collect();
    match found[..] {
        [object] => object,
        _ => panic!("{} objects of kind {kind} instead of one", found.len()),
    }
}

/// Holds manifests against the schemas of Kubernetes, strictly.
#[track_caller]
pub(crate) fn assert_conforms(manifests: &str) {
    if let Err(complaint) = run("hack/kubeconform", &["-"], manifests) {
        panic!("kubeconform: {complaint}\nin:\n{manifests}");
    }
}

fn run(script: &str, arguments: &[&str], input: &str) -> Result<String, String> {
    let mut child = Command::new(root().join(script))
        .args(arguments)
        .current_dir(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("bash is there");
    let mut stdin = child.stdin.take().expect("it is piped");
    let input = input.to_owned();
    // Written beside the reading, so that neither waits for the other; who ends early says why in its status.
    let writer = std::thread::spawn(move || drop(stdin.write_all(input.as_bytes())));
    let output = child.wait_with_output().expect("its output can be read");
    writer.join().expect("writing does not panic");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if output.status.success() { Ok(stdout.into_owned()) } else { Err(format!("{stdout}{stderr}")) }
}
