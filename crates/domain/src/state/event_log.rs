//! The events that are kept: few for each object, bounded for the whole cluster.
use crate::event::Event;
use crate::id::Uid;
use crate::time::Time;
use imbl::OrdMap;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The most events that are kept of one object.
const PER_OBJECT: usize = 20;
/// The most events that are kept of a cluster; normal ones give way to warnings.
const PER_CLUSTER: usize = 5_000;

/// How many of those may tell of nothing but what went well.
const NORMAL_PER_CLUSTER: usize = 1_000;
/// Of type `Normal`, and yet what a judgement rests on.
const TELLING: [&str; 3] = ["Killing", "Pulling", "Completed"];

/// Events by the object that they are about, as readers see them.
pub(super) type ByObject = OrdMap<Uid, Arc<[Arc<Event>]>>;

/// Decides which events stay.
#[derive(Debug, Default)]
pub(super) struct EventLog {
    /// Where each event is, since when, and whether it tells of more than what went well
    places: BTreeMap<Uid, (Uid, Time, bool)>,
    /// By whether it tells of more than what went well, then by age: the first gives way
    order: BTreeSet<(bool, Time, Uid)>,
    /// How many of them tell of nothing but what went well
    normal: usize,
}

impl EventLog {
    /// Keeps the event, in place of an earlier word of the same source about the same. Answers the objects whose
    /// events differ now; none when nothing does.
    pub(super) fn keep(&mut self, events: &mut ByObject, event: Arc<Event>) -> Vec<Uid> {
        let object = event.object;
        let mut kept: Vec<Arc<Event>> = events.get(&object).map(|list| list.to_vec()).unwrap_or_default();
        if kept.contains(&event) {
            return Vec::new();
        }
        let same = |other: &Arc<Event>| {
            other.uid == event.uid
                || (other.reason == event.reason
                    && other.source == event.source
                    && other.container == event.container
                    && other.message == event.message)
        };
        if kept.iter().any(|other| same(other) && other.uid != event.uid && other.last > event.last) {
            return Vec::new();
        }
        for gone in kept.extract_if(.., |other| same(other)) {
            self.forget_place(gone.uid);
        }
        // What is said of an object that has warnings may be that they are over.
        let is_telling =
            event.warning || TELLING.contains(&&*event.reason) || kept.iter().any(|other| other.warning);
        self.places.insert(event.uid, (object, event.last, is_telling));
        self.order.insert((is_telling, event.last, event.uid));
        self.normal += usize::from(!is_telling);
        kept.push(event);
        kept.sort_by_key(|event| (event.last, event.uid));
        if kept.len() > PER_OBJECT {
            let first = kept.iter().position(|event| !event.warning).unwrap_or(0);
            self.forget_place(kept.remove(first).uid);
        }
        events.insert(object, kept.into());
        let mut changed = vec![object];
        // The first in order is the oldest of those that tell least.
        while self.order.len() > PER_CLUSTER || self.normal > NORMAL_PER_CLUSTER {
            let Some((_, _, uid)) = self.order.first().copied() else { break };
            changed.extend(self.drop(events, uid));
        }
        changed
    }

    /// Forgets the event. Answers the object that it was about.
    pub(super) fn drop(&mut self, events: &mut ByObject, uid: Uid) -> Option<Uid> {
        let object = self.forget_place(uid)?;
        let kept: Vec<_> = events.get(&object)?.iter().filter(|event| event.uid != uid).cloned().collect();
        if kept.is_empty() {
            events.remove(&object);
        } else {
            events.insert(object, kept.into());
        }
        Some(object)
    }

