//! A control plane of one's own.

pub(crate) mod audit;
pub(crate) mod viewer;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use crate::capture::Capture;
use crate::{AuditEntry, Rights, Viewer, until};

/// A running control plane: etcd, kube-apiserver, kube-controller-manager, kube-scheduler, and kwok, which plays the
/// kubelets of [simulated nodes](Cluster::nodes). Listens on loopback alone, on ports of its own. It ends when this is
/// dropped and, through a watch of its own, when the test's process ends in any other way.
#[derive(Debug)]
pub struct Cluster {
    directory: PathBuf,
    apiserver_flags: String,
    /// How many namespaces and viewers were named, so that each gets a name of its own.
    names: AtomicUsize,
}

impl Cluster {
    /// Starts a cluster and waits until pods can be made in it: about four seconds, and minutes where the control plane
    /// must be compiled first.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Like [`start`](Self::start), with further flags for kube-apiserver, for instance
    /// `--etcd-compaction-interval=5s` for a history that soon is gone.
    #[must_use]
    pub fn start_with(apiserver_flags: &[&str]) -> Self {
        let directory = tempfile::Builder::new()
            .prefix("maintenant-lab-")
            .tempdir()
            .expect("the directory for temporary files can be written")
            .keep();
        let cluster =
            Self { directory, apiserver_flags: apiserver_flags.join(" "), names: AtomicUsize::new(0) };
        let owner = std::process::id().to_string();
        cluster.script("up", &["--with", &owner, cluster.path()]);
        cluster
    }

    /// The one cluster that the tests of this process share, started by whoever asks first. Tests keep apart by
    /// [namespaces of their own](Self::namespace); who stops components or counts nodes starts a cluster of their own.
    pub fn shared() -> &'static Self {
        static SHARED: OnceLock<Cluster> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Where the cluster keeps what it needs: its logs in `log/`, the API server's authority in `pki/ca.crt`.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The API server's address.
    #[must_use]
    pub fn url(&self) -> String {
        let port = std::fs::read_to_string(self.directory.join("ports")).expect("`up` has written the ports");
        format!("https://127.0.0.1:{}", port.trim())
    }

    /// The kubeconfig of an administrator who may do everything.
    #[must_use]
    pub fn kubeconfig(&self) -> PathBuf {
        self.directory.join("admin.kubeconfig")
    }

