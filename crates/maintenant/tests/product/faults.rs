//! An API server that fails, behind which the truth goes on.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use lab::{Server, until};
use serde_json::json;
use simulator::{Corruption, Cut, Failure, Resource, Scope, Simulator, Verb};

use crate::rows::{SOON, follow, id, removed, rows, source, upserted, wait_source};
use crate::simulated::{NAMESPACE, deploy, remove, running, with_deployments};

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_that_has_expired_is_read_anew_and_no_row_vanishes_meanwhile() {
    for as_http_status in [false, true] {
        let names = ["a", "b", "c", "gone"];
        let (simulator, server) = with_deployments(&names).await;
        wait_names(&server, &names);
        let mut events = follow(&server, NAMESPACE);

        if as_http_status {
            for resource in [Resource::Pods, Resource::Deployments, Resource::ReplicaSets] {
                simulator.faults().fail_next(1, Failure::Status(410), Scope::Of(Verb::Watch, resource));
            }
        }
        // It takes a few tries, so that there is a while in which the one is read anew and the other is not.
        simulator.faults().fail_next(2, Failure::Status(503), Scope::Of(Verb::Watch, Resource::Pods));
        simulator.faults().while_away(simulator.cluster(), |cluster| remove(cluster, "gone")).await;

        events.until("the deleted one is gone", SOON, |event| {
            for name in ["a", "b", "c"] {
                let id = id(NAMESPACE, "Deployment", name);
                assert!(!removed(event, &id), "{event:?}");
                assert!(upserted(event, &id).is_none_or(|row| row["health"] == "healthy"), "{event:?}");
            }
            removed(event, &id(NAMESPACE, "Deployment", "gone")).then_some(())
        });
        wait_names(&server, &["a", "b", "c"]);
        for resource in ["pods", "deployments", "replicasets"] {
            wait_source(&server, resource, "synced", SOON);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_that_asks_for_a_pause_gets_it() {
    let (simulator, server) = with_deployments(&["web"]).await;
    wait_source(&server, "deployments", "synced", SOON);
    let asked = |simulator: &Simulator| simulator.activity().requests(Verb::Watch, Resource::Deployments);
    let before = asked(&simulator);
    let pause = Duration::from_secs(3);
    let busy = Failure::TooManyRequests { retry_after_seconds: 3 };
    simulator.faults().fail_next(1, busy, Scope::Of(Verb::Watch, Resource::Deployments));

    let cut = Instant::now();
    simulator.faults().cut_watches(Cut::Clean, Some(Resource::Deployments));
    // The first question is the one that is refused; the second is the one that has to wait.
    simulator
        .activity_when(|activity| activity.requests(Verb::Watch, Resource::Deployments) >= before + 2)
        .await;
    assert!(cut.elapsed() >= pause, "asked again after {:?}", cut.elapsed());
    wait_source(&server, "deployments", "synced", SOON);
    deploy(&simulator, "new", &[running()]);
    wait_names(&server, &["new", "web"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn dropped_connections_are_opened_again_and_nothing_is_missed() {
    let (simulator, server) = with_deployments(&["web"]).await;
    wait_names(&server, &["web"]);
    let since = rows(&server, NAMESPACE)[0]["since"].clone();

    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    wait_source(&server, "pods", "degraded", SOON);
    let refused = format!("connection refused ({})", simulator.address());
    until("the reason is said", SOON, || {
        let pods = source(&server, "pods");
        if pods["reason"] == refused { Ok(()) } else { Err(pods.to_string()) }
    });
    assert_eq!(rows(&server, NAMESPACE)[0]["health"], "healthy", "what was known is still shown");
    deploy(&simulator, "new", &[running()]);

    simulator.faults().accept_connections().await;
    wait_names(&server, &["new", "web"]);
    wait_source(&server, "pods", "synced", SOON);
    let web = rows(&server, NAMESPACE).into_iter().find(|row| row["name"] == "web").unwrap();
    assert_eq!((&web["health"], &web["since"]), (&json!("healthy"), &since));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_makes_no_sense_is_asked_for_again() {
    for corruption in [Corruption::Truncated, Corruption::Garbled, Corruption::Endless] {
        let (simulator, server) = with_deployments(&["web"]).await;
        wait_names(&server, &["web"]);

        let open = simulator.activity().requests(Verb::Watch, Resource::Deployments);
        simulator.faults().corrupt_next(1, corruption, Scope::Of(Verb::Watch, Resource::Deployments));
        simulator.faults().cut_watches(Cut::Clean, Some(Resource::Deployments));
        simulator
            .activity_when(|activity| {
                activity.requests(Verb::Watch, Resource::Deployments) > open
                    && activity.open_watches(Resource::Deployments) > 0
            })
            .await;
        // The first frame of that watch is the spoilt one.
        deploy(&simulator, "new", &[running()]);
        wait_names(&server, &["new", "web"]);
        wait_source(&server, "deployments", "synced", SOON);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_and_made_while_nobody_looked_is_seen_at_the_next_list() {
    let (simulator, server) = with_deployments(&["kept", "gone"]).await;
    wait_names(&server, &["gone", "kept"]);
    simulator
        .faults()
        .while_away(simulator.cluster(), |cluster| {
            remove(cluster, "gone");
            deploy(&simulator, "made", &[running()]);
        })
        .await;
    wait_names(&server, &["kept", "made"]);
    let pods = server.get_json(&format!("/api/v1/pods?namespace={NAMESPACE}"));
    assert_eq!(pods["total"], 2, "{pods}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_server_without_streaming_lists_is_read_page_by_page() {
    let (simulator, program) = crate::simulated::start(Simulator::builder().streaming_lists(false)).await;
    let names: Vec<_> = (0..600).map(|number| format!("web-{number:03}")).collect();
    for name in &names {
        deploy(&simulator, name, &[]);
    }
    let server = program.serve();
    server.wait_ready();
    server.wait_for("all are there", &format!("/api/v1/workloads?namespace={NAMESPACE}&limit=1"), |list| {
        (list["total"] == names.len()).then_some(())
    });
    assert!(simulator.activity().requests(Verb::List, Resource::Deployments) >= 2, "more than one page");
    assert_eq!(simulator.activity().refused_methods(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_no_longer_accepted_is_said() {
    let (simulator, server) = with_deployments(&["web"]).await;
    wait_names(&server, &["web"]);
    simulator.set_token(Some("another"));
    simulator.faults().drop_connections().await;
    until("the reason is said", SOON, || {
        let pods = source(&server, "pods");
        let reason = pods["reason"].as_str().unwrap_or_default();
        if reason.contains("401") && pods["state"] == "degraded" { Ok(()) } else { Err(pods.to_string()) }
    });
    simulator.set_token(None);
    wait_source(&server, "pods", "synced", SOON);
}

/// Waits until the healthy Deployments of the namespace are those.
#[track_caller]
fn wait_names(server: &Server, names: &[&str]) {
    let wanted: BTreeSet<_> = names.iter().map(|name| format!("{name} healthy")).collect();
    until(&format!("the rows are {wanted:?}"), SOON, || {
        let shown = rows(server, NAMESPACE);
        let word = |row: &serde_json::Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let shown: BTreeSet<_> =
            shown.iter().map(|row| format!("{} {}", word(row, "name"), word(row, "health"))).collect();
        if shown == wanted { Ok(()) } else { Err(format!("{shown:?}")) }
    });
}
