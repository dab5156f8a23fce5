//! Changes of what is asked for: whether one is under way, how far it is, and until when it may take.
use super::budget::Budget;
use super::moment::Moment;
use super::{Facts, ImageChange, Rollout, RolloutState};
use crate::condition::Tristate;
use crate::controller::{Controller, Strategy};
use crate::id::Kind;
use crate::memory::{Memory, OpenRollout};
use crate::pod::{ContainerSpec, Pod, PodSpec, Role};
use crate::text::Text;
use crate::time::Time;
use std::sync::LazyLock;
use std::time::Duration;

/// The API's times are in whole seconds.
const A_SECOND: Duration = Duration::from_secs(1);

static NOT_SEEN: LazyLock<Text> = LazyLock::new(|| "its controller has not seen the change yet".into());
static ALL_UPDATED: LazyLock<Text> = LazyLock::new(|| "all updated".into());

/// How long a controller may take to look at what is asked for, before that it has not counts as something to wait for:
/// most edits start nothing.
const LOOK_GRACE: Duration = Duration::from_secs(5);

/// Where a workload stands, in the numbers that rollouts are measured by.
#[derive(Clone, Copy, Debug)]
pub(super) struct Standings<'a> {
    pub(super) controller: &'a Controller,
    pub(super) budget: Budget,
    /// Whether its controller has looked at what is asked for, or is about to
    pub(super) is_observed: bool,
    /// The newest revision, where it is known
    pub(super) newest: Option<&'a Text>,
    /// Pods that count and should be of the newest revision, and are not
    pub(super) old: u32,
    /// Pods that are available, by themselves and by the controller's count
    pub(super) available: u32,
    /// Pods that are available by themselves: the controller counts them a moment later
    pub(super) serving: u32,
    /// Pods of the newest revision that are ready
    pub(super) newest_ready: u32,
    /// Pods of the newest revision that are available
    pub(super) newest_available: u32,
}

/// A change that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// Whether it makes the workload `progressing` whatever its pods do
    pub(super) holds: bool,
    /// Whether only the number of pods changes, and from what
    pub(super) scaled_from: Option<u32>,
    pub(super) began: Time,
    /// When it counts as stuck
    pub(super) deadline: Time,
}

impl Standings<'_> {
    /// Pods that should be of the newest revision: a StatefulSet keeps those below its partition.
    pub(super) fn wanted(&self) -> u32 {
        self.controller.desired.saturating_sub(self.controller.strategy.partition())
    }

    /// Whether its controller has seen what is asked for; before, it counts what was asked for then.
    pub(super) fn is_counted(&self) -> bool {
        self.controller.observed_generation >= self.controller.generation
    }

    /// Whether everything that is asked for is there.
    pub(super) fn is_complete(&self) -> bool {
        self.is_observed
            && self.old == 0
            && !self.counts_old()
            && self.controller.updated >= self.wanted()
            && self.available >= self.controller.desired
    }

    /// Whether pods of the revision before are there, or it is not known yet what is asked for.
    fn is_behind(&self) -> bool {
        !self.is_observed || self.old > 0 || self.counts_old()
    }

    /// Whether a Deployment counts pods of the revision before; the newest may have no ReplicaSet yet by which its pods
    /// could be told.
    fn counts_old(&self) -> bool {
        self.controller.kind == Kind::Deployment && self.controller.current > self.controller.updated
    }

    fn lacks_updated(&self) -> bool {
        self.controller.updated < self.wanted()
    }
}

/// Whether pods of a workload are replaced by rollouts at all.
pub(super) fn rolls_out(controller: &Controller) -> bool {
    controller.kind != Kind::ReplicaSet && controller.strategy != Strategy::OnDelete
}

/// The newest revision of a workload, as its pods' labels have it.
pub(super) fn newest_revision<'a>(facts: &Facts<'a>, controller: &'a Controller) -> Option<&'a Text> {
    if controller.kind == Kind::Deployment {
        return newest_child(facts, controller)?.revision.as_ref();
    }
    if controller.kind == Kind::ReplicaSet { None } else { controller.revision.as_ref() }
}

