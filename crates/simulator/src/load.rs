//! Many objects, and many changes, for benchmarks.

use crate::{
    Cluster, Error, Resource,
    clock::seconds,
    control_plane::{replica_set_status, running_pod},
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How many pods of a churn are not ready at a time.
const DOWN: usize = 40;
/// How often a churn makes its changes.
const BEATS_PER_SECOND: u32 = 50;

/// The size of a filling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fill {
    /// Namespaces `team-0`, `team-1` …
    pub namespaces: u32,
    /// Workloads `app-0`, `app-1` … spread over them: Deployments, and every tenth a StatefulSet.
    pub workloads: u32,
    /// Pods of each, all running and ready.
    pub replicas: u32,
}

/// Changes to a filled cluster: pods of Deployments that lose and regain readiness, with all that follows from it in
/// their `ReplicaSets` and Deployments.
#[derive(Debug)]
pub struct Churn {
    cluster: Cluster,
    deployments: Vec<Filled>,
    random: fastrand::Rng,
    /// Pods that are not ready, oldest first.
    down: VecDeque<(usize, usize)>,
    /// Writes of the change that is under way.
    steps: VecDeque<Step>,
}

/// A Deployment that was filled in.
#[derive(Debug)]
struct Filled {
    namespace: String,
    name: String,
    replica_set: String,
    pods: Vec<String>,
    unready: usize,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Pod { deployment: usize, pod: usize, ready: bool },
    ReplicaSet(usize),
    Deployment(usize),
}

impl Fill {
    /// Creates everything, as it would be some days after its creation, and returns the changes that can be made to it.
    pub fn run(self, cluster: &Cluster, seed: u64) -> Result<Churn, Error> {
        let created = cluster.now() - SignedDuration::from_hours(72);
        let mut deployments = Vec::new();
        let mut addresses = 0;
        for number in 0..self.workloads {
            let namespace = format!("team-{}", number % self.namespaces.max(1));
            let workload = Filling { number, namespace, created, replicas: self.replicas, seed };
            let filled = workload.apply(cluster, &mut addresses)?;
            deployments.extend(filled);
        }
        let random = fastrand::Rng::with_seed(seed);
        Ok(Churn {
            cluster: cluster.clone(),
            deployments,
            random,
            down: VecDeque::new(),
            steps: VecDeque::new(),
        })
    }
}

impl Churn {
    /// Makes one change to one object; nothing where there is no Deployment with a pod.
    pub fn step(&mut self) -> Result<(), Error> {
        if self.steps.is_empty() {
            self.begin_change();
        }
        let Some(step) = self.steps.pop_front() else { return Ok(()) };
        let now = seconds(self.cluster.now());
        match step {
            Step::Pod { deployment, pod, ready } => {
                let filled = &mut self.deployments[deployment];
                filled.unready = if ready { filled.unready.saturating_sub(1) } else { filled.unready + 1 };
                let (namespace, name) = (&filled.namespace, &filled.pods[pod]);
                let Some(mut object) = self.cluster.read(Resource::Pods, namespace, name) else {
                    return Ok(());
                };
                set_ready(&mut object, ready, &now);
                self.cluster.apply(object)?;
            }
            Step::ReplicaSet(deployment) => {
                let filled = &self.deployments[deployment];
                let (namespace, name) = (&filled.namespace, &filled.replica_set);
                let ready = filled.pods.len() - filled.unready;
                let status = replica_set_status(filled.pods.len(), ready, ready, &json!(1));
                self.replace_status(Resource::ReplicaSets, namespace, name, status)?;
            }
            Step::Deployment(deployment) => {
                let filled = &self.deployments[deployment];
                let (namespace, name) = (&filled.namespace, &filled.name);
                let ready = filled.pods.len() - filled.unready;
                let status = deployment_status(filled.pods.len(), ready, &filled.replica_set, &now);
                self.replace_status(Resource::Deployments, namespace, name, status)?;
            }
        }
        Ok(())
    }

