//! Faults of volumes and sandboxes: they show in events only, for as long as no container of the pod was begun.
use super::container::names_missing_config;
use super::{CONFIG_GRACE, DETACH_GRACE, Fault, PLACE_GRACE, Patient};
use crate::diagnosis::Code;
use crate::event::Event;
use crate::pod::{ContainerState, Phase};

/// What keeps a pod from its sandbox or its volumes.
pub(super) fn fault(patient: Patient<'_>) -> Option<Fault<'_>> {
    if !is_being_set_up(patient) {
        return None;
    }
    let began = patient.events().filter(|event| {
        matches!(&*event.reason, "Pulling" | "Pulled" | "Created" | "Started") && event.container.is_some()
    });
    let began = began.map(|event| event.last).max();
    let holds = |event: &&Event| began.is_none_or(|began| began < event.last);
    let latest = |reason: &str| {
        let named = patient.events().filter(move |event| &*event.reason == reason);
        named.filter(holds).max_by_key(|event| (event.last, event.uid))
    };
    let mount = latest("FailedMount");
    let (event, code, grace) = if let Some(event) = mount.filter(|event| names_missing_config(&event.message))
    {
        (event, Code::ConfigMissing, CONFIG_GRACE)
    } else if let Some(event) = latest("FailedAttachVolume") {
        let elsewhere = event.message.contains("Multi-Attach");
        (event, Code::VolumeAttach, if elsewhere { DETACH_GRACE } else { PLACE_GRACE })
    } else if let Some(event) = mount {
        (event, Code::VolumeMount, PLACE_GRACE)
    } else {
        (latest("FailedCreatePodSandBox")?, Code::SandboxFailed, PLACE_GRACE)
    };
    let since = first_of(patient, event).max(patient.began());
    let fault = Fault::new(code, patient.pod, since).saying(Some(&event.message)).shown_by(Some(event));
    Some(fault.after(grace))
}

/// Whether the pod is on a node and no container of it, init containers included, was ever begun.
fn is_being_set_up(patient: Patient<'_>) -> bool {
    let pod = patient.pod;
    let untouched = pod.each_container().all(|(_, container)| {
        let waits = match &container.state {
            ContainerState::Unreported => true,
            ContainerState::Waiting { reason, .. } => {
                matches!(reason.as_deref(), None | Some("ContainerCreating" | "PodInitializing"))
            }
            _ => false,
        };
        waits && container.restarts == 0
    });
    pod.phase == Phase::Pending && pod.node.is_some() && untouched
}

/// When that trouble was first told, however the words changed since.
fn first_of(patient: Patient<'_>, event: &Event) -> crate::time::Time {
    let same = patient.events().filter(|other| other.reason == event.reason);
    same.map(|other| other.first).min().unwrap_or(event.first)
}
