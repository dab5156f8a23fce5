//! How much happened on quiet days, so that nobody takes an idle cluster for a quiet one.

use domain::diagnosis::Code;
use std::collections::BTreeMap;

/// From how many days on what happens in one on average shows.
const ENOUGH_DAYS: u64 = 20;

/// How often each kind of thing happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Count {
    pub(super) rollouts: u32,
    pub(super) scalings: u32,
    pub(super) pauses: u32,
    pub(super) stages: u32,
    pub(super) edits: u32,
    pub(super) losses: u32,
    pub(super) blips: u32,
    pub(super) jobs: u32,
    pub(super) retries: u32,
    pub(super) drains: u32,
    pub(super) reboots: u32,
    pub(super) evictions: u32,
    pub(super) transitions: u64,
    pub(super) changes: u64,
    /// How often each thing was begun to be said.
    pub(super) said: BTreeMap<Code, u32>,
}

impl Count {
    pub(super) fn add(&mut self, other: &Self) {
        self.rollouts += other.rollouts;
        self.scalings += other.scalings;
        self.pauses += other.pauses;
        self.stages += other.stages;
        self.edits += other.edits;
        self.losses += other.losses;
        self.blips += other.blips;
        self.jobs += other.jobs;
        self.retries += other.retries;
        self.drains += other.drains;
        self.reboots += other.reboots;
        self.evictions += other.evictions;
        self.transitions += other.transitions;
        self.changes += other.changes;
        for (code, times) in &other.said {
            *self.said.entry(*code).or_default() += times;
        }
    }

    /// That so many days were what days are, where they are enough to tell.
    pub(super) fn assert_lively(&self, days: u64) {
        if days < ENOUGH_DAYS {
            return;
        }
        let floors = [
            (self.rollouts, 60),
            (self.scalings, 30),
            (self.pauses, 1),
            (self.stages, 1),
            (self.edits, 20),
            (self.losses, 8),
            (self.blips, 15),
            (self.jobs, 24),
            (self.retries, 3),
            (self.drains, 3),
            (self.reboots, 3),
            (self.evictions, 50),
        ];
        for (happened, floor) in floors {
            assert!(u64::from(happened) >= days * floor, "{self:?} in {days} days");
        }
        let said = [
            (Code::RollingOut, 100),
            (Code::Scaling, 15),
            (Code::RolloutPaused, 1),
            (Code::RolloutOnDelete, 1),
            (Code::JobRunning, 24),
            (Code::ReadinessFailing, 100),
            (Code::NodeLost, 1),
            (Code::Stale, 200),
        ];
        for (code, floor) in said {
            let times = self.said.get(&code).copied().unwrap_or(0);
            assert!(u64::from(times) >= days * floor, "{code:?} in {days} days: {self:?}");
        }
        assert!(self.transitions >= days * 700 && self.changes >= days * 25_000, "{self:?} in {days} days");
    }
}
