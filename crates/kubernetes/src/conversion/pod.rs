//! `v1 Pod`, and the template that pods are made from.

use super::requests::requests;
use super::{Convert, amount, condition, count, created, message, owner, seconds, showable};
use crate::api;
use crate::api::meta::ObjectMeta;
use crate::api::pod::{ContainerStatus, PodTemplate, ResourceRequirements};
use crate::api::quantity::Quantity;
use crate::api::time;
use crate::cause;
use crate::interner::Interner;
use domain::id::{Kind, Uid};
use domain::observation::Object;
use domain::pod::{
    Container, ContainerSpec, ContainerState, Phase, Pod, PodSpec, Resources, RestartPolicy, Role,
    Termination, Uncommon,
};
use domain::text::Text;
use std::sync::Arc;
use std::time::Duration;

/// What the API server fills in where a probe or a pod leaves it out.
const PERIOD_SECONDS: i32 = 10;
const FAILURE_THRESHOLD: i32 = 3;
const TERMINATION_GRACE_SECONDS: i64 = 30;

impl Convert for api::pod::Pod {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let spec = self.spec.unwrap_or_default();
        let status = self.status.unwrap_or_default();
        let owner = owner(&metadata, interner).filter(|owner| !is_mirror(&metadata, &owner.kind));
        let under_daemon_set = owner.as_ref().is_some_and(|owner| owner.kind == Kind::DaemonSet);
        let revision = revision(&metadata, under_daemon_set).map(|revision| interner.text(revision));
        let claims = claims(&metadata.name, &spec, interner);
        let node = interner.optional(&spec.node_name);
        let intended_node = match &node {
            Some(_) => None,
            None => intended_node(&spec).map(|node| interner.text(node)),
        };
        let uncommon = Uncommon {
            reason: interner.optional(&status.reason),
            message: message(&status.message, interner),
            intended_node,
            nominated_node: interner.optional(&status.nominated_node_name),
            finalizers: metadata.finalizers.iter().map(|finalizer| interner.text(finalizer)).collect(),
        };
        let conditions = status.conditions.into_iter().filter(|condition| match &*condition.r#type {
            "Ready" => true,
            "DisruptionTarget" => condition.status == "True",
            _ => condition.status != "True",
        });
        let conditions = conditions.map(|telling| condition(telling, interner)).collect();
        let spec = pod_spec(&spec, interner);
        let containers = spec.containers.iter().map(|spec| {
            let statuses = status.container_statuses.iter();
            statuses
                .chain(&status.init_container_statuses)
                .chain(&status.ephemeral_container_statuses)
                .find(|status| status.name == *spec.name)
                .map_or_else(unreported, |status| container(status, interner))
        });
        Object::Pod(Arc::new(Pod {
            uid: Uid::parse(&metadata.uid),
            containers: containers.collect(),
            namespace: interner.text(&metadata.namespace),
            name: metadata.name.as_str().into(),
            owner,
            node,
            revision,
            phase: phase(&status.phase),
            created: created(&metadata),
            deleting: time::known(metadata.deletion_timestamp),
            started: time::known(status.start_time),
            conditions,
            spec,
            claims,
            ip: status.pod_ip.parse().ok(),
            uncommon: uncommon.boxed(),
        }))
    }
}

/// What a template asks for. The pods made from it ask for the same, so they share it.
pub(super) fn template(template: Option<&PodTemplate>, interner: &mut Interner) -> Option<Arc<PodSpec>> {
    Some(pod_spec(template?.spec.as_ref()?, interner))
}

fn pod_spec(spec: &api::pod::PodSpec, interner: &mut Interner) -> Arc<PodSpec> {
    let init = spec.init_containers.iter().map(|container| {
        (container, if container.restart_policy == "Always" { Role::Sidecar } else { Role::Init })
    });
    let main = spec.containers.iter().map(|container| (container, Role::Main));
    let ephemeral = spec.ephemeral_containers.iter().filter_map(|outer| outer.container.as_ref());
    let all = init.chain(main).chain(ephemeral.map(|container| (container, Role::Ephemeral)));
    let containers = all.map(|(container, role)| container_spec(container, role, interner)).collect();
    let gates = spec.readiness_gates.iter().map(|gate| interner.text(&gate.condition_type)).collect();
    let requests = requests(spec);
    let spec = PodSpec {
        containers,
        requests,
        restart_policy: match &*spec.restart_policy {
            "OnFailure" => RestartPolicy::OnFailure,
            "Never" => RestartPolicy::Never,
            _ => RestartPolicy::Always,
        },
        readiness_gates: gates,
        scheduling_gates: spec.scheduling_gates.iter().map(|gate| interner.text(&gate.name)).collect(),
        memory_limit_bytes: spec
            .resources
            .as_ref()
            .and_then(|asked| amount(&asked.limits, "memory"))
            .and_then(Quantity::units),
        termination_grace: seconds(
            spec.termination_grace_period_seconds.unwrap_or(TERMINATION_GRACE_SECONDS),
        ),
    };
    interner.spec(spec)
}

fn container_spec(container: &api::pod::Container, role: Role, interner: &mut Interner) -> ContainerSpec {
    ContainerSpec {
        name: interner.text(&container.name),
        image: interner.text(&container.image),
        role,
        resources: container.resources.as_ref().map(resources).unwrap_or_default(),
        startup_probe: container.startup_probe.map(allowance),
        readiness_probe: container.readiness_probe.map(allowance),
        liveness_probe: container.liveness_probe.is_some(),
    }
}

