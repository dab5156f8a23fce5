//! One resource in one scope: listed once, followed for ever.

mod pages;
mod sounding;
mod stream;

pub(crate) use sounding::Soundings;

use crate::backoff::Backoff;
use crate::connection::{Answer, Connection, Question};
use crate::endpoint::Endpoint;
use crate::error::{Error, Refusal};
use crate::interner::Interner;
use crate::item;
use crate::report::{Gone, Report};
use crate::telemetry::Telemetry;
use crate::wire::{Format, Malformed};
use domain::id::Uid;
use domain::observation::Object;
use domain::scope::Scope;
use domain::source::Link;
use domain::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How many lists of one cluster may be under way at once, so that a start does not hammer the API server.
pub(crate) const PARALLEL_LISTS: u32 = 4;
/// How long a source that may not be read is left alone.
pub(crate) const FORBIDDEN_RETRY: Duration = Duration::from_mins(1);
/// A source that could be read until now is asked so often again before its right is taken for lost: an API server that
/// has just started refuses whatever its roles grant, until it has read them.
const DOUBTS: u32 = 3;
const DOUBT_RETRY: Duration = Duration::from_secs(2);
/// How long a source that is not there is left alone at first; twice as long each time, up to the longest.
pub(crate) const ABSENT_RETRY: Duration = Duration::from_mins(1);
pub(crate) const LONGEST_ABSENT_RETRY: Duration = Duration::from_mins(5);
/// Over how long the sources spread that try again because one of them has an answer again.
const RETURN_SPREAD: Duration = Duration::from_millis(500);
/// When a person is told that an answer is late. It is waited for beyond that.
const PATIENCE: Duration = Duration::from_secs(4);
/// Streaming lists that were cut before their end, until pages are tried.
const EARLY_CUTS: u32 = 2;

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
    pub(crate) soundings: Arc<Soundings>,
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
                End::Finished => self.after_end().await?,
                End::Failed(error) => self.after_failure(error).await?,
                End::Gone => return Err(Gone),
            };
            tokio::select! {
                () = sleep(wait) => {}
                // Another source has an answer again after none had: so may we. Not all in the same moment.
                Ok(()) = returns.changed() => sleep(wait.min(RETURN_SPREAD.mul_f32(fastrand::f32()))).await,
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
            // The semaphore is never closed.
            self.permit = self.around.lists.clone().acquire_many_owned(self.permits()).await.ok();
            let streams = self.method == Method::ByNearness && self.around.connection.is_near().await?;
            if !streams {
                self.list_pages().await?;
            }
        }
        self.watch().await
    }

    /// How many of the permits a list takes. What only adds evidence takes them all: it does not compete with what is
    /// required, and comes when that has been read.
    fn permits(&self) -> u32 {
        if self.endpoint.id.resource.is_required() { 1 } else { PARALLEL_LISTS }
    }

    /// Asks; tells a person when the answer is late, and waits on.
    async fn ask(&mut self, question: Question<'_>) -> Result<Answer, End> {
        let connection = self.around.connection.clone();
        let mut answer = std::pin::pin!(connection.ask(question));
        let Ok(answer) = timeout(PATIENCE, &mut answer).await else {
            let reason = Error::Silent(PATIENCE).to_string().into();
            self.report.link(Link::Lost { reason }).await?;
            return Ok(answer.await?);
        };
        Ok(answer?)
    }

    /// A watch ended in order: it is taken up at once, the first time.
    async fn after_end(&mut self) -> Result<Duration, Gone> {
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

    async fn after_failure(&mut self, error: Error) -> Result<Duration, Gone> {
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
        self.lost(&error).await
    }

    async fn after_refusal(&mut self, refusal: &Refusal) -> Result<Duration, Gone> {
        let was_listing = self.stage == Stage::Unlisted;
        match refusal.code {
            403 if self.doubts > 0 => {
                self.doubts -= 1;
                self.lost(&Error::Refused(refusal.clone())).await?;
                Ok(DOUBT_RETRY)
            }
            403 => {
                self.stage = Stage::Unlisted;
                self.report.link(Link::Forbidden { reason: refusal.to_string().into() }).await?;
                Ok(FORBIDDEN_RETRY)
            }
            // An API server without what each one has is none; something else answers in its place.
            404 if !self.endpoint.id.resource.is_required() => {
                self.stage = Stage::Unlisted;
                let reason = format!("the API server has no {}", self.endpoint.id.resource.plural());
                self.report.link(Link::Absent { reason: reason.into() }).await?;
                let wait = self.absent_retry;
                self.absent_retry = (wait * 2).min(LONGEST_ABSENT_RETRY);
                Ok(wait)
            }
            // History is gone: all is listed again, at once the first time.
            410 => {
                self.stage = Stage::Unlisted;
                let is_first = self.backoff.is_fresh();
                let wait = self.backoff.next_wait();
                Ok(if is_first { Duration::ZERO } else { wait })
            }
            401 | 408 | 429 => self.busy(refusal).await,
            // 422 "sendInitialEvents is forbidden", 400 of a proxy that knows better: a streaming list is not to be had.
            400..500 if was_listing && self.method == Method::ByNearness => {
                tracing::debug!(resource = self.endpoint.id.resource.name(), %refusal, "listing in pages");
                self.method = Method::Pages;
                Ok(Duration::ZERO)
            }
            // "Too large resource version": the server is younger than what we know of it (etcd was restored).
            504 => {
                self.stage = Stage::Unlisted;
                self.busy(refusal).await
            }
            _ => self.busy(refusal).await,
        }
    }

    async fn busy(&mut self, refusal: &Refusal) -> Result<Duration, Gone> {
        let wait = self.lost(&Error::Refused(refusal.clone())).await?;
        Ok(refusal.retry_after.map_or(wait, |asked| asked + wait))
    }

    async fn lost(&mut self, error: &Error) -> Result<Duration, Gone> {
        self.report.link(Link::Lost { reason: error.to_string().into() }).await?;
        Ok(self.backoff.next_wait())
    }

    fn count_early_cut(&mut self) {
        self.early_cuts += 1;
        if self.early_cuts >= EARLY_CUTS {
            self.method = Method::Pages;
        }
    }

    /// A complete list was told.
    async fn listed(&mut self, uids: Vec<Uid>, resource_version: String) -> Result<(), Gone> {
        if let Some(names) = &mut self.names {
            let listed: BTreeSet<_> = uids.iter().collect();
            names.known.retain(|uid, _| listed.contains(uid));
            names.tell();
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
            Err(malformed) => return Ok(self.unreadable(format, bytes, malformed)?),
        };
        let Some(object) = item.object else { return Ok((None, item.resource_version)) };
        if let (Some(names), Object::Namespace(namespace)) = (&mut self.names, &object) {
            names.known.insert(item.uid, namespace.name.clone());
        }
        self.report.applied(object).await?;
        Ok((Some(item.uid), item.resource_version))
    }
}

impl Source {
    /// An object that can't be read, in an answer that can: it stays as it was known, and the others are read on. What
    /// one namespace's user writes must not blind us for all.
    fn unreadable(
        &self,
        format: Format,
        bytes: &[u8],
        malformed: Malformed,
    ) -> Result<(Option<Uid>, String), Error> {
        let resource = self.endpoint.id.resource;
        let Some(trace) = item::identify(resource, format, bytes, &self.around.scope) else {
            return Err(Error::Malformed(malformed));
        };
        self.around.telemetry.count_unreadable(resource);
        tracing::warn!(resource = resource.name(), uid = %trace.uid, %malformed, "an object can't be read");
        Ok((Some(trace.uid), trace.resource_version))
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
