//! One pod by itself, for lists of pods.
use super::budget::Budget;
use super::fault::{self, Patient};
use super::members::{self, Standing};
use super::moment::Moment;
use super::sentence::{self, Scene};
use super::{PodJudgement, Surroundings, runs, trouble};
use crate::health::Health;
use crate::id::Kind;
use crate::memory::Memory;
use crate::pod::{Phase, Pod};
use crate::time::Time;

/// Says what is to be said of one pod.
pub(super) fn judge(pod: &Pod, surroundings: &dyn Surroundings, memory: &Memory, now: Time) -> PodJudgement {
    let moment = Moment::new(now);
    let scene = Scene { pods: 1, ..Scene::default() };
    if let Some(held) = fault::held(pod, surroundings, &moment) {
        let (health, _) = trouble::while_held(held.since, &Kind::Pod, &moment);
        return PodJudgement { health, diagnosis: sentence::say([held].iter(), scene) };
    }
    if pod.deleting.is_some() {
        let stuck = fault::terminating(pod, &moment);
        let health = if stuck.is_some() { Health::Degraded } else { Health::Progressing };
        return PodJudgement { health, diagnosis: sentence::say(stuck.iter(), scene) };
    }
    if pod.phase == Phase::Succeeded {
        return PodJudgement { health: Health::Healthy, diagnosis: None };
    }
    if pod.phase == Phase::Failed {
        let lost = fault::post_mortem(pod, surroundings);
        return PodJudgement { health: Health::Failed, diagnosis: sentence::say(lost.iter(), scene) };
    }
    let runs = runs::observe(&[pod], memory, &moment);
    let patient = Patient { pod, runs: &runs, surroundings };
    let faults = patient.faults(&moment);
    let lasting = faults.iter().any(|fault| fault.is_lasting(&moment));
    let budget = Budget::of(None, Some(&pod.spec));
    let health = match members::standing(patient, budget, false, &faults, &moment) {
        Standing::Available(_) if lasting => Health::Degraded,
        Standing::Available(_) => Health::Healthy,
        Standing::Missing { .. } if lasting => Health::Failed,
        Standing::Missing { excused_until, .. }
            if fault::is_gated(pod) || !moment.has_come(excused_until) =>
        {
            Health::Progressing
        }
        Standing::Missing { .. } => Health::Degraded,
    };
    PodJudgement { health, diagnosis: sentence::say(faults.iter(), scene) }
}
