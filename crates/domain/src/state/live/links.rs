//! Sources come and go, and what they told with them.
use super::{Effects, FIRST_LOOK, JOB_LINGER, Live};
use crate::change::Change;
use crate::controller::Controller;
use crate::id::Uid;
use crate::scope::Scope;
use crate::source::{self, Link, Resource, STALE_AFTER, Source, SourceId, SourceState};
use crate::state::sight::has_answered;
use crate::state::timetable::Appointment;
use crate::text::Text;
use crate::time::Time;
use std::collections::BTreeSet;
use std::sync::Arc;

impl Live {
    pub(super) fn listed(&mut self, source: &SourceId, uids: &[Uid], effects: &mut Effects) {
        let listed: BTreeSet<Uid> = uids.iter().copied().collect();
        for uid in self.told_by(source) {
            if !listed.contains(&uid) {
                self.forget(source.resource, uid, effects);
            }
        }
        self.mark_listed(source, effects);
    }

    pub(super) fn mark_listed(&mut self, id: &SourceId, effects: &mut Effects) {
        let now = effects.now;
        let (before, mut source) = self.source(id, now);
        source.listed = true;
        source.heard = Some(now);
        if source.state != SourceState::Synced {
            source.state = SourceState::Synced;
            source.since = now;
        }
        self.store_source(id, before.as_ref(), source, effects);
        if id.resource == Resource::Namespaces {
            self.note_missing(id.namespace.as_ref(), effects);
        }
    }

    /// What is known of a source, if anything, and what is to be changed: that, or a new one.
    fn source(&self, id: &SourceId, now: Time) -> (Option<Source>, Source) {
        let before = self.cluster.sources.get(id).cloned();
        let source = before.clone().unwrap_or_else(|| new_source(now));
        (before, source)
    }

    pub(super) fn note_unreadable(&mut self, id: &SourceId, count: u32, effects: &mut Effects) {
        let (before, mut source) = self.source(id, effects.now);
        source.unreadable = count;
        self.store_source(id, before.as_ref(), source, effects);
    }

    pub(super) fn link(&mut self, id: SourceId, link: Link, effects: &mut Effects) {
        let now = effects.now;
        let (before, mut source) = self.source(&id, now);
        let mut enter = |state, reason: Option<Text>| {
            if source.state != state {
                source.state = state;
                source.since = now;
            }
            source.reason = reason;
        };
        match link {
            Link::Closed => return self.close(id, effects),
            Link::Connecting => {}
            Link::Live => {
                if before.as_ref().is_some_and(|before| before.listed) {
                    enter(SourceState::Synced, None);
                }
                source.heard = Some(now);
            }
            Link::Absent { reason } if !id.resource.is_required() => {
                enter(SourceState::Absent, Some(reason));
            }
            Link::Forbidden { reason } => enter(SourceState::Forbidden, Some(reason)),
            // An API server without pods is none: something else answers in its place.
            Link::Lost { reason } | Link::Absent { reason } => match before.as_ref() {
                Some(before) if before.state == SourceState::Synced && before.listed => {
                    enter(SourceState::Degraded, Some(reason));
                }
                // What was refused is not believed again for being out of reach as well.
                Some(before) if matches!(before.state, SourceState::Forbidden | SourceState::Absent) => {}
                before => {
                    if before.is_none_or(|before| before.reason.is_none()) {
                        source.since = now;
                    }
                    source.reason = Some(reason);
                }
            },
        }
        let refused = matches!(source.state, SourceState::Forbidden | SourceState::Absent);
        if refused && !id.resource.is_required() {
            source.listed = false;
            for uid in self.told_by(&id) {
                self.forget(id.resource, uid, effects);
            }
        }
        self.store_source(&id, before.as_ref(), source, effects);
    }

    /// Nobody asks for this any more: what it told goes with it.
    fn close(&mut self, id: SourceId, effects: &mut Effects) {
        for uid in self.told_by(&id) {
            self.forget(id.resource, uid, effects);
        }
        if id.resource == Resource::PodMetrics {
            self.forget_usage(&id, effects);
        }
        self.timetable.set(Appointment::Source(id.clone()), None);
        if self.cluster.sources.remove(&id).is_none() {
            return;
        }
        let (cluster, namespace) = (self.cluster.name.clone(), id.namespace.clone());
        effects.dirty.append(&mut self.held);
        effects.dirty.append(&mut self.backlog.take(&id));
        // What stays only because this source could not tell does so no more.
        self.touch_of(namespace.as_ref(), effects);
        if id.resource.tells_of_workloads() && namespace.is_some() {
            self.note_sight(namespace.as_ref(), effects);
        }
        effects.changes.push(Change::Source { cluster, id, at: effects.now });
    }

    pub(super) fn grow_stale(&mut self, id: &SourceId, effects: &mut Effects) {
        let Some(before) = self.cluster.sources.get(id).cloned() else { return };
        if may_grow_stale(&before) {
            let source = Source { state: SourceState::Stale, since: effects.now, ..before.clone() };
            self.store_source(id, Some(&before), source, effects);
        }
    }

