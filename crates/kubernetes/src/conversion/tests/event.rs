//! Events of the older and the newer recorder.
use super::*;

#[rstest]
// The older recorder.
#[case(json!({"count": 7, "firstTimestamp": "2026-11-21T01:00:00Z", "lastTimestamp": "2026-11-21T01:07:00Z", "eventTime": null}),
    7, "2026-11-21T01:00:00Z", "2026-11-21T01:07:00Z")]
// The newer one, once and again.
#[case(json!({"eventTime": "2026-11-21T01:00:00.5Z", "firstTimestamp": null, "lastTimestamp": null}),
    1, "2026-11-21T01:00:00.5Z", "2026-11-21T01:00:00.5Z")]
#[case(json!({"eventTime": "2026-11-21T01:00:00.5Z", "series": {"count": 3, "lastObservedTime": "2026-11-21T01:05:00.25Z"}}),
    3, "2026-11-21T01:00:00.5Z", "2026-11-21T01:05:00.25Z")]
// Neither says when.
#[case(json!({}), 1, "2026-11-21T00:59:00Z", "2026-11-21T00:59:00Z")]
fn both_kinds_of_recorders_are_understood(
    #[case] mut object: Value,
    #[case] count: u32,
    #[case] first: &str,
    #[case] last: &str,
) {
    object["metadata"] = json!({"creationTimestamp": "2026-11-21T00:59:00Z"});
    let event = event(&object);
    assert_eq!((event.count, event.first, event.last), (count, at(first), at(last)));
}

#[rstest]
#[case("spec.containers{web}", Some("web"))]
#[case("spec.initContainers{migrate}", Some("migrate"))]
#[case("spec.ephemeralContainers{debug}", Some("debug"))]
#[case("spec.volumes{data}", None)]
#[case("spec.containers", None)]
#[case("", None)]
fn the_container_is_in_the_field_path(#[case] path: &str, #[case] container: Option<&str>) {
    let event = event(&json!({"involvedObject": {"fieldPath": path}}));
    assert_eq!(event.container.as_deref(), container);
}

#[test]
fn a_schedulers_event_is_read() {
    let event = event(&recorded("unschedulable-cpu/events.json", "huge"));
    assert_eq!((&*event.kind, &*event.reason, event.warning), ("Pod", "FailedScheduling", true));
    assert_eq!(event.source.as_deref(), Some("default-scheduler"));
    assert_eq!(event.object.to_string(), "0f936d6f-1ffe-4d6d-bc40-30976c634129");
    assert_eq!(event.first, at("2026-11-21T01:23:37.517Z"));
}
