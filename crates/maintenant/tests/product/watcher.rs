//! The product, watching the control plane that all tests share.

use std::ops::Deref;
use std::sync::OnceLock;

use lab::{Cluster, Program, Rights, Rule, Server, Viewer};

/// The first part of every id: the name of the cluster in the kubeconfigs of the lab.
pub(crate) const CLUSTER: &str = "lab";

/// Simulated nodes of the shared cluster.
pub(crate) const NODES: usize = 2;

/// The product's binary.
pub(crate) fn program() -> Program {
    Program::new(env!("CARGO_BIN_EXE_maintenant"))
}

/// The control plane that the tests share, with [`NODES`] nodes.
pub(crate) fn cluster() -> &'static Cluster {
    static WITH_NODES: OnceLock<&'static Cluster> = OnceLock::new();
    WITH_NODES.get_or_init(|| {
        let cluster = Cluster::shared();
        cluster.nodes(NODES);
        cluster
    })
}

/// The default role and everything optional that the product can make use of.
pub(crate) fn all_rules() -> Vec<Rule> {
    let mut rules = Rule::defaults();
    rules.push(Rule::watch("", &["nodes", "persistentvolumeclaims"]));
    rules.push(Rule::watch("batch", &["jobs", "cronjobs"]));
    rules
}

/// A user of a cluster, and the product running with that user's rights. When it ends, the audit log must show that it
/// has read and done nothing else.
#[derive(Debug)]
pub(crate) struct Watcher<'a> {
    cluster: &'a Cluster,
    pub(crate) viewer: Viewer<'a>,
    program: Program,
    /// `None` only while it is started again.
    server: Option<Server>,
}

impl Watcher<'static> {
    /// Starts the product with `rights` on the shared cluster and waits until it is ready.
    pub(crate) fn start(rights: &[Rights<'_>]) -> Self {
        Self::start_with(rights, &[])
    }

    /// The same with further variables of the environment.
    pub(crate) fn start_with(rights: &[Rights<'_>], variables: &[(&str, &str)]) -> Self {
        Self::on(cluster(), rights, variables)
    }
}

impl<'a> Watcher<'a> {
    /// The same on a cluster of the test's own.
    pub(crate) fn on(cluster: &'a Cluster, rights: &[Rights<'_>], variables: &[(&str, &str)]) -> Self {
        let viewer = cluster.viewer(rights);
        let mut program = program().kubeconfig(viewer.kubeconfig());
        for (name, value) in variables {
            program = program.env(name, value);
        }
        let mut watcher = Self { cluster, viewer, program, server: None };
        watcher.serve();
        watcher
    }

    /// Ends the product in order and starts it again, with the same history.
    pub(crate) fn restart(&mut self) {
        let exit = self.server.take().expect("it runs").terminate();
        assert_eq!(exit.code, Some(0), "{}", exit.stderr);
        self.serve();
    }

    /// Kills the product and starts it again, with the same history.
    pub(crate) fn crash(&mut self) {
        self.server.take().expect("it runs").kill();
        self.serve();
    }

    fn serve(&mut self) {
        let server = self.program.serve();
        server.wait_ready();
        self.server = Some(server);
    }
}

impl Deref for Watcher<'_> {
    type Target = Server;

    fn deref(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }
}

impl Drop for Watcher<'_> {
    fn drop(&mut self) {
        drop(self.server.take());
        if !std::thread::panicking() {
            assert_only_read(self.cluster, &self.viewer.user());
        }
    }
}

/// Everything that the user has asked of the API server was a `GET`.
#[track_caller]
pub(crate) fn assert_only_read(cluster: &Cluster, user: &str) {
    let asked: Vec<_> = cluster.audit().into_iter().filter(|entry| entry.user == user).collect();
    assert!(!asked.is_empty(), "the audit log has nothing of {user}");
    let written: Vec<_> =
        asked.iter().filter(|entry| !["get", "list", "watch"].contains(&entry.verb.as_str())).collect();
    assert!(written.is_empty(), "{written:#?}");
}
