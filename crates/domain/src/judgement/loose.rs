//! Bare pods, and pods of a controller of which nothing is known but its name and, at most, the ReplicaSets that it made.
use super::budget::Budget;
use super::fault::{self, Fault};
use super::finding::{Counts, Finding};
use super::members::{Company, Member, Standing, any_is_starting};
use super::moment::Moment;
use super::refusal::{self, Refusal};
use super::sentence::{self, Scene};
use super::{Facts, threshold, trouble};
use crate::controller::Controller;
use crate::health::Health;
use crate::id::Kind;
use crate::memory::{LostPod, Memory};
use crate::pod::{Phase, Pod};
use crate::time::Time;

/// Judges a workload by its pods: as many are desired as its ReplicaSets ask for, and each pod of another maker that is not
/// finished.
pub(super) fn judge(facts: &Facts<'_>, memory: &mut Memory, moment: &Moment) -> Finding {
    let spec = facts.newest_pod().map(|pod| &*pod.spec);
    let budget = Budget::observe(None, spec, facts.pods, &mut memory.slowest_start_secs);
    let runs = std::mem::take(&mut memory.runs);
    let company = Company { facts, runs: &runs, budget, newest: None, old_matter: true };
    let members = company.members(moment);
    let desired = desired(facts, &members);
    let short = (members.len() as u32) < desired;
    memory.short_since = short.then(|| memory.short_since.unwrap_or(moment.now()).min(moment.now()));
    let held = trouble::held(facts, moment);
    let troubles = trouble::of(facts, &runs, &memory.lost, None, moment);
    let case = Case {
        facts,
        members: &members,
        desired,
        short_until: memory.short_since.map(|since| (since, since + budget.start)),
        troubles: &troubles,
        held: &held,
        lost: &memory.lost,
        lost_crossed: trouble::lost_crossed(&memory.lost, threshold::restarts(None) as usize),
        moment,
    };
    let finding = if desired == 0 && members.is_empty() {
        say_held(facts, &held, moment).unwrap_or_else(|| without_members(facts, &troubles, moment))
    } else {
        case.decide()
    };
    memory.runs = runs;
    finding
}

/// The ReplicaSets by which pods are asked for, newest first.
fn replica_sets<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a Controller> {
    facts.children.iter().copied().filter(|child| child.kind == Kind::ReplicaSet)
}

fn is_of(pod: &Pod, set: &Controller) -> bool {
    pod.owner.as_ref().is_some_and(|owner| owner.uid == set.uid)
}

fn desired(facts: &Facts<'_>, members: &[Member<'_>]) -> u32 {
    let asked = replica_sets(facts).fold(0, |sum: u32, set| sum.saturating_add(set.desired));
    let others = members.iter().filter(|member| !replica_sets(facts).any(|set| is_of(member.pod, set)));
    asked.saturating_add(others.count() as u32)
}

/// A workload that is asked for pods, in all that the rules look at.
struct Case<'a> {
    facts: &'a Facts<'a>,
    members: &'a [Member<'a>],
    desired: u32,
    /// Since when there are fewer pods than asked for, and how long that is excused
    short_until: Option<(Time, Time)>,
    troubles: &'a [Fault<'a>],
    /// Pods that should go and cannot, since their nodes do not answer
    held: &'a [Fault<'a>],
    lost: &'a [LostPod],
    lost_crossed: Option<Time>,
    moment: &'a Moment,
}

