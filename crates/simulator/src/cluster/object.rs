//! One object as the server holds it.

use crate::{Error, Resource, clock, wire};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// An object, held as compact JSON text without `kind` and `apiVersion`: 10,000 pods take 40 MB, where parsed
/// values would take several times that.
#[derive(Debug)]
pub struct Object {
    pub(crate) namespace: Box<str>,
    pub(crate) name: Box<str>,
    pub(crate) uid: Box<str>,
    /// The uids of its owners.
    pub(crate) owners: Box<[Box<str>]>,
    json: Box<str>,
}

impl Object {
    /// Its JSON text, as an item of a list has it: without `kind` and `apiVersion`.
    #[must_use]
    pub fn json(&self) -> &str {
        &self.json
    }

    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.json).expect("the text was written from a JSON value")
    }

    pub(crate) fn value_with_kind(&self, resource: Resource) -> Value {
        with_kind(self.value(), resource)
    }

    /// The same object at another resourceVersion.
    pub(crate) fn at_revision(&self, revision: u64) -> Self {
        let mut value = self.value();
        value["metadata"]["resourceVersion"] = revision.to_string().into();
        Self::hold(self.namespace.clone(), self.name.clone(), &value)
    }

    fn hold(namespace: Box<str>, name: Box<str>, value: &Value) -> Self {
        let metadata = &value["metadata"];
        let owners = metadata["ownerReferences"].as_array().into_iter().flatten();
        let owners = owners.filter_map(|owner| owner["uid"].as_str()).map(Box::from).collect();
        let uid = metadata["uid"].as_str().unwrap_or_default().into();
        let json = serde_json::to_string(value).expect("a JSON value has a text");
        Self { namespace, name, uid, owners, json: json.into_boxed_str() }
    }
}

/// An object on its way in, with the server's fields not filled in yet.
pub(super) struct Draft {
    pub(super) namespace: Box<str>,
    pub(super) name: Box<str>,
    value: Value,
}

impl Draft {
    /// Refuses what the server could not store.
    pub(super) fn check(mut value: Value) -> Result<(Resource, Self), Error> {
        let invalid = |why: &str| Error::Invalid(why.to_owned());
        let object = value.as_object_mut().ok_or_else(|| invalid("not a JSON object"))?;
        let api_version = taken(object, "apiVersion");
        let kind = taken(object, "kind");
        let resource = Resource::of_kind(&api_version, &kind)
            .ok_or_else(|| Error::Invalid(format!("no kind \"{kind}\" in \"{api_version}\"")))?;
        let metadata = object.entry("metadata").or_insert_with(|| json!({}));
        let metadata = metadata.as_object_mut().ok_or_else(|| invalid("metadata is not an object"))?;
        let name = text(metadata, "name");
        if name.is_empty() && text(metadata, "generateName").is_empty() {
            return Err(invalid("metadata.name is required"));
        }
        let mut namespace = text(metadata, "namespace");
        if resource.is_namespaced() && namespace.is_empty() {
            namespace = "default".into();
            metadata.insert("namespace".to_owned(), "default".into());
        }
        if !resource.is_namespaced() && !namespace.is_empty() {
            return Err(invalid("a cluster-wide object has no namespace"));
        }
        if let Some(path) = wire::unknown_field(resource, &value) {
            return Err(Error::Invalid(format!(
                "{kind}{path} is not a field of the API, or not of that type"
            )));
        }
        Ok((resource, Self { namespace, name, value }))
    }

    pub(super) fn generate_name(&mut self, random: &mut fastrand::Rng) -> Result<(), Error> {
        let metadata = &mut self.value["metadata"];
        let prefix = metadata["generateName"].as_str().unwrap_or_default();
        if prefix.is_empty() {
            return Err(Error::Invalid("metadata.name is required".to_owned()));
        }
        self.name = format!("{prefix}{}", name_suffix(random, 5)).into();
        metadata["name"] = (*self.name).into();
        Ok(())
    }

