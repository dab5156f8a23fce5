//! What may not be read is said with the rule to add, and everything else works.

use std::time::Duration;

use lab::{Cluster, Rights, Rule};
use serde_json::Value;

use crate::manifest::{cron_job, deployment, list};
use crate::rows::{path, source, wait_for, wait_health, wait_source};
use crate::watcher::{Watcher, all_rules, cluster};

/// A refused source is asked again once a minute.
const NEXT_TRY: Duration = Duration::from_secs(75);

#[test]
fn optional_sources_that_are_missing_name_their_rule_and_are_used_once_granted() {
    let cluster = cluster();
    let namespace = cluster.namespace("optional");
    cluster.apply(&list(&[deployment(&namespace, "web", 1), cron_job(&namespace, "paused", true)]));
    let defaults = Rule::defaults();
    let mut watcher = Watcher::start(&[Rights::Everywhere(&defaults)]);

    for (resource, rule) in [
        ("jobs", "- apiGroups: [\"batch\"]\n  resources: [jobs]\n  verbs: [get, list, watch]\n"),
        ("cronjobs", "- apiGroups: [\"batch\"]\n  resources: [cronjobs]\n  verbs: [get, list, watch]\n"),
        ("nodes", "- apiGroups: [\"\"]\n  resources: [nodes]\n  verbs: [get, list, watch]\n"),
        (
            "persistentvolumeclaims",
            "- apiGroups: [\"\"]\n  resources: [persistentvolumeclaims]\n  verbs: [get, list, watch]\n",
        ),
    ] {
        let source = wait_source(&watcher, resource, "forbidden", NEXT_TRY);
        assert_eq!(
            (source["required"].as_bool(), source["rule"].as_str(), source["code"].as_str()),
            (Some(false), Some(rule), Some("forbidden")),
            "{source}"
        );
    }
    let metrics = wait_source(&watcher, "podmetrics", "absent", NEXT_TRY);
    assert!(metrics["reason"].as_str().unwrap().contains("metrics"), "{metrics}");
    assert_eq!(metrics["code"], "metrics_absent");
    assert!(metrics["guide"]["mend"].as_str().unwrap().contains("metrics-server"), "{metrics}");
    let web = wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    assert!(web["cpu_millicores"].is_null(), "absent is not zero: {web}");
    assert_eq!(
        watcher.get(&path(&namespace, "CronJob", "paused")).status,
        404,
        "it has no pod that tells of it"
    );

    let all = all_rules();
    watcher.viewer.grant(&[Rights::Everywhere(&all)]);
    for resource in ["jobs", "cronjobs", "nodes", "persistentvolumeclaims"] {
        let source = wait_source(&watcher, resource, "synced", NEXT_TRY);
        assert_eq!((&source["rule"], &source["reason"]), (&Value::Null, &Value::Null), "{source}");
    }
    wait_health(&watcher, [&namespace, "CronJob", "paused"], "suspended");
}

#[test]
fn a_revoked_right_makes_unknown_what_depends_on_it_until_it_is_granted_again() {
    let cluster = Cluster::start();
    cluster.nodes(1);
    let namespace = cluster.namespace("revoked");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let all = Rule::defaults();
    let mut watcher = Watcher::on(&cluster, &[Rights::Everywhere(&all)], &[]);
    let web = [namespace.as_str(), "Deployment", "web"];
    let before = wait_health(&watcher, web, "healthy");

    let fewer: Vec<Rule> = all
        .iter()
        .map(|rule| Rule {
            resources: rule.resources.iter().filter(|name| *name != "deployments").cloned().collect(),
            ..rule.clone()
        })
        .collect();
    watcher.viewer.grant(&[Rights::Everywhere(&fewer)]);
    // A watch that runs is not ended by it; the end of the API server is its end too.
    cluster.kill_apiserver();
    cluster.start_apiserver();

    let deployments = wait_source(&watcher, "deployments", "forbidden", NEXT_TRY);
    let rule = "- apiGroups: [\"apps\"]\n  resources: [deployments]\n  verbs: [get, list, watch]\n";
    assert_eq!(deployments["rule"], rule, "{deployments}");
    let unknown = wait_health(&watcher, web, "unknown");
    assert_eq!(unknown["reason"]["code"], "forbidden", "{unknown}");
    let known = &unknown["last_known"];
    assert_eq!((&known["health"], &known["since"]), (&before["health"], &before["since"]), "{unknown}");
    assert_eq!(source(&watcher, "deployments")["required"], true);
    assert_eq!(watcher.get("/api/v1/ready").status, 200, "what is refused has answered");

    watcher.viewer.grant(&[Rights::Everywhere(&all)]);
    wait_source(&watcher, "deployments", "synced", NEXT_TRY);
    let after = wait_for(&watcher, "it is known again", web, |web| web["health"] != "unknown");
    assert_eq!((&after["health"], &after["since"]), (&before["health"], &before["since"]), "{after}");
    assert!(after["last_known"].is_null(), "{after}");
}
