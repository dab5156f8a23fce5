//! The control plane itself: that it is one, comes back from a crash, judges by the rights given, and leaves nothing.

use std::process::Command;
use std::time::Duration;

use lab::{AuditEntry, Cluster, Rights, Rule, until};
use serde_json::{Value, json};

const DEPLOYMENT: &str = r"
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: registry.example.com/web:1}]}
";

#[test]
fn runs_a_deployment_and_keeps_it_through_a_crash_of_the_api_server() {
    let cluster = Cluster::start();
    cluster.nodes(1);
    let namespace = cluster.namespace("shop");
    cluster.try_kubectl(&["-n", &namespace, "apply", "-f", "-"], DEPLOYMENT).unwrap();
    cluster.wait_rolled_out(&namespace, "deployment", "web");
    let names = || -> Vec<Value> {
        cluster
            .objects(&namespace, "pods")
            .into_iter()
            .map(|mut pod| pod["metadata"]["name"].take())
            .collect()
    };
    let before = names();
    assert_eq!(before.len(), 3);

    cluster.kill_apiserver();
    let error = cluster.try_kubectl(&["get", "pods"], "").unwrap_err();
    assert!(error.contains("refused"), "{error}");

    cluster.start_apiserver();
    assert_eq!(names(), before);
    assert_eq!(cluster.object(&namespace, "deployment", "web")["status"]["readyReplicas"], 3);
}

#[test]
fn leaves_no_process_and_no_file() {
    let cluster = Cluster::start();
    let directory = cluster.directory().to_owned();
    let components =
        ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok", "hack/cluster"];
    let running = processes_of(&directory);
    for component in components {
        assert!(
            running.iter().any(|command| command.contains(component)),
            "{component} is not in {running:#?}"
        );
    }
    drop(cluster);
    assert_eq!(processes_of(&directory), Vec::<String>::new());
    assert!(!directory.exists());
}

#[test]
fn ends_with_the_process_it_was_started_for() {
    let parent = tempfile::tempdir().unwrap();
    let directory = parent.path().join("cluster");
    let mut owner = Command::new("sleep").arg("600").spawn().unwrap();
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../hack/cluster");
    let started = Command::new(script)
        .args(["up", "--with", &owner.id().to_string(), directory.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(started.status.success(), "{started:?}");
    assert!(!processes_of(&directory).is_empty());

    owner.kill().unwrap();
    owner.wait().unwrap();
    until("the cluster is gone", Duration::from_secs(30), || {
        let left = processes_of(&directory);
        if left.is_empty() && !directory.exists() { Ok(()) } else { Err(format!("{left:#?}")) }
    });
}

#[test]
fn a_viewer_may_do_what_was_granted_and_the_audit_log_shows_it() {
    let cluster = Cluster::shared();
    let (ours, other) = (cluster.namespace("ours"), cluster.namespace("other"));
    let (pods, defaults) = ([Rule::watch("", &["pods"])], Rule::defaults());
    let mut viewer = cluster.viewer(&[Rights::In(&ours, &pods)]);
    let kubeconfig = viewer.kubeconfig().to_str().unwrap().to_owned();
    let get = |namespace: &str, kind: &str| {
        cluster.try_kubectl(&["--kubeconfig", &kubeconfig, "-n", namespace, "get", kind, "-o", "name"], "")
    };
    get(&ours, "pods").unwrap();
    assert!(get(&other, "pods").unwrap_err().contains("Forbidden"));
    assert!(get(&ours, "deployments").unwrap_err().contains("Forbidden"));

    viewer.grant(&[Rights::Everywhere(&defaults)]);
    get(&other, "pods").unwrap();
    let token = viewer.issue_token(Duration::from_mins(10));
    assert_eq!(token.split('.').count(), 3, "a JSON web token: {token}");
    get(&other, "deployments").unwrap();

    viewer.grant(&[]);
    assert!(get(&ours, "pods").unwrap_err().contains("Forbidden"));

    let mine = |entry: &AuditEntry| entry.user == viewer.user() && !entry.resource.is_empty();
    let asked: Vec<_> = cluster.audit().into_iter().filter(mine).collect();
    assert!(asked.iter().all(|entry| entry.verb == "list"), "{asked:#?}");
    let statuses: Vec<_> = asked.iter().map(|entry| (entry.resource.as_str(), entry.status)).collect();
    let (pods, deployments) = ("pods", "deployments");
    let expected =
        [(pods, 200), (pods, 403), (deployments, 403), (pods, 200), (deployments, 200), (pods, 403)];
    assert_eq!(statuses, expected);
    assert_eq!(asked[0].namespace, ours);
    assert!(asked[0].user_agent.starts_with("kubectl/"), "{:?}", asked[0]);
    assert!(asked[0].request_uri.starts_with(&format!("/api/v1/namespaces/{ours}/pods?")), "{:?}", asked[0]);
}

#[test]
fn a_status_stays_as_it_was_patched() {
    let cluster = Cluster::shared();
    cluster.nodes(1);
    let namespace = cluster.namespace("patched");
    let pod = json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "stuck", "namespace": namespace, "annotations": {"kwok.x-k8s.io/status": "custom"}},
        "spec": {"containers": [{"name": "main", "image": "registry.example.com/missing:1"}]},
    });
    cluster.apply(&pod.to_string());
    until("the pod is scheduled", Duration::from_mins(1), || {
        let pod = cluster.object(&namespace, "pod", "stuck");
        if pod["spec"]["nodeName"] == "node-0" { Ok(()) } else { Err(pod.to_string()) }
    });
    let waiting = json!({"reason": "ImagePullBackOff", "message": "Back-off pulling image"});
    let container = json!({
        "name": "main", "image": "registry.example.com/missing:1", "imageID": "", "ready": false, "restartCount": 0,
        "state": {"waiting": waiting},
    });
    cluster.patch_status(&namespace, "pod", "stuck", &json!({"containerStatuses": [container]}));

    // Another pod runs in the meantime, so that the simulated node has had its turn.
    cluster.kubectl(&["-n", &namespace, "run", "other", "--image=registry.example.com/other:1"]);
    cluster.kubectl(&["-n", &namespace, "wait", "--for=condition=Ready", "pod/other", "--timeout=60s"]);
    let stuck = cluster.object(&namespace, "pod", "stuck");
    assert_eq!(stuck["status"]["phase"], "Pending");
    assert_eq!(stuck["status"]["containerStatuses"][0]["state"]["waiting"], waiting);

    cluster.delete(&namespace, "pod", "stuck");
    assert_eq!(cluster.objects(&namespace, "pods").len(), 1);
}

/// The command lines of the processes that name `directory`, the cluster's own.
fn processes_of(directory: &std::path::Path) -> Vec<String> {
    let directory = directory.to_str().expect("the name is ours");
    std::fs::read_dir("/proc")
        .expect("this is Linux")
        .filter_map(|entry| std::fs::read(entry.ok()?.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(directory))
        .collect()
}

#[test]
#[should_panic(expected = "unknown flag: --no-such-flag")]
fn a_start_that_fails_says_why() {
    let _ = Cluster::start_with(&["--no-such-flag"]);
}
