//! A workload as the API shows it, changed word by word: what somebody asks for, and what the controllers answer.
use super::{kubelet, span};
use crate::world::*;
use domain::condition::{Condition, Tristate};
use domain::controller::Strategy;
use domain::id::Kind;
use domain::pod::{Pod, PodSpec, Role};
use domain::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// The workload, and what its template is.
pub(super) struct Stage {
    pub(super) world: World,
    revision: u32,
    image: String,
    settled: bool,
    startup: Option<Duration>,
    init: Option<String>,
}

impl Stage {
    pub(super) fn new(head: &str) -> Self {
        let (kind, replicas) = head.split_once(' ').expect("a well-formed script");
        let kind = match kind {
            "deployment" => Kind::Deployment,
            "replicaset" => Kind::ReplicaSet,
            "statefulset" => Kind::StatefulSet,
            "daemonset" => Kind::DaemonSet,
            "pod" => Kind::Pod,
            "rollout" => Kind::Foreign { group: "argoproj.io".into(), kind: "Rollout".into() },
            other => panic!("no kind {other}"),
        };
        let mut stage = Self {
            world: World::new(kind.clone(), "web"),
            revision: 0,
            image: String::new(),
            settled: false,
            startup: None,
            init: None,
        };
        if !matches!(kind, Kind::Pod | Kind::Foreign { .. }) {
            stage.world.controller =
                Some(controller(kind, "web", replicas.parse().expect("a number"), START));
        }
        stage.roll("web:1", START);
        stage
    }

    fn roll(&mut self, image: &str, now: Time) {
        self.revision += 1;
        image.clone_into(&mut self.image);
        self.settled = false;
        let spec = self.spec();
        let revision = format!("r{}", self.revision);
        let Some(controller) = &mut self.world.controller else { return };
        controller.template = Some(spec.clone());
        if controller.kind == Kind::Deployment {
            controller.revision_number = Some(self.revision.to_string().into());
            let name = format!("web-{revision}");
            let mut child = crate::world::controller(Kind::ReplicaSet, &name, controller.desired, now);
            child.owner = Some(owner(Kind::Deployment, "web"));
            child.revision = Some(revision.into());
            child.revision_number.clone_from(&controller.revision_number);
            child.template = Some(spec);
            self.world.children.push(child);
            controller.progressed = Some(now);
            put(
                &mut controller.conditions,
                condition("Progressing", Tristate::True, Some("ReplicaSetUpdated"), now),
            );
        } else if controller.kind != Kind::ReplicaSet {
            controller.revision = Some(revision.into());
        }
    }

    fn spec(&self) -> Arc<PodSpec> {
        let mut main = container_spec("app", &self.image, Role::Main);
        main.startup_probe = self.startup;
        let init = self.init.as_ref().map(|name| container_spec(name, "busybox:1", Role::Init));
        Arc::new(pod_spec(init.into_iter().chain([main]).collect()))
    }