/// The ReplicaSet that a Deployment rolls out; after a rollback that is not the youngest.
pub(super) fn newest_child<'a>(facts: &Facts<'a>, controller: &Controller) -> Option<&'a Controller> {
    let number = controller.revision_number.as_ref();
    let same = |child: &&Controller| number.is_some() && child.revision_number.as_ref() == number;
    let children = || facts.children.iter().copied();
    children().find(same).or_else(|| children().next())
}

/// Whether the controller has looked at what is asked for, or has had no time for that yet. An edit that is seen to ask for
/// other pods starts something, and needs no look.
pub(super) fn is_observed(
    facts: &Facts<'_>,
    controller: &Controller,
    memory: &mut Memory,
    moment: &Moment,
) -> bool {
    if controller.observed_generation >= controller.generation {
        memory.edited = None;
        memory.watch.asked.clone_from(&controller.template);
        return true;
    }
    if asks_for_others(facts, controller, memory.watch.asked.as_deref()) {
        return false;
    }
    // What is seen for the first time may have been waiting for long.
    let is_first_look = controller.observed_generation == 0 || memory.status.is_none();
    let begins = if is_first_look { moment.now() - LOOK_GRACE } else { moment.now() };
    let edited = *memory.edited.get_or_insert(begins);
    !moment.has_come(edited + LOOK_GRACE)
}

/// Whether the template is not the one `before`, or where that was not seen, not that of the pods that are there, as far as
/// that shows.
fn asks_for_others(facts: &Facts<'_>, controller: &Controller, before: Option<&PodSpec>) -> bool {
    let Some(asked) = controller.template.as_deref() else { return false };
    if let Some(before) = before {
        return before != asked;
    }
    if let Some(made) = newest_child(facts, controller).and_then(|child| child.template.as_deref()) {
        return made != asked;
    }
    // Admission adds to pods, so that they never are what was asked for.
    let made = facts.newest_pod().map(|pod| &pod.spec);
    let differs = |container: &ContainerSpec| {
        let same = made.and_then(|made| made.containers.iter().find(|other| other.name == container.name));
        same.is_some_and(|same| same.image != container.image)
    };
    asked.containers.iter().any(differs)
}

/// Takes in where a workload stands now: the change that is under way, if one is.
pub(super) fn advance(
    facts: &Facts<'_>,
    standings: &Standings<'_>,
    memory: &mut Memory,
    moment: &Moment,
) -> Option<Change> {
    let controller = standings.controller;
    let newest = standings.newest.cloned();
    if standings.is_complete() {
        memory.rollout = None;
        memory.settled = newest;
        memory.desired = Some(controller.desired);
        return None;
    }
    if !rolls_out(controller) || controller.paused {
        memory.rollout = None;
        return None;
    }
    let settled = is_settled(facts, standings, memory, moment);
    if settled {
        memory.settled.clone_from(&newest);
    }
    let scaled_from = memory.desired.filter(|before| *before != controller.desired && standings.old == 0);
    // Fewer pods than before, with nothing changed in what is asked for, are a loss and no rollout.
    let holds = standings.is_behind() || !settled || (scaled_from.is_some() && standings.lacks_updated());
    if !holds && scaled_from.is_none() {
        memory.rollout = None;
        memory.desired = Some(controller.desired);
        return None;
    }
    let open = follow(facts, standings, memory, moment, scaled_from.filter(|_| settled));
    let change = Change {
        holds,
        scaled_from: open.scaled_from,
        began: open.began,
        deadline: open.progressed + standings.budget.deadline,
    };
    memory.rollout = Some(Box::new(open));
    Some(change)
}

