//! The manifests are what the chart makes of its defaults.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::helm;

const DIRECTORY: &str = "deploy/kubernetes";
const KINDS: [&str; 6] =
    ["ClusterRole", "ClusterRoleBinding", "Deployment", "PersistentVolumeClaim", "Service", "ServiceAccount"];

#[test]
fn the_manifests_and_the_chart_agree() {
    let mut chart = BTreeMap::new();
    for mut object in helm::objects("") {
        let annotations = object["metadata"]["annotations"].as_object();
        // The pod of `helm test` is nothing that is applied.
        if annotations.is_some_and(|annotations| annotations.contains_key("helm.sh/hook")) {
            continue;
        }
        strip(&mut object, "/metadata/labels");
        strip(&mut object, "/metadata/annotations");
        chart.insert(kind(&object), object);
    }
    let manifests = manifests();
    assert_eq!(manifests.keys().collect::<Vec<_>>(), KINDS.iter().collect::<Vec<_>>());
    assert_eq!(chart.keys().collect::<Vec<_>>(), KINDS.iter().collect::<Vec<_>>());
    for (kind, manifest) in &manifests {
        assert_eq!(manifest, &chart[kind], "{kind}: on the left the manifest, on the right the chart");
    }
}

#[test]
fn the_manifests_conform_and_say_where_they_come_from() {
    let mut all = String::new();
    for (name, text) in files() {
        assert!(text.starts_with("# Equal to what the chart"), "{name} says that a test holds it");
        all.push_str("---\n");
        all.push_str(&text);
    }
    helm::assert_conforms(&all);
}

#[test]
fn each_manifest_names_its_namespace_so_that_they_can_be_applied_in_any_order() {
    for (kind, manifest) in manifests() {
        let expected = if kind.starts_with("ClusterRole") { Value::Null } else { "maintenant".into() };
        assert_eq!(manifest["metadata"]["namespace"], expected, "{kind}");
    }
}

/// The objects by kind; each file has one.
fn manifests() -> BTreeMap<String, Value> {
    let mut manifests = BTreeMap::new();
    for (name, text) in files() {
        let [object] = &helm::parse(&text)[..] else { panic!("{name} has one object") };
        let kind = kind(object);
        assert_eq!(name, format!("{}.yaml", kind.to_lowercase()));
        assert!(manifests.insert(kind, object.clone()).is_none(), "{name} is there twice");
    }
    manifests
}

fn files() -> Vec<(String, String)> {
    let entries = std::fs::read_dir(helm::root().join(DIRECTORY)).expect("the directory is there");
    let names = entries.map(|entry| {
        entry.expect("it can be listed").file_name().into_string().expect("our file names are UTF-8")
    });
    names.map(|name| (name.clone(), helm::read(format!("{DIRECTORY}/{name}")))).collect()
}

fn kind(object: &Value) -> String {
    object["kind"].as_str().expect("an object has a kind").to_owned()
}

/// Takes away what only helm needs, and what is empty then.
fn strip(object: &mut Value, pointer: &str) {
    let Some(map) = object.pointer_mut(pointer).and_then(Value::as_object_mut) else { return };
    map.retain(|name, _| !name.starts_with("helm.sh/") && name != "app.kubernetes.io/managed-by");
    if map.is_empty() {
        let metadata = object["metadata"].as_object_mut().expect("an object has metadata");
        metadata.remove(pointer.rsplit('/').next().expect("a pointer has a last part"));
    }
}
