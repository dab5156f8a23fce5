//! Workloads as the API shows them.

use std::time::Duration;

use lab::{Event, Events, Server};
use serde_json::Value;

use crate::watcher::CLUSTER;

/// How long what happens in a cluster may take to be seen on a busy machine. The product's own share of it is a few
/// milliseconds; the controllers of the cluster take the rest.
pub(crate) const SOON: Duration = Duration::from_secs(45);

/// The path of a workload.
pub(crate) fn path(namespace: &str, kind: &str, name: &str) -> String {
    format!("/api/v1/workloads/{CLUSTER}/{namespace}/{kind}/{name}")
}

/// The id of a workload.
pub(crate) fn id(namespace: &str, kind: &str, name: &str) -> String {
    format!("{CLUSTER}/{namespace}/{kind}/{name}")
}

/// All rows of a namespace.
#[track_caller]
pub(crate) fn rows(server: &Server, namespace: &str) -> Vec<Value> {
    let mut list = server.get_json(&format!("/api/v1/workloads?namespace={namespace}&sort=name"));
    match list["items"].take() {
        Value::Array(items) => items,
        other => panic!("a list without items: {other}"),
    }
}

/// Waits until the workload is as `probe` wants it and returns it whole.
#[track_caller]
pub(crate) fn wait_for(
    server: &Server,
    what: &str,
    [namespace, kind, name]: [&str; 3],
    mut probe: impl FnMut(&Value) -> bool,
) -> Value {
    server.wait_for(what, &path(namespace, kind, name), |workload| probe(workload).then(|| workload.clone()))
}

/// Waits until the workload has that health and returns it whole.
#[track_caller]
pub(crate) fn wait_health(server: &Server, workload: [&str; 3], health: &str) -> Value {
    wait_for(server, &format!("{workload:?} is {health}"), workload, |workload| workload["health"] == health)
}

/// The source of that resource as `/health` shows it.
#[track_caller]
pub(crate) fn source(server: &Server, resource: &str) -> Value {
    let health = server.get_json("/api/v1/health");
    source_in(&health, resource).unwrap_or_else(|| panic!("no source {resource}: {health}"))
}

/// Waits until the source is in that state and returns it.
#[track_caller]
pub(crate) fn wait_source(server: &Server, resource: &str, state: &str, within: Duration) -> Value {
    lab::until(&format!("{resource} is {state}"), within, || {
        // At first there are none: the page is served before a source has said that it is trying.
        let health = server.get_json("/api/v1/health");
        let source = source_in(&health, resource).ok_or_else(|| health.to_string())?;
        if source["state"] == state { Ok(source) } else { Err(source.to_string()) }
    })
}

/// The source of that resource among those of `/health`, `/overview` or a change.
pub(crate) fn source_in(document: &Value, resource: &str) -> Option<Value> {
    document["sources"].as_array()?.iter().find(|source| source["resource"] == resource).cloned()
}

/// The event stream of a namespace, its snapshot read to the end.
#[track_caller]
pub(crate) fn follow(server: &Server, namespace: &str) -> Events {
    let mut events = server.events(&format!("/api/v1/stream?namespace={namespace}"), &[]);
    events.until("the end of the snapshot", SOON, |event| {
        (event.name == "snapshot" && event.json()["last"] == true).then_some(())
    });
    events
}

/// The row of `id` in a change, if it has one.
pub(crate) fn upserted(event: &Event, id: &str) -> Option<Value> {
    if event.name != "change" {
        return None;
    }
    event.json()["upserted"].as_array()?.iter().find(|row| row["id"] == id).cloned()
}

/// Whether a change says that `id` is gone.
pub(crate) fn removed(event: &Event, id: &str) -> bool {
    event.name == "change"
        && event.json()["removed"].as_array().is_some_and(|ids| ids.iter().any(|gone| gone == id))
}
