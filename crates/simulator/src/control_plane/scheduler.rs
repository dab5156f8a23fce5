//! Which node a pod runs on, and claims that it waits for.

use super::{
    Action, ControlPlane, PodRef, Target,
    event::{Report, Source},
    pod::{container_status, judge, main_container, place},
    set_condition,
};
use crate::{Resource, clock::seconds};
use serde_json::{Value, json};

impl ControlPlane {
    /// Places a pod, or says why it cannot be placed.
    pub(super) fn schedule(&mut self, target: &Target) {
        let Some(mut pod) = self.read(target) else { return };
        if !pod["spec"]["nodeName"].is_null() || !pod["metadata"]["deletionTimestamp"].is_null() {
            return;
        }
        let node = match self.choose_node(&pod) {
            Ok(node) => node,
            Err(why) => {
                let lacks_room = self.next_node().is_none();
                self.refuse_to_schedule(pod, why);
                if lacks_room {
                    self.unschedulable.insert(target.clone());
                    self.note_unschedulable();
                }
                return;
            }
        };
        self.addresses_given += 1;
        place(&mut pod, &node, self.addresses_given, self.now);
        pod["status"]["containerStatuses"] = json!([container_status(main_container(&pod), 0)]);
        judge(&mut pod, self.now);
        let pod = self.write(pod);
        self.note_placed(&node, target);
        let (namespace, name) = (&target.namespace, &target.name);
        self.report(&Report {
            about: &pod,
            resource: Resource::Pods,
            container: None,
            source: Source::Scheduler,
            warning: false,
            reason: "Scheduled",
            message: format!("Successfully assigned {namespace}/{name} to {node}"),
        });
        self.sync_owner(&pod);
        let delay = self.between_millis(600, 2_200);
        self.queue_in(delay, Action::Start(PodRef::of(&pod)));
    }

    /// Provides the volume of a claim, or says why not and tries again.
    pub(super) fn bind_claim(&mut self, target: &Target) {
        let Some(mut claim) = self.read(target) else { return };
        let class = claim["spec"]["storageClassName"].as_str().unwrap_or_default().to_owned();
        let provisioner = "csi.storage.example.com";
        if let Some(why) = self.broken_classes.get(&class).cloned() {
            let waiting = format!(
                "Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered."
            );
            let failed = format!("failed to provision volume with StorageClass \"{class}\": {why}");
            let about = &claim;
            for (source, warning, reason, message) in [
                ("persistentvolume-controller", false, "ExternalProvisioning", waiting),
                ("csi.storage.example.com_provisioner-0", true, "ProvisioningFailed", failed),
            ] {
                let resource = Resource::PersistentVolumeClaims;
                let source = Source::Controller(source);
                self.report(&Report { about, resource, container: None, source, warning, reason, message });
            }
            let delay = self.between_millis(14_000, 31_000);
            return self.queue_in(delay, Action::BindClaim(target.clone()));
        }
        let volume = format!("pvc-{}", claim["metadata"]["uid"].as_str().unwrap_or_default());
        claim["metadata"]["annotations"] = json!({
            "pv.kubernetes.io/bind-completed": "yes",
            "pv.kubernetes.io/bound-by-controller": "yes",
            "volume.kubernetes.io/storage-provisioner": provisioner,
        });
        claim["spec"]["volumeName"] = volume.into();
        claim["status"] = json!({
            "phase": "Bound",
            "accessModes": claim["spec"]["accessModes"],
            "capacity": claim["spec"]["resources"]["requests"],
        });
        self.write(claim);
        for pod in self.cluster.list(Resource::Pods, Some(&target.namespace)) {
            if pod["spec"]["nodeName"].is_null() && claims_of(&pod).any(|name| name == target.name) {
                let delay = self.between_millis(50, 300);
                self.queue_in(delay, Action::Schedule(Target::of(Resource::Pods, &pod)));
            }
        }
    }

    fn choose_node(&self, pod: &Value) -> Result<String, String> {
        let namespace = pod["metadata"]["namespace"].as_str().unwrap_or_default();
        let is_bound = |name: &str| {
            let claim = self.cluster.read(Resource::PersistentVolumeClaims, namespace, name);
            claim.is_some_and(|claim| claim["status"]["phase"] == "Bound")
        };
        let count = self.nodes.len();
        if count == 0 {
            return Err("no nodes available to schedule pods".to_owned());
        }
        if !claims_of(pod).all(is_bound) {
            return Err(format!(
                "0/{count} nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"
            ));
        }
        let terms = pod.pointer("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution");
        let only = terms.and_then(|terms| terms.pointer("/nodeSelectorTerms/0/matchFields/0/values/0"));
        if let Some(node) = only.and_then(Value::as_str) {
            return Ok(node.to_owned());
        }
        let full = || {
            format!(
                "0/{count} nodes are available: {count} Too many pods. preemption: 0/{count} nodes are available: {count} No preemption victims found for incoming pod."
            )
        };
        self.next_node().map(str::to_owned).ok_or_else(full)
    }

    fn refuse_to_schedule(&mut self, mut pod: Value, why: String) {
        let condition = json!({
            "type": "PodScheduled",
            "status": "False",
            "reason": "Unschedulable",
            "message": why,
            "lastProbeTime": null,
            "observedGeneration": pod["metadata"]["generation"],
        });
        set_condition(&mut pod["status"]["conditions"], condition, self.now);
        let pod = self.write(pod);
        self.report(&Report {
            about: &pod,
            resource: Resource::Pods,
            container: None,
            source: Source::Scheduler,
            warning: true,
            reason: "FailedScheduling",
            message: why,
        });
        self.sync_owner(&pod);
    }

    /// Makes sure of a claim of a StatefulSet's pod.
    pub(super) fn ensure_claim(&mut self, name: &str, owner: &Value, template: &Value) {
        let namespace = owner["metadata"]["namespace"].as_str().unwrap_or_default();
        let target = Target::new(Resource::PersistentVolumeClaims, namespace, name);
        if self.read(&target).is_some() {
            return;
        }
        self.write(json!({
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {
                "namespace": namespace,
                "name": name,
                "labels": owner["spec"]["selector"]["matchLabels"],
                "finalizers": ["kubernetes.io/pvc-protection"],
                "creationTimestamp": seconds(self.now),
            },
            "spec": template["spec"],
            "status": {"phase": "Pending"},
        }));
        let delay = self.between_millis(700, 2_500);
        self.queue_in(delay, Action::BindClaim(target));
    }
}

fn claims_of(pod: &Value) -> impl Iterator<Item = &str> {
    let volumes = pod["spec"]["volumes"].as_array();
    volumes.into_iter().flatten().filter_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str())
}
