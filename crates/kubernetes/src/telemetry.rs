//! What the collector counts of itself, for `/metrics`.

use domain::source::Resource;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Counters that only rise, shared by the collector and whoever shows them.
#[derive(Debug)]
pub struct Telemetry {
    /// When counting began; the times below count from here.
    began: Instant,
    /// Few and rare: a handful of kinds of requests, one every few minutes each.
    requests: Mutex<BTreeMap<Request, u64>>,
    sources: [Counters; Resource::ALL.len()],
}

/// A kind of request to API servers and its outcome. All of them are GET.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Request {
    /// What it is for
    pub verb: Verb,
    /// Of which resource; `None` for what is none (`/version`)
    pub resource: Option<Resource>,
    /// The HTTP status; 0 where no answer came
    pub code: u16,
}

/// What a request is for, in the words of Kubernetes' authorisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verb {
    /// One object
    Get,
    /// All objects, or a page of them
    List,
    /// What changes, with or without what is there
    Watch,
}

impl Verb {
    /// As Kubernetes writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
            Self::Watch => "watch",
        }
    }
}

#[derive(Debug, Default)]
struct Counters {
    bytes: AtomicU64,
    objects: AtomicU64,
    unreadable: AtomicU64,
    watch_restarts: AtomicU64,
    /// Milliseconds after the beginning, plus one; 0 for never.
    heard: AtomicU64,
}

/// The counters of one resource over all its sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// Which resource
    pub resource: Resource,
    /// Bytes of bodies, after decompression
    pub bytes: u64,
    /// Objects in lists and changes in watches, bookmarks aside
    pub objects: u64,
    /// Those among them that could not be read, and were left as they were known
    pub unreadable: u64,
    /// Watches that took the place of one that had ended
    pub watch_restarts: u64,
    /// How long ago any of its sources told anything, a bookmark included; `None` for never
    pub silent_for: Option<Duration>,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            requests: Mutex::default(),
            sources: std::array::from_fn(|_| Counters::default()),
        }
    }
}

impl Telemetry {
    /// How many requests of each kind were made.
    #[must_use]
    pub fn requests(&self) -> Vec<(Request, u64)> {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        requests.iter().map(|(request, count)| (*request, *count)).collect()
    }

    /// What came of each resource.
    #[must_use]
    pub fn traffic(&self) -> Vec<Traffic> {
        let now = self.began.elapsed();
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Resource::ALL
            .into_iter()
            .map(|resource| {
                let counters = self.of(resource);
                let heard = read(&counters.heard).checked_sub(1).map(Duration::from_millis);
                Traffic {
                    resource,
                    bytes: read(&counters.bytes),
                    objects: read(&counters.objects),
                    unreadable: read(&counters.unreadable),
                    watch_restarts: read(&counters.watch_restarts),
                    silent_for: heard.map(|heard| now.saturating_sub(heard)),
                }
            })
            .collect()
    }

    pub(crate) fn count_request(&self, request: Request) {
        *self.requests.lock().unwrap_or_else(PoisonError::into_inner).entry(request).or_default() += 1;
    }

    pub(crate) fn count_bytes(&self, resource: Resource, bytes: usize) {
        let counters = self.of(resource);
        counters.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let millis = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        counters.heard.store(millis + 1, Ordering::Relaxed);
    }

    pub(crate) fn count_object(&self, resource: Resource) {
        self.of(resource).objects.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_unreadable(&self, resource: Resource) {
        self.of(resource).unreadable.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_watch_restart(&self, resource: Resource) {
        self.of(resource).watch_restarts.fetch_add(1, Ordering::Relaxed);
    }

    fn of(&self, resource: Resource) -> &Counters {
        &self.sources[resource as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_resource_has_counters_of_its_own() {
        let telemetry = Telemetry::default();
        for (number, resource) in Resource::ALL.into_iter().enumerate() {
            telemetry.count_bytes(resource, number);
        }
        let bytes: Vec<_> =
            telemetry.traffic().into_iter().map(|traffic| (traffic.resource, traffic.bytes)).collect();
        let expected: Vec<_> = Resource::ALL.into_iter().zip(0..).collect();
        assert_eq!(bytes, expected);
    }
}
