//! The whole is no better than what can be seen of it.
use crate::bed::*;
use crate::objects::*;
use domain::change::Change;
use domain::controller::Controller;
use domain::health::Health;
use domain::id::{Kind, Uid};
use domain::namespace::Namespace;
use domain::observation::{Fact, Object, Observation};
use domain::pod::Pod;
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId, SourceState};
use domain::state::{Cluster, State};
use rstest::rstest;
use std::sync::Arc;

/// What makes workloads, and without which some are not there at all.
const REQUIRED: [Resource; 5] = [
    Resource::Pods,
    Resource::Deployments,
    Resource::ReplicaSets,
    Resource::StatefulSets,
    Resource::DaemonSets,
];

fn cluster(state: &State) -> Cluster {
    state.view().cluster(CLUSTER).unwrap().clone()
}

/// How the cluster is, and whether it is seen in part only.
fn whole(state: &State) -> (Health, bool) {
    let cluster = cluster(state);
    (worst_of(&cluster), cluster.is_incomplete())
}

/// The same of a namespace; `None` where it is not shown.
fn part(state: &State, name: &str) -> Option<(Health, bool)> {
    let cluster = cluster(state);
    let entry = cluster.namespace(name)?;
    Some((cluster.namespace_health(entry), cluster.is_namespace_incomplete(&entry.name)))
}

const COMPLETE: (Health, bool) = (Health::Healthy, false);
const IN_PART: (Health, bool) = (Health::Unknown, true);

fn forbidden() -> Link {
    Link::Forbidden { reason: "forbidden".into() }
}

fn of(resource: Resource, namespace: &str) -> SourceId {
    SourceId { resource, namespace: Some(namespace.into()) }
}

fn link(state: &mut State, id: SourceId, link: Link) -> Vec<Change> {
    state.apply(observation(Fact::Linked(id, link)), NOW)
}

/// A cluster of which namespace `shop` and those of teams are chosen. In `shop` a pod runs.
fn chosen() -> State {
    let scope = ["shop", "team-*"].map(|name| Pattern::parse(name).unwrap());
    let mut state = State::new(&[CLUSTER.into()], Scope::Allow(scope.into()));
    state.apply(put_pod(pod(3, "web", None)), NOW);
    for resource in REQUIRED {
        let uids = if resource == Resource::Pods { vec![Uid::new(3)] } else { vec![] };
        state.apply(observation(Fact::Listed(of(resource, "shop"), uids)), NOW);
    }
    state
}

/// The same, where namespaces may be listed, and one of a team has just been found.
fn found() -> State {
    let mut state = chosen();
    state.apply(listed(Resource::Namespaces, []), NOW);
    assert!(cluster(&state).is_ready());
    assert_eq!(whole(&state), COMPLETE);
    let team = Namespace { uid: Uid::new(9), name: "team-1".into(), created: NOW, terminating: false };
    state.apply(applied(Object::Namespace(Arc::new(team))), NOW);
    for resource in REQUIRED {
        link(&mut state, of(resource, "team-1"), Link::Connecting);
    }
    state
}

fn lists_rest(state: &mut State) {
    for resource in REQUIRED.into_iter().skip(1) {
        state.apply(observation(Fact::Listed(of(resource, "team-1"), vec![])), NOW);
    }
}

#[test]
fn namespaces_that_may_not_be_looked_for_are_missing() {
    let mut state = chosen();
    link(&mut state, source(Resource::Namespaces), forbidden());
    assert!(cluster(&state).is_ready(), "what was named can be seen");
    assert_eq!(whole(&state), IN_PART);
    assert_eq!(part(&state, "shop"), Some(COMPLETE), "what was named is all there");
    state.apply(listed(Resource::Namespaces, []), NOW);
    assert_eq!(whole(&state), COMPLETE);
}

/// Whoever watches all of them needs no names.
#[test]
fn namespaces_that_need_not_be_looked_for_are_not_missed() {
    let mut state = healthy();
    state.apply(linked(Resource::Namespaces, forbidden()), NOW);
    assert_eq!(whole(&state), COMPLETE);
}

/// One without pods has no row.
#[rstest]
fn of_a_kind_that_may_not_be_read_nobody_knows_how_many_there_are(
    #[values(0, 1, 2, 3, 4)] kind: usize,
    #[values(false, true)] is_stale: bool,
) {
    let mut state = healthy();
    assert_eq!((whole(&state), part(&state, "shop")), (COMPLETE, Some(COMPLETE)));
    let resource = REQUIRED[kind];
    let changes = if is_stale {
        state.apply(linked(resource, lost()), NOW);
        assert_eq!(whole(&state), COMPLETE, "for a minute the last facts stand");
        state.apply(Observation::Due, NOW + SECOND * 60)
    } else {
        state.apply(linked(resource, forbidden()), NOW)
    };
    assert_eq!((whole(&state), part(&state, "shop")), (IN_PART, Some(IN_PART)));
    let is_shop = |change: &Change| matches!(change, Change::Namespace { name, .. } if &**name == "shop");
    assert!(changes.iter().any(is_shop), "followers of the namespace are told: {changes:?}");
}