    /// Task `churn`: makes that many changes a second until the token is cancelled. Where the machine is too slow for
    /// it, changes are left out rather than made in a burst later.
    pub async fn run(mut self, changes_per_second: u32, stop: CancellationToken) -> Result<(), Error> {
        let mut beat = tokio::time::interval(Duration::from_secs(1) / BEATS_PER_SECOND);
        beat.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let begin = Instant::now();
        let mut made = 0_u64;
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                _ = beat.tick() => {}
            }
            let wanted = (begin.elapsed().as_secs_f64() * f64::from(changes_per_second)) as u64;
            let most = u64::from(changes_per_second / BEATS_PER_SECOND * 4 + 4);
            for _ in 0..(wanted - made).min(most) {
                self.step()?;
            }
            made = wanted;
        }
    }

    fn begin_change(&mut self) {
        let (deployment, pod, ready) = if self.down.len() >= DOWN {
            let Some((deployment, pod)) = self.down.pop_front() else { return };
            (deployment, pod, true)
        } else {
            let with_pods = self.deployments.iter().any(|filled| !filled.pods.is_empty());
            if !with_pods {
                return;
            }
            let deployment = self.random.usize(..self.deployments.len());
            let pods = self.deployments[deployment].pods.len();
            let pod = self.random.usize(..pods.max(1));
            if pods == 0 || self.down.contains(&(deployment, pod)) {
                // Too few pods to keep so many down: mend one instead.
                let Some((deployment, pod)) = self.down.pop_front() else { return };
                (deployment, pod, true)
            } else {
                self.down.push_back((deployment, pod));
                (deployment, pod, false)
            }
        };
        self.steps.push_back(Step::Pod { deployment, pod, ready });
        self.steps.push_back(Step::ReplicaSet(deployment));
        self.steps.push_back(Step::Deployment(deployment));
    }

    fn replace_status(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
        status: Value,
    ) -> Result<(), Error> {
        if let Some(mut object) = self.cluster.read(resource, namespace, name) {
            object["status"] = status;
            self.cluster.apply(object)?;
        }
        Ok(())
    }
}

/// One workload of a filling.
struct Filling {
    number: u32,
    namespace: String,
    created: Timestamp,
    replicas: u32,
    seed: u64,
}

impl Filling {
    fn apply(&self, cluster: &Cluster, addresses: &mut u32) -> Result<Option<Filled>, Error> {
        let stateful = self.number % 10 == 9;
        let name = format!("app-{}", self.number);
        let resource = if stateful { Resource::StatefulSets } else { Resource::Deployments };
        let mut random = fastrand::Rng::with_seed(self.seed ^ u64::from(self.number));
        let hash = crate::cluster::name_suffix(&mut random, 10);
        let workload = cluster.apply(self.workload(resource, &name, &hash))?;
        let mut owner = (resource, workload.clone());
        let replica_set = format!("{name}-{hash}");
        let mut labels = json!({"pod-template-hash": hash});
        if !stateful {
            owner =
                (Resource::ReplicaSets, cluster.apply(self.replica_set(&workload, &replica_set, &labels))?);
        }
        let template = &workload["spec"]["template"];
        let mut pods = Vec::new();
        for ordinal in 0..self.replicas {
            let pod = if stateful {
                labels = json!({
                    "apps.kubernetes.io/pod-index": ordinal.to_string(),
                    "controller-revision-hash": format!("{name}-{hash}"),
                    "statefulset.kubernetes.io/pod-name": format!("{name}-{ordinal}"),
                });
                format!("{name}-{ordinal}")
            } else {
                format!("{replica_set}-{}", crate::cluster::name_suffix(&mut random, 5))
            };
            *addresses += 1;
            let node = format!("node-{}", *addresses / 100);
            let owner = (owner.0, &owner.1, template);
            let object = running_pod(owner, pod.clone(), labels.clone(), &node, self.created, *addresses);
            cluster.apply(object)?;
            pods.push(pod);
        }
        let filled = Filled { namespace: self.namespace.clone(), name, replica_set, pods, unready: 0 };
        Ok((!stateful).then_some(filled))
    }

