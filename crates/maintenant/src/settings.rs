//! What the operator wants: read once, checked whole, every fault said at once.
use crate::license::LicenseKey;
use crate::license::mask::{self, Secret};
use domain::scope::{Pattern, Scope};
use domain::text::Text;
use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

mod address;
mod spelling;
pub(crate) mod variable;

use address::{address, base_url};
use spelling::nearest;
use variable::{LICENSE_KEY, LICENSE_PUBLIC_KEY, PREFIX, VARIABLES};

/// The settings in force.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) addr: SocketAddr,
    pub(crate) base_url: Option<String>,
    pub(crate) db: PathBuf,
    /// Who chose the file
    pub(crate) db_origin: Origin,
    pub(crate) runtime: Option<Runtime>,
    pub(crate) scope: Scope,
    /// Exclusions that an allowlist makes void
    pub(crate) ignored_exclusions: Option<String>,
    /// Contexts of the kubeconfig, as `context` or `name=context`
    pub(crate) contexts: Vec<String>,
    pub(crate) cluster: Option<Text>,
    pub(crate) log_level: tracing::Level,
    pub(crate) log_format: LogFormat,
    /// Whether it is any good is no matter here: monitoring goes on without
    pub(crate) license_key: Option<LicenseKey>,
}

/// Where workloads run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runtime {
    Kubernetes,
    Docker,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    Auto,
    Text,
    Json,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Flag,
    Environment,
    Default,
}

/// Values as they were given, by variable. There are secrets among them.
#[derive(Clone, Default)]
pub(crate) struct Given {
    flags: BTreeMap<&'static str, String>,
    environment: BTreeMap<String, String>,
}

/// What was given, as far as it can be understood.
pub(crate) struct Reading {
    /// With the default in place of what is wrong
    pub(crate) settings: Settings,
    pub(crate) faults: Vec<String>,
    /// Whether what says where the cluster is can be understood: else nothing follows from it
    pub(crate) tells_where: bool,
}

/// All that is wrong with what was given.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Faults(pub(crate) Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let are_of_flags = self.0.iter().all(|fault| fault.starts_with("--"));
        let place = if are_of_flags { "on the command line" } else { "in the configuration" };
        writeln!(f, "{count} {} {place}:", if count == 1 { "fault" } else { "faults" })?;
        for fault in &self.0 {
            writeln!(f, "  - {fault}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given")
            .field("flags", &self.flags.keys())
            .field("environment", &self.environment.keys())
            .finish()
    }
}

impl Given {
    /// From flags (by variable) and the environment; what is not ours is left out.
    pub(crate) fn new(
        flags: impl IntoIterator<Item = (&'static str, String)>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Self {
        let is_other = |name: &str| variable::is_injected(name) || name == LICENSE_PUBLIC_KEY;
        let ours = |name: &String| name.starts_with(PREFIX) && !is_other(name);
        Self {
            flags: flags.into_iter().collect(),
            environment: environment.into_iter().filter(|(name, _)| ours(name)).collect(),
        }
    }

    /// The value in force and where it came from. An empty variable counts as absent, as `docker run -e NAME=` and empty
    /// chart values produce it.
    pub(crate) fn value(&self, name: &str) -> Option<(&str, Origin)> {
        let flag = self.flags.get(name).map(|value| (value.as_str(), Origin::Flag));
        let variable = || self.environment.get(name).map(|value| (value.as_str(), Origin::Environment));
        flag.or_else(variable)
            .map(|(value, origin)| (value.trim(), origin))
            .filter(|(value, _)| !value.is_empty())
    }

    /// Checks everything.
    pub(crate) fn settings(&self) -> Result<Settings, Faults> {
        let Reading { settings, faults, .. } = self.read();
        if faults.is_empty() { Ok(settings) } else { Err(Faults(faults)) }
    }

    /// Reads everything, whatever is wrong with some of it.
    pub(crate) fn read(&self) -> Reading {
        let mut faults = self.unknown();
        faults.extend(self.illegible());
        let mut check = Check { given: self, faults: &mut faults };
        let addr =
            check.parse("MAINTENANT_ADDR", address).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
        let base_url = check.parse("MAINTENANT_BASE_URL", base_url);
        let db = check.parse("MAINTENANT_DB", |path| Ok(PathBuf::from(path)));
        let runtime = check.parse("MAINTENANT_RUNTIME", |value| match value {
            "kubernetes" => Ok(Runtime::Kubernetes),
            "docker" => Ok(Runtime::Docker),
            _ => Err("`kubernetes` or `docker` is expected".into()),
        });
        let allowed = check.patterns("MAINTENANT_K8S_NAMESPACES");
        let excluded = check.patterns("MAINTENANT_K8S_EXCLUDE_NAMESPACES");
        let contexts = check.contexts();
        let cluster = check.parse("MAINTENANT_CLUSTER", |name| Ok(kubernetes::cluster_name(name)));
        if cluster.is_some() && contexts.len() > 1 {
            check.faults.push(
                "MAINTENANT_CLUSTER names one cluster, MAINTENANT_K8S_CONTEXTS several: name each there, as `name=context`"
                    .into(),
            );
        }
        let log_level = check.parse("MAINTENANT_LOG_LEVEL", |value| {
            let level =
                ["error", "warn", "info", "debug", "trace"].contains(&value).then(|| value.parse().ok());
            level.flatten().ok_or_else(|| "`error`, `warn`, `info`, `debug` or `trace` is expected".into())
        });
        let log_format = check.parse("MAINTENANT_LOG_FORMAT", |value| match value {
            "auto" => Ok(LogFormat::Auto),
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            _ => Err("`auto`, `text` or `json` is expected".into()),
        });
        let is_lost = |name: &str, is_read: bool| self.value(name).is_some() && !is_read;
        let tells_where = !is_lost("MAINTENANT_RUNTIME", runtime.is_some())
            && !is_lost("MAINTENANT_K8S_CONTEXTS", !contexts.is_empty());
        let ignored_exclusions = match (&allowed, self.value("MAINTENANT_K8S_EXCLUDE_NAMESPACES")) {
            (Some(_), Some((value, _))) => Some(value.to_owned()),
            _ => None,
        };
        let settings = Settings {
            addr,
            base_url,
            db_origin: self.value("MAINTENANT_DB").map_or(Origin::Default, |(_, origin)| origin),
            db: db.unwrap_or_else(|| "maintenant.db".into()),
            runtime,
            scope: match (allowed, excluded) {
                (Some(allowed), _) => Scope::Allow(allowed),
                (None, Some(excluded)) => Scope::Block(excluded),
                (None, None) => Scope::All,
            },
            ignored_exclusions,
            contexts,
            cluster,
            log_level: log_level.unwrap_or(tracing::Level::INFO),
            log_format: log_format.unwrap_or(LogFormat::Auto),
            license_key: self.license_key(),
        };
        Reading { settings, faults, tells_where }
    }

    /// The licence key, be it any good or not.
    pub(crate) fn license_key(&self) -> Option<LicenseKey> {
        self.value(LICENSE_KEY).map(|(key, _)| LicenseKey::new(key))
    }

    fn unknown(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let given = self.environment.iter().filter(|(_, value)| !value.trim().is_empty());
        for (name, _) in given {
            match variable::find(name) {
                Some(variable) if variable.in_this_version => {}
                Some(_) => faults.push(format!("{name} is not in this version; unset it")),
                None => faults.push(match nearest(name) {
                    Some(near) => format!("{name} is not a setting; did you mean {near}?"),
                    None => format!("{name} is not a setting; `maintenant config` lists them"),
                }),
            }
        }
        faults
    }

    /// Values that are not text. A licence key that is none keeps nobody from monitoring.
    fn illegible(&self) -> Vec<String> {
        let names = VARIABLES.iter().map(|variable| variable.name).filter(|name| *name != LICENSE_KEY);
        let known = names.filter_map(|name| Some((name, self.value(name)?)));
        known
            .filter(|(_, (value, _))| value.contains(char::REPLACEMENT_CHARACTER))
            .map(|(name, (_, origin))| format!("{}: it is not UTF-8 text", said(name, origin)))
            .collect()
    }
}

/// Gathers faults while values are read.
struct Check<'a> {
    given: &'a Given,
    faults: &'a mut Vec<String>,
}

