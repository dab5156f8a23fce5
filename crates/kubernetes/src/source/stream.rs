//! A watch: what changes, and at the beginning of a streaming list what there is.

use super::{DOUBTS, End, Names, Source, Stage};
use crate::api::status::Status;
use crate::connection::{LONGEST_RETRY_AFTER, Question};
use crate::error::{Error, Refusal, quote};
use crate::telemetry::Verb;
use crate::wire::{EventType, Format, WatchEvent, WatchReader};
use domain::id::Uid;
use domain::source::Resource;
use std::time::Duration;
use tokio::time::Instant;

/// How long a watch may be silent before we ask whether that is well, and once more until it is taken up anew: bookmarks
/// come about once a minute, if at all.
const SILENCE: Duration = Duration::from_secs(75);

/// After a loss: how long a watch must be silent to have told all that was missed, and how long that may take at most.
/// Until then what is known is not current.
const CAUGHT_UP: Duration = Duration::from_millis(500);
const LONGEST_CATCHING_UP: Duration = Duration::from_secs(5);

/// A connection that has brought so many objects keeps buffers of that size for as long as it lives: the watch goes on
/// over another.
const LARGE_LIST: usize = 1000;

/// A watch that lasted so long and ended in order ended by itself.
const LASTING: Duration = Duration::from_secs(5);

/// How long we ask a watch to last, in seconds; spread, so that not all end at once.
const TIMEOUT_SECONDS: std::ops::Range<u32> = 300..600;

impl Source {
    /// Watches from where the list ended, or with a streaming list first, until the watch ends.
    pub(super) async fn watch(&mut self) -> Result<(), End> {
        let resource = self.endpoint.id.resource;
        let timeout_seconds = fastrand::u32(TIMEOUT_SECONDS);
        // The uids that a streaming list has brought so far. Its events are not in the order of their
        // resourceVersions: until the bookmark at its end, none of them is a place to go on from.
        let (address, mut listing) = match &self.stage {
            Stage::Unlisted => (self.endpoint.streaming_list(timeout_seconds), Some(Vec::new())),
            Stage::Following(from) => (self.endpoint.watch(from, timeout_seconds), None),
        };
        if std::mem::replace(&mut self.has_watched, true) {
            self.around.telemetry.count_watch_restart(resource);
        }
        let question =
            Question { verb: Verb::Watch, resource: Some(resource), address: &address, protobuf: true };
        let mut answer = self.ask(question).await?;
        let began = Instant::now();
        let mut heard = began;
        self.is_catching_up = listing.is_none() && !self.report.is_live();
        let mut reader = WatchReader::new(answer.format);
        let mut is_sounded = false;
        let ended = loop {
            let silence = if self.is_catching_up { CAUGHT_UP } else { SILENCE };
            let next = match &listing {
                Some(_) => self.next_bytes(&mut answer, SILENCE).await,
                None => answer.next_bytes(silence).await.map_err(End::from),
            };
            let bytes = match next {
                Ok(Some(bytes)) => bytes,
                Ok(None) => break reader.finish().map_err(|malformed| End::Failed(malformed.into())),
                Err(End::Failed(Error::Silent(_)))
                    if listing.is_none() && (self.is_catching_up || !is_sounded) =>
                {
                    if let Err(end) = self.sound(heard).await {
                        break Err(end);
                    }
                    // Now it is sure that it may be read, and not only watched.
                    self.doubts = DOUBTS;
                    is_sounded = !std::mem::take(&mut self.is_catching_up);
                    continue;
                }
                // The server is there; perhaps it is only this connection that leads nowhere.
                Err(End::Failed(Error::Silent(_))) if listing.is_none() => break Ok(()),
                Err(end) => break Err(end),
            };
            is_sounded = false;
            heard = Instant::now();
            self.around.telemetry.count_bytes(resource, bytes.len());
            reader.push(&bytes);
            let listed = listing.as_ref().map_or(0, Vec::len);
            while let Some(event) = reader.next_event().map_err(Error::Malformed)? {
                self.event(answer.format, event, &mut listing).await?;
            }
            if listing.is_none() && listed >= LARGE_LIST {
                break Ok(());
            }
            self.is_catching_up &= began.elapsed() < LONGEST_CATCHING_UP;
            if listing.is_none() && !self.is_catching_up {
                self.doubts = DOUBTS;
            }
        };
        if began.elapsed() >= LASTING {
            self.backoff.reset();
        }
        if ended.is_err() && listing.is_some() {
            self.count_early_cut();
        }
        ended
    }

    async fn event(
        &mut self,
        format: Format,
        event: WatchEvent,
        listing: &mut Option<Vec<Uid>>,
    ) -> Result<(), End> {
        match event.r#type {
            EventType::Added | EventType::Modified => {
                let (uid, resource_version) = self.put(format, &event.object).await?;
                match listing {
                    Some(uids) => {
                        uids.extend(uid);
                        return Ok(());
                    }
                    None => self.go_on_from(resource_version),
                }
            }
            EventType::Deleted => {
                let resource = self.endpoint.id.resource;
                let trace = crate::item::trace(resource, format, &event.object, &self.around.scope);
                let trace = trace.map_err(Error::Malformed)?;
                self.around.telemetry.count_object(resource);
                self.now_readable(trace.uid).await?;
                if let Some(names) = &mut self.names {
                    names.known.remove(&trace.uid);
                }
                if trace.is_admitted {
                    if resource == Resource::Pods {
                        self.around.crashes.forget(trace.uid);
                    }
                    self.report.deleted(trace.uid).await?;
                }
                match listing {
                    Some(uids) => {
                        uids.retain(|uid| *uid != trace.uid);
                        return Ok(());
                    }
                    None => self.go_on_from(trace.resource_version),
                }
            }
            EventType::Bookmark => {
                let resource = self.endpoint.id.resource;
                let trace = crate::item::trace(resource, format, &event.object, &self.around.scope);
                let trace = trace.map_err(Error::Malformed)?;
                match listing.take() {
                    Some(uids) if trace.ends_initial_events => {
                        self.backoff.reset();
                        return Ok(self.listed(uids, trace.resource_version).await?);
                    }
                    Some(uids) => {
                        *listing = Some(uids);
                        return Ok(());
                    }
                    None => self.go_on_from(trace.resource_version),
                }
            }
            EventType::Error => {
                let status: Status = format.decode(&event.object).map_err(Error::Malformed)?;
                return Err(Error::Refused(refusal(&status)).into());
            }
        }
        self.backoff.reset();
        self.names.as_ref().map(Names::tell);
        if !self.is_catching_up {
            self.report.alive().await?;
        }
        Ok(())
    }

    fn go_on_from(&mut self, resource_version: String) {
        if !resource_version.is_empty() {
            self.stage = Stage::Following(resource_version);
        }
    }
}

fn refusal(status: &Status) -> Refusal {
    let retry_after = status.details.as_ref().map_or(0, |details| details.retry_after_seconds);
    let retry_after = u64::try_from(retry_after).ok().filter(|seconds| *seconds > 0);
    Refusal {
        code: u16::try_from(status.code).unwrap_or(500),
        message: quote(&status.message),
        retry_after: retry_after.map(|seconds| Duration::from_secs(seconds).min(LONGEST_RETRY_AFTER)),
        credential: "the credential",
    }
}
