//! The protocol, from outside: over HTTP, with a client that knows nothing of the simulator.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod access;
mod client;
mod control_plane;
mod demo;
mod faults;
mod list;
mod nodes;
mod pods;
mod recordings;
mod rollouts;
mod watch;

use jiff::Timestamp;
use serde_json::{Value, json};
use simulator::{Activity, Builder, Clock, Simulator};
use std::time::Duration;

/// What has not happened after this time will not.
const DEADLINE: Duration = Duration::from_secs(20);

/// A clock that stands, so that answers can be compared.
fn settings() -> Builder {
    let start: Timestamp = "2026-11-21T08:00:00Z".parse().unwrap();
    Simulator::builder().clock(Clock::fixed(start))
}

fn pod(namespace: &str, name: &str) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"namespace": namespace, "name": name, "labels": {"app": name}},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "app:1"}]},
        "status": {"phase": "Running"},
    })
}

/// Waits until the counters meet a condition.
async fn reached(simulator: &Simulator, condition: impl FnMut(&Activity) -> bool) -> Activity {
    let reached = tokio::time::timeout(DEADLINE, simulator.activity_when(condition)).await;
    reached.unwrap_or_else(|_| panic!("not reached: {:?}", simulator.activity()))
}

fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["metadata"]["name"].as_str().unwrap()).collect()
}
