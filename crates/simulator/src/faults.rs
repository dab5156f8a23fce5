//! What can be broken on demand.

use crate::{Cluster, Object, Resource, Verb};
use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// The requests that a fault is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// All that name a resource.
    #[default]
    Any,
    /// Those of one verb.
    Verb(Verb),
    /// Those of one resource.
    Resource(Resource),
    /// Those of one verb on one resource.
    Of(Verb, Resource),
}

/// An answer in place of the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// 429 with a `Retry-After` in seconds.
    TooManyRequests {
        /// The wait asked for.
        retry_after_seconds: u32,
    },
    /// A `Status` of the API server with this HTTP status (410, 500, 503 …).
    Status(u16),
    /// A page of HTML with this HTTP status, as a proxy in front of the API server writes it (502, 504 …).
    ProxyPage(u16),
    /// 200 with this JSON, as something else that stands in the API server's place writes it.
    OtherJson(&'static str),
    /// 200 with these bytes as plain text, as a kubelet hands out a log and what it says in place of one.
    Text(&'static [u8]),
    /// Nothing, until the client gives up or the server ends.
    Silence,
}

/// How a watch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// As the server ends it: the body is complete.
    Clean,
    /// As a network ends it: the connection is gone in the middle of the body.
    Abrupt,
}

/// What is wrong with a body. Of a list the whole body is meant, of a watch its first frame; then it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Corruption {
    /// Half of it is missing, though the body is complete as far as HTTP goes.
    Truncated,
    /// Every second byte is inverted.
    Garbled,
    /// A frame that says that it is 2 GiB long (a protobuf watch), or text that never ends its string (JSON).
    Endless,
}

/// How slowly bodies are sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The size of a piece in bytes.
    pub piece_bytes: usize,
    /// The pause before each piece.
    pub pause: Duration,
}

/// A handle on the faults of one simulator. Without a call nothing is ever broken.
#[derive(Clone, Debug)]
pub struct Faults {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    plan: Mutex<Plan>,
    /// Whether the listening socket is to be open. One value; the accept loop follows it.
    listening: watch::Sender<bool>,
    /// Whether it is. One value, written by the accept loop.
    listens: watch::Sender<bool>,
    /// The end of the server, after which there is nothing to wait for.
    stop: CancellationToken,
    /// Whether answers are held back. One value; every answer waits until it is false.
    frozen: watch::Sender<bool>,
    /// The last order to end watches. One value: an order that comes while a watch has not yet seen the one before
    /// replaces it, and a watch that either was for ends by the count.
    cuts: watch::Sender<CutOrder>,
}

#[derive(Debug)]
struct Plan {
    failures: Vec<Planned<Failure>>,
    corruptions: Vec<Planned<Corruption>>,
    pace: Option<Pace>,
    /// Nodes whose kubelet does not answer
    silent_nodes: BTreeSet<String>,
    connections: Connections,
}

/// The connections that were accepted since the last were dropped.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections {
    /// Cancelled when they are to be dropped.
    pub(crate) dropped: CancellationToken,
    /// Counts them.
    pub(crate) tracker: TaskTracker,
}

#[derive(Debug)]
struct Planned<T> {
    left: u32,
    what: T,
    scope: Scope,
}

/// Which watches end, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CutOrder {
    pub(crate) cut: Cut,
    pub(crate) resource: Option<Resource>,
}

impl Faults {
    pub(crate) fn new(stop: CancellationToken) -> Self {
        let plan = Plan {
            failures: Vec::new(),
            corruptions: Vec::new(),
            pace: None,
            silent_nodes: BTreeSet::new(),
            connections: Connections::default(),
        };
        let cuts = watch::Sender::new(CutOrder { cut: Cut::Clean, resource: None });
        let inner = Inner {
            plan: Mutex::new(plan),
            listening: watch::Sender::new(true),
            listens: watch::Sender::new(true),
            stop,
            frozen: watch::Sender::new(false),
            cuts,
        };
        Self { inner: Arc::new(inner) }
    }

    /// Closes every connection there is, whatever is under way on it, and returns when they are closed. New ones are
    /// accepted.
    pub async fn drop_connections(&self) {
        let old = std::mem::take(&mut self.plan().connections);
        old.dropped.cancel();
        old.tracker.close();
        old.tracker.wait().await;
    }

    /// Closes the listening socket: whoever connects is refused by the operating system. Connections that exist stay.
    pub async fn refuse_connections(&self) {
        self.listen(false).await;
    }

    /// Listens again, on the same port.
    pub async fn accept_connections(&self) {
        self.listen(true).await;
    }

    /// Answers the next `count` requests of the scope with a failure.
    pub fn fail_next(&self, count: u32, failure: Failure, scope: Scope) {
        self.plan().failures.push(Planned { left: count, what: failure, scope });
    }

    /// From now on the kubelet of that node does not answer: logs of its pods are waited for until the client gives up or
    /// the server ends.
    pub fn silence_node(&self, node: &str) {
        self.plan().silent_nodes.insert(node.to_owned());
    }

