//! Deployments, ReplicaSets, StatefulSets and DaemonSets.
use super::budget::Budget;
use super::fault::Fault;
use super::finding::{Counts, Finding};
use super::members::{Company, Member, Standing, any_is_starting};
use super::moment::Moment;
use super::refusal::{self, Refusal};
use super::rollout::{self, Change, Standings};
use super::{Facts, Rollout, RolloutState, threshold, trouble};
use crate::condition::Tristate;
use crate::controller::{Controller, Strategy};
use crate::health::Health;
use crate::id::Kind;
use crate::memory::Memory;
use crate::pod::Pod;
use crate::time::Time;

mod account;

/// Judges a workload by its controller and its pods; the first rule that matches decides.
pub(super) fn judge(
    facts: &Facts<'_>,
    controller: &Controller,
    memory: &mut Memory,
    moment: &Moment,
) -> Finding {
    let budget = Budget::observe(
        Some(controller),
        controller.template.as_deref(),
        facts.pods,
        &mut memory.slowest_start_secs,
    );
    let newest = rollout::newest_revision(facts, controller);
    let ordered = controller.kind == Kind::StatefulSet;
    let runs = std::mem::take(&mut memory.runs);
    let company = Company {
        facts,
        runs: &runs,
        budget,
        newest: newest.map(AsRef::as_ref),
        old_matter: ordered || controller.strategy == Strategy::OnDelete,
    };
    let members = company.members(moment);
    let count =
        |which: &dyn Fn(&Member<'_>) -> bool| members.iter().filter(|member| which(member)).count() as u32;
    let serving = count(&|member| member.is_available());
    let standings = Standings {
        controller,
        budget,
        is_observed: rollout::is_observed(facts, controller, memory, moment),
        newest,
        old: count(&|member| !member.is_newest && !is_kept(controller, member)),
        available: controller.available.min(serving),
        serving,
        newest_ready: count(&|member| member.is_newest && member.pod.is_ready()),
        newest_available: count(&|member| member.is_newest && member.is_available()),
    };
    let change = rollout::advance(facts, &standings, memory, moment);
    let held = trouble::held(facts, moment);
    memory.short_since = short_since(facts, controller, &members, &held, budget, memory, moment);
    let troubles = trouble::of(facts, &runs, &memory.lost, Some(controller), moment);
    let case = Case {
        facts,
        controller,
        members: &members,
        standings: &standings,
        change: change.as_ref(),
        troubles: &troubles,
        held: &held,
        lost: &memory.lost,
        lost_crossed: trouble::lost_crossed(&memory.lost, threshold::restarts(Some(controller)) as usize),
        short_since: memory.short_since,
        suspended_since: memory
            .status
            .filter(|(health, _)| *health == Health::Suspended)
            .map(|(_, since)| since),
        moment,
    };
    let finding = case.decide();
    memory.runs = runs;
    finding
}

/// Whether a pod of an older revision is meant to stay: below a StatefulSet's partition.
fn is_kept(controller: &Controller, member: &Member<'_>) -> bool {
    member.pod.ordinal().is_some_and(|ordinal| controller.strategy.keeps(ordinal))
}

/// Since when there are fewer pods than asked for. One that is on its way out in good order holds its place until the
/// end of its grace period.
fn short_since(
    facts: &Facts<'_>,
    controller: &Controller,
    members: &[Member<'_>],
    held: &[Fault<'_>],
    budget: Budget,
    memory: &Memory,
    moment: &Moment,
) -> Option<Time> {
    // One that cannot end on a silent node keeps its place there, and no other is made for it.
    let in_place = if keeps_place(controller) { members.len() + held.len() } else { members.len() };
    if in_place as u32 >= controller.desired {
        return None;
    }
    let told = || {
        let available = controller.condition("Available").filter(|told| told.status == Tristate::False);
        available.and_then(|told| told.since).filter(|_| memory.watch.from.is_none())
    };
    let since = memory.short_since.or_else(told).unwrap_or(moment.now()).min(moment.now());
    let takes_turns = keeps_place(controller) || controller.strategy == Strategy::Recreate;
    let is_held = |pod: &Pod| held.iter().any(|fault| fault.pod.uid == pod.uid);
    let leaving = facts.pods.iter().filter(|pod| !is_held(pod)).filter_map(|pod| pod.deleting);
    let leaving = leaving.max().filter(|_| takes_turns);
    let turn = if controller.kind == Kind::StatefulSet { turn(controller, members, budget) } else { None };
    leaving.into_iter().chain(turn).chain([since]).max()
}

/// Whether a pod is replaced only when it is gone.
const fn keeps_place(controller: &Controller) -> bool {
    matches!(controller.kind, Kind::StatefulSet | Kind::DaemonSet)
}

/// From when on a StatefulSet can be expected to make the first ordinal that is missing: when all before it serve, which
/// have their own time for that. It begins with their last start: one that loses its readiness again and again would be
/// waited for without end.
fn turn(controller: &Controller, members: &[Member<'_>], budget: Budget) -> Option<Time> {
    let served = before_missing(controller, members).into_iter().map(|member| {
        let serves = match member.standing {
            Standing::Available(since) => since,
            Standing::Missing { excused_until, .. } => excused_until,
        };
        member.last_start().map_or(serves, |start| serves.min(start + budget.start))
    });
    served.max()
}

/// The pods of a StatefulSet for which the first ordinal that is missing waits, in order.
fn before_missing<'m, 'a>(controller: &Controller, members: &'m [Member<'a>]) -> Vec<&'m Member<'a>> {
    if controller.is_parallel {
        return Vec::new();
    }
    let mut present: Vec<(u32, &Member<'_>)> =
        members.iter().filter_map(|member| Some((member.pod.ordinal()?, member))).collect();
    present.sort_unstable_by_key(|(ordinal, _)| *ordinal);
    let in_row = (controller.strategy.first_ordinal()..).zip(present);
    in_row.take_while(|(expected, (ordinal, _))| expected == ordinal).map(|(_, (_, member))| member).collect()
}

/// One workload in all that the rules look at.
struct Case<'a> {
    facts: &'a Facts<'a>,
    controller: &'a Controller,
    members: &'a [Member<'a>],
    standings: &'a Standings<'a>,
    change: Option<&'a Change>,
    troubles: &'a [Fault<'a>],
    /// Pods that should go and cannot, since their nodes do not answer
    held: &'a [Fault<'a>],
    lost: &'a [crate::memory::LostPod],
    lost_crossed: Option<Time>,
    short_since: Option<Time>,
    /// Since when nothing was asked for, by the judgement before
    suspended_since: Option<Time>,
    moment: &'a Moment,
}

