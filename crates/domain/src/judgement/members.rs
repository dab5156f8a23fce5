//! The pods of a workload: which count, which matter, and what each that is missing may still take.
use super::Facts;
use super::budget::Budget;
use super::fault::{self, Fault, Patient};
use super::moment::Moment;
use crate::condition::{self, Condition};
use crate::diagnosis::Code;
use crate::id::Kind;
use crate::memory::Runs;
use crate::node::Node;
use crate::pod::{ContainerState, Pod, Role};
use crate::time::Time;
use std::time::Duration;

/// How long a pod that was ready may be without.
pub(super) const LOST_GRACE: Duration = Duration::from_secs(30);
/// How long a DaemonSet's pod may be missing from a node that is away, cordoned or new.
pub(super) const NODE_GRACE: Duration = Duration::from_mins(10);
/// A pod whose `Ready` is `False` since so shortly after its start has never been ready.
const START_SKEW: Duration = Duration::from_secs(5);

/// A pod that counts.
#[derive(Debug)]
pub(super) struct Member<'a> {
    pub(super) pod: &'a Pod,
    /// What is wrong with it
    pub(super) faults: Vec<Fault<'a>>,
    /// Whether it is of the newest revision, as far as that is known
    pub(super) is_newest: bool,
    /// Whether its faults are the workload's
    pub(super) matters: bool,
    /// Where it stands
    pub(super) standing: Standing,
}

/// Where a pod that counts stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Ready for as long as is asked for, and as a loop of its containers calls for, since then
    Available(Time),
    /// Not available, and excused until then
    Missing {
        /// Since when
        since: Time,
        /// Until when
        excused_until: Time,
        /// Whether it is its node that is away, cordoned or new
        for_node: bool,
    },
}

impl Member<'_> {
    pub(super) fn is_available(&self) -> bool {
        matches!(self.standing, Standing::Available(_))
    }

    /// When a container of it began to run last, or ended, where any ever ran.
    pub(super) fn last_start(&self) -> Option<Time> {
        moments_of_runs(self.pod, |_| true).max()
    }

    /// Whether all its containers were ready when that was told last.
    pub(super) fn has_served(&self) -> bool {
        fault::node::all_containers_are_ready(self.pod)
    }

    /// The first of its faults that waiting will not mend.
    pub(super) fn lasting(&self, moment: &Moment) -> Option<&Fault<'_>> {
        self.faults.iter().filter(|fault| fault.is_lasting(moment)).min_by_key(|fault| fault.lasts_from)
    }
}

/// Whether a pod is starting within its budget, with nothing wrong that would keep it from coming up.
pub(super) fn any_is_starting(members: &[Member<'_>], moment: &Moment) -> bool {
    let starting = members.iter().filter_map(|member| match member.standing {
        Standing::Available(_) => None,
        Standing::Missing { excused_until, .. } => {
            let barred = member.faults.iter().filter(|fault| fault.is_lasting(moment)).count() > 0;
            (!barred).then_some(excused_until)
        }
    });
    starting.max().is_some_and(|until| !moment.has_come(until))
}

/// Whether a pod counts: it is neither on its way out nor over.
pub(super) fn counts(pod: &Pod) -> bool {
    pod.deleting.is_none() && !pod.is_finished()
}

/// What the members of one workload have in common.
#[derive(Clone, Copy)]
pub(super) struct Company<'a> {
    pub(super) facts: &'a Facts<'a>,
    pub(super) runs: &'a [Runs],
    pub(super) budget: Budget,
    /// The newest revision, where it is known
    pub(super) newest: Option<&'a str>,
    /// Whether pods of older revisions matter as well
    pub(super) old_matter: bool,
}

impl<'a> Company<'a> {
    /// The pods that count.
    pub(super) fn members(self, moment: &Moment) -> Vec<Member<'a>> {
        let counting = self.facts.pods.iter().copied().filter(|pod| counts(pod));
        counting.map(|pod| self.member(pod, moment)).collect()
    }

    fn member(self, pod: &'a Pod, moment: &Moment) -> Member<'a> {
        let patient = Patient { pod, runs: self.runs, surroundings: self.facts.surroundings };
        let is_newest = match (self.newest, pod.revision.as_deref()) {
            (Some(newest), Some(revision)) => newest == revision,
            _ => true,
        };
        let faults = patient.faults(moment);
        let standing = standing(patient, self.budget, self.facts.id.kind == Kind::DaemonSet, &faults, moment);
        Member { pod, faults, is_newest, matters: is_newest || self.old_matter, standing }
    }
}