    /// The object to store and the value that it was written from, or `None` when it equals the previous one.
    pub(super) fn finish(
        mut self,
        resource: Resource,
        previous: Option<&Value>,
        revision: u64,
        now: Timestamp,
        random: &mut fastrand::Rng,
    ) -> Option<(Object, Value)> {
        let same_spec = previous.is_some_and(|before| before["spec"] == self.value["spec"]);
        let metadata = self.value["metadata"].as_object_mut().expect("checked when the draft was made");
        if let Some(before) = previous {
            let before = &before["metadata"];
            for server_owned in ["uid", "creationTimestamp", "resourceVersion"] {
                metadata.insert(server_owned.to_owned(), before[server_owned].clone());
            }
            if resource.has_generation() {
                let generation = before["generation"].as_i64().unwrap_or(1);
                let generation = if same_spec { generation } else { generation + 1 };
                metadata.insert("generation".to_owned(), generation.into());
            }
        } else {
            metadata.entry("uid").or_insert_with(|| uid(random).into());
            metadata.entry("creationTimestamp").or_insert_with(|| clock::seconds(now).into());
            if resource.has_generation() {
                metadata.entry("generation").or_insert_with(|| 1.into());
            }
        }
        if resource == Resource::DaemonSets {
            count_template(&mut self.value, previous);
        }
        if previous.is_some_and(|before| are_equal(before, &self.value)) {
            return None;
        }
        self.value["metadata"]["resourceVersion"] = revision.to_string().into();
        let object = Object::hold(self.namespace, self.name, &self.value);
        Some((object, with_kind(self.value, resource)))
    }
}

/// Counts the templates of a DaemonSet in an annotation that is deprecated by its name, and written by every server.
fn count_template(set: &mut Value, previous: Option<&Value>) {
    const ANNOTATION: &str = "deprecated.daemonset.template.generation";
    let counted = previous.and_then(|before| before["metadata"]["annotations"][ANNOTATION].as_str());
    let counted: i64 = counted.and_then(|number| number.parse().ok()).unwrap_or(0);
    let is_same = previous.is_some_and(|before| before["spec"]["template"] == set["spec"]["template"]);
    let number = if is_same { counted.max(1) } else { counted + 1 };
    set["metadata"]["annotations"][ANNOTATION] = number.to_string().into();
}

/// Whether an object as it is held, with `kind` and `apiVersion`, is what a draft without them says.
fn are_equal(held: &Value, draft: &Value) -> bool {
    let (Some(held), Some(draft)) = (held.as_object(), draft.as_object()) else { return false };
    let is_type = |key: &str| matches!(key, "apiVersion" | "kind");
    held.iter().filter(|(key, _)| !is_type(key)).eq(draft)
}

fn with_kind(mut value: Value, resource: Resource) -> Value {
    value["apiVersion"] = resource.api_version().into();
    value["kind"] = resource.kind().into();
    value
}

/// A version 4 UUID from the seed.
pub(crate) fn uid(random: &mut fastrand::Rng) -> String {
    let bits = random.u128(..);
    let bits = bits & !(0xf << 76) | (4 << 76);
    let bits = bits & !(0x3 << 62) | (2 << 62);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

/// The random end of a generated name, of the letters that the API server uses (no vowels, so no words).
pub(crate) fn name_suffix(random: &mut fastrand::Rng, length: usize) -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    (0..length).map(|_| char::from(LETTERS[random.usize(..LETTERS.len())])).collect()
}

/// RFC 7386: null removes, objects merge, all else replaces.
pub(crate) fn merge(target: &mut Value, patch: &Value) {
    let Some(fields) = patch.as_object() else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = json!({});
    }
    for (key, value) in fields {
        if value.is_null() {
            if let Some(object) = target.as_object_mut() {
                object.remove(key);
            }
        } else {
            merge(&mut target[key], value);
        }
    }
}

fn taken(object: &mut Map<String, Value>, key: &str) -> String {
    match object.remove(key) {
        Some(Value::String(text)) => text,
        _ => String::new(),
    }
}

fn text(object: &Map<String, Value>, key: &str) -> Box<str> {
    object.get(key).and_then(Value::as_str).unwrap_or_default().into()
}
