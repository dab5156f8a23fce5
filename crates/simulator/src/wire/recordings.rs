//! The encoder against what a real API server wrote: the same bytes, for every kind that is served.

use super::{bookmark, protobuf, schema};
use crate::Resource;
use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

#[test]
fn objects_lists_and_errors_are_the_recorded_bytes() {
    let mut kinds = Vec::new();
    for path in recordings(|name| !name.starts_with("watch-")) {
        let value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        kinds.push(value["kind"].as_str().unwrap().to_owned());
        same(&path, &encode(&value), &fs::read(path.with_extension("pb")).unwrap());
    }
    for resource in Resource::ALL.into_iter().filter(|resource| *resource != Resource::PodMetrics) {
        assert!(
            kinds.iter().any(|k| k.trim_end_matches("List") == resource.kind()),
            "no recording of {resource:?}"
        );
    }
    assert!(kinds.contains(&"Status".to_owned()));
}

#[test]
fn watches_are_the_recorded_frames() {
    let mut seen = 0;
    for path in recordings(|name| name.starts_with("watch-")) {
        let mut expected = fs::read(path.with_extension("pb")).unwrap();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let event: Value = serde_json::from_str(line).unwrap();
            let frame = protobuf::frame(event["type"].as_str().unwrap(), &encode(&event["object"]));
            let rest = expected.split_off(frame.len().min(expected.len()));
            same(&path, &frame, &expected);
            expected = rest;
            seen += 1;
        }
        assert!(expected.is_empty(), "{} has more frames", path.display());
    }
    assert!(seen > 12, "there are recordings of watches");
}

#[test]
fn bookmarks_are_the_recorded_ones() {
    let mut seen = 0;
    for path in recordings(|name| name.starts_with("watch-")) {
        let text = fs::read_to_string(&path).unwrap();
        let event: Value = serde_json::from_str(text.lines().last().unwrap()).unwrap();
        let mut object = event["object"].clone();
        let resource = resource_of(&object);
        let revision = object["metadata"]["resourceVersion"].as_str().unwrap().parse().unwrap();
        object.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
        let ours: Value = serde_json::from_str(&bookmark(resource, revision, true)).unwrap();
        assert_eq!(ours, object, "{resource:?}");
        seen += 1;
    }
    assert_eq!(seen, Resource::ALL.len() - 1, "one for each resource that is watched");
}

#[test]
fn recorded_objects_have_known_fields_alone() {
    for path in recordings(|name| !name.contains("list") && !name.contains('-')) {
        let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let resource = resource_of(&value);
        value.as_object_mut().unwrap().retain(|key, _| key != "kind" && key != "apiVersion");
        assert_eq!(schema::unknown_field(resource, &value), None, "{}", path.display());
        value["spec"]["misspelt"] = 1.into();
        let expected = if resource == Resource::Events { ".spec" } else { ".spec.misspelt" };
        assert_eq!(schema::unknown_field(resource, &value).as_deref(), Some(expected));
    }
}

fn encode(value: &Value) -> Vec<u8> {
    let (api_version, kind) = (value["apiVersion"].as_str().unwrap(), value["kind"].as_str().unwrap());
    let raw = if kind == "Status" {
        protobuf::message(schema::message_named("meta.Status"), value)
    } else if let Some(item) = kind.strip_suffix("List") {
        let resource = Resource::of_kind(api_version, item).unwrap();
        let items = value["items"].as_array().unwrap().iter().cloned();
        protobuf::list(&value["metadata"], schema::message_of(resource), items)
    } else {
        protobuf::message(schema::message_of(resource_of(value)), value)
    };
    protobuf::envelope(api_version, kind, &raw)
}

fn resource_of(value: &Value) -> Resource {
    let (api_version, kind) = (value["apiVersion"].as_str().unwrap(), value["kind"].as_str().unwrap());
    Resource::of_kind(api_version, kind).unwrap()
}

fn recordings(wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recordings");
    let mut paths: Vec<_> = fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| wanted(path.file_stem().unwrap().to_str().unwrap()))
        .collect();
    paths.sort();
    assert!(!paths.is_empty());
    paths
}

/// Equality, with the place where it ends.
fn same(path: &Path, ours: &[u8], theirs: &[u8]) {
    if ours == theirs {
        return;
    }
    let at = ours.iter().zip(theirs).take_while(|(a, b)| a == b).count();
    let around = |bytes: &[u8]| {
        String::from_utf8_lossy(&bytes[at.saturating_sub(60)..bytes.len().min(at + 60)]).into_owned()
    };
    panic!(
        "{} differs at byte {at}:\n ours   {:?}\n theirs {:?}",
        path.display(),
        around(ours),
        around(theirs)
    );
}
