//! One day: the cluster moves, the monitor follows, the oracle looks at all that it says.

use super::churn::{Churn, Tally};
use super::episode::{Episode, What};
use super::feed::Feed;
use super::fleet::{Member, Style, WORKLOADS};
use super::monitor::Monitor;
use super::oracle::{Oracle, rows};
use super::outage::Outage;
use jiff::{SignedDuration, Timestamp};
use simulator::{Clock, Cluster, ControlPlane};
use std::collections::BTreeMap;

/// How much of the history of a cluster is kept: what happens in one step.
const HISTORY: usize = 20_000;
const NODES: usize = 6;
/// How often all rows are looked at, changed or not.
const ROUND: SignedDuration = SignedDuration::from_mins(15);

/// From how many days on what happens in one on average shows.
const ENOUGH_DAYS: u64 = 20;

/// A day to be lived through.
pub(super) struct Day {
    plane: ControlPlane,
    cluster: Cluster,
    monitor: Monitor,
    feed: Feed,
    oracle: Oracle,
    tally: Tally,
    end: Timestamp,
    next_round: Timestamp,
    /// Outages to come, the next one last.
    outages: Vec<Outage>,
    /// Restarts of the monitor to come, the next one last.
    restarts: Vec<Timestamp>,
}

/// What happened, so that nobody takes an idle cluster for a quiet one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Count {
    tally: Tally,
    changes: u64,
    transitions: u64,
    evictions: u32,
}

impl Day {
    /// A cluster whose workloads have come up, and the plan of the day.
    pub(super) fn new(seed: u64) -> Self {
        let morning: Timestamp = "2026-11-20T06:00:00Z".parse().expect("a time");
        let begin = morning + SignedDuration::from_mins(30);
        let mut random = fastrand::Rng::with_seed(seed);
        let cluster = Cluster::new(seed, Clock::fixed(morning), HISTORY);
        let mut plane = ControlPlane::new(cluster.clone(), seed, morning);
        let nodes: Vec<String> = (1..=NODES).map(|number| format!("node-{number}")).collect();
        for node in &nodes {
            plane.add_node(node).expect("a node is valid");
        }
        plane.autoscale();
        let members = Member::all(seed, &mut random);
        assert_eq!(members.len(), WORKLOADS);
        for member in &members {
            if let Some(behaviour) = member.behaviour() {
                plane.set_behaviour(&member.image(0), behaviour);
            }
            if member.is_protected {
                plane.protect(member.namespace, &member.name);
            }
            if member.style != Style::Job {
                plane.create(&member.workload()).expect("a workload is valid");
            }
        }
        plane.run_until(begin);
        let mut churn = Churn::new(&mut plane, &mut random, begin);
        churn.plan(&members, &nodes);
        let (tally, episodes, mut everywhere) = (churn.tally, churn.episodes, churn.everywhere);
        let mut outages = Vec::new();
        for hour in [15, 4] {
            let at = begin + SignedDuration::from_secs(hour * 3_600 + random.i64(0..10_000));
            outages.push(Outage::new(at, &mut random));
            let until = at + SignedDuration::from_mins(3);
            everywhere.push(Episode { from: at, until, what: What::Outage });
        }
        let restarts =
            [20, 10].map(|hour| begin + SignedDuration::from_secs(hour * 3_600 + random.i64(0..10_000)));
        let feed = Feed::new(cluster.clone(), seed);
        let monitor = Monitor::start(BTreeMap::new(), &cluster, begin);
        let oracle = Oracle::new(seed, episodes, everywhere);
        let end = begin + SignedDuration::from_hours(24);
        Self {
            plane,
            cluster,
            monitor,
            feed,
            oracle,
            tally,
            end,
            next_round: begin,
            outages,
            restarts: restarts.to_vec(),
        }
    }

