//! Whatever happens and whenever a reader comes, what it has put together is what is there.
use crate::query::Parameters;
use crate::query::filter::WorkloadFilter;
use crate::stream::{MOST_ROWS, Streams};
use crate::testbed::World;
use crate::testbed::client::{Event, Events};
use crate::testbed::objects::{controller, deleted, linked, namespace, pod, put};
use crate::views::overview::{NamespaceCountsView, WholeView};
use crate::views::source::SourceView;
use domain::id::Kind;
use domain::observation::Observation;
use domain::scope::Scope;
use domain::source::{Link, Resource};
use engine::{Snapshot, Version};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// The workload whose coming ends a test.
const LAST: &str = "last";
const QUERIES: [&str; 4] =
    ["", "health=suspended", "health=suspended&q=w1", "namespace=shop&kind=Deployment"];
const NAMESPACES: [&str; 3] = ["shop", "billing", "empty"];

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// To one of a few workloads
    Scaled(u8, u32),
    Deleted(u8),
    /// Many workloads change at once
    AllScaled(u32),
    /// A namespace comes or goes
    Namespace(usize, bool),
    /// A pod that nobody owns comes or goes
    Pod(usize, bool),
    /// A source answers or does not
    Linked(bool),
    /// A reader comes, with that query; with a list in its hands, or with nothing
    Joined(usize, bool),
    /// A reader takes some events, goes away, and comes back with the version or with the id that it has
    Returned(usize, usize, bool),
    /// Nothing for a while: what was gathered goes
    Pause,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..5_u8, 0..2_u32).prop_map(|(which, replicas)| Step::Scaled(which, replicas)),
        1 => (0..5_u8).prop_map(Step::Deleted),
        1 => (0..2_u32).prop_map(Step::AllScaled),
        1 => (0..NAMESPACES.len(), any::<bool>()).prop_map(|(which, there)| Step::Namespace(which, there)),
        1 => (0..NAMESPACES.len(), any::<bool>()).prop_map(|(which, there)| Step::Pod(which, there)),
        1 => any::<bool>().prop_map(Step::Linked),
        2 => (0..QUERIES.len(), any::<bool>()).prop_map(|(query, list)| Step::Joined(query, list)),
        2 => (0..8_usize, 0..6_usize, any::<bool>())
            .prop_map(|(which, events, by_id)| Step::Returned(which, events, by_id)),
        1 => Just(Step::Pause),
    ];
    proptest::collection::vec(step, 1..30)
}

/// Workload `which` of a few, in one of two namespaces.
fn workload(which: u8, replicas: u32) -> Observation {
    let namespace = NAMESPACES[usize::from(which % 2)];
    put(controller(Kind::Deployment, 10 + u128::from(which), namespace, &format!("w{which}"), replicas))
}

/// What happens with a step, unless it is a reader's.
fn observations(step: Step) -> Vec<Observation> {
    match step {
        Step::Scaled(which, replicas) => vec![workload(which, replicas)],
        Step::Deleted(which) => vec![deleted(Resource::Deployments, 10 + u128::from(which))],
        Step::AllScaled(replicas) => (0..5).map(|which| workload(which, replicas)).collect(),
        Step::Namespace(which, true) => vec![namespace(200 + which as u128, NAMESPACES[which])],
        Step::Namespace(which, false) => vec![deleted(Resource::Namespaces, 200 + which as u128)],
        Step::Pod(which, true) => vec![put(pod(300 + which as u128, NAMESPACES[which], "alone", None))],
        Step::Pod(which, false) => vec![deleted(Resource::Pods, 300 + which as u128)],
        Step::Linked(true) => vec![linked(Resource::Events, Link::Live)],
        Step::Linked(false) => vec![linked(Resource::Events, Link::Lost { reason: "reset".into() })],
        Step::Joined(..) | Step::Returned(..) | Step::Pause => Vec::new(),
    }
}

/// Everything but the rows: the whole, the namespaces by name, the sources.
#[derive(Clone, Debug, Default, PartialEq)]
struct Overview {
    whole: Value,
    namespaces: BTreeMap<String, Value>,
    sources: Value,
}

impl Overview {
    fn of(snapshot: &Snapshot) -> Self {
        let namespaces = serde_json::to_value(NamespaceCountsView::all(&snapshot.view)).unwrap();
        Self {
            whole: serde_json::to_value(WholeView::of(&snapshot.view)).unwrap(),
            namespaces: named(&namespaces),
            sources: states(&serde_json::to_value(SourceView::all(&snapshot.view)).unwrap()),
        }
    }

    /// By the rules of the documentation.
    fn take(&mut self, told: &Value) {
        let part = |name: &str| (name.to_owned(), told[name].clone());
        self.whole = ["health", "counts", "incomplete", "pods", "ready"].map(part).into_iter().collect();
        self.namespaces.extend(named(&told["namespaces"]));
        if !told["sources"].is_null() {
            self.sources = states(&told["sources"]);
        }
    }

    /// Those with nothing in them may be gone: nobody is told.
    fn without_empty(mut self) -> Self {
        self.namespaces.retain(|_, namespace| namespace["counts"]["total"] != 0);
        self
    }
}

