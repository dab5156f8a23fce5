//! Cron schedules, as `spec.schedule` of a CronJob has them.
use crate::time::Time;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::cell::RefCell;

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
    let cron = parse(schedule)?;
    let after = Timestamp::from_millisecond(after.as_millis()).ok()?.to_zoned(zone);
    let next = cron.find_next_occurrence(&after, false).ok()?;
    Some(Time::from_millis(next.timestamp().as_millisecond()))
}

/// The same schedule is asked about again and again, and takes longer to read than to judge by.
fn parse(schedule: &str) -> Option<Cron> {
    thread_local! {
        static LAST: RefCell<Option<(Box<str>, Cron)>> = const { RefCell::new(None) };
    }
    LAST.with_borrow_mut(|last| match last {
        Some((text, cron)) if **text == *schedule => Some(cron.clone()),
        _ => {
            let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
            let cron = parser.parse(schedule).ok()?;
            *last = Some((schedule.into(), cron.clone()));
            Some(cron)
        }
    })
}
