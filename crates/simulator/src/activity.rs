//! What clients have asked so far, for tests that assert it.

use crate::Resource;
use std::collections::BTreeMap;
use tokio::sync::watch;

/// What a request did, in the words of an audit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// A list of a collection.
    List,
    /// A watch of a collection.
    Watch,
    /// One object.
    Get,
    /// A container's log.
    Log,
}

impl Verb {
    /// The verb that a role must grant.
    pub(crate) fn granted_as(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Watch => "watch",
            Self::Get | Self::Log => "get",
        }
    }
}

/// Counters since the start of the simulator.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    requests: BTreeMap<(Verb, Resource), u64>,
    open_watches: BTreeMap<Resource, u64>,
    other_requests: u64,
    refused_methods: u64,
    connections: u64,
    held_requests: u64,
}

impl Activity {
    /// Requests of this verb on this resource, whatever the answer was.
    #[must_use]
    pub fn requests(&self, verb: Verb, resource: Resource) -> u64 {
        self.requests.get(&(verb, resource)).copied().unwrap_or(0)
    }

    /// Requests of this verb on any resource.
    #[must_use]
    pub fn requests_of(&self, verb: Verb) -> u64 {
        self.requests.iter().filter(|((v, _), _)| *v == verb).map(|(_, n)| n).sum()
    }

    /// All requests, including those that name no resource (`/version`, unknown paths) and refused methods.
    #[must_use]
    pub fn all_requests(&self) -> u64 {
        self.requests.values().sum::<u64>() + self.other_requests + self.refused_methods
    }

    /// Requests that were not `GET` and were answered 405.
    #[must_use]
    pub fn refused_methods(&self) -> u64 {
        self.refused_methods
    }

    /// Watches of this resource that are being served now.
    #[must_use]
    pub fn open_watches(&self, resource: Resource) -> u64 {
        self.open_watches.get(&resource).copied().unwrap_or(0)
    }

    /// Requests that have come in and are held back because the server is frozen.
    #[must_use]
    pub fn held_requests(&self) -> u64 {
        self.held_requests
    }

    /// TCP connections accepted.
    #[must_use]
    pub fn connections(&self) -> u64 {
        self.connections
    }
}

/// The counters, where the server writes them. Each write wakes those who wait for a condition on them; the channel
/// holds one value, so a waiter that is late sees only the newest.
#[derive(Debug)]
pub(crate) struct Meter(watch::Sender<Activity>);

impl Meter {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Activity::default()))
    }

    pub(crate) fn snapshot(&self) -> Activity {
        self.0.borrow().clone()
    }

    pub(crate) async fn when(&self, condition: impl FnMut(&Activity) -> bool) -> Activity {
        let mut changes = self.0.subscribe();
        let reached = changes.wait_for(condition).await;
        reached.map_or_else(|_| self.snapshot(), |activity| activity.clone())
    }

    pub(crate) fn request(&self, verb: Verb, resource: Resource) {
        self.0.send_modify(|a| *a.requests.entry((verb, resource)).or_default() += 1);
    }

    pub(crate) fn other_request(&self) {
        self.0.send_modify(|a| a.other_requests += 1);
    }

    pub(crate) fn refused_method(&self) {
        self.0.send_modify(|a| a.refused_methods += 1);
    }

    pub(crate) fn connection(&self) {
        self.0.send_modify(|a| a.connections += 1);
    }

    pub(crate) fn held(&self) {
        self.0.send_modify(|a| a.held_requests += 1);
    }

    pub(crate) fn released(&self) {
        self.0.send_modify(|a| a.held_requests = a.held_requests.saturating_sub(1));
    }

    pub(crate) fn watch_opened(&self, resource: Resource) {
        self.0.send_modify(|a| *a.open_watches.entry(resource).or_default() += 1);
    }

    pub(crate) fn watch_closed(&self, resource: Resource) {
        self.0.send_modify(|a| {
            let open = a.open_watches.entry(resource).or_default();
            *open = open.saturating_sub(1);
        });
    }
}
