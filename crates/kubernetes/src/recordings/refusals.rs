//! Pods that are refused at creation: none is there to show it.
use super::{EVERYTHING, check};
use rstest::rstest;

#[rstest]
#[case::a_quota(
    "quota",
    "early",
    [
        "degraded since 01:23:38",
        "quota_exceeded since 01:23:38: condition, event",
        "The quota has no room for 2 of 3 pods: exceeded quota: small, requested: pods=1, used: pods=1, \
         limited: pods=1. 1 of 3 pods serve.",
        "kubectl -n quota describe resourcequota",
    ]
)]
#[case::a_quota_for_minutes(
    "quota",
    "end",
    [
        "degraded since 01:23:38",
        "quota_exceeded since 01:23:38: condition, event",
        "The quota has no room for 2 of 3 pods: exceeded quota: small, requested: pods=1, used: pods=1, \
         limited: pods=1. 1 of 3 pods serve.",
        "kubectl -n quota describe resourcequota",
    ]
)]
#[case::pod_security(
    "pss-restricted",
    "early",
    [
        "failed since 01:23:38",
        "pod_security_denied since 01:23:38: condition, event",
        "The namespace's pod security refuses 1 of 1 pods: violates PodSecurity \"restricted:latest\": \
         allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile. \
         Nothing serves.",
        "Mend the pods' securityContext, or the namespace's pod security level.",
    ]
)]
#[case::pod_security_for_minutes(
    "pss-restricted",
    "end",
    [
        "failed since 01:23:38",
        "pod_security_denied since 01:23:38: condition, event",
        "The namespace's pod security refuses 1 of 1 pods: violates PodSecurity \"restricted:latest\": \
         allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile. \
         Nothing serves.",
        "Mend the pods' securityContext, or the namespace's pod security level.",
    ]
)]
fn refusals(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}
