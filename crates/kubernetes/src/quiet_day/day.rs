//! One day: the cluster moves, the monitor follows, the oracle looks at all that it says.

use super::absence::Absence;
use super::churn::Churn;
use super::count::Count;
use super::feed::Feed;
use super::fleet::{Member, Style, WORKLOADS};
use super::monitor::Monitor;
use super::oracle::Oracle;
use super::reader::{News, Reader};
use super::trial::Trial;
use super::truth::{SLACK, Truth};
use jiff::{SignedDuration, Timestamp};
use simulator::{Clock, Cluster, ControlPlane};
use std::collections::BTreeMap;

/// How much of the history of a cluster is kept: what happens in one step.
const HISTORY: usize = 20_000;
const NODES: usize = 6;
/// How often all rows are looked at, changed or not.
const ROUND: SignedDuration = SignedDuration::from_mins(15);

/// A day to be lived through.
pub(super) struct Day {
    plane: ControlPlane,
    reader: Reader,
    truth: Truth,
    monitor: Monitor,
    oracle: Oracle,
    count: Count,
    seed: u64,
    end: Timestamp,
    next_round: Timestamp,
    /// When the monitor does not see everything, the next one last.
    absences: Vec<Absence>,
    trial: Option<Trial>,
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
        let members = Member::all(&mut random);
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
        let mut reader = Reader::new(cluster);
        let mut truth = Truth::default();
        truth.see(&reader.all(), morning);
        while let Some(next) = plane.next_due().filter(|next| *next <= begin) {
            plane.run_until(next);
            truth.see(&reader.news(), next);
        }
        plane.run_until(begin);
        let mut churn = Churn::new(&mut plane, &mut random, begin);
        churn.plan(&members, &nodes);
        let (plan, count) = (churn.plan, churn.count);
        let evening = begin + SignedDuration::from_hours(24);
        let end = plan.until().unwrap_or(evening).max(evening) + SignedDuration::from_mins(1);
        Self {
            plane,
            reader,
            truth,
            monitor: Monitor::start(BTreeMap::new(), Feed::starting(begin, seed), begin),
            oracle: Oracle::new(seed, plan),
            count,
            seed,
            end,
            next_round: begin + ROUND,
            absences: absences(begin, &mut random),
            trial: None,
        }
    }

    /// Lives through it. It panics where the day is not quiet.
    pub(super) fn live(mut self) -> Count {
        let begin = self.plane.now();
        self.oracle.begin_absence(Absence::of_restart(begin));
        let mut now = begin;
        while let Some(next) = self.next().filter(|next| *next < self.end) {
            now = next;
            self.plane.run_until(now);
            let news = self.reader.news();
            let touched = self.truth.see(&news, now);
            self.oracle.expect(touched, now);
            self.lose_sight(now);
            self.follow(&news, now);
            self.oracle.check(&mut self.truth, now);
            if self.next_round <= now {
                self.next_round = now + ROUND;
                self.oracle.check_all(&self.truth, now);
            }
        }
        self.oracle.check_rest(&self.truth, now);
        Count {
            evictions: self.plane.disruptions().0,
            transitions: self.oracle.transitions,
            changes: self.monitor.changes,
            said: self.oracle.said,
            ..self.count
        }
    }

    fn next(&self) -> Option<Timestamp> {
        let each = [
            self.plane.next_due(),
            self.monitor.next(),
            self.trial.as_ref().and_then(Trial::next),
            self.absences.last().map(|absence| absence.from),
            self.oracle.next(),
            Some(self.next_round),
        ];
        each.into_iter().flatten().min()
    }

    /// What the monitor says, and where it could not see everything, what is said by whoever could.
    fn follow(&mut self, news: &[News], now: Timestamp) {
        let changes = self.monitor.advance(news, &mut self.reader, now);
        self.oracle.look(&changes, &mut self.truth, now);
        if let Some(trial) = &mut self.trial {
            trial.note(&changes);
            trial.advance(news, &mut self.reader, now);
        }
        if self.oracle.is_blurred() && self.monitor.is_settled() {
            let is_over = self.trial.as_ref().is_none_or(|trial| trial.is_over(&self.monitor));
            if is_over {
                self.oracle.end_absence(&self.truth, now);
                if let Some(trial) = self.trial.take() {
                    trial.end(&self.monitor, &self.oracle, now);
                }
            }
        }
    }

    /// Lets the monitor lose sight of the cluster, where it is time for that.
    fn lose_sight(&mut self, now: Timestamp) {
        let Some(absence) = self.absences.pop_if(|absence| absence.from <= now) else { return };
        let seed = self.seed + self.absences.len() as u64;
        let witness = if absence.is_restart() {
            let feed = Feed::starting(now, seed);
            let anew = Monitor::start(self.monitor.stored(), feed, now);
            let mut old = std::mem::replace(&mut self.monitor, anew);
            self.monitor.changes += std::mem::take(&mut old.changes);
            old
        } else {
            self.monitor.feed.expect(absence.steps.iter().copied());
            let feed = Feed::following(&mut self.reader, now, seed);
            Monitor::start(self.monitor.stored(), feed, now)
        };
        self.trial = Some(Trial::new(witness));
        self.oracle.begin_absence(absence);
    }
}

/// When the monitor does not see everything in the course of a day, the last one first.
fn absences(begin: Timestamp, random: &mut fastrand::Rng) -> Vec<Absence> {
    let mut at = |hour: i64| {
        begin
            + SignedDuration::from_secs(hour * 3_600)
            + SLACK
            + SignedDuration::from_millis(random.i64(0..6_000_000))
    };
    let (first, second) = (at(4), at(15));
    let (third, fourth) = (at(10), at(20));
    let single = [at(1), at(7), at(13), at(18)];
    let mut all = vec![Absence::of_restart(third), Absence::of_restart(fourth)];
    all.extend([first, second].map(|at| Absence::of_server(at, random)));
    all.extend(single.map(|at| Absence::of_sources(at, random)));
    all.sort_by_key(|absence| std::cmp::Reverse(absence.from));
    all
}
