//! Which clusters there are, by a kubeconfig.

use crate::config::{Access, ClusterConfig};
use crate::error::Error;
use domain::text::Text;
use kube::config::{Kubeconfig, KubeconfigError};
use std::path::{Path, PathBuf};

/// The longest name of a cluster, as for everything that Kubernetes puts into addresses.
const LONGEST_NAME: usize = 63;

/// The clusters that `contexts` name: `context`, or `name=context`. The current context if there are none. A cluster is
/// named after the context's cluster unless it is given a name, and in any case so that it can stand in an address.
///
/// `paths` are the files of a kubeconfig, merged as kubectl merges `$KUBECONFIG`. Nothing is connected to. All faults
/// are found at once.
pub fn discover(paths: &[PathBuf], contexts: &[String]) -> Result<Vec<ClusterConfig>, Vec<Error>> {
    let kubeconfig = read(paths).map_err(|error| vec![error])?;
    let wanted = if contexts.is_empty() {
        let current = kubeconfig.current_context.clone().filter(|current| !current.is_empty());
        let current = current.ok_or_else(|| vec![Error::NoCurrentContext { known: known(&kubeconfig) }])?;
        vec![(None, current)]
    } else {
        contexts.iter().map(|text| named(text, &kubeconfig)).collect()
    };
    let (mut found, mut faults) = (Vec::<(ClusterConfig, String)>::new(), Vec::new());
    for (name, context) in wanted {
        let Some(cluster) = cluster_of(&kubeconfig, &context) else {
            faults.push(Error::NoContext { context, known: known(&kubeconfig) });
            continue;
        };
        let name = cluster_name(name.as_deref().unwrap_or(cluster));
        if let Some((_, first)) = found.iter().find(|(found, _)| found.name == name) {
            faults.push(Error::SameName { name: name.to_string(), first: first.clone(), second: context });
            continue;
        }
        let access = Access::Kubeconfig { paths: paths.to_vec(), context: Some(context.clone()) };
        found.push((ClusterConfig { name, access }, context));
    }
    if faults.is_empty() { Ok(found.into_iter().map(|(cluster, _)| cluster).collect()) } else { Err(faults) }
}

/// A name that can stand in an address as it is: letters, digits, `.`, `_` and `-`; a row of others is one `-`.
#[must_use]
pub fn cluster_name(text: &str) -> Text {
    let mut name = String::new();
    for c in text.chars() {
        if c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-') {
            name.push(c);
        } else if !name.ends_with('-') {
            name.push('-');
        }
    }
    let name = name.trim_matches(['-', '.']);
    let name = name[..name.len().min(LONGEST_NAME)].trim_end_matches(['-', '.']);
    if name.is_empty() { "default".into() } else { name.into() }
}

/// The files, merged. As kubectl does, those that are missing are passed over as long as there is one.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Kubeconfig, Error> {
    let mut merged: Option<Kubeconfig> = None;
    for path in paths {
        let next = match Kubeconfig::read_from(path) {
            Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == std::io::ErrorKind::NotFound => {
                continue;
            }
            other => other.map_err(|error| unreadable(path, &error))?,
        };
        merged = Some(match merged {
            None => next,
            Some(merged) => merged.merge(next).map_err(|error| unreadable(path, &error))?,
        });
    }
    merged.ok_or_else(|| {
        let paths: Vec<_> = paths.iter().map(|path| path.display().to_string()).collect();
        Error::NoKubeconfig(if paths.is_empty() { "any path".to_owned() } else { paths.join(", ") })
    })
}

/// What is wrong, without any of the file's content: there are secrets in it.
pub(crate) fn problem(error: &KubeconfigError) -> String {
    match error {
        KubeconfigError::Parse(error) => error.location().map_or_else(
            || "it is not a kubeconfig in YAML".to_owned(),
            |place| {
                format!("it is not a kubeconfig in YAML (line {}, column {})", place.line(), place.column())
            },
        ),
        KubeconfigError::ReadConfig(error, _) => error.to_string(),
        KubeconfigError::LoadContext(context) => format!("the kubeconfig has no context `{context}`"),
        KubeconfigError::LoadClusterOfContext(cluster) => {
            format!("the kubeconfig has no cluster `{cluster}`")
        }
        other => format!("the kubeconfig can't be used: {other}"),
    }
}

fn unreadable(path: &Path, error: &KubeconfigError) -> Error {
    Error::Kubeconfig { path: path.display().to_string(), problem: problem(error) }
}

/// The context's name may have a `=` in it itself.
fn named(text: &str, kubeconfig: &Kubeconfig) -> (Option<String>, String) {
    match text.split_once('=') {
        Some((name, context)) if cluster_of(kubeconfig, text).is_none() => {
            (Some(name.to_owned()), context.to_owned())
        }
        _ => (None, text.to_owned()),
    }
}

fn cluster_of<'a>(kubeconfig: &'a Kubeconfig, context: &str) -> Option<&'a str> {
    let named = kubeconfig.contexts.iter().find(|named| named.name == context)?;
    Some(&named.context.as_ref()?.cluster)
}

