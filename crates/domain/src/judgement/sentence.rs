//! The sentence that says what is wrong: the object, the fact, the effect on service.
use super::evidence;
use super::fault::Fault;
use super::{advice, shortage, words};
use crate::diagnosis::{Code, Diagnosis};
use crate::pod::{ContainerSpec, Role};
use std::collections::BTreeSet;

/// The most nodes that a sentence names.
const MOST_NODES: usize = 3;

/// What the sentence about a fault must know of the workload around it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scene<'a> {
    /// How many pods count
    pub(super) pods: u32,
    /// What the fault does to service, as a sentence
    pub(super) effect: Option<&'a str>,
    /// How far a rollout is: "2 of 3 updated"
    pub(super) progress: Option<&'a str>,
    /// Whether the faults are those of a new version beside the old one
    pub(super) new_version: bool,
    /// Whether all containers that it is about run again, and have for a while
    pub(super) runs_on: bool,
    /// What of those that are to replace pods that cannot end
    pub(super) successors: Successors,
}

/// What is known of the pods that are to replace others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Successors {
    /// There are none, or they start.
    #[default]
    None,
    /// They are made when the others are gone.
    Wait,
    /// No node takes them.
    Unplaced,
}

/// Says the most specific of the faults once, for all the pods that have it.
pub(super) fn say<'a>(faults: impl Iterator<Item = &'a Fault<'a>>, scene: Scene<'_>) -> Option<Diagnosis> {
    let faults: Vec<&Fault<'_>> = faults.collect();
    let first = faults.iter().min_by_key(|fault| (fault.code, fault.since, fault.pod.uid))?;
    let mut same: Vec<&Fault<'_>> = faults.iter().copied().filter(|fault| fault.code == first.code).collect();
    same.sort_by_key(|fault| (fault.since, fault.pod.uid));
    // The first of each pod: two containers of it may have the same fault.
    let runs_on = same.iter().all(|fault| fault.runs_for.is_some());
    let mut told = BTreeSet::new();
    same.retain(|fault| told.insert(fault.pod.uid));
    let mut summary = fact(first, &same, Scene { runs_on, ..scene });
    words::close(&mut summary);
    for more in [scene.progress, scene.effect].into_iter().flatten() {
        summary.push(' ');
        summary.push_str(more);
        summary.push('.');
    }
    Some(Diagnosis {
        code: first.code,
        summary: summary.into(),
        evidence: evidence::of(&same),
        since: first.since,
        next_step: advice::next_step(first),
    })
}