fn named(namespaces: &Value) -> BTreeMap<String, Value> {
    let namespaces = namespaces.as_array().unwrap().iter();
    namespaces.map(|namespace| (namespace["name"].as_str().unwrap().to_owned(), namespace.clone())).collect()
}

/// What is told of sources: their states. When each was heard last goes on by itself.
fn states(sources: &Value) -> Value {
    let sources = sources.as_array().unwrap().iter();
    sources.map(|source| json!([source["name"], source["state"], source["reason"]])).collect()
}

/// What a client makes of a list and a stream, by the rules of the documentation.
struct Reader {
    query: usize,
    rows: BTreeMap<String, Value>,
    overview: Overview,
    coming: BTreeMap<String, Value>,
    /// The last version, and the last id
    reached: [Option<Version>; 2],
    /// A change is whole with its last event
    whole: bool,
    events: Events,
}

impl Reader {
    fn take(&mut self, event: &Event) {
        let keyed = |rows: &Value| -> Vec<(String, Value)> {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row.clone())).collect()
        };
        let version = event.data["version"].as_str().unwrap().parse().ok();
        if event.name == "snapshot" {
            self.coming.extend(keyed(&event.data["workloads"]));
            self.whole = false;
            if event.data["last"] == true {
                self.rows = std::mem::take(&mut self.coming);
                self.overview.namespaces.clear();
            }
        } else {
            self.rows.extend(keyed(&event.data["upserted"]));
            for id in event.removed() {
                self.rows.remove(id);
            }
            self.overview.take(&event.data["overview"]);
            self.whole = event.id.is_some();
            self.reached[0] = version;
        }
        if let Some(id) = &event.id {
            self.reached[1] = Some(id.parse().unwrap());
        }
    }

    /// Takes so many events, if they are there.
    async fn take_some(&mut self, count: usize) {
        for _ in 0..count {
            let Ok(event) = tokio::time::timeout(Duration::from_millis(1), self.events.next()).await else {
                return;
            };
            self.take(&event);
        }
    }

    fn has_seen_the_last(&self) -> bool {
        self.whole && self.rows.keys().any(|id| id.ends_with(LAST))
    }
}

fn filter(world: &World, query: &str) -> WorkloadFilter {
    let mut parameters = Parameters::read(Some(query), &["namespace", "kind", "health", "q"]);
    WorkloadFilter::read(&mut parameters, &world.handle.snapshot().view)
}

/// The rows that a list of that query shows.
fn list(snapshot: &Snapshot, filter: &WorkloadFilter) -> BTreeMap<String, Value> {
    let rows = filter.rows(&snapshot.view).map(|row| {
        let view = crate::views::workload::WorkloadView::from(&**row);
        (row.id.to_string(), serde_json::to_value(view).unwrap())
    });
    rows.collect()
}

async fn run(steps: Vec<Step>, most_rows: usize) {
    let world = World::listed(Scope::All).await;
    let streams = Arc::new(Streams::new(world.handle.clone(), CancellationToken::new(), most_rows));
    let mut readers: Vec<Reader> = Vec::new();
    let open = |query: usize, after: Option<Version>| {
        Events::of(streams.open(filter(&world, QUERIES[query]), after, None).unwrap())
    };
    let join = |query: usize, with_list: bool| {
        let snapshot = world.handle.snapshot();
        let listed =
            with_list.then(|| (list(&snapshot, &filter(&world, QUERIES[query])), Overview::of(&snapshot)));
        let after = with_list.then_some(snapshot.version);
        let (rows, overview) = listed.unwrap_or_default();
        let coming = BTreeMap::new();
        Reader {
            query,
            rows,
            overview,
            coming,
            reached: [after; 2],
            whole: false,
            events: open(query, after),
        }
    };
    for step in steps {
        match step {
            Step::Joined(query, with_list) => readers.push(join(query, with_list)),
            Step::Returned(which, count, by_id) => {
                let Some(which) = which.checked_rem(readers.len()) else { continue };
                let reader = &mut readers[which];
                reader.take_some(count).await;
                reader.coming.clear();
                reader.events = open(reader.query, reader.reached[usize::from(by_id)]);
            }
            Step::Pause => tokio::time::sleep(Duration::from_millis(120)).await,
            _ => world.tell(observations(step)).await,
        }
    }
    // It is in every filter, so whoever has it has all that came before.
    world.tell([put(controller(Kind::Deployment, 100, "shop", &format!("w1-{LAST}"), 0))]).await;
    let snapshot = world.handle.snapshot();
    for mut reader in readers {
        while !reader.has_seen_the_last() {
            let event = reader.events.next().await;
            reader.take(&event);
        }
        let query = QUERIES[reader.query];
        assert_eq!(reader.rows, list(&snapshot, &filter(&world, query)), "{query}");
        assert_eq!(reader.overview.without_empty(), Overview::of(&snapshot).without_empty(), "{query}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn every_reader_ends_with_what_is_there(
        steps in steps(),
        most_rows in prop_oneof![Just(1_usize), Just(3), Just(MOST_ROWS)],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(run(steps, most_rows));
    }
}
