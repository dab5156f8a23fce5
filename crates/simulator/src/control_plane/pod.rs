//! Pods: how they are made and unmade, and what their status says as a whole.

use super::{
    Action, ControlPlane, PodRef, Target, controller,
    event::{Report, Source},
    owner_reference, set_condition,
};
use crate::{Resource, clock::seconds, cluster::name_suffix};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::sync::Arc;

/// What a controller says about a pod that it creates.
pub(super) struct NewPod<'a> {
    pub(super) owner_resource: Resource,
    pub(super) owner: &'a Value,
    pub(super) template: &'a Value,
    /// `None`: the owner's name and a random end.
    pub(super) name: Option<String>,
    pub(super) labels: Value,
    /// The claims that stand in for volumes, by volume name.
    pub(super) claims: Vec<(String, String)>,
    /// A DaemonSet's pod is for one node.
    pub(super) node: Option<&'a str>,
}

impl ControlPlane {
    /// Creates a pod and hands it to the scheduler.
    pub(super) fn create_pod(&mut self, new: &NewPod) -> Arc<Value> {
        let mut pod = manifest(new, &name_suffix(&mut self.random, 5), self.now);
        if new.name.is_none() {
            let prefix = format!("{}-", new.owner["metadata"]["name"].as_str().unwrap_or_default());
            pod["metadata"]["name"] = format!("{prefix}{}", name_suffix(&mut self.random, 5)).into();
            pod["metadata"]["generateName"] = prefix.into();
        }
        let pod = self.write(pod);
        let delay = self.between_millis(5, 40);
        self.queue_in(delay, Action::Schedule(Target::of(Resource::Pods, &pod)));
        pod
    }

    /// Asks a pod to end: it is marked at once and gone some seconds later. The API server itself removes one that no
    /// kubelet has, or that is over.
    pub(super) fn delete_pod(&mut self, pod: &Value) {
        if !pod["metadata"]["deletionTimestamp"].is_null() {
            return;
        }
        let Some(node) = pod["spec"]["nodeName"].as_str().filter(|_| !is_over(pod)) else {
            return self.remove(&PodRef::of(pod));
        };
        let grace = super::count(&pod["spec"]["terminationGracePeriodSeconds"]).max(1);
        let deadline = self.now.saturating_add(SignedDuration::from_secs(grace)).unwrap_or(self.now);
        let mut dying = pod.clone();
        dying["metadata"]["deletionTimestamp"] = seconds(deadline).into();
        dying["metadata"]["deletionGracePeriodSeconds"] = grace.into();
        let dying = self.write(dying);
        if let Some(container) = main_container(pod)["name"].as_str() {
            self.report(&Report {
                about: &dying,
                resource: Resource::Pods,
                container: Some(container),
                source: Source::Kubelet(node),
                warning: false,
                reason: "Killing",
                message: format!("Stopping container {container}"),
            });
        }
        let delay = self.between_millis(900, 3_500);
        self.queue_in(delay, Action::Remove(PodRef::of(pod)));
    }

    /// The pod is gone.
    pub(super) fn remove(&mut self, pod: &PodRef) {
        let Some(gone) = self.live(pod) else { return };
        // It was read just now, so it is there.
        let _ = self.cluster.delete(Resource::Pods, &pod.namespace, &pod.name);
        self.unschedulable.remove(&pod.target());
        self.note_left(&gone);
        self.sync_owner(&gone);
        // A Deployment that recreates waits for the last of them.
        let owner = controller(&gone);
        if owner["kind"] == "ReplicaSet" {
            let name = owner["name"].as_str().unwrap_or_default();
            if let Some(set) = self.peek(&Target::new(Resource::ReplicaSets, &pod.namespace, name)) {
                self.sync_owner(&set);
            }
        }
    }

    /// The pod, while it is the one that was meant.
    pub(super) fn live(&self, pod: &PodRef) -> Option<Arc<Value>> {
        self.peek(&pod.target()).filter(|found| found["metadata"]["uid"] == *pod.uid)
    }

