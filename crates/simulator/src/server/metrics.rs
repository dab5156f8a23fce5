//! `metrics.k8s.io`, an aggregated API: JSON alone, and no watch.

use super::{Server, answer::Answer};
use crate::{
    MetricsApi, Resource,
    clock::seconds,
    cluster::Object,
    request::Query,
    status::Status,
    usage::{self, Usage},
};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// How often metrics-server reads its nodes.
const RESOLUTION_SECONDS: i64 = 15;
/// A container has no figure before two readings.
const FIRST_FIGURE: SignedDuration = SignedDuration::from_secs(2 * RESOLUTION_SECONDS);

pub(super) async fn list(
    server: &Arc<Server>,
    namespace: Option<String>,
    query: &Query,
) -> Result<Answer, Status> {
    if let Some(answer) = absent(server) {
        return Ok(answer);
    }
    if query.flag("watch") {
        return Err(Status::method_not_allowed());
    }
    // Fields and labels select by those of the pods.
    let selector = query.selector(Resource::Pods)?;
    let (_, pods) = server.cluster.snapshot(Resource::Pods, namespace.as_deref());
    let own = Arc::clone(server);
    // Every pod is looked into: not on a thread that serves others.
    let figures = tokio::task::spawn_blocking(move || {
        let selected = pods.iter().filter(|pod| selector.is_empty() || selector.matches(pod));
        selected.filter_map(|pod| figures(&own, pod)).collect::<Vec<_>>()
    });
    let items = figures.await.map_err(|_| Status::of_code(StatusCode::INTERNAL_SERVER_ERROR))?;
    let list = json!({"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": {}, "items": items});
    Ok(Answer::ok("application/json", format!("{list}\n").into_bytes()))
}

pub(super) fn one(server: &Arc<Server>, namespace: &str, name: &str) -> Result<Answer, Status> {
    if let Some(answer) = absent(server) {
        return Ok(answer);
    }
    let pod = server.cluster.find(Resource::Pods, namespace, name);
    let Some(mut figures) = pod.and_then(|pod| figures(server, &pod)) else {
        let name = format!("{namespace}/{name}");
        let message = format!("podmetrics.metrics.k8s.io \"{name}\" not found");
        return Err(Status::new(StatusCode::NOT_FOUND, "NotFound", message));
    };
    figures["kind"] = "PodMetrics".into();
    figures["apiVersion"] = "metrics.k8s.io/v1beta1".into();
    Ok(Answer::ok("application/json", format!("{figures}\n").into_bytes()))
}

/// The answer when there is nobody behind the aggregation.
fn absent(server: &Server) -> Option<Answer> {
    match server.metrics() {
        MetricsApi::Serving => None,
        MetricsApi::NotInstalled => Some(Answer::text(StatusCode::NOT_FOUND, "404 page not found\n")),
        MetricsApi::Unavailable => {
            Some(Answer::text(StatusCode::SERVICE_UNAVAILABLE, "service unavailable\n"))
        }
    }
}

/// The figures of a pod, if it has run long enough to have any.
fn figures(server: &Server, pod: &Object) -> Option<Value> {
    let value = pod.value();
    let now = server.cluster.now();
    let read_at = Timestamp::from_second(now.as_second() / RESOLUTION_SECONDS * RESOLUTION_SECONDS).ok()?;
    let climb = server.cluster.climb(&pod.namespace, &pod.name);
    let uid = value["metadata"]["uid"].as_str().unwrap_or_default();
    let runs = |name: &str| {
        let statuses = value["status"]["containerStatuses"].as_array()?;
        let status = statuses.iter().find(|status| status["name"] == name)?;
        let started: Timestamp = status["state"]["running"]["startedAt"].as_str()?.parse().ok()?;
        (now.duration_since(started) >= FIRST_FIGURE).then_some(())
    };
    let containers: Vec<_> = value["spec"]["containers"]
        .as_array()?
        .iter()
        .filter_map(|container| {
            let name = container["name"].as_str()?;
            runs(name)?;
            let salt = usage::salt(server.cluster.seed(), uid, name);
            let usage = Usage::at(container, climb, salt, read_at);
            let cpu = format!("{}n", usage.cpu_nanocores);
            let memory = format!("{}Ki", usage.memory_kibibytes);
            Some(json!({"name": name, "usage": {"cpu": cpu, "memory": memory}}))
        })
        .collect();
    if containers.is_empty() {
        return None;
    }
    let metadata = &value["metadata"];
    Some(json!({
        "metadata": {
            "name": metadata["name"],
            "namespace": metadata["namespace"],
            "creationTimestamp": seconds(now),
            "labels": metadata["labels"],
        },
        "timestamp": seconds(read_at),
        "window": "15.02s",
        "containers": containers,
    }))
}
