//! Points in time, as numbers: the domain has no clock.
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::NonZeroU64;
use std::ops::{Add, Sub};
use std::time::Duration;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Kept as the number above the earliest moment there is, so that an `Option<Time>` takes no more room than a `Time`: a pod
/// has half a dozen of them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "i64", into = "i64")]
pub struct Time(NonZeroU64);

/// Turns the order of signed numbers into that of unsigned ones, and back.
const SIGN: u64 = 1 << 63;

impl Time {
    /// From milliseconds since 1970, negative before it. Of `i64::MIN` and the moment after it the later one is made.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        match NonZeroU64::new(millis.cast_unsigned() ^ SIGN) {
            Some(above_the_earliest) => Self(above_the_earliest),
            None => Self(NonZeroU64::MIN),
        }
    }

    /// From whole seconds since 1970, as `metav1.Time` has them.
    #[must_use]
    pub const fn from_secs(secs: i64) -> Self {
        Self::from_millis(secs.saturating_mul(1000))
    }

    /// Milliseconds since 1970.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        (self.0.get() ^ SIGN).cast_signed()
    }

    /// How long `earlier` was before this; zero when it was not.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.as_millis().saturating_sub(earlier.as_millis());
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Time({})", self.as_millis())
    }
}

impl From<i64> for Time {
    fn from(millis: i64) -> Self {
        Self::from_millis(millis)
    }
}

impl From<Time> for i64 {
    fn from(time: Time) -> Self {
        time.as_millis()
    }
}

impl Add<Duration> for Time {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.as_millis().saturating_add(by))
    }
}

impl Sub<Duration> for Time {
    type Output = Self;

    fn sub(self, by: Duration) -> Self {
        let by = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        Self::from_millis(self.as_millis().saturating_sub(by))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_keep_their_number_and_their_order() {
        let numbers = [i64::MIN + 1, -86_400_000, -1, 0, 1, 1_700_000_000_000, i64::MAX];
        let times = numbers.map(Time::from_millis);
        assert_eq!(times.map(Time::as_millis), numbers);
        assert!(times.is_sorted());
        assert_eq!(serde_json::to_string(&times).unwrap(), serde_json::to_string(&numbers).unwrap());
        assert_eq!(serde_json::from_str::<Time>("-1").unwrap(), Time::from_millis(-1));
        assert_eq!(Time::from_millis(i64::MIN), Time::from_millis(i64::MIN + 1));
    }

    #[test]
    fn a_moment_that_may_be_missing_takes_no_more_room() {
        assert_eq!(size_of::<Option<Time>>(), 8);
    }
}