    /// A new user who may do what `rights` say and nothing else.
    pub fn viewer(&self, rights: &[Rights<'_>]) -> Viewer<'_> {
        Viewer::new(self, self.unique("viewer"), rights)
    }

    /// Makes a namespace that no other test uses; its name begins with `prefix`.
    pub fn namespace(&self, prefix: &str) -> String {
        let name = self.unique(prefix);
        self.kubectl(&["create", "namespace", &name]);
        // Pods are refused until the namespace has its service account.
        until(&format!("the service account of {name}"), Duration::from_mins(1), || {
            self.try_kubectl(&["-n", &name, "get", "serviceaccount", "default"], "")
        });
        name
    }

    /// Runs kubectl as the administrator and returns what it prints.
    #[track_caller]
    pub fn kubectl(&self, arguments: &[&str]) -> String {
        self.try_kubectl(arguments, "")
            .unwrap_or_else(|error| panic!("kubectl {}: {error}", arguments.join(" ")))
    }

    /// Runs kubectl as the administrator with `input` on its standard input; what it complains of is the error.
    pub fn try_kubectl(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let mut command = Command::new(script_path());
        command.args(["kubectl", self.path()]).args(arguments);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| error.to_string())?;
        let mut stdin = child.stdin.take().expect("it is piped");
        // An early end shows in the exit status, with a better message than that of a broken pipe.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        printed(&child.wait_with_output().map_err(|error| error.to_string())?)
    }

    /// Creates or changes the objects of `manifest`, in YAML or JSON.
    #[track_caller]
    pub fn apply(&self, manifest: &str) {
        if let Err(error) = self.try_kubectl(&["apply", "-f", "-"], manifest) {
            panic!("kubectl apply: {error}\n{manifest}");
        }
    }

    /// Deletes one object at once, without grace, and waits until it is gone.
    #[track_caller]
    pub fn delete(&self, namespace: &str, kind: &str, name: &str) {
        self.kubectl(&["-n", namespace, "delete", kind, name, "--grace-period=0", "--force"]);
    }

    /// One object as the API server has it now.
    #[track_caller]
    pub fn object(&self, namespace: &str, kind: &str, name: &str) -> Value {
        let text = self.kubectl(&["-n", namespace, "get", kind, name, "-o", "json"]);
        serde_json::from_str(&text).expect("kubectl prints JSON when asked for it")
    }

    /// All objects of a kind in a namespace.
    #[track_caller]
    pub fn objects(&self, namespace: &str, kind: &str) -> Vec<Value> {
        let text = self.kubectl(&["-n", namespace, "get", kind, "-o", "json"]);
        let mut list: Value = serde_json::from_str(&text).expect("kubectl prints JSON when asked for it");
        match list["items"].take() {
            Value::Array(items) => items,
            other => panic!("a list of {kind} without items: {other}"),
        }
    }

    /// Sees to `count` simulated nodes, `node-0` and up, and waits until they are ready. A pod scheduled on one is
    /// running and ready at once; one annotated `kwok.x-k8s.io/status: custom` stays as [`patch_status`] leaves it, and
    /// needs [`delete`](Self::delete) to go.
    ///
    /// [`patch_status`]: Self::patch_status
    pub fn nodes(&self, count: usize) {
        let size = json!({"cpu": "64", "memory": "256Gi", "pods": "500"});
        let nodes: Vec<_> =
            (0..count).map(|number| simulated_node(&format!("node-{number}"), &size)).collect();
        self.apply(&json!({"apiVersion": "v1", "kind": "List", "items": nodes}).to_string());
        self.kubectl(&["wait", "--for=condition=Ready", "node", "--selector=type=kwok", "--timeout=60s"]);
    }

    /// Joins this machine as the node `real`, on which containers really run; takes root. Its taint and its label are
    /// `maintenant.dev/node=real`: only pods that ask for it come there. It ends with the cluster.
    pub fn join_real_node(&self) {
        self.node_script("up");
    }

    /// Stops the kubelet of the real node in its tracks, as a machine that hangs.
    pub fn freeze_real_node(&self) {
        self.node_script("freeze");
    }

    /// Lets the kubelet of the real node go on.
    pub fn thaw_real_node(&self) {
        self.node_script("thaw");
    }

    /// Gives the real node the images of an archive.
    #[track_caller]
    pub fn load_image(&self, archive: &Path) {
        let archive = archive.to_str().expect("the name is a test's own");
        self.hack(&hack_path("node"), "load", &[self.path(), archive]);
    }

    /// Runs a command on the real node, where Services lead to their pods, and returns what it prints; what it complains of
    /// is the error.
    pub fn on_real_node(&self, command: &[&str]) -> Result<String, String> {
        let output = Command::new(hack_path("node")).args(["enter", self.path()]).args(command).output();
        printed(&output.map_err(|error| error.to_string())?)
    }

    /// Runs helm as the administrator and returns what it prints; what it complains of is the error.
    pub fn helm(&self, arguments: &[&str]) -> Result<String, String> {
        let output =
            Command::new(hack_path("helm")).args(arguments).env("KUBECONFIG", self.kubeconfig()).output();
        printed(&output.map_err(|error| error.to_string())?)
    }

    /// Waits until the workload (Deployment, `StatefulSet`, `DaemonSet`) has rolled out and is available.
    #[track_caller]
    pub fn wait_rolled_out(&self, namespace: &str, kind: &str, name: &str) {
        self.kubectl(&["-n", namespace, "rollout", "status", &format!("{kind}/{name}"), "--timeout=60s"]);
    }

    /// Merges `status` into an object's status through its `status` subresource, for states that simulated nodes do not
    /// come into by themselves. A strategic merge: conditions merge by their type, container statuses are replaced.
    #[track_caller]
    pub fn patch_status(&self, namespace: &str, kind: &str, name: &str, status: &Value) {
        let patch = json!({ "status": status }).to_string();
        self.kubectl(&["-n", namespace, "patch", kind, name, "--subresource=status", "--patch", &patch]);
    }

    /// Serves metrics.k8s.io too. The simulated nodes tell what the pods' annotations `kwok.x-k8s.io/usage-cpu` and
    /// `…/usage-memory` say; figures come after two scrapes, ten seconds apart.
    pub fn serve_metrics(&self) {
        self.script("metrics", &[self.path()]);
    }

    /// Ends the API server at once, as a crash would; connections to it are reset.
    pub fn kill_apiserver(&self) {
        self.script("kill", &[self.path(), "kube-apiserver"]);
    }

    /// Starts the API server again after [`kill_apiserver`](Self::kill_apiserver), on the same port and with the same
    /// objects, and waits until it is ready.
    pub fn start_apiserver(&self) {
        self.script("start", &[self.path(), "kube-apiserver"]);
    }

    /// The requests answered so far, the control plane's own left out. A watch is in it twice, when its answer begins
    /// and when it ends.
    #[must_use]
    pub fn audit(&self) -> Vec<AuditEntry> {
        audit::read(&self.directory.join("log/audit.log"))
    }

    fn path(&self) -> &str {
        self.directory
            .to_str()
            .expect("the name is ours, and the system's directory for temporary files is UTF-8")
    }

    /// A name that this cluster has not seen yet.
    fn unique(&self, prefix: &str) -> String {
        format!("{prefix}-{}", self.names.fetch_add(1, Ordering::Relaxed))
    }

    #[track_caller]
    fn script(&self, command: &str, arguments: &[&str]) {
        self.hack(&script_path(), command, arguments);
    }

    #[track_caller]
    fn node_script(&self, command: &str) {
        self.hack(&hack_path("node"), command, &[self.path()]);
    }

    /// Runs a command of a script in `hack`; what it says goes to the terminal, since it may compile for minutes.
    #[track_caller]
    fn hack(&self, script: &Path, command: &str, arguments: &[&str]) {
        let mut child = Command::new(script)
            .arg(command)
            .args(arguments)
            .env("LAB_APISERVER_FLAGS", &self.apiserver_flags)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the scripts in hack can be run");
        let mut said = Capture::aloud(child.stderr.take().expect("it is piped"));
        let status = child.wait().expect("a child can be waited for");
        if !status.success() {
            let (script, arguments) = (script.display(), arguments.join(" "));
            panic!("{script} {command} {arguments}: {status}\n{}", said.all());
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let ended = Command::new(script_path()).args(["down", self.path()]).stdin(Stdio::null()).status();
        if !ended.as_ref().is_ok_and(std::process::ExitStatus::success) {
            eprintln!("hack/cluster down {} failed: {ended:?}", self.path());
        }
    }
}

fn script_path() -> PathBuf {
    hack_path("cluster")
}

fn hack_path(script: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../hack")).join(script)
}

/// What a command printed, or what it complained of where it failed.
fn printed(output: &Output) -> Result<String, String> {
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().to_owned())
    }
}

fn simulated_node(name: &str, size: &Value) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {"type": "kwok", "kubernetes.io/hostname": name},
            "annotations": {
                "kwok.x-k8s.io/node": "fake",
                "metrics.k8s.io/resource-metrics-path": format!("/metrics/nodes/{name}/metrics/resource"),
            },
        },
        "status": {"allocatable": size, "capacity": size},
    })
}
