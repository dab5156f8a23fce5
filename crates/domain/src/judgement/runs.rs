//! How the runs of containers ended: restarts counted as observed, and the loops that they form.
use super::moment::Moment;
use crate::memory::{Memory, Runs};
use crate::pod::{Container, ContainerSpec, ContainerState, Pod, Role, Termination};
use crate::time::Time;
use std::time::Duration;

/// Restarts and kills for memory count for this long. It is also how long a container must run for the kubelet to
/// forget its back-off.
pub(super) const WINDOW: Duration = Duration::from_mins(10);
/// So many bad ends, each soon after its start, are a loop.
const BAD_ENDS: u32 = 2;
/// So many ends with exit code 0 of a container that should not end are a loop.
const CLEAN_ENDS: u32 = 3;

/// The entry of one container.
pub(super) fn find<'a>(runs: &'a [Runs], pod: &Pod, container: usize) -> Option<&'a Runs> {
    runs.iter().find(|runs| runs.pod == pod.uid && runs.container as usize == container)
}

/// Takes in what the pods show now: the containers whose ends are to be remembered.
pub(super) fn observe(pods: &[&Pod], memory: &Memory, moment: &Moment) -> Vec<Runs> {
    let mut runs = Vec::new();
    for pod in pods.iter().filter(|pod| !pod.is_finished()) {
        for (place, (spec, container)) in pod.each_container().enumerate() {
            let ends = ends(container);
            if ends == 0 || spec.role == Role::Ephemeral || has_succeeded(spec, container) {
                continue;
            }
            let before = find(&memory.runs, pod, place);
            let sight = Sight { pod, spec, container, ends, watched_from: memory.watch.from, moment };
            runs.extend(sight.advance(place, before));
        }
    }
    if runs.len() > Memory::MOST_RUNS {
        runs.sort_by_key(|runs| std::cmp::Reverse(runs.recent.last().copied()));
        runs.truncate(Memory::MOST_RUNS);
    }
    runs.sort_by_key(|runs| (runs.pod, runs.container));
    runs
}

/// How many runs have ended in all.
pub(super) fn ends(container: &Container) -> u32 {
    container.restarts.saturating_add(u32::from(ended_since_restart(container)))
}

/// Whether a run has ended that `restartCount` does not count yet: it does so when the next one begins. Until then the
/// end is the container's state, or has moved to `lastState` because the kubelet says what the next run waits for. Before
/// the kubelet has looked for the container, that is no more than `ContainerCreating` or `PodInitializing`, with the count
/// that it knows.
fn ended_since_restart(container: &Container) -> bool {
    match &container.state {
        ContainerState::Terminated(_) => true,
        ContainerState::Waiting { reason: Some(reason), .. } => {
            container.last.is_some() && !matches!(&**reason, "ContainerCreating" | "PodInitializing")
        }
        _ => false,
    }
}

/// Whether it is an init container that has done its work.
fn has_succeeded(spec: &ContainerSpec, container: &Container) -> bool {
    let ended_well = matches!(&container.state, ContainerState::Terminated(end) if !end.is_bad());
    spec.role == Role::Init && ended_well
}

/// One container, as it is seen now.
struct Sight<'a> {
    pod: &'a Pod,
    spec: &'a ContainerSpec,
    container: &'a Container,
    ends: u32,
    watched_from: Option<Time>,
    moment: &'a Moment,
}

