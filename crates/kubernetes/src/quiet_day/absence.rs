//! Spans in which the monitor does not see all there is: the API server is away, single sources are, or it starts anew.

use super::feed::Step;
use super::monitor::SOURCES;
use super::truth::{SLACK, needs};
use domain::id::Kind;
use domain::source::Resource;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// How long the API server is away.
const LENGTH: SignedDuration = SignedDuration::from_mins(2);
/// How long a source that is noticed to be lost is believed.
const BELIEVED: SignedDuration = SignedDuration::from_mins(1);

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Absence {
    pub(super) from: Timestamp,
    /// When all is seen again; `None` while it lasts.
    pub(super) until: Option<Timestamp>,
    /// The sources, and when the loss of each is noticed; `None` in a restart, of which nothing is lost.
    sources: BTreeMap<Resource, Option<Timestamp>>,
    /// What is to happen to them.
    pub(super) steps: BTreeSet<(Timestamp, Step, Resource)>,
}

impl Absence {
    /// The API server is away, which is noticed at once or late.
    pub(super) fn of_server(at: Timestamp, random: &mut fastrand::Rng) -> Self {
        let late = if random.u8(..3) == 0 { 30_000 } else { 1_000 };
        Self::of(&SOURCES, at, LENGTH, late, random)
    }

    /// The watches of one or two resources break.
    pub(super) fn of_sources(at: Timestamp, random: &mut fastrand::Rng) -> Self {
        let count = random.usize(1..=2);
        let sources = random.choose_multiple(SOURCES, count);
        let length = SignedDuration::from_secs(random.i64(90..300));
        let late = if random.bool() { 75_000 } else { 1_000 };
        Self::of(&sources, at, length, late, random)
    }

    /// The monitor starts anew.
    pub(super) fn of_restart(at: Timestamp) -> Self {
        let sources = SOURCES.into_iter().map(|source| (source, None)).collect();
        Self { from: at, until: None, sources, steps: BTreeSet::new() }
    }

    fn of(
        sources: &[Resource],
        at: Timestamp,
        length: SignedDuration,
        late_millis: i64,
        random: &mut fastrand::Rng,
    ) -> Self {
        let millis = SignedDuration::from_millis;
        let mut absence = Self { from: at, until: None, sources: BTreeMap::new(), steps: BTreeSet::new() };
        let back = if random.bool() { Step::List } else { Step::Resume };
        for source in sources {
            let silence = at + millis(random.i64(0..4_000));
            let loss = silence + millis(random.i64(0..late_millis));
            absence.sources.insert(*source, Some(loss));
            let returns = at + length + millis(random.i64(0..6_000));
            absence.steps.extend([
                (silence, Step::Silence, *source),
                (loss, Step::Loss, *source),
                (returns, back, *source),
            ]);
        }
        absence
    }

    /// Whether workloads of a kind may be seen otherwise than they are at that time because of it.
    pub(super) fn blurs(&self, kind: &Kind, now: Timestamp) -> bool {
        self.concerns(kind) && self.from <= now && self.until.is_none_or(|until| now <= until + SLACK)
    }

    pub(super) fn concerns(&self, kind: &Kind) -> bool {
        self.sources.keys().any(|source| needs(kind, *source))
    }

    /// Since when nothing is to be said any more of workloads of a kind, while it lasts.
    pub(super) fn blinds_from(&self, kind: &Kind) -> Option<Timestamp> {
        let lost = self.sources.iter().filter(|(source, _)| needs(kind, **source));
        lost.filter_map(|(_, noticed)| *noticed).min().map(|noticed| noticed + BELIEVED)
    }

    /// When the first source comes back.
    pub(super) fn returns(&self) -> Option<Timestamp> {
        let back = self.steps.iter().filter(|(_, step, _)| matches!(step, Step::Resume | Step::List));
        back.map(|(at, ..)| *at).min()
    }

    pub(super) fn is_restart(&self) -> bool {
        self.sources.values().all(Option::is_none)
    }
}
