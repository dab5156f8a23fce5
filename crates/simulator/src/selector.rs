//! Field and label selectors of lists and watches.

use crate::{Resource, cluster::Object, status::Status};
use serde_json::Value;

/// The objects that a list or watch asks for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Selector {
    fields: Vec<Requirement>,
    labels: Vec<Requirement>,
}

#[derive(Clone, Debug, PartialEq)]
struct Requirement {
    key: String,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    In(Vec<String>),
    NotIn(Vec<String>),
    Exists,
    Absent,
}

impl Selector {
    pub(crate) fn parse(
        resource: Resource,
        fields: Option<&str>,
        labels: Option<&str>,
    ) -> Result<Self, Status> {
        let fields = terms(fields).map(|term| field(resource, term)).collect::<Result<_, _>>()?;
        let labels = terms(labels).map(label).collect::<Result<_, _>>()?;
        Ok(Self { fields, labels })
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty() && self.labels.is_empty()
    }

    pub(crate) fn matches(&self, object: &Object) -> bool {
        let by_key = |requirement: &Requirement| match requirement.key.as_str() {
            "metadata.name" => Some(requirement.test.holds(Some(&object.name))),
            "metadata.namespace" => Some(requirement.test.holds(Some(&object.namespace))),
            _ => None,
        };
        let mut inside = Vec::new();
        for requirement in &self.fields {
            match by_key(requirement) {
                Some(true) => {}
                Some(false) => return false,
                None => inside.push(requirement),
            }
        }
        if inside.is_empty() && self.labels.is_empty() {
            return true;
        }
        let value = object.value();
        let labels = &value["metadata"]["labels"];
        inside.iter().all(|r| r.test.holds(Some(&text(field_of(&value, &r.key)))))
            && self.labels.iter().all(|r| r.test.holds(labels.get(&r.key).and_then(Value::as_str)))
    }
}

impl Test {
    fn holds(&self, value: Option<&str>) -> bool {
        let any = |names: &[String]| value.is_some_and(|value| names.iter().any(|name| name == value));
        match self {
            Self::In(names) => any(names),
            Self::NotIn(names) => !any(names),
            Self::Exists => value.is_some(),
            Self::Absent => value.is_none(),
        }
    }
}

/// Splits at commas that are not inside parentheses.
fn terms(selector: Option<&str>) -> impl Iterator<Item = &str> {
    let mut depth = 0_usize;
    selector
        .unwrap_or_default()
        .split(move |c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            c == ',' && depth == 0
        })
        .map(str::trim)
        .filter(|term| !term.is_empty())
}

fn field(resource: Resource, term: &str) -> Result<Requirement, Status> {
    let Some((key, test)) = comparison(term) else {
        let why = format!("invalid field selector: \"{term}\" is not a known field selector");
        return Err(Status::bad_request(why));
    };
    let known = matches!(key, "metadata.name") || supported(resource).contains(&key);
    let known = known || key == "metadata.namespace" && resource.is_namespaced();
    if known {
        Ok(Requirement { key: key.to_owned(), test })
    } else {
        Err(Status::bad_request(format!("field label not supported: {key}")))
    }
}

fn label(term: &str) -> Result<Requirement, Status> {
    let set = |word: &str| {
        let (key, rest) = term.split_once(word)?;
        let names = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
        let names = names.split(',').map(|name| name.trim().to_owned()).collect();
        Some((key.trim(), names))
    };
    let (key, test) = if let Some((key, names)) = set(" notin ") {
        (key, Test::NotIn(names))
    } else if let Some((key, names)) = set(" in ") {
        (key, Test::In(names))
    } else if let Some((key, test)) = comparison(term) {
        (key, test)
    } else if let Some(key) = term.strip_prefix('!') {
        (key.trim(), Test::Absent)
    } else {
        (term, Test::Exists)
    };
    if key.is_empty() || key.contains(char::is_whitespace) {
        return Err(Status::bad_request(format!("unable to parse requirement: \"{term}\"")));
    }
    Ok(Requirement { key: key.to_owned(), test })
}

fn comparison(term: &str) -> Option<(&str, Test)> {
    if let Some((key, value)) = term.split_once("!=") {
        return Some((key.trim(), Test::NotIn(vec![value.trim().to_owned()])));
    }
    let (key, value) = term.split_once('=')?;
    let value = value.strip_prefix('=').unwrap_or(value);
    Some((key.trim(), Test::In(vec![value.trim().to_owned()])))
}

/// The fields that can be selected by, beyond name and namespace.
fn supported(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Pods => &[
            "spec.nodeName",
            "spec.restartPolicy",
            "spec.schedulerName",
            "spec.serviceAccountName",
            "status.phase",
            "status.podIP",
            "status.nominatedNodeName",
        ],
        Resource::Events => &[
            "involvedObject.kind",
            "involvedObject.namespace",
            "involvedObject.name",
            "involvedObject.uid",
            "involvedObject.apiVersion",
            "involvedObject.resourceVersion",
            "involvedObject.fieldPath",
            "reason",
            "reportingComponent",
            "source",
            "type",
        ],
        Resource::Namespaces => &["status.phase"],
        Resource::Nodes => &["spec.unschedulable"],
        Resource::Jobs => &["status.successful"],
        Resource::ReplicaSets => &["status.replicas"],
        _ => &[],
    }
}

fn field_of<'a>(object: &'a Value, key: &str) -> &'a Value {
    match key {
        "source" => &object["source"]["component"],
        "status.successful" => &object["status"]["succeeded"],
        path => path.split('.').fold(object, |value, segment| &value[segment]),
    }
}

/// The value as the server compares it: absent is the empty string.
fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