    /// The pod, while it is the one that was meant and is not asked to end.
    pub(super) fn wanted(&self, pod: &PodRef) -> Option<Value> {
        let found = self.live(pod).filter(|found| found["metadata"]["deletionTimestamp"].is_null())?;
        Some((*found).clone())
    }

    /// Writes a pod's new status and lets its controller see it.
    pub(super) fn update_pod(&mut self, mut pod: Value) {
        judge(&mut pod, self.now);
        let pod = self.write(pod);
        if is_over(&pod) {
            self.note_left(&pod);
        }
        self.sync_owner(&pod);
    }

    pub(super) fn sync_owner(&mut self, object: &Value) {
        let owner = controller(object);
        let text = |key: &str| owner[key].as_str().unwrap_or_default();
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        if let Some(resource) = Resource::of_kind(text("apiVersion"), text("kind")) {
            self.sync_soon(Target::new(resource, namespace, text("name")));
        }
    }
}

/// A pod that has run for a while, made at once: for filling a cluster.
pub(crate) fn running_pod(
    (owner_resource, owner, template): (Resource, &Value, &Value),
    name: String,
    labels: Value,
    node: &str,
    started: Timestamp,
    number: u32,
) -> Value {
    let new =
        NewPod { owner_resource, owner, template, name: Some(name), labels, claims: Vec::new(), node: None };
    let mut pod = manifest(&new, "f1ll5", started);
    place(&mut pod, node, number, started);
    let container = main_container(&pod).clone();
    let mut status = container_status(&container, number.into());
    status["state"] = json!({"running": {"startedAt": seconds(started)}});
    status["ready"] = true.into();
    status["started"] = true.into();
    pod["status"]["containerStatuses"] = json!([status]);
    judge(&mut pod, started);
    pod
}

/// Puts a pod on a node: what scheduler and kubelet write first.
pub(super) fn place(pod: &mut Value, node: &str, number: u32, now: Timestamp) {
    let (third, fourth) = (number / 250 % 250, number % 250 + 2);
    let host = node.bytes().fold(0_u32, |sum, byte| (sum * 31 + u32::from(byte)) % 200) + 10;
    let (host_ip, pod_ip) = (format!("10.20.0.{host}"), format!("10.244.{third}.{fourth}"));
    pod["spec"]["nodeName"] = node.into();
    let resources = main_container(pod)["resources"].clone();
    let status = &mut pod["status"];
    status["allocatedResources"] = resources["requests"].clone();
    status["resources"] = resources;
    status["startTime"] = seconds(now).into();
    status["hostIP"] = host_ip.as_str().into();
    status["hostIPs"] = json!([{ "ip": host_ip }]);
    status["podIP"] = pod_ip.as_str().into();
    status["podIPs"] = json!([{ "ip": pod_ip }]);
}

/// A container's status before anything has happened to it.
pub(super) fn container_status(container: &Value, salt: u128) -> Value {
    let mut status = json!({
        "name": container["name"],
        "image": container["image"],
        "imageID": "",
        "ready": false,
        "started": false,
        "restartCount": 0,
        "state": {"waiting": {"reason": "ContainerCreating"}},
        "lastState": {},
    });
    if salt > 0 {
        status["imageID"] = format!("{}@sha256:{}", repository(container), digest(container, 0)).into();
        status["containerID"] = format!("containerd://{}", digest(container, salt)).into();
        status["resources"] = container["resources"].clone();
        status["allocatedResources"] = container["resources"]["requests"].clone();
        status["user"] = json!({"linux": {"uid": 0, "gid": 0, "supplementalGroups": [0]}});
        let mounts = container["volumeMounts"].as_array().into_iter().flatten();
        let mounts = mounts.map(|mount| {
            let mut mount = mount.clone();
            if mount["readOnly"] == true {
                mount["recursiveReadOnly"] = "Disabled".into();
            }
            mount
        });
        status["volumeMounts"] = mounts.collect();
    }
    status
}

