//! The product as it is installed: the image, the chart and the manifests, on a node that holds them to Pod Security, with
//! no account but its own. Each way has its turn: what is not in a namespace has the same name in both.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use lab::{AuditEntry, Cluster, until};
use serde_json::{Value, json};

use crate::bed::WITHIN;
use crate::manifest::{deployment, pod_spec, shell};

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/helm/maintenant");
const MANIFESTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../deploy/kubernetes");
/// Who the product is for the API server, wherever it is installed as the docs say.
const ACCOUNT: &str = "system:serviceaccount:maintenant:maintenant";

#[test]
fn helm_installs_upgrades_and_uninstalls_it_without_losing_the_history() {
    let site = Site::new();
    site.make_namespace();
    site.helm("install", &[]);
    let first = site.until_ready();
    site.assert_answers_by_its_service();
    let failed = site.until_failed();
    site.cluster
        .helm(&["test", "maintenant", "-n", "maintenant", "--timeout", "2m"])
        .expect("the chart's own test passes");

    // A licence that is not there is no reason to stop watching.
    site.helm("upgrade", &["--set", "license.existingSecret=not-there"]);
    site.until_gone(&first);
    let second = site.until_ready();
    assert_eq!(site.until_failed(), failed, "an upgrade keeps the history");
    assert_eq!(site.read("/api/v1/license")["state"], "none");

    site.assert_only_reads(is_optional);
    site.cluster
        .helm(&["uninstall", "maintenant", "-n", "maintenant", "--wait"])
        .expect("it can be uninstalled");
    site.until_gone(&second);
    site.forget_what_was_asked();
    assert_eq!(site.names("persistentvolumeclaims"), ["maintenant-data"], "uninstalling leaves the claim");
    site.helm("install", &[]);
    site.until_ready();
    assert_eq!(site.until_failed(), failed, "a new installation finds the history");
    site.assert_only_reads(is_optional);
    site.cluster
        .helm(&["uninstall", "maintenant", "-n", "maintenant", "--wait"])
        .expect("it can be uninstalled");
}

#[test]
fn the_manifests_install_it_as_they_stand_and_find_the_history_again() {
    let site = Site::new();
    site.make_namespace();
    site.cluster.kubectl(&["apply", "-f", MANIFESTS]);
    let first = site.until_ready();
    site.assert_answers_by_its_service();
    let failed = site.until_failed();
    site.until_refused_twice();
    site.assert_only_reads(is_optional);

    // All but the claim.
    for entry in std::fs::read_dir(MANIFESTS).expect("it is there") {
        let file = entry.expect("it can be listed").path();
        if !file.ends_with("persistentvolumeclaim.yaml") {
            site.cluster.kubectl(&["delete", "-f", file.to_str().expect("the name is ours")]);
        }
    }
    site.until_gone(&first);
    site.cluster.kubectl(&["apply", "-f", MANIFESTS]);
    site.until_ready();
    assert_eq!(site.until_failed(), failed, "the same claim brings the history back");
    site.cluster.kubectl(&["apply", "-f", MANIFESTS]);
    site.cluster.kubectl(&["delete", "-f", MANIFESTS]);
}

#[test]
fn roles_in_namespaces_are_enough() {
    let site = Site::new();
    site.make_namespace();
    site.helm("install", &["--set", "rbac.scope=namespaced", "--set", "namespaces={maintenant}"]);
    site.until_ready();
    let cluster_wide = site.cluster.kubectl(&["get", "clusterroles,clusterrolebindings", "-o", "name"]);
    assert!(!cluster_wide.contains("/maintenant"), "{cluster_wide}");
    site.until_failed();
    let sources = site.read("/api/v1/health")["sources"].clone();
    for source in sources.as_array().expect("sources") {
        assert!(source["required"] == false || source["state"] == "synced", "{source:#}");
    }
    site.assert_only_reads(|entry| is_optional(entry) || asks_who_the_cluster_is(entry));
    site.cluster
        .helm(&["uninstall", "maintenant", "-n", "maintenant", "--wait"])
        .expect("it can be uninstalled");
}