/// Whether the newest revision has been available in full once.
fn is_settled(facts: &Facts<'_>, standings: &Standings<'_>, memory: &Memory, moment: &Moment) -> bool {
    let controller = standings.controller;
    if let Some(progressing) = controller.condition("Progressing") {
        let done = progressing.reason.as_deref() == Some("NewReplicaSetAvailable")
            && progressing.status == Tristate::True;
        // While old pods make way first, that is still said of the revision before, of which no pod counts as updated.
        let makes_way = controller.strategy == Strategy::Recreate && controller.updated == 0;
        let is_outdated = memory.rollout.as_deref().is_some_and(|open| {
            let told = controller.progressed.filter(|told| *told + A_SECOND <= open.began);
            open.scaled_from.is_none() && told.is_some()
        });
        return done && !(makes_way && is_outdated);
    }
    // Of a revision that is not known nothing can be remembered: what pods there are tells.
    if memory.settled.as_ref() == standings.newest {
        return true;
    }
    // At first sight, what has not moved for longer than a rollout may take is a loss and no rollout.
    let first_sight = memory.status.is_none() && !standings.is_behind() && !standings.lacks_updated();
    first_sight && moment.has_come(last_move(facts, controller) + standings.budget.deadline)
}

/// The open rollout with what happened to it since.
fn follow(
    facts: &Facts<'_>,
    standings: &Standings<'_>,
    memory: &Memory,
    moment: &Moment,
    scaled_from: Option<u32>,
) -> OpenRollout {
    let controller = standings.controller;
    let observed = controller.observed_generation >= controller.generation;
    let newest = standings.newest.filter(|_| observed).cloned();
    let now = moment.now();
    let known = memory
        .rollout
        .as_deref()
        .filter(|open| !observed || open.revision.is_none() || open.revision == newest);
    let watched = memory.watch.from.is_some();
    // Only a new height is a step: a pod that comes and goes moves nothing. Before its revision was known, the pods of the
    // one before were measured; and fewer pods asked for are a lower ceiling.
    let ceiling = controller.desired;
    let before = known.filter(|open| open.revision.is_some() || newest.is_none());
    let heights = before
        .map_or([0; 3], |open| [open.updated, open.ready, open.available].map(|count| count.min(ceiling)));
    let seen = [controller.updated, standings.newest_ready, standings.newest_available]
        .map(|count| count.min(ceiling));
    let rises = seen.iter().zip(heights).any(|(seen, height)| *seen > height);
    let [updated, ready, available] = std::array::from_fn(|place| heights[place].max(seen[place]));
    let (began, progressed) = match known {
        Some(open) => (open.began, if rises { now } else { open.progressed }),
        None if watched => (now, now),
        None => {
            // What was whole when we looked last has begun to move since.
            let moved = if memory.settled.is_some() { now } else { last_move(facts, controller).min(now) };
            (first_move(facts, controller, standings.newest).min(moved), moved)
        }
    };
    OpenRollout {
        revision: newest.clone().or_else(|| known.and_then(|open| open.revision.clone())),
        began,
        progressed,
        updated,
        ready,
        available,
        scaled_from,
    }
}

/// The API's own time for the beginning of a rollout: when the first pod of the newest revision, or what makes it, was
/// made.
fn first_move(facts: &Facts<'_>, controller: &Controller, newest: Option<&Text>) -> Time {
    let child = newest_child(facts, controller).map(|child| child.created);
    let is_newest = |pod: &&&Pod| newest.is_some() && pod.revision.as_ref() == newest;
    let pod = facts.pods.iter().filter(is_newest).map(|pod| pod.created).min();
    child.or(pod).unwrap_or(controller.created)
}

/// The API's own time for the last step of a rollout.
fn last_move(facts: &Facts<'_>, controller: &Controller) -> Time {
    let made = facts.pods.iter().flat_map(|pod| {
        let ready = pod.condition("Ready").filter(|_| pod.is_ready()).and_then(|ready| ready.since);
        [Some(pod.created), pod.deleting, ready]
    });
    let child = newest_child(facts, controller).map(|child| child.created);
    made.flatten().chain(controller.progressed).chain(child).max().unwrap_or(controller.created)
}

