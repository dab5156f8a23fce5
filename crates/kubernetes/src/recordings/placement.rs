//! Pods that no node takes.
use super::{DEFAULT_ROLE, EVERYTHING, Recording, check, row};
use domain::source::Resource;
use rstest::rstest;

#[rstest]
#[case::scheduler_events_have_a_series_and_no_count(
    "unschedulable-cpu",
    "early",
    [
        "progressing since 01:23:37",
        "unschedulable_resources since 01:23:37: pod, event",
        "No node takes pod huge-7878bd5cd6-56blw, which needs 64 CPU: 0/1 nodes are available: 1 \
         Insufficient cpu. 1 of 1 updated. Nothing serves.",
        "Add a node, or ask for less.",
    ]
)]
#[case::no_cpu_for_minutes(
    "unschedulable-cpu",
    "end",
    [
        "failed since 01:24:37",
        "unschedulable_resources since 01:23:37: pod, event",
        "No node takes pod huge-7878bd5cd6-56blw, which needs 64 CPU: 0/1 nodes are available: 1 \
         Insufficient cpu. Nothing serves.",
        "Add a node, or ask for less.",
    ]
)]
#[case::no_node_of_that_label(
    "unschedulable-selector",
    "early",
    [
        "progressing since 01:23:37",
        "unschedulable_affinity since 01:23:37: pod, event",
        "No node takes pod picky: 0/1 nodes are available: 1 node(s) didn't match Pod's node \
         affinity/selector.",
        "Check the pod's nodeSelector and affinity against the nodes' labels.",
    ]
)]
#[case::no_node_of_that_label_for_minutes(
    "unschedulable-selector",
    "end",
    [
        "failed since 01:24:37",
        "unschedulable_affinity since 01:23:37: pod, event",
        "No node takes pod picky: 0/1 nodes are available: 1 node(s) didn't match Pod's node \
         affinity/selector.",
        "Check the pod's nodeSelector and affinity against the nodes' labels.",
    ]
)]
#[case::a_claim_that_is_missing(
    "pvc-missing",
    "early",
    [
        "progressing since 01:23:37",
        "unschedulable_claims since 01:23:37: pod, event",
        "No node takes pod dbmissing: 0/1 nodes are available: persistentvolumeclaim \"absent\" not found.",
        "kubectl -n pvc-missing describe pod dbmissing",
    ]
)]
#[case::a_claim_that_is_missing_for_minutes(
    "pvc-missing",
    "end",
    [
        "failed since 01:24:37",
        "unschedulable_claims since 01:23:37: pod, event",
        "No node takes pod dbmissing: 0/1 nodes are available: persistentvolumeclaim \"absent\" not found.",
        "kubectl -n pvc-missing describe pod dbmissing",
    ]
)]
#[case::a_claim_that_is_pending(
    "pvc-pending",
    "early",
    [
        "progressing since 01:23:37",
        "claim_pending since 01:23:37: pod, claim, event",
        "Claim `data` has no volume (no persistent volumes available for this claim and no storage class is \
         set), so no node takes pod db.",
        "kubectl -n pvc-pending describe pvc data",
    ]
)]
#[case::a_claim_that_is_pending_for_minutes(
    "pvc-pending",
    "end",
    [
        "failed since 01:24:37",
        "claim_pending since 01:23:37: pod, claim, event",
        "Claim `data` has no volume (no persistent volumes available for this claim and no storage class is \
         set), so no node takes pod db.",
        "kubectl -n pvc-pending describe pvc data",
    ]
)]
fn placement(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}

#[rstest]
#[case::a_claim_that_is_pending(
    "pvc-pending",
    "early",
    [
        "progressing since 01:23:37",
        "unschedulable_claims since 01:23:37: pod, event",
        "No node takes pod db: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
        "kubectl -n pvc-pending describe pod db",
    ]
)]
#[case::a_claim_that_is_pending_for_minutes(
    "pvc-pending",
    "end",
    [
        "failed since 01:24:37",
        "unschedulable_claims since 01:23:37: pod, event",
        "No node takes pod db: 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims.",
        "kubectl -n pvc-pending describe pod db",
    ]
)]
fn placement_with_the_default_role(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, DEFAULT_ROLE, said);
}

/// The scheduler's recorder writes `series` and `eventTime`, and no `count`.
#[test]
fn how_often_the_scheduler_tried_is_counted() {
    let recording = Recording::open("unschedulable-cpu", "early");
    let why = row(&recording.told(&Resource::ALL, EVERYTHING)).diagnosis.clone().expect("a diagnosis");
    let event = why.evidence.last().expect("an event");
    assert!(event.text.starts_with("FailedScheduling: ") && event.text.ends_with(" (×2)"), "{}", event.text);
}