/// What a rule says.
struct Verdict {
    health: Health,
    entered: Time,
    set_aside: bool,
}

impl Verdict {
    const fn new(health: Health, entered: Time) -> Self {
        Self { health, entered, set_aside: false }
    }
}

impl Case<'_> {
    fn decide(&self) -> Finding {
        let controller = self.controller;
        let refusal = self.refusal();
        let stuck = self.stuck();
        let verdict = self
            .nothing_asked()
            .or_else(|| self.stuck_or_faulty(stuck, refusal.as_ref()))
            .or_else(|| self.under_way())
            .or_else(|| self.missing())
            .or_else(|| self.in_trouble())
            .unwrap_or_else(|| Verdict::new(Health::Healthy, self.well_since()));
        // While a change holds, only what will not mend by waiting is said to be bad.
        let is_bad = matches!(verdict.health, Health::Failed | Health::Degraded);
        let is_blocked = stuck.is_some() || (is_bad && self.change.is_some_and(|change| change.holds));
        let mut rollout = rollout::describe(self.facts, self.standings, self.change, stuck);
        if is_blocked && self.change.is_some() {
            rollout = rollout.map(|rollout| Rollout { state: RolloutState::Stuck, ..rollout });
        }
        // Of a DaemonSet only its controller knows how many are asked for.
        let is_known = controller.kind != Kind::DaemonSet || self.standings.is_counted();
        if controller.desired == 0 && is_known && verdict.health == Health::Progressing {
            let (state, summary) = (RolloutState::Scaling, "scaling to zero".into());
            rollout = rollout.map(|rollout| Rollout { state, summary, ..rollout });
        }
        let is_counted = self.change.is_some() && self.standings.is_counted();
        let progress = rollout.as_ref().filter(|_| is_counted).map(|rollout| rollout.summary.clone());
        Finding {
            diagnosis: self.diagnose(&verdict, refusal.as_ref(), stuck, progress.as_deref()),
            rollout,
            set_aside: verdict.set_aside,
            ..Finding::new(verdict.health, verdict.entered, self.counts())
        }
    }

    fn counts(&self) -> Counts {
        let controller = self.controller;
        Counts {
            desired: Some(controller.desired),
            ready: Some(controller.ready),
            updated: rollout::rolls_out(controller).then_some(controller.updated),
            available: Some(controller.available),
        }
    }

    const fn failed_or_degraded(&self) -> Health {
        if self.standings.serving == 0 { Health::Failed } else { Health::Degraded }
    }

    fn refusal(&self) -> Option<Refusal<'_>> {
        let short = (self.members.len() as u32) < self.controller.desired
            || self.controller.updated < self.standings.wanted();
        if short { refusal::of(self.facts, self.controller) } else { None }
    }

    /// Rule 2.
    fn nothing_asked(&self) -> Option<Verdict> {
        let controller = self.controller;
        let going = controller.deleting.is_some();
        if !going && (controller.desired > 0 || !self.standings.is_observed) {
            return None;
        }
        let told =
            controller.conditions.iter().filter_map(|told| told.since).chain(controller.progressed).max();
        let entered = told.unwrap_or(controller.created);
        let stuck = self.troubles.iter().filter(|fault| fault.pod.deleting.is_some());
        if let Some(since) = stuck.map(|fault| fault.since).min() {
            return Some(Verdict::new(Health::Degraded, since));
        }
        // The pods may be gone before the controller has counted them as gone.
        // And the first of new ones may be there before it is known that they are asked for.
        let is_new = |pod: &Pod| {
            pod.deleting.is_none() && self.suspended_since.is_some_and(|since| pod.created >= since)
        };
        let left =
            controller.ready > 0 || self.facts.pods.iter().any(|pod| !pod.is_finished() && !is_new(pod));
        let health = if left || going { Health::Progressing } else { Health::Suspended };
        Some(Verdict::new(health, controller.deleting.unwrap_or(entered)))
    }

    /// Rule 3: since when a rollout is stuck.
    fn stuck(&self) -> Option<Time> {
        let controller = self.controller;
        if controller.paused || !rollout::rolls_out(controller) || controller.desired == 0 {
            return None;
        }
        let told = controller.condition("Progressing").filter(|told| {
            self.standings.is_observed
                && told.status == Tristate::False
                && told.reason.as_deref() == Some("ProgressDeadlineExceeded")
        });
        let passed = self.change.filter(|change| change.holds).map(|change| change.deadline);
        let passed = passed.filter(|deadline| self.moment.has_come(*deadline));
        told.map(|told| told.since.unwrap_or(controller.created)).or(passed)
    }

    /// Rules 3 and 4. A rollout that is stuck for a fault came into its status with the fault.
    fn stuck_or_faulty(&self, stuck: Option<Time>, refusal: Option<&Refusal<'_>>) -> Option<Verdict> {
        let faulty = self.lasting_fault(refusal);
        let Some(since) = stuck else { return faulty };
        let health = self.failed_or_degraded();
        let same = faulty.filter(|faulty| faulty.health == health);
        Some(Verdict::new(health, same.map_or(since, |faulty| faulty.entered.min(since))))
    }

    /// Rule 4.
    fn lasting_fault(&self, refusal: Option<&Refusal<'_>>) -> Option<Verdict> {
        let faults = self.members.iter().filter(|member| member.matters);
        let first = faults.filter_map(|member| member.lasting(self.moment)?.lasts_from).min();
        let entered = first.into_iter().chain(refusal.map(|refusal| refusal.since)).min()?;
        let still_starting = any_is_starting(self.members, self.moment);
        let failed = self.standings.serving == 0 && !still_starting;
        Some(Verdict::new(if failed { Health::Failed } else { Health::Degraded }, entered))
    }

    /// Rule 5.
    fn under_way(&self) -> Option<Verdict> {
        let change = self.change.filter(|change| change.holds)?;
        Some(Verdict::new(Health::Progressing, change.began))
    }

    /// Rule 6.
    fn missing(&self) -> Option<Verdict> {
        if self.standings.available >= self.controller.desired {
            return None;
        }
        let mut first: Option<Time> = None;
        let mut late: Option<Time> = None;
        let mut late_for_node_only = true;
        let mut add = |since: Time, excused_until: Time, for_node: bool| {
            first = Some(first.map_or(since, |first| first.min(since)));
            if self.moment.has_come(excused_until) {
                late = Some(late.map_or(excused_until, |late| late.min(excused_until)));
                late_for_node_only &= for_node;
            }
        };
        for member in self.members {
            if let Standing::Missing { since, excused_until, for_node } = member.standing {
                add(since, excused_until, for_node);
            }
        }
        let kind = &self.controller.kind;
        for fault in self.held.iter().filter(|_| keeps_place(self.controller)) {
            add(fault.since, trouble::held_until(fault.since, kind), *kind == Kind::DaemonSet);
        }
        if let Some(since) = self.short_since {
            add(since, since + self.standings.budget.start, false);
        }
        Some(match late {
            Some(late) => {
                Verdict { set_aside: late_for_node_only, ..Verdict::new(self.failed_or_degraded(), late) }
            }
            None => Verdict::new(Health::Progressing, first.unwrap_or(self.moment.now())),
        })
    }

    /// Rule 7.
    fn in_trouble(&self) -> Option<Verdict> {
        let shown = self.troubles.iter().filter_map(|fault| fault.lasts_from);
        let entered = shown.chain(self.lost_crossed).min()?;
        Some(Verdict::new(Health::Degraded, entered))
    }

    /// Since when everything that is asked for is there, by the API's own times.
    fn well_since(&self) -> Time {
        let told = self.controller.condition("Available").filter(|told| told.status == Tristate::True);
        let since = self.members.iter().filter_map(|member| match member.standing {
            Standing::Available(since) => Some(since),
            Standing::Missing { .. } => None,
        });
        since.chain(told.and_then(|told| told.since)).max().unwrap_or(self.controller.created)
    }
}
