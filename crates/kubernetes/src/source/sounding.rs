//! Whether a watch that says nothing has nothing to say.
//!
//! An API server sends bookmarks about once a minute, but only once its cache of the resource has moved beyond the
//! resourceVersion that the watch began at: where nothing changes a watch may be silent for all its life. One small
//! consistent read answers three questions: is the server there, may we still read, and has it what we have seen. On
//! servers from 1.31 on it also moves the cache on, and bookmarks come from then on.

use super::{End, Source, Stage};
use crate::error::Error;
use domain::source::Resource;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::Instant;

/// How long an answer counts for the watches of other namespaces: theirs fall silent together.
const SHARED_FOR: Duration = Duration::from_secs(30);

/// The latest answers, for all sources of a cluster.
#[derive(Debug)]
pub(crate) struct Soundings(
    /// Locked while one source asks, so that the others wait for its answer.
    BTreeMap<Resource, Mutex<Option<Sounding>>>,
);

#[derive(Clone, Copy, Debug)]
struct Sounding {
    at: Instant,
    /// How far the server has come.
    revision: u64,
}

impl Soundings {
    pub(crate) fn new() -> Self {
        Self(Resource::ALL.into_iter().map(|resource| (resource, Mutex::default())).collect())
    }
}

impl Source {
    /// Asks whether silence is well; if not, how it ends.
    pub(super) async fn sound(&mut self) -> Result<(), End> {
        let revision = self.sounded_revision().await?;
        let Stage::Following(from) = &self.stage else { return Ok(()) };
        if from.parse().is_ok_and(|from: u64| revision < from) {
            return Err(Error::Rewound.into());
        }
        Ok(self.report.alive().await?)
    }

    async fn sounded_revision(&mut self) -> Result<u64, End> {
        let soundings = self.around.soundings.clone();
        let resource = self.endpoint.id.resource;
        let Some(latest) = soundings.0.get(&resource) else { return self.ask_revision().await };
        let mut latest = latest.lock().await;
        if let Some(sounding) = latest.filter(|sounding| sounding.at.elapsed() < SHARED_FOR) {
            return Ok(sounding.revision);
        }
        let revision = self.ask_revision().await?;
        *latest = Some(Sounding { at: Instant::now(), revision });
        Ok(revision)
    }

    /// The server's resourceVersion, from a consistent list of one object.
    async fn ask_revision(&mut self) -> Result<u64, End> {
        let address = self.endpoint.sounding();
        let metadata = self.list_page(&address, None).await?;
        // Each Kubernetes counts; one that does not can't be told to be behind.
        Ok(metadata.resource_version.parse().unwrap_or(u64::MAX))
    }
}
