//! Objects as a real API server wrote them, and the traps among them.

use crate::interner::Interner;
use crate::item;
use crate::wire::Format;
use domain::claim::Claim;
use domain::condition::Tristate;
use domain::controller::{Controller, Strategy};
use domain::event::Event;
use domain::id::Kind;
use domain::node::Node;
use domain::observation::{Object, Usage};
use domain::pod::{ContainerState, Phase, Pod, RestartPolicy, Role};
use domain::scope::Scope;
use domain::source::Resource;
use domain::time::Time;
use rstest::rstest;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

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
fn a_start_error_has_no_start() {
    let pod = pod(&recorded("start-error/pods.json", "noexec"));
    let (spec, container) = pod.each_container().next().expect("it has one");
    assert_eq!((&*spec.name, &*spec.image, spec.role), ("app", "lab.local/busybox:1", Role::Main));
    let ContainerState::Waiting { reason, message } = &container.state else { panic!("{container:?}") };
    assert_eq!(reason.as_deref(), Some("RunContainerError"));
    assert!(message.as_deref().is_some_and(|text| text.contains("/app/server")));
    let last = container.last.as_deref().expect("it failed before");
    assert_eq!((last.exit_code, last.reason.as_deref(), last.started), (128, Some("StartError"), None));
    assert_eq!(last.finished, Some(at("2026-11-21T01:34:39Z")));
    assert_eq!(container.restarts, 7);
}

#[test]
fn a_pod_is_read_whole() {
    let pod = pod(&recorded("start-error/pods.json", "noexec"));
    assert_eq!((&*pod.namespace, &*pod.name), ("start-error", "noexec-7c5bdfb7d6-6q7mn"));
    assert_eq!(pod.uid.to_string(), "8bdffef7-db29-4159-859e-cc4e3634e754");
    let owner = pod.owner.as_deref().expect("a ReplicaSet");
    assert_eq!((&owner.kind, &*owner.name), (&Kind::ReplicaSet, "noexec-7c5bdfb7d6"));
    assert_eq!(pod.revision.as_deref(), Some("7c5bdfb7d6"));
    assert_eq!((pod.node.as_deref(), pod.ip), (Some("real-0"), Some([10, 100, 10, 21].into())));
    assert_eq!((pod.phase, pod.created, pod.started), {
        let created = at("2026-11-21T01:23:37Z");
        (Phase::Running, created, Some(created))
    });
    // Of the conditions Ready, and those that are not true.
    let kinds: Vec<_> = pod.conditions.iter().map(|condition| (&*condition.kind, condition.status)).collect();
    assert_eq!(kinds, [("Ready", Tristate::False), ("ContainersReady", Tristate::False)]);
    assert_eq!(pod.spec.restart_policy, RestartPolicy::Always);
    assert_eq!(pod.spec.termination_grace, Duration::from_secs(30));
}

#[test]
fn sidecars_are_told_from_init_containers() {
    let pod = pod(&recorded("native-sidecar/pods.json", "sidecar"));
    let roles: Vec<_> = pod.spec.containers.iter().map(|spec| (&*spec.name, spec.role)).collect();
    assert_eq!(roles, [("proxy", Role::Sidecar), ("setup", Role::Init), ("app", Role::Main)]);
    let states: Vec<_> = pod.containers.iter().map(|container| &container.state).collect();
    assert!(matches!(states[0], ContainerState::Running { .. }), "{states:?}");
    assert!(matches!(states[1], ContainerState::Terminated(end) if end.exit_code == 0), "{states:?}");
    // 3 × 1 s, no initial delay.
    assert_eq!(pod.spec.containers[0].startup_probe, Some(Duration::from_secs(3)));
}

