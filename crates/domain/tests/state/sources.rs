//! Nothing is green by ignorance: what can't be seen is unknown, with the last that was known.
use crate::objects::*;
use domain::change::Change;
use domain::health::Health;
use domain::id::{Kind, WorkloadId};
use domain::memory::Memory;
use domain::observation::Observation;
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceState};
use domain::state::State;
use domain::time::Time;
use domain::workload::Row;
use std::sync::Arc;
use std::time::Duration;

const NOW: Time = Time::from_secs(2_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn started() -> State {
    let mut state = connecting();
    for resource in [Resource::Events, Resource::Jobs, Resource::CronJobs] {
        state.apply(linked(resource, Link::Forbidden { reason: "forbidden".into() }), NOW);
    }
    state
}

fn connecting() -> State {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    for resource in Resource::ALL {
        state.apply(linked(resource, Link::Connecting), NOW);
    }
    state
}

/// A cluster with one healthy StatefulSet of one pod.
fn healthy() -> State {
    let mut state = started();
    fill(&mut state, NOW);
    state
}

fn fill(state: &mut State, now: Time) -> Vec<Change> {
    let mut changes = state.apply(put(controller(Kind::StatefulSet, 1, "db", 1)), now);
    changes.extend(state.apply(put_pod(pod(3, "db-0", Some(owner(Kind::StatefulSet, "db", 1)))), now));
    for resource in Resource::ALL.into_iter().filter(|resource| resource.is_required()) {
        let uids = match resource {
            Resource::StatefulSets => vec![1],
            Resource::Pods => vec![3],
            _ => vec![],
        };
        changes.extend(state.apply(listed(resource, uids), now));
    }
    changes
}

fn row(state: &State) -> Option<Arc<Row>> {
    let id: WorkloadId = "test/shop/StatefulSet/db".parse().unwrap();
    state.view().workload(&id).and_then(|workload| workload.row.clone())
}

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

fn lost() -> Link {
    Link::Lost { reason: "connection refused".into() }
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
fn a_restart_changes_neither_status_nor_since() {
    let mut state = healthy();
    let known = row(&state).unwrap();
    let mut memories = Vec::new();
    let mut state_changes = started();
    for change in fill(&mut state_changes, NOW) {
        if let Change::Remembered(id, Some(memory)) = change {
            memories.push(((*id).clone(), (*memory).clone()));
        }
    }
    assert_eq!(memories.len(), 1);
    state = started();
    let later = NOW + Duration::from_hours(5);
    state.apply(Observation::Restored(memories), later);
    let changes = fill(&mut state, later);
    assert!(!changes.iter().any(|change| matches!(change, Change::Transition(_))), "{changes:?}");
    assert_eq!(row(&state).unwrap(), known);
}

#[test]
fn what_went_while_we_were_away_is_said_to_be_gone() {
    let mut state = started();
    let gone: WorkloadId = "test/shop/StatefulSet/gone".parse().unwrap();
    let memory = Memory { status: Some((Health::Degraded, NOW)), ..Memory::default() };
    state.apply(Observation::Restored(vec![(gone.clone(), memory)]), NOW);
    let changes = fill(&mut state, NOW);
    assert_eq!(ends(&changes), [(gone.to_string(), Some(Health::Degraded))]);
    assert!(changes.iter().any(|change| matches!(change, Change::Remembered(id, None) if **id == gone)));
}

#[test]
fn a_closed_source_takes_what_it_told_with_it() {
    let mut state = healthy();
    state.apply(linked(Resource::Pods, Link::Closed), NOW);
    state.apply(linked(Resource::StatefulSets, Link::Closed), NOW);
    assert!(row(&state).is_none());
}

/// The ends that history is told of.
fn ends(changes: &[Change]) -> Vec<(String, Option<Health>)> {
    let ends = changes.iter().filter_map(|change| match change {
        Change::Transition(transition) if transition.to.is_none() => {
            Some((transition.id.to_string(), transition.from))
        }
        _ => None,
    });
    ends.collect()
}

fn transitions(changes: &[Change]) -> usize {
    changes.iter().filter(|change| matches!(change, Change::Transition(_))).count()
}

#[test]
fn a_first_look_is_shown_at_once_and_recorded_when_the_evidence_is_in() {
    let mut state = connecting();
    assert_eq!(transitions(&fill(&mut state, NOW)), 0);
    assert_eq!(row(&state).unwrap().health, Health::Healthy);
    assert!(state.view().cluster(CLUSTER).unwrap().is_ready(), "events never gate readiness");
    let mut changes = Vec::new();
    for resource in [Resource::Events, Resource::Jobs, Resource::CronJobs] {
        assert_eq!(transitions(&changes), 0, "{resource:?}");
        changes = state.apply(listed(resource, []), NOW + SECOND);
    }
    assert_eq!(transitions(&changes), 1);
}

#[test]
fn evidence_that_does_not_come_is_not_waited_for() {
    let mut state = connecting();
    fill(&mut state, NOW);
    let due = state.next_due().unwrap();
    assert_eq!(due, NOW + SECOND * 5);
    assert_eq!(transitions(&state.apply(Observation::Due, due - Duration::from_millis(1))), 0);
    assert_eq!(transitions(&state.apply(Observation::Due, due)), 1);
}

#[test]
fn what_goes_during_the_first_look_has_an_end_only_if_it_was_recorded_before() {
    let gone = |memories| {
        let mut state = connecting();
        state.apply(Observation::Restored(memories), NOW);
        let mut changes = fill(&mut state, NOW);
        changes.extend(state.apply(deleted(Resource::StatefulSets, 1), NOW + SECOND));
        changes.extend(state.apply(deleted(Resource::Pods, 3), NOW + SECOND));
        changes.extend(state.apply(Observation::Due, NOW + SECOND * 5));
        assert!(row(&state).is_none());
        ends(&changes)
    };
    assert_eq!(gone(vec![]), []);
    let id: WorkloadId = "test/shop/StatefulSet/db".parse().unwrap();
    let memory = Memory { status: Some((Health::Degraded, NOW)), ..Memory::default() };
    assert_eq!(gone(vec![(id.clone(), memory)]), [(id.to_string(), Some(Health::Degraded))]);
}

#[test]
fn the_end_of_the_first_look_leaves_what_was_last_known_of_what_can_not_be_read_now() {
    let mut state = connecting();
    fill(&mut state, NOW);
    let forbidden = Link::Forbidden { reason: "forbidden".into() };
    state.apply(linked(Resource::StatefulSets, forbidden), NOW + SECOND);
    let unknown = row(&state).unwrap();
    assert_eq!(unknown.last_known.as_ref().unwrap().health, Health::Healthy);
    let changes = state.apply(Observation::Due, NOW + SECOND * 5);
    assert_eq!(transitions(&changes), 0);
    assert_eq!(row(&state).unwrap(), unknown);
    let changes = fill(&mut state, NOW + SECOND * 6);
    assert_eq!(transitions(&changes), 1, "what was only looked at is recorded when it can be read");
}

#[test]
fn what_went_while_its_source_could_not_be_read_is_said_to_be_gone_once_it_can() {
    let mut state = started();
    let gone: WorkloadId = "test/shop/StatefulSet/gone".parse().unwrap();
    let memory = Memory { status: Some((Health::Healthy, NOW)), ..Memory::default() };
    state.apply(Observation::Restored(vec![(gone.clone(), memory)]), NOW);
    let forbidden = Link::Forbidden { reason: "forbidden".into() };
    state.apply(linked(Resource::StatefulSets, forbidden), NOW);
    let required = Resource::ALL.into_iter().filter(|resource| resource.is_required());
    for resource in required.filter(|resource| *resource != Resource::StatefulSets) {
        assert_eq!(ends(&state.apply(listed(resource, []), NOW)), []);
    }
    let changes = state.apply(listed(Resource::StatefulSets, []), NOW + SECOND);
    assert_eq!(ends(&changes), [(gone.to_string(), Some(Health::Healthy))]);
}