    /// Lives through it. It panics where the day is not quiet.
    pub(super) fn live(mut self) -> Count {
        while let Some(now) = self.next().filter(|now| *now < self.end) {
            self.plane.run_until(now);
            self.feed.send(now);
            self.suffer_outage(now);
            while let Some((resource, change)) = self.feed.take(now) {
                let kept = match self.outages.last_mut() {
                    Some(outage) => outage.keep(resource, change, now),
                    None => Some(change),
                };
                if let Some(change) = kept {
                    let changes = self.monitor.follow(resource, &change, now);
                    self.oracle.look(&changes, now);
                }
            }
            if self.monitor.next_due().is_some_and(|due| due <= now) {
                let changes = self.monitor.due(now);
                self.oracle.look(&changes, now);
            }
            if self.restarts.last().is_some_and(|at| *at <= now) {
                self.restarts.pop();
                self.restart(now);
            }
            if self.next_round <= now {
                self.next_round = now + ROUND;
                for row in rows(&self.monitor.state).values() {
                    self.oracle.judge(row, now);
                }
            }
        }
        Count {
            tally: self.tally,
            changes: self.monitor.changes,
            transitions: self.oracle.transitions,
            evictions: self.plane.disruptions().0,
        }
    }

    fn next(&self) -> Option<Timestamp> {
        let outage = self.outages.last().and_then(Outage::next);
        let each = [
            self.plane.next_due(),
            self.feed.next(),
            self.monitor.next_due(),
            outage,
            self.restarts.last().copied(),
            Some(self.next_round),
        ];
        each.into_iter().flatten().min()
    }

    fn suffer_outage(&mut self, now: Timestamp) {
        if self.outages.last().and_then(Outage::begins).is_some_and(|at| at <= now) {
            self.catch_up(now);
            let outage = self.outages.last_mut().expect("looked at above");
            outage.begin(&self.monitor, &self.cluster, now);
        }
        let Some(outage) = self.outages.last_mut() else { return };
        let changes = outage.advance(&mut self.monitor, &self.cluster, &mut self.feed, now);
        self.oracle.look(&changes, now);
        if outage.is_over() {
            // Whoever listed has seen what is still on its way.
            self.catch_up(now);
            let outage = self.outages.pop().expect("looked at above");
            outage.end(&self.monitor, &self.oracle, now);
        }
    }

    /// Lets all that is on its way arrive.
    fn catch_up(&mut self, now: Timestamp) {
        while let Some((resource, change)) = self.feed.take(Timestamp::MAX) {
            let kept = match self.outages.last_mut() {
                Some(outage) => outage.keep(resource, change, now),
                None => Some(change),
            };
            if let Some(change) = kept {
                let changes = self.monitor.follow(resource, &change, now);
                self.oracle.look(&changes, now);
            }
        }
    }

    /// The monitor starts again, with what is stored: nothing that it says may differ.
    fn restart(&mut self, now: Timestamp) {
        // What is on its way arrives with the list.
        self.catch_up(now);
        let before = rows(&self.monitor.state);
        let count = self.monitor.changes;
        self.monitor = Monitor::start(self.monitor.stored(), &self.cluster, now);
        self.monitor.changes += count;
        let after = rows(&self.monitor.state);
        assert!(before.keys().eq(after.keys()), "after a restart the workloads are others");
        for (id, row) in &after {
            let old = &before[id];
            if (row.health, row.since, &row.diagnosis) != (old.health, old.since, &old.diagnosis) {
                let what = format!("after a restart: {}", super::chronicle::line(row));
                self.oracle.complain(id, now, &what);
            }
        }
    }
}

impl Count {
    pub(super) fn add(&mut self, other: &Self) {
        let (sum, more) = (&mut self.tally, &other.tally);
        sum.rollouts += more.rollouts;
        sum.scalings += more.scalings;
        sum.pauses += more.pauses;
        sum.losses += more.losses;
        sum.blips += more.blips;
        sum.jobs += more.jobs;
        sum.retries += more.retries;
        sum.drains += more.drains;
        sum.reboots += more.reboots;
        self.changes += other.changes;
        self.transitions += other.transitions;
        self.evictions += other.evictions;
    }

    /// That so many days were what days are, where they are enough to tell.
    pub(super) fn assert_lively(&self, days: u64) {
        if days < ENOUGH_DAYS {
            return;
        }
        let Tally { rollouts, scalings, pauses, losses, blips, jobs, retries, drains, reboots } = self.tally;
        let floors = [
            (rollouts, 60),
            (scalings, 30),
            (pauses, 1),
            (losses, 8),
            (blips, 15),
            (jobs, 24),
            (retries, 3),
            (drains, 3),
            (reboots, 3),
            (self.evictions, 50),
        ];
        for (happened, floor) in floors {
            assert!(u64::from(happened) >= days * floor, "{self:?} in {days} days");
        }
        assert!(self.transitions >= days * 700 && self.changes >= days * 25_000, "{self:?} in {days} days");
    }
}
