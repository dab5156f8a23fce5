//! Nothing is green by ignorance: what can't be seen is unknown, with the last that was known.
use crate::bed::*;
use crate::objects::*;
use domain::change::Change;
use domain::health::Health;
use domain::id::{Kind, Uid};
use domain::namespace::Namespace;
use domain::observation::{Fact, Object, Observation, Usage};
use domain::pod::Pod;
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId, SourceState};
use domain::state::State;
use std::sync::Arc;
use std::time::Duration;

fn state_of(state: &State, resource: Resource) -> SourceState {
    let view = state.view();
    let found = view
        .cluster(CLUSTER)
        .unwrap()
        .sources()
        .find(|(id, _)| id.resource == resource)
        .map(|(_, s)| s.state);
    found.unwrap()
}

#[test]
fn nothing_is_said_of_a_workload_before_its_sources_are_read() {
    let mut state = started();
    state.apply(put(controller(Kind::StatefulSet, 1, "db", 1)), NOW);
    state.apply(listed(Resource::StatefulSets, [1]), NOW);
    assert!(row(&state).is_none());
    assert!(!state.view().cluster(CLUSTER).unwrap().is_ready());
    fill(&mut state, NOW);
    assert_eq!(row(&state).unwrap().health, Health::Healthy);
    assert!(state.view().cluster(CLUSTER).unwrap().is_ready());
}

#[test]
fn time_stands_still_for_what_nobody_can_tell_of() {
    let mut state = healthy();
    let leaving =
        Pod { deleting: Some(NOW + SECOND), ..pod(4, "db-1", Some(owner(Kind::StatefulSet, "db", 1))) };
    state.apply(put_pod(leaving), NOW);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND);
    let overdue = NOW + SECOND * 40;
    state.apply(Observation::Due, overdue);
    assert_eq!(row(&state).unwrap().health, Health::Healthy, "nobody could tell that it is gone");
    assert!(state.next_due().is_none_or(|due| due > overdue), "nothing is due again and again");
    let mut gone = state;
    gone.apply(deleted(Resource::Pods, 4), overdue);
    gone.apply(linked(Resource::Pods, Link::Live), overdue);
    assert_eq!(row(&gone).unwrap().health, Health::Healthy);
}

#[test]
fn and_goes_on_with_the_connection() {
    let mut state = healthy();
    let leaving =
        Pod { deleting: Some(NOW + SECOND), ..pod(4, "db-1", Some(owner(Kind::StatefulSet, "db", 1))) };
    state.apply(put_pod(leaving), NOW);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND);
    let overdue = NOW + SECOND * 40;
    state.apply(Observation::Due, overdue);
    state.apply(linked(Resource::Pods, Link::Live), overdue);
    assert_eq!(row(&state).unwrap().health, Health::Degraded, "it is still there");
}

#[test]
fn a_lost_connection_is_degraded_and_after_a_minute_nothing_is_known() {
    let mut state = healthy();
    let known = row(&state).unwrap();
    let at = NOW + SECOND;
    state.apply(linked(Resource::Pods, lost()), at);
    assert_eq!(state_of(&state, Resource::Pods), SourceState::Degraded);
    assert_eq!(row(&state).unwrap(), known, "for a minute the last facts stand");
    let due = state.next_due().unwrap();
    assert_eq!(due, at + Duration::from_mins(1));
    state.apply(Observation::Due, due - Duration::from_millis(1));
    assert_eq!(row(&state).unwrap().health, Health::Healthy);
    let changes = state.apply(Observation::Due, due);
    assert!(
        !changes.iter().any(|change| matches!(change, Change::Transition(_))),
        "staleness is no transition"
    );
    let unknown = row(&state).unwrap();
    let last = unknown.last_known.unwrap();
    assert_eq!((unknown.health, unknown.since), (Health::Unknown, due));
    assert_eq!((last.health, last.since, last.at), (known.health, known.since, NOW));
    assert!(unknown.diagnosis.as_ref().unwrap().summary.contains("connection refused"));
    // When facts return unchanged, the status and its time are what they were.
    let changes = fill(&mut state, due + SECOND);
    assert!(!changes.iter().any(|change| matches!(change, Change::Transition(_))), "{changes:?}");
    assert_eq!(row(&state).unwrap(), known);
}

