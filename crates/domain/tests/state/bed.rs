//! A cluster with one healthy StatefulSet, and its sources.
use crate::objects::*;
use domain::change::Change;
use domain::health::Health;
use domain::id::{Kind, WorkloadId};
use domain::scope::Scope;
use domain::source::{Link, Resource};
use domain::state::{Cluster, State};
use domain::time::Time;
use domain::workload::Row;
use std::sync::Arc;
use std::time::Duration;

pub(crate) const NOW: Time = Time::from_secs(2_000_000);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// The worst of a cluster's workloads, and no better than unknown where something can't be seen.
pub(crate) fn worst_of(cluster: &Cluster) -> Health {
    cluster.tally().health(cluster.is_incomplete())
}

pub(crate) fn started() -> State {
    let mut state = connecting();
    for resource in Resource::ALL.into_iter().filter(|resource| !resource.is_required()) {
        state.apply(linked(resource, Link::Forbidden { reason: "forbidden".into() }), NOW);
    }
    state
}

pub(crate) fn connecting() -> State {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    for resource in Resource::ALL {
        state.apply(linked(resource, Link::Connecting), NOW);
    }
    state
}

/// A cluster with one healthy StatefulSet of one pod.
pub(crate) fn healthy() -> State {
    let mut state = started();
    fill(&mut state, NOW);
    state
}

pub(crate) fn fill(state: &mut State, now: Time) -> Vec<Change> {
    let mut changes = state.apply(put(controller(Kind::StatefulSet, 1, "db", 1)), now);
    changes.extend(state.apply(put_pod(pod(3, "db-0", Some(owner(Kind::StatefulSet, "db", 1)))), now));
    let required = Resource::ALL.into_iter().filter(|resource| resource.is_required());
    changes.extend(list(state, required, &[(Resource::StatefulSets, 1), (Resource::Pods, 3)], now));
    changes
}

/// Each of those sources lists what it has told, and no more.
pub(crate) fn list(
    state: &mut State,
    sources: impl IntoIterator<Item = Resource>,
    told: &[(Resource, u128)],
    now: Time,
) -> Vec<Change> {
    let mut changes = Vec::new();
    for resource in sources {
        let own = told.iter().filter(|(of, _)| *of == resource);
        changes.extend(state.apply(listed(resource, own.map(|(_, uid)| *uid)), now));
    }
    changes
}

pub(crate) fn row(state: &State) -> Option<Arc<Row>> {
    let id: WorkloadId = "test/shop/StatefulSet/db".parse().unwrap();
    state.view().workload(&id).and_then(|workload| workload.row.clone())
}

pub(crate) fn lost() -> Link {
    Link::Lost { reason: "connection refused".into() }
}
