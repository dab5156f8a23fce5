//! Cron schedules, as `spec.schedule` of a CronJob has them.
use crate::time::Time;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The longest schedule that is read; a longer one is nobody's.
const MOST_BYTES: usize = 200;

/// The first time after that at which the schedule asks for a run; `None` where it is not understood or never does.
/// Without a time zone the controller's own counts, which is UTC as a rule.
pub(super) fn next_after(schedule: &str, time_zone: Option<&str>, after: Time) -> Option<Time> {
    if schedule.len() > MOST_BYTES {
        return None;
    }
    let zone = match time_zone {
        Some(name) => TimeZoneDatabase::bundled().get(name).ok()?,
        None => TimeZone::UTC,
    };
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(schedule).ok()?;
    let after = Timestamp::from_millisecond(after.as_millis()).ok()?.to_zoned(zone);
    let next = cron.find_next_occurrence(&after, false).ok()?;
    Some(Time::from_millis(next.timestamp().as_millisecond()))
}
