//! What is wrong with one pod, and from when on waiting will not mend it.
use super::Surroundings;
use super::moment::Moment;
use super::runs;
use crate::claim::Claim;
use crate::compute::Compute;
use crate::diagnosis::Code;
use crate::event::Event;
use crate::last_words::LastWords;
use crate::memory::Runs;
use crate::pod::{Container, ContainerSpec, ContainerState, Pod, Role, Termination};
use crate::time::Time;
use std::time::Duration;

mod container;
mod image;
mod lifecycle;
pub(super) mod node;
mod scheduling;
mod volume;

pub(super) use container::names_missing_config;
pub(super) use lifecycle::{lost_code, of_lost, post_mortem, terminating};
pub(super) use node::held;
pub(super) use scheduling::{is_gated, more_room_from, reasons as scheduling_reasons};

/// A missing ConfigMap, Secret or key, and a pull that fails for a reason that may pass.
pub(super) const CONFIG_GRACE: Duration = Duration::from_secs(30);
/// What is ready, or runs, for so long may have left a loop behind: most runs of one end sooner.
pub(super) const STEADY_AFTER: Duration = Duration::from_secs(30);
/// Mounts, sandboxes, claims and scheduling.
pub(super) const PLACE_GRACE: Duration = Duration::from_mins(1);
/// Scheduling, once more nodes are on the way.
pub(super) const SCALE_UP_GRACE: Duration = Duration::from_mins(10);
/// A volume that is still attached to another node.
pub(super) const DETACH_GRACE: Duration = Duration::from_mins(7);

/// One thing that is wrong with a pod.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault<'a> {
    pub(super) code: Code,
    pub(super) pod: &'a Pod,
    /// The container that it is about
    pub(super) container: Option<&'a ContainerSpec>,
    /// When it began, by the API's own time
    pub(super) since: Time,
    /// From when on it counts as lasting; `None`: never by itself
    pub(super) lasts_from: Option<Time>,
    /// The component's words
    pub(super) words: Option<&'a str>,
    /// How the last run ended
    pub(super) end: Option<&'a Termination>,
    /// How often it was started again
    pub(super) restarts: u32,
    /// The event that explains it
    pub(super) event: Option<&'a Event>,
    /// The claim that it is about
    pub(super) claim: Option<&'a Claim>,
    /// What the container wrote before it ended
    pub(super) last_words: Option<&'a LastWords>,
    /// What nodes have left for a pod that needs more
    pub(super) most_free: Option<Compute>,
    /// How long the container has run at least, where that matters
    pub(super) runs_for: Option<Duration>,
}

impl<'a> Fault<'a> {
    fn new(code: Code, pod: &'a Pod, since: Time) -> Self {
        Self {
            code,
            pod,
            container: None,
            since,
            lasts_from: None,
            words: None,
            end: None,
            restarts: 0,
            event: None,
            claim: None,
            last_words: None,
            most_free: None,
            runs_for: None,
        }
    }

    /// A fault of one container, of which nothing more is known.
    pub(super) fn plain(code: Code, pod: &'a Pod, container: &'a ContainerSpec) -> Self {
        Self::new(code, pod, pod.created).of(container)
    }

    fn of(self, container: &'a ContainerSpec) -> Self {
        Self { container: Some(container), ..self }
    }

    fn saying(self, words: Option<&'a str>) -> Self {
        Self { words: words.filter(|words| !words.trim().is_empty()), ..self }
    }

    fn shown_by(self, event: Option<&'a Event>) -> Self {
        Self { event, ..self }
    }

    fn after(self, grace: Duration) -> Self {
        Self { lasts_from: Some(self.since + grace), ..self }
    }

    fn lasting_from(self, time: Time) -> Self {
        Self { lasts_from: Some(time), ..self }
    }

    /// With how long its container has run at least, once that is more than most runs of a loop.
    pub(super) fn running_on(self, container: &Container, moment: &Moment) -> Self {
        let since = match container.state {
            ContainerState::Running { since } => since,
            _ => None,
        };
        let steady = since.is_some_and(|since| moment.has_come(since + STEADY_AFTER));
        Self { runs_for: steady.then_some(STEADY_AFTER), ..self }
    }

    /// Whether waiting will not mend it.
    pub(super) fn is_lasting(&self, moment: &Moment) -> bool {
        self.lasts_from.is_some_and(|from| moment.has_come(from))
    }
}

/// What can be asked about one pod while its faults are looked for.
#[derive(Clone, Copy)]
pub(super) struct Patient<'a> {
    pub(super) pod: &'a Pod,
    pub(super) runs: &'a [Runs],
    pub(super) surroundings: &'a dyn Surroundings,
}

impl<'a> Patient<'a> {
    /// Everything that is wrong with a pod that is neither finished nor on its way out.
    pub(super) fn faults(self, moment: &Moment) -> Vec<Fault<'a>> {
        if self.is_plainly_well() {
            return Vec::new();
        }
        let told = self.told(moment);
        // What a node said of its pods is no fact any more when it has fallen silent.
        node::lost(self, &told).map_or(told, |lost| vec![lost])
    }

    /// Everything that is wrong with the pod by what was told last.
    fn told(self, moment: &Moment) -> Vec<Fault<'a>> {
        let mut faults = Vec::new();
        faults.extend(scheduling::fault(self));
        for (place, (spec, container)) in self.pod.each_container().enumerate() {
            if spec.role != Role::Ephemeral {
                let runs = runs::find(self.runs, self.pod, place);
                faults.extend(container::fault(self, spec, container, runs, moment));
            }
        }
        faults.extend(volume::fault(self));
        if !self.pod.is_ready() {
            faults.extend(lifecycle::unready(self, faults.is_empty()));
        }
        faults
    }

    /// Ready, and no container of it has ever ended: nothing to look for.
    fn is_plainly_well(self) -> bool {
        self.pod.is_ready()
            && self.pod.each_container().all(|(spec, container)| {
                container.restarts == 0
                    && (spec.role == Role::Init || matches!(container.state, ContainerState::Running { .. }))
            })
    }

    /// The events about this very pod.
    fn events(self) -> impl Iterator<Item = &'a Event> {
        self.surroundings.events(self.pod.uid).iter().map(AsRef::as_ref)
    }

    /// The latest event of that reason about the container, or about the whole pod.
    fn event(self, reason: &str, container: Option<&ContainerSpec>) -> Option<&'a Event> {
        let name = container.map(|container| &*container.name);
        self.events()
            .filter(|event| &*event.reason == reason && event.container.as_deref() == name)
            .max_by_key(|event| (event.last, event.uid))
    }

    /// When a kubelet took the pod, or else when it was made.
    pub(super) fn began(self) -> Time {
        self.pod.started.unwrap_or(self.pod.created)
    }
}