    pub(super) fn store_source(
        &mut self,
        id: &SourceId,
        before: Option<&Source>,
        mut source: Source,
        effects: &mut Effects,
    ) {
        // Whoever answers has no other reason to give; so nobody who stores one need think of it.
        if source.state == SourceState::Synced {
            source.reason = unreadable(source.unreadable).or_else(|| self.cluster.missing(id));
        }
        // Before all is ready, that says enough of what has never been read; what only adds evidence is missed in no row.
        let counts = source.listed || (self.cluster.ready && id.resource.is_required());
        let stale_at = (counts && may_grow_stale(&source)).then(|| source.since + STALE_AFTER);
        self.timetable.set(Appointment::Source(id.clone()), stale_at);
        let told = |source: &Source| (source.state, source.listed, source.reason.clone());
        if before.map(told) != Some(told(&source)) {
            let cluster = self.cluster.name.clone();
            effects.changes.push(Change::Source { cluster, id: id.clone(), at: effects.now });
        }
        let believed = belief(&source);
        let believed_as_before = before.map(belief) == Some(believed);
        let hid_before = before.map(|before| self.cluster.is_hidden(before));
        let hides_now = self.cluster.is_hidden(&source);
        let answers_now = has_answered(&source) && !before.is_some_and(has_answered);
        let was_lost = before.is_some_and(|before| before.state == SourceState::Degraded);
        let is_lost = source.state == SourceState::Degraded;
        if is_lost && !was_lost {
            source.away = Some((effects.now, None));
        } else if source.state == SourceState::Synced
            && let Some((_, until @ None)) = &mut source.away
        {
            *until = Some(effects.now);
        }
        self.cluster.sources.insert(id.clone(), source);
        if was_lost && !is_lost {
            effects.dirty.append(&mut self.held);
            effects.dirty.append(&mut self.backlog.take(id));
        }
        if id.resource == Resource::Nodes && was_lost != is_lost {
            self.touch_unwell(effects);
        }
        if answers_now && matches!(id.resource, Resource::ReplicaSets | Resource::Jobs | Resource::Pods) {
            self.place_orphans(effects);
        }
        if id.resource == Resource::PodMetrics && believed != Some(true) {
            self.forget_usage(id, effects);
        }
        if id.resource.tells_of_workloads() && hid_before != Some(hides_now) {
            self.note_sight(id.namespace.as_ref(), effects);
        }
        if !believed_as_before {
            self.touch_of(id.namespace.as_ref(), effects);
        }
        if self.cluster.ready && (answers_now || !believed_as_before) {
            self.recall(effects);
        }
    }

    /// Says of a namespace, or of all that were looked for, whether they are there.
    pub(super) fn note_missing(&mut self, namespace: Option<&Text>, effects: &mut Effects) {
        let scope = self.cluster.scope.clone();
        if !self.cluster.ready || !matches!(*scope, Scope::Allow(_)) {
            return;
        }
        let is_meant = |name: &&Text| namespace.is_none_or(|only| only == *name);
        let mut ids = vec![SourceId { resource: Resource::Namespaces, namespace: None }];
        for name in scope.chosen().filter(is_meant) {
            self.note_sight(Some(name), effects);
            ids.push(SourceId { resource: Resource::Namespaces, namespace: Some(name.clone()) });
        }
        ids.retain(|id| self.cluster.sources.contains_key(id));
        for id in ids {
            let (before, source) = self.source(&id, effects.now);
            self.store_source(&id, before.as_ref(), source, effects);
        }
    }

    /// Looks again at what runs in a namespace, or in all.
    fn touch_of(&self, namespace: Option<&Text>, effects: &mut Effects) {
        self.touch_where(effects, |id| namespace.is_none_or(|namespace| id.namespace == *namespace));
    }

    /// Says of a namespace, or of all, that all of it can be seen now, or can't be any more.
    fn note_sight(&mut self, namespace: Option<&Text>, effects: &mut Effects) {
        let Some(name) = namespace else {
            let names: Vec<Text> = self.cluster.namespaces.keys().cloned().collect();
            for name in &names {
                self.note_namespace(name, effects);
            }
            return;
        };
        self.namespace_entry(name);
        self.drop_namespace_if_empty(name);
        self.note_namespace(name, effects);
    }