    /// Forgets the failures and corruptions that are still to come, and lets every kubelet answer what it is asked from now
    /// on.
    pub fn clear(&self) {
        let mut plan = self.plan();
        plan.failures.clear();
        plan.corruptions.clear();
        plan.pace = None;
        plan.silent_nodes.clear();
    }

    /// Ends the watches that are open, of one resource or of all.
    pub fn cut_watches(&self, cut: Cut, resource: Option<Resource>) {
        self.inner.cuts.send_replace(CutOrder { cut, resource });
    }

    /// From now on requests are accepted and not answered, and open watches say nothing.
    pub fn freeze(&self) {
        self.inner.frozen.send_replace(true);
    }

    /// Answers again, beginning with what was held back.
    pub fn thaw(&self) {
        self.inner.frozen.send_replace(false);
    }

    /// Sends all bodies slowly, or at full speed again.
    pub fn slow_bodies(&self, pace: Option<Pace>) {
        self.plan().pace = pace;
    }

    /// Spoils the bodies of the next `count` good answers of the scope.
    pub fn corrupt_next(&self, count: u32, corruption: Corruption, scope: Scope) {
        self.plan().corruptions.push(Planned { left: count, what: corruption, scope });
    }

    /// Changes the cluster while no client sees it: connections are dropped and refused, `change` is made, the
    /// history is forgotten, and clients may come back, to find that they have to list again.
    pub async fn while_away<T>(&self, cluster: &Cluster, change: impl FnOnce(&Cluster) -> T) -> T {
        self.refuse_connections().await;
        self.drop_connections().await;
        let result = change(cluster);
        cluster.expire_window();
        self.accept_connections().await;
        result
    }

    pub(crate) fn listening(&self) -> watch::Receiver<bool> {
        self.inner.listening.subscribe()
    }

    pub(crate) fn cuts(&self) -> watch::Receiver<CutOrder> {
        self.inner.cuts.subscribe()
    }

    /// Says that the listening socket has been opened or closed.
    pub(crate) fn listens(&self, listens: bool) {
        self.inner.listens.send_replace(listens);
    }

    pub(crate) fn connections(&self) -> Connections {
        self.plan().connections.clone()
    }

    pub(crate) fn pace(&self) -> Option<Pace> {
        self.plan().pace
    }

    /// Whether that pod is on a node whose kubelet does not answer.
    pub(crate) fn silences(&self, pod: &Object) -> bool {
        let plan = self.plan();
        if plan.silent_nodes.is_empty() {
            return false;
        }
        pod.value()["spec"]["nodeName"].as_str().is_some_and(|node| plan.silent_nodes.contains(node))
    }

    pub(crate) fn is_frozen(&self) -> bool {
        *self.inner.frozen.borrow()
    }

    /// Returns when answers are not held back.
    pub(crate) async fn thawed(&self) {
        let mut frozen = self.inner.frozen.subscribe();
        // The sender lives in `self`, so the wait cannot fail.
        let _ = frozen.wait_for(|frozen| !frozen).await;
    }

    pub(crate) fn take_failure(&self, verb: Verb, resource: Resource) -> Option<Failure> {
        take(&mut self.plan().failures, verb, resource)
    }

    pub(crate) fn take_corruption(&self, verb: Verb, resource: Resource) -> Option<Corruption> {
        take(&mut self.plan().corruptions, verb, resource)
    }

    async fn listen(&self, wanted: bool) {
        self.inner.listening.send_replace(wanted);
        let mut listens = self.inner.listens.subscribe();
        tokio::select! {
            _ = listens.wait_for(|listens| *listens == wanted) => {}
            () = self.inner.stop.cancelled() => {}
        }
    }

    fn plan(&self) -> MutexGuard<'_, Plan> {
        self.inner.plan.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Scope {
    fn covers(self, verb: Verb, resource: Resource) -> bool {
        match self {
            Self::Any => true,
            Self::Verb(v) => v == verb,
            Self::Resource(r) => r == resource,
            Self::Of(v, r) => (v, r) == (verb, resource),
        }
    }
}

impl Corruption {
    /// The body or frame with the fault in it.
    pub(crate) fn spoil(self, good: &[u8], is_text: bool) -> Vec<u8> {
        match self {
            Self::Truncated => good[..good.len() / 2].to_vec(),
            Self::Garbled => good.iter().enumerate().map(|(i, b)| if i % 2 == 1 { !b } else { *b }).collect(),
            Self::Endless if is_text => {
                let mut text = br#"{"type":"ADDED","object":{"kind":""#.to_vec();
                text.resize(text.len() + (1 << 20), b'x');
                text
            }
            Self::Endless => {
                let mut frame = 0x8000_0000_u32.to_be_bytes().to_vec();
                frame.resize(frame.len() + (1 << 20), 0);
                frame
            }
        }
    }
}

fn take<T: Copy>(planned: &mut Vec<Planned<T>>, verb: Verb, resource: Resource) -> Option<T> {
    planned.retain(|p| p.left > 0);
    let next = planned.iter_mut().find(|p| p.scope.covers(verb, resource))?;
    next.left -= 1;
    Some(next.what)
}
