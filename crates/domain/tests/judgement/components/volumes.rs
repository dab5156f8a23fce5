//! Volumes and sandboxes that can't be had, in the words of the kubelet, the attach controller and containerd.
use super::said;
use crate::timeline::world_after;
use crate::world::*;
use rstest::rstest;
use std::sync::Arc;

#[rstest]
// kube-controller-manager: pkg/controller/volume/attachdetach/reconciler/reconciler.go
#[case::attached_elsewhere(
    "FailedAttachVolume",
    "Multi-Attach error for volume \"pvc-1\" Volume is already exclusively attached to one node and can't be attached \
     to another",
    430,
    "failed volume_attach",
    "A volume cannot be attached: Multi-Attach error for volume \"pvc-1\" Volume is already exclusively attached to one \
     node and can't be attached to another. Nothing serves."
)]
#[case::used_elsewhere(
    "FailedAttachVolume",
    "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) db-0",
    430,
    "failed volume_attach",
    "A volume cannot be attached: Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) db-0. \
     Nothing serves."
)]
// pkg/volume/util/operationexecutor/operation_generator.go
#[case::no_such_disk(
    "FailedAttachVolume",
    "AttachVolume.Attach failed for volume \"pvc-1\" : rpc error: code = NotFound desc = volume vol-1 not found",
    70,
    "failed volume_attach",
    "A volume cannot be attached: AttachVolume.Attach failed for volume \"pvc-1\" : rpc error: code = NotFound desc = \
     volume vol-1 not found. Nothing serves."
)]
#[case::a_secret_of_a_volume(
    "FailedMount",
    "MountVolume.SetUp failed for volume \"tls\" : secret \"web-tls\" not found",
    40,
    "failed config_missing",
    "Pod a waits for what a volume is made from: MountVolume.SetUp failed for volume \"tls\" : secret \"web-tls\" not \
     found. Nothing serves."
)]
#[case::a_key_of_a_volume(
    "FailedMount",
    "MountVolume.SetUp failed for volume \"cfg\" : references non-existent config key: app.yaml",
    40,
    "failed config_missing",
    "Pod a waits for what a volume is made from: MountVolume.SetUp failed for volume \"cfg\" : references non-existent \
     config key: app.yaml. Nothing serves."
)]
// kubelet: pkg/kubelet/volumemanager/volume_manager.go
#[case::in_vain(
    "FailedMount",
    "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: \
     context deadline exceeded",
    70,
    "failed volume_mount",
    "A volume cannot be mounted: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], \
     failed to process volumes=[]: context deadline exceeded. Nothing serves."
)]
// kubelet: pkg/kubelet/kuberuntime/kuberuntime_manager.go; containerd: internal/cri/server/sandbox_run.go
#[case::no_network(
    "FailedCreatePodSandBox",
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"3f1c\": \
     plugin type=\"calico\" failed (add): error getting ClusterInformation: connection is unauthorized: Unauthorized",
    70,
    "failed sandbox_failed",
    "The sandbox cannot be made: plugin type=\"calico\" failed (add): error getting ClusterInformation: connection is \
     unauthorized: Unauthorized. Nothing serves."
)]
#[case::no_address(
    "FailedCreatePodSandBox",
    "Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox \"3f1c\": \
     plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign an IP address to container",
    70,
    "failed sandbox_failed",
    "The sandbox cannot be made: plugin type=\"aws-cni\" name=\"aws-cni\" failed (add): add cmd: failed to assign an IP \
     address to container. Nothing serves."
)]
fn while_a_pod_is_set_up(
    #[case] reason: &str,
    #[case] words: &str,
    #[case] secs: u64,
    #[case] code: &str,
    #[case] summary: &str,
) {
    let mut world = world_after("deployment 1; 0s +a");
    let event = event("a", None, reason, words, at(2));
    world.around.events.insert(uid("a"), vec![Arc::new(event)]);
    assert_eq!(said(&world, secs), (code.to_owned(), summary.to_owned()));
    let (early, _) = said(&world, 20);
    assert!(early.starts_with("progressing "), "within its grace: {early}");
}