    pub(super) fn apply(&mut self, word: &str, now: Time) {
        if let Some(name) = word.strip_prefix('+') {
            return self.add(name, now);
        }
        if let Some(name) = word.strip_prefix('-') {
            let pod = self.pod(name);
            pod.deleting = Some(now + pod.spec.termination_grace);
            return;
        }
        if let Some(event) = word.strip_prefix('!') {
            return self.tell(event, now);
        }
        if let Some(node) = word.strip_prefix("node:") {
            return self.report_node(node, now);
        }
        if let Some((name, node)) = word.split_once('@') {
            self.pod(name).node = Some(node.into());
            return;
        }
        let (name, state) = word.split_once('=').unwrap_or((word, ""));
        if self.world.pods.iter().any(|pod| &*pod.name == name) {
            if state == "gone" {
                return self.world.pods.retain(|pod| &*pod.name != name);
            }
            return kubelet::report(self.pod(name), state, now);
        }
        if name == "image" {
            self.roll(state, now);
            return self.bump();
        }
        if matches!(name, "startup" | "init") {
            match name {
                "init" => self.init = Some(state.to_owned()),
                _ => self.startup = Some(span(state)),
            }
            let spec = self.spec();
            if let Some(controller) = &mut self.world.controller {
                controller.template = Some(spec);
            }
            return;
        }
        if let Some(words) = word.strip_prefix("refused:") {
            let refused = Condition {
                message: Some(words.replace('_', " ").into()),
                ..condition("ReplicaFailure", Tristate::True, Some("FailedCreate"), now)
            };
            let objects = self.world.controller.iter_mut().chain(self.world.children.last_mut());
            objects.for_each(|object| put(&mut object.conditions, refused.clone()));
            return;
        }
        if word == "allowed" {
            let objects = self.world.controller.iter_mut().chain(self.world.children.last_mut());
            for object in objects {
                object.conditions = drop_condition(&object.conditions, "ReplicaFailure");
            }
            return;
        }
        if name == "set" {
            return self.scale_set(state.parse().expect("a number"), now);
        }
        let controller = self.world.controller.as_mut().expect("a controller");
        match name {
            "replicas" => {
                controller.desired = state.parse().expect("a number");
                self.bump();
            }
            "partition" => {
                let partition = state.parse().expect("a number");
                controller.strategy = match controller.strategy {
                    Strategy::RollingUpdateFrom { start, .. } => {
                        Strategy::RollingUpdateFrom { start, partition }
                    }
                    _ => Strategy::RollingUpdate { partition },
                };
            }
            "ordinals" => {
                let start = state.parse().expect("a number");
                controller.strategy = Strategy::RollingUpdateFrom { start, partition: 0 };
            }
            "misscheduled" => controller.misscheduled = state.parse().expect("a number"),
            "ondelete" => controller.strategy = Strategy::OnDelete,
            "recreate" => controller.strategy = Strategy::Recreate,
            "parallel" => controller.is_parallel = true,
            "paused" => controller.paused = true,
            "resumed" => controller.paused = false,
            "unobserved" => controller.generation += 1,
            "renewed" => {
                self.revision += 1;
                controller.generation += 1;
            }
            "observed" => controller.observed_generation = controller.generation,
            "stuck" => {
                let told = condition("Progressing", Tristate::False, Some("ProgressDeadlineExceeded"), now);
                put(&mut controller.conditions, told);
                controller.progressed = None;
            }
            "minready" => controller.min_ready = span(state),
            "threshold" => {
                controller.annotations = [("maintenant.alert.restart_threshold".into(), state.into())].into();
            }
            other => panic!("no word {other}"),
        }
    }

    /// What the owner of a foreign kind asks of its ReplicaSet for the newest template, which it makes where there is none.
    fn scale_set(&mut self, desired: u32, now: Time) {
        let name = format!("web-r{}", self.revision);
        let known = self.world.children.iter_mut().find(|child| *child.name == *name);
        if let Some(child) = known {
            child.desired = desired;
            return;
        }
        let mut child = controller(Kind::ReplicaSet, &name, desired, now);
        child.owner = Some(owner(self.world.id.kind.clone(), "web"));
        self.world.children.push(child);
    }

    fn bump(&mut self) {
        if let Some(controller) = &mut self.world.controller {
            controller.generation += 1;
            controller.observed_generation = controller.generation;
        }
    }

    fn add(&mut self, name: &str, now: Time) {
        let mut new = pod(name, self.spec(), now);
        new.revision = Some(format!("r{}", self.revision).into());
        let set = format!("web-r{}", self.revision);
        let has_set = self.world.children.iter().any(|child| *child.name == *set);
        new.owner = match self.world.id.kind {
            Kind::Pod => None,
            _ if has_set => Some(owner(Kind::ReplicaSet, &set)),
            _ => Some(owner(self.world.id.kind.clone(), "web")),
        };
        self.world.pods.push(new);
    }

