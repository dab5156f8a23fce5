//! Every setting there is: one table for flags, environment, `maintenant config` and the docs.
use std::fmt::Write as _;

/// What all variables of ours begin with.
pub(crate) const PREFIX: &str = "MAINTENANT_";

/// Where the licence key stands.
pub(crate) const LICENSE_KEY: &str = "MAINTENANT_LICENSE_KEY";

/// What a build takes. Whoever has just built it may have it set still: a run leaves it aside.
pub(crate) const LICENSE_PUBLIC_KEY: &str = "MAINTENANT_LICENSE_PUBLIC_KEY";

/// A setting: its variable, its flag (`--addr` is `MAINTENANT_ADDR`), and what it means.
pub(crate) struct Variable {
    /// Its name in the environment
    pub(crate) name: &'static str,
    /// What is in force when nobody says
    pub(crate) default: &'static str,
    /// One sentence for the docs and `--help`
    pub(crate) meaning: &'static str,
    /// Whether its value is never printed. Then it has no flag: others see what stands on a command line
    pub(crate) secret: bool,
    /// Whether this version knows it; one that it does not know yet is refused rather than ignored
    pub(crate) in_this_version: bool,
}

const fn variable(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning, secret: false, in_this_version: true }
}

const fn later(name: &'static str, default: &'static str, meaning: &'static str) -> Variable {
    Variable { name, default, meaning, secret: false, in_this_version: false }
}

/// The table, in the order of the docs.
pub(crate) const VARIABLES: &[Variable] = &[
    variable("MAINTENANT_ADDR", "`127.0.0.1:8080`", "HTTP listen address"),
    variable(
        "MAINTENANT_BASE_URL",
        "from the address",
        "public URL of the page; its host is accepted in requests",
    ),
    variable("MAINTENANT_DB", "`./maintenant.db`", "SQLite file that keeps the history"),
    variable("MAINTENANT_RUNTIME", "detected", "`kubernetes` (`docker` is not in this version)"),
    variable(
        "MAINTENANT_K8S_NAMESPACES",
        "all",
        "namespaces to watch, comma-separated, `*` allowed; takes precedence over the exclusions",
    ),
    variable(
        "MAINTENANT_K8S_EXCLUDE_NAMESPACES",
        "none",
        "namespaces to leave out; once set, `kube-system` and `kube-public` are left out too",
    ),
    variable(
        "MAINTENANT_K8S_CONTEXTS",
        "current",
        "kubeconfig contexts to watch: `context` or `name=context`, comma-separated",
    ),
    variable(
        "MAINTENANT_CLUSTER",
        "the context's cluster; `default` in a cluster",
        "first part of every workload's id, made URL-safe",
    ),
    variable("MAINTENANT_LOG_LEVEL", "`info`", "`error`, `warn`, `info`, `debug` or `trace`"),
    variable("MAINTENANT_LOG_FORMAT", "`auto`", "`text`, `json`, or `auto`: JSON when not on a terminal"),
    Variable {
        name: LICENSE_KEY,
        default: "none",
        meaning: "Enterprise licence key; a variable alone, without a flag",
        secret: true,
        in_this_version: true,
    },
    later("MAINTENANT_DATABASE_URL", "none", "PostgreSQL instead of SQLite"),
    later("MAINTENANT_AUTH", "none", "who may enter"),
];

impl Variable {
    /// Whether this version understands its flag.
    pub(crate) fn has_flag(&self) -> bool {
        self.in_this_version && !self.secret
    }

    /// Its flag, without the hyphens: `addr`.
    pub(crate) fn flag(&self) -> String {
        self.name[PREFIX.len()..].to_ascii_lowercase().replace('_', "-")
    }
}

/// Whether Kubernetes sets this variable in every pod beside a Service called `maintenant`. Such names are no settings.
pub(crate) fn is_injected(name: &str) -> bool {
    name == "MAINTENANT_PORT"
        || name.starts_with("MAINTENANT_PORT_")
        || name.starts_with("MAINTENANT_SERVICE_")
}

/// The setting of that name.
pub(crate) fn find(name: &str) -> Option<&'static Variable> {
    VARIABLES.iter().find(|variable| variable.name == name)
}

/// The table for the docs.
pub(crate) fn markdown() -> String {
    let mut table = String::from("| variable | default | meaning |\n|---|---|---|\n");
    for Variable { name, default, meaning, .. } in
        VARIABLES.iter().filter(|variable| variable.in_this_version)
    {
        // Writing to a String never fails.
        let _ = writeln!(table, "| `{name}` | {default} | {meaning} |");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_setting_has_a_name_that_kubernetes_injects() {
        for variable in VARIABLES {
            assert!(variable.name.starts_with(PREFIX) && !is_injected(variable.name), "{}", variable.name);
        }
        for name in ["MAINTENANT_PORT", "MAINTENANT_SERVICE_HOST", "MAINTENANT_PORT_80_TCP_ADDR"] {
            assert!(is_injected(name), "{name}");
        }
    }

    #[test]
    fn no_secret_is_handed_to_a_plug_in() {
        let secrets = VARIABLES.iter().filter(|variable| variable.secret).map(|variable| variable.name);
        assert_eq!(secrets.collect::<Vec<_>>(), kubernetes::WITHHELD_FROM_PLUG_INS);
    }

    #[test]
    fn a_flag_says_the_same_as_its_variable() {
        assert_eq!(find("MAINTENANT_K8S_NAMESPACES").unwrap().flag(), "k8s-namespaces");
    }
}