impl<'a> Check<'a> {
    /// The value in force, unless it is a secret: that would be shown, and kept, as what it was taken for.
    fn value(&mut self, name: &'static str) -> Option<(&'a str, Origin)> {
        let (value, origin) = self.given.value(name)?;
        let problem = match mask::secret(value) {
            Some(Secret::LicenseKey) => format!("this is a licence key; set {LICENSE_KEY} to it"),
            Some(Secret::PrivateKey) => "this is a private key, and no setting takes one".to_owned(),
            None if has_lines(value) => "it has more than one line".to_owned(),
            None => return Some((value, origin)),
        };
        self.faults.push(format!("{}: {problem}", said(name, origin)));
        None
    }

    fn parse<T>(&mut self, name: &'static str, read: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let (value, origin) = self.value(name)?;
        match read(value) {
            Ok(value) => Some(value),
            Err(problem) => {
                self.faults.push(format!(
                    "{}: `{}`: {problem}",
                    said(name, origin),
                    without_credentials(value).escape_debug()
                ));
                None
            }
        }
    }

    fn patterns(&mut self, name: &'static str) -> Option<Vec<Pattern>> {
        let (value, origin) = self.value(name)?;
        let mut patterns = Vec::new();
        for part in value.split(',').map(str::trim) {
            match Pattern::parse(part) {
                Ok(pattern) => patterns.push(pattern),
                Err(fault) => self.faults.push(format!("{}: {fault}", said(name, origin))),
            }
        }
        Some(patterns)
    }

    fn contexts(&mut self) -> Vec<String> {
        const NAME: &str = "MAINTENANT_K8S_CONTEXTS";
        let Some((value, origin)) = self.value(NAME) else { return Vec::new() };
        let is_whole = |part: &&str| part.split('=').all(|side| !side.trim().is_empty());
        let (whole, malformed): (Vec<&str>, Vec<&str>) = value.split(',').map(str::trim).partition(is_whole);
        for part in malformed {
            self.faults
                .push(format!("{}: `{part}`: `context` or `name=context` is expected", said(NAME, origin)));
        }
        whole.into_iter().map(str::to_owned).collect()
    }
}

/// The value as it may be printed: what stands before an `@` may be a password.
pub(crate) fn without_credentials(value: &str) -> String {
    value.rsplit_once('@').map_or_else(|| value.to_owned(), |(_, rest)| format!("…@{rest}"))
}

/// Whether there is more than one line in it, as in no value of a setting and in many a secret.
pub(crate) fn has_lines(value: &str) -> bool {
    value.contains(['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'])
}

fn said(name: &str, origin: Origin) -> String {
    match (origin, variable::find(name)) {
        (Origin::Flag, Some(variable)) => format!("--{}", variable.flag()),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests;
