//! What happens in the cluster comes over the event stream, without a question.

use lab::{Rights, Rule, until};
use serde_json::{Value, json};

use crate::manifest::{STATUS_IS_OURS, deployment, readiness, waiting};
use crate::rows::{SOON, follow, id, path, removed, upserted, wait_health};
use crate::watcher::{Watcher, cluster};

#[test]
fn a_changed_number_of_replicas_is_on_the_stream() {
    let cluster = cluster();
    let namespace = cluster.namespace("scaled");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let (web, mut events) = (id(&namespace, "Deployment", "web"), follow(&watcher, &namespace));

    for (replicas, health) in [(3, "healthy"), (0, "suspended"), (2, "healthy")] {
        cluster.apply(&deployment(&namespace, "web", replicas).to_string());
        events.until(&format!("{replicas} are asked for and ready"), SOON, |event| {
            let asked = |row: &Value| row["desired"] == replicas && row["ready"] == replicas;
            upserted(event, &web).filter(|row| asked(row) && row["health"] == health)
        });
    }
}

#[test]
fn a_rollout_ends_with_the_new_image_on_new_pods() {
    let cluster = cluster();
    let namespace = cluster.namespace("rollout");
    let mut web = deployment(&namespace, "web", 2);
    cluster.apply(&web.to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    let before = wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let mut events = follow(&watcher, &namespace);

    let image = "registry.example.com/app:2";
    web["spec"]["template"]["spec"]["containers"][0]["image"] = image.into();
    cluster.apply(&web.to_string());
    let row = events.until("the new image is rolled out", SOON, |event| {
        let row = upserted(event, &id(&namespace, "Deployment", "web"))?;
        // The controller counts the last old pod for a moment after it has gone.
        let done = row["images"] == json!([image]) && row["health"] == "healthy" && row["ready"] == 2;
        done.then_some(row)
    });
    assert_eq!(row["updated"], 2, "{row}");

    // The old pods may still be on their way out.
    let after = until("only new pods are left", SOON, || {
        let after = watcher.get_json(&path(&namespace, "Deployment", "web"));
        if pods(&after).len() == 2 { Ok(after) } else { Err(after.to_string()) }
    });
    assert!(pods(&after).iter().all(|pod| pod["current"] == true), "{after}");
    assert_ne!(after["rollout"]["revision"], before["rollout"]["revision"]);
    assert_eq!(after["rollout"]["state"], "complete");
}

#[test]
fn a_new_version_that_cannot_be_pulled_is_said_at_once_while_the_old_one_serves() {
    let cluster = cluster();
    let namespace = cluster.namespace("broken");
    let mut web = deployment(&namespace, "web", 2);
    cluster.apply(&web.to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let (web_id, mut events) = (id(&namespace, "Deployment", "web"), follow(&watcher, &namespace));

    let image = "registry.example.com/app:2";
    web["spec"]["template"]["metadata"]["annotations"] = json!({STATUS_IS_OURS: "custom"});
    web["spec"]["template"]["spec"]["containers"][0]["image"] = image.into();
    cluster.apply(&web.to_string());
    events.until("the rollout is open", SOON, |event| {
        upserted(event, &web_id).filter(|row| row["health"] == "progressing" && row["updated"] == 1)
    });
    let open = watcher.get_json(&path(&namespace, "Deployment", "web"));
    let images = json!([{"container": "main", "from": "registry.example.com/app:1", "to": image}]);
    assert_eq!(
        (&open["rollout"]["state"], &open["rollout"]["images"]),
        (&json!("progressing"), &images),
        "{open}"
    );
    let old = pods(&open).iter().filter(|pod| pod["current"] == false).count();
    assert_eq!(old, 2, "the old pods serve on: {open}");

    let new = pods(&open).iter().find(|pod| pod["current"] == true).unwrap()["name"].as_str().unwrap();
    let message = format!(
        "failed to pull and unpack image \"{image}\": failed to resolve reference \"{image}\": {image}: not found"
    );
    let status = json!({"phase": "Pending", "containerStatuses": waiting("ErrImagePull", &message)});
    cluster.patch_status(&namespace, "pod", new, &status);
    let row = events.until("it is degraded", SOON, |event| {
        upserted(event, &web_id).filter(|row| row["health"] == "degraded")
    });
    assert_eq!(row["reason"]["code"], "image_not_found", "{row}");
    assert!(row["reason"]["summary"].as_str().unwrap().contains(image), "{row}");

    web["spec"]["template"]["metadata"]["annotations"] = json!({});
    cluster.apply(&web.to_string());
    events.until("a version that runs makes it healthy", SOON, |event| {
        upserted(event, &web_id).filter(|row| row["health"] == "healthy" && row["reason"].is_null())
    });
}

#[test]
fn a_lost_readiness_is_on_the_stream_and_has_its_grace() {
    let cluster = cluster();
    let namespace = cluster.namespace("readiness");
    cluster.apply(&deployment(&namespace, "web", 2).to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    let web = wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let (web_id, mut events) = (id(&namespace, "Deployment", "web"), follow(&watcher, &namespace));
    let pod = pods(&web)[0]["name"].as_str().unwrap();

    for (is_ready, count, health) in [(false, 1, "progressing"), (true, 2, "healthy")] {
        cluster.patch_status(&namespace, "pod", pod, &readiness(is_ready));
        events.until(&format!("{count} are ready and it is {health}"), SOON, |event| {
            upserted(event, &web_id).filter(|row| row["ready"] == count && row["health"] == health)
        });
        let shown = watcher.get_json(&format!("/api/v1/pods/lab/{namespace}/{pod}"));
        assert_eq!(shown["ready"], is_ready, "{shown}");
        let code = if is_ready { Value::Null } else { "readiness_failing".into() };
        assert_eq!(shown["reason"]["code"], code, "{shown}");
    }
}

#[test]
fn a_deleted_pod_is_gone_and_its_replacement_there() {
    let cluster = cluster();
    let namespace = cluster.namespace("replaced");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    let web = wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let former = pods(&web)[0]["name"].as_str().unwrap();

    cluster.delete(&namespace, "pod", former);
    until("another pod serves", SOON, || {
        let web = watcher.get_json(&path(&namespace, "Deployment", "web"));
        let replaced = pods(&web).len() == 1 && pods(&web)[0]["name"] != former && web["health"] == "healthy";
        if replaced { Ok(()) } else { Err(web.to_string()) }
    });
    let gone = watcher.get(&format!("/api/v1/pods/lab/{namespace}/{former}"));
    assert_eq!((gone.status, gone.json()["error"]["code"].as_str()), (404, Some("pod_not_found")));
}

#[test]
fn a_deleted_workload_leaves_the_stream_and_is_not_found() {
    let cluster = cluster();
    let namespace = cluster.namespace("deleted");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let (web, mut events) = (id(&namespace, "Deployment", "web"), follow(&watcher, &namespace));

    cluster.kubectl(&["-n", &namespace, "delete", "deployment", "web", "--wait=false"]);
    events.until("its row is gone", SOON, |event| removed(event, &web).then_some(()));
    let gone = watcher.get(&path(&namespace, "Deployment", "web"));
    assert_eq!((gone.status, gone.json()["error"]["code"].as_str()), (404, Some("workload_not_found")));
}

#[test]
fn a_stream_goes_on_after_the_version_of_a_list_and_after_the_last_event() {
    let cluster = cluster();
    let namespace = cluster.namespace("resumed");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let rules = Rule::defaults();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let web = id(&namespace, "Deployment", "web");
    let list = watcher.get_json(&format!("/api/v1/workloads?namespace={namespace}"));
    let version = list["version"].as_str().unwrap();

    cluster.apply(&deployment(&namespace, "web", 2).to_string());
    wait_health(&watcher, [&namespace, "Deployment", "web"], "healthy");
    let stream = format!("/api/v1/stream?namespace={namespace}");
    let mut events = watcher.events(&format!("{stream}&after={version}"), &[]);
    let first = events.next(SOON).unwrap();
    assert_eq!(first.name, "change", "nothing has to be read again: {first:?}");
    let seen = until_desired(&mut events, &first, &web, 2);

    cluster.apply(&deployment(&namespace, "web", 3).to_string());
    let mut events = watcher.events(&stream, &[("last-event-id", &seen)]);
    let first = events.next(SOON).unwrap();
    assert_eq!(first.name, "change", "{first:?}");
    until_desired(&mut events, &first, &web, 3);

    let mut events = watcher.events(&stream, &[("last-event-id", "0-1")]);
    assert_eq!(events.next(SOON).unwrap().name, "snapshot", "what another process said can't be replayed");
}

/// Follows the stream until so many replicas are asked for and returns the id of that event.
fn until_desired(events: &mut lab::Events, first: &lab::Event, id: &str, desired: u32) -> String {
    let shows = |event: &lab::Event| {
        let row = upserted(event, id).filter(|row| row["desired"] == desired && row["ready"] == desired);
        row.map(|_| event.id.clone())
    };
    shows(first).unwrap_or_else(|| events.until(&format!("{desired} are asked for"), SOON, shows))
}

fn pods(workload: &Value) -> &[Value] {
    workload["pods"].as_array().unwrap_or_else(|| panic!("a workload without pods: {workload}"))
}
