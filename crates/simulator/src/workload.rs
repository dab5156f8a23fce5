//! Descriptions of workloads, from which realistic objects are made.

use crate::Resource;
use serde_json::{Value, json};

/// A workload to create. The manifest is what a person would have written, with the API server's defaults filled in.
#[derive(Clone, Debug)]
pub struct Workload {
    resource: Resource,
    namespace: String,
    name: String,
    image: String,
    replicas: u32,
    port: Option<u16>,
    requests: (String, String),
    memory_limit: String,
    claim: Option<Claim>,
    schedule: Option<String>,
    part_of: Option<String>,
    secret: Option<String>,
    patch: Option<Value>,
    container: Option<Value>,
}

#[derive(Clone, Debug)]
struct Claim {
    name: String,
    storage: String,
    storage_class: String,
}

impl Workload {
    /// A Deployment of one replica.
    #[must_use]
    pub fn deployment(namespace: &str, name: &str, image: &str) -> Self {
        Self::new(Resource::Deployments, namespace, name, image)
    }

    /// A StatefulSet of one replica.
    #[must_use]
    pub fn stateful_set(namespace: &str, name: &str, image: &str) -> Self {
        Self::new(Resource::StatefulSets, namespace, name, image)
    }

    /// A DaemonSet on every node.
    #[must_use]
    pub fn daemon_set(namespace: &str, name: &str, image: &str) -> Self {
        Self::new(Resource::DaemonSets, namespace, name, image)
    }

    /// A Job of one pod.
    #[must_use]
    pub fn job(namespace: &str, name: &str, image: &str) -> Self {
        Self { port: None, ..Self::new(Resource::Jobs, namespace, name, image) }
    }

    /// A `CronJob`; of cron's language the simulator runs `*/N * * * *` (N minutes), `M * * * *` and `M H * * *`.
    #[must_use]
    pub fn cron_job(namespace: &str, name: &str, image: &str, schedule: &str) -> Self {
        let schedule = Some(schedule.to_owned());
        Self { schedule, port: None, ..Self::new(Resource::CronJobs, namespace, name, image) }
    }

    /// How many pods are wanted; of a `CronJob`, 0 means suspended.
    #[must_use]
    pub fn replicas(self, replicas: u32) -> Self {
        Self { replicas, ..self }
    }

    /// The container's requests and its memory limit.
    #[must_use]
    pub fn resources(self, cpu: &str, memory: &str, memory_limit: &str) -> Self {
        Self { requests: (cpu.to_owned(), memory.to_owned()), memory_limit: memory_limit.to_owned(), ..self }
    }

    /// The port that the container serves on and is probed at; 8080 when nothing is said.
    #[must_use]
    pub fn port(self, port: u16) -> Self {
        Self { port: Some(port), ..self }
    }

    /// A claim for each pod of a StatefulSet.
    #[must_use]
    pub fn claim(self, name: &str, storage: &str, storage_class: &str) -> Self {
        let claim = Claim {
            name: name.to_owned(),
            storage: storage.to_owned(),
            storage_class: storage_class.to_owned(),
        };
        Self { claim: Some(claim), ..self }
    }

    /// The application it belongs to (`app.kubernetes.io/part-of`).
    #[must_use]
    pub fn part_of(self, application: &str) -> Self {
        Self { part_of: Some(application.to_owned()), ..self }
    }

    /// A Secret that the container takes a variable from.
    #[must_use]
    pub fn secret(self, name: &str) -> Self {
        Self { secret: Some(name.to_owned()), ..self }
    }

    /// What else is to be said, as a JSON merge patch (RFC 7386) of the manifest.
    #[must_use]
    pub fn patch(self, patch: Value) -> Self {
        Self { patch: Some(patch), ..self }
    }

    /// A patch of the main container, as lists are replaced whole.
    #[must_use]
    pub fn container(self, patch: Value) -> Self {
        Self { container: Some(patch), ..self }
    }

    /// The resource it is of.
    #[must_use]
    pub fn resource(&self) -> Resource {
        self.resource
    }