#[test]
fn the_image_is_small_and_names_no_place_of_the_machine_that_made_it() {
    let binary = std::fs::read(binary()).expect("`make test-node` has built it");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("it is there");
    let root = root.to_str().expect("a checkout has a readable path").as_bytes();
    assert!(!binary.windows(root.len()).any(|window| window == root), "the binary names the checkout");
    let registry = b"/.cargo/registry/";
    assert!(!binary.windows(registry.len()).any(|window| window == registry), "the binary names a home");
    let directory = tempfile::tempdir().expect("a temporary directory");
    let archive = directory.path().join("image.tar");
    pack(&archive, "maintenant:test");
    let size = std::fs::metadata(&archive).expect("it was packed").len();
    assert!(size <= 12_000_000, "{size} bytes");
}

/// A cluster whose only node is real and takes every pod, and has the image. One test at a time.
struct Site {
    cluster: &'static Cluster,
    volume: PathBuf,
    /// What this test's volume is called by.
    number: usize,
    /// How much the audit log held before that which is asked about.
    audited: Cell<usize>,
    /// When each process of the product began, as it says itself
    started: RefCell<Vec<Timestamp>>,
    _turn: MutexGuard<'static, ()>,
}

impl Site {
    fn new() -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        static CLUSTER: LazyLock<Cluster> = LazyLock::new(|| {
            let cluster = Cluster::start();
            cluster.join_real_node();
            cluster.kubectl(&["taint", "node", "real", "maintenant.dev/node-"]);
            cluster.load_image(&packed(&cluster));
            cluster
        });
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let number = CLUSTER.audit().len();
        Self {
            cluster: &CLUSTER,
            volume: CLUSTER.directory().join("volumes").join(number.to_string()),
            number,
            audited: Cell::new(number),
            started: RefCell::default(),
            _turn: turn,
        }
    }

    /// The namespace that the docs begin with, as restricted as can be, and a volume for the claim.
    fn make_namespace(&self) {
        std::fs::create_dir_all(&self.volume).expect("the directory is ours");
        let volume = json!({
            "apiVersion": "v1",
            "kind": "PersistentVolume",
            "metadata": {"name": format!("volume-{}", self.number)},
            "spec": {
                "capacity": {"storage": "1Gi"},
                "accessModes": ["ReadWriteOnce"],
                "persistentVolumeReclaimPolicy": "Retain",
                "local": {"path": self.volume},
                "nodeAffinity": {"required": {"nodeSelectorTerms": [
                    {"matchExpressions": [{"key": "maintenant.dev/node", "operator": "In", "values": ["real"]}]},
                ]}},
            },
        });
        let namespace = json!({
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {"name": "maintenant", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}},
        });
        self.cluster.apply(&volume.to_string());
        self.cluster.apply(&namespace.to_string());
        until("the service account of the namespace", WITHIN, || {
            self.cluster.try_kubectl(&["-n", "maintenant", "get", "serviceaccount", "default"], "")
        });
        // What the product watches: one that fails, within the same restrictions.
        let mut spec = pod_spec(&shell("echo boom; exit 3"));
        spec["securityContext"] =
            json!({"runAsNonRoot": true, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}});
        spec["containers"][0]["securityContext"] =
            json!({"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}});
        self.cluster.apply(&deployment("maintenant", "broken", &spec).to_string());
    }

    #[track_caller]
    fn helm(&self, verb: &str, more: &[&str]) {
        let arguments = [&[verb, "maintenant", CHART, "-n", "maintenant"][..], more].concat();
        self.cluster.helm(&arguments).unwrap_or_else(|error| panic!("helm {verb}: {error}"));
    }

    /// Waits until the product's pod is ready and answers, and returns its name.
    fn until_ready(&self) -> String {
        let name = self.until_pod_ready();
        let started = self.read("/api/v1/health")["started_at"].as_str().and_then(|at| at.parse().ok());
        self.started.borrow_mut().push(started.expect("it says when it began"));
        name
    }

    fn until_pod_ready(&self) -> String {
        until("the pod is ready", WITHIN, || {
            let pods = self.cluster.objects("maintenant", "pods");
            let own = pods.iter().find(|pod| pod["spec"]["serviceAccountName"] == "maintenant");
            let pod = own.ok_or_else(|| "there is none".to_owned())?;
            let conditions = pod["status"]["conditions"].as_array().cloned().unwrap_or_default();
            let is_ready = conditions.iter().any(|it| it["type"] == "Ready" && it["status"] == "True");
            let name = pod["metadata"]["name"].as_str().unwrap_or_default().to_owned();
            if is_ready { Ok(name) } else { Err(format!("{name}: {}", pod["status"])) }
        })
    }

    fn until_gone(&self, pod: &str) {
        until(&format!("{pod} is gone"), WITHIN, || {
            match self.names("pods").iter().find(|name| *name == pod) {
                None => Ok(()),
                Some(name) => Err(format!("{name} is there")),
            }
        });
    }

    fn names(&self, kind: &str) -> Vec<String> {
        let objects = self.cluster.objects("maintenant", kind);
        objects.iter().filter_map(|it| it["metadata"]["name"].as_str()).map(str::to_owned).collect()
    }

    /// What the product answers, asked through its Service.
    fn ask(&self, path: &str) -> Result<String, String> {
        let service = self.cluster.object("maintenant", "service", "maintenant");
        let address = service["spec"]["clusterIP"].as_str().unwrap_or_default().to_owned();
        self.cluster.on_real_node(&[
            "curl",
            "-sS",
            "--fail-with-body",
            "--max-time",
            "5",
            &format!("http://{address}{path}"),
        ])
    }

    fn read(&self, path: &str) -> Value {
        until(path, WITHIN, || {
            self.ask(path)
                .and_then(|body| serde_json::from_str(&body).map_err(|error| format!("{error}: {body}")))
        })
    }

    fn assert_answers_by_its_service(&self) {
        let page = until("the page", WITHIN, || self.ask("/"));
        assert!(page.contains("<title>maintenant"), "{page}");
        let health = self.read("/api/v1/health");
        assert_eq!(health["runtime"]["name"], "kubernetes");
        assert!(
            health["runtime"]["rule"].as_str().is_some_and(|rule| rule.contains("KUBERNETES_SERVICE_HOST")),
            "{health:#}"
        );
        assert_eq!(
            (&health["storage"]["state"], &health["storage"]["path"]),
            (&json!("ok"), &json!("/data/maintenant.db"))
        );
        assert_eq!(health["memory"]["limit_bytes"], 256 << 20, "the limit of the pod is its budget");
        until("it sees itself", WITHIN, || {
            let own = self.read("/api/v1/workloads/default/maintenant/Deployment/maintenant");
            if own["health"] == "healthy" { Ok(()) } else { Err(own.to_string()) }
        });
    }

    /// Waits until the broken Deployment is known to have failed, and returns when its history says that it did first.
    fn until_failed(&self) -> String {
        until("the failure stands in the history", WITHIN, || {
            let body = self.ask("/api/v1/workloads/default/maintenant/Deployment/broken/history")?;
            let history: Value = serde_json::from_str(&body).map_err(|error| error.to_string())?;
            let intervals = history["intervals"].as_array().cloned().unwrap_or_default();
            let failed = intervals.iter().filter(|interval| interval["health"] == "failed");
            let since = failed.filter_map(|interval| interval["from"].as_str()).min();
            since.map(str::to_owned).ok_or(body)
        })
    }

    /// What the product asked of the API server in this test.
    fn asked(&self) -> Vec<AuditEntry> {
        self.cluster
            .audit()
            .into_iter()
            .skip(self.audited.get())
            .filter(|entry| entry.user == ACCOUNT)
            .collect()
    }

    /// Who is being uninstalled loses the rights before the pod has ended.
    fn forget_what_was_asked(&self) {
        self.audited.set(self.cluster.audit().len());
    }

    /// Waits until each kind that the default role leaves out has been refused a second time.
    fn until_refused_twice(&self) {
        until("each optional kind is asked for again", WITHIN, || {
            let asked = self.asked();
            let refusals =
                |kind: &str| asked.iter().filter(|it| it.status == 403 && it.resource == kind).count();
            let waiting: Vec<_> = OPTIONAL.into_iter().filter(|kind| refusals(kind) < 2).collect();
            if waiting.is_empty() { Ok(()) } else { Err(format!("{waiting:?}")) }
        });
    }

    /// The audit log has nothing of the product but reading, refused for what `may_be_refused` alone, and that at most once a
    /// minute by one process.
    fn assert_only_reads(&self, may_be_refused: impl Fn(&AuditEntry) -> bool) {
        let asked = self.asked();
        assert!(asked.iter().any(|entry| entry.verb == "watch" && entry.resource == "pods"), "{asked:#?}");
        let mut refused: Vec<&AuditEntry> = Vec::new();
        for entry in &asked {
            assert!(["get", "list", "watch"].contains(&entry.verb.as_str()), "{entry:#?}");
            if entry.status == 403 && entry.stage == "ResponseComplete" {
                assert!(may_be_refused(entry), "{entry:#?}");
                if let Some(before) = refused.iter().rfind(|it| it.resource == entry.resource) {
                    let apart = entry.asked.duration_since(before.asked).as_secs();
                    let another =
                        self.started.borrow().iter().any(|at| (before.asked..entry.asked).contains(at));
                    assert!(apart >= 55 || another, "{before:#?}\n{entry:#?}");
                }
                refused.push(entry);
            }
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // A volume of the next test must not be taken by what this one leaves, nor its objects adopted.
        let _ = self.cluster.try_kubectl(&["delete", "namespace", "maintenant", "--ignore-not-found"], "");
        let shared = ["delete", "clusterrole,clusterrolebinding", "maintenant", "--ignore-not-found"];
        let _ = self.cluster.try_kubectl(&shared, "");
        let volume = format!("volume-{}", self.number);
        let _ = self.cluster.try_kubectl(&["delete", "persistentvolume", &volume, "--ignore-not-found"], "");
    }
}

/// What the default role leaves out.
const OPTIONAL: [&str; 4] = ["jobs", "cronjobs", "nodes", "persistentvolumeclaims"];

fn is_optional(entry: &AuditEntry) -> bool {
    OPTIONAL.contains(&entry.resource.as_str())
}

/// Which cluster it is tells the namespace `kube-system`, asked for once for each connection; no Role elsewhere grants it.
fn asks_who_the_cluster_is(entry: &AuditEntry) -> bool {
    entry.verb == "get" && entry.request_uri == "/api/v1/namespaces/kube-system"
}

/// The image, under the name that the manifests ask for.
fn packed(cluster: &Cluster) -> PathBuf {
    let manifest =
        std::fs::read_to_string(Path::new(MANIFESTS).join("deployment.yaml")).expect("it is there");
    let name =
        manifest.lines().find_map(|line| line.trim().strip_prefix("image: ")).expect("it names an image");
    let archive = cluster.directory().join("image.tar");
    pack(&archive, name.trim_matches('"'));
    archive
}

fn pack(archive: &Path, name: &str) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../hack/image");
    let mut packing = Command::new(script);
    packing.arg(archive).args(["--name", name, "--binary", binary()]);
    let output = packing.output().expect("the script can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What users run.
fn binary() -> &'static str {
    option_env!("IMAGE_BINARY").expect("`make test-node` builds the binary and says where it is")
}
