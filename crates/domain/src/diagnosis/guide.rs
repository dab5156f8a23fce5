//! What each code means, how to see for oneself, and how to mend it: the source of `docs/diagnoses.md`.
use super::Code;

/// What a person wants to know who has read a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guide {
    /// What is so, and why it matters
    pub meaning: &'static str,
    /// How to see it with kubectl, `POD` and the like standing for names
    pub confirm: &'static str,
    /// What to do; `None` where there is nothing to mend
    pub mend: Option<&'static str>,
}

const DESCRIBE_POD: &str = "kubectl -n NAMESPACE describe pod POD";
const PREVIOUS_LOG: &str = "kubectl -n NAMESPACE logs POD -c CONTAINER --previous";
const REFUSALS: &str = "kubectl -n NAMESPACE get events --field-selector reason=FailedCreate";

impl Code {
    /// The guide to this code.
    #[must_use]
    pub const fn guide(self) -> Guide {
        let (meaning, confirm, mend) = match self {
            Self::QuotaExceeded => (
                "A ResourceQuota of the namespace has no room for the pods that are missing: they are refused before they exist.",
                "kubectl -n NAMESPACE describe resourcequota",
                "Raise the quota, ask for less, or scale something else in the namespace down.",
            ),
            Self::PodSecurityDenied => (
                "The namespace enforces a pod security level that the pod template does not meet, so no pod is made.",
                "kubectl get namespace NAMESPACE --show-labels",
                "Change the securityContext of the template as the message lists, or label the namespace with a level that fits.",
            ),
            Self::WebhookUnreachable => (
                "An admission webhook must be asked before pods are made, and does not answer, or not with a certificate that is trusted. Often its own pods are down.",
                REFUSALS,
                "Bring the webhook's Service back, or mend its certificate and caBundle; until then its failurePolicy decides whether anything can be made.",
            ),
            Self::AdmissionDenied => (
                "Admission said no: a LimitRange, a policy or a webhook refuses the pods.",
                REFUSALS,
                "Change the template as the message says, or the policy that refuses it.",
            ),
            Self::PodRejected => (
                "The scheduler chose a node and its kubelet turned the pod away: no room after all, labels that changed, or a node that shuts down.",
                DESCRIBE_POD,
                "As a rule the controller makes another pod. If it happens again and again, look at the node that the pods are sent to.",
            ),
            Self::NamespaceTerminating => (
                "The namespace is being deleted, so nothing new can be made in it and what is there will go.",
                "kubectl get namespace NAMESPACE -o yaml",
                "If the deletion hangs, its conditions name the finalizers that hold it.",
            ),
            Self::OomKilled => (
                "The kernel killed a process of the container because its memory limit, its pod's, or the memory of the node was used up.",
                DESCRIBE_POD,
                "Raise the limit, or find what uses the memory. A restart alone brings it back only until the memory is used up again.",
            ),
            Self::LivenessKilling => (
                "The kubelet kills the container because its liveness probe fails. A probe that is too strict makes a slow service a dead one.",
                DESCRIBE_POD,
                "See in the container's log why the probe gets no good answer; give the probe more time if the service was merely slow.",
            ),
            Self::StartupFailing => (
                "The container does not pass its startup probe in the time allowed and is killed, again and again.",
                DESCRIBE_POD,
                "See in its log what it waits for, or raise failureThreshold × periodSeconds of the startup probe.",
            ),
            Self::HookFailing => (
                "The container's postStart hook fails, so the kubelet kills the container right after its start.",
                DESCRIBE_POD,
                "Mend the hook's command, or move what it does into the program or an init container.",
            ),
            Self::ExecNotFound => (
                "The command of the container is not in its image, so it can never start.",
                "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].command}'",
                "Mend the command, or build the image with the program in that place.",
            ),
            Self::ImagePlatform => (
                "The image is built for another processor than the node's, or what it runs is no executable: a script without its first line, a file that is damaged (`exec format error`).",
                "kubectl get node NODE -o jsonpath='{.status.nodeInfo.architecture}'",
                "Push an image for this architecture too, or send the pod to fitting nodes with a nodeSelector; where the architecture fits, look at the file that is run.",
            ),
            Self::StartError => (
                "The container runtime cannot start the container; its words say why.",
                DESCRIBE_POD,
                "Mend what the message names: a mount, a working directory, a user, a device.",
            ),
            Self::CrashLoop => (
                "The program in the container ends again and again, and the kubelet waits longer and longer before it starts it anew; or it has ended for good, and nothing starts it again.",
                PREVIOUS_LOG,
                "The end of the log says why as a rule. Exit codes above 128 are signals: 137 was killed, 139 crashed, 143 was asked to end.",
            ),
            Self::ConfigMissing => (
                "The pod names a ConfigMap, a Secret, a key of one, or a ServiceAccount that does not exist.",
                "kubectl -n NAMESPACE get configmap,secret,serviceaccount",
                "Create what is missing; the pod starts by itself then.",
            ),
            Self::InvalidContainerConfig => (
                "The kubelet refuses the container's configuration, for instance a root image where runAsNonRoot is set.",
                DESCRIBE_POD,
                "Mend the securityContext or the command of the container.",
            ),
            Self::ImageInvalidName => (
                "The image's name is malformed, so nobody can be asked for it.",
                "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].image}'",
                "Mend the image's name; names are in lower case.",
            ),
            Self::ImageNeverPull => (
                "The image is not on the node, and imagePullPolicy is Never.",
                DESCRIBE_POD,
                "Load the image onto the node, or let it be pulled with imagePullPolicy: IfNotPresent.",
            ),
            Self::ImageAuth => (
                "The registry does not let the node pull the image (401 or 403), or hides that it exists.",
                "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.imagePullSecrets}'",
                "Check the imagePullSecrets of the pod and of its service account, and that their credentials are still valid.",
            ),
            Self::ImageNotFound => (
                "The registry does not have this image or tag.",
                DESCRIBE_POD,
                "Check the name and the tag, and that the build has pushed it.",
            ),
            Self::ImageRateLimited => (
                "The registry limits how often images are pulled, and the limit is reached.",
                DESCRIBE_POD,
                "Pull with an account, through a mirror, or with IfNotPresent. It mends itself when the limit's time is over.",
            ),
            Self::ImageRegistryUnreachable => (
                "The registry does not answer, has no address, or answers with a failure of its own.",
                DESCRIBE_POD,
                "Check the registry, and name resolution, network and certificates on the node. Pods that have the image run on.",
            ),
            Self::ImagePullSlow => (
                "The image is being pulled, and it takes long.",
                DESCRIBE_POD,
                "Wait, or make the image smaller.",
            ),
            Self::ClaimPending => (
                "A PersistentVolumeClaim that the pod uses has no volume, so no node takes the pod.",
                "kubectl -n NAMESPACE describe pvc CLAIM",
                "See whether the storage class exists, has a provisioner that runs, and room.",
            ),
            Self::VolumeAttach => (
                "A volume cannot be attached to the node. Most often it is still attached to the node where the pod was before.",
                DESCRIBE_POD,
                "Wait until it is let go (6 minutes for a node that is gone), or check the storage driver.",
            ),
            Self::VolumeMount => (
                "A volume is there and cannot be mounted.",
                DESCRIBE_POD,
                "Mend what the message names: a file system, a server, a missing object that the volume is made from.",
            ),
            Self::NodeLost => (
                "The node of the pod does not answer, or says itself that it is not ready. Its pods may run on, and after five minutes they are replaced.",
                "kubectl describe node NODE",
                "Bring the node back, or delete it when it is gone for good, so that its pods and volumes are let go.",
            ),
            Self::Evicted => (
                "The node got rid of the pod because memory, disk or process ids ran short, or the pod used more than it may.",
                DESCRIBE_POD,
                "Ask for what is really used (requests), bound it (limits, sizeLimit), or give the node more.",
            ),
            Self::Preempted => (
                "The pod made room for one of higher priority.",
                DESCRIBE_POD,
                "Add room, or look at the PriorityClasses if this was the wrong pod.",
            ),
            Self::SandboxFailed => (
                "The node cannot make the pod's sandbox: its network plugin or container runtime fails.",
                DESCRIBE_POD,
                "Check the network plugin's pods on that node, and free addresses.",
            ),
            Self::UnschedulableClaims => (
                "No node takes the pod because of a claim: it does not exist or waits for its volume.",
                "kubectl -n NAMESPACE get pvc",
                "Create the claim that is named, or see why it has no volume.",
            ),
            Self::UnschedulableVolume => (
                "The pod's volume is bound to a place where no node has room or labels for the pod, or a node holds as many volumes as it can.",
                DESCRIBE_POD,
                "Make room in the zone of the volume.",
            ),
            Self::UnschedulableTaint => (
                "The nodes that are left have taints that the pod does not tolerate; cordoned nodes count among them.",
                "kubectl get nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints",
                "Add a toleration, remove the taint, or uncordon a node.",
            ),
            Self::UnschedulableAffinity => (
                "No node has the labels, or the neighbours, that nodeSelector, affinity or topology spread ask for.",
                "kubectl get nodes --show-labels",
                "Label a node, or loosen what is asked for.",
            ),
            Self::UnschedulablePorts => (
                "The pod wants a port of its node, and on each node that fits somebody else has it.",
                "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.containers[*].ports}'",
                "Use a Service instead of hostPort, or run no more replicas than nodes.",
            ),
            Self::UnschedulableResources => (
                "No node has enough CPU, memory or another resource left for what the pod asks for. Requests count, not use.",
                "kubectl describe nodes | grep -A 8 'Allocated resources'",
                "Add a node, ask for less, or scale something down.",
            ),
            Self::SchedulingGated => (
                "Somebody holds the pod back from scheduling until the gate is removed. This is intended, as a rule.",
                "kubectl -n NAMESPACE get pod POD -o jsonpath='{.spec.schedulingGates}'",
                "Ask whoever sets the gate.",
            ),
            Self::InitFailing => (
                "An init container fails, so the main containers never start.",
                PREVIOUS_LOG,
                "Its log says why as a rule: often something that it waits for is not there.",
            ),
            Self::InitRunning => (
                "An init container runs on and on, and the containers after it wait for its end. Where it waits for something else, that may not be there.",
                "kubectl -n NAMESPACE logs POD -c CONTAINER",
                "Its log says as a rule what it waits for: a name in DNS, a database, a migration that another holds.",
            ),
            Self::StuckTerminating => (
                "The pod should be gone since its grace period ended, and is still there: a finalizer holds it, or its node does not confirm.",
                "kubectl -n NAMESPACE get pod POD -o jsonpath='{.metadata.finalizers}'",
                "Find who owns the finalizer, or bring the node back. Forced deletion of a StatefulSet's pod risks two at once.",
            ),
            Self::ReadinessFailing => (
                "The container runs and its readiness probe fails, so it gets no traffic.",
                DESCRIBE_POD,
                "The probe's words and the container's log say what it lacks.",
            ),
            Self::ReadinessGate => (
                "All containers are ready, but a condition that the pod waits for (a readiness gate) is not true.",
                DESCRIBE_POD,
                "Look at the controller that sets the condition, often a load balancer's.",
            ),
            Self::RolloutStuck => (
                "The rollout has not moved within its deadline, and no pod shows why.",
                "kubectl -n NAMESPACE rollout status KIND/NAME",
                "Look at the pods of the new revision; `kubectl rollout undo` leads back.",
            ),
            Self::PodsMissing => (
                "Fewer pods are available than asked for, and nothing that maintenant can see says why. Perhaps the controller that makes them does not run.",
                "kubectl -n NAMESPACE describe KIND NAME",
                "Look at the controller manager, and at rights that maintenant lacks (Settings).",
            ),
            Self::JobBackoffExceeded => (
                "The Job's pods failed more often than its backoffLimit allows, and it has given up.",
                "kubectl -n NAMESPACE logs job/JOB",
                "Mend what the pods failed of and create the Job anew.",
            ),
            Self::JobDeadlineExceeded => (
                "The Job ran longer than activeDeadlineSeconds, and its pods were ended.",
                "kubectl -n NAMESPACE describe job JOB",
                "Raise the deadline, or find what made it slow: perhaps its pods never started.",
            ),
            Self::JobFailedPolicy => (
                "A pod of the Job failed in a way that its podFailurePolicy calls final.",
                "kubectl -n NAMESPACE describe job JOB",
                "Mend what the pod failed of; the policy did what it is for.",
            ),
            Self::JobIndexesFailed => (
                "Indexes of an Indexed Job failed for good; the others may have succeeded.",
                "kubectl -n NAMESPACE get job JOB -o jsonpath='{.status.failedIndexes}'",
                "Mend what these indexes failed of and run them again.",
            ),
            Self::CronMissed => (
                "The CronJob did not run when its schedule said so.",
                "kubectl -n NAMESPACE describe cronjob CRONJOB",
                "Look at concurrencyPolicy, startingDeadlineSeconds, and whether the controller manager runs.",
            ),
            Self::CronLastFailed => (
                "The last run of the CronJob failed.",
                "kubectl -n NAMESPACE get jobs",
                "Mend what its pods failed of; the next run may succeed by itself.",
            ),
            Self::RollingOut => (
                "A new revision replaces the old one, within its deadline.",
                "kubectl -n NAMESPACE rollout status KIND/NAME",
                "",
            ),
            Self::Scaling => {
                ("Replicas are being added or taken away.", "kubectl -n NAMESPACE get KIND NAME", "")
            }
            Self::RolloutPaused => (
                "Somebody paused the rollout; old and new pods run side by side until it goes on.",
                "kubectl -n NAMESPACE rollout status deployment/NAME",
                "kubectl -n NAMESPACE rollout resume deployment/NAME",
            ),
            Self::RolloutOnDelete => (
                "Pods of the previous revision run on until somebody deletes them: the strategy is OnDelete.",
                "kubectl -n NAMESPACE get pods -L controller-revision-hash",
                "Delete them one by one when the time is right.",
            ),
            Self::Misscheduled => (
                "Pods of a DaemonSet run on nodes that are not meant for them any more.",
                "kubectl -n NAMESPACE get pods -o wide",
                "Check the DaemonSet's nodeSelector, affinity and tolerations against the nodes, or delete the pods.",
            ),
            Self::JobRunning => ("A run is under way.", "kubectl -n NAMESPACE get jobs", ""),
            Self::Starting => (
                "Pods are starting, within the time that their probes allow.",
                "kubectl -n NAMESPACE get pods",
                "",
            ),
            Self::AnnotationMalformed => (
                "An annotation of ours on the object can't be understood and is not heeded.",
                "kubectl -n NAMESPACE get KIND NAME -o jsonpath='{.metadata.annotations}'",
                "Write it as the documentation says.",
            ),
            Self::Stale => (
                "The API server has not answered for over a minute, so nobody knows how it is now; what was last known stands beside it.",
                "kubectl get --raw /readyz",
                "Bring the connection back: the reason is under Settings.",
            ),
            Self::Forbidden => (
                "maintenant may not read what it would judge by.",
                "kubectl auth can-i list RESOURCE --as system:serviceaccount:NAMESPACE:NAME",
                "Add the rule that is shown under Settings.",
            ),
            Self::MetricsAbsent => (
                "The cluster serves no metrics.k8s.io, so what pods use of CPU and memory is not known; health is judged without it.",
                "kubectl get apiservice v1beta1.metrics.k8s.io",
                "Install metrics-server; it is found within a minute.",
            ),
        };
        Guide { meaning, confirm, mend: if mend.is_empty() { None } else { Some(mend) } }
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn each_code_says_what_it_means_and_each_fault_what_to_do() {
        for code in Code::ALL {
            let guide = code.guide();
            assert!(guide.meaning.ends_with('.') && guide.confirm.starts_with("kubectl "), "{code:?}");
            assert!(!code.is_fault() || guide.mend.is_some(), "{code:?}");
        }
    }
}