fn resources(resources: &ResourceRequirements) -> Resources {
    let ResourceRequirements { limits, requests } = resources;
    Resources {
        cpu_request_millicores: amount(requests, "cpu").and_then(Quantity::thousandths),
        cpu_limit_millicores: amount(limits, "cpu").and_then(Quantity::thousandths),
        memory_request_bytes: amount(requests, "memory").and_then(Quantity::units),
        memory_limit_bytes: amount(limits, "memory").and_then(Quantity::units),
    }
}

/// How long a probe may fail before it counts.
fn allowance(probe: api::pod::Probe) -> Duration {
    // Zero is how an unset number may arrive; the API allows none.
    let or_default = |number: Option<i32>, default| number.filter(|number| *number > 0).unwrap_or(default);
    let period = count(or_default(probe.period_seconds, PERIOD_SECONDS));
    let threshold = count(or_default(probe.failure_threshold, FAILURE_THRESHOLD));
    let delay = count(probe.initial_delay_seconds);
    Duration::from_secs(u64::from(delay) + u64::from(threshold) * u64::from(period))
}

fn container(status: &ContainerStatus, interner: &mut Interner) -> Container {
    Container {
        state: state(status.state.as_ref(), interner),
        ready: status.ready,
        restarts: count(status.restart_count),
        last: status
            .last_state
            .as_ref()
            .and_then(|last| last.terminated.as_ref())
            .map(|terminated| Box::new(termination(terminated, interner))),
    }
}

fn unreported() -> Container {
    Container { state: ContainerState::Unreported, ready: false, restarts: 0, last: None }
}

/// A state with nothing set means waiting, says the API.
fn state(state: Option<&api::pod::ContainerState>, interner: &mut Interner) -> ContainerState {
    let Some(state) = state else { return ContainerState::Waiting { reason: None, message: None } };
    if let Some(terminated) = &state.terminated {
        ContainerState::Terminated(Box::new(termination(terminated, interner)))
    } else if let Some(running) = &state.running {
        ContainerState::Running { since: time::known(running.started_at) }
    } else {
        let (reason, text) =
            state.waiting.as_ref().map_or(("", ""), |waiting| (&waiting.reason, &waiting.message));
        ContainerState::Waiting { reason: interner.optional(reason), message: message(text, interner) }
    }
}

fn termination(terminated: &api::pod::Terminated, interner: &mut Interner) -> Termination {
    // The end of a log is never the same twice.
    let message: Option<Text> =
        (!terminated.message.is_empty()).then(|| (&*showable(&terminated.message)).into());
    let gist = message.as_ref().and_then(|message| {
        let gist = cause::of_message(message)?;
        Some(if gist == **message { message.clone() } else { gist.into() })
    });
    Termination {
        exit_code: terminated.exit_code,
        signal: (terminated.signal != 0).then_some(terminated.signal),
        reason: interner.optional(&terminated.reason),
        message,
        gist,
        started: time::known(terminated.started_at),
        finished: time::known(terminated.finished_at),
    }
}

fn phase(phase: &str) -> Phase {
    match phase {
        "Running" => Phase::Running,
        "Succeeded" => Phase::Succeeded,
        "Failed" => Phase::Failed,
        // The API server writes it from the first moment on.
        "" | "Pending" => Phase::Pending,
        _ => Phase::Unknown,
    }
}

/// A static pod's image in the API: its node is named as the owner, but nobody would look for it there.
fn is_mirror(metadata: &ObjectMeta, owner: &Kind) -> bool {
    let by_node = matches!(owner, Kind::Foreign { group, kind } if group.is_empty() && &**kind == "Node");
    by_node || metadata.annotation("kubernetes.io/config.mirror").is_some()
}

fn revision(metadata: &ObjectMeta, under_daemon_set: bool) -> Option<&str> {
    let generation = if under_daemon_set { metadata.label("pod-template-generation") } else { None };
    generation
        .or_else(|| metadata.label("pod-template-hash"))
        .or_else(|| metadata.label("controller-revision-hash"))
}

fn claims(pod: &str, spec: &api::pod::PodSpec, interner: &mut Interner) -> Box<[Text]> {
    let mut claims = Vec::new();
    for volume in &spec.volumes {
        let Some(source) = &volume.source else { continue };
        if let Some(claim) = &source.persistent_volume_claim {
            claims.push(interner.text(&claim.claim_name));
        } else if source.ephemeral.is_some() {
            claims.push(interner.text(&format!("{pod}-{}", volume.name)));
        }
    }
    claims.into()
}

/// The DaemonSet controller binds each pod to its node by `matchFields` on `metadata.name`.
fn intended_node(spec: &api::pod::PodSpec) -> Option<&str> {
    let required = spec.affinity.as_ref()?.node_affinity.as_ref()?.required.as_ref()?;
    let mut fields = required.node_selector_terms.iter().flat_map(|term| &term.match_fields);
    let field = fields.find(|field| field.key == "metadata.name" && field.operator == "In")?;
    match &field.values[..] {
        [node] => Some(node),
        _ => None,
    }
}
