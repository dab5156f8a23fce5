//! The way of facts from the cluster to a monitor: each source is listed at its own moment and followed at its own pace,
//! and may be lost by itself.

use super::monitor::{SOURCES, source};
use super::reader::{News, Reader};
use domain::observation::Fact;
use domain::source::{Link, Resource};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The longest that a change is on its way, in milliseconds.
const SLOWEST_MILLIS: i64 = 90;
/// Within how long all sources are asked for their lists at a start, and the longest that one of these takes.
const STARTS_MILLIS: i64 = 3_000;
const LIST_MILLIS: i64 = 1_500;

/// What happens to a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Nothing comes through any more, and nobody knows it yet.
    Silence,
    /// Its loss is noticed.
    Loss,
    /// The watch goes on where it was.
    Resume,
    /// All is listed, at first or anew.
    List,
}

/// How far reading a source has come.
#[derive(Debug)]
enum Stage {
    Unlisted,
    Following,
    /// With what was missed.
    Silent(Vec<Fact>),
}

/// Facts on their way.
#[derive(Debug)]
pub(super) struct Feed {
    stages: BTreeMap<Resource, Stage>,
    steps: BTreeSet<(Timestamp, Step, Resource)>,
    on_the_way: BTreeMap<(Timestamp, u64), (Resource, Fact)>,
    /// When the last fact of a source arrives: the next one comes after it.
    last: BTreeMap<Resource, Timestamp>,
    sent: u64,
    random: fastrand::Rng,
}

impl Feed {
    /// Of somebody who starts: each source is listed when it comes to that.
    pub(super) fn starting(now: Timestamp, seed: u64) -> Self {
        let mut feed = Self::new(seed);
        for resource in SOURCES {
            let wait = SignedDuration::from_millis(feed.random.i64(1..STARTS_MILLIS));
            feed.steps.insert((now + wait, Step::List, resource));
        }
        feed
    }

    /// Of somebody who has read everything at this very moment.
    pub(super) fn following(reader: &mut Reader, now: Timestamp, seed: u64) -> Self {
        let mut feed = Self::new(seed);
        for resource in SOURCES {
            feed.list(resource, reader, now, SignedDuration::ZERO);
        }
        feed
    }

    fn new(seed: u64) -> Self {
        Self {
            stages: SOURCES.into_iter().map(|resource| (resource, Stage::Unlisted)).collect(),
            steps: BTreeSet::new(),
            on_the_way: BTreeMap::new(),
            last: BTreeMap::new(),
            sent: 0,
            random: fastrand::Rng::with_seed(seed),
        }
    }

    /// Lets that happen to sources.
    pub(super) fn expect(&mut self, steps: impl IntoIterator<Item = (Timestamp, Step, Resource)>) {
        self.steps.extend(steps);
    }

    /// Sends what has happened in the cluster on its way, and does what is due.
    pub(super) fn send(&mut self, news: &[News], reader: &mut Reader, now: Timestamp) {
        for (resource, fact) in news {
            match self.stages.get_mut(resource) {
                Some(Stage::Following) => self.put(*resource, fact.clone(), now),
                Some(Stage::Silent(missed)) => missed.push(fact.clone()),
                // It will be in the list.
                Some(Stage::Unlisted) | None => {}
            }
        }
        while let Some((_, step, resource)) = self.steps.first().copied().filter(|(at, ..)| *at <= now) {
            self.steps.pop_first();
            self.take_step(step, resource, reader, now);
        }
    }

    /// When the next fact arrives, or something happens to a source.
    pub(super) fn next(&self) -> Option<Timestamp> {
        let arrival = self.on_the_way.first_key_value().map(|((at, _), _)| *at);
        arrival.into_iter().chain(self.steps.first().map(|(at, ..)| *at)).min()
    }

    /// Whether nothing is on its way and nothing more happens to a source.
    pub(super) fn is_calm(&self) -> bool {
        self.steps.is_empty() && self.on_the_way.is_empty()
    }

    /// The next fact that has arrived.
    pub(super) fn take(&mut self, now: Timestamp) -> Option<Fact> {
        let first = self.on_the_way.first_entry().filter(|first| first.key().0 <= now)?;
        Some(first.remove().1)
    }

    fn take_step(&mut self, step: Step, resource: Resource, reader: &mut Reader, now: Timestamp) {
        match step {
            Step::Silence => {
                // What is on its way is lost with the connection.
                let taken = self.on_the_way.extract_if(.., |_, (of, _)| *of == resource);
                let missed = taken.map(|(_, (_, fact))| fact).collect();
                self.stages.insert(resource, Stage::Silent(missed));
            }
            Step::Loss => {
                let reason = "connection refused".into();
                self.put(resource, Fact::Linked(source(resource), Link::Lost { reason }), now);
            }
            Step::Resume => {
                let Some(Stage::Silent(missed)) = self.stages.insert(resource, Stage::Following) else {
                    return;
                };
                for fact in missed {
                    self.put(resource, fact, now);
                }
                self.put(resource, Fact::Linked(source(resource), Link::Live), now);
            }
            Step::List => {
                let takes = SignedDuration::from_millis(self.random.i64(1..LIST_MILLIS));
                self.list(resource, reader, now, takes);
            }
        }
    }

    /// Hands over a list, one object after the other.
    fn list(&mut self, resource: Resource, reader: &mut Reader, now: Timestamp, takes: SignedDuration) {
        self.stages.insert(resource, Stage::Following);
        let objects = reader.list(resource);
        let count = i32::try_from(objects.len()).unwrap_or(i32::MAX).max(1);
        let mut uids = Vec::new();
        for (place, (uid, fact)) in (0..).zip(objects) {
            uids.push(uid);
            self.put_at(resource, fact, now + takes * place / count);
        }
        self.put_at(resource, Fact::Listed(source(resource), uids), now + takes);
        self.put_at(resource, Fact::Linked(source(resource), Link::Live), now + takes);
    }

    fn put(&mut self, resource: Resource, fact: Fact, now: Timestamp) {
        let delay = SignedDuration::from_millis(self.random.i64(1..SLOWEST_MILLIS));
        self.put_at(resource, fact, now + delay);
    }

    fn put_at(&mut self, resource: Resource, fact: Fact, at: Timestamp) {
        let last = self.last.entry(resource).or_insert(at);
        *last = at.max(*last);
        self.sent += 1;
        self.on_the_way.insert((*last, self.sent), (resource, fact));
    }
}