/// A source tells of a change at once, and that it lives only every few seconds.
#[test]
fn what_was_last_known_is_not_older_than_the_moment_it_became_so() {
    let mut state = healthy();
    state.apply(put(controller(Kind::StatefulSet, 1, "db", 2)), NOW + SECOND * 5);
    assert_eq!(row(&state).unwrap().since, NOW + SECOND * 5);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND * 6);
    state.apply(Observation::Due, NOW + Duration::from_mins(2));
    let last = row(&state).unwrap().last_known.unwrap();
    assert_eq!((last.since, last.at >= last.since), (NOW + SECOND * 5, true), "{last:?}");
}

#[test]
fn a_watch_that_goes_on_after_more_than_a_minute_mends_what_was_stale() {
    let mut state = healthy();
    let known = row(&state).unwrap();
    let at = NOW + SECOND;
    state.apply(linked(Resource::Pods, lost()), at);
    state.apply(Observation::Due, at + Duration::from_mins(2));
    assert_eq!(state_of(&state, Resource::Pods), SourceState::Stale);
    assert_eq!(row(&state).unwrap().health, Health::Unknown);
    // It was taken up where it had ended, and nothing had happened: there is no list.
    let changes = state.apply(linked(Resource::Pods, Link::Live), at + Duration::from_mins(3));
    assert_eq!(state_of(&state, Resource::Pods), SourceState::Synced);
    assert!(!changes.iter().any(|change| matches!(change, Change::Transition(_))), "{changes:?}");
    assert_eq!(row(&state).unwrap(), known);
}

#[test]
fn a_short_loss_is_not_seen_in_the_rows() {
    let mut state = healthy();
    let known = row(&state).unwrap();
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND);
    state.apply(linked(Resource::Pods, Link::Live), NOW + SECOND * 30);
    assert_eq!(state_of(&state, Resource::Pods), SourceState::Synced);
    state.apply(Observation::Due, NOW + Duration::from_mins(5));
    assert_eq!(row(&state).unwrap(), known);
}

#[test]
fn a_revoked_right_makes_unknown_and_names_the_rule_and_a_granted_one_mends_it() {
    let mut state = healthy();
    let known = row(&state).unwrap();
    let at = NOW + SECOND;
    state.apply(
        linked(Resource::StatefulSets, Link::Forbidden { reason: "statefulsets is forbidden".into() }),
        at,
    );
    let unknown = row(&state).unwrap();
    assert_eq!((unknown.health, unknown.since), (Health::Unknown, at));
    assert_eq!(unknown.last_known.unwrap().health, known.health);
    let diagnosis = unknown.diagnosis.clone().unwrap();
    assert_eq!(diagnosis.code.as_str(), "forbidden");
    assert!(diagnosis.next_step.as_ref().unwrap().contains("resources: [statefulsets]"));
    state.apply(listed(Resource::StatefulSets, [1]), at + SECOND);
    assert_eq!(row(&state).unwrap(), known);
}

#[test]
fn an_optional_source_takes_nothing_but_its_evidence_with_it() {
    let mut state = healthy();
    let known = row(&state).unwrap();
    for resource in Resource::ALL.into_iter().filter(|resource| !resource.is_required()) {
        state.apply(linked(resource, Link::Forbidden { reason: "no".into() }), NOW + SECOND);
        state.apply(linked(resource, lost()), NOW + SECOND * 2);
    }
    state.apply(Observation::Due, NOW + Duration::from_mins(10));
    assert_eq!(row(&state).unwrap(), known);
}

#[test]
fn a_refused_source_counts_as_answered() {
    let mut state = started();
    for resource in Resource::ALL.into_iter().filter(|resource| resource.is_required()) {
        assert!(!state.view().cluster(CLUSTER).unwrap().is_ready(), "{resource:?}");
        state.apply(linked(resource, Link::Forbidden { reason: "no".into() }), NOW);
    }
    assert!(state.view().cluster(CLUSTER).unwrap().is_ready());
}

