//! One resource in one scope: listed once, followed for ever.

mod pages;
mod retry;
mod sounding;
mod stream;

pub(crate) use retry::{ABSENT_RETRY, DOUBT_RETRY, DOUBTS, FORBIDDEN_RETRY, LONGEST_ABSENT_RETRY};
pub(crate) use sounding::Soundings;

use retry::Wait;

use crate::backoff::Backoff;
use crate::connection::{Answer, Connection, Question};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::interner::Interner;
use crate::item;
use crate::logs::Crashes;
use crate::report::{Gone, Report};
use crate::telemetry::Telemetry;
use crate::wire::{Format, Malformed};
use bytes::Bytes;
use domain::id::Uid;
use domain::observation::{Fact, Object};
use domain::scope::Scope;
use domain::source::{Link, Resource};
use domain::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How many lists of one cluster may be under way at once, so that a start does not hammer the API server.
pub(crate) const PARALLEL_LISTS: u32 = 4;
/// Over how long the sources spread that try again because one of them has an answer again.
const RETURN_SPREAD: Duration = Duration::from_millis(500);
/// When a person is told that an answer is late. It is waited for beyond that.
const PATIENCE: Duration = Duration::from_secs(4);

/// What all sources of a cluster share.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    pub(crate) cluster: Text,
    pub(crate) connection: Arc<Connection>,
    pub(crate) scope: Arc<Scope>,
    /// Locked for one object at a time, never across a wait.
    pub(crate) interner: Arc<Mutex<Interner>>,
    pub(crate) telemetry: Arc<Telemetry>,
    /// [`PARALLEL_LISTS`] permits. Fair: who asks first is served first, and sources are started in the order of
    /// importance. Never closed.
    pub(crate) lists: Arc<Semaphore>,
    /// One permit: what only adds evidence is listed one resource after the other.
    pub(crate) evidence: Arc<Semaphore>,
    pub(crate) soundings: Arc<Soundings>,
    /// The ends of containers whose logs are to be read
    pub(crate) crashes: Arc<Crashes>,
}

/// A watched resource. Task `<cluster>/<resource>`, or `<cluster>/<namespace>/<resource>`.
#[derive(Debug)]
pub(crate) struct Source {
    around: Surroundings,
    endpoint: Endpoint,
    report: Report,
    stage: Stage,
    method: Method,
    backoff: Backoff,
    absent_retry: Duration,
    early_cuts: u32,
    /// How often a 403 may still be a mistake.
    doubts: u32,
    has_watched: bool,
    /// Whether a watch that was taken up after a loss may still have to tell what was missed.
    is_catching_up: bool,
    /// The objects that can't be read, as far as they are known to be there.
    unreadable: BTreeSet<Uid>,
    /// When the list that is under way, or was last, began to be waited for.
    listing_since: Instant,
    /// The right to list, held while listing.
    permit: Option<OwnedSemaphorePermit>,
    /// The namespaces that there are, for whoever chooses among them.
    names: Option<Names>,
}

/// How far reading has come.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// Nothing was told yet, or what was told can't be continued: a list is next.
    Unlisted,
    /// Everything up to this resourceVersion was told: a watch goes on from there.
    Following(String),
}

/// How a list is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// By nearness: one streaming list from near by, compressed pages from afar.
    ByNearness,
    /// In pages: the server does not stream, or its streams do not come through.
    Pages,
}

/// The names behind the uids of a namespace source.
#[derive(Debug)]
struct Names {
    known: BTreeMap<Uid, Text>,
    /// One value, the latest; closed with the source. `None` until the first list is complete.
    told: watch::Sender<Option<BTreeSet<Text>>>,
}

/// Why a try ended.
#[derive(Debug)]
enum End {
    /// The watch ended in order, as watches do.
    Finished,
    /// It failed.
    Failed(Error),
    /// Nobody listens any more.
    Gone,
}

impl Source {
    /// `names` lets others follow which namespaces there are; for the source of namespaces.
    pub(crate) fn new(
        around: Surroundings,
        endpoint: Endpoint,
        report: Report,
        names: Option<watch::Sender<Option<BTreeSet<Text>>>>,
    ) -> Self {
        Self {
            around,
            endpoint,
            report,
            stage: Stage::Unlisted,
            method: Method::ByNearness,
            backoff: Backoff::default(),
            absent_retry: ABSENT_RETRY,
            early_cuts: 0,
            doubts: 0,
            has_watched: false,
            is_catching_up: false,
            unreadable: BTreeSet::new(),
            listing_since: Instant::now(),
            permit: None,
            names: names.map(|told| Names { known: BTreeMap::new(), told }),
        }
    }

