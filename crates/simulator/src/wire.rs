//! What goes over the wire, in JSON and in protobuf.

mod protobuf;
#[cfg(test)]
mod recordings;
mod schema;

use crate::{Resource, cluster::Page, request::Encoding, status::Status};
use serde_json::{Value, json};

pub(crate) use schema::unknown_field;

/// A type of watch event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    Added,
    Modified,
    Deleted,
    Bookmark,
    Error,
}

impl EventType {
    fn name(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Modified => "MODIFIED",
            Self::Deleted => "DELETED",
            Self::Bookmark => "BOOKMARK",
            Self::Error => "ERROR",
        }
    }
}

/// One object, from its JSON text without `kind` and `apiVersion`.
pub(crate) fn object(encoding: Encoding, resource: Resource, json: &str) -> Vec<u8> {
    match encoding {
        Encoding::Json => (with_kind(resource.kind(), &resource.api_version(), json) + "\n").into_bytes(),
        Encoding::Protobuf => protobuf_object(resource, json),
    }
}

/// An error.
pub(crate) fn status(encoding: Encoding, status: &Status) -> Vec<u8> {
    match encoding {
        Encoding::Json => (status_json(status) + "\n").into_bytes(),
        Encoding::Protobuf => protobuf_status(status),
    }
}

/// A list, whole. Its items carry no `kind` and `apiVersion`, as the real server's do not.
pub(crate) fn list(encoding: Encoding, resource: Resource, page: &Page) -> Vec<u8> {
    let mut metadata = json!({ "resourceVersion": page.revision.to_string() });
    if let Some(token) = &page.continue_token {
        metadata["continue"] = token.as_str().into();
    }
    if let Some(remaining) = page.remaining {
        metadata["remainingItemCount"] = remaining.into();
    }
    let kind = format!("{}List", resource.kind());
    match encoding {
        Encoding::Json => {
            let length = page.objects.iter().map(|object| object.json().len() + 1).sum::<usize>();
            let mut out = String::with_capacity(length + 256);
            let head = json!({ "metadata": metadata }).to_string();
            out += with_kind(&kind, &resource.api_version(), &head).trim_end_matches('}');
            out += "},\"items\":[";
            for (index, object) in page.objects.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                out += object.json();
            }
            out += "]}\n";
            out.into_bytes()
        }
        Encoding::Protobuf => {
            let message = schema::message_of(resource);
            let items = page.objects.iter().map(|object| object.value());
            let list = protobuf::list(&metadata, message, items);
            protobuf::envelope(&resource.api_version(), &kind, &list)
        }
    }
}

/// One frame of a watch.
pub(crate) fn event(encoding: Encoding, event: EventType, resource: Resource, json: &str) -> Vec<u8> {
    match encoding {
        Encoding::Json => json_event(event, &with_kind(resource.kind(), &resource.api_version(), json)),
        Encoding::Protobuf => protobuf::frame(event.name(), &protobuf_object(resource, json)),
    }
}

/// The frame by which a watch says that it cannot go on.
pub(crate) fn error_event(encoding: Encoding, status: &Status) -> Vec<u8> {
    match encoding {
        Encoding::Json => json_event(EventType::Error, &status_json(status)),
        Encoding::Protobuf => protobuf::frame(EventType::Error.name(), &protobuf_status(status)),
    }
}

/// The object of a bookmark: nothing but a resourceVersion, with what is never left out in its kind.
pub(crate) fn bookmark(resource: Resource, revision: u64, ends_initial_events: bool) -> String {
    let mut object = empty(resource);
    let mut metadata = json!({ "resourceVersion": revision.to_string() });
    if resource == Resource::DaemonSets {
        metadata["annotations"]["deprecated.daemonset.template.generation"] = "0".into();
    }
    if ends_initial_events {
        metadata["annotations"]["k8s.io/initial-events-end"] = "true".into();
    }
    object["metadata"] = metadata;
    object.to_string()
}

/// An object in which nothing is set.
fn empty(resource: Resource) -> Value {
    let template = || json!({"metadata": {}, "spec": {"containers": null}});
    let (spec, status) = match resource {
        Resource::Events => {
            return json!({
                "involvedObject": {},
                "source": {},
                "firstTimestamp": null,
                "lastTimestamp": null,
                "eventTime": null,
                "reportingComponent": "",
                "reportingInstance": "",
            });
        }
        Resource::Namespaces | Resource::PodMetrics => (json!({}), json!({})),
        Resource::Pods => (json!({ "containers": null }), json!({})),
        Resource::Services => (json!({}), json!({"loadBalancer": {}})),
        Resource::Nodes => (json!({}), empty_node_status()),
        Resource::PersistentVolumeClaims => (json!({ "resources": {} }), json!({})),
        Resource::Deployments => {
            (json!({"replicas": 0, "selector": null, "template": template(), "strategy": {}}), json!({}))
        }
        Resource::ReplicaSets => {
            (json!({"replicas": 0, "selector": null, "template": template()}), json!({"replicas": 0}))
        }
        Resource::StatefulSets => (
            json!({
                "replicas": 0,
                "selector": null,
                "template": template(),
                "serviceName": "",
                "updateStrategy": {},
            }),
            json!({"replicas": 0, "availableReplicas": 0}),
        ),
        Resource::DaemonSets => (
            json!({"selector": null, "template": template(), "updateStrategy": {}}),
            json!({
                "currentNumberScheduled": 0,
                "numberMisscheduled": 0,
                "desiredNumberScheduled": 0,
                "numberReady": 0,
            }),
        ),
        Resource::Jobs => (json!({ "template": template() }), json!({})),
        Resource::CronJobs => (
            json!({"schedule": "", "jobTemplate": {"metadata": {}, "spec": {"template": template()}}}),
            json!({}),
        ),
    };
    json!({"spec": spec, "status": status})
}

fn empty_node_status() -> Value {
    let info = [
        "machineID",
        "systemUUID",
        "bootID",
        "kernelVersion",
        "osImage",
        "containerRuntimeVersion",
        "kubeletVersion",
        "kubeProxyVersion",
        "operatingSystem",
        "architecture",
    ];
    let info: Value = info.iter().map(|name| ((*name).to_owned(), Value::from(""))).collect();
    json!({"daemonEndpoints": {"kubeletEndpoint": {"Port": 0}}, "nodeInfo": info})
}

fn with_kind(kind: &str, api_version: &str, json: &str) -> String {
    let fields = json.strip_prefix('{').unwrap_or(json);
    format!("{{\"kind\":\"{kind}\",\"apiVersion\":\"{api_version}\",{fields}")
}

fn status_json(status: &Status) -> String {
    with_kind("Status", "v1", &status.object().to_string())
}

fn json_event(event: EventType, object: &str) -> Vec<u8> {
    format!("{{\"type\":\"{}\",\"object\":{object}}}\n", event.name()).into_bytes()
}

fn protobuf_object(resource: Resource, json: &str) -> Vec<u8> {
    let value: Value = serde_json::from_str(json).expect("objects are held as the text of a JSON value");
    let message = protobuf::message(schema::message_of(resource), &value);
    protobuf::envelope(&resource.api_version(), resource.kind(), &message)
}

fn protobuf_status(status: &Status) -> Vec<u8> {
    let message = protobuf::message(schema::message_named("meta.Status"), &status.object());
    protobuf::envelope("v1", "Status", &message)
}
