//! The time of the simulated cluster.

use jiff::{SignedDuration, Timestamp};
use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

/// A clock that all parts of one simulator share; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    /// `None` follows the system's clock.
    fixed: Option<Timestamp>,
    /// What [`Clock::advance`] has added so far.
    offset_micros: Arc<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    #[must_use]
    pub fn system() -> Self {
        Self { fixed: None, offset_micros: Arc::default() }
    }

    /// A clock that stands at `start` until it is [advanced](Self::advance).
    #[must_use]
    pub fn fixed(start: Timestamp) -> Self {
        Self { fixed: Some(start), offset_micros: Arc::default() }
    }

    /// The time it shows.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the simulated cluster's clock")]
    pub fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_micros(self.offset_micros.load(Ordering::Relaxed));
        self.fixed.unwrap_or_else(Timestamp::now).saturating_add(offset).unwrap_or(Timestamp::MAX)
    }

    /// Moves it on.
    pub fn advance(&self, by: SignedDuration) {
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.offset_micros.fetch_add(micros, Ordering::Relaxed);
    }
}

/// The API's form of a `Time`: RFC 3339 in whole seconds.
pub(crate) fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The API's form of a `MicroTime`: RFC 3339 with six decimals.
pub(crate) fn micros(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}
