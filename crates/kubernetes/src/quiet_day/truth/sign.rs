//! What somebody can see of a workload, by which a sentence about it is true or not.

use domain::condition::Tristate;
use domain::controller::{Controller, Strategy};
use domain::diagnosis::Code;
use domain::id::Kind;
use domain::node::Node;
use domain::pod::{Container, ContainerState, Phase, Pod};
use domain::text::Text;
use domain::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// One thing that can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Sign {
    /// Fewer pods serve than are asked for.
    Short,
    /// Pods of the template before are there, or those of the new one are not.
    Rolling,
    /// Another number of pods is asked for than when all was well.
    Scaling { from: u32, to: u32 },
    /// Somebody holds a rollout.
    Held,
    /// Pods of the template before wait for somebody to delete them.
    Outdated,
    /// A container runs and is not ready.
    Unready,
    /// The node of a pod is gone or does not answer.
    Nodeless,
    /// No node takes a pod.
    Unplaced,
    /// A pod was evicted and is still there.
    Evicted,
    /// A container has ended badly, and its pod is still there.
    Ended,
    /// A pod should be gone.
    Lingering,
    /// Pods run on nodes that are not meant for them.
    Misplaced,
    /// A Job runs.
    Working,
}

impl Sign {
    /// Whether a diagnosis of that code with that sentence is true where this can be seen.
    pub(in super::super) fn explains(self, code: Code, summary: &str) -> bool {
        match self {
            Self::Short => code == Code::Starting && tells_of_missing(summary),
            Self::Rolling => code == Code::RollingOut,
            Self::Scaling { from, to } => {
                code == Code::Scaling
                    && (summary == format!("Scaling {from} → {to}.")
                        || (to == 0 && summary == "Scaling to zero."))
            }
            Self::Held => code == Code::RolloutPaused,
            Self::Outdated => code == Code::RolloutOnDelete,
            Self::Unready => code == Code::ReadinessFailing,
            Self::Nodeless => code == Code::NodeLost,
            Self::Unplaced => code == Code::UnschedulableResources,
            Self::Evicted => code == Code::Evicted,
            Self::Ended => code == Code::CrashLoop,
            Self::Lingering => code == Code::StuckTerminating,
            Self::Misplaced => code == Code::Misscheduled,
            Self::Working => code == Code::JobRunning,
        }
    }
}

/// What was so when all was well the last time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Settled {
    pub(super) image: Option<Text>,
    pub(super) desired: Option<u32>,
}

/// A workload with its pods and the nodes.
pub(super) struct Sight<'a> {
    pub(super) controller: &'a Controller,
    pub(super) pods: &'a [&'a Pod],
    pub(super) nodes: &'a BTreeMap<Text, std::sync::Arc<Node>>,
    pub(super) now: Time,
}

impl Sight<'_> {
    fn is_replicated(&self) -> bool {
        !matches!(self.controller.kind, Kind::Job | Kind::CronJob)
    }

    /// The image that is asked for.
    pub(super) fn image(&self) -> Option<&Text> {
        self.controller.template.as_ref()?.containers.first().map(|container| &container.image)
    }

    fn counting(&self) -> impl Iterator<Item = &Pod> {
        self.pods.iter().copied().filter(|pod| pod.deleting.is_none() && !pod.is_finished())
    }

    fn is_new(&self, pod: &Pod) -> bool {
        pod.spec.containers.first().map(|container| &container.image) == self.image()
    }

    /// Whether a pod of the template before is where a new one should be.
    fn has_old(&self) -> bool {
        self.counting().any(|pod| !self.is_new(pod) && !self.is_kept(pod))
    }

    fn is_kept(&self, pod: &Pod) -> bool {
        pod.ordinal().is_some_and(|ordinal| self.controller.strategy.keeps(ordinal))
    }

    /// Pods that serve, by themselves.
    pub(super) fn ready(&self) -> u32 {
        self.counting().filter(|pod| pod.is_ready()).count() as u32
    }

    /// Pods that serve, by themselves and by the controller's count.
    pub(super) fn serving(&self) -> u32 {
        self.ready().min(self.controller.available)
    }

    /// Whether pods of the template before are where new ones should be, or new ones are missing.
    pub(super) fn is_outdated(&self) -> bool {
        let controller = self.controller;
        let wanted = controller.desired.saturating_sub(controller.strategy.partition());
        self.has_old()
            || controller.updated < wanted
            || (controller.kind == Kind::Deployment && controller.current > controller.updated)
    }

    pub(super) fn is_held(&self) -> bool {
        self.controller.paused || self.controller.strategy == Strategy::OnDelete
    }

    /// Whether any pod is left that is not over.
    pub(super) fn has_pods(&self) -> bool {
        self.pods.iter().any(|pod| !pod.is_finished())
    }

    pub(super) fn signs(&self, settled: &Settled) -> BTreeSet<Sign> {
        let controller = self.controller;
        let is_replicated = self.is_replicated();
        // Of a revision that lost a pod while it was held, the controller has to find again that it is whole.
        let told = controller.condition("Progressing").and_then(|told| told.reason.as_deref());
        let is_open = told.is_some_and(|reason| reason != "NewReplicaSetAvailable") && !controller.paused;
        let is_short = is_replicated && self.serving() < controller.desired;
        let changed = self.image() != settled.image.as_ref();
        let mut signs = BTreeSet::new();
        let mut see = |sign: Sign, holds: bool| {
            if holds {
                signs.insert(sign);
            }
        };
        see(Sign::Short, is_short);
        see(
            Sign::Rolling,
            is_replicated && !self.is_held() && (changed || self.has_old() || (is_open && is_short)),
        );
        see(Sign::Held, controller.paused && changed);
        let waits = controller.strategy == Strategy::OnDelete && self.counting().any(|pod| !self.is_new(pod));
        see(Sign::Outdated, waits);
        if let Some(from) = settled.desired.filter(|from| is_replicated && *from != controller.desired) {
            see(Sign::Scaling { from, to: controller.desired }, true);
        }
        see(Sign::Misplaced, controller.misscheduled > 0);
        see(Sign::Working, controller.kind == Kind::Job);
        for pod in self.pods {
            let runs = |container: &Container| matches!(container.state, ContainerState::Running { .. });
            see(Sign::Unready, !pod.is_ready() && !pod.is_finished() && pod.containers.iter().any(runs));
            let node = pod.node.as_ref().or(pod.intended_node());
            let answers = |name| self.nodes.get(name).is_some_and(|node| node.is_ready());
            see(Sign::Nodeless, !pod.is_finished() && node.is_some_and(|name| !answers(name)));
            let placed = pod.condition("PodScheduled");
            let refused = placed.is_some_and(|placed| placed.status == Tristate::False);
            see(Sign::Unplaced, pod.node.is_none() && refused);
            see(Sign::Evicted, pod.phase == Phase::Failed);
            let ends = pod.containers.iter().filter_map(Container::latest_end);
            see(Sign::Ended, ends.clone().any(domain::pod::Termination::is_bad));
            see(Sign::Lingering, pod.deleting.is_some_and(|due| due <= self.now));
        }
        signs
    }
}

/// Whether "2 of 3 pods are ready." says that something is missing.
fn tells_of_missing(summary: &str) -> bool {
    let mut words = summary.split(' ');
    let mut number = || words.find_map(|word| word.parse::<u32>().ok());
    match (number(), number()) {
        (Some(ready), Some(desired)) => ready < desired,
        _ => false,
    }
}