#[test]
fn a_daemon_sets_pod_knows_its_node_and_its_generation() {
    let scheduled = recorded("daemonset/pods.json", "agent");
    let pod_of = pod(&scheduled);
    assert_eq!(pod_of.revision.as_deref(), Some("1"));
    assert_eq!((pod_of.node.as_deref(), pod_of.intended_node.as_deref()), (Some("real-0"), None));
    let mut pending = scheduled;
    pending["spec"].as_object_mut().expect("it has a spec").remove("nodeName");
    assert_eq!(pod(&pending).intended_node.as_deref(), Some("real-0"));
    let set = controller(Resource::DaemonSets, &recorded("daemonset/daemonsets.json", "agent"));
    assert_eq!(set.revision.as_deref(), Some("1"));
    assert_eq!((&set.kind, set.desired, set.ready, set.available), (&Kind::DaemonSet, 1, 1, 1));
}

#[rstest]
#[case(json!({"pod-template-hash": "a", "controller-revision-hash": "b"}), "ReplicaSet", Some("a"))]
#[case(json!({"controller-revision-hash": "web-b"}), "StatefulSet", Some("web-b"))]
#[case(json!({"controller-revision-hash": "b", "pod-template-generation": "7"}), "DaemonSet", Some("7"))]
// A label that somebody else put there.
#[case(json!({"controller-revision-hash": "b", "pod-template-generation": "7"}), "StatefulSet", Some("b"))]
#[case(json!({"app": "web"}), "StatefulSet", None)]
fn the_revision_is_the_label_of_the_owners_kind(
    #[case] labels: Value,
    #[case] owner: &str,
    #[case] revision: Option<&str>,
) {
    let owner = json!({"apiVersion": "apps/v1", "kind": owner, "name": "x", "uid": "u", "controller": true});
    let object = json!({"metadata": {"name": "x", "labels": labels, "ownerReferences": [owner]}});
    assert_eq!(pod(&object).revision.as_deref(), revision);
}

#[rstest]
#[case(json!([]), json!({}), None)]
#[case(json!([{"apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u", "controller": true}]), json!({}), None)]
#[case(json!([{"apiVersion": "x.io/v1", "kind": "Node", "name": "n", "uid": "u", "controller": true}]), json!({}), Some("Node.x.io"))]
#[case(json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "n", "uid": "u", "controller": true}]),
    json!({"kubernetes.io/config.mirror": "abc"}), None)]
#[case(json!([{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "n", "uid": "u"}]), json!({}), None)]
#[case(json!([{"apiVersion": "v1", "kind": "ConfigMap", "name": "n", "uid": "u"},
    {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "name": "n", "uid": "u", "controller": true}]),
    json!({}), Some("Rollout.argoproj.io"))]
fn the_owner_is_the_controller_and_mirror_pods_have_none(
    #[case] owners: Value,
    #[case] annotations: Value,
    #[case] kind: Option<&str>,
) {
    let object = json!({"metadata": {"name": "x", "ownerReferences": owners, "annotations": annotations}});
    assert_eq!(pod(&object).owner.as_ref().map(|owner| owner.kind.to_string()).as_deref(), kind);
}

#[rstest]
#[case(json!({}), 30)]
#[case(json!({"periodSeconds": 5}), 15)]
#[case(json!({"periodSeconds": 5, "failureThreshold": 60, "initialDelaySeconds": 20}), 320)]
#[case(json!({"periodSeconds": 0, "failureThreshold": 0}), 30)]
#[case(json!({"periodSeconds": 2_147_483_647, "failureThreshold": 2_147_483_647}), 4_611_686_014_132_420_609)]
#[case(json!({"initialDelaySeconds": -5}), 30)]
fn a_probe_allows_what_its_numbers_say(#[case] probe: Value, #[case] seconds: u64) {
    let container = json!({"name": "main", "readinessProbe": probe, "livenessProbe": {}});
    let spec = &pod(&json!({"spec": {"containers": [container]}})).spec.containers[0].clone();
    assert_eq!(spec.readiness_probe, Some(Duration::from_secs(seconds)));
    assert_eq!((spec.startup_probe, spec.liveness_probe), (None, true));
}

#[rstest]
#[case(json!(null), ContainerState::Waiting { reason: None, message: None })]
#[case(json!({}), ContainerState::Waiting { reason: None, message: None })]
#[case(json!({"waiting": {"reason": "CrashLoopBackOff"}}),
    ContainerState::Waiting { reason: Some("CrashLoopBackOff".into()), message: None })]
