//! What follows when a list or a watch ended: what is told, and how long the server is left alone.

use super::{Method, Source, Stage};
use crate::error::{Error, Refusal};
use crate::report::Gone;
use domain::source::Link;
use std::time::Duration;

/// How long a source that may not be read is left alone.
pub(crate) const FORBIDDEN_RETRY: Duration = Duration::from_mins(1);
/// A source that could be read until now is asked so often again before its right is taken for lost: an API server that
/// has just started refuses whatever its roles grant, until it has read them.
pub(crate) const DOUBTS: u32 = 3;
pub(crate) const DOUBT_RETRY: Duration = Duration::from_secs(2);
/// How long a source that is not there is left alone at first; twice as long each time, up to the longest.
pub(crate) const ABSENT_RETRY: Duration = Duration::from_mins(1);
pub(crate) const LONGEST_ABSENT_RETRY: Duration = Duration::from_mins(5);
/// Streaming lists that were cut before their end, until pages are tried.
const EARLY_CUTS: u32 = 2;

/// How long to leave the server alone until the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// As long as we think right, unless there is a sign that it answers again.
    Ours(Duration),
    /// It asks for so long, or is not going to answer differently before.
    Asked(Duration),
}

impl Source {
    /// A watch ended in order: it is taken up at once, the first time.
    pub(super) async fn after_end(&mut self) -> Result<Duration, Gone> {
        let is_first = self.backoff.is_fresh();
        let wait = self.backoff.next_wait();
        if self.stage == Stage::Unlisted {
            self.count_early_cut();
        }
        if is_first {
            return Ok(Duration::ZERO);
        }
        let reason = "the API server ends each watch at once".into();
        self.report.link(Link::Lost { reason }).await?;
        Ok(wait)
    }

    pub(super) async fn after_failure(&mut self, error: Error) -> Result<Wait, Gone> {
        match &error {
            Error::Refused(refusal) => return self.after_refusal(refusal).await,
            // What was read so far may be wrong too, or something in between may not bear with streaming lists.
            Error::Malformed(_) => {
                if self.stage == Stage::Unlisted {
                    self.count_early_cut();
                }
                self.stage = Stage::Unlisted;
            }
            Error::Rewound => self.stage = Stage::Unlisted,
            _ => {}
        }
        Ok(Wait::Ours(self.lost(&error).await?))
    }

    async fn after_refusal(&mut self, refusal: &Refusal) -> Result<Wait, Gone> {
        let was_listing = self.stage == Stage::Unlisted;
        match refusal.code {
            403 if self.doubts > 0 => {
                self.doubts -= 1;
                self.lost(&Error::Refused(refusal.clone())).await?;
                Ok(Wait::Ours(DOUBT_RETRY))
            }
            403 => {
                self.stage = Stage::Unlisted;
                self.report.link(Link::Forbidden { reason: refusal.to_string().into() }).await?;
                // One that has just started refuses what it will grant in a moment: whoever hears of it tells all.
                Ok(Wait::Ours(FORBIDDEN_RETRY))
            }
            // An API server without what each one has is none; something else answers in its place.
            404 if !self.endpoint.id.resource.is_required() => {
                self.stage = Stage::Unlisted;
                let reason = format!("the API server has no {}", self.endpoint.id.resource.plural());
                self.report.link(Link::Absent { reason: reason.into() }).await?;
                let wait = self.absent_retry;
                self.absent_retry = (wait * 2).min(LONGEST_ABSENT_RETRY);
                Ok(Wait::Asked(wait))
            }
            // History is gone: all is listed again, at once the first time.
            410 => {
                self.stage = Stage::Unlisted;
                let is_first = self.backoff.is_fresh();
                let wait = self.backoff.next_wait();
                Ok(Wait::Ours(if is_first { Duration::ZERO } else { wait }))
            }
            401 | 408 | 429 => self.busy(refusal).await,
            // 422 "sendInitialEvents is forbidden", 400 of a proxy that knows better: a streaming list is not to be had.
            400..500 if was_listing && self.method == Method::ByNearness => {
                tracing::debug!(resource = self.endpoint.id.resource.name(), %refusal, "listing in pages");
                self.method = Method::Pages;
                Ok(Wait::Ours(Duration::ZERO))
            }
            // "Too large resource version": the server is younger than what we know of it (etcd was restored).
            504 => {
                self.stage = Stage::Unlisted;
                self.busy(refusal).await
            }
            _ => self.busy(refusal).await,
        }
    }

    async fn busy(&mut self, refusal: &Refusal) -> Result<Wait, Gone> {
        let wait = self.lost(&Error::Refused(refusal.clone())).await?;
        Ok(refusal.retry_after.map_or(Wait::Ours(wait), |asked| Wait::Asked(asked + wait)))
    }

    async fn lost(&mut self, error: &Error) -> Result<Duration, Gone> {
        self.report.link(Link::Lost { reason: error.to_string().into() }).await?;
        Ok(self.backoff.next_wait())
    }

    pub(super) fn count_early_cut(&mut self) {
        self.early_cuts += 1;
        if self.early_cuts >= EARLY_CUTS {
            self.method = Method::Pages;
        }
    }
}