/// How a rollout stands, for a person.
pub(super) fn describe(
    facts: &Facts<'_>,
    standings: &Standings<'_>,
    change: Option<&Change>,
    stuck: Option<Time>,
) -> Option<Rollout> {
    let controller = standings.controller;
    let (updated, wanted) = (controller.updated.min(standings.wanted()), standings.wanted());
    let old = standings.old;
    let (state, summary): (_, Text) = match change {
        Some(Change { scaled_from: Some(from), .. }) => {
            (RolloutState::Scaling, format!("scaling {from} → {}", controller.desired).into())
        }
        Some(_) if !standings.is_counted() => (RolloutState::Progressing, NOT_SEEN.clone()),
        Some(_) => (RolloutState::Progressing, format!("{updated} of {wanted} updated").into()),
        None if controller.kind == Kind::ReplicaSet => return None,
        None if controller.paused && (standings.is_behind() || standings.lacks_updated()) => {
            (RolloutState::Paused, format!("rollout paused at {updated} of {wanted}").into())
        }
        None if controller.strategy == Strategy::OnDelete && old > 0 => {
            let pods = if old == 1 { "1 pod still runs" } else { &format!("{old} pods still run") };
            (RolloutState::Waiting, format!("{pods} the previous revision").into())
        }
        None => (RolloutState::Complete, ALL_UPDATED.clone()),
    };
    let number = controller.revision_number.as_ref();
    let replaces = standings.old > 0 || (change.is_some() && state != RolloutState::Scaling);
    Some(Rollout {
        state,
        revision: number.or(standings.newest).cloned(),
        previous: if replaces { previous(facts, standings) } else { None }
            .and_then(|previous| previous.revision)
            .cloned(),
        images: if replaces { image_changes(facts, standings) } else { Vec::new() },
        started: change.map(|change| change.began),
        // The controller's own deadline may have passed before ours, which leaves room for slow starts.
        deadline: change
            .filter(|change| change.holds)
            .map(|change| stuck.map_or(change.deadline, |stuck| stuck.min(change.deadline))),
        summary,
    })
}

/// The images that differ between the newest revision and the one before.
pub(super) fn image_changes(facts: &Facts<'_>, standings: &Standings<'_>) -> Vec<ImageChange> {
    let Some(new) = standings.controller.template.as_deref() else { return Vec::new() };
    let Some(Previous { spec: old, .. }) = previous(facts, standings) else { return Vec::new() };
    let lasting = new.containers.iter().filter(|container| container.role != Role::Ephemeral);
    lasting
        .filter_map(|container| {
            let before = old.containers.iter().find(|other| other.name == container.name);
            let from = before.map(|before| before.image.clone());
            (from.as_ref() != Some(&container.image)).then(|| ImageChange {
                container: container.name.clone(),
                from,
                to: container.image.clone(),
            })
        })
        .collect()
}

/// The revision before, as far as anything is left to tell of it.
struct Previous<'a> {
    /// For a person
    revision: Option<&'a Text>,
    spec: &'a PodSpec,
}

fn previous<'a>(facts: &Facts<'a>, standings: &Standings<'_>) -> Option<Previous<'a>> {
    let newest = standings.newest?;
    let is_old = |revision: Option<&Text>| revision.is_some_and(|revision| revision != newest);
    // Of all that a Deployment ever rolled out, the latest of those that still have pods.
    let number =
        |child: &Controller| child.revision_number.as_ref().and_then(|number| number.parse::<u64>().ok());
    let has_pods = |child: &Controller| facts.pods.iter().any(|pod| pod.revision == child.revision);
    let children = facts.children.iter().filter(|child| is_old(child.revision.as_ref()));
    let child = children.max_by_key(|child| (has_pods(child), number(child), child.created, child.uid));
    if let Some((child, spec)) = child.and_then(|child| Some((child, child.template.as_deref()?))) {
        return Some(Previous { revision: child.revision_number.as_ref().or(child.revision.as_ref()), spec });
    }
    let pod = facts.pods.iter().rev().find(|pod| is_old(pod.revision.as_ref()))?;
    Some(Previous { revision: pod.revision.as_ref(), spec: &pod.spec })
}
