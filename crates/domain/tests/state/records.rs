//! What history is told, and what is remembered over a restart.
use crate::bed::*;
use crate::objects::*;
use domain::change::Change;
use domain::health::Health;
use domain::id::{Kind, WorkloadId};
use domain::memory::Memory;
use domain::observation::{Fact, Observation};
use domain::pod::Phase;
use domain::scope::{Pattern, Scope};
use domain::source::{Link, Resource, SourceId};
use domain::state::State;
use std::time::Duration;

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
    let evidence = |resource: &Resource| !resource.is_required() && *resource != Resource::PodMetrics;
    for resource in Resource::ALL.into_iter().filter(evidence) {
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

/// Sources end in no order.
#[test]
fn a_job_goes_with_its_namespace_whichever_source_ends_first() {
    let of = |resource| SourceId { resource, namespace: Some("shop".into()) };
    for first in [Resource::Pods, Resource::Jobs] {
        let mut state = State::new(&[CLUSTER.into()], Scope::Allow(vec![Pattern::parse("sh*").unwrap()]));
        state.apply(listed(Resource::Namespaces, []), NOW);
        for resource in Resource::ALL.into_iter().filter(|resource| !resource.is_cluster_scoped()) {
            let fact = if resource.is_required() {
                Fact::Listed(of(resource), vec![])
            } else {
                Fact::Linked(of(resource), Link::Forbidden { reason: "forbidden".into() })
            };
            state.apply(observation(fact), NOW);
        }
        state.apply(put_pod(pod(30, "report-1", Some(owner(Kind::Job, "report", 77)))), NOW);
        let report: WorkloadId = "test/shop/Job/report".parse().unwrap();
        assert!(state.view().workload(&report).unwrap().row.is_some());
        let second = if first == Resource::Pods { Resource::Jobs } else { Resource::Pods };
        for resource in [first, second] {
            state.apply(observation(Fact::Linked(of(resource), Link::Closed)), NOW + SECOND);
        }
        assert!(state.view().workload(&report).is_none(), "{first:?} ends first");
    }
}

/// Namespaces that are not watched any more are nobody's: what was remembered of them ends, though nothing tells of them.
#[test]
fn what_a_narrower_scope_leaves_out_is_not_remembered() {
    let memory = || Memory { status: Some((Health::Degraded, NOW)), ..Memory::default() };
    let of = |namespace: &str| -> WorkloadId { format!("test/{namespace}/Job/report").parse().unwrap() };
    let scope = Scope::Allow(vec![Pattern::parse("shop").unwrap()]);
    let mut state = State::new(&[CLUSTER.into()], scope);
    let memories = ["shop", "attic"].map(|namespace| (of(namespace), memory()));
    let mut changes = state.apply(Observation::Restored(memories.into()), NOW);
    let here = |resource| SourceId { resource, namespace: Some("shop".into()) };
    for resource in [Resource::Pods, Resource::Deployments] {
        changes.extend(state.apply(observation(Fact::Linked(here(resource), Link::Connecting)), NOW));
    }
    for resource in [Resource::Pods, Resource::Deployments] {
        changes.extend(state.apply(observation(Fact::Listed(here(resource), vec![])), NOW));
    }
    assert_eq!(ends(&changes), [(of("attic").to_string(), Some(Health::Degraded))]);
    let forgotten =
        changes.iter().filter(|change| matches!(change, Change::Remembered(id, None) if **id == of("attic")));
    assert_eq!(forgotten.count(), 1);
}
