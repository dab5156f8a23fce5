//! What follows from the facts for one workload: its judgement, its row, its end.
use super::{Effects, JOB_LINGER, Live};
use crate::change::{Change, Transition};
use crate::controller::Controller;
use crate::diagnosis::Code;
use crate::id::WorkloadId;
use crate::judgement::{Facts, Judgement, judge};
use crate::memory::Memory;
use crate::pod::Pod;
use crate::state::cluster::{NamespaceEntry, Workload};
use crate::state::overlay;
use crate::state::sight::Trust;
use crate::state::tally::Tally;
use crate::state::timetable::Appointment;
use crate::text::Text;
use crate::time::Time;
use crate::workload::Row;
use std::sync::Arc;

impl Live {
    pub(super) fn settle(&mut self, id: &Arc<WorkloadId>, effects: &mut Effects) {
        let Some(workload) = self.cluster.workloads.get(id).cloned() else { return };
        if self.backlog.holds(id)
            && matches!(self.cluster.trust(&id.kind, &id.namespace), Trust::Known | Trust::Reading)
        {
            return;
        }
        if workload.controller.is_none() && workload.children.is_empty() && workload.pods.is_empty() {
            // Without the right to read Jobs, the row of one that was judged stays for a while after its last pod.
            let begins = workload.judgement.as_ref().map(|_| effects.now + JOB_LINGER);
            let until = self.lingering.get(id).copied().or(begins);
            match until.filter(|until| *until > effects.now && self.cluster.may_linger(id)) {
                Some(until) => self.lingering.insert(id.clone(), until),
                None => return self.retire(&workload, effects),
            };
        }
        match self.cluster.trust(&id.kind, &id.namespace) {
            Trust::Reading => {}
            Trust::Known => match self.cluster.silent_since(id) {
                None => self.judge(&workload, effects, effects.now),
                // Nobody could tell what has become of it: for this workload, time stands still until somebody can.
                Some(since) => {
                    self.judge(&workload, effects, since);
                    self.timetable.set(Appointment::Workload(id.clone()), None);
                    self.held.insert(id.clone());
                }
            },
            Trust::Stale(..) | Trust::Forbidden(..) => {
                self.timetable.set(Appointment::Workload(id.clone()), None);
                if let Some(row) = overlay::unknown_row(&self.cluster, &workload, effects.now) {
                    self.publish(&workload, workload.judgement.clone(), row, effects);
                }
            }
        }
    }

    fn judge(&mut self, workload: &Workload, effects: &mut Effects, now: Time) {
        let id = &workload.id;
        let remembered = if self.first_look {
            self.restored.get(id).cloned()
        } else if self.first_looks.remove(id) {
            self.restored.remove(id)
        } else {
            let judgement = workload.judgement.as_ref().map(|judgement| judgement.memory.clone());
            judgement.or_else(|| self.restored.remove(id))
        };
        let mut judgement = self.judgement(workload, &remembered.clone().unwrap_or_default(), now);
        judgement.memory.lingers_until = self.lingering.get(id).copied();
        if self.first_look {
            self.first_looks.insert(id.clone());
        } else {
            record(id, remembered.as_ref(), &judgement, effects);
        }
        let code = judgement.diagnosis.as_ref().map(|diagnosis| diagnosis.code);
        if code == Some(Code::UnschedulableResources) {
            self.cramped.insert(id.clone());
        } else {
            self.cramped.remove(id);
        }
        let due = judgement.due.into_iter().chain(judgement.memory.lingers_until).min();
        self.timetable.set(Appointment::Workload(id.clone()), due);
        let row = overlay::row(&self.cluster, workload, &judgement);
        self.publish(workload, Some(Arc::new(judgement)), row, effects);
    }

    pub(super) fn judgement(&self, workload: &Workload, memory: &Memory, now: Time) -> Judgement {
        let mut pods: Vec<&Pod> =
            workload.pods.iter().filter_map(|uid| self.cluster.pod_by_uid(*uid)).map(AsRef::as_ref).collect();
        pods.sort_by_key(|pod| (pod.created, pod.uid));
        let mut children: Vec<&Controller> = workload
            .children
            .iter()
            .filter_map(|uid| self.cluster.controller(*uid))
            .map(AsRef::as_ref)
            .collect();
        children.sort_by_key(|child| std::cmp::Reverse((child.created, child.uid)));
        let around = self.cluster.around(&workload.id.namespace);
        let facts = Facts {
            id: &workload.id,
            controller: workload.controller.and_then(|uid| self.cluster.controller(uid)).map(AsRef::as_ref),
            children: &children,
            pods: &pods,
            surroundings: &around,
        };
        judge(&facts, memory, now)
    }