#[case(json!({"running": {"startedAt": "1970-01-01T00:00:00Z"}}), ContainerState::Running { since: None })]
fn a_container_state_with_nothing_set_is_waiting(#[case] state: Value, #[case] expected: ContainerState) {
    let status = json!({"name": "main", "state": state});
    let object =
        json!({"spec": {"containers": [{"name": "main"}]}, "status": {"containerStatuses": [status]}});
    assert_eq!(pod(&object).containers[0].state, expected);
}

#[test]
fn a_container_without_a_status_is_unreported() {
    let pod = pod(&recorded("unschedulable-cpu/pods.json", "huge"));
    assert_eq!(pod.phase, Phase::Pending);
    assert_eq!(pod.containers[0].state, ContainerState::Unreported);
    let scheduled = pod.condition("PodScheduled").expect("it is false, so it is kept");
    assert_eq!(scheduled.reason.as_deref(), Some("Unschedulable"));
    let resources = pod.spec.containers[0].resources;
    assert!(resources.cpu_request_millicores.is_some_and(|cpu| cpu > 1000), "{resources:?}");
    assert_eq!(resources.memory_limit_bytes, None);
}

#[test]
fn claims_of_both_kinds_are_named() {
    let volumes = json!([
        {"name": "data", "persistentVolumeClaim": {"claimName": "data-db-0"}},
        {"name": "scratch", "ephemeral": {"volumeClaimTemplate": {"spec": {}}}},
        {"name": "config", "configMap": {"name": "c"}},
    ]);
    let pod = pod(&json!({"metadata": {"name": "db-0"}, "spec": {"volumes": volumes}}));
    assert_eq!(pod.claims.iter().map(|claim| &**claim).collect::<Vec<_>>(), ["data-db-0", "db-0-scratch"]);
}

#[test]
fn ephemeral_containers_are_shown_last() {
    let pod = pod(&json!({
        "spec": {
            "containers": [{"name": "main"}],
            "ephemeralContainers": [{"name": "debug", "image": "busybox", "targetContainerName": "main"}],
            "readinessGates": [{"conditionType": "x/ready"}],
            "schedulingGates": [{"name": "x/hold"}],
        },
        "status": {"ephemeralContainerStatuses": [{"name": "debug", "state": {"running": {}}}]},
    }));
    let spec = &pod.spec.containers[1];
    assert_eq!((&*spec.name, &*spec.image, spec.role), ("debug", "busybox", Role::Ephemeral));
    assert_eq!(pod.containers[1].state, ContainerState::Running { since: None });
    assert_eq!((&*pod.spec.readiness_gates[0], &*pod.spec.scheduling_gates[0]), ("x/ready", "x/hold"));
}

#[test]
fn pods_of_one_template_share_what_they_ask_for() {
    let mut interner = Interner::new();
    let template =
        json!({"spec": {"containers": [{"name": "main", "image": "web:1"}], "restartPolicy": "Always"}});
    let set = json!({"metadata": {"name": "web"}, "spec": {"replicas": 1, "template": template}});
    let Object::Controller(set) = read(Resource::ReplicaSets, &set, &mut interner) else { panic!() };
    for name in ["web-1", "web-2"] {
        let mut object = json!({"metadata": {"name": name}, "spec": template["spec"]});
        object["spec"]["nodeName"] = "node-1".into();
        let Object::Pod(pod) = read(Resource::Pods, &object, &mut interner) else { panic!() };
        assert!(set.template.as_ref().is_some_and(|template| Arc::ptr_eq(template, &pod.spec)));
    }
}

