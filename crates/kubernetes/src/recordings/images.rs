//! Images that cannot be had.
use super::{EVERYTHING, check};
use rstest::rstest;

#[rstest]
#[case::no_registry_answers(
    "image-pull",
    "early",
    [
        "progressing since 01:23:35",
        "image_registry_unreachable since 01:23:35: container, event",
        "Image `127.0.0.1:5000/team/app:v2` cannot be pulled: dial tcp 127.0.0.1:5000: connect: connection \
         refused. 1 of 1 updated. Nothing serves.",
        "Check that the node reaches the registry.",
    ]
)]
#[case::no_registry_answered_for_minutes(
    "image-pull",
    "end",
    [
        "failed since 01:24:05",
        "image_registry_unreachable since 01:23:35: container, event",
        "Image `127.0.0.1:5000/team/app:v2` cannot be pulled: dial tcp 127.0.0.1:5000: connect: connection \
         refused. Nothing serves.",
        "Check that the node reaches the registry.",
    ]
)]
#[case::a_malformed_name(
    "invalid-image-name",
    "early",
    [
        "failed since 01:23:35",
        "image_invalid_name since 01:23:35: container",
        "Image name `lab.local/Busybox:1` is malformed.",
        "Mend the image's name.",
    ]
)]
#[case::a_name_that_stays_malformed(
    "invalid-image-name",
    "end",
    [
        "failed since 01:23:35",
        "image_invalid_name since 01:23:35: container",
        "Image name `lab.local/Busybox:1` is malformed.",
        "Mend the image's name.",
    ]
)]
#[case::a_new_version_beside_the_old(
    "rollout-stuck",
    "end",
    [
        "degraded since 01:32:12",
        "image_registry_unreachable since 01:31:51: container, event",
        "Image `127.0.0.1:5000/team/api:v2` cannot be pulled in pod api-75b9d99496-n2ksh: dial tcp \
         127.0.0.1:5000: connect: connection refused. 3 of 3 old pods still serve.",
        "Check that the node reaches the registry.",
    ]
)]
fn images(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}
