//! A namespace on a cluster with a real node, and the product watching it.

use std::sync::OnceLock;
use std::time::Duration;

use lab::{Cluster, Program, Rights, Rule, Server, Viewer};
use serde_json::Value;

/// How long a kubelet may take to bring a container into the state that a test waits for, beside the product's own time.
pub(crate) const WITHIN: Duration = Duration::from_mins(4);

/// The cluster that the tests share, with a real node and no other.
fn cluster() -> &'static Cluster {
    static WITH_NODE: OnceLock<&'static Cluster> = OnceLock::new();
    WITH_NODE.get_or_init(|| {
        let cluster = Cluster::shared();
        cluster.join_real_node();
        cluster
    })
}

/// A namespace of a test's own, and the product running beside it with every right that it can make use of.
pub(crate) struct Bed<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) namespace: String,
    pub(crate) server: Server,
    /// Its rights end with it.
    _viewer: Viewer<'a>,
    /// Its files end with it.
    _program: Program,
}

impl Bed<'static> {
    /// On the cluster that the tests share; the namespace's name begins with `prefix`.
    pub(crate) fn new(prefix: &str) -> Self {
        Self::on(cluster(), prefix, &all_rules())
    }

    /// The same with the default role alone.
    pub(crate) fn with_default_rights(prefix: &str) -> Self {
        Self::on(cluster(), prefix, &Rule::defaults())
    }
}

impl<'a> Bed<'a> {
    /// On a cluster of the test's own.
    pub(crate) fn on(cluster: &'a Cluster, prefix: &str, rules: &[Rule]) -> Self {
        let namespace = cluster.namespace(prefix);
        let viewer = cluster.viewer(&[Rights::Everywhere(rules)]);
        let program = Program::new(env!("CARGO_BIN_EXE_maintenant")).kubeconfig(viewer.kubeconfig());
        let server = program.serve();
        server.wait_ready();
        Self { cluster, namespace, server, _viewer: viewer, _program: program }
    }

    /// Creates or changes an object.
    #[track_caller]
    pub(crate) fn apply(&self, object: &Value) {
        self.cluster.apply(&object.to_string());
    }

    /// Waits until the workload's cause has that code, and returns the workload whole.
    #[track_caller]
    pub(crate) fn until_code(&self, kind: &str, name: &str, code: &str) -> Value {
        self.until(kind, name, &format!("the cause is {code}"), |workload| {
            workload["diagnosis"]["code"] == code
        })
    }

    /// Waits until the workload is as `probe` wants it, and returns it whole.
    #[track_caller]
    pub(crate) fn until(
        &self,
        kind: &str,
        name: &str,
        what: &str,
        mut probe: impl FnMut(&Value) -> bool,
    ) -> Value {
        let path = format!("/api/v1/workloads/lab/{}/{kind}/{name}", self.namespace);
        lab::until(&format!("{kind} {name}: {what}"), WITHIN, || {
            let reply = self.server.get(&path);
            let workload: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            if probe(&workload) {
                Ok(workload)
            } else {
                Err(format!("{} {}", workload["health"], workload["diagnosis"]))
            }
        })
    }
}

/// The default role and everything optional that the product can make use of.
pub(crate) fn all_rules() -> Vec<Rule> {
    let mut rules = Rule::defaults();
    rules.push(Rule::watch("", &["nodes", "persistentvolumeclaims"]));
    rules.push(Rule::watch("batch", &["jobs", "cronjobs"]));
    rules
}

/// Asserts the status and the sentence of a workload. In the sentence stand `POD` for the name of one of its pods,
/// `NAMESPACE` for its namespace's, `N` for how often its container was started again, `P` for how many pods are updated
/// and `K` for how many serve: how far it has come when it is looked at is the kubelet's affair.
#[track_caller]
pub(crate) fn assert_said(workload: &Value, health: &str, summary: &str) {
    let mut said = workload["diagnosis"]["summary"].as_str().unwrap_or_default().to_owned();
    let pods = workload["pods"].as_array().map_or(&[][..], Vec::as_slice);
    for name in pods.iter().filter_map(|pod| pod["name"].as_str()) {
        said = said.replace(name, "POD");
    }
    said = said.replace(workload["namespace"].as_str().unwrap_or_default(), "NAMESPACE");
    if summary.contains(" N)") || summary.contains("(N)") {
        said = without_restarts(&said);
    }
    for (mark, words) in [("P", "updated"), ("K", "pods serve"), ("K", "old pods still serve")] {
        said = without_count(&said, mark, words, summary);
    }
    assert_eq!((workload["health"].as_str(), &*said), (Some(health), summary), "{workload:#}");
}

/// `2 restarts in 15 s)` as `N)`
fn without_restarts(said: &str) -> String {
    let Some(at) = said.find(" restart") else { return said.to_owned() };
    let number = said[..at].rfind([' ', '(']).map_or(0, |before| before + 1);
    let end = said[at..].find(')').map_or(said.len(), |end| at + end);
    format!("{}N{}", &said[..number], &said[end..])
}

/// `1 of 3 pods serve` as `K of 3 pods serve`, where the summary has it so
fn without_count(said: &str, mark: &str, words: &str, summary: &str) -> String {
    let sentences = said.split_inclusive(". ").map(|sentence| {
        let Some((count, rest)) = sentence.split_once(" of ") else { return sentence.to_owned() };
        let (of, _) = rest.split_once(' ').unwrap_or((rest, ""));
        let is_meant = rest.trim_end_matches(['.', ' ']).ends_with(words) && count.parse::<u32>().is_ok();
        match () {
            () if is_meant && summary.contains(&format!("{mark} of {of} {words}")) => {
                format!("{mark} of {rest}")
            }
            () if is_meant && summary.contains(&format!("{mark} of {mark} {words}")) => {
                format!("{mark} of {mark}{}", &rest[of.len()..])
            }
            () => sentence.to_owned(),
        }
    });
    sentences.collect()
}
