//! The day of one workload: which status it is in, by what can be seen of it, and since when.

use super::sign::{Settled, Sight, Sign};
use crate::quiet_day::monitor::time;
use domain::condition::Tristate;
use domain::controller::Controller;
use domain::health::Health;
use domain::id::{Kind, Uid};
use domain::node::Node;
use domain::pod::{Container, Pod};
use domain::text::Text;
use domain::time::Time;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// How long after something is so it is said, at the latest.
pub(in super::super) const SLACK: SignedDuration = SignedDuration::from_secs(2);
/// Phases that are kept of one workload.
const LATEST: usize = 24;
/// The longest that a node is away, or that it takes until there is room on one.
const LONGEST_TROUBLE: SignedDuration = SignedDuration::from_mins(10);

/// A workload.
#[derive(Debug)]
pub(in super::super) struct Life {
    pub(in super::super) controller: Arc<Controller>,
    pub(super) pods: BTreeSet<Uid>,
    /// When its object was deleted.
    pub(in super::super) gone: Option<Timestamp>,
    /// When any of its objects changed last.
    pub(in super::super) touched: Timestamp,
    /// When a pod of it last had to leave a node that is cordoned.
    pub(super) drained: Option<Timestamp>,
    pub(in super::super) course: Course,
}

/// Its statuses and signs in the course of the day.
#[derive(Debug)]
pub(in super::super) struct Course {
    /// Oldest first; never empty once it was looked at.
    phases: VecDeque<Phase>,
    /// From when on it is not known what its latest phase is: its controller has not looked yet at what is asked for.
    pub(in super::super) open_since: Option<Timestamp>,
    /// What can be seen, since when, and until when it could.
    signs: BTreeMap<Sign, (Timestamp, Option<Timestamp>)>,
    settled: Settled,
    /// The one before, and until when.
    before: (Settled, Timestamp),
    /// What somebody sees to whom it is still as before.
    perhaps: BTreeSet<Sign>,
    /// How many pods were asked for last.
    desired: u32,
    /// Whether fewer are asked for than a moment ago.
    is_shrinking: bool,
    /// Whether all pods serve, and their controller has not counted them yet.
    is_almost_well: bool,
    /// By when the first of the pods that go should be gone.
    leaving: Option<Time>,
    /// When a container of it ended last.
    ended: Option<Time>,
}

/// A status, and since when.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Phase {
    pub(in super::super) health: Health,
    pub(in super::super) from: Timestamp,
    /// Whether somebody was told.
    pub(in super::super) told: bool,
}

impl Life {
    pub(super) fn new(controller: Arc<Controller>, now: Timestamp) -> Self {
        let course = Course {
            phases: VecDeque::new(),
            open_since: Some(now),
            signs: BTreeMap::new(),
            settled: Settled::default(),
            before: (Settled::default(), now),
            perhaps: BTreeSet::new(),
            desired: controller.desired,
            is_shrinking: false,
            is_almost_well: false,
            leaving: None,
            ended: None,
        };
        Self { controller, pods: BTreeSet::new(), gone: None, touched: now, drained: None, course }
    }

    /// When something last was in its way that is none of its own doing.
    pub(in super::super) fn disturbed(&self, now: Timestamp) -> Option<Timestamp> {
        self.course.disturbed(now).max(self.drained)
    }
}

impl Course {
    /// Looks at the objects as they are now.
    pub(super) fn look(
        &mut self,
        controller: &Controller,
        pods: &[&Pod],
        nodes: &BTreeMap<Text, Arc<Node>>,
        now: Timestamp,
    ) {
        let sight = Sight { controller, pods, nodes, now: time(now) };
        let health = status(&sight);
        let is_settled = matches!(health, Some(Health::Healthy | Health::Suspended));
        let settled = Settled { image: sight.image().cloned(), desired: Some(controller.desired) };
        if is_settled && !(controller.paused && sight.is_outdated()) {
            if settled != self.settled {
                self.before = (std::mem::replace(&mut self.settled, settled), now);
            }
        } else if settled == self.settled && now.duration_since(self.before.1) <= SLACK {
            // It was well for a moment only, which need not have been seen.
            self.perhaps = sight.signs(&self.before.0);
        }
        if is_settled && now.duration_since(self.before.1) > SLACK {
            self.perhaps.clear();
        }
        let signs = sight.signs(&self.settled);
        for sign in &signs {
            let seen = self.signs.entry(*sign).or_insert((now, None));
            if seen.1.is_some() {
                *seen = (now, None);
            }
        }
        for (sign, (_, until)) in &mut self.signs {
            if until.is_none() && !signs.contains(sign) {
                *until = Some(now);
            }
        }
        self.leaving = pods.iter().filter_map(|pod| pod.deleting).min();
        let ends = pods.iter().flat_map(|pod| &pod.containers).filter_map(Container::latest_end);
        self.ended = self.ended.max(ends.filter_map(|end| end.finished).max());
        if controller.desired < self.desired {
            // Pods that go may be seen to before it is seen that fewer are asked for.
            self.signs.insert(Sign::Short, (now, Some(now)));
            self.is_shrinking = true;
        }
        self.desired = controller.desired;
        let all_ready =
            sight.ready() >= controller.desired && !matches!(controller.kind, Kind::Job | Kind::CronJob);
        if is_settled {
            self.is_almost_well = false;
        } else if all_ready && !sight.is_outdated() {
            self.is_almost_well = true;
        } else if std::mem::take(&mut self.is_almost_well) {
            // Its controller may still count it before another pod is seen to go.
            self.glimpse(Health::Healthy, now);
        }
        let Some(health) = health else {
            self.open_since.get_or_insert(now);
            return;
        };
        let from = self.open_since.take().unwrap_or(now);
        if self.phases.back().is_none_or(|last| last.health != health) {
            self.phases.push_back(Phase { health, from, told: false });
        }
        if std::mem::take(&mut self.is_shrinking) {
            self.glimpse(Health::Progressing, now);
        }
        self.phases.drain(..self.phases.len().saturating_sub(LATEST));
    }