    fn report_node(&mut self, words: &str, now: Time) {
        let (name, state) = words.split_once('=').unwrap_or((words, ""));
        let nodes = self.world.around.nodes.get_or_insert_default();
        nodes.retain(|node| &*node.name != name);
        let mut node = node(name, true, false);
        match state {
            "" => {}
            "back" => put(&mut node.conditions, condition("Ready", Tristate::True, None, now)),
            "silent" => {
                let told = condition("Ready", Tristate::Unknown, Some("NodeStatusUnknown"), now);
                put(&mut node.conditions, told);
            }
            other => panic!("no state {other} of a node"),
        }
        nodes.push(node);
    }

    fn pod(&mut self, name: &str) -> &mut Pod {
        self.world.pods.iter_mut().find(|pod| &*pod.name == name).expect("a pod of that name")
    }

    fn tell(&mut self, words: &str, now: Time) {
        let mut parts = words.splitn(4, ':');
        let first = parts.next().expect("a well-formed script");
        let (object, container) = match first {
            "" => ("web", None),
            "c" => (parts.next().expect("a well-formed script"), Some("app")),
            name => (name, None),
        };
        let reason = parts.next().expect("a well-formed script");
        let message = parts.next().unwrap_or("").replace('_', " ");
        let told = event(object, container, reason, &message, now);
        let known = self.world.around.events.entry(uid(object)).or_default();
        let same =
            known.iter().position(|known| known.reason == told.reason && known.container == told.container);
        match same {
            Some(same) => {
                let before = &known[same];
                let again = domain::event::Event { first: before.first, count: before.count + 1, ..told };
                known[same] = Arc::new(again);
            }
            None => known.push(Arc::new(told)),
        }
    }

    /// Writes the status that the controller would write.
    pub(super) fn settle_status(&mut self, now: Time) {
        let newest = format!("r{}", self.revision);
        let Some(controller) = &mut self.world.controller else { return };
        let min_ready = controller.min_ready;
        let counting: Vec<&Pod> =
            self.world.pods.iter().filter(|pod| pod.deleting.is_none() && !pod.is_finished()).collect();
        let count = |which: &dyn Fn(&Pod) -> bool| counting.iter().filter(|pod| which(pod)).count() as u32;
        let before = (controller.updated, controller.ready, controller.available);
        controller.current = counting.len() as u32;
        controller.updated = count(&|pod| pod.revision.as_deref() == Some(&*newest));
        controller.ready = count(&Pod::is_ready);
        controller.available = count(&|pod| {
            let since = pod.condition("Ready").and_then(|ready| ready.since);
            pod.is_ready() && since.is_some_and(|since| since + min_ready <= now)
        });
        if controller.kind != Kind::Deployment {
            return;
        }
        let desired = controller.desired;
        let complete = controller.updated == desired
            && controller.available >= desired
            && controller.current == controller.updated;
        let moved =
            controller.updated > before.0 || controller.ready > before.1 || controller.available > before.2;
        let told = domain::condition::find(&controller.conditions, "Progressing");
        if complete && !self.settled {
            self.settled = true;
            controller.progressed = Some(now);
            put(
                &mut controller.conditions,
                condition("Progressing", Tristate::True, Some("NewReplicaSetAvailable"), now),
            );
        } else if moved && !self.settled && told.is_some_and(|told| told.status == Tristate::True) {
            controller.progressed = Some(now);
        }
        let serves = controller.available > 0;
        let status = if serves { Tristate::True } else { Tristate::False };
        let known = domain::condition::find(&controller.conditions, "Available");
        if known.is_none_or(|known| known.status != status) {
            put(&mut controller.conditions, condition("Available", status, None, now));
        }
    }
}

pub(super) fn put(conditions: &mut Box<[Condition]>, condition: Condition) {
    let mut all: Vec<Condition> = std::mem::take(conditions).into();
    all.retain(|other| other.kind != condition.kind);
    all.push(condition);
    *conditions = all.into();
}

fn drop_condition(conditions: &[Condition], kind: &str) -> Box<[Condition]> {
    conditions.iter().filter(|other| &*other.kind != kind).cloned().collect()
}
