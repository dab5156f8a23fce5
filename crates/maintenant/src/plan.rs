//! What would be watched: the settings, and the clusters that they name. What is wrong with either is said at once.
use crate::detection::{Detected, Machine, Target};
use crate::settings::{Faults, Given, Reading, Settings};
use kubernetes::{Access, ClusterConfig};

/// The name of a cluster that has no other: the one whose pod this is.
const OWN_CLUSTER: &str = "default";

/// What `serve` does, and `config` checks. No cluster is asked for it: a kubeconfig is a local file.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) settings: Settings,
    pub(crate) detected: Detected,
    pub(crate) clusters: Vec<ClusterConfig>,
}

impl Plan {
    /// From what was given, on that machine.
    pub(crate) fn of(given: &Given, machine: &Machine) -> Result<Self, Faults> {
        let Reading { settings, mut faults, tells_where } = given.read();
        let detected = machine.detect(&settings);
        let found = if tells_where { clusters(&settings, &detected) } else { Ok(Vec::new()) };
        let clusters = found.unwrap_or_else(|more| {
            faults.extend(more);
            Vec::new()
        });
        if faults.is_empty() { Ok(Self { settings, detected, clusters }) } else { Err(Faults(faults)) }
    }
}

/// Those that the settings name, in what was detected.
fn clusters(settings: &Settings, detected: &Detected) -> Result<Vec<ClusterConfig>, Vec<String>> {
    let mut configs = match &detected.target {
        Target::InCluster => vec![ClusterConfig { name: OWN_CLUSTER.into(), access: Access::InCluster }],
        Target::Kubeconfig(paths) => kubernetes::discover(paths, &settings.contexts)
            .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>())?,
        Target::Docker => {
            return Err(vec![format!(
                "the Docker runtime is not in this version ({}): set KUBECONFIG, or try `maintenant demo`",
                detected.rule
            )]);
        }
    };
    if let (Some(name), [only]) = (&settings.cluster, configs.as_mut_slice()) {
        only.name = name.clone();
    }
    Ok(configs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_the_target_is_said_with_the_rest_and_nothing_is_made_up() {
        let elsewhere = Machine { kubeconfig: Some("nowhere".into()), ..Machine::default() };
        let docker = "the Docker runtime is not in this version";
        for (machine, environment, expected) in [
            (&Machine::default(), &[("MAINTENANT_RUNTIME", "docker")][..], &[docker][..]),
            (
                &elsewhere,
                &[("MAINTENANT_RUNTIME", "docker"), ("MAINTENANT_ADDR", "x"), ("MAINTENANT_COLOUR", "red")],
                &["MAINTENANT_COLOUR", "MAINTENANT_ADDR", docker],
            ),
            (
                &elsewhere,
                &[("MAINTENANT_K8S_CONTEXTS", "dev,,")],
                &["MAINTENANT_K8S_CONTEXTS", "MAINTENANT_K8S_CONTEXTS", "no kubeconfig at nowhere"],
            ),
            // What is not understood is no choice of Docker, and no choice of the current context.
            (&Machine::default(), &[("MAINTENANT_RUNTIME", "podman")], &["`podman`"]),
            (&elsewhere, &[("MAINTENANT_K8S_CONTEXTS", "=")], &["MAINTENANT_K8S_CONTEXTS"]),
        ] {
            let given = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
            let faults = Plan::of(&Given::new([], given), machine).unwrap_err();
            assert_eq!(faults.0.len(), expected.len(), "{environment:?}: {faults}");
            for (fault, text) in faults.0.iter().zip(expected) {
                assert!(fault.contains(text), "{environment:?}: `{text}` is not in `{fault}`");
            }
        }
    }
}