    /// For a moment it may look as if it were in another status, as sources tell of it at different times.
    fn glimpse(&mut self, health: Health, now: Timestamp) {
        let Some(latest) = self.phases.back().copied().filter(|latest| latest.health != health) else {
            return;
        };
        self.phases.push_back(Phase { health, from: now, told: false });
        self.phases.push_back(Phase { from: now, told: false, ..latest });
    }

    /// The status that it is in; `None` where only its controller could tell.
    pub(in super::super) fn latest(&self) -> Option<Phase> {
        self.phases.back().copied().filter(|_| self.open_since.is_none())
    }

    /// The statuses that it has been in since then, the latest last.
    pub(in super::super) fn since(&self, then: Timestamp) -> impl Iterator<Item = &Phase> {
        let ends = self.phases.iter().skip(1).map(|next| next.from).chain([Timestamp::MAX]);
        self.phases.iter().zip(ends).filter(move |(_, end)| *end >= then).map(|(phase, _)| phase)
    }

    /// The same, to be noted that somebody was told.
    pub(in super::super) fn since_mut(&mut self, then: Timestamp) -> impl Iterator<Item = &mut Phase> {
        let ends: Vec<Timestamp> =
            self.phases.iter().skip(1).map(|next| next.from).chain([Timestamp::MAX]).collect();
        self.phases.iter_mut().zip(ends).filter(move |(_, end)| *end >= then).map(|(phase, _)| phase)
    }

    /// What could be seen at any time since then.
    pub(in super::super) fn signs_since(
        &self,
        then: Timestamp,
        now: Timestamp,
    ) -> impl Iterator<Item = Sign> {
        let seen = self.signs.iter().filter(move |(_, (_, until))| until.is_none_or(|until| until >= then));
        let lingers = self.leaving.filter(|due| *due <= time(now)).map(|_| Sign::Lingering);
        seen.map(|(sign, _)| *sign).chain(self.perhaps.iter().copied()).chain(lingers)
    }

    /// What can be seen and could all the time since then.
    pub(in super::super) fn signs_throughout(&self, then: Timestamp) -> impl Iterator<Item = Sign> {
        let seen = self.signs.iter().filter(move |(_, (from, until))| *from <= then && until.is_none());
        seen.map(|(sign, _)| *sign)
    }

    /// When something last was in its way that is none of its own doing: its node, the room on nodes, an end that nobody
    /// asked for. For longer than ten minutes nothing is.
    fn disturbed(&self, now: Timestamp) -> Option<Timestamp> {
        let signs = [Sign::Nodeless, Sign::Unplaced, Sign::Lingering].into_iter();
        let seen = signs.filter_map(|sign| self.signs.get(&sign));
        let seen = seen.map(|(from, until)| until.unwrap_or(now).min(*from + LONGEST_TROUBLE));
        let ended = self.ended.and_then(|at| Timestamp::from_millisecond(at.as_millis()).ok());
        seen.chain(ended).max()
    }

    /// From when on it may be said that the latest phase was entered: interruptions that went unnoticed aside.
    pub(in super::super) fn entered(
        &self,
        is_unnoticed: impl Fn(Timestamp, Timestamp) -> bool,
    ) -> Option<Timestamp> {
        let latest = self.latest()?;
        let mut entered = latest.from;
        let mut next = latest.from;
        for phase in self.phases.iter().rev().skip(1) {
            if phase.health == latest.health {
                entered = phase.from;
            } else if !is_unnoticed(phase.from, next) {
                break;
            }
            next = phase.from;
        }
        Some(entered)
    }
}

/// The status that a workload is in; `None` where its controller has not looked yet at what is asked for.
fn status(sight: &Sight<'_>) -> Option<Health> {
    let controller = sight.controller;
    match controller.kind {
        Kind::Job => {
            let complete = controller.condition("Complete");
            let is_complete = complete.is_some_and(|told| told.status == Tristate::True);
            return Some(if is_complete { Health::Healthy } else { Health::Progressing });
        }
        Kind::CronJob => return Some(if controller.paused { Health::Suspended } else { Health::Healthy }),
        _ if controller.observed_generation < controller.generation => return None,
        _ => {}
    }
    if controller.desired == 0 {
        return Some(if sight.has_pods() { Health::Progressing } else { Health::Suspended });
    }
    let serves = sight.serving() >= controller.desired;
    let is_done = sight.is_held() || !sight.is_outdated();
    Some(if serves && is_done { Health::Healthy } else { Health::Progressing })
}
