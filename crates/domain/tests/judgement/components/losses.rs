//! Pods that a node or a controller gave up, in their words.
use super::said;
use crate::timeline::world_after;
use crate::world::*;
use domain::condition::{Condition, Tristate};
use domain::pod::{Phase, Uncommon};
use rstest::rstest;

#[rstest]
// kubelet: pkg/kubelet/lifecycle/predicate.go
#[case::out_of_cpu(
    "OutOfcpu",
    "Pod was rejected: Node didn't have enough resource: cpu, requested: 4000, used: 1000, capacity: 2000",
    None,
    "failed pod_rejected",
    "Pod web was turned away by its node (OutOfcpu): Pod was rejected: Node didn't have enough resource: cpu, \
     requested: 4000, used: 1000, capacity: 2000."
)]
#[case::node_affinity(
    "NodeAffinity",
    "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
    None,
    "failed pod_rejected",
    "Pod web was turned away by its node (NodeAffinity): Pod was rejected: Predicate NodeAffinity failed: node(s) \
     didn't match Pod's node affinity/selector."
)]
// kubelet: pkg/kubelet/cm/devicemanager/manager.go
#[case::no_healthy_device(
    "UnexpectedAdmissionError",
    "Pod was rejected: Allocate failed due to no healthy devices present; cannot allocate unhealthy devices \
     nvidia.com/gpu, which is unexpected",
    None,
    "failed pod_rejected",
    "Pod web was turned away by its node (UnexpectedAdmissionError): Pod was rejected: Allocate failed due to no \
     healthy devices present; cannot allocate unhealthy devices nvidia.com/gpu, which is unexpected."
)]
// kubelet: pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go
#[case::a_node_that_shuts_down_takes_none(
    "NodeShutdown",
    "Pod was rejected as the node is shutting down.",
    None,
    "failed pod_rejected",
    "Pod web was turned away by its node (NodeShutdown): Pod was rejected as the node is shutting down."
)]
#[case::a_node_that_shuts_down_ends_its_own(
    "Terminated",
    "Pod was terminated in response to imminent node shutdown.",
    Some("TerminationByKubelet"),
    "failed pod_rejected",
    "Pod web was ended by its node (Terminated): Pod was terminated in response to imminent node shutdown."
)]
// kubelet: pkg/kubelet/eviction/helpers.go
#[case::low_on_memory(
    "Evicted",
    "The node was low on resource: memory. Threshold quantity: 100Mi, available: 51200Ki. Container app was using \
     500Mi, request is 100Mi, has larger consumption of memory.",
    Some("TerminationByKubelet"),
    "failed evicted",
    "Pod web was evicted: The node was low on resource: memory. Threshold quantity: 100Mi, available: 51200Ki. \
     Container app was using 500Mi, request is 100Mi, has larger consumption of memory."
)]
#[case::too_much_storage(
    "Evicted",
    "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi. ",
    None,
    "failed evicted",
    "Pod web was evicted: Pod ephemeral local storage usage exceeds the total limit of containers 1Gi."
)]
// kubelet: pkg/kubelet/preemption/preemption.go
#[case::room_for_a_critical_pod(
    "Preempting",
    "Preempted in order to admit critical pod",
    Some("TerminationByKubelet"),
    "failed preempted",
    "Pod web made room for a pod of higher priority: Preempted in order to admit critical pod."
)]
// kube-scheduler: pkg/scheduler/framework/preemption; the pod has the condition alone.
#[case::room_for_another(
    "",
    "default-scheduler: preempting to accommodate a higher priority pod",
    Some("PreemptionByScheduler"),
    "failed preempted",
    "Pod web made room for a pod of higher priority: default-scheduler: preempting to accommodate a higher priority pod."
)]
// kube-controller-manager: pkg/controller/tainteviction/taint_eviction.go
#[case::a_taint(
    "",
    "Taint manager: deleting due to NoExecute taint",
    Some("DeletionByTaintManager"),
    "failed evicted",
    "Pod web was evicted: Taint manager: deleting due to NoExecute taint."
)]
// kube-apiserver: pkg/registry/core/pod/storage/eviction.go
#[case::a_drain(
    "",
    "Eviction API: evicting",
    Some("EvictionByEvictionAPI"),
    "failed evicted",
    "Pod web was evicted: Eviction API: evicting."
)]
fn lost_for_good(
    #[case] reason: &str,
    #[case] message: &str,
    #[case] disruption: Option<&str>,
    #[case] code: &str,
    #[case] summary: &str,
) {
    let mut world = world_after("pod 1; 0s +web; 5s web=ready");
    let pod = &mut world.pods[0];
    pod.phase = Phase::Failed;
    // What runs when a pod is evicted ends in plain `Error`.
    pod.containers[0].state =
        domain::pod::ContainerState::Terminated(Box::new(ended(137, "Error", Some(at(5)), at(60))));
    pod.conditions = disruption
        .map(|reason| {
            let target = condition("DisruptionTarget", Tristate::True, Some(reason), at(60));
            Condition { message: Some(message.into()), ..target }
        })
        .into_iter()
        .collect();
    let told = (!reason.is_empty()).then(|| (Some(reason.into()), Some(message.into())));
    let (reason, message) = told.unwrap_or_default();
    pod.uncommon = Uncommon { reason, message, ..Uncommon::default() }.boxed();
    assert_eq!(said(&world, 70), (code.to_owned(), summary.to_owned()));
}

/// kube-controller-manager, pkg/controller/nodelifecycle: it takes away `Ready` alone and gives no reason; phase and
/// containers stay as the kubelet wrote them last.
#[test]
fn a_node_that_went_away() {
    let mut world = world_after("deployment 2; 0s +a +b; 5s a=ready b=ready");
    let pod = &mut world.pods[0];
    pod.node = Some("n1".into());
    pod.conditions = [condition("Ready", Tristate::False, None, at(44))].into();
    let (code, summary) = said(&world, 80);
    assert_eq!(code, "degraded node_lost");
    assert_eq!(summary, "Node `n1` does not answer: Pod a is not ready. 1 of 2 pods serve.");
}

/// kubelet, pkg/kubelet/status/generate.go
#[rstest]
#[case::nobody_said_a_word("corresponding condition of pod readiness gate \"lb/ready\" does not exist.")]
#[case::somebody_said_no("the status of pod readiness gate \"lb/ready\" is not \"True\", but False")]
fn a_readiness_gate(#[case] words: &str) {
    let mut world = world_after("deployment 1; 0s +a; 5s a=ready");
    let told = condition("Ready", Tristate::False, Some("ReadinessGatesNotReady"), at(5));
    world.pods[0].conditions = [Condition { message: Some(words.into()), ..told }].into();
    let (code, summary) = said(&world, 200);
    assert_eq!(code, "failed readiness_gate");
    let words = words.trim_end_matches('.');
    assert_eq!(
        summary,
        format!("All containers are ready and a readiness gate is not: {words}. Nothing serves.")
    );
}
