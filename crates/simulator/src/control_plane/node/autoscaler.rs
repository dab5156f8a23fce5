//! A cluster autoscaler: a node more for pods that find no place, and one less when it is not needed any more.

use super::{ControlPlane, MOST_PODS};
use crate::{
    Resource,
    control_plane::{
        Action, Purpose,
        event::{Report, Source},
    },
};
use jiff::SignedDuration;

/// How long a node that was added stays at least.
const STAY: SignedDuration = SignedDuration::from_mins(20);
/// How full the other nodes may be when one is taken away, in percent.
const FULL: usize = 75;

/// What the autoscaler has done so far; `None` in the control plane: there is none.
#[derive(Debug, Default)]
pub(in crate::control_plane) struct Autoscaler {
    added: u32,
    /// Whether a node is on its way.
    waits: bool,
}

impl ControlPlane {
    /// Lets nodes be added for pods that find no place, and removed when they are not needed any more.
    pub fn autoscale(&mut self) {
        self.autoscaler.get_or_insert_default();
    }

    /// A pod finds no place.
    pub(in crate::control_plane) fn note_unschedulable(&mut self) {
        let Some(autoscaler) = self.autoscaler.as_mut().filter(|autoscaler| !autoscaler.waits) else {
            return;
        };
        autoscaler.waits = true;
        let delay = self.between_millis(3_000, 11_000);
        self.queue_in(delay, Action::ScaleUp);
    }

    /// Says to the pods that wait what is done for them, and does it.
    pub(in crate::control_plane) fn scale_up(&mut self) {
        let Some(autoscaler) = self.autoscaler.as_mut() else { return };
        if self.unschedulable.is_empty() {
            autoscaler.waits = false;
            return;
        }
        autoscaler.added += 1;
        let name = format!("pool-{}", autoscaler.added);
        let count = self.nodes.len();
        let message = format!("pod triggered scale-up: [{{pool {count}->{} (max: 40)}}]", count + 1);
        for target in self.unschedulable.clone() {
            let Some(pod) = self.peek(&target) else { continue };
            self.report(&Report {
                about: &pod,
                resource: Resource::Pods,
                container: None,
                source: Source::Controller("cluster-autoscaler"),
                warning: false,
                reason: "TriggeredScaleUp",
                message: message.clone(),
            });
        }
        let boots = self.between_millis(35_000, 80_000);
        self.queue_in(boots, Action::JoinNode(name));
    }

    pub(in crate::control_plane) fn join_node(&mut self, name: &str) {
        if let Err(error) = self.register_node(name, self.now, false) {
            tracing::error!(%error, name, "a node of the autoscaler is not valid");
        }
        let ready = self.between_millis(12_000, 30_000);
        self.queue_in(ready, Action::ReadyNode(name.to_owned()));
        self.queue_in(STAY, Action::ScaleDown(name.to_owned()));
    }

    /// The node that was added is ready; for what still waits there will be another.
    pub(in crate::control_plane) fn ready_node(&mut self, name: &str) {
        if let Some(autoscaler) = &mut self.autoscaler {
            autoscaler.waits = false;
        }
        self.node_ready(name);
    }

    /// Takes a node away where the others have room for what runs on it.
    pub(in crate::control_plane) fn scale_down(&mut self, name: &str) {
        let pods: usize = self.nodes.iter().map(|node| node.pods.len()).sum();
        let others = self.nodes.iter().filter(|node| node.name != name && node.takes_pods()).count();
        let is_needed = pods * 100 > others * MOST_PODS * FULL;
        if is_needed || self.autoscaler.as_ref().is_none_or(|autoscaler| autoscaler.waits) {
            return self.queue_in(STAY / 2, Action::ScaleDown(name.to_owned()));
        }
        self.queue_in(SignedDuration::ZERO, Action::Drain(name.to_owned(), Purpose::Removal));
    }
}
