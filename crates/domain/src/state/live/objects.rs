//! Objects come, change and go.
use super::{Effects, Live, ROOM_DELAY};
use crate::controller::Controller;
use crate::id::Uid;
use crate::last_words::LastWords;
use crate::node::Node;
use crate::observation::{Object, Usage};
use crate::pod::Pod;
use crate::source::{Resource, SourceId};
use crate::state::cluster::{Member, NamespaceEntry, PodUsage};
use crate::state::lineage::root_of_controller;
use crate::state::timetable::Appointment;
use crate::text::Text;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Live {
    pub(super) fn put(&mut self, object: Object, effects: &mut Effects) {
        match object {
            Object::Namespace(namespace) if self.cluster.scope.admits(&namespace.name) => {
                let entry = self.namespace_entry(&namespace.name);
                if entry.namespace.as_ref() == Some(&namespace) {
                    return;
                }
                let name = namespace.name.clone();
                entry.namespace = Some(namespace);
                self.touch_where(effects, |id| id.namespace == name);
                self.note_namespace(&name, effects);
                self.note_missing(Some(&name), effects);
            }
            Object::Pod(pod) if self.cluster.scope.admits(&pod.namespace) => self.put_pod(&pod, effects),
            Object::Controller(controller) if self.cluster.scope.admits(&controller.namespace) => {
                self.put_controller(&controller, effects);
            }
            Object::Event(event) if self.cluster.scope.admits(&event.namespace) => {
                for object in self.log.keep(&mut self.cluster.events, event) {
                    self.touch_object(object, effects);
                }
            }
            Object::Node(node) => {
                let name = node.name.clone();
                let before = self.cluster.nodes.insert(name, node.clone());
                let room = |node: &Node| node.takes_pods().then_some(node.allocatable);
                if before.as_deref().and_then(room) != room(&node) {
                    self.cluster.room.recount();
                    self.note_room(effects);
                }
                let news = |before: &Arc<Node>| {
                    before.is_ready() != node.is_ready() || before.unschedulable != node.unschedulable
                };
                if before.as_ref().is_none_or(news) {
                    self.touch_users_of_node(&node, before.is_none(), effects);
                }
            }
            Object::Claim(claim) if self.cluster.scope.admits(&claim.namespace) => {
                let key = (claim.namespace.clone(), claim.name.clone());
                if self.cluster.claims.insert(key, claim.clone()).as_ref() != Some(&claim) {
                    self.touch_users_of_claim(&claim.namespace, &claim.name, effects);
                }
            }
            _ => {}
        }
    }

    pub(super) fn put_pod(&mut self, pod: &Arc<Pod>, effects: &mut Effects) {
        let uid = pod.uid;
        let before = self.cluster.pods.get(&uid);
        if before.is_some_and(|member| member.pod == *pod) {
            return;
        }
        let owner_before = before.and_then(|member| member.pod.owner.as_ref()).map(|owner| owner.uid);
        let workload = before.and_then(|member| member.workload.clone());
        let owner = pod.owner.as_ref().map(|owner| owner.uid);
        self.lineage.note(uid, owner_before, owner);
        let claims_before = before.map_or(&[][..], |member| &member.pod.claims);
        self.lineage.note_claims(uid, &pod.namespace, claims_before, &pod.claims);
        let adopted = workload.is_some() && owner_before != owner;
        let before = self.cluster.pods.insert(uid, Member { pod: pod.clone(), workload: workload.clone() });
        if self.cluster.room.reserve(before.as_ref().map(|member| &*member.pod), Some(pod)) {
            self.note_room(effects);
        }
        if workload.is_none() || adopted {
            self.place_pod(uid, true, effects);
        } else {
            effects.dirty.extend(workload);
        }
    }

    /// Room on nodes has come or gone.
    fn note_room(&mut self, effects: &Effects) {
        if !self.cramped.is_empty() {
            self.timetable.set_once(Appointment::Room, effects.now + ROOM_DELAY);
        }
    }

    /// Of a pod that has gone meanwhile, or of an end before the latest that is known, nobody asks any more.
    pub(super) fn put_last_words(&mut self, words: LastWords, effects: &mut Effects) {
        let Some(member) = self.cluster.pods.get(&words.pod) else { return };
        let before = self.cluster.last_words.get(&words.pod).map_or(&[][..], AsRef::as_ref);
        let (pod, container) = (words.pod, words.container.clone());
        let same = |said: &&LastWords| said.container == container;
        if before.iter().find(same).is_some_and(|said| said.ended > words.ended || *said == words) {
            return;
        }
        let all = before.iter().filter(|said| !same(said)).cloned().chain([words]).collect();
        effects.dirty.extend(member.workload.clone());
        self.cluster.last_words.insert(pod, all);
    }

    pub(super) fn put_controller(&mut self, controller: &Arc<Controller>, effects: &mut Effects) {
        let uid = controller.uid;
        let before = self.cluster.controllers.insert(uid, controller.clone());
        if before.as_ref() == Some(controller) {
            return;
        }
        let owner_before = before.as_ref().and_then(|before| before.owner.as_ref()).map(|owner| owner.uid);
        let owner = controller.owner.as_ref().map(|owner| owner.uid);
        self.lineage.note(uid, owner_before, owner);
        let (kind, name) = root_of_controller(controller);
        let root = self.workload_id(kind, &controller.namespace, name);
        match self.roots.insert(uid, root.clone()) {
            Some(other) if other != root => self.detach_controller(&other, uid, effects),
            _ => {}
        }
        self.attach_controller(&root, controller, effects);
        if before.is_none() || owner_before != owner {
            for dependent in self.lineage.dependents(uid).to_vec() {
                if self.cluster.pods.contains_key(&dependent) {
                    self.place_pod(dependent, true, effects);
                }
            }
        }
    }

    pub(super) fn forget(&mut self, resource: Resource, uid: Uid, effects: &mut Effects) {
        match resource {
            Resource::Pods => {
                let Some(member) = self.cluster.pods.remove(&uid) else { return };
                self.cluster.usage.remove(&uid);
                if self.cluster.room.reserve(Some(&member.pod), None) {
                    self.note_room(effects);
                }
                self.cluster.last_words.remove(&uid);
                self.lineage.note(uid, member.pod.owner.as_ref().map(|owner| owner.uid), None);
                self.lineage.note_claims(uid, &member.pod.namespace, &member.pod.claims, &[]);
                self.timetable.set(Appointment::Orphan(uid), None);
                if let Some(id) = member.workload {
                    self.detach_pod(&id, uid, effects);
                }
            }
            Resource::Deployments
            | Resource::ReplicaSets
            | Resource::StatefulSets
            | Resource::DaemonSets
            | Resource::Jobs
            | Resource::CronJobs => {
                let Some(controller) = self.cluster.controllers.remove(&uid) else { return };
                self.lineage.note(uid, controller.owner.as_ref().map(|owner| owner.uid), None);
                if let Some(root) = self.roots.remove(&uid) {
                    self.detach_controller(&root, uid, effects);
                }
            }
            Resource::Events => {
                if let Some(object) = self.log.drop(&mut self.cluster.events, uid) {
                    self.touch_object(object, effects);
                }
            }
            Resource::Namespaces => self.forget_namespace(uid, effects),
            Resource::Nodes => {
                let name =
                    self.cluster.nodes.iter().find(|(_, node)| node.uid == uid).map(|(name, _)| name.clone());
                if let Some(node) = name.and_then(|name| self.cluster.nodes.remove(&name)) {
                    self.touch_users_of_node(&node, false, effects);
                    self.cluster.room.recount();
                    self.note_room(effects);
                }
            }
            Resource::PersistentVolumeClaims => {
                let found = self.cluster.claims.iter().find(|(_, claim)| claim.uid == uid);
                if let Some(key) = found.map(|(key, _)| key.clone()) {
                    self.cluster.claims.remove(&key);
                    self.touch_users_of_claim(&key.0, &key.1, effects);
                }
            }
            Resource::PodMetrics => {}
        }
    }

    pub(super) fn forget_namespace(&mut self, uid: Uid, effects: &mut Effects) {
        let has_uid =
            |entry: &&NamespaceEntry| entry.namespace.as_ref().is_some_and(|known| known.uid == uid);
        let Some(name) = self.cluster.namespaces.values().find(has_uid).map(|entry| entry.name.clone())
        else {
            return;
        };
        if let Some(entry) = self.cluster.namespaces.get_mut(&name) {
            entry.namespace = None;
        }
        self.drop_namespace_if_empty(&name);
        self.note_namespace(&name, effects);
        self.note_missing(Some(&name), effects);
    }

    /// Forgets what the pods of a source use: nobody measures any more.
    pub(super) fn forget_usage(&mut self, source: &SourceId, effects: &mut Effects) {
        self.measure(source, &BTreeMap::new(), effects);
    }

    pub(super) fn measured(&mut self, source: &SourceId, usages: Vec<Usage>, effects: &mut Effects) {
        let mut measured: BTreeMap<(Text, Text), PodUsage> = BTreeMap::new();
        for usage in usages {
            let figures = PodUsage { cpu_millicores: usage.cpu_millicores, memory_bytes: usage.memory_bytes };
            measured.insert((usage.namespace, usage.pod), figures);
        }
        self.measure(source, &measured, effects);
        self.mark_listed(source, effects);
    }

    fn measure(
        &mut self,
        source: &SourceId,
        measured: &BTreeMap<(Text, Text), PodUsage>,
        effects: &mut Effects,
    ) {
        let mut news = Vec::new();
        for (uid, member) in &self.cluster.pods {
            if source.namespace.as_ref().is_some_and(|namespace| *namespace != member.pod.namespace) {
                continue;
            }
            let usage = measured.get(&(member.pod.namespace.clone(), member.pod.name.clone())).copied();
            if usage != self.cluster.usage(*uid) {
                news.push((*uid, usage, member.workload.clone()));
            }
        }
        for (uid, usage, workload) in news {
            match usage {
                Some(usage) => self.cluster.usage.insert(uid, usage),
                None => self.cluster.usage.remove(&uid),
            };
            effects.dirty.extend(workload);
        }
    }
}