#[test]
fn an_optional_kind_hides_nothing() {
    let mut state = healthy();
    for resource in Resource::ALL.into_iter().filter(|resource| !resource.is_required()) {
        state.apply(linked(resource, forbidden()), NOW);
    }
    assert_eq!((whole(&state), part(&state, "shop")), (COMPLETE, Some(COMPLETE)));
}

#[test]
fn a_namespace_that_was_chosen_and_can_not_be_read_in_part_is_shown() {
    let mut state = chosen();
    state.apply(listed(Resource::Namespaces, []), NOW);
    let changes = link(&mut state, of(Resource::StatefulSets, "unseen"), forbidden());
    assert_eq!((part(&state, "unseen"), part(&state, "shop")), (Some(IN_PART), Some(COMPLETE)));
    assert!(changes.iter().any(|change| matches!(change, Change::Namespace { .. })), "{changes:?}");
    link(&mut state, of(Resource::StatefulSets, "unseen"), Link::Closed);
    assert_eq!((part(&state, "unseen"), whole(&state)), (None, COMPLETE), "it goes with its last source");
}

/// Perhaps another was meant: nothing is said to be well that is not there.
#[rstest]
#[case::by_its_name(&["shpo"], Some("there is no namespace shpo"))]
#[case::several(&["shpo", "web", "shop"], Some("there are no namespaces shpo, web"))]
#[case::by_a_pattern(&["zz*"], Some("no namespace matches the filter"))]
#[case::beside_one_that_is_there(&["shop", "zz*"], None)]
fn a_namespace_that_is_not_there_is_missed(#[case] chosen: &[&str], #[case] reason: Option<&str>) {
    let patterns = chosen.iter().map(|name| Pattern::parse(name).unwrap());
    let mut state = State::new(&[CLUSTER.into()], Scope::Allow(patterns.collect()));
    let shop = |name: &str| {
        let shop = Namespace { uid: Uid::new(9), name: name.into(), created: NOW, terminating: false };
        applied(Object::Namespace(Arc::new(shop)))
    };
    state.apply(shop("shop"), NOW);
    for resource in REQUIRED {
        state.apply(listed(resource, []), NOW);
    }
    state.apply(listed(Resource::Namespaces, [9]), NOW);
    let said = |state: &State| {
        let source = cluster(state).source_of(Resource::Namespaces, &"shop".into()).unwrap().clone();
        source.reason.map(|reason| reason.to_string())
    };
    assert_eq!((said(&state).as_deref(), whole(&state).1), (reason, reason.is_some()));
    if chosen.len() == 1 {
        let made = chosen[0].replace('*', "-1");
        assert_eq!(part(&state, &made).is_some(), !chosen[0].contains('*'), "what was named is shown");
        state.apply(shop(&made), NOW);
        assert_eq!((said(&state), whole(&state)), (None, COMPLETE), "it has been made");
        state.apply(deleted(Resource::Namespaces, 9), NOW);
        assert_eq!(whole(&state), IN_PART, "it is gone again");
    }
}

#[test]
fn a_namespace_that_was_found_is_seen_in_part_until_all_of_it_is_read() {
    let mut state = found();
    for resource in REQUIRED {
        assert_eq!((whole(&state), part(&state, "team-1")), (IN_PART, Some(IN_PART)), "{resource:?}");
        state.apply(observation(Fact::Listed(of(resource, "team-1"), vec![])), NOW);
    }
    assert_eq!((whole(&state), part(&state, "team-1")), (COMPLETE, Some(COMPLETE)));
    assert_eq!(part(&state, "shop"), Some(COMPLETE));
}

