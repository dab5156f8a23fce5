//! What containers are configured from and is not there.
use super::{EVERYTHING, check};
use rstest::rstest;

#[rstest]
#[case::a_config_map(
    "missing-configmap",
    "early",
    [
        "progressing since 01:23:36",
        "config_missing since 01:23:36: container, event",
        "Container `app` waits for what it is configured from: configmap \"app-config\" not found. 1 of 1 \
         updated. Nothing serves.",
        "Create what is missing; the pod starts by itself then.",
    ]
)]
#[case::a_config_map_for_minutes(
    "missing-configmap",
    "end",
    [
        "failed since 01:24:06",
        "config_missing since 01:23:36: container, event",
        "Container `app` waits for what it is configured from: configmap \"app-config\" not found. Nothing \
         serves.",
        "Create what is missing; the pod starts by itself then.",
    ]
)]
#[case::a_config_map_of_a_volume(
    "missing-configmap-volume",
    "early",
    [
        "progressing since 01:23:36",
        "config_missing since 01:23:36: pod, event",
        "Pod novolume waits for what a volume is made from: MountVolume.SetUp failed for volume \"c\" : \
         configmap \"absent\" not found.",
        "Create what is missing; the pod starts by itself then.",
    ]
)]
#[case::a_config_map_of_a_volume_for_minutes(
    "missing-configmap-volume",
    "end",
    [
        "failed since 01:24:06",
        "config_missing since 01:23:36: pod, event",
        "Pod novolume waits for what a volume is made from: MountVolume.SetUp failed for volume \"c\" : \
         configmap \"absent\" not found.",
        "Create what is missing; the pod starts by itself then.",
    ]
)]
#[case::a_key(
    "missing-secret-key",
    "early",
    [
        "progressing since 01:23:36",
        "config_missing since 01:23:36: container, event",
        "Container `app` waits for what it is configured from: couldn't find key password in Secret \
         missing-secret-key/app-secret. 1 of 1 updated. Nothing serves.",
        "Create what is missing; the pod starts by itself then.",
    ]
)]
#[case::a_key_for_minutes(
    "missing-secret-key",
    "end",
    [
        "failed since 01:24:06",
        "config_missing since 01:23:36: container, event",
        "Container `app` waits for what it is configured from: couldn't find key password in Secret \
         missing-secret-key/app-secret. Nothing serves.",
        "Create what is missing; the pod starts by itself then.",
    ]
)]
fn configuration(#[case] name: &str, #[case] moment: &str, #[case] said: [&str; 4]) {
    check(name, moment, EVERYTHING, said);
}