    /// Reads until `stop`, or until `leave`: then it says last that what it told is not kept up any more.
    pub(crate) async fn run(mut self, leave: CancellationToken, stop: CancellationToken) {
        tokio::select! {
            // Nobody listens any more.
            Err(Gone) = self.follow() => {}
            () = stop.cancelled() => {}
            () = leave.cancelled() => {
                // As above.
                let _ = self.report.link(Link::Closed).await;
            }
        }
    }

    async fn follow(&mut self) -> Result<Infallible, Gone> {
        self.report.link(Link::Connecting).await?;
        let mut returns = self.around.connection.returns();
        loop {
            let end = self.attempt().await;
            self.permit = None;
            returns.mark_unchanged();
            let wait = match end {
                End::Finished => Wait::Ours(self.after_end().await?),
                End::Failed(error) => self.after_failure(error).await?,
                End::Gone => return Err(Gone),
            };
            match wait {
                Wait::Asked(wait) => sleep(wait).await,
                Wait::Ours(wait) => tokio::select! {
                    () = sleep(wait) => {}
                    // Another source has an answer again after none had: so may we. Not all in the same moment.
                    Ok(()) = returns.changed() => {
                        sleep(wait.min(RETURN_SPREAD.mul_f32(fastrand::f32()))).await;
                    }
                },
            }
        }
    }

    /// One list or one watch, to its end.
    async fn attempt(&mut self) -> End {
        match self.try_once().await {
            Ok(()) => End::Finished,
            Err(end) => end,
        }
    }

    async fn try_once(&mut self) -> Result<(), End> {
        if self.stage == Stage::Unlisted {
            self.listing_since = Instant::now();
            self.permit = self.turn().await?;
            let streams = self.method == Method::ByNearness && self.around.connection.is_near().await?;
            if !streams {
                self.list_pages().await?;
            }
        }
        self.watch().await
    }

    /// Waits until it may list. What only adds evidence waits until all that is required and was there before it has
    /// been read, and then holds up nothing of that: only others of its kind.
    async fn turn(&mut self) -> Result<Option<OwnedSemaphorePermit>, Gone> {
        let (lists, evidence) = (self.around.lists.clone(), self.around.evidence.clone());
        let is_required = self.endpoint.id.resource.is_required();
        let mut turn = std::pin::pin!(async move {
            // The semaphores are never closed.
            if is_required {
                return lists.acquire_owned().await.ok();
            }
            let permit = evidence.acquire_owned().await.ok();
            drop(lists.acquire_many_owned(PARALLEL_LISTS).await);
            permit
        });
        if let Ok(permit) = timeout(PATIENCE, &mut turn).await {
            return Ok(permit);
        }
        self.not_current().await?;
        Ok(turn.await)
    }

    /// Asks; tells a person when the answer is late, and waits on.
    async fn ask(&mut self, question: Question<'_>) -> Result<Answer, End> {
        let connection = self.around.connection.clone();
        let mut answer = std::pin::pin!(connection.ask(question));
        let Ok(answer) = timeout(PATIENCE, &mut answer).await else {
            self.late().await?;
            return Ok(answer.await?);
        };
        Ok(answer?)
    }

    /// The next bytes of a list; tells a person when they are late, and waits on.
    async fn next_bytes(&mut self, answer: &mut Answer, limit: Duration) -> Result<Option<Bytes>, End> {
        match answer.next_bytes(PATIENCE).await {
            Err(Error::Silent(_)) => {
                self.late().await?;
                let rest = answer.next_bytes(limit.saturating_sub(PATIENCE)).await;
                Ok(rest.map_err(|error| match error {
                    Error::Silent(_) => Error::Silent(limit),
                    other => other,
                })?)
            }
            bytes => {
                if self.stage == Stage::Unlisted && self.listing_since.elapsed() >= PATIENCE {
                    self.not_current().await?;
                }
                Ok(bytes?)
            }
        }
    }

    async fn late(&mut self) -> Result<(), Gone> {
        let reason = Error::Silent(PATIENCE).to_string().into();
        self.report.link(Link::Lost { reason }).await
    }

