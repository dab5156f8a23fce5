//! Pods that may not be made, in the words of the API server's admission.
use super::said;
use crate::timeline::world_after;
use crate::world::*;
use rstest::rstest;
use std::sync::Arc;

#[rstest]
// apiserver: pkg/admission/plugin/webhook/mutating/dispatcher.go
#[case::a_webhook_without_endpoints(
    "Internal error occurred: failed calling webhook \"validate.kyverno.svc-fail\": failed to call webhook: Post \
     \"https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s\": no endpoints available for service \"kyverno-svc\"",
    "failed webhook_unreachable",
    "1 of 1 pods cannot be made, a webhook does not answer: failed calling webhook \"validate.kyverno.svc-fail\": failed \
     to call webhook: Post \"https://kyverno-svc.kyverno.svc:443/validate/fail?timeout=10s\": no endpoints available for \
     service \"kyverno-svc\"."
)]
#[case::a_webhook_that_hangs(
    "Internal error occurred: failed calling webhook \"m.istio.io\": failed to call webhook: Post \
     \"https://istiod.istio-system.svc:443/inject?timeout=10s\": context deadline exceeded",
    "failed webhook_unreachable",
    "1 of 1 pods cannot be made, a webhook does not answer: failed calling webhook \"m.istio.io\": failed to call \
     webhook: Post \"https://istiod.istio-system.svc:443/inject?timeout=10s\": context deadline exceeded."
)]
#[case::a_webhook_with_another_authority(
    "Internal error occurred: failed calling webhook \"v.example.com\": failed to call webhook: Post \
     \"https://v.shop.svc:443/?timeout=10s\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
    "failed webhook_unreachable",
    "1 of 1 pods cannot be made, a webhook is not trusted: failed calling webhook \"v.example.com\": failed to call \
     webhook: Post \"https://v.shop.svc:443/?timeout=10s\": tls: failed to verify certificate: x509: certificate signed \
     by unknown authority."
)]
// apiserver: pkg/admission/plugin/webhook/errors/statuserror.go
#[case::a_webhook_that_says_no(
    "admission webhook \"validate.kyverno.svc-fail\" denied the request: policy require-labels fail: label team is required",
    "failed admission_denied",
    "1 of 1 pods are refused: admission webhook \"validate.kyverno.svc-fail\" denied the request: policy require-labels \
     fail: label team is required."
)]
// apiserver: pkg/admission/plugin/policy/validating
#[case::a_policy(
    "pods \"web-x\" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: images need a tag",
    "failed admission_denied",
    "1 of 1 pods are refused: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: images need a tag."
)]
// kube-apiserver: plugin/pkg/admission/limitranger/admission.go
#[case::a_limit_range(
    "pods \"web-x\" is forbidden: maximum cpu usage per Container is 500m, but limit is 1",
    "failed admission_denied",
    "1 of 1 pods are refused: maximum cpu usage per Container is 500m, but limit is 1."
)]
// apiserver: pkg/admission/plugin/resourcequota/controller.go
#[case::a_quota(
    "pods \"web-x\" is forbidden: exceeded quota: small, requested: limits.cpu=1, used: limits.cpu=2, limited: limits.cpu=2",
    "failed quota_exceeded",
    "The quota has no room for 1 of 1 pods: exceeded quota: small, requested: limits.cpu=1, used: limits.cpu=2, \
     limited: limits.cpu=2."
)]
#[case::a_quota_that_wants_limits(
    "pods \"web-x\" is forbidden: failed quota: compute: must specify limits.cpu for: app; requests.memory for: app",
    "failed quota_exceeded",
    "1 of 1 pods do not ask for what the quota counts: failed quota: compute: must specify limits.cpu for: app; \
     requests.memory for: app."
)]
// apiserver: pkg/admission/plugin/namespace/lifecycle/admission.go
#[case::a_namespace_that_goes(
    "pods \"web-x\" is forbidden: unable to create new content in namespace shop because it is being terminated",
    "failed namespace_terminating",
    "1 of 1 pods cannot be made, their namespace is being deleted."
)]
// kube-apiserver: plugin/pkg/admission/serviceaccount/admission.go
#[case::no_such_account(
    "pods \"web-x\" is forbidden: error looking up service account shop/api: serviceaccount \"api\" not found",
    "failed config_missing",
    "1 of 1 pods lack what they need: error looking up service account shop/api: serviceaccount \"api\" not found."
)]
// apiserver: pkg/admission/plugin/podtopologylabels and PriorityClass, plugin/pkg/admission/priority/admission.go
#[case::no_such_priority(
    "pods \"web-x\" is forbidden: no PriorityClass with name high was found",
    "failed admission_denied",
    "1 of 1 pods are refused: no PriorityClass with name high was found."
)]
fn at_creation(#[case] words: &str, #[case] code: &str, #[case] summary: &str) {
    let expected = (code.to_owned(), format!("{summary} Nothing serves."));
    // kube-controller-manager: pkg/controller/controller_utils.go
    let deployment = refused("deployment 1; 0s", "web-r1", &format!("Error creating: {words}"));
    assert_eq!(said(&deployment, 5), expected);
    // The recorder joins what differs by a name alone.
    let joined = format!("(combined from similar events): Error creating: {words}");
    assert_eq!(said(&refused("deployment 1; 0s", "web-r1", &joined), 5), expected);
    assert_eq!(said(&refused("daemonset 1; 0s", "web", &format!("Error creating: {words}")), 5), expected);
    // kube-controller-manager: pkg/controller/statefulset/stateful_pod_control.go
    let words = format!("create Pod web-0 in StatefulSet web failed error: {words}");
    assert_eq!(said(&refused("statefulset 1; 0s", "web", &words), 5), expected);
}

/// Nothing was made, and the event says why.
fn refused(script: &str, object: &str, words: &str) -> World {
    let mut world = world_after(script);
    let event = event(object, None, "FailedCreate", words, at(2));
    world.around.events.insert(uid(object), vec![Arc::new(event)]);
    world
}