    /// What a source has told and is still believed.
    pub(super) fn told_by(&self, id: &SourceId) -> Vec<Uid> {
        let here = |namespace: &Text| id.namespace.as_ref().is_none_or(|only| only == namespace);
        match id.resource {
            Resource::Pods => {
                self.cluster.pods().filter(|pod| here(&pod.namespace)).map(|pod| pod.uid).collect()
            }
            Resource::Deployments
            | Resource::ReplicaSets
            | Resource::StatefulSets
            | Resource::DaemonSets
            | Resource::Jobs
            | Resource::CronJobs => {
                let told = |controller: &&Arc<Controller>| {
                    source::resource_of(&controller.kind) == Some(id.resource) && here(&controller.namespace)
                };
                self.cluster.controllers.values().filter(told).map(|controller| controller.uid).collect()
            }
            Resource::Events => {
                self.cluster.events().filter(|event| here(&event.namespace)).map(|event| event.uid).collect()
            }
            Resource::Namespaces => {
                let objects = self.cluster.namespaces.values().filter_map(|entry| entry.namespace.as_ref());
                objects.filter(|namespace| here(&namespace.name)).map(|namespace| namespace.uid).collect()
            }
            Resource::Nodes => self.cluster.nodes.values().map(|node| node.uid).collect(),
            Resource::PersistentVolumeClaims => {
                let claims = self.cluster.claims.values();
                claims.filter(|claim| here(&claim.namespace)).map(|claim| claim.uid).collect()
            }
            Resource::PodMetrics => Vec::new(),
        }
    }

    /// The cluster is ready, once and for all, when every required source has answered. What was remembered and is not
    /// there any more went while we were away.
    pub(super) fn become_ready(&mut self, effects: &mut Effects) {
        let mut required = self.cluster.sources.keys().filter(|id| id.resource.is_required());
        if required.next().is_none() || !self.cluster.waiting_for().is_empty() {
            return;
        }
        self.cluster.ready = true;
        self.note_missing(None, effects);
        self.timetable.set(Appointment::SecondLook, Some(effects.now + FIRST_LOOK));
        effects.changes.push(Change::Cluster(self.cluster.name.clone()));
        self.recall(effects);
    }

    /// Whether all that adds to a judgement has answered: events, and where they may be read Jobs, CronJobs, nodes and
    /// claims. Of a DaemonSet whose node is away the nodes tell what excuses it.
    pub(super) fn has_evidence(&self) -> bool {
        let telling = |resource: Resource| !resource.is_required() && resource != Resource::PodMetrics;
        let mut sources = self.cluster.sources.iter().filter(|(id, _)| telling(id.resource)).peekable();
        sources.peek().is_some() && sources.all(|(_, source)| has_answered(source))
    }

    /// Ends the first look: everything is judged once more, from what was remembered before our restart, and from now on
    /// recorded.
    pub(super) fn look_again(&mut self, effects: &mut Effects) {
        self.first_look = false;
        self.timetable.set(Appointment::SecondLook, None);
        effects.dirty.extend(self.cluster.workloads.keys().cloned());
    }

    /// Says of what was remembered and is not there any more that it is gone, where that is known. What is not watched any
    /// more is gone for everybody.
    pub(super) fn recall(&mut self, effects: &mut Effects) {
        if self.restored.is_empty() {
            return;
        }
        let orphans = self.cluster.pods.values().filter(|member| member.workload.is_none());
        let undecided: BTreeSet<Text> = orphans.map(|member| member.pod.namespace.clone()).collect();
        for (id, memory) in std::mem::take(&mut self.restored) {
            if !self.cluster.scope.admits(&id.namespace) {
                effects.end(Arc::new(id), memory.status.map(|(health, _)| health));
                continue;
            }
            let is_there = self.cluster.workloads.contains_key(&id);
            if is_there || undecided.contains(&id.namespace) || !self.cluster.knows_all(&id) {
                self.restored.insert(id, memory);
                continue;
            }
            let until = memory.lingers_until.unwrap_or(effects.now + JOB_LINGER);
            if self.cluster.may_linger(&id) && until > effects.now {
                let id = Arc::new(id);
                self.restored.insert((*id).clone(), memory);
                self.change_workload(&id, |_| {});
                self.lingering.insert(id.clone(), until);
                effects.dirty.insert(id);
            } else {
                effects.end(Arc::new(id), memory.status.map(|(health, _)| health));
            }
        }
    }
}

/// Whether a source is to be stale when it stays as it is.
const fn may_grow_stale(source: &Source) -> bool {
    match source.state {
        SourceState::Degraded => true,
        SourceState::Connecting => source.reason.is_some(),
        _ => false,
    }
}

/// What is to be said of a source that answers.
fn unreadable(count: u32) -> Option<Text> {
    match count {
        0 => None,
        1 => Some("1 object can't be read".into()),
        many => Some(format!("{many} objects can't be read").into()),
    }
}

fn new_source(now: Time) -> Source {
    Source {
        state: SourceState::Connecting,
        reason: None,
        since: now,
        heard: None,
        listed: false,
        unreadable: 0,
        away: None,
    }
}

/// How far what a source has told is to be believed: not at all, as the last fact there was, or as it stands.
fn belief(source: &Source) -> Option<bool> {
    match source.state {
        SourceState::Forbidden | SourceState::Absent => None,
        SourceState::Stale => Some(false),
        SourceState::Connecting | SourceState::Synced | SourceState::Degraded => {
            source.listed.then_some(true)
        }
    }
}