#[test]
fn a_refused_replica_set_says_why() {
    let set = controller(Resource::ReplicaSets, &recorded("quota/replicasets.json", ""));
    assert!(set.condition("ReplicaFailure").is_some_and(|failure| {
        failure.status == Tristate::True
            && failure.message.as_deref().is_some_and(|text| text.contains("quota"))
    }));
    assert_eq!(set.owner.as_ref().map(|owner| &owner.kind), Some(&Kind::Deployment));
    assert!(set.revision.as_deref().is_some_and(|hash| set.name.ends_with(hash)), "{:?}", set.revision);
    assert_eq!(set.revision_number.as_deref(), Some("1"));
    let deployment = controller(Resource::Deployments, &recorded("quota/deployments.json", ""));
    // Counts that are zero are absent.
    assert!(deployment.ready == deployment.available && deployment.ready < deployment.desired);
    assert_eq!(deployment.progress_deadline, Some(Duration::from_mins(10)));
    let progressing = deployment.condition("Progressing").expect("it has one");
    assert!(progressing.updated.is_some() && progressing.since.is_some());
    assert_eq!(deployment.generation, deployment.observed_generation);
}

#[test]
fn a_replica_set_of_zero_has_no_template() {
    let mut object = recorded("quota/replicasets.json", "");
    object["spec"]["replicas"] = 0.into();
    let set = controller(Resource::ReplicaSets, &object);
    assert_eq!((set.desired, set.template.as_ref()), (0, None));
}

#[test]
fn a_stateful_set_has_revisions_and_claims() {
    let set = controller(Resource::StatefulSets, &recorded("statefulset-stuck/statefulsets.json", ""));
    assert!(set.revision.is_some());
    assert!(pod(&recorded("statefulset-stuck/pods.json", "")).revision.is_some());
    let object = json!({"spec": {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
        "minReadySeconds": 5,
    }});
    let set = controller(Resource::StatefulSets, &object);
    assert_eq!(set.strategy, Strategy::RollingUpdate { partition: 2 });
    assert_eq!((&*set.claim_templates[0], set.min_ready, set.desired), ("data", Duration::from_secs(5), 1));
    let object =
        json!({"spec": {"ordinals": {"start": 5}, "updateStrategy": {"rollingUpdate": {"partition": 2}}}});
    let set = controller(Resource::StatefulSets, &object);
    assert_eq!(set.strategy, Strategy::RollingUpdateFrom { start: 5, partition: 2 });
}

#[rstest]
#[case(Resource::Deployments, json!({"strategy": {"type": "Recreate"}}), Strategy::Recreate)]
#[case(Resource::Deployments, json!({"strategy": {"type": "RollingUpdate"}}), Strategy::RollingUpdate { partition: 0 })]
#[case(Resource::StatefulSets, json!({"updateStrategy": {"type": "OnDelete"}}), Strategy::OnDelete)]
#[case(Resource::StatefulSets, json!({}), Strategy::RollingUpdate { partition: 0 })]
#[case(Resource::DaemonSets, json!({"updateStrategy": {"type": "OnDelete"}}), Strategy::OnDelete)]
#[case(Resource::DaemonSets, json!({"updateStrategy": {"type": "RollingUpdate"}}), Strategy::RollingUpdate { partition: 0 })]
fn strategies_are_told_apart(#[case] resource: Resource, #[case] spec: Value, #[case] strategy: Strategy) {
    assert_eq!(controller(resource, &json!({ "spec": spec })).strategy, strategy);
}

#[test]
fn our_annotations_are_kept_and_no_other() {
    let object = json!({
        "metadata": {"annotations": {"maintenant.group": "shop", "maintenant.z": "1", "other": "x"}},
        "spec": {"template": {"metadata": {"annotations": {"maintenant.group": "template", "maintenant.a": "2"}}}},
    });
    let annotations = controller(Resource::Deployments, &object).annotations.clone();
    let annotations: Vec<_> = annotations.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(annotations, [("maintenant.a", "2"), ("maintenant.group", "shop"), ("maintenant.z", "1")]);
}

#[test]
fn a_failed_job_is_read() {
    let object = recorded("job-backoff/jobs.json", "");
    let job = controller(Resource::Jobs, &object);
    assert_eq!(
        job.condition("Failed").and_then(|failed| failed.reason.as_deref()),
        Some("BackoffLimitExceeded")
    );
    let facts = job.job.as_deref().expect("it is a Job");
    assert_eq!((facts.active, facts.completed), (0, None));
    assert!(facts.failed > 0 && facts.started.is_some() && facts.backoff_limit.is_some());
    assert_eq!((job.desired, job.generation), (1, job.observed_generation));
}

