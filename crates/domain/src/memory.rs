//! What a judgement must know of the ones before it; it survives our restart.
use crate::health::Health;
use crate::id::Uid;
use crate::pod::PodSpec;
use crate::text::Text;
use crate::time::Time;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What is remembered of one workload. Of one that is well that is its status and little else.
///
/// The stored names of the fields are short and never change their meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Memory {
    /// The object that all this is about; another under the same name starts afresh
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub uid: Option<Uid>,
    /// The last status and when it was entered
    #[serde(rename = "s", skip_serializing_if = "Option::is_none")]
    pub status: Option<(Health, Time)>,
    /// The revision that has been available in full once
    #[serde(rename = "v", skip_serializing_if = "Option::is_none")]
    pub settled: Option<Text>,
    /// How many pods were asked for when last everything asked for was there
    #[serde(rename = "d", skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
    /// The longest that a pod of it took from its node to readiness, in seconds
    #[serde(rename = "w", skip_serializing_if = "is_zero")]
    pub slowest_start_secs: u32,
    /// Since when there are fewer pods than asked for
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    pub short_since: Option<Time>,
    /// Since when its controller has not looked at what is asked for
    #[serde(rename = "q", skip_serializing_if = "Option::is_none")]
    pub edited: Option<Time>,
    /// The change that is under way
    #[serde(rename = "r", skip_serializing_if = "Option::is_none")]
    pub rollout: Option<Box<OpenRollout>>,
    /// Containers that ended lately, by pod and place; at most [`Self::MOST_RUNS`]
    #[serde(rename = "c", skip_serializing_if = "<[_]>::is_empty")]
    pub runs: Box<[Runs]>,
    /// Pods that failed, were evicted or turned away lately, by their identity; at most [`Self::MOST_LOST`]
    #[serde(rename = "l", skip_serializing_if = "<[_]>::is_empty")]
    pub lost: Box<[LostPod]>,
    /// How the Job ended, where only its events and pods tell; how a CronJob's last run did, which is cleaned up
    #[serde(rename = "j", skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Box<Outcome>>,
    /// Of a CronJob whose Jobs may not be read: its newest run, while its end is not certain
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub open_run: Option<Box<OpenRun>>,
    /// What the pods of a Job ended of, also when they are gone; at most [`Self::MOST_JOB_ENDS`]
    #[serde(rename = "e", skip_serializing_if = "<[_]>::is_empty")]
    pub ends: Box<[LastEnd]>,
    /// Until when the row of a Job stays of which nothing is left, where only pods tell of Jobs
    #[serde(rename = "g", skip_serializing_if = "Option::is_none")]
    pub lingers_until: Option<Time>,
    /// What is known only while this process runs
    #[serde(skip)]
    pub watch: Watch,
}

/// A change of what is asked for, under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRollout {
    /// The revision that is being rolled out
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<Text>,
    /// When it began
    #[serde(rename = "b")]
    pub began: Time,
    /// When it last came further
    #[serde(rename = "p")]
    pub progressed: Time,
    /// The most pods of the newest revision so far
    #[serde(rename = "u", default, skip_serializing_if = "is_zero")]
    pub updated: u32,
    /// The most of them that were ready so far
    #[serde(rename = "r", default, skip_serializing_if = "is_zero")]
    pub ready: u32,
    /// The most of them that were available so far
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub available: u32,
    /// Of a change of replicas alone: how many there were before
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub scaled_from: Option<u32>,
}

/// How the runs of one container ended lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runs {
    /// Its pod
    #[serde(rename = "p")]
    pub pod: Uid,
    /// Its place among the pod's containers
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    pub container: u32,
    /// How many runs have ended in all
    #[serde(rename = "n")]
    pub ends: u32,
    /// When the last of them ended, oldest first; at most [`Memory::MOST_ENDS`], none older than the window
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub recent: Vec<Time>,
    /// Bad ends, each within ten minutes of its start
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    pub bad: u32,
    /// Ends with exit code 0 of a container that should not end, likewise
    #[serde(rename = "z", default, skip_serializing_if = "is_zero")]
    pub clean: u32,
    /// The first of these ends
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Time>,
    /// When they became a loop
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub looping: Option<Time>,
    /// When it was last killed for its use of memory
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub oom: Option<Time>,
}

