//! What happens in the course of the day, planned in the morning.

use super::count::Count;
use super::episode::{Episode, What};
use super::fleet::{EACH_MINUTE, Member, Style};
use super::truth::Key;
use domain::text::Text;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use simulator::{Behaviour, ControlPlane, Resource};
use std::collections::BTreeMap;

const DAY_SECONDS: i64 = 24 * 3600;
/// Between two episodes of one workload: what the first one brought about is over.
const PAUSE: SignedDuration = SignedDuration::from_mins(14);
const LONGEST_RUN: SignedDuration = SignedDuration::from_mins(15);
/// How often a Job's first pod fails, in percent.
const FIRST_TRY_FAILS: u32 = 40;

/// What happens to each workload, and how long its pods take.
#[derive(Debug, Default)]
pub(super) struct Plan {
    episodes: BTreeMap<Key, Vec<Episode>>,
    members: BTreeMap<Key, Member>,
}

impl Plan {
    pub(super) fn episodes(&self, key: &Key) -> impl Iterator<Item = &Episode> {
        self.episodes.get(key).into_iter().flatten()
    }

    /// How long a workload that asks for so many pods takes to replace what it has lost.
    pub(super) fn aftermath(&self, key: &Key, pods: u32) -> SignedDuration {
        self.members.get(key).map(|member| span(member, pods)).unwrap_or_default()
    }

    /// When the last of all is over.
    pub(super) fn until(&self) -> Option<Timestamp> {
        self.episodes.values().flatten().map(|episode| episode.until).max()
    }
}

/// The plan, as far as it has come.
pub(super) struct Churn<'a> {
    plane: &'a mut ControlPlane,
    random: &'a mut fastrand::Rng,
    begin: Timestamp,
    versions: BTreeMap<String, u32>,
    /// Until when each workload is busy.
    busy: BTreeMap<String, Timestamp>,
    pub(super) plan: Plan,
    pub(super) count: Count,
}

impl<'a> Churn<'a> {
    pub(super) fn new(plane: &'a mut ControlPlane, random: &'a mut fastrand::Rng, begin: Timestamp) -> Self {
        Self {
            plane,
            random,
            begin,
            versions: BTreeMap::new(),
            busy: BTreeMap::new(),
            plan: Plan::default(),
            count: Count::default(),
        }
    }

    /// Plans the day.
    pub(super) fn plan(&mut self, members: &[Member], nodes: &[String]) {
        self.nodes(nodes);
        self.plan.members = members.iter().map(|member| (key(member), member.clone())).collect();
        for member in members.iter().filter(|member| member.style == Style::Job) {
            self.job(member);
        }
        let busy = |member: &&Member| matches!(member.style, Style::Cron { schedule: EACH_MINUTE });
        for member in members.iter().filter(busy) {
            self.rest(member);
        }
        let serving: Vec<&Member> =
            members.iter().filter(|m| !matches!(m.style, Style::Job | Style::Cron { .. })).collect();
        let keeping: Vec<&Member> = serving.iter().copied().filter(|m| m.keeps_all()).collect();
        let scalable: Vec<&Member> =
            serving.iter().copied().filter(|m| m.resource != Resource::DaemonSets).collect();
        // Where slow pods come one after the other, ten times as many take an hour, and a drain takes away more of them than
        // come back within the deadline of a rollout.
        let elastic: Vec<&Member> =
            scalable.iter().copied().filter(|m| m.slow.is_none() || !m.is_ordered()).collect();
        for _ in 0..110 {
            self.on_one_of(&serving, Self::rollout);
        }
        for _ in 0..8 {
            self.on_one_of(&elastic, Self::surge);
        }
        for _ in 0..20 {
            self.on_one_of(&scalable, Self::resize);
        }
        for _ in 0..8 {
            self.on_one_of(&scalable, Self::suspend);
        }
        for _ in 0..8 {
            self.on_one_of(&keeping, Self::pause);
        }
        let staged: Vec<&Member> = scalable.iter().copied().filter(|m| m.may_be_staged()).collect();
        for _ in 0..4 {
            self.on_one_of(&staged, Self::stage);
        }
        for _ in 0..25 {
            self.on_one_of(&serving, Self::evict);
        }
        for _ in 0..40 {
            self.on_one_of(&serving, Self::blip);
        }
        for _ in 0..60 {
            self.on_one_of(&serving, Self::edit);
        }
    }

