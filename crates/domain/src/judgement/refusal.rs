//! Pods that may not be made: admission, quotas and webhooks refuse them, and no pod is there to show it.
use super::Facts;
use super::fault::names_missing_config;
use super::sentence::Scene;
use super::{evidence, rollout, words};
use crate::condition::{Condition, Tristate};
use crate::controller::Controller;
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::event::Event;
use crate::id::Kind;
use crate::pod::Pod;
use crate::time::Time;

/// Creation of pods is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal<'a> {
    pub(super) code: Code,
    /// The API server's words
    pub(super) words: &'a str,
    pub(super) since: Time,
    /// The object that was refused its pods
    pub(super) by: &'a Controller,
    pub(super) event: Option<&'a Event>,
}

/// Whether pods that are missing may not be made; asked only while there are fewer than desired.
pub(super) fn of<'a>(facts: &Facts<'a>, controller: &'a Controller) -> Option<Refusal<'a>> {
    let maker = match controller.kind {
        Kind::Deployment => rollout::newest_child(facts, controller).unwrap_or(controller),
        _ => controller,
    };
    let made_by = |pod: &&&Pod| pod.owner.as_ref().is_some_and(|owner| owner.uid == maker.uid);
    let newest_pod = facts.pods.iter().filter(made_by).map(|pod| pod.created).max();
    let event = latest(facts, maker, "FailedCreate");
    let made =
        latest(facts, maker, "SuccessfulCreate").map(|event| event.last).into_iter().chain(newest_pod).max();
    let failing = [maker, controller].into_iter().find_map(|object| {
        let condition = object.condition("ReplicaFailure")?;
        let is_create = condition.reason.as_deref() != Some("FailedDelete");
        (condition.status == Tristate::True && is_create).then_some(condition)
    });
    let event = event.filter(|event| failing.is_some() || made.is_none_or(|made| made < event.last));
    let words = failing.and_then(message).or_else(|| event.map(|event| &*event.message))?;
    let first = event.map(|event| event.first);
    let since = failing.and_then(|condition| condition.since).or(first).unwrap_or(maker.created);
    Some(Refusal { code: cause(words), words: tidy(words), since, by: maker, event })
}

fn message(condition: &Condition) -> Option<&str> {
    condition.message.as_deref()
}

fn latest<'a>(facts: &Facts<'a>, object: &Controller, reason: &str) -> Option<&'a Event> {
    let events = facts.surroundings.events(object.uid).iter().map(AsRef::as_ref);
    events.filter(|event: &&Event| &*event.reason == reason).max_by_key(|event| (event.last, event.uid))
}

/// The words without what the event recorder and the controller put before them.
fn tidy(words: &str) -> &str {
    let words = words.strip_prefix("(combined from similar events): ").unwrap_or(words);
    let words = words.strip_prefix("Error creating: ").unwrap_or(words);
    // A StatefulSet's controller names the pod and the set, which are named anyway.
    let of_set = words.strip_prefix("create Pod ").and_then(|words| words.split_once(" failed error: "));
    of_set.map_or(words, |(_, words)| words)
}

/// What the API server's words mean.
fn cause(words: &str) -> Code {
    let has = |part: &str| words.contains(part);
    if has("exceeded quota") || has("failed quota") {
        Code::QuotaExceeded
    } else if has("violates PodSecurity") {
        Code::PodSecurityDenied
    } else if has("failed calling webhook") || has("failed to call webhook") {
        Code::WebhookUnreachable
    } else if has("because it is being terminated") {
        Code::NamespaceTerminating
    } else if has("error looking up service account")
        || (has("serviceaccount") && names_missing_config(words))
    {
        Code::ConfigMissing
    } else {
        Code::AdmissionDenied
    }
}

impl Refusal<'_> {
    /// Whether the quota has room, and the pods do not say how much of it they take.
    fn wants_limits(&self) -> bool {
        self.words.contains("failed quota") && self.words.contains("must specify")
    }

    /// Says that pods may not be made.
    pub(super) fn diagnose(&self, controller: &Controller, pods: u32, scene: Scene<'_>) -> Diagnosis {
        let missing = controller.desired.saturating_sub(pods).max(1);
        let of = controller.desired.max(missing);
        let words = words::gist(self.words);
        let fact = match self.code {
            Code::QuotaExceeded if self.wants_limits() => {
                format!("{missing} of {of} pods do not ask for what the quota counts: {words}")
            }
            Code::QuotaExceeded => format!("The quota has no room for {missing} of {of} pods: {words}"),
            // How to mend each violation stands behind it in brackets, and with the evidence.
            Code::PodSecurityDenied => {
                let violations = words::gist(&words::without_asides(self.words));
                format!("The namespace's pod security refuses {missing} of {of} pods: {violations}")
            }
            Code::WebhookUnreachable => {
                let is_distrusted = ["x509: ", "tls: "].iter().any(|part| self.words.contains(part));
                let lack =
                    if is_distrusted { "a webhook is not trusted" } else { "a webhook does not answer" };
                format!("{missing} of {of} pods cannot be made, {lack}: {words}")
            }
            Code::NamespaceTerminating => {
                format!("{missing} of {of} pods cannot be made, their namespace is being deleted")
            }
            Code::ConfigMissing => format!("{missing} of {of} pods lack what they need: {words}"),
            _ => format!("{missing} of {of} pods are refused: {words}"),
        };
        let mut summary = fact;
        words::close(&mut summary);
        if let Some(effect) = scene.effect {
            summary.push(' ');
            summary.push_str(effect);
            summary.push('.');
        }
        let (kind, namespace, name) = (self.by.kind.name(), &self.by.namespace, &self.by.name);
        let condition = Evidence {
            kind: EvidenceKind::Condition,
            at: Some(self.since),
            object: format!("{kind}/{namespace}/{name}").into(),
            text: words::show(self.words).into(),
        };
        let next_step = match self.code {
            Code::QuotaExceeded if self.wants_limits() => {
                "Set the requests and limits that the quota names, or let a LimitRange set them.".to_owned()
            }
            Code::QuotaExceeded => format!("kubectl -n {namespace} describe resourcequota"),
            Code::PodSecurityDenied => {
                "Mend the pods' securityContext, or the namespace's pod security level.".to_owned()
            }
            Code::WebhookUnreachable => "Mend the webhook, or remove its configuration.".to_owned(),
            Code::ConfigMissing => format!("kubectl -n {namespace} get serviceaccounts"),
            _ => format!("kubectl -n {namespace} describe {} {name}", kind.to_lowercase()),
        };
        Diagnosis {
            code: self.code,
            summary: summary.into(),
            evidence: std::iter::once(condition).chain(self.event.map(evidence::event)).collect(),
            since: self.since,
            next_step: Some(next_step.into()),
        }
    }
}