/// A pod that failed, was evicted or was turned away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostPod {
    /// Which
    #[serde(rename = "p")]
    pub pod: Uid,
    /// When
    #[serde(rename = "t")]
    pub at: Time,
    /// `status.reason` of the pod: `Evicted`, `OutOfcpu` …
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// How a Job ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The Job
    #[serde(rename = "u")]
    pub job: Uid,
    /// Its name, where it is not the workload's own
    #[serde(rename = "n", default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Text>,
    /// Whether it succeeded
    #[serde(rename = "k")]
    pub succeeded: bool,
    /// When
    #[serde(rename = "t")]
    pub at: Time,
    /// The reason of the condition or event that told it; `None` where only a pod did
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A run of a CronJob that goes on, or has failed and may be tried again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenRun {
    /// The Job
    #[serde(rename = "u")]
    pub job: Uid,
    /// Its name
    #[serde(rename = "n")]
    pub name: Text,
    /// When its newest pod was made
    #[serde(rename = "m")]
    pub made: Time,
    /// When its last pod failed, where none goes on
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub failed: Option<Time>,
}

/// How the last container of a Job's pods that ended badly did so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastEnd {
    /// The Job
    #[serde(rename = "u")]
    pub job: Uid,
    /// The pod's name
    #[serde(rename = "p")]
    pub pod: Text,
    /// The container's name
    #[serde(rename = "c")]
    pub container: Text,
    /// `exitCode`
    #[serde(rename = "x")]
    pub exit_code: i32,
    /// `signal`
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub signal: Option<i32>,
    /// `finishedAt`
    #[serde(rename = "t")]
    pub at: Time,
    /// How many tries have ended in all, as far as was seen
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    pub tries: u32,
    /// When the last try began that was seen to come after it
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    pub tried_again: Option<Time>,
    /// What it wrote last
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LastLine>,
}

/// What a container wrote last before it ended, cut to what a sentence holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastLine {
    /// When
    #[serde(rename = "t")]
    pub at: Time,
    /// On one line
    #[serde(rename = "l")]
    pub text: Text,
    /// Whether it is the message that its program left, else it is a line of its log
    #[serde(rename = "m", default, skip_serializing_if = "is_false")]
    pub is_message: bool,
}

/// What is known only while this process runs, and is no part of what is remembered: memories that differ in nothing
/// else are equal.
#[derive(Clone, Debug, Default)]
pub struct Watch {
    /// When this process judged the workload first; `None` of a memory from before our start
    pub from: Option<Time>,
    /// When time alone may change the judgement that left this memory
    pub due: Option<Time>,
    /// What its pods were to be made from when its controller had looked at that last
    pub asked: Option<Arc<PodSpec>>,
}

impl PartialEq for Watch {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Watch {}

/// The text is no memory of ours.
#[derive(Debug)]
pub struct MalformedMemory(serde_json::Error);

impl std::fmt::Display for MalformedMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "not the memory of a judgement: {}", self.0)
    }
}

impl std::error::Error for MalformedMemory {}

impl Memory {
    /// The most containers whose ends are remembered of one workload; the latest stay.
    pub const MOST_RUNS: usize = 64;
    /// The most ends of one container that are remembered; the latest stay.
    pub const MOST_ENDS: usize = 20;
    /// The most lost pods that are remembered; the latest stay.
    pub const MOST_LOST: usize = 32;

    /// The most Jobs whose last end is remembered: of a CronJob the one that is said, and the one after it.
    pub const MOST_JOB_ENDS: usize = 2;

    /// Its stored form. Fields that a later version adds are absent in it, and those that it no longer knows are ignored.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it cannot")]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).expect("numbers, texts and lists always serialise")
    }

    /// From its stored form.
    pub fn from_text(text: &str) -> Result<Self, MalformedMemory> {
        serde_json::from_str(text).map_err(MalformedMemory)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}
