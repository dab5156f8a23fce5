//! The ways in which a kubeconfig lets somebody in.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use lab::{AuditEntry, Cluster, Program, Rights, Rule, until};
use serde_json::json;
use simulator::{Cut, Resource, Simulator, Verb};

use crate::kubeconfig::{write, write_file, write_for};
use crate::rows::{SOON, wait_health, wait_source};
use crate::simulated::{NAMESPACE, deploy, running, start};
use crate::watcher::{assert_only_read, cluster, program};

/// The shortest that the API server issues.
const VALIDITY: Duration = Duration::from_mins(10);

#[test]
fn a_client_certificate_lets_it_in() {
    let cluster = cluster();
    let program = program();
    let user = "certified";
    cluster.kubectl(&["create", "clusterrolebinding", user, "--clusterrole=view", &format!("--user={user}")]);
    until("the role is in force", SOON, || {
        cluster.try_kubectl(&["auth", "can-i", "list", "deployments.apps", "-A", "--as", user], "")
    });
    issue_certificate(cluster, program.directory(), user);
    let files = json!({"client-certificate": "client.crt", "client-key": "client.key"});
    let kubeconfig = write(program.directory(), cluster, &files);
    assert_reads(cluster, &program.kubeconfig(&kubeconfig), user);
}

#[test]
fn an_exec_plug_in_lets_it_in() {
    let cluster = cluster();
    let program = program();
    let rules = Rule::defaults();
    let viewer = cluster.viewer(&[Rights::Everywhere(&rules)]);
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential",
        "status": {"token": viewer.issue_token(VALIDITY)},
    });
    let plug_in = program.directory().join("plug-in");
    write_file(&plug_in, &format!("#!/bin/sh\necho '{credential}'\n"));
    std::fs::set_permissions(&plug_in, PermissionsExt::from_mode(0o700)).unwrap();
    let exec = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "command": plug_in, "interactiveMode": "Never",
    });
    let kubeconfig = write(program.directory(), cluster, &json!({"exec": exec}));
    assert_reads(cluster, &program.kubeconfig(&kubeconfig), &viewer.user());
}

/// A plug-in is a program of somebody else: it gets what it needs from the environment, and not the licence key.
#[tokio::test(flavor = "multi_thread")]
async fn a_plug_in_does_not_inherit_the_licence_key() {
    let credential = json!({
        "apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "first"},
    });
    for of_old in [false, true] {
        let (simulator, program) = start(Simulator::builder().token("first")).await;
        deploy(&simulator, "web", &[running()]);
        let plug_in = program.directory().join("plug-in");
        let seen = program.directory().join("seen");
        write_file(&plug_in, &format!("#!/bin/sh\nenv >{}\necho '{credential}'\n", seen.display()));
        std::fs::set_permissions(&plug_in, PermissionsExt::from_mode(0o700)).unwrap();
        let user = if of_old {
            let config = json!({"cmd-path": plug_in, "cmd-args": "", "token-key": "{.status.token}"});
            json!({"auth-provider": {"name": "gcp", "config": config}})
        } else {
            let version = "client.authentication.k8s.io/v1";
            json!({"exec": {"apiVersion": version, "command": plug_in, "interactiveMode": "Never"}})
        };
        let kubeconfig = write_for(program.directory(), &json!({"server": simulator.url()}), &user);
        let program = program.kubeconfig(&kubeconfig);
        let server =
            program.env("MAINTENANT_LICENSE_KEY", "maintenant1.secret").env("REGION", "north").serve();
        server.wait_ready();
        let seen = std::fs::read_to_string(&seen).expect("the plug-in has run");
        assert!(seen.lines().any(|line| line == "REGION=north"), "{seen}");
        assert!(!seen.contains("maintenant1.secret"), "{seen}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_token_in_the_file_is_the_next_that_is_shown() {
    let (simulator, program) = start(Simulator::builder().token("first")).await;
    deploy(&simulator, "web", &[running()]);
    let file = program.directory().join("token");
    write_file(&file, "first");
    let kubeconfig =
        write_for(program.directory(), &json!({"server": simulator.url()}), &json!({"tokenFile": file}));
    let server = program.kubeconfig(&kubeconfig).serve();
    server.wait_ready();
    // What is optional may still be on its way with the first.
    let watched = || {
        Resource::ALL
            .into_iter()
            .filter(|resource| !matches!(resource, Resource::Services | Resource::PodMetrics))
    };
    simulator.activity_when(|activity| watched().all(|resource| activity.open_watches(resource) > 0)).await;
    let before = simulator.activity().requests(Verb::Watch, Resource::Deployments);

    write_file(&file, "second");
    simulator.set_token(Some("second"));
    simulator.faults().cut_watches(Cut::Clean, None);
    simulator
        .activity_when(|activity| {
            activity.requests(Verb::Watch, Resource::Deployments) > before
                && activity.open_watches(Resource::Deployments) > 0
        })
        .await;
    deploy(&simulator, "new", &[running()]);
    wait_health(&server, [NAMESPACE, "Deployment", "new"], "healthy");
    assert!(!server.stderr().contains("401"), "the first was shown again:\n{}", server.stderr());
}

#[test]
fn a_token_file_is_read_again_when_its_token_is_no_longer_accepted() {
    let cluster = Cluster::start();
    let program = program();
    let rules = Rule::defaults();
    let [former, latter] = [(); 2].map(|()| cluster.viewer(&[Rights::Everywhere(&rules)]));
    let [first, second] = [&former, &latter].map(|viewer| viewer.issue_token(VALIDITY));
    let file = program.directory().join("token");
    write_file(&file, &first);
    let kubeconfig = write(program.directory(), &cluster, &json!({"tokenFile": file}));
    let server = program.kubeconfig(&kubeconfig).serve();
    server.wait_ready();

    // The former account is gone, and with it the connections that it had.
    let account = former.user().rsplit(':').next().unwrap().to_owned();
    cluster.kubectl(&["-n", "default", "delete", "serviceaccount", &account]);
    cluster.kill_apiserver();
    write_file(&file, &second);
    cluster.start_apiserver();
    wait_source(&server, "pods", "synced", SOON);
    assert_only_read(&cluster, &latter.user());
}

/// A certificate of the cluster's authority for `user`, as `client.crt` and `client.key`.
fn issue_certificate(cluster: &Cluster, directory: &Path, user: &str) {
    let pki = cluster.directory().join("pki");
    let script = format!(
        "echo extendedKeyUsage=clientAuth >usage
         openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN={user} -keyout client.key -out client.csr
         openssl x509 -req -in client.csr -CA {pki}/ca.crt -CAkey {pki}/ca.key -CAcreateserial -CAserial ca.srl -days 1 -out client.crt -extfile usage",
        pki = pki.display(),
    );
    let output =
        Command::new("sh").args(["-ec", &script]).current_dir(directory).output().expect("sh can be run");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The program becomes ready as that user, and only reads.
#[track_caller]
fn assert_reads(cluster: &Cluster, program: &Program, user: &str) {
    let server = program.serve();
    server.wait_ready();
    wait_source(&server, "pods", "synced", SOON);
    drop(server);
    assert_only_read(cluster, user);
    let refused =
        |entry: &AuditEntry| entry.user == user && entry.resource == "deployments" && entry.status != 200;
    assert!(!cluster.audit().iter().any(refused), "it was let in at once");
}
