//! Counts by status.
use crate::health::Health;
use crate::workload::Row;

/// How many workloads are in which status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Workloads by status, in the order of [`Health::ALL`]
    pub by_health: [u32; 6],
    /// Of these, the ones that do not make the whole look worse: see [`Row::set_aside`]
    pub set_aside: [u32; 6],
    /// Pods of these workloads
    pub pods: u32,
}

impl Tally {
    /// How many are in that status.
    #[must_use]
    pub const fn count(&self, health: Health) -> u32 {
        self.by_health[health as usize]
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.by_health.iter().sum()
    }

    /// The worst status, save what is set aside, and no better than unknown where not all can be seen. With nothing
    /// there: healthy. Suspended alone: suspended.
    #[must_use]
    pub fn health(&self, is_incomplete: bool) -> Health {
        let counts = |health: &Health| self.by_health[*health as usize] > self.set_aside[*health as usize];
        let worst = Health::ALL.into_iter().find(counts).unwrap_or(Health::Healthy);
        if is_incomplete { worst.min(Health::Unknown) } else { worst }
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        for (mine, theirs) in self.by_health.iter_mut().zip(other.by_health) {
            *mine += theirs;
        }
        for (mine, theirs) in self.set_aside.iter_mut().zip(other.set_aside) {
            *mine += theirs;
        }
        self.pods += other.pods;
    }

    pub(super) fn enter(&mut self, row: &Row) {
        self.by_health[row.health as usize] += 1;
        self.set_aside[row.health as usize] += u32::from(row.set_aside);
        self.pods += row.pods;
    }

    pub(super) fn leave(&mut self, row: &Row) {
        self.by_health[row.health as usize] -= 1;
        self.set_aside[row.health as usize] -= u32::from(row.set_aside);
        self.pods -= row.pods;
    }
}
