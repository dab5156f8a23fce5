//! The licence: what the key that was given says, and what of it is in force at a time.
//!
//! Whether a key is genuine is found out elsewhere; here stands what follows from it. Nothing is refused for the want of a
//! licence: what is watched and shown is the same in each edition.
use crate::text::Text;
use crate::time::Time;
use std::fmt;
use std::time::Duration;

mod fault;

pub use fault::Fault;

/// How long Enterprise goes on after a licence has expired.
pub const GRACE: Duration = Duration::from_hours(30 * 24);
const DAY: Duration = Duration::from_hours(24);

/// What may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edition {
    /// Without a licence
    Community,
    /// With one that is in force
    Enterprise,
}

/// What a genuine key says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct License {
    /// Who it was issued to
    pub licensee: Text,
    /// What it grants
    pub edition: Edition,
    /// What it grants beside that, by name
    pub features: Vec<Text>,
    /// When it begins to be in force
    pub issued: Time,
    /// The last second in which it is in force
    pub expires: Time,
}

/// What was given as a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// No key
    Nothing,
    /// A key that can't be made use of
    Unusable(Fault),
    /// A genuine key that says so
    Genuine(License),
}

/// How a licence stands at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// No key was given.
    None,
    /// It is in force.
    Valid,
    /// It has expired within the last 30 days ([`GRACE`]) and goes on being in force.
    Grace,
    /// It has expired, and the grace is over.
    Expired,
    /// It begins later.
    NotYetValid,
    /// The key can't be made use of.
    Invalid,
}

/// What is in force at a time, and what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// How the licence stands
    pub state: State,
    /// What may be used
    pub edition: Edition,
    /// What the key says; `None` where there is no genuine one
    pub license: Option<&'a License>,
    /// What is the matter with the key, wherever it was found, in sentences; `None` where all is well
    pub finding: Option<String>,
    /// What somebody should know and do where this key is in use: the finding, and what follows from it
    pub notice: Option<String>,
    /// When it will stand otherwise by the passing of time alone
    pub changes_at: Option<Time>,
}

impl Held {
    /// How it stands at `now`.
    #[must_use]
    pub fn standing(&self, now: Time) -> Standing<'_> {
        let community = |state| Standing {
            state,
            edition: Edition::Community,
            license: None,
            finding: None,
            notice: None,
            changes_at: None,
        };
        match self {
            Self::Nothing => community(State::None),
            Self::Unusable(fault) => {
                let finding = fault.to_string();
                let advice = fault.advice();
                Standing {
                    notice: Some(format!(
                        "{finding}{advice} Until then this is Community; monitoring goes on."
                    )),
                    finding: Some(finding),
                    ..community(State::Invalid)
                }
            }
            Self::Genuine(license) => license.standing(now),
        }
    }
}

impl License {
    /// The first moment after it was in force: grace begins.
    #[must_use]
    pub fn ended_at(&self) -> Time {
        self.expires + Duration::from_secs(1)
    }

    /// The first moment after the grace.
    #[must_use]
    pub fn grace_ends_at(&self) -> Time {
        self.ended_at() + GRACE
    }

    fn standing(&self, now: Time) -> Standing<'_> {
        let Self { licensee, .. } = self;
        let (ended_at, grace_ends_at) = (self.ended_at(), self.grace_ends_at());
        let (begins, expired) = (Day(self.issued), Day(self.expires));
        let (state, changes_at, finding, advice) = if now < self.issued {
            let finding = format!("The licence of {licensee} begins on {begins}.");
            let advice = "Until then this is Community; monitoring goes on. If that day has come, set the clock of the server right.";
            (State::NotYetValid, Some(self.issued), Some(finding), advice)
        } else if now < ended_at {
            (State::Valid, Some(ended_at), None, "")
        } else if now < grace_ends_at {
            let left = days_left(grace_ends_at.since(now));
            let finding = format!(
                "The licence of {licensee} expired on {expired}. Enterprise goes on for {left} of grace."
            );
            let advice = "Get a new key and set MAINTENANT_LICENSE_KEY to it.";
            (State::Grace, Some(grace_ends_at), Some(finding), advice)
        } else {
            let finding =
                format!("The licence of {licensee} expired on {expired}, and its 30 days of grace are over.");
            let advice = "This is Community now; monitoring goes on. For Enterprise get a new key and set MAINTENANT_LICENSE_KEY to it, or unset MAINTENANT_LICENSE_KEY to stay with Community.";
            (State::Expired, None, Some(finding), advice)
        };
        let notice = finding.as_ref().map(|finding| format!("{finding} {advice}"));
        let edition = match state {
            State::Valid | State::Grace => self.edition,
            _ => Edition::Community,
        };
        Standing { state, edition, license: Some(self), finding, notice, changes_at }
    }
}

impl<'a> Standing<'a> {
    /// What is granted beside the edition at this time, by name.
    #[must_use]
    pub fn features(&self) -> &'a [Text] {
        match (self.edition, self.license) {
            (Edition::Enterprise, Some(license)) => &license.features,
            _ => &[],
        }
    }
}

impl Edition {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Enterprise => "enterprise",
        }
    }
}

impl State {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Valid => "valid",
            Self::Grace => "grace",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Invalid => "invalid",
        }
    }
}

/// The day in UTC, as `2026-11-21`.
struct Day(Time);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = jiff::Timestamp::from_millisecond(self.0.as_millis());
        // What lies outside the years that a calendar has is no day of anybody's licence.
        at.map_or(Ok(()), |at| write!(f, "{}", jiff::tz::TimeZone::UTC.to_datetime(at).date()))
    }
}

/// Begun days count.
fn days_left(left: Duration) -> String {
    match left.as_millis().div_ceil(DAY.as_millis()) {
        1 => "1 more day".to_owned(),
        days => format!("{days} more days"),
    }
}

#[cfg(test)]
mod tests;