    /// What was known is being read anew, and that takes its time.
    async fn not_current(&mut self) -> Result<(), Gone> {
        if !self.report.is_live() {
            return Ok(());
        }
        let reason = "the API server has forgotten what came since: all is being listed anew".into();
        self.report.link(Link::Lost { reason }).await
    }

    /// A complete list was told.
    async fn listed(&mut self, uids: Vec<Uid>, resource_version: String) -> Result<(), Gone> {
        if let Some(names) = &mut self.names {
            let listed: BTreeSet<_> = uids.iter().collect();
            names.known.retain(|uid, _| listed.contains(uid));
            names.tell();
        }
        self.note_unreadable(|unreadable| {
            if !unreadable.is_empty() {
                let listed: BTreeSet<_> = uids.iter().collect();
                unreadable.retain(|uid| listed.contains(uid));
            }
        })
        .await?;
        if self.endpoint.id.resource == Resource::Pods {
            self.around.crashes.listed(self.endpoint.id.namespace.as_ref(), &uids);
        }
        self.stage = Stage::Following(resource_version);
        self.permit = None;
        self.early_cuts = 0;
        self.doubts = DOUBTS;
        self.absent_retry = ABSENT_RETRY;
        self.report.listed(uids).await
    }

    /// Reads an object and tells it; returns its uid, where it is any of our business, and its resourceVersion.
    async fn put(&mut self, format: Format, bytes: &[u8]) -> Result<(Option<Uid>, String), End> {
        let resource = self.endpoint.id.resource;
        let read = {
            let mut interner = self.around.interner.lock().unwrap_or_else(PoisonError::into_inner);
            item::read(resource, format, bytes, &self.around.scope, &mut interner)
        };
        self.around.telemetry.count_object(resource);
        let item = match read {
            Ok(item) => item,
            Err(malformed) => return self.unreadable(format, bytes, malformed).await,
        };
        self.now_readable(item.uid).await?;
        let Some(object) = item.object else { return Ok((None, item.resource_version)) };
        if let (Some(names), Object::Namespace(namespace)) = (&mut self.names, &object) {
            names.known.insert(item.uid, namespace.name.clone());
        }
        if let Object::Pod(pod) = &object {
            self.around.crashes.note(pod, self.stage == Stage::Unlisted);
        }
        self.report.applied(object).await?;
        Ok((Some(item.uid), item.resource_version))
    }
}

impl Source {
    /// An object that can't be read, in an answer that can: it stays as it was known, and the others are read on. What
    /// one namespace's user writes must not blind us for all.
    async fn unreadable(
        &mut self,
        format: Format,
        bytes: &[u8],
        malformed: Malformed,
    ) -> Result<(Option<Uid>, String), End> {
        let resource = self.endpoint.id.resource;
        let Some(trace) = item::identify(resource, format, bytes, &self.around.scope) else {
            return Err(Error::Malformed(malformed).into());
        };
        self.around.telemetry.count_unreadable(resource);
        tracing::warn!(resource = resource.name(), uid = %trace.uid, %malformed, "an object can't be read");
        if trace.is_admitted {
            self.note_unreadable(|unreadable| _ = unreadable.insert(trace.uid)).await?;
        }
        Ok((Some(trace.uid), trace.resource_version))
    }

    /// The object can be read, or is gone.
    async fn now_readable(&mut self, uid: Uid) -> Result<(), Gone> {
        self.note_unreadable(|unreadable| _ = unreadable.remove(&uid)).await
    }

    /// Changes which objects can't be read, and tells how many they are where that has changed.
    async fn note_unreadable(&mut self, change: impl FnOnce(&mut BTreeSet<Uid>)) -> Result<(), Gone> {
        let before = self.unreadable.len();
        change(&mut self.unreadable);
        if self.unreadable.len() == before {
            return Ok(());
        }
        let count = u32::try_from(self.unreadable.len()).unwrap_or(u32::MAX);
        self.report.tell(Fact::Unreadable(self.endpoint.id.clone(), count)).await
    }
}

impl Names {
    fn tell(&self) {
        let names: BTreeSet<Text> = self.known.values().cloned().collect();
        self.told.send_if_modified(|told| {
            let is_new = told.as_ref() != Some(&names);
            *told = Some(names);
            is_new
        });
    }
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}