    fn on_one_of(&mut self, members: &[&Member], happen: fn(&mut Self, &Member, Timestamp)) {
        let at = self.begin + SignedDuration::from_secs(self.random.i64(600..DAY_SECONDS - 4_000));
        let Some(member) = self.random.choice(members.iter()) else { return };
        if self.busy.get(&member.name).is_none_or(|until| *until < at) {
            happen(self, member, at);
        }
    }

    fn rollout(&mut self, member: &Member, at: Timestamp) {
        let version = self.versions.entry(member.name.clone()).or_default();
        *version += 1;
        let image = member.image(*version);
        if let Some(behaviour) = member.behaviour() {
            self.plane.set_behaviour(&image, behaviour);
        }
        self.plane.set_image_at(at, member.resource, member.namespace, &member.name, &image);
        self.count.rollouts += 1;
        let until = at + course(member, i64::from(member.replicas.max(8)));
        if member.style != Style::OnDelete {
            return self.tell(member, at, until, What::Rollout);
        }
        // Somebody deletes the pods one by one, half an hour later.
        let mut then = at + SignedDuration::from_mins(30);
        for ordinal in 0..member.replicas {
            let name = format!("{}-{ordinal}", member.name);
            self.plane.delete_at(then, Resource::Pods, member.namespace, &name);
            then += course(member, 2);
        }
        self.tell(member, at, then, What::OnDelete);
    }

    /// Ten times as many, and back.
    fn surge(&mut self, member: &Member, at: Timestamp) {
        self.scale_and_return(member, at, member.replicas * 10);
    }

    fn resize(&mut self, member: &Member, at: Timestamp) {
        let more = member.replicas + self.random.u32(1..3);
        self.scale_and_return(member, at, more);
    }

    fn suspend(&mut self, member: &Member, at: Timestamp) {
        self.scale_and_return(member, at, 0);
    }

    fn scale_and_return(&mut self, member: &Member, at: Timestamp, to: u32) {
        self.count.scalings += 2;
        let from = member.replicas;
        let up = course(member, i64::from(to.max(from)));
        let back = at + up + SignedDuration::from_secs(self.random.i64(60..3_600));
        self.plane.scale_at(at, member.resource, member.namespace, &member.name, to);
        self.plane.scale_at(back, member.resource, member.namespace, &member.name, from);
        let takes = span(member, to.max(from));
        self.tell(member, at, at + takes, What::Scale { from, to });
        self.tell(member, back, back + takes, What::Scale { from: to, to: from });
    }

    /// A rollout that somebody holds after some seconds, and lets go on later.
    fn pause(&mut self, member: &Member, at: Timestamp) {
        self.count.pauses += 1;
        let held = at + SignedDuration::from_millis(self.random.i64(500..9_000));
        let resumed = held + SignedDuration::from_secs(self.random.i64(300..5_400));
        self.rollout(member, at);
        let (resource, namespace, name) = (member.resource, member.namespace, &member.name);
        self.plane.patch_at(held, resource, namespace, name, json!({"spec": {"paused": true}}));
        self.plane.patch_at(resumed, resource, namespace, name, json!({"spec": {"paused": null}}));
        let until = resumed + course(member, i64::from(member.replicas));
        self.tell(member, held, until, What::Pause);
        self.tell(member, at, until, What::Rollout);
    }

    /// A rollout that comes to the last ordinals first, and to the others when somebody says so.
    fn stage(&mut self, member: &Member, at: Timestamp) {
        self.count.stages += 1;
        let kept = self.random.u32(1..member.replicas);
        let mut partition = |at: Timestamp, partition: u32| {
            let patch = json!({"spec": {"updateStrategy": {"rollingUpdate": {"partition": partition}}}});
            self.plane.patch_at(at, member.resource, member.namespace, &member.name, patch);
        };
        let all = at + course(member, i64::from(member.replicas)) + SignedDuration::from_mins(20);
        partition(at - SignedDuration::from_secs(30), kept);
        partition(all, 0);
        self.rollout(member, at);
        self.tell(member, all, all + course(member, i64::from(member.replicas)), What::Rollout);
    }

    /// Something is written that starts nothing, whatever else happens.
    fn edit(&mut self, member: &Member, at: Timestamp) {
        self.count.edits += 1;
        let number = self.random.u32(3..1_000);
        let patch = match number % 2 {
            0 => json!({"metadata": {"annotations": {"example.com/ticket": number.to_string()}}}),
            _ => json!({"spec": {"revisionHistoryLimit": number}}),
        };
        self.plane.patch_at(at, member.resource, member.namespace, &member.name, patch);
    }

