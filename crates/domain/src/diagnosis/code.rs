//! The published codes, in their order of precedence.

macro_rules! codes {
    ($($(#[$doc:meta])+ $variant:ident = $text:literal,)+) => {
        /// Which cause. The order of the variants is the order of precedence: where several hold, the first is said.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])+ $variant,)+
        }

        impl Code {
            /// All of them, in their order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// As the API and the docs write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

codes! {
    /// A `ResourceQuota` has no room for the pods that are missing
    QuotaExceeded = "quota_exceeded",
    /// The namespace's pod security level refuses the pods
    PodSecurityDenied = "pod_security_denied",
    /// An admission webhook that must be asked does not answer
    WebhookUnreachable = "webhook_unreachable",
    /// Admission said no: a `LimitRange`, a policy, a webhook
    AdmissionDenied = "admission_denied",
    /// A node's kubelet turned the pod away
    PodRejected = "pod_rejected",
    /// Nothing can be made in a namespace that is being deleted
    NamespaceTerminating = "namespace_terminating",
    /// A container used more memory than its limit, or than its node had
    OomKilled = "oom_killed",
    /// The kubelet kills a container because its liveness probe fails
    LivenessKilling = "liveness_killing",
    /// The kubelet kills a container because its startup probe fails
    StartupFailing = "startup_failing",
    /// A container's post-start hook fails
    HookFailing = "hook_failing",
    /// The command of a container is not in its image
    ExecNotFound = "exec_not_found",
    /// The image is made for another architecture
    ImagePlatform = "image_platform",
    /// The container runtime cannot start a container
    StartError = "start_error",
    /// A container ends again and again
    CrashLoop = "crash_loop",
    /// A ConfigMap, a Secret, a key of one, or a ServiceAccount is not there
    ConfigMissing = "config_missing",
    /// The kubelet refuses a container's configuration
    InvalidContainerConfig = "invalid_container_config",
    /// The image's name is malformed
    ImageInvalidName = "image_invalid_name",
    /// The image may not be pulled and is not on the node
    ImageNeverPull = "image_never_pull",
    /// The registry does not let us pull the image
    ImageAuth = "image_auth",
    /// The registry does not have the image
    ImageNotFound = "image_not_found",
    /// The registry has had enough of us
    ImageRateLimited = "image_rate_limited",
    /// The registry does not answer, or not well
    ImageRegistryUnreachable = "image_registry_unreachable",
    /// The image is still being pulled
    ImagePullSlow = "image_pull_slow",
    /// A claim that a pod uses has no volume
    ClaimPending = "claim_pending",
    /// A volume cannot be attached to the pod's node
    VolumeAttach = "volume_attach",
    /// A volume cannot be mounted
    VolumeMount = "volume_mount",
    /// The pod's node does not answer
    NodeLost = "node_lost",
    /// The node had to get rid of the pod
    Evicted = "evicted",
    /// The pod made room for one that is more important
    Preempted = "preempted",
    /// The pod's sandbox cannot be made: network or runtime
    SandboxFailed = "sandbox_failed",
    /// No node, because of a claim
    UnschedulableClaims = "unschedulable_claims",
    /// No node, because of where its volume is
    UnschedulableVolume = "unschedulable_volume",
    /// No node, because of taints
    UnschedulableTaint = "unschedulable_taint",
    /// No node, because of selectors and affinities
    UnschedulableAffinity = "unschedulable_affinity",
    /// No node, because of host ports
    UnschedulablePorts = "unschedulable_ports",
    /// No node with enough CPU, memory or other resources
    UnschedulableResources = "unschedulable_resources",
    /// Somebody holds the pod back from scheduling
    SchedulingGated = "scheduling_gated",
    /// An init container fails
    InitFailing = "init_failing",
    /// An init container runs on, and the containers after it wait
    InitRunning = "init_running",
    /// A pod should be gone and is not
    StuckTerminating = "stuck_terminating",
    /// A container runs and is not ready
    ReadinessFailing = "readiness_failing",
    /// The containers are ready, and a readiness gate is not
    ReadinessGate = "readiness_gate",
    /// A rollout has not moved within its deadline, for no reason that shows
    RolloutStuck = "rollout_stuck",
    /// Fewer pods are available than asked for, for no reason that shows
    PodsMissing = "pods_missing",
    /// A Job's pods failed more often than it allows
    JobBackoffExceeded = "job_backoff_exceeded",
    /// A Job ran longer than it may
    JobDeadlineExceeded = "job_deadline_exceeded",
    /// A Job's pod failed in a way that its policy calls final
    JobFailedPolicy = "job_failed_policy",
    /// Indexes of an Indexed Job failed
    JobIndexesFailed = "job_indexes_failed",
    /// A CronJob did not run when it should have
    CronMissed = "cron_missed",
    /// The last run of a CronJob failed
    CronLastFailed = "cron_last_failed",
    /// A new revision is being rolled out
    RollingOut = "rolling_out",
    /// Replicas are being added or taken away
    Scaling = "scaling",
    /// Somebody paused the rollout
    RolloutPaused = "rollout_paused",
    /// Pods of the previous revision wait to be deleted by somebody
    RolloutOnDelete = "rollout_on_delete",
    /// Pods of a DaemonSet run on nodes that are not meant for them
    Misscheduled = "misscheduled",
    /// A Job runs
    JobRunning = "job_running",
    /// Pods are starting
    Starting = "starting",
    /// An annotation of ours can't be understood and is not heeded
    AnnotationMalformed = "annotation_malformed",
    /// The source of the facts has not answered for a while
    Stale = "stale",
    /// The source of the facts may not be read
    Forbidden = "forbidden",
    /// The cluster has no metrics API, so nobody knows what is used
    MetricsAbsent = "metrics_absent",
}

impl Code {
    /// Whether something is wrong, or could be seen to be. The others say what is going on.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::RollingOut
                | Self::Scaling
                | Self::RolloutPaused
                | Self::RolloutOnDelete
                | Self::Misscheduled
                | Self::JobRunning
                | Self::Starting
                | Self::AnnotationMalformed
                | Self::MetricsAbsent
        )
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn each_code_is_published_once_in_its_order() {
        let mut words: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(Code::ALL.is_sorted());
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Code::ALL.len());
        assert!(words.iter().all(|word| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
    }
}
