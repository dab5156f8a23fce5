//! The workloads of the cluster, of every kind and strategy.

use jiff::SignedDuration;
use serde_json::json;
use simulator::{Behaviour, Resource, Workload};

/// Workloads, Jobs of the day among them.
pub(super) const WORKLOADS: usize = 200;
pub(super) const JOBS: usize = 24;
const CRON_JOBS: usize = 8;
const DAEMON_SETS: usize = 6;
const STATEFUL_SETS: usize = 32;
const DEPLOYMENTS: usize = WORKLOADS - JOBS - CRON_JOBS - DAEMON_SETS - STATEFUL_SETS;
/// What runs most often: half of all that happens meanwhile.
pub(super) const EACH_MINUTE: &str = "*/1 * * * *";
const TEAMS: [&str; 6] = ["shop", "payments", "catalog", "media", "search", "platform"];

/// One of them.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) resource: Resource,
    pub(super) namespace: &'static str,
    pub(super) name: String,
    pub(super) replicas: u32,
    pub(super) style: Style,
    /// From the start of a container to its readiness, where that takes long.
    pub(super) slow: Option<SignedDuration>,
    /// Whether evictions may take one pod at a time only.
    pub(super) is_protected: bool,
}

/// How its pods are replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Rolling { surge: &'static str, unavailable: &'static str },
    Recreate,
    Ordered,
    Parallel,
    OnDelete,
    Daemon,
    Cron { schedule: &'static str },
    Job,
}

impl Member {
    /// All of them, the same for the same seed.
    pub(super) fn all(random: &mut fastrand::Rng) -> Vec<Self> {
        let mut members = Vec::new();
        for number in 0..DEPLOYMENTS {
            let style = match number % 8 {
                0 => Style::Recreate,
                1 => Style::Rolling { surge: "0", unavailable: "1" },
                2 => Style::Rolling { surge: "100%", unavailable: "0" },
                3 => Style::Rolling { surge: "1", unavailable: "0" },
                4 => Style::Rolling { surge: "50%", unavailable: "50%" },
                _ => Style::Rolling { surge: "25%", unavailable: "25%" },
            };
            let replicas = *random.choice([1, 1, 2, 2, 2, 3, 4].iter()).unwrap_or(&1);
            members.push(Self::new(Resource::Deployments, format!("web-{number}"), replicas, style, random));
        }
        for number in 0..STATEFUL_SETS {
            let style = [Style::Ordered, Style::Ordered, Style::Parallel, Style::OnDelete][number % 4];
            let replicas = random.u32(1..=3);
            members.push(Self::new(
                Resource::StatefulSets,
                format!("store-{number}"),
                replicas,
                style,
                random,
            ));
        }
        for number in 0..DAEMON_SETS {
            members.push(Self::new(
                Resource::DaemonSets,
                format!("agent-{number}"),
                0,
                Style::Daemon,
                random,
            ));
        }
        for number in 0..CRON_JOBS {
            let schedule = match number {
                0 => EACH_MINUTE,
                1 => "*/30 * * * *",
                2 | 3 => "17 * * * *",
                _ => "40 3 * * *",
            };
            members.push(Self::new(
                Resource::CronJobs,
                format!("report-{number}"),
                1,
                Style::Cron { schedule },
                random,
            ));
        }
        for number in 0..JOBS {
            members.push(Self::new(Resource::Jobs, format!("migrate-{number}"), 1, Style::Job, random));
        }
        members
    }

    fn new(
        resource: Resource,
        name: String,
        replicas: u32,
        style: Style,
        random: &mut fastrand::Rng,
    ) -> Self {
        let serves = !matches!(style, Style::Job | Style::Cron { .. });
        let slow = (serves && random.u32(..10) == 0).then(|| SignedDuration::from_secs(random.i64(45..=170)));
        let namespace = TEAMS[random.usize(..TEAMS.len())];
        Self { resource, namespace, name, replicas, style, slow, is_protected: random.bool() }
    }

    /// Whether its pods come one after the other.
    pub(super) fn is_ordered(&self) -> bool {
        matches!(self.style, Style::Ordered | Style::OnDelete)
    }

    /// Whether a rollout of it can stop halfway by itself.
    pub(super) fn may_be_staged(&self) -> bool {
        matches!(self.style, Style::Ordered | Style::Parallel) && self.replicas > 1
    }

    pub(super) fn image(&self, version: u32) -> String {
        format!("registry.example.com/{}/{}:1.{version}", self.namespace, self.name)
    }

    /// Whether a rollout leaves all that serve in place until there are others, wherever it is held.
    pub(super) fn keeps_all(&self) -> bool {
        match self.style {
            Style::Rolling { surge: "100%" | "1", .. } => true,
            Style::Rolling { surge: "25%", .. } => self.replicas < 4,
            _ => false,
        }
    }

    /// What a container of any of its images does.
    pub(super) fn behaviour(&self) -> Option<Behaviour> {
        self.slow.map(|ready_after| Behaviour::Serves { ready_after })
    }

    /// The object that describes it.
    pub(super) fn workload(&self) -> Workload {
        let (namespace, name, image) = (self.namespace, &*self.name, &*self.image(0));
        let workload = match (self.resource, self.style) {
            (Resource::StatefulSets, style) => {
                let update = match style {
                    Style::OnDelete => json!({"type": "OnDelete", "rollingUpdate": null}),
                    _ => json!({"type": "RollingUpdate"}),
                };
                let policy = if style == Style::Parallel { "Parallel" } else { "OrderedReady" };
                Workload::stateful_set(namespace, name, image)
                    .patch(json!({"spec": {"podManagementPolicy": policy, "updateStrategy": update}}))
            }
            (Resource::DaemonSets, _) => Workload::daemon_set(namespace, name, image),
            (Resource::CronJobs, Style::Cron { schedule }) => {
                Workload::cron_job(namespace, name, image, schedule)
            }
            (Resource::Jobs, _) => Workload::job(namespace, name, image),
            (_, Style::Rolling { surge, unavailable }) => {
                let number = |text: &str| text.parse::<u32>().map_or_else(|_| json!(text), |n| json!(n));
                let rolling = json!({"maxSurge": number(surge), "maxUnavailable": number(unavailable)});
                Workload::deployment(namespace, name, image)
                    .patch(json!({"spec": {"strategy": {"rollingUpdate": rolling}}}))
            }
            _ => Workload::deployment(namespace, name, image)
                .patch(json!({"spec": {"strategy": {"type": "Recreate", "rollingUpdate": null}}})),
        };
        let workload = workload.replicas(self.replicas);
        if self.slow.is_none() {
            return workload;
        }
        // Whoever starts slowly says so: up to three minutes.
        workload.container(json!({"startupProbe": {
            "httpGet": {"path": "/readyz", "port": "http", "scheme": "HTTP"},
            "periodSeconds": 10, "timeoutSeconds": 1, "successThreshold": 1, "failureThreshold": 18,
        }}))
    }
}