/// Phase and conditions, from the states of the containers.
pub(super) fn judge(pod: &mut Value, now: Timestamp) {
    let containers = pod["status"]["containerStatuses"].as_array().cloned().unwrap_or_default();
    let ends: Vec<i64> =
        containers.iter().filter_map(|status| status["state"]["terminated"]["exitCode"].as_i64()).collect();
    let is_over =
        pod["spec"]["restartPolicy"] == "Never" && !containers.is_empty() && ends.len() == containers.len();
    let has_started = containers.iter().any(|status| !status["containerID"].is_null());
    let phase = match (is_over, has_started) {
        (true, _) if ends.iter().all(|code| *code == 0) => "Succeeded",
        (true, _) => "Failed",
        (false, true) => "Running",
        (false, false) => "Pending",
    };
    let unready: Vec<_> = containers
        .iter()
        .filter(|status| status["ready"] != true)
        .filter_map(|s| s["name"].as_str())
        .collect();
    let generation = pod["metadata"]["generation"].as_i64().unwrap_or(1);
    let condition = |kind: &str, holds: bool, reason: &str, message: String| {
        let mut condition = json!({
            "type": kind,
            "status": if holds { "True" } else { "False" },
            "lastProbeTime": null,
            "observedGeneration": generation,
        });
        if !reason.is_empty() {
            condition["reason"] = reason.into();
        }
        if !message.is_empty() {
            condition["message"] = message.into();
        }
        condition
    };
    let (ready, reason, message) = match phase {
        "Succeeded" => (false, "PodCompleted", String::new()),
        "Failed" => (false, "PodFailed", String::new()),
        _ if unready.is_empty() => (true, "", String::new()),
        _ => {
            (false, "ContainersNotReady", format!("containers with unready status: [{}]", unready.join(" ")))
        }
    };
    let initialized = if phase == "Succeeded" { "PodCompleted" } else { "" };
    let status = &mut pod["status"];
    status["phase"] = phase.into();
    status["observedGeneration"] = generation.into();
    let conditions = &mut status["conditions"];
    let mut set = |value| set_condition(conditions, value, now);
    set(condition("PodReadyToStartContainers", !is_over, "", String::new()));
    set(condition("Initialized", true, initialized, String::new()));
    set(condition("Ready", ready, reason, message.clone()));
    set(condition("ContainersReady", ready, reason, message));
    set(condition("PodScheduled", true, "", String::new()));
}

pub(super) fn main_container(pod: &Value) -> &Value {
    &pod["spec"]["containers"][0]
}

pub(super) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|c| c["type"] == "Ready" && c["status"] == "True")
}

/// Whether it has been ready for that long.
pub(super) fn is_available(pod: &Value, least: SignedDuration, now: Timestamp) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    let mut conditions = conditions.into_iter().flatten();
    let ready = conditions.find(|c| c["type"] == "Ready" && c["status"] == "True");
    let since = ready.and_then(|ready| ready["lastTransitionTime"].as_str()?.parse::<Timestamp>().ok());
    ready.is_some() && (least.is_zero() || since.is_some_and(|since| now.duration_since(since) >= least))
}

/// Whether its containers have ended for good.
pub(super) fn is_over(pod: &Value) -> bool {
    matches!(pod["status"]["phase"].as_str(), Some("Succeeded" | "Failed"))
}

/// Whether a controller counts it: not ending and not over.
pub(super) fn is_active(pod: &Value) -> bool {
    !is_over(pod) && pod["metadata"]["deletionTimestamp"].is_null()
}

pub(super) fn digest(container: &Value, salt: u128) -> String {
    let text = container["image"].as_str().unwrap_or_default();
    let seed =
        text.bytes().fold(salt as u64 ^ 0x9e37, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()));
    let mut random = fastrand::Rng::with_seed(seed);
    format!("{:032x}{:032x}", random.u128(..), random.u128(..))
}

