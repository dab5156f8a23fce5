//! Pods that may not be made, and by whom they were asked for.
use crate::timeline::world_after;
use crate::world::*;
use domain::id::Kind;
use domain::memory::Memory;
use rstest::rstest;
use std::sync::Arc;

/// A Deployment back at its first version, whose ReplicaSet is older than that of the second.
fn rolled_back() -> World {
    let mut world = world_after("deployment 2; 0s +a +b; 5s a=ready b=ready; 20m image=web:2");
    let controller = world.controller.as_mut().expect("a Deployment");
    controller.revision_number = Some("3".into());
    controller.updated = 1;
    world.children[0].revision_number = Some("3".into());
    world.pods.pop();
    world
}

#[rstest]
#[case::the_one_that_is_rolled_out("web-r1", Some("quota_exceeded"))]
#[case::one_of_before("web-r2", None)]
fn after_a_rollback_the_older_replica_set_is_refused_its_pods(#[case] set: &str, #[case] code: Option<&str>) {
    let mut world = rolled_back();
    let refused = event(set, None, "FailedCreate", "exceeded quota: small", at(1210));
    world.around.events.insert(uid(set), vec![Arc::new(refused)]);
    let diagnosis = world.judge(&Memory::default(), at(1215)).diagnosis;
    let faults = diagnosis.filter(|diagnosis| diagnosis.code.is_fault());
    assert_eq!(faults.map(|diagnosis| diagnosis.code.as_str()), code);
}

#[rstest]
#[case::of_the_one_that_is_refused("web-r1", None)]
#[case::of_another("web-r2", Some("quota_exceeded"))]
fn a_pod_that_was_made_since_is_no_refusal(#[case] set: &str, #[case] code: Option<&str>) {
    let mut world = rolled_back();
    let refused = event("web-r1", None, "FailedCreate", "exceeded quota: small", at(1210));
    world.around.events.insert(uid("web-r1"), vec![Arc::new(refused)]);
    let mut made = pod("c", world.pods[0].spec.clone(), at(1212));
    made.owner = Some(owner(Kind::ReplicaSet, set));
    made.revision = Some(set.trim_start_matches("web-").into());
    world.pods.push(made);
    let diagnosis = world.judge(&Memory::default(), at(1215)).diagnosis;
    let faults = diagnosis.filter(|diagnosis| diagnosis.code.is_fault());
    assert_eq!(faults.map(|diagnosis| diagnosis.code.as_str()), code);
}

#[test]
fn a_foreign_owner_asks_for_as_many_pods_as_its_replica_sets() {
    let world =
        world_after("rollout 0; 0s set=3 +a; 5s a=ready; 20m image=web:2 set=1 +b refused:exceeded_quota");
    let judgement = world.judge(&Memory::default(), at(1210));
    assert_eq!((judgement.desired, judgement.available), (Some(4), Some(1)));
}

#[test]
fn what_a_foreign_owner_has_done_by_jobs_asks_for_no_pods() {
    let mut world = world_after("rollout 0; 0s +a; 5s a=succeeded");
    world.children.push(controller(Kind::Job, "web-1", 1, START));
    let judgement = world.judge(&Memory::default(), at(60));
    assert_eq!((judgement.health.as_str(), judgement.desired), ("healthy", Some(0)));
}

#[rstest]
#[case::created("FailedCreate", Some("quota_exceeded"))]
#[case::deleted("FailedDelete", None)]
fn what_may_not_be_deleted_is_not_refused(#[case] reason: &str, #[case] code: Option<&str>) {
    let mut world = world_after("deployment 1; 0s refused:exceeded_quota");
    for object in world.controller.iter_mut().chain(&mut world.children) {
        let failing = object.conditions.iter_mut().filter(|told| &*told.kind == "ReplicaFailure");
        failing.for_each(|told| told.reason = Some(reason.into()));
    }
    let diagnosis = world.judge(&Memory::default(), at(5)).diagnosis;
    let faults = diagnosis.filter(|diagnosis| diagnosis.code.is_fault());
    assert_eq!(faults.map(|diagnosis| diagnosis.code.as_str()), code);
}

/// Each violation carries how to mend it, in brackets; together they are too long for a sentence.
#[test]
fn the_violations_of_pod_security_are_all_named() {
    let said = "Error creating: pods \"web-r1-x\" is forbidden: violates PodSecurity \"restricted:latest\": \
        allowPrivilegeEscalation != false (container \"app\" must set securityContext.allowPrivilegeEscalation=false), \
        unrestricted capabilities (container \"app\" must set securityContext.capabilities.drop=[\"ALL\"]), \
        runAsNonRoot != true (pod or container \"app\" must set securityContext.runAsNonRoot=true)";
    let mut world = world_after("deployment 1; 0s refused:x");
    for object in world.controller.iter_mut().chain(&mut world.children) {
        object.conditions = Box::default();
    }
    world
        .around
        .events
        .insert(uid("web-r1"), vec![Arc::new(event("web-r1", None, "FailedCreate", said, at(1)))]);
    let diagnosis = world.judge(&Memory::default(), at(5)).diagnosis.unwrap();
    assert_eq!(
        &*diagnosis.summary,
        "The namespace's pod security refuses 1 of 1 pods: violates PodSecurity \"restricted:latest\": \
         allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true. Nothing serves."
    );
    assert!(diagnosis.evidence.iter().all(|told| told.text.ends_with("securityContext.runAsNonRoot=true)")));
}

#[test]
fn words_that_are_too_long_for_a_sentence_are_cut_between_two_and_shown_whole() {
    let said = format!("admission webhook \"policy\" denied the request: {}", "reason ".repeat(60));
    let mut world = world_after("deployment 1; 0s refused:x");
    for object in world.controller.iter_mut().chain(&mut world.children) {
        object.conditions = Box::default();
    }
    world
        .around
        .events
        .insert(uid("web-r1"), vec![Arc::new(event("web-r1", None, "FailedCreate", &said, at(1)))]);
    let diagnosis = world.judge(&Memory::default(), at(5)).diagnosis.unwrap();
    assert!(diagnosis.summary.ends_with("reason reason … Nothing serves."), "{}", diagnosis.summary);
    assert!(diagnosis.evidence.iter().all(|told| told.text.contains(said.trim_end())), "{diagnosis:?}");
}
