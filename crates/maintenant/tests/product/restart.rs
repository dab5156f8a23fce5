//! A restart of the product changes nothing of what it says.

use std::collections::BTreeMap;

use lab::{Rights, Rule, Server, until};
use serde_json::{Value, json};

use crate::manifest::{STATUS_IS_OURS, deployment, list, readiness, waiting};
use crate::rows::{SOON, path, rows, wait_for, wait_health};
use crate::watcher::{Watcher, cluster};

#[test]
fn a_restart_keeps_the_status_and_its_since_in_every_status() {
    let cluster = cluster();
    let namespace = cluster.namespace("restart");
    let image = "registry.example.com/gone:1";
    let [mut broken, mut starting] = ["broken", "starting"].map(|name| deployment(&namespace, name, 1));
    for pending in [&mut broken, &mut starting] {
        pending["spec"]["template"]["metadata"]["annotations"] = json!({STATUS_IS_OURS: "custom"});
    }
    let half = deployment(&namespace, "half", 2);
    let (fine, off) = (deployment(&namespace, "fine", 1), deployment(&namespace, "off", 0));
    cluster.apply(&list(&[broken, starting, half.clone(), fine, off]));
    let rules = Rule::defaults();
    let mut watcher = Watcher::start(&[Rights::Everywhere(&rules)]);

    let missing = json!({
        "phase": "Pending",
        "containerStatuses": waiting("ErrImagePull", &format!("failed to resolve reference \"{image}\": {image}: not found")),
    });
    let pod = a_pod_of(&watcher, &namespace, "broken");
    cluster.patch_status(&namespace, "pod", &pod, &missing);
    wait_health(&watcher, [&namespace, "Deployment", "half"], "healthy");
    let mut next = half;
    next["spec"]["template"]["metadata"]["annotations"] = json!({STATUS_IS_OURS: "custom"});
    cluster.apply(&next.to_string());
    let new = until("the new pod is there", SOON, || {
        let half = watcher.get_json(&path(&namespace, "Deployment", "half"));
        let mut pods = half["pods"].as_array().into_iter().flatten();
        let new = pods.find(|pod| pod["current"] == true && pod["ready"] == false && pod["node"].is_string());
        new.and_then(|pod| pod["name"].as_str().map(str::to_owned)).ok_or_else(|| half.to_string())
    });
    cluster.patch_status(&namespace, "pod", &new, &missing);
    let expected = [
        ("broken", "failed"),
        ("fine", "healthy"),
        ("half", "degraded"),
        ("off", "suspended"),
        ("starting", "progressing"),
    ];
    for (name, health) in expected {
        wait_health(&watcher, [&namespace, "Deployment", name], health);
    }
    let before = standing(&watcher, &namespace);

    watcher.restart();
    assert_eq!(standing(&watcher, &namespace), before);
    watcher.crash();
    assert_eq!(standing(&watcher, &namespace), before);
}

#[test]
fn what_history_has_shown_survives_a_kill_in_the_middle_of_changes() {
    let cluster = cluster();
    let namespace = cluster.namespace("killed");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let rules = Rule::defaults();
    let mut watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    let web = wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let pod = web["pods"][0]["name"].as_str().unwrap();
    let turn = |is_ready| cluster.patch_status(&namespace, "pod", pod, &readiness(is_ready));

    for is_ready in [false, true, false, true, false] {
        turn(is_ready);
        let health = if is_ready { "healthy" } else { "progressing" };
        wait_health(&watcher, [&namespace, "Deployment", "web"], health);
    }
    let history = format!("{}/history", path(&namespace, "Deployment", "web"));
    let seen = watcher.wait_for("the changes are in the history", &history, |history| {
        let intervals = history["intervals"].as_array()?;
        // The present, and with it the end of the interval before, is known without the file.
        (intervals.len() >= 5).then(|| intervals[..intervals.len() - 2].to_vec())
    });
    turn(true);
    watcher.crash();

    let now =
        wait_for(&watcher, "it is as it is", [&namespace, "Deployment", "web"], |web| web["ready"] == 1);
    assert_eq!(now["health"], "healthy", "{now}");
    let after = watcher.get_json(&history);
    let kept = &after["intervals"].as_array().unwrap()[..seen.len()];
    assert_eq!(kept, seen, "{after}");
    let storage = watcher.get_json("/api/v1/health")["storage"].clone();
    assert_eq!(storage["state"], "ok", "{storage}");
}

/// Name, health and since of each workload.
fn standing(server: &Server, namespace: &str) -> BTreeMap<String, [Value; 2]> {
    let name = |row: &Value| row["name"].as_str().unwrap_or_default().to_owned();
    rows(server, namespace)
        .into_iter()
        .map(|row| (name(&row), [row["health"].clone(), row["since"].clone()]))
        .collect()
}

/// A pod of a Deployment, once it is scheduled: until then its status is the scheduler's.
fn a_pod_of(server: &Server, namespace: &str, name: &str) -> String {
    let workload = wait_for(server, "a pod is scheduled", [namespace, "Deployment", name], |workload| {
        workload["pods"][0]["node"].is_string()
    });
    workload["pods"][0]["name"].as_str().expect("a pod has a name").to_owned()
}
