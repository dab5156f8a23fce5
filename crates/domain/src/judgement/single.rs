//! One pod by itself, for lists of pods.
use super::budget::Budget;
use super::fault::{self, Patient};
use super::members::{self, Standing};
use super::moment::Moment;
use super::sentence::{self, Scene};
use super::{Membership, PodJudgement, Surroundings, runs, trouble};
use crate::health::Health;
use crate::id::Kind;
use crate::memory::Memory;
use crate::pod::{Phase, Pod};
use crate::time::Time;

/// Says what is to be said of one pod.
pub(super) fn judge(
    pod: &Pod,
    membership: Membership<'_>,
    surroundings: &dyn Surroundings,
    now: Time,
) -> PodJudgement {
    let Membership { controller, memory } = membership;
    let unseen = Memory::default();
    let memory = memory.unwrap_or(&unseen);
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
    let budget = Budget::of(controller, Some(&pod.spec)).after(memory.slowest_start_secs);
    let is_daemon = pod.owner.as_ref().is_some_and(|owner| owner.kind == Kind::DaemonSet);
    // As long as it moves, a rollout judges its pods by its own deadline.
    let moves =
        memory.rollout.as_ref().is_some_and(|open| !moment.has_come(open.progressed + budget.deadline));
    let health = match members::standing(patient, budget, is_daemon, &faults, &moment) {
        Standing::Available(_) if lasting => Health::Degraded,
        Standing::Available(_) => Health::Healthy,
        Standing::Missing { .. } if lasting => Health::Failed,
        Standing::Missing { excused_until, .. }
            if moves || fault::is_gated(pod) || !moment.has_come(excused_until) =>
        {
            Health::Progressing
        }
        Standing::Missing { .. } => Health::Degraded,
    };
    PodJudgement { health, diagnosis: sentence::say(faults.iter(), scene) }
}
