//! What there is to watch, and which rule decided.
use crate::settings::{Runtime, Settings};
use std::path::{Path, PathBuf};

/// What of the machine the decision rests on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Machine {
    /// `KUBERNETES_SERVICE_HOST`
    pub(crate) service_host: Option<String>,
    /// `KUBECONFIG`: files, separated as in `PATH`
    pub(crate) kubeconfig: Option<String>,
    /// `~/.kube/config`, where it exists
    pub(crate) home_kubeconfig: Option<PathBuf>,
}

/// What is watched, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Detected {
    pub(crate) target: Target,
    /// A sentence for the log and the page
    pub(crate) rule: String,
}

/// Where the cluster is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// The cluster whose pod this is
    InCluster,
    /// Kubeconfig files, the first ones winning as `kubectl` merges them
    Kubeconfig(Vec<PathBuf>),
    /// Docker
    Docker,
}

impl Machine {
    /// This machine.
    #[expect(clippy::disallowed_methods, reason = "detection reads what kubectl and the kubelet set")]
    pub(crate) fn here() -> Self {
        let variable = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
        let home = variable("HOME").map(|home| Path::new(&home).join(".kube").join("config"));
        Self {
            service_host: variable("KUBERNETES_SERVICE_HOST"),
            kubeconfig: variable("KUBECONFIG"),
            home_kubeconfig: home.filter(|file| file.exists()),
        }
    }

    /// Decides, in the order of the docs.
    pub(crate) fn detect(&self, settings: &Settings) -> Detected {
        let found = |target, rule: String| Detected { target, rule };
        let kubeconfig = self.kubeconfig.as_deref().map(|list| {
            let files: Vec<PathBuf> =
                std::env::split_paths(list).filter(|file| !file.as_os_str().is_empty()).collect();
            (files, format!("KUBECONFIG names {list}"))
        });
        let home = || {
            let file = self.home_kubeconfig.clone()?;
            let rule = format!("{} exists", file.display());
            Some((vec![file], rule))
        };
        // An account of the pod comes before a kubeconfig, unless contexts are named: those are in a kubeconfig only.
        let account = self.service_host.as_ref().filter(|_| settings.contexts.is_empty());
        match settings.runtime {
            Some(Runtime::Docker) => found(Target::Docker, "MAINTENANT_RUNTIME is docker".into()),
            chosen => {
                let prefix = if chosen.is_some() { "MAINTENANT_RUNTIME is kubernetes, and " } else { "" };
                if let Some(host) = account {
                    return found(Target::InCluster, format!("{prefix}KUBERNETES_SERVICE_HOST is {host}"));
                }
                match (kubeconfig.or_else(home), chosen) {
                    (Some((files, rule)), _) => found(Target::Kubeconfig(files), format!("{prefix}{rule}")),
                    (None, Some(_)) => found(
                        Target::Kubeconfig(Vec::new()),
                        format!(
                            "{prefix}there is neither KUBERNETES_SERVICE_HOST nor KUBECONFIG nor ~/.kube/config"
                        ),
                    ),
                    (None, None) => found(
                        Target::Docker,
                        "there is neither KUBERNETES_SERVICE_HOST nor KUBECONFIG nor ~/.kube/config".into(),
                    ),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Given;
    use rstest::rstest;

    fn machine(host: bool, kubeconfig: bool, home: bool) -> Machine {
        Machine {
            service_host: host.then(|| "10.0.0.1".into()),
            kubeconfig: kubeconfig.then(|| "a:b".into()),
            home_kubeconfig: home.then(|| "home".into()),
        }
    }

    #[rstest]
    #[case(&[], machine(true, true, true), Target::InCluster)]
    #[case(&[], machine(false, true, true), Target::Kubeconfig(vec!["a".into(), "b".into()]))]
    #[case(&[], machine(false, false, true), Target::Kubeconfig(vec!["home".into()]))]
    #[case(&[], machine(false, false, false), Target::Docker)]
    #[case(&[("MAINTENANT_RUNTIME", "docker")], machine(true, true, true), Target::Docker)]
    #[case(&[("MAINTENANT_RUNTIME", "kubernetes")], machine(false, false, true), Target::Kubeconfig(vec!["home".into()]))]
    #[case(&[("MAINTENANT_RUNTIME", "kubernetes")], machine(false, false, false), Target::Kubeconfig(vec![]))]
    #[case(&[("MAINTENANT_K8S_CONTEXTS", "dev")], machine(true, false, true), Target::Kubeconfig(vec!["home".into()]))]
    fn the_first_rule_that_fits_decides(
        #[case] environment: &[(&str, &str)],
        #[case] machine: Machine,
        #[case] target: Target,
    ) {
        let given = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings = Given::new([], given).settings().unwrap();
        let detected = machine.detect(&settings);
        assert_eq!(detected.target, target);
        assert!(!detected.rule.is_empty());
    }
}
