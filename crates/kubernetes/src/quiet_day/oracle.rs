//! Whether what is said of a workload is what a person would say who sees all of it.

mod time_of;

use super::absence::Absence;
use super::chronicle::{Chronicle, line};
use super::churn::Plan;
use super::episode::Episode;
use super::truth::{Key, Life, SLACK, Sign, Truth};
use domain::change::{Change, Transition};
use domain::controller::Strategy;
use domain::diagnosis::Code;
use domain::health::Health;
use domain::id::{Kind, WorkloadId};
use domain::workload::Row;
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What happens to the workloads, and what was said of them.
pub(super) struct Oracle {
    seed: u64,
    plan: Plan,
    /// The latest one last.
    absences: Vec<Absence>,
    rows: BTreeMap<Key, Arc<Row>>,
    /// When it has to be said how a workload is.
    dues: BTreeSet<(Timestamp, Key)>,
    /// Statuses that were entered while only its controller could have told whether that is so.
    early: Vec<(Key, Transition, Timestamp)>,
    chronicle: Chronicle,
    pub(super) transitions: u64,
    /// How often each thing was begun to be said.
    pub(super) said: BTreeMap<Code, u32>,
}

impl Oracle {
    pub(super) fn new(seed: u64, plan: Plan) -> Self {
        Self {
            seed,
            plan,
            absences: Vec::new(),
            rows: BTreeMap::new(),
            dues: BTreeSet::new(),
            early: Vec::new(),
            chronicle: Chronicle::default(),
            transitions: 0,
            said: BTreeMap::new(),
        }
    }

    /// From now on the monitor does not see everything. Nothing is there yet of what a restarted one says.
    pub(super) fn begin_absence(&mut self, absence: Absence) {
        if absence.is_restart() {
            self.rows.clear();
        }
        self.absences.push(absence);
    }

    /// It sees everything again, and soon says so.
    pub(super) fn end_absence(&mut self, truth: &Truth, now: Timestamp) {
        if let Some(absence) = self.absences.last_mut() {
            absence.until = Some(now);
        }
        let due = now + SLACK + SLACK;
        self.dues.extend(truth.lives().map(|(key, _)| (due, key.clone())));
    }

    /// These workloads have changed: it has to be said how they are now.
    pub(super) fn expect(&mut self, touched: BTreeSet<Key>, now: Timestamp) {
        self.dues.extend(touched.into_iter().map(|key| (now + SLACK, key)));
    }

    pub(super) fn next(&self) -> Option<Timestamp> {
        self.dues.first().map(|(at, _)| *at)
    }

    /// Whether the monitor does not see everything.
    pub(super) fn is_blurred(&self) -> bool {
        self.absences.last().is_some_and(|absence| absence.until.is_none())
    }

    /// Looks at what came of an observation.
    pub(super) fn look(&mut self, changes: &[Change], truth: &mut Truth, now: Timestamp) {
        for change in changes {
            match change {
                Change::Upserted(row) => {
                    self.chronicle.note(row, now);
                    let key = key_of(&row.id);
                    self.judge(&key, row, truth, now);
                    let code = row.diagnosis.as_ref().map(|diagnosis| diagnosis.code);
                    let before = self.rows.insert(key, row.clone());
                    let before =
                        before.and_then(|row| row.diagnosis.as_ref().map(|diagnosis| diagnosis.code));
                    if let Some(code) = code.filter(|code| before != Some(*code)) {
                        *self.said.entry(code).or_default() += 1;
                    }
                }
                Change::Removed(id) => {
                    self.rows.remove(&key_of(id));
                }
                Change::Transition(transition) => {
                    self.transitions += 1;
                    self.enter(transition, truth, now);
                }
                _ => {}
            }
        }
    }

    /// Looks at what has to be said by now.
    pub(super) fn check(&mut self, truth: &mut Truth, now: Timestamp) {
        for (key, transition, at) in std::mem::take(&mut self.early) {
            let is_open = truth.life(&key).is_some_and(|life| life.course.open_since.is_some());
            if is_open {
                self.early.push((key, transition, at));
            } else {
                self.acknowledge(&key, &transition, truth, at, now);
            }
        }
        while let Some((_, key)) = self.dues.first().cloned().filter(|(at, _)| *at <= now) {
            self.dues.pop_first();
            self.demand(&key, truth, now);
        }
    }

    /// Looks at everything, changed or not.
    pub(super) fn check_all(&mut self, truth: &Truth, now: Timestamp) {
        for (key, row) in &self.rows {
            self.judge(key, row, truth, now);
        }
        for (key, _) in truth.lives() {
            self.demand(key, truth, now);
        }
    }

