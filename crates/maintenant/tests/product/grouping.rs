//! What a person deployed is one row, with the pods that run for it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use lab::{Cluster, Rights, Rule, Server, until};
use serde_json::{Value, json};

use crate::manifest::{
    cron_job, daemon_set, deployment, job, list, owned_by, pod, replica_set, stateful_set,
};
use crate::rows::{SOON, path, rows, wait_for};
use crate::watcher::{CLUSTER, NODES, Watcher, all_rules, cluster};

#[test]
fn every_owner_is_one_row_with_its_pods_and_nothing_in_between_is() {
    let cluster = cluster();
    let namespace = cluster.namespace("owners");
    let rules = all_rules();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);

    cluster.apply(&list(&[
        deployment(&namespace, "web", 2),
        stateful_set(&namespace, "db", 2),
        daemon_set(&namespace, "agent"),
        replica_set(&namespace, "standalone", 1),
        job(&namespace, "import"),
        cron_job(&namespace, "nightly", false),
        cron_job(&namespace, "paused", true),
        pod(&namespace, "alone"),
        deployment(&namespace, "off", 0),
    ]));
    run_now(cluster, &namespace, "nightly", "nightly-by-hand");
    apply_rollout(cluster, &namespace, "canary");

    check(
        &watcher,
        &namespace,
        &[
            ("CronJob/nightly", "healthy", 1),
            ("CronJob/paused", "suspended", 0),
            ("DaemonSet/agent", "healthy", NODES),
            ("Deployment/off", "suspended", 0),
            ("Deployment/web", "healthy", 2),
            ("Job/import", "healthy", 1),
            ("Pod/alone", "healthy", 1),
            ("ReplicaSet/standalone", "healthy", 1),
            ("Rollout.argoproj.io/canary", "healthy", 2),
            ("StatefulSet/db", "healthy", 2),
        ],
    );

    let canary = watcher.get_json(&path(&namespace, "Rollout.argoproj.io", "canary"));
    assert_eq!((&canary["kind"], &canary["api_group"]), (&json!("Rollout"), &json!("argoproj.io")));
    let nightly = watcher.get_json(&path(&namespace, "CronJob", "nightly"));
    assert_eq!(nightly["runs"][0]["name"], "nightly-by-hand", "{nightly}");
    let agent = watcher.get_json(&path(&namespace, "DaemonSet", "agent"));
    let nodes: BTreeSet<_> =
        agent["nodes"].as_array().unwrap().iter().map(|node| node["name"].as_str()).collect();
    assert_eq!(nodes, BTreeSet::from([Some("node-0"), Some("node-1")]), "{agent}");
    let db = watcher.get_json(&path(&namespace, "StatefulSet", "db"));
    let ordinals: BTreeSet<_> =
        db["pods"].as_array().unwrap().iter().map(|pod| pod["ordinal"].as_u64()).collect();
    assert_eq!(ordinals, BTreeSet::from([Some(0), Some(1)]), "{db}");
}

#[test]
fn with_the_default_role_jobs_and_cron_jobs_are_known_by_their_pods() {
    let cluster = cluster();
    let namespace = cluster.namespace("inferred");
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);

    cluster.apply(&list(&[job(&namespace, "import"), cron_job(&namespace, "nightly", false)]));
    let made = cluster.object(&namespace, "cronjob", "nightly");
    let made: Timestamp = made["metadata"]["creationTimestamp"].as_str().unwrap().parse().unwrap();
    run_now(cluster, &namespace, "nightly", &format!("nightly-{}", made.as_second() / 60));

    check(&watcher, &namespace, &[("CronJob/nightly", "healthy", 1), ("Job/import", "healthy", 1)]);
}

#[test]
fn pods_of_a_controller_that_no_rule_covers_are_one_row_under_its_name() {
    let cluster = cluster();
    let namespace = cluster.namespace("foreign");
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    // The garbage collector leaves alone what is owned by a kind that it cannot look up.
    let owner = json!({
        "apiVersion": "train.example.com/v1", "kind": "Training",
        "metadata": {"name": "model", "uid": "7d1e8c0a-9d9b-4d4b-8f44-3c1f5d0f2a11"},
    });
    let mut members = [pod(&namespace, "member-0"), pod(&namespace, "member-1")];
    for member in &mut members {
        member["metadata"]["ownerReferences"] = owned_by(&owner);
    }
    cluster.apply(&list(&members));

    let row =
        wait_for(&watcher, "the row is there", [&namespace, "Training.train.example.com", "model"], |row| {
            row["pods"].as_array().is_some_and(|pods| pods.len() == 2)
        });
    assert_eq!((&row["kind"], &row["api_group"]), (&json!("Training"), &json!("train.example.com")));
    assert_eq!(rows(&watcher, &namespace).len(), 1);
}

/// The rows of the namespace are those, each with its health and as many pods, each of which says to whom it belongs.
#[track_caller]
fn check(server: &Server, namespace: &str, expected: &[(&str, &str, usize)]) {
    let of_namespace = format!("{CLUSTER}/{namespace}/");
    let expected_rows: BTreeSet<_> =
        expected.iter().map(|(workload, health, _)| format!("{workload} {health}")).collect();
    until(&format!("the rows are {expected_rows:#?}"), SOON, || {
        let shown = rows(server, namespace);
        let shown: BTreeSet<_> = shown
            .iter()
            .map(|row| {
                let id = row["id"].as_str().unwrap_or_default();
                format!(
                    "{} {}",
                    id.strip_prefix(&of_namespace).unwrap_or(id),
                    row["health"].as_str().unwrap_or_default()
                )
            })
            .collect();
        if shown == expected_rows { Ok(()) } else { Err(format!("{shown:#?}")) }
    });
    for (workload, _, count) in expected {
        let whole = server.get_json(&format!("/api/v1/workloads/{of_namespace}{workload}"));
        let pods = whole["pods"].as_array().unwrap_or_else(|| panic!("{whole}"));
        assert_eq!(pods.len(), *count, "{workload}: {whole}");
        for pod in pods {
            assert_eq!(pod["workload"], whole["id"], "{pod}");
        }
    }
}

/// Makes a Job from a CronJob, as its controller would.
fn run_now(cluster: &Cluster, namespace: &str, cron_job: &str, name: &str) {
    cluster.kubectl(&["-n", namespace, "create", "job", name, &format!("--from=cronjob/{cron_job}")]);
}

/// A foreign controller's object, of a kind of its own, with a ReplicaSet of two pods.
fn apply_rollout(cluster: &Cluster, namespace: &str, name: &str) {
    cluster.apply(&rollout_definition().to_string());
    cluster.kubectl(&["wait", "--for=condition=Established", "crd/rollouts.argoproj.io", "--timeout=60s"]);
    let rollout = json!({
        "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": name, "namespace": namespace},
    });
    // The API server serves the new kind a moment after it says that it is established.
    until("a Rollout can be made", SOON, || cluster.try_kubectl(&["apply", "-f", "-"], &rollout.to_string()));
    let owner = cluster.object(namespace, "rollouts.argoproj.io", name);
    let mut replicas = replica_set(namespace, &format!("{name}-abc"), 2);
    replicas["metadata"]["ownerReferences"] = owned_by(&owner);
    cluster.apply(&replicas.to_string());
}

fn rollout_definition() -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "rollouts.argoproj.io"},
        "spec": {
            "group": "argoproj.io", "scope": "Namespaced",
            "names": {"kind": "Rollout", "plural": "rollouts", "singular": "rollout"},
            "versions": [{
                "name": "v1alpha1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
            }],
        },
    })
}
