//! Points in time, as the API writes them.
use domain::time::Time;
use serde::{Serialize, Serializer};
use utoipa::ToSchema;

/// A point in time in UTC (RFC 3339), to the millisecond at most
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(value_type = String, format = DateTime, example = "2026-11-21T03:00:00Z")]
pub(crate) struct Timestamp(Time);

impl From<Time> for Timestamp {
    fn from(time: Time) -> Self {
        Self(time)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&instant(self.0))
    }
}

/// The same point in time for jiff; what lies outside the years that RFC 3339 can write becomes the nearest it can.
fn instant(time: Time) -> jiff::Timestamp {
    let (first, last) = (jiff::Timestamp::MIN.as_millisecond(), jiff::Timestamp::MAX.as_millisecond());
    jiff::Timestamp::from_millisecond(time.as_millis().clamp(first, last))
        .unwrap_or(jiff::Timestamp::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(0, "1970-01-01T00:00:00Z")]
    #[case(1_795_230_000_000, "2026-11-21T03:00:00Z")]
    #[case(1_795_230_000_250, "2026-11-21T03:00:00.25Z")]
    #[case(-1, "1969-12-31T23:59:59.999Z")]
    #[case(i64::MIN, "-009999-01-02T01:59:59Z")]
    fn times_are_utc_to_the_millisecond(#[case] millis: i64, #[case] text: &str) {
        let written = serde_json::to_value(Timestamp::from(Time::from_millis(millis))).unwrap();
        assert_eq!(written, text);
    }
}