    /// At the end of the day nothing is under way.
    pub(super) fn check_rest(&self, truth: &Truth, now: Timestamp) {
        for (key, life) in truth.lives().filter(|(_, life)| life.gone.is_none()) {
            let is_disturbed = self.is_disturbed(key, life, now);
            let health = self.rows.get(key).map(|row| row.health);
            let rests = matches!(health, Some(Health::Healthy | Health::Suspended));
            if !rests && !is_disturbed {
                self.complain_of(key, now, "at the end of the day it is not at rest");
            }
        }
    }

    /// Says of a row whether it is true.
    fn judge(&self, key: &Key, row: &Row, truth: &Truth, now: Timestamp) {
        let Some(life) = truth.life(key) else {
            let is_bad = matches!(row.health, Health::Failed | Health::Degraded);
            if is_bad || !self.may_be_a_stray(&row.id) {
                self.complain(&row.id, now, "there is no such workload");
            }
            return;
        };
        let from = self.seen_from(life, now);
        if life.gone.is_some_and(|gone| gone < from) {
            return self.complain(&row.id, now, "it is gone");
        }
        let is_blind = || {
            let absence = self.blur(life, now).and_then(|absence| absence.blinds_from(&life.controller.kind));
            absence.is_some_and(|from| from <= now)
        };
        let is_open = life.course.open_since.is_some();
        let is_so = |health| is_open || life.course.since(from).any(|phase| phase.health == health);
        let says = row.diagnosis.as_ref();
        let is_blurred = self.blur(life, now).is_some();
        let explained = |diagnosis: &domain::diagnosis::Diagnosis| {
            // Where one source tells of a change and another doesn't, how far it has come can't be told.
            (is_blurred && !diagnosis.code.is_fault())
                || life
                    .course
                    .signs_since(from, now)
                    .any(|sign| sign.explains(diagnosis.code, &diagnosis.summary))
        };
        let fits = match row.health {
            Health::Failed | Health::Degraded => false,
            Health::Unknown => is_blind() && says.is_some_and(|diagnosis| diagnosis.code == Code::Stale),
            Health::Progressing => is_so(row.health) && says.is_some_and(|diagnosis| explained(diagnosis)),
            health => is_so(health) && says.is_none_or(|diagnosis| explained(diagnosis)),
        };
        if !fits {
            self.complain(&row.id, now, &line(row));
        }
    }

    /// What has to be said of a workload to which nothing has happened for a while.
    fn demand(&self, key: &Key, truth: &Truth, now: Timestamp) {
        let Some(life) = truth.life(key) else { return };
        if self.blur(life, now).is_some() {
            return self.demand_blindness(key, life, now);
        }
        if life.gone.is_some() {
            return;
        }
        let Some(phase) = life.course.latest().filter(|phase| phase.from + SLACK <= now) else { return };
        let Some(row) = self.rows.get(key) else {
            return self.complain_of(key, now, "nothing is said of it");
        };
        if row.health != phase.health {
            self.complain(&row.id, now, &format!("{:?} since {} is not said", phase.health, phase.from));
        }
        self.demand_since(row, life, phase, now);
        let code = row.diagnosis.as_ref().map(|diagnosis| diagnosis.code);
        let says_fault = code.is_some_and(Code::is_fault);
        let mut steady: Vec<Sign> = life.course.signs_throughout(now - SLACK).collect();
        if life.controller.strategy == Strategy::OnDelete {
            // Pods that start are told of by themselves.
            steady.retain(|sign| !matches!(sign, Sign::Scaling { .. }));
        }
        if let Some(wanted) = wanted(&steady, phase.health).filter(|_| !says_fault)
            && code != Some(wanted)
        {
            self.complain(&row.id, now, &format!("{wanted:?} is not said: {}", line(row)));
        }
        let controller = &life.controller;
        if life.touched + SLACK <= now && row.ready.is_some() && row.updated.is_some() {
            let said = (row.desired, row.ready, row.updated, row.available);
            let is = (controller.desired, controller.ready, controller.updated, controller.available);
            if said != (Some(is.0), Some(is.1), Some(is.2), Some(is.3)) {
                self.complain(&row.id, now, &format!("the numbers are {is:?}: {}", line(row)));
            }
        }
        if phase.health == Health::Progressing && !self.may_progress(key, life, now) {
            self.complain(&row.id, now, "it should have come to an end");
        }
    }

    /// Whether there is a reason why a workload is still on its way.
    fn may_progress(&self, key: &Key, life: &Life, now: Timestamp) -> bool {
        let under_way = |episode: &Episode| episode.from <= now && now <= episode.until + SLACK;
        self.is_disturbed(key, life, now) || self.plan.episodes(key).any(under_way)
    }

    /// Whether it still has to make up for something that nobody has planned for it.
    fn is_disturbed(&self, key: &Key, life: &Life, now: Timestamp) -> bool {
        let takes = self.plan.aftermath(key, life.controller.desired);
        life.disturbed(now).is_some_and(|at| at + takes >= now)
    }

