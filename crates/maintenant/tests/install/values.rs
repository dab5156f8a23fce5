//! Each value does what it says. The cases stand in `values.yaml`, beside this file.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::helm::{self, CHART};

/// Names of objects, labels and the like are checked where they are the subject; here it is the values, one by one.
#[test]
fn each_value_does_what_it_says() {
    let mut everything = String::new();
    for case in cases() {
        let name = case["name"].as_str().expect("a case has a name");
        let rendered =
            helm::rendered(&case["values"].to_string()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let objects = helm::parse(&rendered);
        for absent in case["absent"].as_array().unwrap_or(&Vec::new()) {
            assert!(!objects.iter().any(|object| object["kind"] == *absent), "{name}: there is a {absent}");
        }
        for (kind, places) in case["expected"].as_object().expect("a case expects something") {
            let object = helm::one(&objects, kind);
            for (pointer, expected) in places.as_object().expect("places and what stands there") {
                let found = object.pointer(pointer).unwrap_or(&Value::Null);
                assert_eq!(found, expected, "{name}: {kind} {pointer}");
            }
        }
        everything.push_str(&rendered);
    }
    helm::assert_conforms(&everything);
}

/// A value that no case changes could be misspelt in a template, and nobody would know.
#[test]
fn every_value_is_changed_by_some_case() {
    let defaults = leaves(&defaults(), "");
    let given: Vec<_> = cases().iter().flat_map(|case| leaves(&case["values"], "")).collect();
    let changed: BTreeSet<_> =
        given.iter().filter(|leaf| !defaults.contains(leaf)).map(|(path, _)| path.as_str()).collect();
    let is_changed = |path: &str| changed.iter().any(|it| *it == path || it.starts_with(&format!("{path}.")));
    // Each has but one value that is not refused.
    let fixed = ["replicaCount", "runtime"];
    let missing = defaults.iter().map(|(path, _)| path.as_str()).filter(|path| !is_changed(path));
    assert_eq!(missing.collect::<Vec<_>>(), fixed);
}

/// What a chart can't do without a schema: a misspelt value would be ignored.
#[test]
fn the_schema_knows_each_value_and_no_other() {
    let schema: Value = serde_json::from_str(&helm::read(format!("{CHART}/values.schema.json"))).unwrap();
    let values = defaults();
    let mut known: BTreeSet<_> = keys(&schema["properties"]);
    // Set by helm where this chart is a part of another.
    assert!(known.remove("global"));
    assert_eq!(known, keys(&values));
    assert_eq!(schema["additionalProperties"], false);
    // Kubernetes' own, with fields that come and go by its version.
    let open = ["podSecurityContext", "securityContext"];
    for name in keys(&values) {
        let is_group = values[name].as_object().is_some_and(|group| !group.is_empty());
        if is_group && !open.contains(&name) {
            let below = &schema["properties"][name];
            assert_eq!(below["additionalProperties"], json!(false), "{name}");
            assert_eq!(keys(&below["properties"]), keys(&values[name]), "{name}");
        }
    }
}

fn cases() -> Vec<Value> {
    helm::parse(&helm::read("crates/maintenant/tests/install/values.yaml"))
}

fn defaults() -> Value {
    helm::parse(&helm::read(format!("{CHART}/values.yaml"))).remove(0)
}

fn keys(map: &Value) -> BTreeSet<&str> {
    map.as_object().expect("a map").keys().map(String::as_str).collect()
}

/// Paths and values of what is no map, or is an empty one.
pub(crate) fn leaves(value: &Value, path: &str) -> Vec<(String, Value)> {
    match value.as_object().filter(|map| !map.is_empty()) {
        None => vec![(path.to_owned(), value.clone())],
        Some(map) => {
            let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            map.iter().flat_map(|(name, below)| leaves(below, &join(name))).collect()
        }
    }
}
