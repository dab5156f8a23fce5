//! Whether a watch that says nothing has nothing to say.
//!
//! An API server sends bookmarks about once a minute, but only once its cache of the resource has moved beyond the
//! resourceVersion that the watch began at: where nothing changes a watch may be silent for all its life. One small
//! consistent read answers three questions: is the server there, may we still read, and has it what we have seen. On
//! servers from 1.31 on it also moves the cache on, and bookmarks come from then on.

use super::{End, PATIENCE, Source, Stage};
use crate::error::{Error, Refusal};
use domain::source::Resource;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// How long an answer counts for the watches of other namespaces: theirs fall silent together.
const SHARED_FOR: Duration = Duration::from_secs(30);

/// The latest answers, for all sources of a cluster.
#[derive(Debug)]
pub(crate) struct Soundings(
    /// Locked while one source asks, so that the others wait for its answer.
    BTreeMap<Resource, Mutex<Option<Sounding>>>,
);

#[derive(Clone, Debug)]
struct Sounding {
    /// When it was asked: what is told is not older.
    at: Instant,
    /// How far the server has come, or when and why it was given up.
    outcome: Result<u64, (Instant, String)>,
}

impl Soundings {
    pub(crate) fn new() -> Self {
        Self(Resource::ALL.into_iter().map(|resource| (resource, Mutex::default())).collect())
    }
}

impl Source {
    /// Asks whether the silence of a watch that was heard then is well; if not, how it ends.
    pub(super) async fn sound(&mut self, heard: Instant) -> Result<(), End> {
        let revision = self.sounded_revision(heard).await?;
        let Stage::Following(from) = &self.stage else { return Ok(()) };
        if from.parse().is_ok_and(|from: u64| revision < from) {
            return Err(Error::Rewound.into());
        }
        Ok(self.report.alive().await?)
    }

    async fn sounded_revision(&mut self, heard: Instant) -> Result<u64, End> {
        let soundings = self.around.soundings.clone();
        let Some(latest) = soundings.0.get(&self.endpoint.id.resource) else {
            return self.ask_revision().await;
        };
        let waits_since = Instant::now();
        let mut lock = std::pin::pin!(latest.lock());
        let mut latest = if let Ok(latest) = timeout(PATIENCE, &mut lock).await {
            latest
        } else {
            // Whoever asks for all of us has no answer yet.
            self.late().await?;
            lock.await
        };
        match &*latest {
            // One from before this watch was heard tells nothing about it: the server may have been another, or not as
            // far as it told us since.
            Some(Sounding { at, outcome: Ok(revision) }) if *at >= heard && at.elapsed() < SHARED_FOR => {
                return Ok(*revision);
            }
            // Who waited for an answer that did not come need not wait for another.
            Some(Sounding { outcome: Err((given_up, reason)), .. }) if *given_up >= waits_since => {
                return Err(Error::Unreachable(reason.clone()).into());
            }
            _ => {}
        }
        let at = Instant::now();
        let answer = self.ask_revision().await;
        match &answer {
            Ok(revision) => *latest = Some(Sounding { at, outcome: Ok(*revision) }),
            // What is refused here may be granted in another namespace.
            Err(End::Failed(error)) if !matches!(error, Error::Refused(Refusal { code: 403, .. })) => {
                *latest = Some(Sounding { at, outcome: Err((Instant::now(), error.to_string())) });
            }
            Err(_) => {}
        }
        answer
    }

    /// The server's resourceVersion, from a consistent list of one object.
    async fn ask_revision(&mut self) -> Result<u64, End> {
        let address = self.endpoint.sounding();
        let metadata = self.list_page(&address, None).await?;
        // Each Kubernetes counts; one that does not can't be told to be behind.
        Ok(metadata.resource_version.parse().unwrap_or(u64::MAX))
    }
}
