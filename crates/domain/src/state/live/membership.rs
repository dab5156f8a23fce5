//! Which pod and which controller belongs to which workload.
use super::{Effects, Live, ORPHAN_PATIENCE};
use crate::controller::Controller;
use crate::diagnosis::Code;
use crate::health::Health;
use crate::id::{Kind, Uid, WorkloadId};
use crate::node::Node;
use crate::pod::Pod;
use crate::source::{Resource, Source, SourceState};
use crate::state::cluster::Workload;
use crate::state::lineage::{Root, cron_job_of, root_of_pod};
use crate::state::sight::has_answered;
use crate::state::timetable::Appointment;
use crate::text::Text;
use crate::time::Time;
use std::sync::Arc;

impl Live {
    pub(super) fn place_pod(&mut self, uid: Uid, patient: bool, effects: &mut Effects) {
        let Some(member) = self.cluster.pods.get(&uid) else { return };
        let (pod, current) = (member.pod.clone(), member.workload.clone());
        let target = match root_of_pod(&self.cluster, &pod, patient) {
            Root::Of(kind, name) => self.workload_id(kind, &pod.namespace, name),
            Root::Awaited => {
                if current.is_none() {
                    self.timetable.set(Appointment::Orphan(uid), Some(effects.now + ORPHAN_PATIENCE));
                }
                effects.dirty.extend(current);
                return;
            }
        };
        self.timetable.set(Appointment::Orphan(uid), None);
        if current.as_ref() == Some(&target) {
            effects.dirty.insert(target);
            return;
        }
        if let Some(current) = current {
            self.detach_pod(&current, uid, effects);
        }
        if let Some(member) = self.cluster.pods.get_mut(&uid) {
            member.workload = Some(target.clone());
        }
        self.change_workload(&target, |workload| workload.pods = with(&workload.pods, uid));
        self.lingering.remove(&target);
        effects.dirty.insert(target);
    }

    /// A pod has waited for its owner long enough, unless the owners are still being listed or nobody tells of them.
    pub(super) fn place_orphan(&mut self, uid: Uid, effects: &mut Effects) {
        let Some(member) = self.cluster.pods.get(&uid) else { return };
        let source = self.source_of_owner(&member.pod);
        let awaited = source.is_some_and(|source| {
            let is_lost = matches!(source.state, SourceState::Degraded | SourceState::Stale);
            (source.listed && is_lost) || (!has_answered(source) && source.reason.is_none())
        });
        self.place_pod(uid, awaited, effects);
        if self.cluster.ready {
            self.recall(effects);
        }
    }

    /// The source that tells of the owner that a pod names.
    fn source_of_owner(&self, pod: &Pod) -> Option<&Source> {
        let resource = match pod.owner.as_ref().map(|owner| &owner.kind) {
            Some(Kind::Job) => Resource::Jobs,
            _ => Resource::ReplicaSets,
        };
        self.cluster.source_of(resource, &pod.namespace)
    }

    /// Looks again at the pods that wait for an owner, when a source of them or of owners has answered.
    pub(super) fn place_orphans(&mut self, effects: &mut Effects) {
        let orphans = self.cluster.pods.iter().filter(|(_, member)| member.workload.is_none());
        for uid in orphans.map(|(uid, _)| *uid).collect::<Vec<_>>() {
            let patient = self.may_find_its_owner(uid, effects.now);
            self.place_pod(uid, patient, effects);
        }
    }

    /// Whether the owner that a pod names may come yet: its owners are still being listed, or the pod is so young that
    /// its owner may be on the way.
    fn may_find_its_owner(&self, uid: Uid, now: Time) -> bool {
        let Some(member) = self.cluster.pods.get(&uid) else { return false };
        let source = self.source_of_owner(&member.pod);
        !source.is_some_and(has_answered) || now < member.pod.created + ORPHAN_PATIENCE
    }

    pub(super) fn detach_pod(&mut self, id: &Arc<WorkloadId>, uid: Uid, effects: &mut Effects) {
        self.change_workload(id, |workload| workload.pods = without(&workload.pods, uid));
        effects.dirty.insert(id.clone());
    }

    pub(super) fn attach_controller(
        &mut self,
        id: &Arc<WorkloadId>,
        controller: &Controller,
        effects: &mut Effects,
    ) {
        let uid = controller.uid;
        let own = controller.kind == id.kind && controller.name == id.name;
        self.change_workload(id, |workload| {
            if own {
                workload.controller = Some(uid);
            } else if !workload.children.contains(&uid) {
                workload.children = with(&workload.children, uid);
            }
        });
        self.lingering.remove(id);
        effects.dirty.insert(id.clone());
    }

