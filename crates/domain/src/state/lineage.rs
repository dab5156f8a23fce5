//! Who owns whom: from the pods and controllers that are watched, without further requests.
use super::cluster::Cluster;
use crate::controller::Controller;
use crate::id::{Kind, Owner, Uid};
use crate::pod::Pod;
use crate::source::{Resource, SourceState};
use crate::text::Text;
use crate::time::Time;
use std::collections::BTreeMap;

/// The fewest digits of the scheduled minute in the name of a `CronJob`'s Job (minutes since 1970 have eight).
const SCHEDULED_MINUTE_DIGITS: usize = 8;
/// How far a Job's creation may lie from the minute in its name, for the name to count as a `CronJob`'s.
const SCHEDULE_SKEW_MINUTES: u64 = 7 * 24 * 60;

/// What a pod or a controller belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Root {
    /// The workload of that kind and name, in the namespace of the asker.
    Of(Kind, Text),
    /// The owner that it names has not been seen yet, and may be at any moment.
    Awaited,
}

/// Objects by the owner that they name, and pods by the claims that they use.
#[derive(Debug, Default)]
pub(super) struct Lineage {
    dependents: BTreeMap<Uid, Vec<Uid>>,
    /// By namespace and name
    users: BTreeMap<(Text, Text), Vec<Uid>>,
}

/// Adds to a list with little room to spare: there are thousands of them, most of one entry or a handful.
fn add(list: &mut Vec<Uid>, uid: Uid) {
    if list.len() == list.capacity() {
        list.reserve_exact(1 + list.len() / 4);
    }
    list.push(uid);
}

impl Lineage {
    /// Notes that the object names that owner now, and no more the one before.
    pub(super) fn note(&mut self, object: Uid, before: Option<Uid>, now: Option<Uid>) {
        if before == now {
            return;
        }
        if let Some((before, list)) = before.and_then(|uid| Some((uid, self.dependents.get_mut(&uid)?))) {
            list.retain(|dependent| *dependent != object);
            if list.is_empty() {
                self.dependents.remove(&before);
            }
        }
        if let Some(now) = now {
            add(self.dependents.entry(now).or_default(), object);
        }
    }

    /// Notes that the pod uses those claims now, and no more those before.
    pub(super) fn note_claims(&mut self, pod: Uid, namespace: &Text, before: &[Text], now: &[Text]) {
        if before == now {
            return;
        }
        for claim in before {
            let key = (namespace.clone(), claim.clone());
            if let Some(users) = self.users.get_mut(&key) {
                users.retain(|user| *user != pod);
                if users.is_empty() {
                    self.users.remove(&key);
                }
            }
        }
        for claim in now {
            add(self.users.entry((namespace.clone(), claim.clone())).or_default(), pod);
        }
    }

    /// The pods that use that claim.
    pub(super) fn users(&self, namespace: &Text, claim: &Text) -> &[Uid] {
        self.users.get(&(namespace.clone(), claim.clone())).map_or(&[], Vec::as_slice)
    }

    /// The objects that name that owner.
    pub(super) fn dependents(&self, owner: Uid) -> &[Uid] {
        self.dependents.get(&owner).map_or(&[], Vec::as_slice)
    }
}

/// The workload of a pod. `patient` while the pod may still wait for an owner that it names.
pub(super) fn root_of_pod(cluster: &Cluster, pod: &Pod, patient: bool) -> Root {
    let Some(owner) = &pod.owner else { return Root::Of(Kind::Pod, pod.name.clone()) };
    match cluster.controller(owner.uid) {
        Some(controller) => {
            let (kind, name) = root_of_controller(controller);
            Root::Of(kind, name)
        }
        None => root_of_unseen(cluster, pod, owner, patient),
    }
}

/// The workload of a controller. What an operator has made of a StatefulSet or a Deployment is a workload by itself,
/// whoever owns it; a ReplicaSet or a Job with an owner is a part of that.
pub(super) fn root_of_controller(controller: &Controller) -> (Kind, Text) {
    match controller.owner.as_deref() {
        Some(owner) if matches!(controller.kind, Kind::ReplicaSet | Kind::Job) => {
            (owner.kind.clone(), owner.name.clone())
        }
        _ => (controller.kind.clone(), controller.name.clone()),
    }
}

/// The workload of a pod whose owner has not been seen.
fn root_of_unseen(cluster: &Cluster, pod: &Pod, owner: &Owner, patient: bool) -> Root {
    let seen = |resource| {
        cluster
            .source_of(resource, &pod.namespace)
            .is_some_and(|source| !matches!(source.state, SourceState::Forbidden | SourceState::Absent))
    };
    match owner.kind {
        Kind::ReplicaSet if patient && seen(Resource::ReplicaSets) => Root::Awaited,
        Kind::Job => {
            if patient && seen(Resource::Jobs) {
                return Root::Awaited;
            }
            match cron_job_of(&owner.name, pod.created) {
                Some(name) => Root::Of(Kind::CronJob, name.into()),
                None => Root::Of(Kind::Job, owner.name.clone()),
            }
        }
        _ => Root::Of(owner.kind.clone(), owner.name.clone()),
    }
}

/// The `CronJob` that made a Job, by the Job's name `<name>-<minutes since 1970>`, if what is known of the Job is about as
/// old as that.
pub(super) fn cron_job_of(job: &str, known: Time) -> Option<&str> {
    let (name, digits) = job.rsplit_once('-')?;
    if name.is_empty() || digits.len() < SCHEDULED_MINUTE_DIGITS {
        return None;
    }
    let scheduled: u64 = digits.parse().ok()?;
    let known = u64::try_from(known.as_millis()).ok()? / 60_000;
    (scheduled.abs_diff(known) <= SCHEDULE_SKEW_MINUTES).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_gone_is_not_kept() {
        let mut lineage = Lineage::default();
        let (pod, owner, other) = (Uid::new(1), Uid::new(2), Uid::new(3));
        let namespace: Text = "shop".into();
        let claims: [Text; 2] = ["data".into(), "logs".into()];
        lineage.note(pod, None, Some(owner));
        lineage.note_claims(pod, &namespace, &[], &claims);
        lineage.note(pod, Some(owner), Some(other));
        assert_eq!((lineage.dependents(owner), lineage.dependents(other)), (&[][..], &[pod][..]));
        lineage.note_claims(pod, &namespace, &claims, &claims[..1]);
        assert_eq!(
            (lineage.users(&namespace, &claims[0]), lineage.users(&namespace, &claims[1])),
            (&[pod][..], &[][..])
        );
        lineage.note(pod, Some(other), None);
        lineage.note_claims(pod, &namespace, &claims[..1], &[]);
        assert!(lineage.dependents.is_empty() && lineage.users.is_empty());
    }
}
