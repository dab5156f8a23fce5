//! When the passing of time alone may change something.
use crate::id::{Uid, WorkloadId};
use crate::source::SourceId;
use crate::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is to be looked at again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Appointment {
    /// A lost source may be stale now.
    Source(SourceId),
    /// A pod has waited long enough for the owner that it names.
    Orphan(Uid),
    /// What adds evidence has had its time to answer.
    SecondLook,
    /// Room on nodes has come or gone for those who wait for it.
    Room,
    /// A workload's deadline, grace or window ends.
    Workload(Arc<WorkloadId>),
}

/// At most one appointment for each thing, in order of time.
#[derive(Debug, Default)]
pub(super) struct Timetable {
    by_time: BTreeSet<(Time, Appointment)>,
    by_thing: BTreeMap<Appointment, Time>,
}

impl Timetable {
    /// The earliest appointment.
    pub(super) fn next(&self) -> Option<Time> {
        self.by_time.first().map(|(time, _)| *time)
    }

    /// Sets, moves or (with `None`) cancels the appointment of one thing.
    pub(super) fn set(&mut self, thing: Appointment, time: Option<Time>) {
        if let Some(before) = self.by_thing.get(&thing).copied() {
            if Some(before) == time {
                return;
            }
            self.by_time.remove(&(before, thing.clone()));
            self.by_thing.remove(&thing);
        }
        if let Some(time) = time {
            self.by_time.insert((time, thing.clone()));
            self.by_thing.insert(thing, time);
        }
    }

    /// Sets the appointment of a thing that has none yet.
    pub(super) fn set_once(&mut self, thing: Appointment, time: Time) {
        if !self.by_thing.contains_key(&thing) {
            self.set(thing, Some(time));
        }
    }

    /// Takes the next appointment that `now` has reached.
    pub(super) fn take(&mut self, now: Time) -> Option<Appointment> {
        if self.next()? > now {
            return None;
        }
        let (_, thing) = self.by_time.pop_first()?;
        self.by_thing.remove(&thing);
        Some(thing)
    }
}