    fn workload(&self, resource: Resource, name: &str, hash: &str) -> Value {
        let image = format!("registry.example.com/{}/{name}:1.{}.0", self.namespace, self.number % 40);
        let new = if resource == Resource::StatefulSets {
            crate::Workload::stateful_set
        } else {
            crate::Workload::deployment
        };
        let mut workload =
            new(&self.namespace, name, &image).replicas(self.replicas).part_of(&self.namespace).manifest();
        let created = seconds(self.created);
        let replicas = self.replicas as usize;
        workload["metadata"]["creationTimestamp"] = created.as_str().into();
        workload["status"] = if resource == Resource::Deployments {
            workload["metadata"]["annotations"] = json!({"deployment.kubernetes.io/revision": "1"});
            deployment_status(replicas, replicas, &format!("{name}-{hash}"), &created)
        } else {
            json!({
                "observedGeneration": 1, "collisionCount": 0,
                "replicas": replicas, "readyReplicas": replicas, "availableReplicas": replicas,
                "currentReplicas": replicas, "updatedReplicas": replicas,
                "currentRevision": format!("{name}-{hash}"), "updateRevision": format!("{name}-{hash}"),
            })
        };
        workload
    }

    fn replica_set(&self, deployment: &Value, name: &str, labels: &Value) -> Value {
        let (metadata, spec) = (&deployment["metadata"], &deployment["spec"]);
        let mut template = spec["template"].clone();
        let mut selector = spec["selector"].clone();
        template["metadata"]["labels"]["pod-template-hash"] = labels["pod-template-hash"].clone();
        selector["matchLabels"]["pod-template-hash"] = labels["pod-template-hash"].clone();
        let replicas = self.replicas as usize;
        json!({
            "apiVersion": "apps/v1",
            "kind": "ReplicaSet",
            "metadata": {
                "namespace": self.namespace,
                "name": name,
                "labels": template["metadata"]["labels"],
                "annotations": {"deployment.kubernetes.io/revision": "1"},
                "creationTimestamp": seconds(self.created),
                "ownerReferences": [{
                    "apiVersion": "apps/v1", "kind": "Deployment", "name": metadata["name"], "uid": metadata["uid"],
                    "controller": true, "blockOwnerDeletion": true,
                }],
            },
            "spec": {"replicas": replicas, "selector": selector, "template": template},
            "status": replica_set_status(replicas, replicas, replicas, &json!(1)),
        })
    }
}

fn deployment_status(replicas: usize, ready: usize, replica_set: &str, now: &str) -> Value {
    let available = ready * 4 >= replicas * 3;
    let (holds, reason, message) = if available {
        ("True", "MinimumReplicasAvailable", "Deployment has minimum availability.")
    } else {
        ("False", "MinimumReplicasUnavailable", "Deployment does not have minimum availability.")
    };
    let condition = |kind: &str, holds: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": holds, "reason": reason, "message": message,
            "lastUpdateTime": now, "lastTransitionTime": now,
        })
    };
    let progressed = format!("ReplicaSet \"{replica_set}\" has successfully progressed.");
    let mut status = json!({
        "observedGeneration": 1,
        "terminatingReplicas": 0,
        "conditions": [
            condition("Available", holds, reason, message),
            condition("Progressing", "True", "NewReplicaSetAvailable", &progressed),
        ],
    });
    for (name, number) in [
        ("replicas", replicas),
        ("updatedReplicas", replicas),
        ("readyReplicas", ready),
        ("availableReplicas", ready),
        ("unavailableReplicas", replicas - ready),
    ] {
        if number > 0 {
            status[name] = number.into();
        }
    }
    status
}

fn set_ready(pod: &mut Value, ready: bool, now: &str) {
    let container = pod["spec"]["containers"][0]["name"].as_str().unwrap_or_default().to_owned();
    pod["status"]["containerStatuses"][0]["ready"] = ready.into();
    for condition in pod["status"]["conditions"].as_array_mut().into_iter().flatten() {
        if !matches!(condition["type"].as_str(), Some("Ready" | "ContainersReady")) {
            continue;
        }
        condition["status"] = if ready { "True" } else { "False" }.into();
        condition["lastTransitionTime"] = now.into();
        if ready {
            if let Some(condition) = condition.as_object_mut() {
                condition.remove("reason");
                condition.remove("message");
            }
        } else {
            condition["reason"] = "ContainersNotReady".into();
            condition["message"] = format!("containers with unready status: [{container}]").into();
        }
    }
}
