//! Requests, as far as the simulator understands them.

use crate::{Resource, selector::Selector, status::Status};
use http::{HeaderMap, header};
use std::{collections::HashMap, time::Duration};

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Version,
    /// `/readyz`, `/livez`, `/healthz`.
    Probe,
    Collection {
        resource: Resource,
        namespace: Option<String>,
    },
    Object {
        resource: Resource,
        namespace: String,
        name: String,
    },
    Log {
        namespace: String,
        pod: String,
    },
    /// A path below a group version that is served.
    UnknownResource,
    /// Any other path.
    Unknown,
}

/// The two encodings of the API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Json,
    Protobuf,
}

/// The query of a request, decoded.
#[derive(Debug)]
pub(crate) struct Query(HashMap<String, String>);

/// A resourceVersion as a client gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revision {
    /// None given: the newest.
    Newest,
    /// "0": anything that is at hand.
    Any,
    /// That one, or a later one.
    At(u64),
}

impl Target {
    pub(crate) fn parse(path: &str) -> Self {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let (group, version, rest) = match segments.as_slice() {
            ["version"] => return Self::Version,
            ["readyz" | "livez" | "healthz"] => return Self::Probe,
            ["api", version, rest @ ..] => ("", *version, rest),
            ["apis", group, version, rest @ ..] => (*group, *version, rest),
            _ => return Self::Unknown,
        };
        if !Resource::ALL.iter().any(|r| r.group() == group && r.version() == version) {
            return Self::Unknown;
        }
        let find = |plural: &str| Resource::find(group, version, plural);
        let own = |text: &str| text.to_owned();
        let found = match rest {
            // A namespace and its collections share a prefix.
            ["namespaces", name] if group.is_empty() => {
                let resource = Resource::Namespaces;
                Some(Self::Object { resource, namespace: String::new(), name: own(name) })
            }
            ["namespaces", namespace, "pods", pod, "log"] if group.is_empty() => {
                Some(Self::Log { namespace: own(namespace), pod: own(pod) })
            }
            ["namespaces", namespace, plural] => find(plural)
                .filter(|resource| resource.is_namespaced())
                .map(|resource| Self::Collection { resource, namespace: Some(own(namespace)) }),
            ["namespaces", namespace, plural, name] => find(plural)
                .filter(|resource| resource.is_namespaced())
                .map(|resource| Self::Object { resource, namespace: own(namespace), name: own(name) }),
            [plural] => find(plural).map(|resource| Self::Collection { resource, namespace: None }),
            [plural, name] => find(plural)
                .filter(|resource| !resource.is_namespaced())
                .map(|resource| Self::Object { resource, namespace: String::new(), name: own(name) }),
            _ => None,
        };
        found.unwrap_or(Self::UnknownResource)
    }
}

impl Encoding {
    /// The first media type of the `Accept` header that is served; JSON when the header is absent.
    pub(crate) fn negotiate(headers: &HeaderMap) -> Result<Self, Status> {
        let mut accepted =
            headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).peekable();
        if accepted.peek().is_none() {
            return Ok(Self::Json);
        }
        accepted
            .flat_map(|value| value.split(','))
            .find_map(Self::of_clause)
            .ok_or_else(Status::not_acceptable)
    }

    fn of_clause(clause: &str) -> Option<Self> {
        let mut parts = clause.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        // A table or partial metadata is another object than the one that is asked for here.
        if parts.any(|parameter| parameter.starts_with("as=")) {
            return None;
        }
        match media_type {
            "application/vnd.kubernetes.protobuf" => Some(Self::Protobuf),
            "application/json" | "application/*" | "*/*" => Some(Self::Json),
            _ => None,
        }
    }

    /// The `Content-Type` of an object or list.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/vnd.kubernetes.protobuf",
        }
    }

    /// The `Content-Type` of a watch.
    pub(crate) fn watch_content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Protobuf => "application/vnd.kubernetes.protobuf;stream=watch",
        }
    }
}

impl Query {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        let pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
        let mut values = HashMap::new();
        for (key, value) in pairs.into_owned() {
            // Of a parameter that is repeated the first counts.
            values.entry(key).or_insert(value);
        }
        Self(values)
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// A flag as the API reads it: there and not `0` or `false`.
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.0.get(key).is_some_and(|value| value != "0" && value != "false")
    }

    /// A number; negative counts as 0, as for the API's limits.
    pub(crate) fn number(&self, key: &str) -> Result<Option<u64>, Status> {
        let Some(text) = self.text(key) else { return Ok(None) };
        let number: i64 = text.parse().map_err(|_| {
            Status::bad_request(format!("strconv.ParseInt: parsing \"{text}\": invalid syntax"))
        })?;
        Ok(Some(u64::try_from(number).unwrap_or(0)))
    }

    pub(crate) fn timeout(&self) -> Result<Option<Duration>, Status> {
        Ok(self.number("timeoutSeconds")?.filter(|seconds| *seconds > 0).map(Duration::from_secs))
    }

    pub(crate) fn selector(&self, resource: Resource) -> Result<Selector, Status> {
        Selector::parse(resource, self.text("fieldSelector"), self.text("labelSelector"))
    }

    pub(crate) fn revision(&self) -> Result<Revision, Status> {
        let Some(text) = self.text("resourceVersion") else { return Ok(Revision::Newest) };
        let number: u64 = text.parse().map_err(|_| {
            let why = "strconv.ParseUint: parsing";
            Status::bad_request(format!(
                "invalid resource version: resourceVersion: Invalid value: \"{text}\": {why} \"{text}\": invalid syntax"
            ))
        })?;
        Ok(if number == 0 { Revision::Any } else { Revision::At(number) })
    }
}
