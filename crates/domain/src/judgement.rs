//! The one function that says whether a workload is healthy, since when, and why not.
use crate::claim::Claim;
use crate::compute::Compute;
use crate::controller::Controller;
use crate::diagnosis::Diagnosis;
use crate::event::Event;
use crate::health::Health;
use crate::id::{Kind, Uid, WorkloadId};
use crate::last_words::LastWords;
use crate::memory::Memory;
use crate::node::Node;
use crate::pod::Pod;
use crate::text::Text;
use crate::time::Time;
use std::sync::Arc;

mod advice;
mod bad_end;
mod budget;
mod course;
mod cron;
mod evidence;
mod fault;
mod finding;
mod job;
mod last_end;
mod last_line;
mod loose;
mod members;
mod moment;
mod outcome;
mod recency;
mod refusal;
mod replicated;
mod rollout;
mod runs;
mod schedule;
mod sentence;
mod shortage;
mod single;
mod threshold;
mod trouble;
mod words;

use finding::Finding;
use moment::Moment;

/// The most moments that one late judgement makes up for.
const MOST_STEPS: usize = 32;

/// All that is known of one workload at one moment.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// Which one
    pub id: &'a WorkloadId,
    /// Its object; `None` for a bare pod, a foreign owner, and a kind that may not be read
    pub controller: Option<&'a Controller>,
    /// Of a Deployment its ReplicaSets, of a CronJob its Jobs; newest first
    pub children: &'a [&'a Controller],
    /// Its pods, finished ones included, in the order of their creation
    pub pods: &'a [&'a Pod],
    /// What else is known of the cluster
    pub surroundings: &'a dyn Surroundings,
}

impl<'a> Facts<'a> {
    /// The pod that was made last.
    fn newest_pod(&self) -> Option<&'a Pod> {
        self.pods.iter().copied().max_by_key(|pod| (pod.created, pod.uid))
    }
}

/// What else is known of the cluster around a workload.
pub trait Surroundings {
    /// The events about an object of that identity, in no order.
    fn events(&self, object: crate::id::Uid) -> &[Arc<Event>];
    /// The last span in which nobody told of pods, though somebody had before.
    fn unseen(&self) -> Option<(Time, Time)>;
    /// A node; `None` when there is no such node or nodes may not be read.
    fn node(&self, name: &str) -> Option<&Node>;
    /// Whether what is told of nodes is so at this moment; otherwise it is the last that was known.
    fn nodes_are_current(&self) -> bool;
    /// The most CPU, and the most memory, that a node which takes pods has left; they may be two nodes. `None` where nodes,
    /// or some of the pods on them, can't be seen, and where no node takes any.
    fn most_free(&self) -> Option<Compute>;
    /// A claim of the workload's namespace; `None` when there is none or claims may not be read.
    fn claim(&self, name: &str) -> Option<&Claim>;
    /// What the container of that pod wrote last before it ended, where that was asked and answered.
    fn last_words(&self, pod: crate::id::Uid, container: &str) -> Option<&LastWords>;
    /// Whether Jobs are read from `batch/v1`, so that their own status decides.
    fn sees_jobs(&self) -> bool;
    /// Whether the workload's namespace is being deleted.
    fn namespace_is_terminating(&self) -> bool;
}

/// What is said of a workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Its status
    pub health: Health,
    /// When the status was entered. At first sight the API's own time for it.
    pub since: Time,
    /// The most specific live cause, also while `progressing` or `healthy`; the workload's row shares it
    pub diagnosis: Option<Arc<Diagnosis>>,
    /// Pods asked for
    pub desired: Option<u32>,
    /// Pods that are ready
    pub ready: Option<u32>,
    /// Pods of the newest revision
    pub updated: Option<u32>,
    /// Pods that have been ready for `minReadySeconds`
    pub available: Option<u32>,
    /// The rollout that is open, paused or done
    pub rollout: Option<Rollout>,
    /// Whether it is left out of the worst of its namespace and cluster
    pub set_aside: bool,
    /// What the next judgement must know of this one
    pub memory: Memory,
    /// When the passing of time alone may change the judgement
    pub due: Option<Time>,
}

/// How far a change of what is asked for has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollout {
    /// How it stands
    pub state: RolloutState,
    /// The newest revision, for a person
    pub revision: Option<Text>,
    /// The one that it replaces, while it does
    pub previous: Option<Text>,
    /// The previous and the newest image of each container that differs
    pub images: Vec<ImageChange>,
    /// When it began
    pub started: Option<Time>,
    /// When it counts as stuck, unless it moves before
    pub deadline: Option<Time>,
    /// One sentence: "2 of 3 updated"
    pub summary: Text,
}

