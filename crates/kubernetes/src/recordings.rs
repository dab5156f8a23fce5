//! What is said of situations that a real control plane and a real kubelet went through (Kubernetes 1.36, containerd 2).
//!
//! Each file in `tests/recordings` holds the objects of one namespace as they stood at the end, and mostly also some
//! seconds after the workload was made; trimmed to the fields that are read, with the times that were real.

use crate::interner::Interner;
use crate::item;
use crate::wire::Format;
use domain::change::Change;
use domain::id::Uid;
use domain::observation::{Fact, Object, Observation};
use domain::scope::Scope;
use domain::source::{Link, Resource, SourceId};
use domain::state::State;
use domain::time::Time;
use domain::workload::Row;
use jiff::Timestamp;
use serde_json::Value;
use std::sync::Arc;

mod configuration;
mod containers;
mod images;
mod jobs;
mod order;
mod placement;
mod refusals;
mod service;

const CLUSTER: &str = "c";

/// What may not be read: nothing, or what the default role leaves out.
const EVERYTHING: &[Resource] = &[];
const DEFAULT_ROLE: &[Resource] =
    &[Resource::Jobs, Resource::CronJobs, Resource::Nodes, Resource::PersistentVolumeClaims];

/// The objects of one namespace at one moment.
struct Recording {
    at: Time,
    objects: Vec<(Resource, Uid, Object)>,
}

impl Recording {
    fn open(name: &str, moment: &str) -> Self {
        let recording = &file(name)[moment];
        let objects = recording["objects"].as_array().expect("a recording of that moment");
        Self { at: time(recording["at"].as_str().expect("a time")), objects: read(objects) }
    }

    /// `early` and `end`, or the end alone.
    fn moments(name: &str) -> Vec<String> {
        file(name).as_object().expect("a recording has moments").keys().cloned().collect()
    }

    /// What is known once everything was told, by one source after the other.
    fn told(&self, sources: &[Resource], forbidden: &[Resource]) -> State {
        let mut state = State::new(&[CLUSTER.into()], Scope::All);
        let tell = |state: &mut State, fact| {
            state.apply(Observation::Cluster { cluster: CLUSTER.into(), fact }, self.at)
        };
        let id = |resource| SourceId { resource, namespace: None };
        for &resource in sources {
            tell(&mut state, Fact::Linked(id(resource), Link::Connecting));
        }
        for &resource in sources {
            if forbidden.contains(&resource) {
                tell(&mut state, Fact::Linked(id(resource), Link::Forbidden { reason: "forbidden".into() }));
                continue;
            }
            let of_source = self.objects.iter().filter(|(of, ..)| *of == resource);
            for (_, _, object) in of_source.clone() {
                tell(&mut state, Fact::Applied(object.clone()));
            }
            tell(&mut state, Fact::Listed(id(resource), of_source.map(|(_, uid, _)| *uid).collect()));
            tell(&mut state, Fact::Linked(id(resource), Link::Live));
        }
        let changes: Vec<Change> = state.apply(Observation::Due, self.at);
        assert!(changes.is_empty(), "time alone changes nothing at the moment of judgement: {changes:#?}");
        state
    }
}

fn file(name: &str) -> Value {
    let path = format!("{}/tests/recordings/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("there is a recording of that name");
    serde_json::from_str(&text).expect("a recording is JSON")
}

fn read(objects: &[Value]) -> Vec<(Resource, Uid, Object)> {
    let mut interner = Interner::new();
    let each = objects.iter().map(|object| {
        let kind = object["kind"].as_str().expect("a recorded object has a kind");
        let resource = resource(kind);
        let item =
            item::read(resource, Format::Json, object.to_string().as_bytes(), &Scope::All, &mut interner);
        let item = item.unwrap_or_else(|error| panic!("{error}: {object}"));
        (resource, item.uid, item.object.expect("every namespace is admitted"))
    });
    each.collect()
}

fn resource(kind: &str) -> Resource {
    let plural = format!("{}s", kind.to_lowercase());
    let found = Resource::ALL.into_iter().find(|resource| resource.name() == plural);
    found.unwrap_or_else(|| panic!("{kind} is not watched"))
}

fn time(text: &str) -> Time {
    let time: Timestamp = text.parse().expect("a time");
    Time::from_millis(time.as_millisecond())
}

/// Checks status, code with the kinds of its evidence, sentence and next step.
#[track_caller]
fn check(name: &str, moment: &str, forbidden: &[Resource], expected: [&str; 4]) {
    let recording = Recording::open(name, moment);
    let row = row(&recording.told(&Resource::ALL, forbidden));
    assert_eq!(said(&row), expected);
    assert!(row.since <= recording.at, "since {:?} and now {:?}", row.since, recording.at);
}

/// The one workload.
fn row(state: &State) -> Arc<Row> {
    let view = state.view();
    let rows: Vec<_> = view.cluster(CLUSTER).expect("it is the one").rows().cloned().collect();
    let [row] = &rows[..] else { panic!("one workload in a recording: {rows:#?}") };
    row.clone()
}

/// The time of day, to the second.
fn clock(time: Time) -> String {
    let time = Timestamp::from_millisecond(time.as_millis()).expect("a time of the recording");
    time.strftime("%H:%M:%S").to_string()
}

fn said(row: &Row) -> [String; 4] {
    let status = format!("{} since {}", row.health, clock(row.since));
    let Some(why) = &row.diagnosis else { return [status, String::new(), String::new(), String::new()] };
    let evidence: Vec<&str> = why.evidence.iter().map(|evidence| evidence.kind.as_str()).collect();
    let code = format!("{} since {}: {}", why.code.as_str(), clock(why.since), evidence.join(", "));
    let next_step = why.next_step.as_deref().unwrap_or_default();
    [status, code, why.summary.to_string(), next_step.to_owned()]
}
