//! What the API server is asked: as little as can be.

use std::collections::BTreeMap;
use std::time::Duration;

use lab::{AuditEntry, Rights, until};

use crate::manifest::deployment;
use crate::rows::{SOON, follow, id, source, upserted, wait_source};
use crate::watcher::{Watcher, all_rules, cluster};

/// A watch is silent for no longer: then a bookmark has come, or the answer to a question.
const SIGN_OF_LIFE: Duration = Duration::from_secs(90);

const WATCHED: [&str; 11] = [
    "cronjobs",
    "daemonsets",
    "deployments",
    "events",
    "jobs",
    "namespaces",
    "nodes",
    "persistentvolumeclaims",
    "pods",
    "replicasets",
    "statefulsets",
];

#[test]
fn neither_changes_nor_readers_cost_the_api_server_a_request_and_silence_one() {
    let cluster = cluster();
    let namespace = cluster.namespace("polite");
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    let rules = all_rules();
    let watcher = Watcher::start(&[Rights::Everywhere(&rules)]);
    for resource in WATCHED {
        wait_source(&watcher, resource, "synced", SOON);
    }
    let asked = || -> Vec<AuditEntry> {
        // The figures of use are no object that could be watched.
        let ours =
            |entry: &AuditEntry| entry.user == watcher.viewer.user() && entry.group != "metrics.k8s.io";
        cluster.audit().into_iter().filter(ours).collect()
    };
    let before = asked();
    assert_eq!(
        open_watches(&before),
        WATCHED.map(|resource| (resource, 1)).into(),
        "one watch for each kind"
    );

    let mut readers: Vec<_> = (0..5).map(|_| follow(&watcher, &namespace)).collect();
    for replicas in [3, 1, 2] {
        cluster.apply(&deployment(&namespace, "web", replicas).to_string());
        for events in &mut readers {
            events.until("the change is on the stream", SOON, |event| {
                upserted(event, &id(&namespace, "Deployment", "web")).filter(|row| row["ready"] == replicas)
            });
        }
        for path in ["workloads", "pods", "events", "overview", "namespaces", "health"] {
            assert_eq!(watcher.get(&format!("/api/v1/{path}")).status, 200);
        }
    }
    assert_eq!(asked()[before.len()..], [], "all that happened came over the watches that were open");

    // Where nothing changes no bookmark comes at first: one question tells that all is well.
    let told = || source(&watcher, "persistentvolumeclaims")["last_event_at"].clone();
    let before_quiet = told();
    until("a watch without events has given a sign of life", SIGN_OF_LIFE, || {
        let last = told();
        if last == before_quiet { Err(last.to_string()) } else { Ok(()) }
    });
    let after = asked();
    let mut questions: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in &after[before.len()..] {
        assert!(entry.verb == "list" && entry.request_uri.ends_with("?limit=1"), "{entry:?}");
        *questions.entry(entry.resource.as_str()).or_default() += 1;
    }
    assert!(questions.values().all(|count| *count == 1), "{questions:?}");
    assert_eq!(open_watches(&after), open_watches(&before), "the watches go on");
    let agent = concat!("maintenant/", env!("CARGO_PKG_VERSION"));
    assert!(after.iter().all(|entry| entry.user_agent == agent), "{after:#?}");
}

/// How many watches of each resource have begun and not ended.
fn open_watches(entries: &[AuditEntry]) -> BTreeMap<&str, i32> {
    let mut open = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.verb == "watch" && entry.status == 200) {
        *open.entry(entry.resource.as_str()).or_default() += match entry.stage.as_str() {
            "ResponseStarted" => 1,
            "ResponseComplete" => -1,
            other => panic!("an audit entry of the stage {other}"),
        };
    }
    open
}
