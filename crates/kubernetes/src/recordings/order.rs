//! What is said does not depend on which source answers first, and being told it all again changes nothing.
use super::{CLUSTER, EVERYTHING, Recording, row};
use domain::observation::{Fact, Observation};
use domain::source::{Resource, SourceId};
use std::collections::BTreeSet;

/// Every recording, at each of its moments.
fn recordings() -> impl Iterator<Item = (String, Recording)> {
    let directory = format!("{}/tests/recordings", env!("CARGO_MANIFEST_DIR"));
    let files = std::fs::read_dir(directory).expect("the recordings are there");
    let names: BTreeSet<String> =
        files.map(|file| file.expect("it can be read").file_name().into_string().expect("a name")).collect();
    names.into_iter().flat_map(|name| {
        let name = name.strip_suffix(".json").expect("a recording is JSON").to_owned();
        let moments = Recording::moments(&name);
        moments.into_iter().map(move |moment| (format!("{name} {moment}"), Recording::open(&name, &moment)))
    })
}

#[test]
fn in_any_order_of_the_kinds_the_same_is_said() {
    let mut judged = 0;
    for (name, recording) in recordings() {
        let expected = row(&recording.told(&Resource::ALL, EVERYTHING));
        let mut order = Resource::ALL;
        for _ in 0..order.len() {
            order.rotate_left(1);
            assert_eq!(row(&recording.told(&order, EVERYTHING)), expected, "{name}: {order:?}");
            let mut reversed = order;
            reversed.reverse();
            assert_eq!(row(&recording.told(&reversed, EVERYTHING)), expected, "{name}: {reversed:?}");
        }
        judged += 1;
    }
    assert_eq!(judged, 54, "28 situations, 26 of them twice");
}

#[test]
fn being_told_it_all_again_changes_nothing() {
    for (name, recording) in recordings() {
        let mut state = recording.told(&Resource::ALL, EVERYTHING);
        let mut again = |fact| {
            let changes = state.apply(Observation::Cluster { cluster: CLUSTER.into(), fact }, recording.at);
            assert!(changes.is_empty(), "{name}: {changes:#?}");
        };
        for (_, _, object) in &recording.objects {
            again(Fact::Applied(object.clone()));
        }
        for resource in Resource::ALL {
            let of_source = recording.objects.iter().filter(|(of, ..)| *of == resource);
            let uids = of_source.map(|(_, uid, _)| *uid).collect();
            again(Fact::Listed(SourceId { resource, namespace: None }, uids));
        }
    }
}