    pub(super) fn detach_controller(&mut self, id: &Arc<WorkloadId>, uid: Uid, effects: &mut Effects) {
        self.change_workload(id, |workload| {
            if workload.controller == Some(uid) {
                workload.controller = None;
            }
            workload.children = without(&workload.children, uid);
        });
        effects.dirty.insert(id.clone());
    }

    /// The id of a workload, the one already in use where there is one.
    pub(super) fn workload_id(&self, kind: Kind, namespace: &Text, name: Text) -> Arc<WorkloadId> {
        let id = WorkloadId { cluster: self.cluster.name.clone(), namespace: namespace.clone(), kind, name };
        match self.cluster.workloads.get_key_value(&id) {
            Some((known, _)) => known.clone(),
            None => Arc::new(id),
        }
    }

    pub(super) fn change_workload(&mut self, id: &Arc<WorkloadId>, change: impl FnOnce(&mut Workload)) {
        let entry = self.cluster.workloads.entry(id.clone()).or_insert_with(|| {
            Arc::new(Workload {
                id: id.clone(),
                row: None,
                judgement: None,
                controller: None,
                children: Arc::new([]),
                pods: Arc::new([]),
            })
        });
        change(Arc::make_mut(entry));
    }

    pub(super) fn touch_object(&self, object: Uid, effects: &mut Effects) {
        let member = self.cluster.pods.get(&object).and_then(|member| member.workload.as_ref());
        if let Some(id) = member.or_else(|| self.roots.get(&object)) {
            effects.dirty.insert(id.clone());
            return;
        }
        // Where an owner may not be read, its pods tell to what it belongs, or the ReplicaSets that it made.
        let parts = self.lineage.dependents(object);
        let workload = |part: &Uid| {
            let member = self.cluster.pods.get(part).and_then(|member| member.workload.as_ref());
            member.or_else(|| self.roots.get(part)).cloned()
        };
        effects.dirty.extend(parts.iter().filter_map(workload));
        if parts.is_empty() {
            self.touch_job_without_pods(object, effects);
        }
    }

    /// A Job that may not be read is often said to be over when the last of its pods is gone: its row is still there.
    fn touch_job_without_pods(&self, object: Uid, effects: &mut Effects) {
        let Some(event) = self.cluster.events_of(object).last().filter(|event| &*event.kind == "Job") else {
            return;
        };
        let cron_job = cron_job_of(&event.name, event.first);
        let names = [Some((Kind::Job, &*event.name)), cron_job.map(|name| (Kind::CronJob, name))];
        for (kind, name) in names.into_iter().flatten() {
            let id = self.workload_id(kind, &event.namespace, name.into());
            effects.dirty.extend(self.cluster.workloads.contains_key(&id).then_some(id));
        }
    }

    pub(super) fn touch_where(&self, effects: &mut Effects, affected: impl Fn(&WorkloadId) -> bool) {
        effects.dirty.extend(self.cluster.workloads.keys().filter(|id| affected(id)).cloned());
    }

    /// DaemonSets count nodes; to the others a node matters when it does not do well, or did not. One that is new and
    /// well is news only to those that were taken to have lost theirs.
    pub(super) fn touch_users_of_node(&self, node: &Node, is_new: bool, effects: &mut Effects) {
        self.touch_where(effects, |id| id.kind == Kind::DaemonSet);
        if is_new && node.is_ready() {
            let rows = self.cluster.rows().filter(|row| {
                row.diagnosis.as_ref().is_some_and(|diagnosis| diagnosis.code == Code::NodeLost)
            });
            effects.dirty.extend(rows.map(|row| row.id.clone()));
            return;
        }
        let members =
            self.cluster.pods.values().filter(|member| member.pod.node.as_ref() == Some(&node.name));
        effects.dirty.extend(members.filter_map(|member| member.workload.clone()));
    }

    /// What is told of nodes is, or is no longer, what is so: that matters where pods are not well.
    pub(super) fn touch_unwell(&self, effects: &mut Effects) {
        let rows =
            self.cluster.rows().filter(|row| !matches!(row.health, Health::Healthy | Health::Suspended));
        effects.dirty.extend(rows.map(|row| row.id.clone()));
    }

    pub(super) fn touch_users_of_claim(&self, namespace: &Text, claim: &Text, effects: &mut Effects) {
        let users = self.lineage.users(namespace, claim).iter();
        effects.dirty.extend(users.filter_map(|uid| self.cluster.pods.get(uid)?.workload.clone()));
    }
}

fn with(list: &Arc<[Uid]>, uid: Uid) -> Arc<[Uid]> {
    list.iter().copied().chain([uid]).collect()
}

fn without(list: &Arc<[Uid]>, uid: Uid) -> Arc<[Uid]> {
    list.iter().copied().filter(|other| *other != uid).collect()
}
