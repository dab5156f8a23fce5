//! Timelines in text: what happens to a workload, and what is said of it from when on.
//!
//! A script is `kind replicas; time word …; time word …`. A time without words lets the time pass. Words:
//! `+a` a new pod, `-a` its deletion, `a=gone`; `a=ready`, `a=unready`, `a=ended:<exit code>`, `a=oom`, `a=backoff`,
//! `a=restarted`, `a=wait:<reason>:<words>`, `a=unscheduled:<words>`, `a=failed:<reason>`, `a=succeeded`, `a=lost` (its
//! node), `a@<node>`; `!a:<reason>:<words>` an event about a pod, `!c:a:<reason>:<words>` about its container,
//! `!:<reason>:<words>` about the controller; `replicas=n`, `image=x`, `partition=n`, `ondelete`, `recreate`, `paused`,
//! `resumed`, `stuck` (the controller says so), `unobserved`, `observed`, `refused:<words>`, `allowed`,
//! `minready=<time>`, `startup=<time>` (before the first pod), `threshold=n`. An underscore is a space.
use crate::world::*;
use domain::condition::{Condition, Tristate};
use domain::controller::Strategy;
use domain::id::Kind;
use domain::judgement::Judgement;
use domain::memory::Memory;
use domain::pod::{ContainerState, Phase, Pod, PodSpec, Role};
use domain::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// Plays a script and answers what was said: `0s progressing; 5s healthy; 70s degraded crash_loop`.
///
/// On the way it holds that each judgement is the same however often it is asked for, that it survives a restart, and
/// that nothing changes before it is due.
pub(crate) fn play(script: &str) -> String {
    staged(script).said.join("; ")
}

/// The last judgement of a script.
pub(crate) fn last(script: &str) -> Judgement {
    staged(script).judgement.expect("a step")
}

/// What there is at the end of a script.
pub(crate) fn world_after(script: &str) -> World {
    staged(script).world
}

fn staged(script: &str) -> Stage {
    let mut steps = script.split(';').map(str::trim);
    let mut stage = Stage::new(steps.next().expect("a kind"));
    for step in steps {
        let mut words = step.split_whitespace();
        let now = START + span(words.next().expect("a time"));
        stage.wait_until(now);
        for word in words {
            stage.apply(word, now);
        }
        stage.settle_status(now);
        stage.judge(now);
    }
    stage
}

struct Stage {
    world: World,
    revision: u32,
    image: String,
    settled: bool,
    startup: Option<Duration>,
    memory: Memory,
    judgement: Option<Judgement>,
    said: Vec<String>,
}