/// How a rollout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RolloutState {
    /// What was asked for runs.
    Complete,
    /// New pods are being made.
    Progressing,
    /// Replicas are being added or taken away, the template is the same.
    Scaling,
    /// Somebody stopped it (`spec.paused`).
    Paused,
    /// Pods of the previous revision wait for somebody to delete them (`OnDelete`).
    Waiting,
    /// Its deadline has passed, or a pod of it has a lasting fault.
    Stuck,
}

/// A container whose image a rollout changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageChange {
    /// The container's name
    pub container: Text,
    /// The image before; `None` when the container is new or the old one is not known
    pub from: Option<Text>,
    /// The image asked for now
    pub to: Text,
}

/// What is said of one pod, by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PodJudgement {
    /// Its status
    pub health: Health,
    /// Why
    pub diagnosis: Option<Diagnosis>,
}

/// Says what is to be said of a workload. It is the same whenever it is asked, and however often.
#[must_use]
pub fn judge(facts: &Facts<'_>, memory: &Memory, now: Time) -> Judgement {
    // Whoever asks late gets what he would have heard in time: each moment at which time alone makes a difference is
    // judged by itself, unless what is known now was not so then.
    let mut memory = memory.clone();
    for _ in 0..MOST_STEPS {
        let Some(due) = memory.watch.due.filter(|due| *due < now) else { break };
        if recency::newest(facts).is_some_and(|newest| newest > due) {
            break;
        }
        memory = judge_at(facts, memory, due).memory;
    }
    judge_at(facts, memory, now)
}

/// What is known of the workload that a pod belongs to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Membership<'a> {
    /// The workload's own object, where there is one
    pub controller: Option<&'a Controller>,
    /// What is remembered of it, where it has been judged
    pub memory: Option<&'a Memory>,
}

/// Says what is to be said of one pod, by the rules of its workload.
#[must_use]
pub fn judge_pod(
    pod: &Pod,
    membership: Membership<'_>,
    surroundings: &dyn Surroundings,
    now: Time,
) -> PodJudgement {
    single::judge(pod, membership, surroundings, now)
}

fn judge_at(facts: &Facts<'_>, mut memory: Memory, now: Time) -> Judgement {
    let moment = Moment::new(now);
    let uid = identity(facts);
    if uid.is_some() && memory.uid.is_some() && uid != memory.uid {
        memory = Memory::default();
    }
    memory.uid = uid.or(memory.uid);
    memory.runs = runs::observe(facts.pods, &memory, &moment).into();
    memory.lost = trouble::observe_lost(facts.pods, &memory, &moment).into();
    if matches!(facts.id.kind, Kind::Job | Kind::CronJob) {
        memory.ends = last_end::observe(facts, &memory).into();
    }
    let finding = match (&facts.id.kind, facts.controller) {
        (Kind::Job, _) => job::judge(facts, &mut memory, &moment),
        (Kind::CronJob, _) => cron::judge(facts, &mut memory, &moment),
        (_, Some(controller)) => replicated::judge(facts, controller, &mut memory, &moment),
        (_, None) => loose::judge(facts, &mut memory, &moment),
    };
    last_end::forget(&mut memory);
    let since = since(&memory, &finding, now);
    memory.status = Some((finding.health, since));
    memory.watch.from.get_or_insert(now);
    memory.watch.due = moment.due();
    let diagnosis = finding.diagnosis.clone().or_else(|| course::describe(facts, &finding, since));
    let diagnosis = threshold::report(facts, diagnosis, since);
    Judgement {
        health: finding.health,
        since,
        diagnosis: diagnosis.map(Arc::new),
        desired: finding.counts.desired,
        ready: finding.counts.ready,
        updated: finding.counts.updated,
        available: finding.counts.available,
        rollout: finding.rollout,
        set_aside: finding.set_aside,
        memory,
        due: moment.due(),
    }
}

/// When the status was entered. While we watch, that is when we find it changed; of what changed before our first look,
/// or while we were away, the API's own times tell.
fn since(memory: &Memory, finding: &Finding, now: Time) -> Time {
    match memory.status {
        Some((health, since)) if health == finding.health => since,
        Some(_) if memory.watch.from.is_some() => now,
        Some((_, before)) if finding.entered < before => now,
        _ => finding.entered.min(now),
    }
}

/// The object that a memory is about, where that shows: what is left of one that went may not say whose it was.
fn identity(facts: &Facts<'_>) -> Option<Uid> {
    if let Some(controller) = facts.controller {
        return Some(controller.uid);
    }
    let newest = facts.newest_pod();
    if facts.id.kind == Kind::Pod {
        return newest.map(|pod| pod.uid);
    }
    // A Deployment's pods name its ReplicaSets, and only these name it.
    let child = facts.children.first().and_then(|child| child.owner.as_ref());
    let owner = child.or_else(|| newest.and_then(|pod| pod.owner.as_ref()));
    owner.filter(|owner| owner.kind == facts.id.kind).map(|owner| owner.uid)
}