#[test]
fn a_namespace_that_was_found_and_never_answers_grows_stale() {
    let mut state = found();
    lists_rest(&mut state);
    let web = Pod { namespace: "team-1".into(), ..pod(7, "api-0", Some(owner(Kind::StatefulSet, "api", 8))) };
    let set = Controller { namespace: "team-1".into(), ..controller(Kind::StatefulSet, 8, "api", 1) };
    state.apply(put(set), NOW);
    state.apply(put_pod(web), NOW);
    let pods = || of(Resource::Pods, "team-1");
    let state_of = |state: &State| cluster(state).sources().find(|(id, _)| **id == pods()).unwrap().1.state;
    let row = |state: &State| {
        let id = "test/team-1/StatefulSet/api".parse().unwrap();
        state.view().workload(&id).and_then(|workload| workload.row.clone())
    };
    let fail = |state: &mut State, reason: &str, at| {
        let link = Link::Lost { reason: reason.into() };
        state.apply(observation(Fact::Linked(pods(), link)), at);
    };
    fail(&mut state, "connection refused", NOW + SECOND * 5);
    fail(&mut state, "500 Internal Server Error", NOW + SECOND * 50);
    state.apply(Observation::Due, NOW + SECOND * 64);
    assert_eq!((state_of(&state), row(&state)), (SourceState::Connecting, None));
    assert_eq!(state.next_due(), Some(NOW + SECOND * 65), "a minute after the first failure");
    let changes = state.apply(Observation::Due, NOW + SECOND * 65);
    assert_eq!(state_of(&state), SourceState::Stale);
    assert!(!changes.iter().any(|change| matches!(change, Change::Transition(_))), "{changes:?}");
    let unknown = row(&state).unwrap();
    assert_eq!((unknown.health, unknown.last_known), (Health::Unknown, None), "nothing was ever known");
    assert!(unknown.diagnosis.as_ref().unwrap().summary.contains("500 Internal"), "{unknown:?}");
    assert_eq!((whole(&state), part(&state, "team-1")), (IN_PART, Some(IN_PART)));
    assert!(cluster(&state).is_ready() && !cluster(&state).waiting_for().is_empty());

    state.apply(observation(Fact::Listed(pods(), vec![Uid::new(7)])), NOW + SECOND * 70);
    assert_eq!(row(&state).unwrap().health, Health::Healthy);
    assert_eq!((whole(&state), part(&state, "team-1")), (COMPLETE, Some(COMPLETE)));
    assert!(cluster(&state).waiting_for().is_empty());
}

fn unreadable(resource: Resource, count: u32) -> Observation {
    observation(Fact::Unreadable(source(resource), count))
}

#[test]
fn an_object_that_can_not_be_read_may_be_anything() {
    let mut state = healthy();
    let before = row(&state).unwrap();
    let told = |state: &State, resource| {
        let cluster = cluster(state);
        let (_, source) = cluster.sources().find(|(id, _)| id.resource == resource).unwrap();
        (source.state, source.reason.clone().map(|reason| reason.to_string()))
    };
    let synced = |reason: Option<&str>| (SourceState::Synced, reason.map(ToOwned::to_owned));
    for (count, reason) in [(1, "1 object can't be read"), (2, "2 objects can't be read")] {
        let changes = state.apply(unreadable(Resource::StatefulSets, count), NOW);
        assert!(changes.iter().any(|change| matches!(change, Change::Source { .. })), "{changes:?}");
        assert!(changes.iter().any(|change| matches!(change, Change::Namespace { .. })) == (count == 1));
        assert_eq!(told(&state, Resource::StatefulSets), synced(Some(reason)));
        assert_eq!((whole(&state), part(&state, "shop")), (IN_PART, Some(IN_PART)));
        assert_eq!(row(&state).unwrap(), before, "what can be read is judged");
    }
    assert!(state.apply(unreadable(Resource::StatefulSets, 2), NOW).is_empty(), "that is no news");
    state.apply(linked(Resource::StatefulSets, Link::Live), NOW + SECOND);
    assert_eq!(told(&state, Resource::StatefulSets), synced(Some("2 objects can't be read")));
    state.apply(linked(Resource::StatefulSets, lost()), NOW + SECOND * 2);
    let degraded = (SourceState::Degraded, Some("connection refused".to_owned()));
    for count in [1, 2] {
        state.apply(unreadable(Resource::StatefulSets, count), NOW + SECOND * 2);
    }
    assert_eq!(told(&state, Resource::StatefulSets), degraded, "what is wrong with all comes first");
    state.apply(listed(Resource::StatefulSets, [1]), NOW + SECOND * 3);
    assert_eq!(told(&state, Resource::StatefulSets), synced(Some("2 objects can't be read")));
    state.apply(unreadable(Resource::StatefulSets, 0), NOW + SECOND * 3);
    assert_eq!(told(&state, Resource::StatefulSets), synced(None));
    assert_eq!((whole(&state), part(&state, "shop")), (COMPLETE, Some(COMPLETE)));

    state.apply(listed(Resource::Nodes, []), NOW + SECOND * 3);
    state.apply(unreadable(Resource::Nodes, 1), NOW + SECOND * 3);
    assert_eq!(told(&state, Resource::Nodes), synced(Some("1 object can't be read")));
    assert_eq!(whole(&state), COMPLETE, "an optional one takes evidence only");
}
