//! What a source tells.

use domain::id::Uid;
use domain::observation::{Fact, Object, Observation};
use domain::source::{Link, SourceId};
use domain::text::Text;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// How often a sign of life is passed on.
const SIGN_OF_LIFE: Duration = Duration::from_secs(10);

/// Nobody listens any more: the process is ending.
#[derive(Debug)]
pub(crate) struct Gone;

/// The mouth of one source. Facts leave in the order in which they are told.
#[derive(Debug)]
pub(crate) struct Report {
    cluster: Text,
    pub(crate) id: SourceId,
    /// To the engine, shared by all sources. Bounded by whoever made it, and closed by the engine's end; when it is full
    /// telling waits, and with it reading: nothing is dropped.
    observations: mpsc::Sender<Observation>,
    /// The link told last, and when
    told: Option<(Link, Instant)>,
}

impl Report {
    pub(crate) fn new(cluster: Text, id: SourceId, observations: mpsc::Sender<Observation>) -> Self {
        Self { cluster, id, observations, told: None }
    }

    pub(crate) async fn tell(&self, fact: Fact) -> Result<(), Gone> {
        let observation = Observation::Cluster { cluster: self.cluster.clone(), fact };
        self.observations.send(observation).await.map_err(|_| Gone)
    }

    pub(crate) async fn applied(&self, object: Object) -> Result<(), Gone> {
        self.tell(Fact::Applied(object)).await
    }

    pub(crate) async fn deleted(&self, uid: Uid) -> Result<(), Gone> {
        self.tell(Fact::Deleted(self.id.clone(), uid)).await
    }

    /// A complete list was told, and stands.
    pub(crate) async fn listed(&mut self, uids: Vec<Uid>) -> Result<(), Gone> {
        self.tell(Fact::Listed(self.id.clone(), uids)).await?;
        self.link(Link::Live).await
    }

    /// Whether the last word was that all is well.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self.told, Some((Link::Live, _)))
    }

    /// A sign of life; not each is passed on.
    pub(crate) async fn alive(&mut self) -> Result<(), Gone> {
        match &self.told {
            Some((Link::Live, at)) if at.elapsed() < SIGN_OF_LIFE => Ok(()),
            _ => self.link(Link::Live).await,
        }
    }

    /// How the source stands, unless that was told already.
    pub(crate) async fn link(&mut self, link: Link) -> Result<(), Gone> {
        let before = self.told.as_ref().map(|(told, _)| told);
        if before == Some(&link) && link != Link::Live {
            return Ok(());
        }
        self.log(before, &link);
        self.told = Some((link.clone(), Instant::now()));
        self.tell(Fact::Linked(self.id.clone(), link)).await
    }

    /// A line for each change, none for each sign of life.
    fn log(&self, before: Option<&Link>, link: &Link) {
        if before.is_some_and(|before| std::mem::discriminant(before) == std::mem::discriminant(link)) {
            return;
        }
        let cluster = &*self.cluster;
        let resource = self.id.resource.name();
        let namespace = self.id.namespace.as_deref().unwrap_or("*");
        match link {
            Link::Connecting => tracing::debug!(cluster, resource, namespace, "source is connecting"),
            Link::Live if before == Some(&Link::Connecting) => {
                tracing::debug!(cluster, resource, namespace, "source is live");
            }
            Link::Live => tracing::info!(cluster, resource, namespace, "source is live again"),
            Link::Closed => tracing::info!(cluster, resource, namespace, "source is closed"),
            Link::Lost { reason } => {
                tracing::warn!(cluster, resource, namespace, %reason, "source is lost; it is tried again");
            }
            // What is optional is left out on purpose, as a rule; the settings say what is lost without it.
            Link::Forbidden { reason } if !self.id.resource.is_required() => {
                tracing::info!(cluster, resource, namespace, %reason, "optional source may not be read");
            }
            Link::Forbidden { reason } => {
                tracing::warn!(cluster, resource, namespace, %reason, "source may not be read");
            }
            Link::Absent { reason } => {
                tracing::info!(cluster, resource, namespace, %reason, "source is not there");
            }
        }
    }
}
