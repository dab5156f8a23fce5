//! A pod as the API has it, and as a judgement needs it.
use super::*;

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
    assert_eq!((pod_of.node.as_deref(), pod_of.intended_node().map(|node| &**node)), (Some("real-0"), None));
    let mut pending = scheduled;
    pending["spec"].as_object_mut().expect("it has a spec").remove("nodeName");
    assert_eq!(pod(&pending).intended_node().map(|node| &**node), Some("real-0"));
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

/// The whole is kept for whoever wants to read it.
#[rstest]
#[case::json("{\n  \"error\": \"no licence\"\n}\n", Some("no licence"))]
#[case::a_panic(
    "panic: nil map\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\n",
    Some("panic: nil map")
)]
#[case::nothing("\n", None)]
fn of_what_a_program_left_the_line_that_tells_is_chosen(#[case] message: &str, #[case] gist: Option<&str>) {
    let status = json!({"name": "main", "state": {"terminated": {"exitCode": 1, "message": message}}});
    let object =
        json!({"spec": {"containers": [{"name": "main"}]}, "status": {"containerStatuses": [status]}});
    let pod = pod(&object);
    let end = pod.containers[0].latest_end().expect("it has ended");
    assert_eq!((end.message.as_deref(), end.gist.as_deref()), (Some(message), gist));
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