/// The object and the fact.
fn fact(fault: &Fault<'_>, same: &[&Fault<'_>], scene: Scene<'_>) -> String {
    let who = Who { fault, affected: same.len(), scene };
    let image = || who.image();
    let place = who.place();
    let because = fault.words.map(|said| format!(": {}", words::gist(said))).unwrap_or_default();
    match fault.code {
        Code::OomKilled => {
            let limit = fault.container.and_then(|container| container.resources.memory_limit_bytes);
            let cause = match (limit, fault.pod.spec.memory_limit_bytes) {
                (Some(bytes), _) => {
                    format!("for using more memory than its limit of {}", words::bytes(bytes))
                }
                (None, Some(bytes)) => {
                    format!("because its pod used more memory than its limit of {}", words::bytes(bytes))
                }
                (None, None) => "for its use of memory, without a limit of its own".to_owned(),
            };
            format!("{} was killed {cause}{place}{}", who.container(), words::times(fault))
        }
        Code::LivenessKilling => {
            let verb = who.tense("is", "was");
            let times = words::times(fault);
            let then = who.since_then(&because);
            format!("{} {verb} killed by its liveness probe{place}{times}{then}", who.container())
        }
        Code::StartupFailing => {
            let verb =
                who.tense("does not pass its startup probe and is", "did not pass its startup probe and was");
            format!(
                "{} {verb} killed{place}{}{}",
                who.container(),
                words::times(fault),
                who.since_then(&because)
            )
        }
        Code::HookFailing => format!("The post-start hook of {} fails{place}{because}", who.of_container()),
        Code::ExecNotFound => {
            let command = words::command(fault.words.unwrap_or_default());
            let command =
                command.map_or("its command".to_owned(), |command| format!("its command `{command}`"));
            format!("{} cannot start{place}: {command} is not in image {}", who.container(), image())
        }
        Code::ImagePlatform if fault.words.is_some_and(|words| words.contains("no match for platform")) => {
            format!("Image {} is made for another architecture than the node's{place}", image())
        }
        // The kernel can't tell a program for another processor from a file that is no program.
        Code::ImagePlatform => format!(
            "{} cannot start{place} (exec format error): what it runs of image {} is made for another architecture, or \
             is no executable",
            who.container(),
            image()
        ),
        Code::StartError => format!("{} cannot be started{place}{because}", who.container()),
        Code::CrashLoop => who.crash(&place),
        Code::InitFailing => {
            format!("{} fails{place}{}{}", who.container(), words::ends(fault), words::last_line(fault))
        }
        Code::InitRunning => {
            let ran = words::span(fault.runs_for.unwrap_or_default());
            format!("{} has run for more than {ran}{place}, and the others wait for it", who.container())
        }
        Code::ConfigMissing => match fault.container {
            Some(_) => format!("{} waits for what it is configured from{place}{because}", who.container()),
            None => format!("{} for what a volume is made from{because}", who.pods("waits", "wait")),
        },
        Code::InvalidContainerConfig => {
            format!("The configuration of {} is refused{place}{because}", who.of_container())
        }
        Code::ImageInvalidName => format!("Image name {} is malformed{place}", image()),
        Code::ImageNeverPull => {
            format!("Image {} is not on the node and may not be pulled{place}", image())
        }
        Code::ImageAuth => format!("The registry does not hand out image {}{place}{because}", image()),
        Code::ImageNotFound => format!("Image {} does not exist{place}", image()),
        Code::ImageRateLimited => {
            format!("The registry limits how often image {} is pulled{place}", image())
        }
        Code::ImageRegistryUnreachable => format!("Image {} cannot be pulled{place}{because}", image()),
        Code::ImagePullSlow => format!("Image {} is still being pulled{place}", image()),
        Code::ClaimPending => {
            let name = fault.claim.map_or("", |claim| &claim.name);
            let told = fault.event.map(|event| format!(" ({})", words::gist(&event.message)));
            format!(
                "Claim `{name}` has no volume{}, so no node takes {}",
                told.unwrap_or_default(),
                who.pods_plain()
            )
        }
        Code::VolumeAttach => format!("A volume cannot be attached{place}{because}"),
        Code::VolumeMount => format!("A volume cannot be mounted{place}{because}"),
        Code::SandboxFailed => format!("The sandbox cannot be made{place}{because}"),
        Code::NodeLost if same.iter().all(|fault| fault.pod.deleting.is_some()) => {
            format!("{}: {}", nodes(same), who.cannot_end())
        }
        Code::NodeLost => {
            let why = own_word(same).map(|told| format!(" ({})", words::gist(told))).unwrap_or_default();
            format!("{}: {}{why}", nodes(same), who.pods("is not ready", "are not ready"))
        }
        Code::Evicted => format!("{}{because}", who.pods("was evicted", "were evicted")),
        Code::Preempted => {
            format!("{} for a pod of higher priority{because}", who.pods("made room", "made room"))
        }
        Code::PodRejected => {
            let reason = fault.pod.reason().map_or("no reason given", |reason| &**reason);
            let what = match reason {
                // It ran until its node was shut down.
                "Terminated" => who.pods("was ended by its node", "were ended by their nodes"),
                _ => who.pods("was turned away by its node", "were turned away by their nodes"),
            };
            format!("{what} ({reason}){because}")
        }
        Code::UnschedulableClaims
        | Code::UnschedulableVolume
        | Code::UnschedulableTaint
        | Code::UnschedulableAffinity
        | Code::UnschedulablePorts
        | Code::UnschedulableResources => {
            let told = fault.words.map(|said| format!(": {}", words::scheduling(said))).unwrap_or_default();
            format!("No node takes {}{}{told}", who.pods_plain(), shortage::say(fault, same.len()))
        }
        Code::SchedulingGated => {
            let gates: Vec<&str> = fault.pod.spec.scheduling_gates.iter().map(AsRef::as_ref).collect();
            format!(
                "{} by scheduling gates ({})",
                who.pods("is held back", "are held back"),
                gates.join(", ")
            )
        }
        Code::StuckTerminating => {
            let holders: Vec<&str> = fault.pod.finalizers().iter().take(4).map(AsRef::as_ref).collect();
            let held = if holders.is_empty() {
                String::new()
            } else {
                format!(", held by finalizer {}", holders.join(", "))
            };
            format!("{} gone{held}", who.pods("should be", "should be"))
        }
        Code::ReadinessFailing if fault.container.is_none() => {
            let fact = who.pods("is not ready", "are not ready");
            format!("{fact}, though all containers are, and nothing says why")
        }
        Code::ReadinessFailing => format!("{} runs and is not ready{place}{because}", who.container()),
        Code::ReadinessGate => {
            format!("All containers are ready and a readiness gate is not{place}{because}")
        }
        _ => format!("{} not as it should be{because}", who.pods("is", "are")),
    }
}

