//! Whatever happens and whenever a reader comes, what it has put together is what is there.
use crate::query::Parameters;
use crate::query::filter::WorkloadFilter;
use crate::stream::Streams;
use crate::testbed::World;
use crate::testbed::client::{Event, Events};
use crate::testbed::objects::{controller, deleted, put};
use domain::id::Kind;
use domain::scope::Scope;
use domain::source::Resource;
use engine::Version;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The workload whose coming ends a test.
const LAST: &str = "last";
const QUERIES: [&str; 4] =
    ["", "health=suspended", "health=suspended&q=w1", "namespace=shop&kind=Deployment"];

/// One thing that happens to one of a few workloads.
#[derive(Clone, Copy, Debug)]
enum Step {
    Scaled(u8, u32),
    Deleted(u8),
    /// A reader comes, with that query; with a list in its hands, or with nothing.
    Joined(usize, bool),
    /// Nothing for a while: what was gathered goes.
    Pause,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..5_u8, 0..2_u32).prop_map(|(which, replicas)| Step::Scaled(which, replicas)),
        1 => (0..5_u8).prop_map(Step::Deleted),
        2 => (0..QUERIES.len(), any::<bool>()).prop_map(|(query, list)| Step::Joined(query, list)),
        1 => Just(Step::Pause),
    ];
    proptest::collection::vec(step, 1..30)
}

/// What a client makes of a list and a stream, by the rules of the documentation.
struct Reader {
    query: usize,
    rows: BTreeMap<String, Value>,
    coming: BTreeMap<String, Value>,
    events: Events,
}

impl Reader {
    fn take(&mut self, event: &Event) {
        let keyed = |rows: &Value| -> Vec<(String, Value)> {
            let rows = rows.as_array().unwrap().iter();
            rows.map(|row| (row["id"].as_str().unwrap().to_owned(), row.clone())).collect()
        };
        if event.name == "snapshot" {
            self.coming.extend(keyed(&event.data["workloads"]));
            if event.data["last"] == true {
                self.rows = std::mem::take(&mut self.coming);
            }
        } else {
            self.rows.extend(keyed(&event.data["upserted"]));
            for id in event.removed() {
                self.rows.remove(id);
            }
        }
    }

    fn has_seen_the_last(&self) -> bool {
        self.rows.keys().any(|id| id.ends_with(LAST))
    }
}

fn filter(world: &World, query: &str) -> WorkloadFilter {
    let mut parameters = Parameters::read(Some(query), &["namespace", "kind", "health", "q"]);
    WorkloadFilter::read(&mut parameters, &world.handle.snapshot().view)
}

/// The rows that a list of that query shows now, and its version.
fn list(world: &World, query: &str) -> (BTreeMap<String, Value>, Version) {
    let snapshot = world.handle.snapshot();
    let filter = filter(world, query);
    let rows = filter.rows(&snapshot.view).map(|row| {
        let view = crate::views::workload::WorkloadView::from(&**row);
        (row.id.to_string(), serde_json::to_value(view).unwrap())
    });
    (rows.collect(), snapshot.version)
}

async fn run(steps: Vec<Step>) {
    let world = World::listed(Scope::All).await;
    let streams = Arc::new(Streams::new(world.handle.clone(), CancellationToken::new()));
    let mut readers = Vec::new();
    let join = |query: usize, with_list: bool| {
        let (rows, version) = list(&world, QUERIES[query]);
        let after = with_list.then_some(version);
        let body = streams.open(filter(&world, QUERIES[query]), after, None).unwrap();
        let rows = if with_list { rows } else { BTreeMap::new() };
        Reader { query, rows, coming: BTreeMap::new(), events: Events::of(body) }
    };
    for step in steps {
        match step {
            Step::Scaled(which, replicas) => {
                let name = format!("w{which}");
                world.tell([put(controller(Kind::Deployment, which.into(), "shop", &name, replicas))]).await;
            }
            Step::Deleted(which) => world.tell([deleted(Resource::Deployments, which.into())]).await,
            Step::Joined(query, with_list) => readers.push(join(query, with_list)),
            Step::Pause => tokio::time::sleep(std::time::Duration::from_millis(120)).await,
        }
    }
    // It is in every filter, so whoever has it has all that came before.
    world.tell([put(controller(Kind::Deployment, 100, "shop", &format!("w1-{LAST}"), 0))]).await;
    for mut reader in readers {
        while !reader.has_seen_the_last() {
            let event = reader.events.next().await;
            reader.take(&event);
        }
        assert_eq!(reader.rows, list(&world, QUERIES[reader.query]).0, "{}", QUERIES[reader.query]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn every_reader_ends_with_what_is_there(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(run(steps));
    }
}
