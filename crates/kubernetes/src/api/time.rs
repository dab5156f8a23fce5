//! `metav1.Time` and `metav1.MicroTime`.

use jiff::Timestamp;
use prost::Message;
use serde::{Deserialize, Deserializer};

/// A point in time: seconds and nanoseconds in protobuf, RFC 3339 in JSON. `MicroTime` differs in precision only.
#[derive(Clone, Copy, PartialEq, Eq, Message)]
pub(crate) struct Time {
    #[prost(int64, tag = "1")]
    pub(crate) seconds: i64,
    #[prost(int32, tag = "2")]
    pub(crate) nanos: i32,
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let time = Timestamp::deserialize(deserializer)?;
        Ok(Self { seconds: time.as_second(), nanos: time.subsec_nanosecond() })
    }
}

impl Time {
    /// The same in the domain's milliseconds. `None` for 1970-01-01T00:00:00Z: protobuf writes an unset time so, and the
    /// kubelet writes that date where something never began.
    pub(crate) fn known(self) -> Option<domain::time::Time> {
        if self.seconds == 0 && self.nanos == 0 {
            return None;
        }
        let millis = self.seconds.saturating_mul(1000).saturating_add(i64::from(self.nanos / 1_000_000));
        Some(domain::time::Time::from_millis(millis))
    }
}

/// [`Time::known`] of a field that may be absent.
pub(crate) fn known(time: Option<Time>) -> Option<domain::time::Time> {
    time.and_then(Time::known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(r#""2026-11-21T03:04:05Z""#, Some(1_795_230_245_000))]
    #[case(r#""2026-11-21T03:04:05.123456Z""#, Some(1_795_230_245_123))]
    #[case(r#""2026-11-21T04:04:05+01:00""#, Some(1_795_230_245_000))]
    #[case(r#""1970-01-01T00:00:00Z""#, None)]
    #[case("null", None)]
    fn json_times_are_read(#[case] json: &str, #[case] millis: Option<i64>) {
        let time: Option<Time> = serde_json::from_str(json).unwrap();
        assert_eq!(known(time).map(domain::time::Time::as_millis), millis);
    }

    #[test]
    fn a_time_out_of_range_is_refused_or_bounded() {
        assert!(serde_json::from_str::<Time>(r#""yesterday""#).is_err());
        let far = Time { seconds: i64::MAX, nanos: i32::MAX };
        assert_eq!(far.known().map(domain::time::Time::as_millis), Some(i64::MAX));
    }
}
