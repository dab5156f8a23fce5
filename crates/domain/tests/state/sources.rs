//! Nothing is green by ignorance: what can't be seen is unknown, with the last that was known.
use crate::objects::*;
use domain::change::Change;
use domain::health::Health;
use domain::id::{Kind, Uid, WorkloadId};
use domain::memory::Memory;
use domain::namespace::Namespace;
use domain::observation::{Fact, Object, Observation, Usage};
use domain::pod::Phase;
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId, SourceState};
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
fn a_job_is_not_gone_before_jobs_have_been_read() {
    let mut state = connecting();
    let nightly: WorkloadId = "test/shop/CronJob/nightly".parse().unwrap();
    let memory = Memory { status: Some((Health::Degraded, NOW)), ..Memory::default() };
    state.apply(Observation::Restored(vec![(nightly.clone(), memory)]), NOW);
    assert_eq!(ends(&fill(&mut state, NOW)), [], "the cluster is ready, but CronJobs are not read yet");
    assert_eq!(ends(&state.apply(listed(Resource::Jobs, []), NOW)), []);
    let changes = state.apply(listed(Resource::CronJobs, []), NOW);
    assert_eq!(ends(&changes), [(nightly.to_string(), Some(Health::Degraded))]);
}

#[test]
fn the_row_of_a_job_that_may_not_be_read_outlives_a_restart() {
    let report: WorkloadId = "test/shop/Job/report".parse().unwrap();
    let restart = |later: Duration| {
        let mut state = started();
        let mut finished = pod(30, "report-1", Some(owner(Kind::Job, "report", 77)));
        finished.phase = Phase::Failed;
        let mut memories = Vec::new();
        let mut changes = fill(&mut state, NOW);
        changes.extend(state.apply(put_pod(finished), NOW));
        changes.extend(state.apply(Observation::Due, NOW + SECOND * 700));
        changes.extend(state.apply(deleted(Resource::Pods, 30), NOW + SECOND * 701));
        assert_eq!(ends(&changes), []);
        for change in changes {
            if let Change::Remembered(id, Some(memory)) = change
                && *id == report
            {
                memories = vec![((*id).clone(), (*memory).clone())];
            }
        }
        let known = state.view().workload(&report).unwrap().row.clone().unwrap();
        assert_eq!(known.health, Health::Failed);
        let mut state = started();
        state.apply(Observation::Restored(memories), NOW + later);
        fill(&mut state, NOW + later);
        let row = state.view().workload(&report).and_then(|workload| workload.row.clone());
        (known, row)
    };
    let (known, row) = restart(Duration::from_hours(2));
    let row = row.unwrap();
    assert_eq!((row.health, row.since), (known.health, known.since));
    assert_eq!(restart(Duration::from_hours(30)).1, None);
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
    assert_eq!((cluster(&state).health(), cluster(&state).is_incomplete()), (Health::Healthy, false));
    let forbidden = || Link::Forbidden { reason: "forbidden".into() };
    state.apply(linked(Resource::Pods, forbidden()), NOW);
    assert_eq!((cluster(&state).health(), cluster(&state).is_incomplete()), (Health::Unknown, true));

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
    assert_eq!(cluster(&state).health(), Health::Unknown);
    let changes = state.apply(observation(Fact::Listed(pods("unseen"), vec![])), NOW);
    assert!(changes.iter().any(is_unseen), "{changes:?}");
    assert_eq!((health(&state, "unseen"), cluster(&state).health()), (None, Health::Healthy));
}