    pub(super) fn publish(
        &mut self,
        workload: &Workload,
        judgement: Option<Arc<Judgement>>,
        row: Row,
        effects: &mut Effects,
    ) {
        let before = workload.row.as_ref();
        let news = before.is_none_or(|before| **before != row);
        let row = match before {
            Some(before) if !news => before.clone(),
            _ => Arc::new(row),
        };
        if news {
            let entry = self.namespace_entry(&workload.id.namespace);
            let tally = entry.tally;
            if let Some(before) = before {
                entry.tally.leave(before);
            }
            entry.tally.enter(&row);
            if entry.tally != tally {
                self.note_namespace(&workload.id.namespace, effects);
            }
            effects.changes.push(Change::Upserted(row.clone()));
        } else if !effects.is_quiet {
            effects.changes.push(Change::Touched(workload.id.clone()));
        }
        self.change_workload(&workload.id, |workload| {
            workload.judgement = judgement;
            workload.row = Some(row);
        });
    }

    pub(super) fn retire(&mut self, workload: &Workload, effects: &mut Effects) {
        let id = &workload.id;
        self.cluster.workloads.remove(id);
        self.lingering.remove(id);
        self.cramped.remove(id);
        self.held.remove(id);
        self.timetable.set(Appointment::Workload(id.clone()), None);
        if let Some(row) = &workload.row {
            self.namespace_entry(&id.namespace).tally.leave(row);
            self.drop_namespace_if_empty(&id.namespace);
            self.note_namespace(&id.namespace, effects);
            effects.changes.push(Change::Removed(id.clone()));
        }
        // Before all that is required has answered, what was remembered may yet be told of by another source.
        let restored = if self.cluster.ready { self.restored.remove(id) } else { None };
        let recorded = if self.first_looks.remove(id) { None } else { workload.judgement.as_ref() };
        let before = recorded.map(|judgement| &judgement.memory).or(restored.as_ref());
        if let Some(memory) = before {
            effects.end(id.clone(), memory.status.map(|(health, _)| health));
        }
    }

    pub(super) fn note_namespace(&self, name: &Text, effects: &mut Effects) {
        effects.changes.push(Change::Namespace { cluster: self.cluster.name.clone(), name: name.clone() });
    }

    pub(super) fn namespace_entry(&mut self, name: &Text) -> &mut NamespaceEntry {
        self.cluster.namespaces.entry(name.clone()).or_insert_with(|| NamespaceEntry {
            name: name.clone(),
            namespace: None,
            tally: Tally::default(),
        })
    }

    pub(super) fn drop_namespace_if_empty(&mut self, name: &Text) {
        let empty = |entry: &NamespaceEntry| entry.namespace.is_none() && entry.tally.total() == 0;
        // One that was chosen and can't be read is there, whatever is in it.
        if !self.cluster.hides_in(name) && self.cluster.namespaces.get(name).is_some_and(empty) {
            self.cluster.namespaces.remove(name);
        }
    }
}

/// Says what history and memory must know of a judgement.
fn record(id: &Arc<WorkloadId>, remembered: Option<&Memory>, judgement: &Judgement, effects: &mut Effects) {
    let before = remembered.and_then(|memory| memory.status);
    if before != Some((judgement.health, judgement.since)) {
        let diagnosis = judgement.diagnosis.as_ref();
        effects.changes.push(Change::Transition(Transition {
            id: id.clone(),
            from: before.map(|(health, _)| health),
            to: Some(judgement.health),
            at: judgement.since,
            code: diagnosis.map(|diagnosis| diagnosis.code.as_str()),
            summary: diagnosis.map(|diagnosis| diagnosis.summary.clone()),
        }));
    }
    if remembered != Some(&judgement.memory) {
        let memory = Arc::new(judgement.memory.clone());
        effects.changes.push(Change::Remembered(id.clone(), Some(memory)));
    }
}