    /// What cannot be seen for long has to be said to be unknown.
    fn demand_blindness(&self, key: &Key, life: &Life, now: Timestamp) {
        let Some(absence) = self.blur(life, now).filter(|absence| absence.until.is_none()) else { return };
        let blind = absence.blinds_from(&life.controller.kind);
        let returns = absence.returns();
        if blind.is_some_and(|blind| blind + SLACK <= now) && returns.is_some_and(|at| now < at) {
            match self.rows.get(key) {
                Some(row) if row.health != Health::Unknown => {
                    self.complain(&row.id, now, &format!("nothing can be known: {}", line(row)));
                }
                _ => {}
            }
        }
    }

    /// A workload enters a status: once each time that it really does.
    fn enter(&mut self, transition: &Transition, truth: &mut Truth, now: Timestamp) {
        let Some(health) = transition.to else { return };
        let key = key_of(&transition.id);
        let Some(life) = truth.life(&key) else { return };
        if matches!(health, Health::Failed | Health::Degraded) {
            self.complain(&transition.id, now, &format!("{transition:?}"));
        }
        self.enter_at(transition, now);
        if life.course.open_since.is_some() {
            return self.early.push((key, transition.clone(), now));
        }
        self.acknowledge(&key, transition, truth, now, now);
    }

    fn acknowledge(
        &self,
        key: &Key,
        transition: &Transition,
        truth: &mut Truth,
        at: Timestamp,
        now: Timestamp,
    ) {
        let Some(life) = truth.life(key) else { return };
        let from = self.seen_from(life, at);
        let is_blurred = self.blur(life, at).is_some();
        let Some(life) = truth.life_mut(key) else { return };
        let untold =
            life.course.since_mut(from).find(|phase| Some(phase.health) == transition.to && !phase.told);
        match untold {
            Some(phase) => phase.told = true,
            // Sources of which some have lost sight contradict each other.
            None if is_blurred => {}
            None => self.complain(&transition.id, now, &format!("that did not happen: {transition:?}")),
        }
    }

    /// The absence because of which a workload may be seen otherwise than it is.
    fn blur(&self, life: &Life, now: Timestamp) -> Option<&Absence> {
        let kind = &life.controller.kind;
        self.absences.iter().rev().find(|absence| absence.blurs(kind, now))
    }

    /// Whether pods may stand under the name of a ReplicaSet: nobody knows yet that these are not told of any more.
    fn may_be_a_stray(&self, id: &WorkloadId) -> bool {
        let absence = self.absences.last().filter(|absence| absence.until.is_none());
        id.kind == Kind::ReplicaSet && absence.is_some_and(|absence| absence.concerns(&Kind::Deployment))
    }

    /// From when on what was so may still be what is seen.
    fn seen_from(&self, life: &Life, now: Timestamp) -> Timestamp {
        self.blur(life, now).map_or(now, |absence| absence.from) - SLACK
    }

    fn complain_of(&self, key: &Key, now: Timestamp, what: &str) {
        match self.rows.get(key) {
            Some(row) => self.complain(&row.id, now, &format!("{what}: {}", line(row))),
            None => panic!("QUIET_DAY_SEED={}: at {now} of {key:?}: {what}", self.seed),
        }
    }

    /// A day that is not quiet: what was said, and what led to it.
    pub(super) fn complain(&self, id: &WorkloadId, now: Timestamp, what: &str) {
        let lately = SignedDuration::from_mins(15);
        let key = key_of(id);
        let episodes = self.plan.episodes(&key);
        let near: Vec<_> = episodes.filter(|e| e.from <= now && now <= e.until + lately).collect();
        panic!(
            "QUIET_DAY_SEED={}: at {now} of {id:?}\n  {what}\nwhile {near:?}; said before:\n{}",
            self.seed,
            self.chronicle.tell(id)
        );
    }
}

/// What has to be said where nothing worse is.
fn wanted(signs: &[Sign], health: Health) -> Option<Code> {
    let has = |sign| signs.contains(&sign);
    let scales = signs.iter().any(|sign| matches!(sign, Sign::Scaling { .. }));
    match health {
        _ if has(Sign::Held) => Some(Code::RolloutPaused),
        _ if has(Sign::Outdated) => Some(Code::RolloutOnDelete),
        Health::Progressing if has(Sign::Rolling) => Some(Code::RollingOut),
        Health::Progressing if scales => Some(Code::Scaling),
        Health::Progressing if has(Sign::Working) => Some(Code::JobRunning),
        Health::Progressing if has(Sign::Nodeless) => Some(Code::NodeLost),
        _ => None,
    }
}

pub(super) fn key_of(id: &WorkloadId) -> Key {
    (id.namespace.clone(), id.name.clone())
}