    /// Its namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The object, without a status.
    #[must_use]
    pub fn manifest(&self) -> Value {
        let spec = match self.resource {
            Resource::StatefulSets => self.stateful_set_spec(),
            Resource::DaemonSets => json!({
                "selector": {"matchLabels": self.selector()},
                "template": self.template("Always"),
                "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 0, "maxUnavailable": 1}},
                "revisionHistoryLimit": 10,
            }),
            Resource::Jobs => self.job_spec(),
            Resource::CronJobs => json!({
                "schedule": self.schedule,
                "concurrencyPolicy": "Forbid",
                "suspend": self.replicas == 0,
                "successfulJobsHistoryLimit": 3,
                "failedJobsHistoryLimit": 1,
                "jobTemplate": {"metadata": {}, "spec": {"backoffLimit": 2, "template": self.template("Never")}},
            }),
            _ => json!({
                "replicas": self.replicas,
                "selector": {"matchLabels": self.selector()},
                "template": self.template("Always"),
                "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": "25%", "maxUnavailable": "25%"}},
                "revisionHistoryLimit": 10,
                "progressDeadlineSeconds": 600,
            }),
        };
        let mut manifest = json!({
            "apiVersion": self.resource.api_version(),
            "kind": self.resource.kind(),
            "metadata": {"namespace": self.namespace, "name": self.name, "labels": self.labels()},
            "spec": spec,
        });
        if let Some(patch) = &self.patch {
            crate::cluster::merge(&mut manifest, patch);
        }
        manifest
    }

    /// A Service in front of it, where it has a port.
    #[must_use]
    pub fn service(&self) -> Option<Value> {
        let port = self.port?;
        let headless = self.resource == Resource::StatefulSets;
        let mut spec = json!({
            "type": "ClusterIP",
            "selector": self.selector(),
            "ports": [{"name": "http", "port": 80, "protocol": "TCP", "targetPort": port}],
            "sessionAffinity": "None",
            "internalTrafficPolicy": "Cluster",
            "ipFamilies": ["IPv4"],
            "ipFamilyPolicy": "SingleStack",
        });
        if headless {
            spec["clusterIP"] = "None".into();
            spec["clusterIPs"] = json!(["None"]);
        }
        Some(json!({
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"namespace": self.namespace, "name": self.name, "labels": self.labels()},
            "spec": spec,
            "status": {"loadBalancer": {}},
        }))
    }

    fn new(resource: Resource, namespace: &str, name: &str, image: &str) -> Self {
        Self {
            resource,
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            image: image.to_owned(),
            replicas: 1,
            port: Some(8080),
            requests: ("50m".to_owned(), "64Mi".to_owned()),
            memory_limit: "256Mi".to_owned(),
            claim: None,
            schedule: None,
            part_of: None,
            secret: None,
            patch: None,
            container: None,
        }
    }

    fn selector(&self) -> Value {
        json!({"app.kubernetes.io/name": self.name})
    }

    fn labels(&self) -> Value {
        let mut labels = self.selector();
        if let Some(part_of) = &self.part_of {
            labels["app.kubernetes.io/part-of"] = part_of.as_str().into();
        }
        labels
    }

    fn stateful_set_spec(&self) -> Value {
        let mut spec = json!({
            "replicas": self.replicas,
            "serviceName": self.name,
            "podManagementPolicy": "OrderedReady",
            "selector": {"matchLabels": self.selector()},
            "template": self.template("Always"),
            "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}},
            "persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Retain", "whenScaled": "Retain"},
            "revisionHistoryLimit": 10,
        });
        if let Some(claim) = &self.claim {
            spec["volumeClaimTemplates"] = json!([{
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "metadata": {"name": claim.name},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "resources": {"requests": {"storage": claim.storage}},
                    "storageClassName": claim.storage_class,
                    "volumeMode": "Filesystem",
                },
                "status": {"phase": "Pending"},
            }]);
        }
        spec
    }

    fn job_spec(&self) -> Value {
        with_job_defaults(json!({"backoffLimit": 2, "template": self.template("Never")}))
    }

    fn template(&self, restart_policy: &str) -> Value {
        let (cpu, memory) = &self.requests;
        let mut container = json!({
            "name": self.container_name(),
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"memory": self.memory_limit}},
            "terminationMessagePath": "/dev/termination-log",
            "terminationMessagePolicy": "File",
        });
        if let Some(port) = self.port {
            let probe = |path: &str, period: u32| {
                json!({
                    "httpGet": {"path": path, "port": "http", "scheme": "HTTP"},
                    "periodSeconds": period,
                    "timeoutSeconds": 1,
                    "successThreshold": 1,
                    "failureThreshold": 3,
                })
            };
            container["ports"] = json!([{"name": "http", "containerPort": port, "protocol": "TCP"}]);
            container["readinessProbe"] = probe("/readyz", 5);
            container["livenessProbe"] = probe("/livez", 10);
        }
        if let Some(secret) = &self.secret {
            let reference = json!({"secretKeyRef": {"name": secret, "key": "password"}});
            container["env"] = json!([{"name": "DATABASE_PASSWORD", "valueFrom": reference}]);
        }
        if let Some(claim) = &self.claim {
            container["volumeMounts"] = json!([{"name": claim.name, "mountPath": "/var/lib/data"}]);
        }
        if let Some(patch) = &self.container {
            crate::cluster::merge(&mut container, patch);
        }
        let labels = if matches!(self.resource, Resource::Jobs | Resource::CronJobs) {
            json!({})
        } else {
            self.labels()
        };
        json!({
            "metadata": {"labels": labels},
            "spec": {
                "containers": [container],
                "restartPolicy": restart_policy,
                "terminationGracePeriodSeconds": 30,
                "dnsPolicy": "ClusterFirst",
                "schedulerName": "default-scheduler",
                "securityContext": {},
            },
        })
    }

    /// The last word of the name says what a container does: `checkout-api` runs `api`.
    fn container_name(&self) -> &str {
        self.name.rsplit('-').next().unwrap_or(&self.name)
    }
}

/// The specification of a Job with what the API server adds; in the template of a `CronJob` it adds nothing.
pub(crate) fn with_job_defaults(mut spec: Value) -> Value {
    let defaults = json!({
        "parallelism": 1,
        "completions": 1,
        "completionMode": "NonIndexed",
        "manualSelector": false,
        "podReplacementPolicy": "TerminatingOrFailed",
        "suspend": false,
    });
    for (key, value) in defaults.as_object().into_iter().flatten() {
        if spec[key].is_null() {
            spec[key] = value.clone();
        }
    }
    spec
}
