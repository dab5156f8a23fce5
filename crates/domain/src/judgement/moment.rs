//! Now, and the next time at which time alone would make a difference.
use crate::time::Time;
use std::cell::Cell;

/// The time of a judgement. It notes every time that it was asked about and that lies ahead: the earliest of them is when
/// the judgement may change without any news.
#[derive(Debug)]
pub(super) struct Moment {
    now: Time,
    due: Cell<Option<Time>>,
}

impl Moment {
    pub(super) const fn new(now: Time) -> Self {
        Self { now, due: Cell::new(None) }
    }

    pub(super) const fn now(&self) -> Time {
        self.now
    }

    /// Whether that time has come.
    pub(super) fn has_come(&self, time: Time) -> bool {
        if time <= self.now {
            return true;
        }
        if self.due.get().is_none_or(|due| time < due) {
            self.due.set(Some(time));
        }
        false
    }

    /// The earliest of the times that had not come.
    pub(super) const fn due(&self) -> Option<Time> {
        self.due.get()
    }
}