/// Where a pod that counts stands; one that is meant for its very node has patience with that.
pub(super) fn standing(
    patient: Patient<'_>,
    budget: Budget,
    is_daemon: bool,
    faults: &[Fault<'_>],
    moment: &Moment,
) -> Standing {
    let pod = patient.pod;
    let began = patient.began();
    let ready = pod.condition("Ready");
    if pod.is_ready() {
        let loops = faults.iter().any(|fault| fault.is_lasting(moment));
        let steady = if loops { budget.min_ready.max(fault::STEADY_AFTER) } else { budget.min_ready };
        let available = ready.and_then(|ready| ready.since).unwrap_or(began) + steady;
        // Where nothing more is asked for than readiness, the clocks of nodes do not matter.
        if steady.is_zero() || moment.has_come(available) {
            return Standing::Available(available);
        }
        let excused_until = available.max(began + budget.start);
        return Standing::Missing { since: began, excused_until, for_node: false };
    }
    let lost = ready.and_then(|ready| lost_since(patient, ready));
    let (since, grace) = lost.map_or((began, budget.start), |lost| (lost, LOST_GRACE));
    let mut excused_until = seen_from(patient, since) + grace;
    // What is started anew since then starts like any other; how often it may be is for the crash loop to say.
    if let Some(anew) = lost.and_then(|lost| anew_since(pod, lost)) {
        excused_until = excused_until.max(anew + budget.start);
    }
    if let Some(from) = fault::more_room_from(patient).filter(|_| pod.node.is_none()) {
        excused_until = excused_until.max(from + fault::SCALE_UP_GRACE);
    }
    let node = if is_daemon { node_excused_from(patient, faults, moment) } else { None };
    if let Some(from) = node {
        excused_until = excused_until.max(from.max(since) + NODE_GRACE);
    }
    Standing::Missing { since, excused_until, for_node: node.is_some() }
}

/// From when on it could be seen what has been so since then: while nobody tells of pods, no wait of theirs begins.
fn seen_from(patient: Patient<'_>, since: Time) -> Time {
    let unseen = patient.surroundings.unseen().filter(|(from, until)| *from <= since && since < *until);
    unseen.map_or(since, |(_, until)| until)
}

/// Since when the node of a DaemonSet's pod is away, cordoned or new.
fn node_excused_from(patient: Patient<'_>, faults: &[Fault<'_>], moment: &Moment) -> Option<Time> {
    let name = patient.pod.node.as_deref().or(patient.pod.intended_node().map(AsRef::as_ref))?;
    let told = patient.surroundings.node(name).and_then(|node| excuse(node, moment));
    told.or_else(|| faults.iter().find(|fault| fault.code == Code::NodeLost).map(|fault| fault.since))
}

/// Since when a pod that was ready is not; `None` of one that never was.
fn lost_since(patient: Patient<'_>, ready: &Condition) -> Option<Time> {
    ready.since.filter(|since| *since > patient.began() + START_SKEW)
}

/// When the latest run of a container of a pod that was lost ended, with the loss or after it, or the next one began: it
/// never falls while the pod is lost, whatever the container's state.
fn anew_since(pod: &Pod, lost: Time) -> Option<Time> {
    let moments = moments_of_runs(pod, |restarts| restarts > 0);
    moments.filter(|at| *at + START_SKEW >= lost).max()
}

/// When the latest runs of its containers ended, and when those began that count by their number of restarts.
fn moments_of_runs(pod: &Pod, counts: impl Fn(u32) -> bool) -> impl Iterator<Item = Time> {
    let judged = pod.each_container().filter(|(spec, _)| matches!(spec.role, Role::Main | Role::Sidecar));
    let moments = judged.flat_map(move |(_, container)| {
        let began = match container.state {
            ContainerState::Running { since } => since.filter(|_| counts(container.restarts)),
            _ => None,
        };
        [began, container.latest_end().and_then(|end| end.finished)]
    });
    moments.flatten()
}

/// Since when a node is away, cordoned or new: from then on its DaemonSet pods have ten minutes.
fn excuse(node: &Node, moment: &Moment) -> Option<Time> {
    if !moment.has_come(node.created + NODE_GRACE) {
        return Some(node.created);
    }
    if node.is_ready() && !node.unschedulable {
        return None;
    }
    let ready = condition::find(&node.conditions, "Ready").and_then(|ready| ready.since);
    Some(if node.is_ready() { node.created } else { ready.unwrap_or(node.created) })
}
