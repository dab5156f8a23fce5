//! Images that can't be had, in the words of the kubelet and of containerd.
use super::said;
use crate::timeline::world_after;
use crate::world::*;
use rstest::rstest;
use std::sync::Arc;

// kubelet: pkg/kubelet/images/image_manager.go; containerd: core/remotes/docker and the registry's own words.
#[rstest]
// Docker Hub, a private repository without credentials.
#[case::hub_401(
    "failed to pull and unpack image \"docker.io/team/api:1\": failed to resolve reference \"docker.io/team/api:1\": \
     pull access denied, repository does not exist or may require authorization: server message: \
     insufficient_scope: authorization failed",
    "failed image_auth",
    "The registry does not hand out image `web:1`: pull access denied, repository does not exist or may require \
     authorization: server message: insufficient_scope: authorization failed. Nothing serves."
)]
// Amazon ECR.
#[case::ecr_401(
    "failed to pull and unpack image \"1.dkr.ecr.eu-central-1.amazonaws.com/api:1\": failed to resolve reference \
     \"1.dkr.ecr.eu-central-1.amazonaws.com/api:1\": pull access denied, repository does not exist or may require \
     authorization: authorization failed: no basic auth credentials",
    "failed image_auth",
    "The registry does not hand out image `web:1`: pull access denied, repository does not exist or may require \
     authorization: authorization failed: no basic auth credentials. Nothing serves."
)]
#[case::token_403(
    "failed to pull and unpack image \"ghcr.io/team/api:1\": failed to resolve reference \"ghcr.io/team/api:1\": failed \
     to authorize: failed to fetch anonymous token: unexpected status from GET request to \
     https://ghcr.io/token?scope=repository%3Ateam%2Fapi%3Apull&service=ghcr.io: 403 Forbidden",
    "failed image_auth",
    "The registry does not hand out image `web:1`: unexpected status from GET request to \
     https://ghcr.io/token?scope=repository%3Ateam%2Fapi%3Apull&service=ghcr.io: 403 Forbidden. Nothing serves."
)]
#[case::head_403(
    "failed to pull and unpack image \"r.io/api:1\": failed to resolve image: unexpected status from HEAD request to \
     https://r.io/v2/api/manifests/1: 403 Forbidden",
    "failed image_auth",
    "The registry does not hand out image `web:1`: unexpected status from HEAD request to \
     https://r.io/v2/api/manifests/1: 403 Forbidden. Nothing serves."
)]
#[case::tag_404(
    "failed to pull and unpack image \"docker.io/library/web:nope\": failed to resolve reference \
     \"docker.io/library/web:nope\": docker.io/library/web:nope: not found",
    "failed image_not_found",
    "Image `web:1` does not exist. Nothing serves."
)]
// kubelet 1.30: the error of the runtime with its code.
#[case::tag_404_with_a_code(
    "rpc error: code = NotFound desc = failed to pull and unpack image \"docker.io/library/web:nope\": failed to resolve \
     reference \"docker.io/library/web:nope\": docker.io/library/web:nope: not found",
    "failed image_not_found",
    "Image `web:1` does not exist. Nothing serves."
)]
#[case::hub_429(
    "failed to pull and unpack image \"docker.io/library/web:1\": failed to copy: httpReadSeeker: failed open: unexpected \
     status from GET request to https://registry-1.docker.io/v2/library/web/manifests/sha256:1: 429 Too Many Requests\n\
     toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit",
    "failed image_rate_limited",
    "The registry limits how often image `web:1` is pulled. Nothing serves."
)]
#[case::status_500(
    "failed to pull and unpack image \"r.io/api:1\": failed to resolve image: unexpected status from HEAD request to \
     https://r.io/v2/api/manifests/1: 500 Internal Server Error",
    "failed image_registry_unreachable",
    "Image `web:1` cannot be pulled: unexpected status from HEAD request to https://r.io/v2/api/manifests/1: \
     500 Internal Server Error. Nothing serves."
)]
#[case::status_503(
    "failed to pull and unpack image \"r.io/api:1\": failed to resolve reference \"r.io/api:1\": unexpected status from \
     HEAD request to https://r.io/v2/api/manifests/1: 503 Service Unavailable",
    "failed image_registry_unreachable",
    "Image `web:1` cannot be pulled: unexpected status from HEAD request to https://r.io/v2/api/manifests/1: \
     503 Service Unavailable. Nothing serves."
)]
// Go's resolver; the name of the registry is what is not found.
#[case::no_such_host(
    "failed to pull and unpack image \"r.internal/api:1\": failed to resolve reference \"r.internal/api:1\": failed to do \
     request: Head \"https://r.internal/v2/api/manifests/1\": dial tcp: lookup r.internal on 10.96.0.10:53: no such host",
    "failed image_registry_unreachable",
    "Image `web:1` cannot be pulled: dial tcp: lookup r.internal on 10.96.0.10:53: no such host. Nothing serves."
)]
// Between whom the connection broke is not said: one end is another with each try.
#[case::no_resolver(
    "failed to pull and unpack image \"r.internal/api:1\": failed to resolve reference \"r.internal/api:1\": failed to do \
     request: Head \"https://r.internal/v2/api/manifests/1\": dial tcp: lookup r.internal on 127.0.0.1:53: read udp \
     127.0.0.1:43070->127.0.0.1:53: read: connection refused",
    "failed image_registry_unreachable",
    "Image `web:1` cannot be pulled: dial tcp: lookup r.internal on 127.0.0.1:53: read: connection refused. Nothing serves."
)]
#[case::timeout(
    "failed to pull and unpack image \"r.io/api:1\": failed to resolve reference \"r.io/api:1\": failed to do request: \
     Head \"https://r.io/v2/api/manifests/1\": dial tcp 10.0.0.9:443: i/o timeout",
    "failed image_registry_unreachable",
    "Image `web:1` cannot be pulled: dial tcp 10.0.0.9:443: i/o timeout. Nothing serves."
)]
#[case::unknown_authority(
    "failed to pull and unpack image \"r.io/api:1\": failed to resolve reference \"r.io/api:1\": failed to do request: \
     Head \"https://r.io/v2/api/manifests/1\": tls: failed to verify certificate: x509: certificate signed by unknown \
     authority",
    "failed image_registry_unreachable",
    "Image `web:1` cannot be pulled: tls: failed to verify certificate: x509: certificate signed by unknown authority. \
     Nothing serves."
)]
#[case::no_match_for_platform(
    "failed to pull and unpack image \"docker.io/library/web:1\": no match for platform in manifest: not found",
    "failed image_platform",
    "Image `web:1` is made for another architecture than the node's. Nothing serves."
)]
fn pulls(#[case] words: &str, #[case] code: &str, #[case] summary: &str) {
    let expected = (code.to_owned(), summary.to_owned());
    let with = |reason: &str, message: &str| {
        let mut world = world_after("deployment 1; 0s +a");
        world.pods[0].containers = [waiting(reason, Some(message))].into();
        world
    };
    assert_eq!(said(&with("ErrImagePull", words), 40), expected);
    // From 1.32 on the back-off repeats the words.
    let repeated = format!("Back-off pulling image \"web:1\": ErrImagePull: {words}");
    assert_eq!(said(&with("ImagePullBackOff", &repeated), 40), expected);
    // Before it they are in an event alone.
    let mut world = with("ImagePullBackOff", "Back-off pulling image \"web:1\"");
    let failed = format!("Failed to pull image \"web:1\": {words}");
    let event = event("a", Some("app"), "Failed", &failed, at(30));
    world.around.events.insert(uid("a"), vec![Arc::new(event)]);
    assert_eq!(said(&world, 40), expected);
}

// kubelet: pkg/kubelet/images/image_manager.go
#[rstest]
#[case::never_pull(
    "ErrImageNeverPull",
    "Container image \"web:1\" is not present with pull policy of Never",
    "failed image_never_pull",
    "Image `web:1` is not on the node and may not be pulled. Nothing serves."
)]
#[case::malformed(
    "InvalidImageName",
    "Failed to apply default image tag \"Web:1\": couldn't parse image name \"Web:1\": invalid reference format: \
     repository name (library/Web) must be lowercase",
    "failed image_invalid_name",
    "Image name `web:1` is malformed. Nothing serves."
)]
fn refusals_to_pull(#[case] reason: &str, #[case] message: &str, #[case] code: &str, #[case] summary: &str) {
    let mut world = world_after("deployment 1; 0s +a");
    world.pods[0].containers = [waiting(reason, Some(message))].into();
    assert_eq!(said(&world, 1), (code.to_owned(), summary.to_owned()));
}
