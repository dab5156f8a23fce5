//! What follows from a snapshot for one pod or event: to whom it belongs, and how it stands there.
use domain::controller::Controller;
use domain::event::Event;
use domain::id::{Kind, Uid, WorkloadId};
use domain::judgement::PodJudgement;
use domain::pod::Pod;
use domain::state::{Cluster, PodUsage};
use domain::text::Text;
use domain::time::Time;
use std::cmp::Reverse;
use std::sync::Arc;

/// A pod in its cluster.
#[derive(Clone, Copy)]
pub(crate) struct PodFacts<'a> {
    pub(crate) cluster: &'a Cluster,
    pub(crate) pod: &'a Pod,
    /// When the snapshot was published: what is said of a pod is what held then.
    pub(crate) now: Time,
}

impl<'a> PodFacts<'a> {
    /// What is to be said of it.
    pub(crate) fn judge(&self) -> PodJudgement {
        self.cluster.judge_pod(self.pod, self.now)
    }

    /// What it uses, where that is known.
    pub(crate) fn usage(&self) -> Option<PodUsage> {
        self.cluster.usage(self.pod.uid)
    }

    /// The workload that it belongs to.
    pub(crate) fn workload(&self) -> Option<&'a Arc<WorkloadId>> {
        self.cluster.workload_of_pod(self.pod.uid)
    }

    /// Its number, under a StatefulSet.
    pub(crate) fn ordinal(&self) -> Option<u32> {
        let owner = self.pod.owner.as_ref()?;
        if owner.kind == Kind::StatefulSet { self.pod.ordinal() } else { None }
    }

    /// Whether it is of the newest revision of its workload; where nobody says what that is, it is.
    pub(crate) fn is_current(&self) -> bool {
        let newest = self.workload().and_then(|id| newest_revision(self.cluster, id));
        match (newest, &self.pod.revision) {
            (Some(newest), Some(revision)) => newest == revision,
            _ => true,
        }
    }
}

/// The revision that a workload's new pods are of.
fn newest_revision<'a>(cluster: &'a Cluster, id: &WorkloadId) -> Option<&'a Text> {
    let workload = cluster.workload(id)?;
    let controller = workload.controller.and_then(|uid| cluster.controller(uid));
    if id.kind != Kind::Deployment {
        return controller?.revision.as_ref();
    }
    // A Deployment's revisions are its ReplicaSets: the one of its number, which after a rollback is not the youngest.
    let number = controller.and_then(|controller| controller.revision_number.as_ref());
    let children = newest_first(cluster, &workload.children);
    let of_number =
        children.iter().find(|child| number.is_some() && child.revision_number.as_ref() == number);
    of_number.or(children.first())?.revision.as_ref()
}

/// The objects under a workload, the youngest first.
pub(crate) fn newest_first<'a>(cluster: &'a Cluster, children: &[Uid]) -> Vec<&'a Controller> {
    let mut children: Vec<_> =
        children.iter().filter_map(|uid| cluster.controller(*uid)).map(|child| &**child).collect();
    children.sort_by_key(|child| Reverse((child.created, child.uid)));
    children
}

/// The workload that an event's object belongs to, as far as that is known: events outlive their objects.
pub(crate) fn workload_of_event<'a>(cluster: &'a Cluster, event: &Event) -> Option<&'a WorkloadId> {
    if let Some(id) = cluster.workload_of_pod(event.object) {
        return Some(id);
    }
    let mut controller: &Controller = cluster.controller(event.object)?;
    // A ReplicaSet's Deployment, a Job's CronJob: no chain is longer.
    if let Some(owner) = controller.owner.as_ref().and_then(|owner| cluster.controller(owner.uid)) {
        controller = owner;
    }
    let id = WorkloadId {
        cluster: cluster.name().clone(),
        namespace: controller.namespace.clone(),
        kind: controller.kind.clone(),
        name: controller.name.clone(),
    };
    cluster.workload(&id).map(|workload| &*workload.id)
}
