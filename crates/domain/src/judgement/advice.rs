//! What to do next, for each code: a command or an action.
use super::fault::Fault;
use crate::diagnosis::Code;
use crate::pod::{Container, ContainerSpec, ContainerState};
use crate::text::Text;

/// What to do about a fault of a pod.
pub(super) fn next_step(fault: &Fault<'_>) -> Option<Text> {
    let pod = fault.pod;
    let (namespace, name) = (&pod.namespace, &pod.name);
    let container = || fault.container.map(|container| format!(" -c {}", container.name)).unwrap_or_default();
    let describe = || format!("kubectl -n {namespace} describe pod {name}");
    let text = match fault.code {
        Code::CrashLoop
        | Code::InitFailing
        | Code::InitRunning
        | Code::LivenessKilling
        | Code::StartupFailing
        | Code::ReadinessFailing => {
            let previous = if fault.restarts > 0 && !is_over(fault) { " --previous" } else { "" };
            format!("kubectl -n {namespace} logs {name}{}{previous}", container())
        }
        Code::OomKilled => {
            match fault.container.and_then(|container| container.resources.memory_limit_bytes) {
                Some(_) => "Raise the container's memory limit, or find what uses the memory.".to_owned(),
                None => "Find what uses the memory; see the limit of the pod and the memory of its node."
                    .to_owned(),
            }
        }
        Code::ConfigMissing => "Create what is missing; the pod starts by itself then.".to_owned(),
        Code::InvalidContainerConfig => "Mend the container's securityContext or command.".to_owned(),
        Code::ExecNotFound => "Mend the container's command, or build the image with it.".to_owned(),
        Code::ImagePlatform => "Push an image for the node's architecture.".to_owned(),
        Code::ImageInvalidName => "Mend the image's name.".to_owned(),
        Code::ImageNeverPull => {
            "Load the image onto the node, or let it be pulled (imagePullPolicy: IfNotPresent).".to_owned()
        }
        Code::ImageAuth => "Check the imagePullSecrets of the pod or of its service account.".to_owned(),
        Code::ImageNotFound => "Check the image's name and tag, and that it was pushed.".to_owned(),
        Code::ImageRateLimited => "Pull with an account, or through a mirror.".to_owned(),
        Code::ImageRegistryUnreachable => "Check that the node reaches the registry.".to_owned(),
        Code::ClaimPending => match fault.claim {
            Some(claim) => format!("kubectl -n {namespace} describe pvc {}", claim.name),
            None => describe(),
        },
        Code::NodeLost => {
            let node = pod.node.as_deref()?;
            format!("kubectl describe node {node}")
        }
        Code::StuckTerminating if !pod.finalizers().is_empty() => {
            "Find out why whoever owns the finalizer does not let go of it.".to_owned()
        }
        Code::StuckTerminating => match pod.node.as_deref() {
            Some(node) => format!("Check node {node}: its kubelet does not confirm the end of the pod."),
            None => describe(),
        },
        Code::UnschedulableResources => "Add a node, or ask for less.".to_owned(),
        Code::UnschedulableTaint => "Add a toleration, or remove the taint.".to_owned(),
        Code::UnschedulableAffinity => {
            "Check the pod's nodeSelector and affinity against the nodes' labels.".to_owned()
        }
        Code::SchedulingGated => "Wait for whoever set the gate, or remove it.".to_owned(),
        Code::Evicted | Code::Preempted | Code::PodRejected | Code::ImagePullSlow => return None,
        _ => describe(),
    };
    Some(text.into())
}

/// Whether the container stands still as its last run has left it: until the next one begins, that run's log is not yet
/// the previous one, and the one before may be gone.
fn is_over(fault: &Fault<'_>) -> bool {
    let stands = |(spec, container): (&ContainerSpec, &Container)| {
        Some(spec) == fault.container && matches!(container.state, ContainerState::Terminated(_))
    };
    fault.pod.each_container().any(stands)
}