#[test]
fn an_unreachable_cluster_says_what_was_tried() {
    let mut state = started();
    state.apply(linked(Resource::Pods, lost()), NOW);
    state.apply(Observation::Due, NOW + Duration::from_mins(10));
    let view = state.view();
    let cluster = view.cluster(CLUSTER).unwrap();
    let (_, source) = cluster.sources().find(|(id, _)| id.resource == Resource::Pods).unwrap();
    assert_eq!(source.state, SourceState::Connecting);
    assert_eq!(source.reason.as_deref(), Some("connection refused"));
}

#[test]
fn a_closed_source_takes_what_it_told_with_it() {
    let mut state = healthy();
    state.apply(linked(Resource::Pods, Link::Closed), NOW);
    state.apply(linked(Resource::StatefulSets, Link::Closed), NOW);
    assert!(row(&state).is_none());
}

#[test]
fn what_was_refused_is_not_believed_again_for_being_out_of_reach() {
    let mut state = healthy();
    let forbidden = Link::Forbidden { reason: "forbidden".into() };
    state.apply(linked(Resource::Pods, forbidden), NOW + SECOND);
    let unknown = row(&state).unwrap();
    assert_eq!(unknown.health, Health::Unknown);
    state.apply(linked(Resource::Pods, lost()), NOW + SECOND * 2);
    assert_eq!(state_of(&state, Resource::Pods), SourceState::Forbidden);
    assert_eq!(row(&state).unwrap(), unknown);
}

#[test]
fn an_api_server_without_what_each_one_has_is_none() {
    let absent = || Link::Absent { reason: "the API server has no pods".into() };
    let mut state = started();
    state.apply(linked(Resource::Pods, absent()), NOW);
    assert!(!state.view().cluster(CLUSTER).unwrap().is_ready());
    let mut state = healthy();
    state.apply(linked(Resource::Pods, absent()), NOW + SECOND);
    assert_eq!(row(&state).unwrap().health, Health::Healthy);
    state.apply(Observation::Due, NOW + SECOND * 61);
    assert_eq!(row(&state).unwrap().health, Health::Unknown);
}

#[test]
fn use_goes_with_those_who_measured_it() {
    for end in [
        Link::Forbidden { reason: "forbidden".into() },
        Link::Absent { reason: "metrics-server is not installed".into() },
        Link::Closed,
    ] {
        let mut state = healthy();
        let usage =
            Usage { namespace: "shop".into(), pod: "db-0".into(), cpu_millicores: 7, memory_bytes: 1 << 20 };
        state.apply(observation(Fact::Measured(source(Resource::PodMetrics), vec![usage])), NOW);
        assert_eq!(row(&state).unwrap().cpu_millicores, Some(7));
        state.apply(linked(Resource::PodMetrics, end.clone()), NOW + SECOND);
        assert_eq!(row(&state).unwrap().cpu_millicores, None, "{end:?}");
    }
}

#[test]
fn use_goes_with_the_pod_that_was_measured() {
    let mut state = healthy();
    let usage =
        Usage { namespace: "shop".into(), pod: "db-0".into(), cpu_millicores: 7, memory_bytes: 1 << 20 };
    state.apply(observation(Fact::Measured(source(Resource::PodMetrics), vec![usage])), NOW);
    let used = |state: &State, uid: u128| state.view().cluster(CLUSTER).unwrap().usage(Uid::new(uid));
    let db = 3;
    assert_eq!(used(&state, db).map(|used| used.cpu_millicores), Some(7));
    state.apply(deleted(Resource::Pods, db), NOW);
    assert_eq!(used(&state, db), None);
    state.apply(put_pod(pod(1000, "db-0", Some(owner(Kind::StatefulSet, "db", 1)))), NOW);
    assert_eq!(used(&state, 1000), None, "of one that only has the same name");
}

