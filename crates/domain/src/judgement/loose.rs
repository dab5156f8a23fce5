//! Bare pods, and pods of a controller of which nothing but its name is known.
use super::budget::Budget;
use super::fault::{self, Fault};
use super::finding::{Counts, Finding};
use super::members::{Company, Member, Standing, any_is_starting};
use super::moment::Moment;
use super::sentence::{self, Scene};
use super::{Facts, trouble};
use crate::diagnosis::Code;
use crate::health::Health;
use crate::id::Kind;
use crate::memory::Memory;
use crate::pod::{Phase, Pod};
use crate::time::Time;

/// Judges a workload by its pods alone: as many are desired as there are unfinished ones.
pub(super) fn judge(facts: &Facts<'_>, memory: &mut Memory, moment: &Moment) -> Finding {
    let spec = facts.newest_pod().map(|pod| &*pod.spec);
    let budget = Budget::observe(None, spec, facts.pods, &mut memory.slowest_start_secs);
    let runs = std::mem::take(&mut memory.runs);
    let company = Company { facts, runs: &runs, budget, newest: None, old_matter: true };
    let members = company.members(moment);
    let troubles = trouble::of(facts, &runs, &memory.lost, None, moment);
    let crossed = trouble::lost_crossed(&memory.lost, trouble::restart_threshold(None) as usize);
    let finding = if members.is_empty() {
        without_members(facts, &troubles, moment)
    } else {
        with_members(facts, &members, &troubles, crossed, moment)
    };
    memory.runs = runs;
    finding
}

fn with_members(
    facts: &Facts<'_>,
    members: &[Member<'_>],
    troubles: &[Fault<'_>],
    lost_crossed: Option<Time>,
    moment: &Moment,
) -> Finding {
    let desired = members.len() as u32;
    let available = members.iter().filter(|member| member.is_available()).count() as u32;
    let ready = members.iter().filter(|member| member.pod.is_ready()).count() as u32;
    let counts =
        Counts { desired: Some(desired), ready: Some(ready), updated: None, available: Some(available) };
    let bad = if available == 0 { Health::Failed } else { Health::Degraded };
    let (health, entered) = lasting(members, moment)
        .map(|(since, starting)| (if starting { Health::Degraded } else { bad }, since))
        .or_else(|| missing(members, bad, moment))
        .or_else(|| {
            let shown = troubles.iter().filter_map(|fault| fault.lasts_from);
            Some((Health::Degraded, shown.chain(lost_crossed).min()?))
        })
        .unwrap_or_else(|| (Health::Healthy, well_since(facts, members)));
    let effect = match available {
        _ if facts.id.kind == Kind::Pod || available == desired => None,
        0 => Some("Nothing serves".to_owned()),
        some => Some(format!("{some} of {desired} pods serve")),
    };
    let scene = Scene { pods: desired, effect: effect.as_deref(), ..Scene::default() };
    let faults = members.iter().flat_map(|member| member.faults.iter());
    let diagnosis = sentence::say(faults, scene).or_else(|| sentence::say(troubles.iter(), scene));
    Finding { diagnosis, ..Finding::new(health, entered, counts) }
}

/// Rule 4: since when a pod has a lasting fault, and whether another may still come up.
fn lasting(members: &[Member<'_>], moment: &Moment) -> Option<(Time, bool)> {
    let first = members.iter().filter_map(|member| member.lasting(moment)?.lasts_from).min()?;
    Some((first, any_is_starting(members, moment)))
}

/// Rule 6.
fn missing(members: &[Member<'_>], bad: Health, moment: &Moment) -> Option<(Health, Time)> {
    let mut first: Option<Time> = None;
    let mut late: Option<Time> = None;
    for member in members {
        let Standing::Missing { since, excused_until, .. } = member.standing else { continue };
        first = Some(first.map_or(since, |first| first.min(since)));
        if !fault::is_gated(member.pod) && moment.has_come(excused_until) {
            late = Some(late.map_or(excused_until, |late| late.min(excused_until)));
        }
    }
    late.map(|late| (bad, late)).or_else(|| first.map(|first| (Health::Progressing, first)))
}

fn well_since(facts: &Facts<'_>, members: &[Member<'_>]) -> Time {
    let since = members.iter().filter_map(|member| match member.standing {
        Standing::Available(since) => Some(since),
        Standing::Missing { .. } => None,
    });
    since.max().or_else(|| facts.pods.iter().map(|pod| pod.created).max()).unwrap_or(Time::from_millis(0))
}

/// Every pod is over or on its way out: the newest decides.
fn without_members(facts: &Facts<'_>, troubles: &[Fault<'_>], moment: &Moment) -> Finding {
    let counts = Counts { desired: Some(0), ready: Some(0), updated: None, available: Some(0) };
    let stuck = || troubles.iter().filter(|fault| fault.code == Code::StuckTerminating);
    if let Some(since) = stuck().map(|fault| fault.since).min() {
        let pods = facts.pods.len() as u32;
        let diagnosis = sentence::say(stuck(), Scene { pods, ..Scene::default() });
        return Finding { diagnosis, ..Finding::new(Health::Degraded, since, counts) };
    }
    let leaving = facts.pods.iter().filter_map(|pod| Some(pod.deleting? - pod.spec.termination_grace)).min();
    if let Some(leaving) = leaving {
        return Finding::new(Health::Progressing, leaving, counts);
    }
    let Some(newest) = facts.newest_pod() else {
        return Finding::new(Health::Suspended, moment.now(), counts);
    };
    if newest.phase == Phase::Succeeded {
        return Finding::new(Health::Healthy, ended_at(newest), counts);
    }
    let lost = fault::of_lost(newest);
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