fn repository(container: &Value) -> &str {
    let image = container["image"].as_str().unwrap_or_default();
    image.rsplit_once(':').map_or(image, |(repository, _)| repository)
}

fn manifest(new: &NewPod, token_suffix: &str, now: Timestamp) -> Value {
    let mut labels = new.template["metadata"]["labels"].clone();
    for (key, value) in new.labels.as_object().into_iter().flatten() {
        labels[key] = value.clone();
    }
    let mut metadata = json!({
        "namespace": new.owner["metadata"]["namespace"],
        "labels": labels,
        "ownerReferences": [owner_reference(new.owner_resource, new.owner)],
        "creationTimestamp": seconds(now),
    });
    if !new.template["metadata"]["annotations"].is_null() {
        metadata["annotations"] = new.template["metadata"]["annotations"].clone();
    }
    if let Some(name) = &new.name {
        let prefix = name.rsplit_once('-').map_or("", |(prefix, _)| prefix);
        metadata["name"] = name.as_str().into();
        metadata["generateName"] = format!("{prefix}-").into();
    }
    let mut spec = new.template["spec"].clone();
    let token = format!("kube-api-access-{token_suffix}");
    if let Some(mounts) = ensure_array(&mut spec["containers"][0]["volumeMounts"]) {
        let path = "/var/run/secrets/kubernetes.io/serviceaccount";
        mounts.push(json!({"name": token, "mountPath": path, "readOnly": true}));
    }
    let claims = new.claims.iter();
    let mut volumes: Vec<_> = claims
        .map(|(volume, claim)| json!({"name": volume, "persistentVolumeClaim": {"claimName": claim}}))
        .collect();
    volumes.push(token_volume(&token));
    spec["volumes"] = volumes.into();
    spec["enableServiceLinks"] = true.into();
    spec["preemptionPolicy"] = "PreemptLowerPriority".into();
    spec["priority"] = 0.into();
    spec["serviceAccount"] = "default".into();
    spec["serviceAccountName"] = "default".into();
    spec["tolerations"] = tolerations(new.node.is_some());
    if let Some(node) = new.node {
        let field = json!({"key": "metadata.name", "operator": "In", "values": [node]});
        spec["affinity"] = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [{"matchFields": [field]}],
        }}});
    }
    if new.owner_resource == Resource::StatefulSets {
        spec["hostname"] = metadata["name"].clone();
        spec["subdomain"] = new.owner["spec"]["serviceName"].clone();
    }
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": metadata,
        "spec": spec,
        "status": {"phase": "Pending", "qosClass": "Burstable"},
    })
}

fn ensure_array(value: &mut Value) -> Option<&mut Vec<Value>> {
    if value.is_null() {
        *value = json!([]);
    }
    value.as_array_mut()
}

fn token_volume(name: &str) -> Value {
    let namespace =
        json!({"path": "namespace", "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"}});
    json!({"name": name, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [namespace]}},
    ]}})
}

fn tolerations(of_daemon: bool) -> Value {
    let for_ever = |key: &str, effect: &str| json!({"key": format!("node.kubernetes.io/{key}"), "operator": "Exists", "effect": effect});
    if of_daemon {
        return json!([
            for_ever("not-ready", "NoExecute"),
            for_ever("unreachable", "NoExecute"),
            for_ever("disk-pressure", "NoSchedule"),
            for_ever("memory-pressure", "NoSchedule"),
            for_ever("pid-pressure", "NoSchedule"),
            for_ever("unschedulable", "NoSchedule"),
        ]);
    }
    let mut list = json!([for_ever("not-ready", "NoExecute"), for_ever("unreachable", "NoExecute")]);
    for toleration in list.as_array_mut().into_iter().flatten() {
        toleration["tolerationSeconds"] = 300.into();
    }
    list
}