impl Sight<'_> {
    fn advance(&self, place: usize, before: Option<&Runs>) -> Option<Runs> {
        let mut runs = before.cloned().unwrap_or_else(|| Runs {
            pod: self.pod.uid,
            container: place as u32,
            ends: 0,
            recent: Vec::new(),
            bad: 0,
            clean: 0,
            since: None,
            looping: None,
            oom: None,
        });
        match before {
            // A count that falls is the kubelet's, which lost it; what was seen stays.
            Some(before) => {
                self.add_new(&mut runs, self.ends.saturating_sub(before.ends), self.watched_from.is_some());
            }
            None if self.is_born_in_sight() => self.add_new(&mut runs, self.ends, true),
            None => self.add_first_seen(&mut runs),
        }
        runs.ends = self.ends;
        self.forget_old(&mut runs);
        let counts = !runs.recent.is_empty() || runs.bad > 0 || runs.clean > 0;
        let worth = counts || self.is_born_in_sight();
        worth.then_some(runs)
    }

    /// Whether all that ever ended in the pod ended before our eyes, and lately.
    fn is_born_in_sight(&self) -> bool {
        let from = self.watched_from.unwrap_or(self.moment.now());
        from <= self.pod.created && self.moment.now() < self.pod.created + WINDOW
    }

    /// The ends that the status shows, the older first.
    fn visible(&self) -> impl Iterator<Item = &Termination> {
        let now = match &self.container.state {
            ContainerState::Terminated(end) => Some(&**end),
            _ => None,
        };
        self.container.last.as_deref().into_iter().chain(now)
    }

    fn add_new(&self, runs: &mut Runs, new: u32, watched: bool) {
        let visible = self.visible().count() as u32;
        let shown = new.min(visible);
        // What ended and ended again between two looks left no trace but the count; only of what happened while we
        // looked do we know that it was just now.
        if watched {
            let earliest = self.visible().nth((visible - shown) as usize);
            for _ in shown..new.min(shown.saturating_add(Memory::MOST_ENDS as u32)) {
                self.add(runs, earliest);
            }
        }
        for end in self.visible().skip((visible - shown) as usize) {
            self.add(runs, Some(end));
        }
    }

    fn add_first_seen(&self, runs: &mut Runs) {
        for end in self.visible() {
            if self.finished(end).is_some_and(|finished| !self.moment.has_come(finished + WINDOW)) {
                self.add(runs, Some(end));
            }
        }
        let Some(latest) = self.container.latest_end().filter(|_| !runs.recent.is_empty()) else { return };
        // What ran for long before it ended is in no loop, however often it has ended in its life.
        if self.lasted(latest).is_some_and(|lasted| lasted >= WINDOW) {
            return;
        }
        let looping = if latest.is_bad() {
            runs.bad = if self.ends >= BAD_ENDS { runs.bad.max(BAD_ENDS) } else { runs.bad };
            runs.bad >= BAD_ENDS
        } else {
            let counts = runs.clean > 0 && self.ends >= CLEAN_ENDS;
            runs.clean = if counts { runs.clean.max(CLEAN_ENDS) } else { runs.clean };
            counts
        };
        if looping {
            runs.looping = runs.looping.or(runs.recent.last().copied());
        }
    }

    /// When the run ended, by the clock of its node; one that is out by more than the window says nothing.
    fn finished(&self, end: &Termination) -> Option<Time> {
        end.finished.filter(|finished| self.moment.has_come(*finished - WINDOW))
    }

    /// How long the run lasted; `None` of one that never began.
    fn lasted(&self, end: &Termination) -> Option<Duration> {
        let ended = self.finished(end).unwrap_or(self.moment.now());
        Some(ended.since(end.started?))
    }

    fn add(&self, runs: &mut Runs, end: Option<&Termination>) {
        let now = self.moment.now();
        let at = end.and_then(|end| self.finished(end)).unwrap_or(now);
        if end.and_then(|end| self.lasted(end)).is_some_and(|lasted| lasted >= WINDOW) {
            end_loop(runs);
        }
        if end.is_none_or(Termination::is_bad) {
            runs.bad = runs.bad.saturating_add(1);
        } else if self.pod.must_run(self.spec) {
            runs.clean = runs.clean.saturating_add(1);
        }
        if end.is_some_and(Termination::is_oom) {
            runs.oom = Some(at);
        }
        runs.since.get_or_insert(at);
        if runs.looping.is_none() && (runs.bad >= BAD_ENDS || runs.clean >= CLEAN_ENDS) {
            runs.looping = Some(at);
        }
        runs.recent.push(at);
        runs.recent.sort_unstable();
        if runs.recent.len() > Memory::MOST_ENDS {
            runs.recent.remove(0);
        }
    }

    fn forget_old(&self, runs: &mut Runs) {
        let moment = self.moment;
        runs.recent.retain(|end| !moment.has_come(*end + WINDOW));
        runs.oom = runs.oom.filter(|oom| !moment.has_come(*oom + WINDOW));
        let ran_long = match &self.container.state {
            ContainerState::Running { since } => {
                since.or(runs.recent.last().copied()).is_none_or(|since| moment.has_come(since + WINDOW))
            }
            _ => false,
        };
        if ran_long {
            end_loop(runs);
        }
    }
}

fn end_loop(runs: &mut Runs) {
    runs.bad = 0;
    runs.clean = 0;
    runs.since = None;
    runs.looping = None;
}