    fn forget_place(&mut self, uid: Uid) -> Option<Uid> {
        let (object, last, is_telling) = self.places.remove(&uid)?;
        self.order.remove(&(is_telling, last, uid));
        self.normal -= usize::from(!is_telling);
        Some(object)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(n: u128, object: u128, warning: bool, reason: &str, last: i64) -> Arc<Event> {
        Arc::new(Event {
            uid: Uid::new(n),
            namespace: "shop".into(),
            kind: "Pod".into(),
            name: "web".into(),
            object: Uid::new(object),
            container: None,
            warning,
            reason: reason.into(),
            message: "".into(),
            source: None,
            count: 1,
            first: Time::from_secs(last),
            last: Time::from_secs(last),
        })
    }

    #[test]
    fn an_object_keeps_its_newest_events_and_its_warnings_longest() {
        let (mut log, mut events) = (EventLog::default(), ByObject::new());
        log.keep(&mut events, event(1, 7, true, "BackOff", 0));
        for n in 2..40 {
            log.keep(&mut events, event(n, 7, false, &format!("Pulled{n}"), n as i64));
        }
        let kept = events.get(&Uid::new(7)).unwrap();
        assert_eq!(kept.len(), PER_OBJECT);
        assert!(kept[0].warning, "the warning stays though it is the oldest");
        assert_eq!(kept.last().unwrap().uid, Uid::new(39));
        assert_eq!(log.places.len(), PER_OBJECT);
        assert_eq!(log.order.len(), PER_OBJECT);
    }

    #[test]
    fn the_same_word_again_replaces_the_earlier_one() {
        let (mut log, mut events) = (EventLog::default(), ByObject::new());
        log.keep(&mut events, event(1, 7, true, "BackOff", 0));
        log.keep(&mut events, event(2, 7, true, "BackOff", 5));
        assert_eq!(
            log.keep(&mut events, event(1, 7, true, "BackOff", 0)),
            [],
            "an older word changes nothing"
        );
        assert_eq!(log.keep(&mut events, event(2, 7, true, "BackOff", 5)), [], "nor does a repetition");
        let kept = events.get(&Uid::new(7)).unwrap();
        assert_eq!(kept.iter().map(|event| event.uid).collect::<Vec<_>>(), [Uid::new(2)]);
        assert_eq!(log.drop(&mut events, Uid::new(2)), Some(Uid::new(7)));
        assert!(events.is_empty() && log.order.is_empty() && log.places.is_empty());
    }

    #[test]
    fn a_cluster_keeps_its_warnings_longest() {
        let (mut log, mut events) = (EventLog::default(), ByObject::new());
        let all = PER_CLUSTER as u128 + 10;
        for n in 1..=all {
            log.keep(&mut events, event(n, n, false, "Pulled", n as i64));
        }
        assert_eq!(log.order.len(), NORMAL_PER_CLUSTER);
        assert!(!events.contains_key(&Uid::new(1)) && events.contains_key(&Uid::new(all)));
        for n in all + 1..=2 * all {
            log.keep(&mut events, event(n, n, true, "BackOff", n as i64 - all as i64));
        }
        assert_eq!(log.order.len(), PER_CLUSTER);
        assert_eq!(log.normal, 0, "warnings take the room of all others");
        log.keep(&mut events, event(3 * all, 3 * all, true, "BackOff", 0));
        assert!(!events.contains_key(&Uid::new(3 * all)), "the oldest goes first");
    }

    #[test]
    fn what_a_judgement_rests_on_outlasts_what_went_well() {
        let (mut log, mut events) = (EventLog::default(), ByObject::new());
        log.keep(&mut events, event(1, 1, true, "FailedCreate", 1));
        log.keep(&mut events, event(2, 1, false, "SuccessfulCreate", 2));
        log.keep(&mut events, event(3, 3, false, "Pulling", 3));
        log.keep(&mut events, event(4, 4, false, "SuccessfulCreate", 4));
        for n in 10..10 + PER_CLUSTER as u128 - 10 {
            log.keep(&mut events, event(n, n, false, "Started", n as i64));
        }
        let kept = |object| events.get(&Uid::new(object)).map_or(0, |list| list.len());
        assert_eq!([1, 3, 4].map(kept), [2, 1, 0]);
    }
}
