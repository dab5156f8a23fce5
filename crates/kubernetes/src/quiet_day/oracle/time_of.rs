//! Since when it is said that a workload is so: when it came to be so, as far as that could be seen.

use super::{Oracle, key_of};
use crate::quiet_day::chronicle::line;
use crate::quiet_day::monitor::time;
use crate::quiet_day::truth::{Life, Phase, SLACK};
use domain::change::Transition;
use domain::id::Kind;
use domain::workload::Row;
use jiff::{SignedDuration, Timestamp};

/// An interruption so short that it may go unnoticed, as sources tell of it at different times.
const BLINK: SignedDuration = SignedDuration::from_millis(300);
/// The API's times are in whole seconds, and a controller counts a moment later.
const ROUNDING: SignedDuration = SignedDuration::from_millis(1_500);

impl Oracle {
    /// A status is entered after the one before, and not in times to come.
    pub(super) fn enter_at(&self, transition: &Transition, now: Timestamp) {
        let before = self.rows.get(&key_of(&transition.id));
        let before = before.filter(|row| Some(row.health) == transition.from).map(|row| row.since);
        if transition.at > time(now) || before.is_some_and(|before| transition.at < before) {
            self.complain(&transition.id, now, &format!("entered at a wrong time: {transition:?}"));
        }
    }

    /// A status that has lasted for a while is said to have been entered when it was.
    pub(super) fn demand_since(&self, row: &Row, life: &Life, phase: Phase, now: Timestamp) {
        let kind = &life.controller.kind;
        let concerning = || self.absences.iter().filter(|absence| absence.concerns(kind));
        let unseen = |at: Timestamp| {
            concerning().find(|absence| {
                absence.from - SLACK <= at && absence.until.is_none_or(|until| at <= until + SLACK)
            })
        };
        let is_unnoticed = |from: Timestamp, to: Timestamp| {
            let during =
                unseen(from).is_some_and(|absence| absence.until.is_none_or(|until| to <= until + SLACK));
            during || to.duration_since(from) <= BLINK
        };
        let Some(entered) = life.course.entered(is_unnoticed) else { return };
        let first_sight = self.absences.first().and_then(|absence| absence.until);
        if life.controller.kind == Kind::CronJob && first_sight.is_some_and(|at| row.since <= time(at)) {
            // Of one that was there before, its latest run is the first that is known of it.
            return;
        }
        // What happened while nobody looked is found at the return, or is said of the time when sight was lost.
        let (earliest, latest) = match unseen(phase.from) {
            Some(absence) => (entered.min(absence.from), absence.until.unwrap_or(now).max(phase.from)),
            None => (entered, phase.from),
        };
        if row.since < time(earliest - ROUNDING) || row.since > time(latest + SLACK) {
            let what = format!(
                "it is so since {earliest} at the earliest and {latest} at the latest: {}",
                line(row)
            );
            self.complain(&row.id, now, &what);
        }
    }
}