impl Case<'_> {
    fn decide(&self) -> Finding {
        let members = self.members;
        let desired = self.desired;
        let available = members.iter().filter(|member| member.is_available()).count() as u32;
        let ready = members.iter().filter(|member| member.pod.is_ready()).count() as u32;
        let counts =
            Counts { desired: Some(desired), ready: Some(ready), updated: None, available: Some(available) };
        let bad = if available == 0 { Health::Failed } else { Health::Degraded };
        let refused = self.refused();
        let refusal = refused.as_ref().map(|(_, refusal)| refusal);
        let (health, entered) = self
            .lasting(refusal)
            .map(|(since, starting)| (if starting { Health::Degraded } else { bad }, since))
            .or_else(|| self.missing(available, bad))
            .or_else(|| {
                let shown = self.troubles.iter().filter_map(|fault| fault.lasts_from);
                Some((Health::Degraded, shown.chain(self.lost_crossed).min()?))
            })
            .unwrap_or_else(|| (Health::Healthy, well_since(self.facts, members)));
        let effect = match available {
            _ if self.facts.id.kind == Kind::Pod || available >= desired => None,
            0 => Some("Nothing serves".to_owned()),
            some => Some(format!("{some} of {desired} pods serve")),
        };
        let scene = Scene { pods: members.len() as u32, effect: effect.as_deref(), ..Scene::default() };
        let faults = members.iter().flat_map(|member| member.faults.iter());
        let diagnosis = refused
            .map(|(set, refusal)| refusal.diagnose(set, self.pods_of(set), scene))
            .or_else(|| sentence::say(faults, scene))
            .or_else(|| sentence::say(self.held.iter(), scene))
            .or_else(|| sentence::say(self.troubles.iter(), scene))
            .or_else(|| self.lost_crossed.and_then(|_| trouble::say_lost(self.facts, self.lost, entered)));
        Finding { diagnosis, ..Finding::new(health, entered, counts) }
    }

    fn pods_of(&self, set: &Controller) -> u32 {
        self.members.iter().filter(|member| is_of(member.pod, set)).count() as u32
    }

    /// The newest ReplicaSet that may not make the pods that it lacks.
    fn refused(&self) -> Option<(&Controller, Refusal<'_>)> {
        let mut short = replica_sets(self.facts).filter(|set| self.pods_of(set) < set.desired);
        short.find_map(|set| Some((set, refusal::of(self.facts, set)?)))
    }

    /// Rule 4: since when a pod has a lasting fault or may not be made, and whether another may still come up.
    fn lasting(&self, refusal: Option<&Refusal<'_>>) -> Option<(Time, bool)> {
        let faults = self.members.iter().filter_map(|member| member.lasting(self.moment)?.lasts_from);
        let first = faults.chain(refusal.map(|refusal| refusal.since)).min()?;
        Some((first, any_is_starting(self.members, self.moment)))
    }

    /// Rule 6.
    fn missing(&self, available: u32, bad: Health) -> Option<(Health, Time)> {
        if available >= self.desired {
            return None;
        }
        let mut first: Option<Time> = None;
        let mut late: Option<Time> = None;
        let mut add = |since: Time, excused_until: Option<Time>| {
            first = Some(first.map_or(since, |first| first.min(since)));
            if let Some(until) = excused_until.filter(|until| self.moment.has_come(*until)) {
                late = Some(late.map_or(until, |late| late.min(until)));
            }
        };
        for member in self.members {
            let Standing::Missing { since, excused_until, .. } = member.standing else { continue };
            add(since, Some(excused_until).filter(|_| !fault::is_gated(member.pod)));
        }
        if let Some((since, until)) = self.short_until {
            add(since, Some(until));
        }
        late.map(|late| (bad, late)).or_else(|| first.map(|first| (Health::Progressing, first)))
    }
}

fn well_since(facts: &Facts<'_>, members: &[Member<'_>]) -> Time {
    let since = members.iter().filter_map(|member| match member.standing {
        Standing::Available(since) => Some(since),
        Standing::Missing { .. } => None,
    });
    since.max().or_else(|| facts.pods.iter().map(|pod| pod.created).max()).unwrap_or(Time::from_millis(0))
}

/// What is left cannot end, since its node does not answer: it is as lost as before somebody deleted it.
fn say_held(facts: &Facts<'_>, held: &[Fault<'_>], moment: &Moment) -> Option<Finding> {
    let since =
        held.iter().map(|fault| fault.since).min().filter(|_| replica_sets(facts).next().is_none())?;
    let (health, entered) = trouble::while_held(since, &facts.id.kind, moment);
    let pods = held.len() as u32;
    let counts = Counts { desired: Some(pods), ready: Some(0), updated: None, available: Some(0) };
    let effect = (facts.id.kind != Kind::Pod).then_some("Nothing serves");
    let diagnosis = sentence::say(held.iter(), Scene { pods, effect, ..Scene::default() });
    Some(Finding { diagnosis, ..Finding::new(health, entered, counts) })
}

/// Every pod is over or on its way out: the newest decides.
fn without_members(facts: &Facts<'_>, troubles: &[Fault<'_>], moment: &Moment) -> Finding {
    let counts = Counts { desired: Some(0), ready: Some(0), updated: None, available: Some(0) };
    let stuck = || troubles.iter().filter(|fault| fault.pod.deleting.is_some());
    if let Some(since) = stuck().map(|fault| fault.since).min() {
        let pods = facts.pods.len() as u32;
        let diagnosis = sentence::say(stuck(), Scene { pods, ..Scene::default() });
        return Finding { diagnosis, ..Finding::new(Health::Degraded, since, counts) };
    }
    let leaving = facts.pods.iter().filter_map(|pod| Some(pod.deleting? - pod.spec.termination_grace)).min();
    if let Some(leaving) = leaving {
        return Finding::new(Health::Progressing, leaving, counts);
    }
    let newest = facts.newest_pod().filter(|_| replica_sets(facts).next().is_none());
    let Some(newest) = newest else {
        return Finding::new(Health::Suspended, moment.now(), counts);
    };
    if newest.phase == Phase::Succeeded {
        return Finding::new(Health::Healthy, ended_at(newest), counts);
    }
    let lost = fault::post_mortem(newest, facts.surroundings);
    let entered = lost.as_ref().map_or(newest.created, |fault| fault.since);
    let scene = Scene { pods: 1, ..Scene::default() };
    let diagnosis = sentence::say(lost.iter(), scene);
    Finding { diagnosis, ..Finding::new(Health::Failed, entered, counts) }
}

/// When a finished pod's last container ended.
pub(super) fn ended_at(pod: &Pod) -> Time {
    let ends = pod.each_container().filter_map(|(_, container)| match &container.state {
        crate::pod::ContainerState::Terminated(end) => end.finished,
        _ => None,
    });
    let ready = pod.condition("Ready").and_then(|ready| ready.since);
    ends.max().or(ready).unwrap_or(pod.created)
}