#[test]
fn a_cron_job_is_read() {
    let cron = controller(Resource::CronJobs, &recorded("cronjob/cronjobs.json", ""));
    let facts = cron.cron.as_deref().expect("it is a CronJob");
    assert!(!facts.schedule.is_empty() && facts.last_schedule.is_some());
    assert!(cron.template.is_some() && !cron.paused);
    let object = json!({
        "spec": {"schedule": "0 3 * * *", "timeZone": "Europe/Berlin", "suspend": true, "startingDeadlineSeconds": 60},
        "status": {"active": [{"name": "a"}, {"name": "b"}], "lastSuccessfulTime": "2026-11-21T03:00:07Z"},
    });
    let cron = controller(Resource::CronJobs, &object);
    assert!(cron.paused);
    let facts = cron.cron.as_deref().expect("it is a CronJob");
    assert_eq!((facts.time_zone.as_deref(), facts.active), (Some("Europe/Berlin"), 2));
    assert_eq!(facts.starting_deadline, Some(Duration::from_mins(1)));
    assert_eq!(facts.last_success, Some(at("2026-11-21T03:00:07Z")));
}

#[rstest]
// The older recorder.
#[case(json!({"count": 7, "firstTimestamp": "2026-11-21T01:00:00Z", "lastTimestamp": "2026-11-21T01:07:00Z", "eventTime": null}),
    7, "2026-11-21T01:00:00Z", "2026-11-21T01:07:00Z")]
// The newer one, once and again.
#[case(json!({"eventTime": "2026-11-21T01:00:00.5Z", "firstTimestamp": null, "lastTimestamp": null}),
    1, "2026-11-21T01:00:00.5Z", "2026-11-21T01:00:00.5Z")]
#[case(json!({"eventTime": "2026-11-21T01:00:00.5Z", "series": {"count": 3, "lastObservedTime": "2026-11-21T01:05:00.25Z"}}),
    3, "2026-11-21T01:00:00.5Z", "2026-11-21T01:05:00.25Z")]
// Neither says when.
#[case(json!({}), 1, "2026-11-21T00:59:00Z", "2026-11-21T00:59:00Z")]
fn both_kinds_of_recorders_are_understood(
    #[case] mut object: Value,
    #[case] count: u32,
    #[case] first: &str,
    #[case] last: &str,
) {
    object["metadata"] = json!({"creationTimestamp": "2026-11-21T00:59:00Z"});
    let event = event(&object);
    assert_eq!((event.count, event.first, event.last), (count, at(first), at(last)));
}

#[rstest]
#[case("spec.containers{web}", Some("web"))]
#[case("spec.initContainers{migrate}", Some("migrate"))]
#[case("spec.ephemeralContainers{debug}", Some("debug"))]
#[case("spec.volumes{data}", None)]
#[case("spec.containers", None)]
#[case("", None)]
fn the_container_is_in_the_field_path(#[case] path: &str, #[case] container: Option<&str>) {
    let event = event(&json!({"involvedObject": {"fieldPath": path}}));
    assert_eq!(event.container.as_deref(), container);
}

#[test]
fn a_schedulers_event_is_read() {
    let event = event(&recorded("unschedulable-cpu/events.json", "huge"));
    assert_eq!((&*event.kind, &*event.reason, event.warning), ("Pod", "FailedScheduling", true));
    assert_eq!(event.source.as_deref(), Some("default-scheduler"));
    assert_eq!(event.object.to_string(), "0f936d6f-1ffe-4d6d-bc40-30976c634129");
    assert_eq!(event.first, at("2026-11-21T01:23:37.517Z"));
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
    let Node { unschedulable, allocatable_cpu_millicores, allocatable_memory_bytes, .. } = &*node;
    assert_eq!((*unschedulable, *allocatable_cpu_millicores), (true, Some(3920)));
    assert_eq!(*allocatable_memory_bytes, Some(15 << 30));
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

#[test]
fn long_messages_are_cut_between_letters() {
    let pod = pod(&json!({"status": {"message": "é".repeat(40_000)}}));
    let message = pod.message.as_deref().expect("it has one");
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