#[test]
fn a_namespace_that_was_just_found_is_waited_for() {
    let pattern = Pattern::parse("team-*").unwrap();
    let mut state = State::new(&[CLUSTER.into()], Scope::Allow(vec![pattern]));
    let ready = |state: &State| state.view().cluster(CLUSTER).unwrap().is_ready();
    state.apply(linked(Resource::Namespaces, Link::Connecting), NOW);
    let team = Namespace { uid: Uid::new(9), name: "team-1".into(), created: NOW, terminating: false };
    state.apply(applied(Object::Namespace(Arc::new(team))), NOW);
    state.apply(listed(Resource::Namespaces, [9]), NOW);
    assert!(!ready(&state), "its pods have not been read");
    let here = |resource| SourceId { resource, namespace: Some("team-1".into()) };
    for resource in [Resource::Pods, Resource::Deployments] {
        state.apply(observation(Fact::Linked(here(resource), Link::Connecting)), NOW);
    }
    for resource in [Resource::Pods, Resource::Deployments] {
        assert!(!ready(&state));
        state.apply(observation(Fact::Listed(here(resource), vec![])), NOW);
    }
    assert!(ready(&state));
}

#[test]
fn who_may_not_look_for_namespaces_has_not_found_that_there_are_none() {
    let pattern = Pattern::parse("team-*").unwrap();
    let mut state = State::new(&[CLUSTER.into()], Scope::Allow(vec![pattern]));
    let ready = |state: &State| state.view().cluster(CLUSTER).unwrap().is_ready();
    state.apply(linked(Resource::Namespaces, Link::Forbidden { reason: "forbidden".into() }), NOW);
    assert!(!ready(&state));
    assert_eq!(state.view().cluster(CLUSTER).unwrap().waiting_for(), [source(Resource::Namespaces)]);
    state.apply(listed(Resource::Namespaces, []), NOW);
    assert!(ready(&state), "there are none");
}

#[test]
fn what_was_wrong_is_forgotten_when_it_is_read() {
    let mut state = started();
    state.apply(linked(Resource::Pods, lost()), NOW);
    fill(&mut state, NOW + SECOND);
    let view = state.view();
    let (_, pods) =
        view.cluster(CLUSTER).unwrap().sources().find(|(id, _)| id.resource == Resource::Pods).unwrap();
    assert_eq!((pods.state, pods.reason.as_deref()), (SourceState::Synced, None));
}

#[test]
fn what_can_not_be_seen_is_not_counted_as_well() {
    let mut state = healthy();
    let cluster = |state: &State| state.view().cluster(CLUSTER).unwrap().clone();
    assert_eq!((worst_of(&cluster(&state)), cluster(&state).is_incomplete()), (Health::Healthy, false));
    let forbidden = || Link::Forbidden { reason: "forbidden".into() };
    state.apply(linked(Resource::Pods, forbidden()), NOW);
    assert_eq!((worst_of(&cluster(&state)), cluster(&state).is_incomplete()), (Health::Unknown, true));

    // Of two chosen namespaces one may be read.
    let chosen = ["shop", "unseen"].map(|name| Pattern::parse(name).unwrap());
    let mut state = State::new(&[CLUSTER.into()], Scope::Allow(chosen.into()));
    let pods = |name: &str| SourceId { resource: Resource::Pods, namespace: Some(name.into()) };
    state.apply(put_pod(pod(3, "web", None)), NOW);
    state.apply(observation(Fact::Listed(pods("shop"), vec![Uid::new(3)])), NOW);
    let changes = state.apply(observation(Fact::Linked(pods("unseen"), forbidden())), NOW);
    let is_unseen = |change: &Change| matches!(change, Change::Namespace { name, .. } if &**name == "unseen");
    assert!(changes.iter().any(is_unseen), "{changes:?}");
    let health = |state: &State, name: &str| {
        let cluster = cluster(state);
        cluster.namespace(name).map(|entry| cluster.namespace_health(entry))
    };
    assert_eq!(health(&state, "shop"), Some(Health::Healthy));
    assert_eq!(health(&state, "unseen"), Some(Health::Unknown));
    assert_eq!(worst_of(&cluster(&state)), Health::Unknown);
    let changes = state.apply(observation(Fact::Listed(pods("unseen"), vec![])), NOW);
    assert!(changes.iter().any(is_unseen), "{changes:?}");
    assert_eq!((health(&state, "unseen"), worst_of(&cluster(&state))), (None, Health::Healthy));
}