fn known(kubeconfig: &Kubeconfig) -> String {
    let mut names: Vec<_> = kubeconfig.contexts.iter().map(|named| format!("`{}`", named.name)).collect();
    if names.is_empty() {
        return "it has none".to_owned();
    }
    names.sort();
    format!("it has {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const FIRST: &str = "
apiVersion: v1
kind: Config
current-context: prod
contexts:
- {name: prod, context: {cluster: arn:aws:eks:eu-west-1:123:cluster/prod, user: me}}
- {name: prod-as-root, context: {cluster: arn:aws:eks:eu-west-1:123:cluster/prod, user: root}}
- {name: a=b, context: {cluster: odd, user: me}}
clusters:
- {name: arn:aws:eks:eu-west-1:123:cluster/prod, cluster: {server: https://prod.example}}
- {name: odd, cluster: {server: https://odd.example}}
users:
- {name: me, user: {token: hush-hush}}
";
    const SECOND: &str = "
apiVersion: v1
kind: Config
current-context: stage
contexts: [{name: stage, context: {cluster: stage, user: me}}]
clusters: [{name: stage, cluster: {server: https://stage.example}}]
";

    /// What is discovered: names and contexts, or the faults.
    fn discovered(files: &[Option<&str>], contexts: &[&str]) -> Result<Vec<String>, Vec<String>> {
        let directory = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> =
            (0..files.len()).map(|number| directory.path().join(format!("config-{number}"))).collect();
        for (path, text) in paths.iter().zip(files) {
            if let Some(text) = text {
                std::fs::write(path, text).unwrap();
            }
        }
        let contexts: Vec<String> = contexts.iter().map(ToString::to_string).collect();
        let own = directory.path().display().to_string();
        let name = |cluster: ClusterConfig| match cluster.access {
            Access::Kubeconfig { context, .. } => format!("{} {}", cluster.name, context.unwrap()),
            other => panic!("{other:?}"),
        };
        discover(&paths, &contexts)
            .map(|clusters| clusters.into_iter().map(name).collect())
            .map_err(|faults| faults.iter().map(|fault| fault.to_string().replace(&own, "DIR")).collect())
    }

    #[rstest]
    #[case(&[], &["arn-aws-eks-eu-west-1-123-cluster-prod prod"])]
    #[case(&["stage"], &["stage stage"])]
    #[case(&["live=prod", "stage"], &["live prod", "stage stage"])]
    #[case(&["a=b"], &["odd a=b"])]
    #[case(&["x=a=b"], &["x a=b"])]
    #[case(&["a b/c=stage"], &["a-b-c stage"])]
    fn contexts_become_clusters(#[case] contexts: &[&str], #[case] expected: &[&str]) {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(discovered(&[Some(FIRST), None, Some(SECOND)], contexts), Ok(expected));
    }

    #[rstest]
    #[case(&[None], &[], &["there is no kubeconfig at DIR/config-0"])]
    #[case(&[], &[], &["there is no kubeconfig at any path"])]
    #[case(&[Some(SECOND)], &["prod", "x=y"], &[
        "the kubeconfig has no context `prod`: it has `stage`",
        "the kubeconfig has no context `y`: it has `stage`",
    ])]
    #[case(&[Some("kind: Config")], &[], &["the kubeconfig has no current context: it has none"])]
    #[case(&[Some(FIRST)], &["prod", "prod-as-root"], &[
        "the contexts `prod` and `prod-as-root` would both be called `arn-aws-eks-eu-west-1-123-cluster-prod`: \
         name them with `name=context`",
    ])]
    #[case(&[Some("users: [{name: me, user: {token: hush-hush, x: [}}]")], &[], &[
        "the kubeconfig DIR/config-0 can't be read: it is not a kubeconfig in YAML (line 1, column 48)",
    ])]
    #[case(&[Some("users: [{name: me, user: {token: [hush-hush]}}]")], &[], &[
        "the kubeconfig DIR/config-0 can't be read: it is not a kubeconfig in YAML (line 1, column 34)",
    ])]
    fn faults_are_named_all_at_once_and_hold_no_secret(
        #[case] files: &[Option<&str>],
        #[case] contexts: &[&str],
        #[case] expected: &[&str],
    ) {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        assert_eq!(discovered(files, contexts), Err(expected));
    }

    #[rstest]
    #[case("prod", "prod")]
    #[case("gke_project_europe-west1-b_main", "gke_project_europe-west1-b_main")]
    #[case("https://10.0.0.1:6443", "https-10.0.0.1-6443")]
    #[case("Café №1", "Caf-1")]
    #[case("..", "default")]
    #[case("", "default")]
    #[case(&"x".repeat(100), &"x".repeat(63))]
    fn names_can_stand_in_an_address(#[case] text: &str, #[case] name: &str) {
        assert_eq!(&*cluster_name(text), name);
    }
}