/// "Node `a` does not answer", "Nodes `a`, `b` and `c` do not answer", and of many how many.
fn nodes(same: &[&Fault<'_>]) -> String {
    let names: BTreeSet<&str> = same.iter().filter_map(|fault| fault.pod.node.as_deref()).collect();
    let names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let (does, do_) = match own_word(same) {
        Some(_) => ("is not ready", "are not ready"),
        None => ("does not answer", "do not answer"),
    };
    match &names[..] {
        [] => format!("The node {does}"),
        [one] => format!("Node {one} {does}"),
        [first @ .., last] if first.len() < MOST_NODES => {
            format!("Nodes {} and {last} {do_}", first.join(", "))
        }
        many => format!("{} nodes {do_}, {} among them", many.len(), many[0]),
    }
}

/// What the nodes say themselves of why they are not ready; `None` where one says nothing.
fn own_word<'a>(same: &[&Fault<'a>]) -> Option<&'a str> {
    let told: Option<Vec<&str>> = same.iter().map(|fault| fault.words).collect();
    told?.first().copied()
}

/// Whom a sentence speaks of.
#[derive(Clone, Copy)]
struct Who<'a> {
    fault: &'a Fault<'a>,
    affected: usize,
    scene: Scene<'a>,
}

impl Who<'_> {
    /// "New version `api:1.9`", "Container `app`", "Init container `migrate`"
    fn container(self) -> String {
        let Some(container) = self.fault.container else { return "A container".to_owned() };
        if self.scene.new_version && container.role == Role::Main {
            return format!("New version `{}`", words::short_image(&container.image));
        }
        format!("{} `{}`", role(container), container.name)
    }

    /// "`api:1.9`", and of an init container also which
    fn image(self) -> String {
        match self.fault.container {
            None => "of a container".to_owned(),
            Some(container) if container.role == Role::Main => format!("`{}`", container.image),
            Some(container) => format!("`{}` of {}", container.image, self.of_container()),
        }
    }

    fn of_container(self) -> String {
        let Some(container) = self.fault.container else { return "a container".to_owned() };
        format!("{} `{}`", role(container).to_lowercase(), container.name)
    }

    /// " in 2 of 3 pods"
    fn place(self) -> String {
        match (self.affected, self.scene.pods) {
            (_, 0 | 1) => String::new(),
            (1, _) => format!(" in pod {}", self.fault.pod.name),
            (some, all) => format!(" in {some} of {all} pods"),
        }
    }

    /// "pod web-1" or "2 of 3 pods"
    fn pods_plain(self) -> String {
        match self.affected {
            1 => format!("pod {}", self.fault.pod.name),
            some if some as u32 <= self.scene.pods => format!("{some} of {} pods", self.scene.pods),
            some => format!("{some} pods"),
        }
    }

    fn pods(self, one: &str, many: &str) -> String {
        let who = self.pods_plain();
        let who = who.strip_prefix("pod").map_or(who.clone(), |rest| format!("Pod{rest}"));
        format!("{who} {}", if self.affected == 1 { one } else { many })
    }

    /// "3 pods cannot end there, and those that replace them wait"
    fn cannot_end(self) -> String {
        let (who, those, them) = match self.affected {
            1 => (format!("Pod {}", self.fault.pod.name), "the one that replaces", "it"),
            many => (format!("{many} pods"), "those that replace", "them"),
        };
        let what = match self.scene.successors {
            Successors::None => String::new(),
            Successors::Wait if self.affected == 1 => format!(", and {those} {them} waits"),
            Successors::Wait => format!(", and {those} {them} wait"),
            Successors::Unplaced => format!(", and no node takes {those} {them}"),
        };
        format!("{who} cannot end there{what}")
    }

    const fn tense<'t>(self, now: &'t str, past: &'t str) -> &'t str {
        if self.scene.runs_on { past } else { now }
    }

    /// What was said when it ended, or that it runs since then; the evidence has the rest.
    fn since_then(self, said: &str) -> String {
        self.tense(said, ", and runs since then").to_owned()
    }

    fn crash(self, place: &str) -> String {
        let fault = self.fault;
        let details = words::ends(fault);
        let clean = fault.end.is_some_and(|end| end.exit_code == 0);
        let verb = match (clean, fault.lasts_from.is_some() && fault.restarts > 0) {
            (true, _) => self.tense("should run on and keeps ending", "should run on and kept ending"),
            (false, true) => self.tense("crash-loops", "crash-looped"),
            (false, false) => self.tense("has crashed", "crashed"),
        };
        let then = self.since_then(&words::last_line(fault));
        format!("{} {verb}{place}{details}{then}", self.container())
    }
}

fn role(container: &ContainerSpec) -> &'static str {
    match container.role {
        Role::Init => "Init container",
        Role::Sidecar => "Sidecar",
        Role::Main | Role::Ephemeral => "Container",
    }
}