    fn evict(&mut self, member: &Member, at: Timestamp) {
        self.count.losses += 1;
        self.plane.evict_at(at, member.resource, member.namespace, &member.name);
        self.tell(member, at, at + course(member, 1), What::Loss);
    }

    fn blip(&mut self, member: &Member, at: Timestamp) {
        self.count.blips += 1;
        let time = SignedDuration::from_secs(self.random.i64(2..28));
        self.plane.blip_at(at, member.resource, member.namespace, &member.name, time);
        self.tell(member, at, at + time, What::Blip);
    }

    /// A `CronJob` that is suspended for half of the day.
    fn rest(&mut self, member: &Member) {
        let at = self.begin + SignedDuration::from_secs(self.random.i64(3_600..36_000));
        for (at, suspend) in [(at, true), (at + SignedDuration::from_hours(12), false)] {
            let patch = json!({"spec": {"suspend": suspend}});
            self.plane.patch_at(at, member.resource, member.namespace, &member.name, patch);
        }
    }

    /// A Job that finishes, perhaps at its second try, and is deleted some hours later.
    fn job(&mut self, member: &Member) {
        self.count.jobs += 1;
        let at = self.begin + SignedDuration::from_secs(self.random.i64(600..DAY_SECONDS - 4_000));
        let runs_for = SignedDuration::from_secs(self.random.i64(5..LONGEST_RUN.as_secs()));
        let image = member.image(0);
        let completes = Behaviour::Completes { runs_for };
        let mut until = at + runs_for + SignedDuration::from_mins(2);
        if self.random.u32(..100) < FIRST_TRY_FAILS {
            self.count.retries += 1;
            let log = vec!["the database is not there yet".to_owned()];
            let short = SignedDuration::from_secs(3);
            self.plane.set_behaviour(&image, Behaviour::Crashes { runs_for: short, exit_code: 1, log });
            self.plane.set_behaviour_at(at + SignedDuration::from_secs(11), &image, completes);
            until += SignedDuration::from_secs(30);
        } else {
            self.plane.set_behaviour(&image, completes);
        }
        self.plane.create_at(at, member.workload(), at);
        let gone = until + SignedDuration::from_secs(self.random.i64(600..14_400));
        self.plane.delete_at(gone, Resource::Jobs, member.namespace, &member.name);
        self.tell(member, at, until, What::Runs);
    }

    /// Drains, reboots and what the autoscaler does, one after the other.
    fn nodes(&mut self, nodes: &[String]) {
        let mut at = self.begin + SignedDuration::from_mins(30);
        for number in 0.. {
            at += SignedDuration::from_secs(self.random.i64(4_000..12_000));
            if at > self.begin + SignedDuration::from_hours(22) {
                break;
            }
            let Some(node) = self.random.choice(nodes.iter()).cloned() else { return };
            let empties = SignedDuration::from_mins(14);
            at = match number % 3 {
                0 => {
                    let rest = SignedDuration::from_secs(self.random.i64(60..900));
                    self.plane.drain_at(at, &node, rest);
                    self.count.drains += 1;
                    at + empties + rest
                }
                1 => {
                    let down = SignedDuration::from_secs(self.random.i64(50..240));
                    self.plane.drain_and_reboot_at(at, &node, down);
                    self.count.drains += 1;
                    self.count.reboots += 1;
                    at + empties + down
                }
                // So quick that nobody misses the node.
                _ => {
                    let down = SignedDuration::from_secs(self.random.i64(8..20));
                    self.plane.reboot_at(at, &node, down);
                    self.count.reboots += 1;
                    at + SignedDuration::from_mins(2)
                }
            };
        }
    }

    fn tell(&mut self, member: &Member, from: Timestamp, until: Timestamp, what: What) {
        self.plan.episodes.entry(key(member)).or_default().push(Episode { from, until, what });
        let busy = self.busy.entry(member.name.clone()).or_insert(from);
        *busy = (*busy).max(until + PAUSE);
    }
}

fn key(member: &Member) -> Key {
    (member.namespace.into(), Text::from(&*member.name))
}

/// How long so many pods of a workload may take, one after the other where that is its way. What a Job has done is done
/// again.
fn span(member: &Member, pods: u32) -> SignedDuration {
    if member.style == Style::Job {
        return LONGEST_RUN + course(member, 1);
    }
    course(member, if member.is_ordered() { i64::from(pods) } else { 1 })
}

/// How long the pods of a workload may take, one after the other.
fn course(member: &Member, pods: i64) -> SignedDuration {
    let each = member.slow.unwrap_or(SignedDuration::from_secs(12)).as_secs() + 15;
    SignedDuration::from_secs(each * pods + 60)
}
