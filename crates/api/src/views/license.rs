//! Licences, as the API shows them.
use super::time::Timestamp;
use domain::license::{License, Standing};
use serde::Serialize;
use utoipa::ToSchema;

/// Which edition is in force, and how the licence stands
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = License)]
pub(crate) struct LicenseView<'a> {
    /// What is in force now: `community` or `enterprise`
    edition: &'static str,
    /// `none` (no key was given), `valid`, `grace` (expired, and still in force), `expired`, `not_yet_valid`, `invalid`
    /// (the key can't be made use of)
    state: &'static str,
    /// Who it was issued to; null where there is no genuine key, as with the three times
    licensee: Option<&'a str>,
    /// What is in force beside the edition, by name
    features: Vec<&'a str>,
    /// When it begins to be in force
    issued_at: Option<Timestamp>,
    /// The last second in which it is in force without grace
    expires_at: Option<Timestamp>,
    /// The first moment after the grace
    grace_ends_at: Option<Timestamp>,
    /// When `state` will be another by the passing of time alone
    changes_at: Option<Timestamp>,
    /// What somebody should know and do, in sentences; null where all is well
    notice: Option<String>,
}

impl<'a> From<Standing<'a>> for LicenseView<'a> {
    fn from(standing: Standing<'a>) -> Self {
        let license = standing.license;
        let time = |time: fn(&License) -> domain::time::Time| license.map(|license| time(license).into());
        Self {
            edition: standing.edition.as_str(),
            state: standing.state.as_str(),
            licensee: license.map(|license| &*license.licensee),
            features: standing.features().iter().map(|name| &**name).collect(),
            issued_at: time(|license| license.issued),
            expires_at: time(|license| license.expires),
            grace_ends_at: time(License::grace_ends_at),
            changes_at: standing.changes_at.map(Into::into),
            notice: standing.notice,
        }
    }
}