impl Stage {
    fn new(head: &str) -> Self {
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
            memory: Memory::default(),
            judgement: None,
            said: Vec::new(),
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
            let progressing = Condition {
                updated: Some(now),
                ..condition("Progressing", Tristate::True, Some("ReplicaSetUpdated"), now)
            };
            put(&mut controller.conditions, progressing);
        } else if controller.kind != Kind::ReplicaSet {
            controller.revision = Some(revision.into());
        }
    }

    fn spec(&self) -> Arc<PodSpec> {
        let mut main = container_spec("app", &self.image, Role::Main);
        main.startup_probe = self.startup;
        Arc::new(pod_spec(vec![main]))
    }

    fn apply(&mut self, word: &str, now: Time) {
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
        if let Some((name, node)) = word.split_once('@') {
            self.pod(name).node = Some(node.into());
            return;
        }
        let (name, state) = word.split_once('=').unwrap_or((word, ""));
        if self.world.pods.iter().any(|pod| &*pod.name == name) {
            return self.change(name, state, now);
        }
        if name == "image" {
            self.roll(state, now);
            return self.bump();
        }
        if name == "startup" {
            self.startup = Some(span(state));
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
        let controller = self.world.controller.as_mut().expect("a controller");
        match name {
            "replicas" => {
                controller.desired = state.parse().expect("a number");
                self.bump();
            }
            "partition" => {
                controller.strategy = Strategy::RollingUpdate { partition: state.parse().expect("a number") };
            }
            "ondelete" => controller.strategy = Strategy::OnDelete,
            "recreate" => controller.strategy = Strategy::Recreate,
            "paused" => controller.paused = true,
            "resumed" => controller.paused = false,
            "unobserved" => controller.generation += 1,
            "observed" => controller.observed_generation = controller.generation,
            "stuck" => {
                let told = condition("Progressing", Tristate::False, Some("ProgressDeadlineExceeded"), now);
                put(&mut controller.conditions, told);
            }
            "minready" => controller.min_ready = span(state),
            "threshold" => {
                controller.annotations = [("maintenant.alert.restart_threshold".into(), state.into())].into();
            }
            other => panic!("no word {other}"),
        }
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
        new.owner = match self.world.id.kind {
            Kind::Pod => None,
            Kind::Deployment => Some(owner(Kind::ReplicaSet, &format!("web-r{}", self.revision))),
            _ => Some(owner(self.world.id.kind.clone(), "web")),
        };
        self.world.pods.push(new);
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

    fn change(&mut self, name: &str, state: &str, now: Time) {
        let mut parts = state.splitn(3, ':');
        let what = parts.next().expect("a well-formed script");
        let (first, second) = (parts.next().unwrap_or(""), parts.next().map(|words| words.replace('_', " ")));
        if what == "gone" {
            return self.world.pods.retain(|pod| &*pod.name != name);
        }
        let pod = self.pod(name);
        match what {
            "ready" => {
                run(pod, now);
                pod.containers[0].ready = true;
                set_ready(pod, Tristate::True, None, now);
            }
            "unready" => {
                run(pod, now);
                pod.containers[0].ready = false;
                set_ready(pod, Tristate::False, Some("ContainersNotReady"), now);
            }
            "restarted" => {
                end(pod, 1, "Error", now);
                let container = &mut pod.containers[0];
                if let ContainerState::Terminated(end) = &container.state {
                    container.last = Some(end.clone());
                }
                container.restarts += 1;
                container.state = ContainerState::Running { since: Some(now) };
                pod.phase = Phase::Running;
            }
            "ended" => end(pod, first.parse().expect("a number"), "Error", now),
            "oom" => end(pod, 137, "OOMKilled", now),
            "backoff" => {
                let container = &mut pod.containers[0];
                if let ContainerState::Terminated(end) = &container.state {
                    container.last = Some(end.clone());
                }
                container.state =
                    ContainerState::Waiting { reason: Some("CrashLoopBackOff".into()), message: None };
            }
            "wait" => {
                pod.containers[0].state =
                    ContainerState::Waiting { reason: Some(first.into()), message: second.map(Into::into) };
            }
            "unscheduled" => {
                let words =
                    state.split_once(':').map(|(_, words)| words.replace('_', " ")).unwrap_or_default();
                pod.node = None;
                pod.started = None;
                let mut told = condition("PodScheduled", Tristate::False, Some("Unschedulable"), now);
                told.message = Some(words.into());
                pod.conditions = [told].into();
            }
            "gated" => {
                pod.node = None;
                pod.started = None;
                pod.conditions =
                    [condition("PodScheduled", Tristate::False, Some("SchedulingGated"), now)].into();
            }
            "scheduled" => {
                pod.node = Some("n1".into());
                pod.started = Some(now);
                pod.conditions =
                    [condition("Ready", Tristate::False, Some("ContainersNotReady"), now)].into();
            }
            "failed" => {
                end(pod, 137, "Error", now);
                pod.phase = Phase::Failed;
                pod.reason = (!first.is_empty()).then(|| first.into());
            }
            "succeeded" => {
                end(pod, 0, "Completed", now);
                pod.phase = Phase::Succeeded;
            }
            "lost" => set_ready(pod, Tristate::False, None, now),
            other => panic!("no state {other}"),
        }
    }

    /// Writes the status that the controller would write.
    fn settle_status(&mut self, now: Time) {
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
        let told = domain::condition::find(&controller.conditions, "Progressing").cloned();
        if complete && !self.settled {
            self.settled = true;
            let mut done = condition("Progressing", Tristate::True, Some("NewReplicaSetAvailable"), now);
            done.updated = Some(now);
            put(&mut controller.conditions, done);
        } else if let Some(told) = told.filter(|told| moved && !self.settled && told.status == Tristate::True)
        {
            put(&mut controller.conditions, Condition { updated: Some(now), ..told });
        }
        let serves = controller.available > 0;
        let status = if serves { Tristate::True } else { Tristate::False };
        let known = domain::condition::find(&controller.conditions, "Available");
        if known.is_none_or(|known| known.status != status) {
            put(&mut controller.conditions, condition("Available", status, None, now));
        }
    }

    /// Lets time alone do what it does, up to that time.
    fn wait_until(&mut self, until: Time) {
        for _ in 0..1000 {
            let Some(before) = &self.judgement else { return };
            let Some(due) = before.due.filter(|due| *due < until) else {
                let early = self.world.judge(&self.memory, until - Duration::from_millis(1));
                assert_eq!((early.health, early.since), (before.health, before.since), "changed undue");
                return;
            };
            let early = self.world.judge(&self.memory, due - Duration::from_millis(1));
            assert_eq!(
                (early.health, early.since),
                (before.health, before.since),
                "changed before it was due"
            );
            assert_eq!(early.due, before.due);
            self.judge(due);
        }
        panic!("it is due without end");
    }

    fn judge(&mut self, now: Time) {
        let judgement = self.world.judge(&self.memory, now);
        assert!(judgement.due.is_none_or(|due| due > now), "due in the past");
        assert!(judgement.since <= now, "a status from the future");
        let again = self.world.judge(&judgement.memory, now);
        assert_eq!(again, judgement, "asked again");
        let restored = Memory::from_text(&judgement.memory.to_text()).expect("a memory");
        assert_eq!(restored, judgement.memory, "the memory's text");
        let restarted = self.world.judge(&restored, now);
        assert_eq!(
            (restarted.health, restarted.since),
            (judgement.health, judgement.since),
            "after a restart"
        );
        assert_eq!(restarted.diagnosis, judgement.diagnosis, "after a restart");
        let before = self.judgement.as_ref().map(|before| before.health);
        if before != Some(judgement.health) {
            let secs = judgement.since.since(START).as_secs();
            let time = if secs >= 60 && secs.is_multiple_of(60) {
                format!("{}m", secs / 60)
            } else {
                format!("{secs}s")
            };
            let faults = judgement.diagnosis.as_ref().filter(|diagnosis| diagnosis.code.is_fault());
            let code = faults.map(|diagnosis| format!(" {}", diagnosis.code.as_str()));
            self.said.push(format!("{time} {}{}", judgement.health, code.unwrap_or_default()));
        }
        self.memory = judgement.memory.clone();
        self.judgement = Some(judgement);
    }
}

fn run(pod: &mut Pod, now: Time) {
    let container = &mut pod.containers[0];
    if !matches!(container.state, ContainerState::Running { .. }) {
        if let ContainerState::Terminated(end) = &container.state {
            container.last = Some(end.clone());
        }
        if container.last.is_some() {
            container.restarts += 1;
        }
        container.state = ContainerState::Running { since: Some(now) };
    }
    pod.phase = Phase::Running;
}

fn end(pod: &mut Pod, exit_code: i32, reason: &str, now: Time) {
    let container = &mut pod.containers[0];
    let started = match &container.state {
        ContainerState::Running { since } => *since,
        ContainerState::Terminated(end) => {
            container.last = Some(end.clone());
            container.restarts += 1;
            Some(now)
        }
        _ => {
            container.restarts += u32::from(container.last.is_some());
            Some(now)
        }
    };
    container.state = ContainerState::Terminated(Box::new(ended(exit_code, reason, started, now)));
    container.ready = false;
    pod.phase = Phase::Running;
    set_ready(pod, Tristate::False, Some("ContainersNotReady"), now);
}

fn set_ready(pod: &mut Pod, status: Tristate, reason: Option<&str>, now: Time) {
    let before = pod.condition("Ready").filter(|ready| ready.status == status);
    let since = before.and_then(|ready| ready.since).unwrap_or(now);
    put(&mut pod.conditions, condition("Ready", status, reason, since));
}

fn put(conditions: &mut Box<[Condition]>, condition: Condition) {
    let mut all: Vec<Condition> = std::mem::take(conditions).into();
    all.retain(|other| other.kind != condition.kind);
    all.push(condition);
    *conditions = all.into();
}

fn drop_condition(conditions: &[Condition], kind: &str) -> Box<[Condition]> {
    conditions.iter().filter(|other| &*other.kind != kind).cloned().collect()
}

/// `90s`, `2m`, `1h`, `500ms`
pub(crate) fn span(text: &str) -> Duration {
    if let Some(millis) = text.strip_suffix("ms") {
        return Duration::from_millis(millis.parse().expect("a number"));
    }
    let (number, unit) = text.split_at(text.len() - 1);
    let secs = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        other => panic!("no unit {other}"),
    };
    Duration::from_secs(number.parse::<u64>().expect("a number") * secs)
}
