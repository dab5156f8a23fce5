//! Events, counted together as the recorders do and forgotten after an hour.

use super::{Action, ControlPlane, Target};
use crate::{
    Resource,
    clock::{micros, seconds},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TIME_TO_LIVE: SignedDuration = SignedDuration::from_hours(1);

/// Who reports.
#[derive(Clone, Copy, Debug)]
pub(super) enum Source<'a> {
    /// A controller of the control plane, by its name.
    Controller(&'static str),
    /// The kubelet of a node.
    Kubelet(&'a str),
    /// The scheduler, which writes events of the newer kind: no count, a time in microseconds.
    Scheduler,
}

/// What is to be said about an object.
#[derive(Clone, Debug)]
pub(super) struct Report<'a> {
    pub(super) about: &'a Value,
    pub(super) resource: Resource,
    pub(super) container: Option<&'a str>,
    pub(super) source: Source<'a>,
    pub(super) warning: bool,
    pub(super) reason: &'static str,
    pub(super) message: String,
}

/// The names of the events that can still be counted up.
#[derive(Debug, Default)]
pub(super) struct Events {
    by_content: BTreeMap<String, String>,
    /// What is said by the event of a name.
    content: BTreeMap<String, String>,
}

impl ControlPlane {
    pub(super) fn report(&mut self, report: &Report) {
        let metadata = &report.about["metadata"];
        let namespace = metadata["namespace"].as_str().unwrap_or("default").to_owned();
        let content = format!(
            "{} {} {:?} {}",
            metadata["uid"].as_str().unwrap_or_default(),
            report.reason,
            report.container,
            report.message
        );
        let counted = !matches!(report.source, Source::Scheduler);
        if let Some(name) = self.events.by_content.get(&content).filter(|_| counted) {
            let target = Target::new(Resource::Events, &namespace, name);
            let now = seconds(self.now);
            if self.read(&target).is_some() {
                self.edit(&target, |event| {
                    event["count"] = (super::count(&event["count"]) + 1).into();
                    event["lastTimestamp"] = now.into();
                });
                return;
            }
        }
        let nanos = self.now.as_nanosecond() + i128::from(self.random.u32(..1_000_000));
        let name = format!("{}.{:x}", metadata["name"].as_str().unwrap_or_default(), nanos);
        let event = write(report, &namespace, &name, self.now);
        self.cluster.put(event).expect("an event about a valid object is valid");
        let target = Target::new(Resource::Events, &namespace, &name);
        self.queue_in(TIME_TO_LIVE, Action::ForgetEvent(target));
        self.events.content.insert(name.clone(), content.clone());
        self.events.by_content.insert(content, name);
    }

    /// Removes an event an hour after it was last counted.
    pub(super) fn forget_event(&mut self, target: &Target) {
        let Some(event) = self.read(target) else { return };
        let last: Option<Timestamp> = event["lastTimestamp"].as_str().and_then(|time| time.parse().ok());
        let expiry = last.and_then(|last| last.checked_add(TIME_TO_LIVE).ok());
        if let Some(expiry) = expiry.filter(|expiry| *expiry > self.now) {
            return self.queue_at(expiry, Action::ForgetEvent(target.clone()));
        }
        // It was read a moment ago, and nobody else deletes events.
        let _ = self.cluster.delete(Resource::Events, &target.namespace, &target.name);
        if let Some(content) = self.events.content.remove(&target.name)
            && self.events.by_content.get(&content) == Some(&target.name)
        {
            self.events.by_content.remove(&content);
        }
    }
}

fn write(report: &Report, namespace: &str, name: &str, now: Timestamp) -> Value {
    let metadata = &report.about["metadata"];
    let mut involved = json!({
        "apiVersion": report.resource.api_version(),
        "kind": report.resource.kind(),
        "name": metadata["name"],
        "uid": metadata["uid"],
        "resourceVersion": metadata["resourceVersion"],
    });
    if !metadata["namespace"].is_null() {
        involved["namespace"] = metadata["namespace"].clone();
    }
    if let Some(container) = report.container {
        involved["fieldPath"] = format!("spec.containers{{{container}}}").into();
    }
    let mut event = json!({
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"namespace": namespace, "name": name, "creationTimestamp": seconds(now)},
        "involvedObject": involved,
        "reason": report.reason,
        "message": report.message,
        "type": if report.warning { "Warning" } else { "Normal" },
    });
    let (component, instance) = match report.source {
        Source::Controller(name) => (name, String::new()),
        Source::Kubelet(node) => ("kubelet", node.to_owned()),
        Source::Scheduler => ("default-scheduler", "default-scheduler-control-plane-1".to_owned()),
    };
    event["reportingComponent"] = component.into();
    event["reportingInstance"] = instance.as_str().into();
    if matches!(report.source, Source::Scheduler) {
        event["eventTime"] = micros(now).into();
        event["firstTimestamp"] = Value::Null;
        event["lastTimestamp"] = Value::Null;
        event["source"] = json!({});
        event["action"] = if report.warning { "Scheduling" } else { "Binding" }.into();
    } else {
        event["eventTime"] = Value::Null;
        event["firstTimestamp"] = seconds(now).into();
        event["lastTimestamp"] = seconds(now).into();
        event["count"] = 1.into();
        event["source"] = match report.source {
            Source::Kubelet(node) => json!({"component": component, "host": node}),
            _ => json!({ "component": component }),
        };
    }
    event
}
