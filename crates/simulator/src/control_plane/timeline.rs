//! What is to happen, and when.

use super::{Behaviour, ControlPlane, PodRef, Purpose, Target};
use crate::{Resource, Workload, clock::seconds};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// Something that is to happen.
#[derive(Clone, Debug)]
pub(super) enum Action {
    Create(Box<Workload>, Timestamp),
    SetImage(Target, String),
    Scale(Target, u32),
    Patch(Target, Value),
    Behave(String, Behaviour),
    /// A controller looks at its object.
    Sync(Target),
    Schedule(Target),
    /// The kubelet has pulled the image, or finds that it cannot start the container.
    Start(PodRef),
    BecomeReady(PodRef, i64),
    /// The main container ends; the number is its restart count, so that an end that is overtaken does nothing.
    End(PodRef, i64),
    BackOff(PodRef, i64),
    Restart(PodRef, i64),
    Remove(PodRef),
    BindClaim(Target),
    CronTick(Target),
    ForgetEvent(Target),
    SetSecret(String, String, bool),
    Delete(Target),
    ClassBreaks(String, Option<String>),
    Cordon(String, bool),
    Drain(String, Purpose),
    StopKubelet(String, SignedDuration),
    LoseNode(String),
    StartKubelet(String),
    ScaleUp,
    JoinNode(String),
    ReadyNode(String),
    ScaleDown(String),
    /// A pod of a workload loses its readiness for that long.
    Blip(Target, SignedDuration),
    /// A pod of a workload is evicted by its kubelet.
    EvictOne(Target),
}

impl Action {
    /// The pod whose kubelet is to act.
    fn kubelet_of(&self) -> Option<&PodRef> {
        match self {
            Self::Start(pod)
            | Self::BecomeReady(pod, _)
            | Self::End(pod, _)
            | Self::BackOff(pod, _)
            | Self::Restart(pod, _)
            | Self::Remove(pod) => Some(pod),
            _ => None,
        }
    }
}

impl ControlPlane {
    pub(super) fn act(&mut self, action: Action) {
        let action = match action.kubelet_of().cloned() {
            Some(pod) => match self.defer(&pod, action) {
                Some(action) => action,
                None => return,
            },
            None => action,
        };
        match action {
            Action::Create(workload, created) => {
                let mut manifest = workload.manifest();
                manifest["metadata"]["creationTimestamp"] = seconds(created).into();
                if let Err(error) = self.install(&workload, manifest) {
                    tracing::error!(%error, workload = workload.name(), "a workload of the timeline is not valid");
                }
            }
            Action::SetImage(target, image) => self.set_image(&target, &image),
            Action::Scale(target, replicas) => {
                self.edit(&target, |object| object["spec"]["replicas"] = replicas.into());
                self.sync_soon(target);
            }
            Action::Behave(image, behaviour) => self.set_behaviour(&image, behaviour),
            Action::Patch(target, patch) => {
                self.edit(&target, |object| crate::cluster::merge(object, &patch));
                self.sync_soon(target);
            }
            Action::Sync(target) => self.sync(&target),
            Action::Schedule(target) => self.schedule(&target),
            Action::Start(pod) => self.start(&pod),
            Action::BecomeReady(pod, restarts) => self.become_ready(&pod, restarts),
            Action::End(pod, restarts) => self.end(&pod, restarts),
            Action::BackOff(pod, restarts) => self.back_off(&pod, restarts),
            Action::Restart(pod, restarts) => self.restart(&pod, restarts),
            Action::Remove(pod) => self.remove(&pod),
            Action::BindClaim(target) => self.bind_claim(&target),
            Action::CronTick(target) => self.cron_tick(&target),
            Action::ForgetEvent(target) => self.forget_event(&target),
            Action::SetSecret(namespace, name, true) => {
                self.missing_secrets.remove(&(namespace, name));
            }
            Action::SetSecret(namespace, name, false) => {
                self.missing_secrets.insert((namespace, name));
            }
            Action::Delete(target) => self.collect(&target),
            Action::ClassBreaks(name, why) => {
                match why {
                    Some(why) => self.broken_classes.insert(name, why),
                    None => self.broken_classes.remove(&name),
                };
            }
            Action::Cordon(node, cordoned) => self.cordon(&node, cordoned),
            Action::Drain(node, purpose) => self.drain(&node, purpose),
            Action::StopKubelet(node, down) => self.stop_kubelet(&node, down),
            Action::LoseNode(node) => self.lose_node(&node),
            Action::StartKubelet(node) => self.start_kubelet(&node),
            Action::ScaleUp => self.scale_up(),
            Action::JoinNode(node) => self.join_node(&node),
            Action::ReadyNode(node) => self.ready_node(&node),
            Action::ScaleDown(node) => self.scale_down(&node),
            Action::Blip(target, time) => self.blip(&target, time),
            Action::EvictOne(target) => self.evict_one(&target),
        }
    }

    pub(super) fn queue_at(&mut self, at: Timestamp, action: Action) {
        self.queued += 1;
        self.queue.insert((at.max(self.now), self.queued), action);
    }

    pub(super) fn queue_in(&mut self, after: SignedDuration, action: Action) {
        self.queue_at(self.now.saturating_add(after).unwrap_or(Timestamp::MAX), action);
    }

    /// A controller looks at its object soon; however often it is asked to until then, once.
    pub(super) fn sync_soon(&mut self, target: Target) {
        if !self.to_sync.contains(&target) {
            let delay = self.between_millis(15, 60);
            self.to_sync.insert(target.clone());
            self.queue_in(delay, Action::Sync(target));
        }
    }

    fn sync(&mut self, target: &Target) {
        self.to_sync.remove(target);
        match target.resource {
            Resource::Deployments => self.sync_deployment(target),
            Resource::ReplicaSets => self.sync_replica_set(target),
            Resource::StatefulSets => self.sync_stateful_set(target),
            Resource::DaemonSets => self.sync_daemon_set(target),
            Resource::Jobs => self.sync_job(target),
            _ => {}
        }
    }
}
