//! What holds for whatever clusters, told in whatever order, over whatever connections.
use crate::bed::NOW;
use crate::objects::*;
use domain::change::Change;
use domain::health::Health;
use domain::id::WorkloadId;
use domain::memory::Memory;
use domain::observation::{Fact, Observation};
use domain::scope::Scope;
use domain::source::{Link, Resource};
use domain::state::{Cluster, State};
use domain::time::Time;
use domain::workload::Row;
use inventory::{Inventory, an_inventory};
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

mod inventory;

type Rows = BTreeMap<Arc<WorkloadId>, Arc<Row>>;

fn rows(state: &State) -> Rows {
    let view = state.view();
    view.clusters().flat_map(Cluster::rows).map(|row| (row.id.clone(), row.clone())).collect()
}

/// A state that has read a cluster at that time: source by source, or object by object across all of them.
fn read(
    inventory: &Inventory,
    order: &Order,
    stored: Vec<(WorkloadId, Memory)>,
    now: Time,
) -> (State, Vec<Change>) {
    let mut state = State::new(&[CLUSTER.into()], Scope::All);
    let mut changes = state.apply(Observation::Restored(stored), now);
    for resource in Resource::ALL {
        changes.extend(state.apply(linked(resource, Link::Connecting), now));
    }
    for observation in order.arrange(inventory) {
        changes.extend(state.apply(observation, now));
    }
    (state, changes)
}

/// The order in which sources take turns; each tells its objects in their order, and then that these are all.
#[derive(Clone, Debug)]
struct Order {
    turns: Vec<prop::sample::Index>,
    /// Whether a source tells all that it has at once.
    at_once: bool,
}

impl Order {
    fn arrange(&self, inventory: &Inventory) -> Vec<Observation> {
        let mut sources: Vec<_> = inventory.lists().into_iter().map(Vec::into_iter).collect();
        let mut arranged = Vec::new();
        let mut turns = self.turns.iter().cycle();
        while !sources.is_empty() {
            let place = turns.next().expect("a turn").index(sources.len());
            if self.at_once {
                arranged.extend(sources.remove(place));
                continue;
            }
            match sources[place].next() {
                Some(observation) => arranged.push(observation),
                None => drop(sources.remove(place)),
            }
        }
        arranged
    }
}

fn an_order() -> impl Strategy<Value = Order> {
    (vec(any::<prop::sample::Index>(), 1..40), any::<bool>())
        .prop_map(|(turns, at_once)| Order { turns, at_once })
}

/// What is stored of the workloads at the end.
fn stored(changes: &[Change]) -> Vec<(WorkloadId, Memory)> {
    let mut memories: BTreeMap<WorkloadId, Memory> = BTreeMap::new();
    for change in changes {
        match change {
            Change::Remembered(id, Some(memory)) => {
                let text = serde_json::to_string(&**memory).unwrap();
                memories.insert((**id).clone(), serde_json::from_str(&text).unwrap());
            }
            Change::Remembered(id, None) => drop(memories.remove(&**id)),
            _ => {}
        }
    }
    memories.into_iter().collect()
}

/// What may happen to a connection, and the passing of time.
#[derive(Clone, Debug)]
enum Step {
    Linked(Resource, Link),
    Listed(Resource),
    /// Seconds
    Wait(u64),
    Due,
}

fn a_step() -> impl Strategy<Value = Step> {
    let resource = prop::sample::select(Resource::ALL.to_vec());
    let reason = || "reason".into();
    let links = vec![
        Link::Live,
        Link::Connecting,
        Link::Lost { reason: reason() },
        Link::Forbidden { reason: reason() },
        Link::Absent { reason: reason() },
    ];
    prop_oneof![
        6 => (resource.clone(), prop::sample::select(links)).prop_map(|(resource, link)| Step::Linked(resource, link)),
        1 => resource.prop_map(Step::Listed),
        2 => (1..90_u64).prop_map(Step::Wait),
        2 => Just(Step::Due),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn the_order_in_which_kinds_arrive_changes_nothing(
        inventory in an_inventory(),
        (one, other) in (an_order(), an_order()),
    ) {
        let (first, _) = read(&inventory, &one, Vec::new(), NOW);
        let (second, _) = read(&inventory, &other, Vec::new(), NOW);
        prop_assert_eq!(rows(&first), rows(&second));
    }

    #[test]
    fn nor_does_it_after_a_restart(
        inventory in an_inventory(),
        (one, other) in (an_order(), an_order()),
        away_secs in 0..1_200_u64,
    ) {
        let (first, changes) = read(&inventory, &one, Vec::new(), NOW);
        let stored = stored(&changes);
        let later = NOW + Duration::from_secs(away_secs);
        let (second, _) = read(&inventory, &one, stored.clone(), later);
        let (third, _) = read(&inventory, &other, stored, later);
        prop_assert_eq!(rows(&second), rows(&third));
        if away_secs == 0 {
            prop_assert_eq!(rows(&first), rows(&second));
        }
    }

    #[test]
    fn a_relist_changes_nothing(inventory in an_inventory(), order in an_order(), later_secs in 0..1_200_u64) {
        let (mut state, _) = read(&inventory, &order, Vec::new(), NOW);
        let later = NOW + Duration::from_secs(later_secs);
        state.apply(Observation::Due, later);
        let before = rows(&state);
        for observation in order.arrange(&inventory) {
            let news = state.apply(observation.clone(), later);
            prop_assert!(news.is_empty(), "{:?} after {:?}", news, observation);
        }
        prop_assert_eq!(rows(&state), before);
    }

    #[test]
    fn nothing_turns_from_unknown_to_healthy_without_a_fact(
        inventory in an_inventory(),
        order in an_order(),
        steps in vec(a_step(), 1..60),
    ) {
        let (mut state, _) = read(&inventory, &order, Vec::new(), NOW);
        let mut now = NOW;
        for step in steps {
            let before = rows(&state);
            let observation = match &step {
                Step::Linked(resource, link) => linked(*resource, link.clone()),
                Step::Listed(resource) => inventory.listed(*resource),
                Step::Wait(seconds) => {
                    now = now + Duration::from_secs(*seconds);
                    continue;
                }
                Step::Due => Observation::Due,
            };
            let is_fact = matches!(
                &observation,
                Observation::Cluster { fact: Fact::Listed(..) | Fact::Linked(_, Link::Live), .. }
            );
            state.apply(observation, now);
            for (id, row) in rows(&state) {
                let was_unknown = before.get(&id).is_some_and(|row| row.health == Health::Unknown);
                prop_assert!(
                    is_fact || !was_unknown || row.health != Health::Healthy,
                    "{:?} after {:?}", id, step
                );
            }
        }
    }
}
