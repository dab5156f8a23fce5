//! Objects as a real API server wrote them, and the traps among them.

use crate::interner::Interner;
use crate::item;
use crate::wire::Format;
use domain::claim::Claim;
use domain::compute::Compute;
use domain::condition::Tristate;
use domain::controller::{Controller, Strategy};
use domain::event::Event;
use domain::id::Kind;
use domain::observation::{Object, Usage};
use domain::pod::{ContainerState, Phase, Pod, RestartPolicy, Role};
use domain::scope::Scope;
use domain::source::Resource;
use domain::time::Time;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

mod controller;
mod event;
mod pod;
mod requests;

fn read(resource: Resource, object: &Value, interner: &mut Interner) -> Object {
    let item = item::read(resource, Format::Json, object.to_string().as_bytes(), &Scope::All, interner);
    item.expect("it is an object of the API").object.expect("all is admitted")
}

fn pod(object: &Value) -> Arc<Pod> {
    match read(Resource::Pods, object, &mut Interner::new()) {
        Object::Pod(pod) => pod,
        other => panic!("{other:?}"),
    }
}

fn controller(resource: Resource, object: &Value) -> Arc<Controller> {
    match read(resource, object, &mut Interner::new()) {
        Object::Controller(controller) => controller,
        other => panic!("{other:?}"),
    }
}

fn event(object: &Value) -> Arc<Event> {
    match read(Resource::Events, object, &mut Interner::new()) {
        Object::Event(event) => event,
        other => panic!("{other:?}"),
    }
}

/// An object of a recording in `tests/fixtures`: the first whose name begins with `name`.
fn recorded(list: &str, name: &str) -> Value {
    let path = format!("{}/tests/fixtures/{list}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the recording is there");
    let list: Value = serde_json::from_str(&text).expect("it is JSON");
    let items = list["items"].as_array().expect("it is a list");
    let named =
        |item: &&Value| item["metadata"]["name"].as_str().is_some_and(|found| found.starts_with(name));
    items.iter().find(named).unwrap_or_else(|| panic!("no {name} in {path}")).clone()
}

fn at(text: &str) -> Time {
    let time: jiff::Timestamp = text.parse().expect("it is a time");
    Time::from_millis(time.as_millisecond())
}

#[test]
fn nodes_and_claims_are_read() {
    let node = json!({
        "metadata": {"name": "node-1"},
        "spec": {"unschedulable": true},
        "status": {
            "allocatable": {"cpu": "3920m", "memory": "15Gi", "pods": "110"},
            "conditions": [
                {"type": "MemoryPressure", "status": "True", "lastHeartbeatTime": "2026-11-21T01:00:00Z"},
                {"type": "DiskPressure", "status": "False"},
                {"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"},
            ],
        },
    });
    let Object::Node(node) = read(Resource::Nodes, &node, &mut Interner::new()) else { panic!() };
    assert_eq!(node.allocatable, Compute { cpu_millicores: 3920, memory_bytes: 15 << 30 });
    assert!(node.unschedulable);
    let kinds: Vec<_> = node.conditions.iter().map(|condition| &*condition.kind).collect();
    assert_eq!(kinds, ["MemoryPressure", "Ready"]);
    assert!(!node.is_ready());

    let pending = recorded("pvc-pending/persistentvolumeclaims.json", "");
    let Object::Claim(claim) = read(Resource::PersistentVolumeClaims, &pending, &mut Interner::new()) else {
        panic!()
    };
    let Claim { phase, capacity_bytes, storage_class, .. } = &*claim;
    assert_eq!(&**phase, "Pending");
    assert_eq!((*capacity_bytes, storage_class.as_deref()), (Some(1 << 30), None));
    let bound = json!({
        "spec": {"resources": {"requests": {"storage": "1Gi"}}},
        "status": {"phase": "Bound", "capacity": {"storage": "2Gi"}},
    });
    let Object::Claim(claim) = read(Resource::PersistentVolumeClaims, &bound, &mut Interner::new()) else {
        panic!()
    };
    assert_eq!(claim.capacity_bytes, Some(2 << 30));
}

#[test]
fn usage_is_summed_over_containers_and_rounded_up_once() {
    let metrics = json!({
        "metadata": {"namespace": "shop", "name": "web-1"},
        "containers": [
            {"name": "a", "usage": {"cpu": "300001n", "memory": "1024Ki"}},
            {"name": "b", "usage": {"cpu": "300001n", "memory": "1Mi"}},
            {"name": "c", "usage": {}},
        ],
    });
    let metrics = serde_json::from_value(metrics).expect("it is PodMetrics");
    let usage = super::usage(&metrics, &mut Interner::new());
    let expected =
        Usage { namespace: "shop".into(), pod: "web-1".into(), cpu_millicores: 1, memory_bytes: 2 << 20 };
    assert_eq!(usage, expected);
}

/// Whatever a container has a say in, wherever the API puts it.
#[test]
fn no_message_tells_a_secret_nor_writes_over_others() {
    // Colours within do not hide it either.
    let words = "exec of postgres://shop:hunter2@db \u{1b}[31mfailed\u{1b}[0m with pass\u{1b}[1mword hunter2\nDB_PASSWORD=hunter2";
    let shown = "exec of postgres://shop:***@db failed with password ***\nDB_PASSWORD=***";
    let end = json!({"exitCode": 1, "message": words});
    let pod = pod(&json!({
        "spec": {"containers": [{"name": "waits"}, {"name": "ended"}]},
        "status": {
            "message": words,
            "conditions": [{"type": "Ready", "status": "False", "message": words}],
            "containerStatuses": [
                {"name": "waits", "state": {"waiting": {"message": words}}, "lastState": {"terminated": end}},
                {"name": "ended", "state": {"terminated": end}},
            ],
        },
    }));
    let event = event(&json!({"message": words, "involvedObject": {"name": "web-1"}}));
    let mut texts = vec![Some(&event.message), pod.message(), pod.conditions[0].message.as_ref()];
    for container in &pod.containers {
        texts.push(container.latest_end().and_then(|end| end.message.as_ref()));
        if let ContainerState::Waiting { message, .. } = &container.state {
            texts.push(message.as_ref());
        }
    }
    assert_eq!(texts, [Some(&shown.into()); 6]);
}

#[test]
fn long_messages_are_cut_between_letters() {
    let pod = pod(&json!({"status": {"message": "é".repeat(40_000)}}));
    let message = pod.message().expect("it has one");
    assert!(message.len() <= 4096 && message.chars().all(|c| c == 'é'), "{} bytes", message.len());
}

#[rstest]
#[case(Resource::Pods)]
#[case(Resource::Deployments)]
#[case(Resource::ReplicaSets)]
#[case(Resource::StatefulSets)]
#[case(Resource::DaemonSets)]
#[case(Resource::Jobs)]
#[case(Resource::CronJobs)]
#[case(Resource::Events)]
#[case(Resource::Nodes)]
#[case(Resource::Namespaces)]
#[case(Resource::PersistentVolumeClaims)]
fn an_empty_object_is_odd_but_no_reason_to_fail(#[case] resource: Resource) {
    read(resource, &json!({}), &mut Interner::new());
}
