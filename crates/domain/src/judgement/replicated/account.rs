//! Why a workload of replicas is as it is, and what that means for service.
use super::{Case, Verdict};
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::health::Health;
use crate::id::Kind;
use crate::judgement::fault::Fault;
use crate::judgement::members::{Member, Standing};
use crate::judgement::refusal::Refusal;
use crate::judgement::sentence::{self, Scene, Successors};
use crate::judgement::{evidence, rollout, trouble, words};
use crate::time::Time;

impl Case<'_> {
    /// The most specific live cause, if there is any.
    pub(super) fn diagnose(
        &self,
        verdict: &Verdict,
        refusal: Option<&Refusal<'_>>,
        stuck: Option<Time>,
        progress: Option<&str>,
    ) -> Option<Diagnosis> {
        let effect = self.effect();
        let scene = Scene {
            pods: self.members.len() as u32,
            effect: effect.as_deref(),
            progress: progress.filter(|_| verdict.health == Health::Progressing),
            new_version: self.has_new_version(),
            runs_on: false,
            successors: Successors::None,
        };
        if let Some(silenced) = self.say_silenced(scene) {
            return Some(silenced);
        }
        if let Some(refusal) = refusal {
            return Some(refusal.diagnose(self.controller, self.members.len() as u32, scene));
        }
        let mattering = self.members.iter().filter(|member| member.matters);
        let faults = mattering.flat_map(|member| member.faults.iter());
        let found = self
            .say_held(scene)
            .or_else(|| sentence::say(faults, scene))
            .or_else(|| {
                let old = self.members.iter().filter(|member| !member.matters);
                let scene = Scene { new_version: false, ..scene };
                sentence::say(old.flat_map(|member| member.faults.iter()), scene)
            })
            .or_else(|| sentence::say(self.held.iter(), scene))
            .or_else(|| sentence::say(self.troubles.iter(), Scene { new_version: false, ..scene }))
            .or_else(|| {
                trouble::say_lost(self.facts, self.lost, verdict.entered)
                    .filter(|_| self.lost_crossed.is_some())
            });
        let found = found.or_else(|| self.say_wavering(verdict, effect.as_deref()));
        let found = found.map(|found| self.name_blocker(found));
        let found = found.or_else(|| self.say_namespace_goes(verdict));
        found.or_else(|| stuck.map(|since| self.say_stuck(since, effect.as_deref())))
    }

    /// Where nothing serves because nodes fell silent, that is what has happened, whatever else was wrong before: a quota
    /// without room, a new version that never started. A fault that lasts elsewhere is as much the cause.
    fn say_silenced(&self, scene: Scene<'_>) -> Option<Diagnosis> {
        if self.standings.serving > 0 {
            return None;
        }
        let is_lost = |fault: &&Fault<'_>| fault.code == Code::NodeLost;
        let (lost, others): (Vec<_>, Vec<_>) =
            self.members.iter().partition(|member| member.faults.iter().any(|fault| is_lost(&fault)));
        let mut served = lost.iter().filter(|member| member.has_served()).peekable();
        served.peek()?;
        let is_elsewhere = |other: &&&Member<'_>| lost.iter().all(|lost| lost.pod.node != other.pod.node);
        let lasts_elsewhere =
            || others.iter().filter(is_elsewhere).any(|other| other.lasting(self.moment).is_some());
        // An old one that served did so in spite of what is wrong with the new version.
        if served.all(|member| member.is_newest) && lasts_elsewhere() {
            return None;
        }
        let faults = lost.iter().flat_map(|member| member.faults.iter().filter(is_lost));
        sentence::say(faults, Scene { new_version: false, ..scene })
    }

    /// What became of those that are to replace pods that cannot end, where no fault of another pod outranks that.
    fn say_held(&self, scene: Scene<'_>) -> Option<Diagnosis> {
        let faults = || self.members.iter().filter(|member| member.matters).flat_map(|member| &member.faults);
        let successors = if super::keeps_place(self.controller) {
            Successors::Wait
        } else if faults().next().is_some() && faults().all(|fault| fault.pod.node.is_none()) {
            Successors::Unplaced
        } else {
            return None;
        };
        let pods = scene.pods + self.held.len() as u32;
        let scene = Scene { pods, successors, ..scene };
        self.held.first().and_then(|_| sentence::say(self.held.iter().chain(faults()), scene))
    }

    /// Whether the pods of the newest revision run another image beside those of the one before.
    fn has_new_version(&self) -> bool {
        let old = self.members.iter().any(|member| !member.is_newest && !member.matters);
        old && !rollout::image_changes(self.facts, self.standings).is_empty()
    }

    /// An ordinal that is not available, or not for long, holds up those that come after it, and where it is of an older
    /// revision even its own mending. With `podManagementPolicy: Parallel` only a new one does, and only in a rollout.
    fn name_blocker(&self, found: Diagnosis) -> Diagnosis {
        let held_up = (self.members.len() as u32) < self.controller.desired || self.standings.old > 0;
        if self.controller.kind != Kind::StatefulSet || !held_up {
            return found;
        }
        let in_the_way = if self.standings.old > 0 {
            self.members.iter().filter(|member| member.is_newest || !self.controller.is_parallel).collect()
        } else {
            super::before_missing(self.controller, self.members)
        };
        let waiting = in_the_way.into_iter().filter(|member| {
            !member.is_available() || member.lasting(self.moment).is_some() || self.wavers(member)
        });
        let Some(blocker) = waiting.min_by_key(|member| member.pod.ordinal()) else { return found };
        let name = &blocker.pod.name;
        let summary = format!("{} Pod {name} holds up the rest.", found.summary).into();
        let delete = format!("kubectl -n {} delete pod {name}", self.controller.namespace);
        let next_step = if blocker.is_newest { found.next_step } else { Some(delete.into()) };
        Diagnosis { summary, next_step, ..found }
    }

    /// Whether a pod serves that did not in between, since others are missing; for as long as a new one may take, it is
    /// their cause.
    fn wavers(&self, member: &Member<'_>) -> bool {
        let Standing::Available(since) = member.standing else { return false };
        let lost = self.short_since.is_some_and(|short| since > short);
        lost && !self.moment.has_come(since + self.standings.budget.start)
    }

    /// An ordinal that is ready at this moment, and for which those after it wait all the same.
    fn say_wavering(&self, verdict: &Verdict, effect: Option<&str>) -> Option<Diagnosis> {
        let is_bad = matches!(verdict.health, Health::Failed | Health::Degraded);
        if self.controller.kind != Kind::StatefulSet || !is_bad {
            return None;
        }
        let before = super::before_missing(self.controller, self.members);
        let pod = before.into_iter().find(|member| self.wavers(member))?.pod;
        let ready = pod.condition("Ready")?.since;
        let effect = effect.map(|effect| format!(" {effect}.")).unwrap_or_default();
        let condition = Evidence {
            kind: EvidenceKind::Condition,
            at: ready,
            object: format!("Pod/{}/{}", pod.namespace, pod.name).into(),
            text: "condition Ready is True since then, and was not before".into(),
        };
        let events =
            self.facts.surroundings.events(pod.uid).iter().filter(|event| &*event.reason == "Unhealthy");
        let told = events.max_by_key(|event| (event.last, event.uid)).map(|event| evidence::event(event));
        Some(Diagnosis {
            code: Code::ReadinessFailing,
            summary: format!("Pod {} does not stay ready.{effect}", pod.name).into(),
            evidence: std::iter::once(condition).chain(told).collect(),
            since: verdict.entered,
            next_step: Some(format!("kubectl -n {} describe pod {}", pod.namespace, pod.name).into()),
        })
    }

    /// In a namespace that is being deleted nothing new can be made.
    fn say_namespace_goes(&self, verdict: &Verdict) -> Option<Diagnosis> {
        let missing = self.standings.available < self.controller.desired;
        if !missing || !self.facts.surroundings.namespace_is_terminating() {
            return None;
        }
        let namespace = &self.controller.namespace;
        Some(Diagnosis {
            code: Code::NamespaceTerminating,
            summary: format!("Namespace {namespace} is being deleted, and all that is in it.").into(),
            evidence: vec![Evidence {
                kind: EvidenceKind::Workload,
                at: self.controller.deleting.or(Some(verdict.entered)),
                object: format!("Namespace/{namespace}/{namespace}").into(),
                text: "phase Terminating".into(),
            }],
            since: verdict.entered,
            next_step: Some(format!("kubectl get namespace {namespace} -o yaml").into()),
        })
    }

    /// What it means for service: "3 of 3 old pods still serve".
    fn effect(&self) -> Option<String> {
        let old = self.members.iter().filter(|member| !member.is_newest).count();
        let serving = self.members.iter().filter(|member| !member.is_newest && member.pod.is_ready()).count();
        let desired = self.controller.desired;
        let available = self.standings.serving;
        match (old, serving) {
            (1.., 1..) => Some(format!("{serving} of {old} old pods still serve")),
            _ if desired == 0 => None,
            _ if available == 0 => Some("Nothing serves".to_owned()),
            _ if available < desired => Some(format!("{available} of {desired} pods serve")),
            _ => None,
        }
    }

    fn say_stuck(&self, since: Time, effect: Option<&str>) -> Diagnosis {
        let controller = self.controller;
        let (updated, wanted) = (controller.updated, self.standings.wanted());
        let mut summary = format!("The rollout does not move: {updated} of {wanted} updated.");
        if let Some(effect) = effect {
            summary.push(' ');
            summary.push_str(effect);
            summary.push('.');
        }
        let (kind, namespace, name) = (controller.kind.name(), &controller.namespace, &controller.name);
        let told = controller.condition("Progressing").and_then(|told| told.message.as_deref());
        let words = told.map_or_else(|| format!("{updated} of {wanted} updated"), words::quote);
        Diagnosis {
            code: Code::RolloutStuck,
            summary: summary.into(),
            evidence: vec![Evidence {
                kind: EvidenceKind::Condition,
                at: Some(since),
                object: format!("{kind}/{namespace}/{name}").into(),
                text: words.into(),
            }],
            since,
            next_step: Some(format!("kubectl -n {namespace} describe {} {name}", kind.to_lowercase()).into()),
        }
    }
}
