//! One workload, one pod: all that is known of it, and null where nothing is.
use crate::testbed::World;
use crate::testbed::objects::{controller, linked, pod, put};
use domain::id::Kind;
use domain::observation::{Fact, Observation, Usage};
use domain::pod::Pod;
use domain::scope::Scope;
use domain::source::{Link, Resource};
use http::StatusCode;
use serde_json::{Value, json};

fn field<'a>(items: &'a Value, name: &str) -> Vec<&'a Value> {
    items.as_array().unwrap().iter().map(|item| &item[name]).collect()
}

#[tokio::test]
async fn a_deployment_shows_its_pods_of_the_newest_revision_first() {
    let site = World::shop().await.serve().await;
    let web = site.json("/api/v1/workloads/prod/shop/Deployment/web").await;
    assert_eq!((&web["id"], &web["group"]), (&json!("prod/shop/Deployment/web"), &json!("storefront")));
    assert_eq!(field(&web["pods"], "name"), ["web-new-a", "web-new-b", "web-new-c", "web-old-a"]);
    assert_eq!(field(&web["pods"], "current"), [true, true, true, false]);
    assert_eq!(web["pods"][3]["deleting_since"], "2026-11-21T03:00:30Z");
    assert_eq!(web["pods"][0]["workload"], "prod/shop/Deployment/web");
    assert_eq!(web["annotations"], json!({"maintenant.group": "storefront"}));
    assert_eq!(web["conditions"][0]["type"], "Available");
    assert_eq!(
        web["resources"],
        json!([{
            "container": "app", "cpu_request_millicores": 250, "cpu_limit_millicores": null,
            "memory_request_bytes": null, "memory_limit_bytes": 64 << 20,
        }])
    );
    assert_eq!((&web["nodes"], &web["runs"], &web["claims"]), (&Value::Null, &Value::Null, &json!([])));
    assert_eq!((&web["cpu_millicores"], &web["memory_bytes"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_stateful_set_shows_ordinals_and_claims() {
    let site = World::shop().await.serve().await;
    let db = site.json("/api/v1/workloads/prod/shop/StatefulSet/db").await;
    assert_eq!(field(&db["pods"], "ordinal"), [0, 1]);
    assert_eq!(
        db["claims"],
        json!([
            {"name": "data-db-0", "pod": "db-0", "ordinal": 0, "phase": "Bound", "capacity_bytes": 1 << 30, "storage_class": "fast"},
            {"name": "data-db-1", "pod": "db-1", "ordinal": 1, "phase": "Missing", "capacity_bytes": null, "storage_class": null},
        ])
    );
}

#[tokio::test]
async fn where_claims_and_nodes_may_not_be_read_nothing_is_said_of_them() {
    let world = World::listed(Scope::All).await;
    let refused = |resource| linked(resource, Link::Forbidden { reason: "forbidden".into() });
    let claiming = Pod {
        claims: Box::new(["data-db-0".into()]),
        ..pod(2, "shop", "db-0", crate::testbed::objects::owner(Kind::StatefulSet, "db", 1))
    };
    world
        .tell([
            refused(Resource::Nodes),
            refused(Resource::PersistentVolumeClaims),
            put(controller(Kind::StatefulSet, 1, "shop", "db", 1)),
            put(claiming),
            put(controller(Kind::DaemonSet, 3, "shop", "agent", 1)),
            put(pod(4, "shop", "agent-x", crate::testbed::objects::owner(Kind::DaemonSet, "agent", 3))),
        ])
        .await;
    let site = world.serve().await;
    let db = site.json("/api/v1/workloads/prod/shop/StatefulSet/db").await;
    assert_eq!((&db["claims"][0]["name"], &db["claims"][0]["phase"]), (&json!("data-db-0"), &Value::Null));
    let agent = site.json("/api/v1/workloads/prod/shop/DaemonSet/agent").await;
    assert_eq!((&agent["nodes"][0]["name"], &agent["nodes"][0]["ready"]), (&json!("node-1"), &Value::Null));
    let overview = site.json("/api/v1/overview").await;
    assert_eq!(overview["clusters"][0]["nodes"], Value::Null);
    let nodes =
        overview["sources"].as_array().unwrap().iter().find(|source| source["resource"] == "nodes").unwrap();
    assert_eq!((&nodes["state"], &nodes["required"]), (&json!("forbidden"), &json!(false)));
    assert!(nodes["rule"].as_str().unwrap().contains("resources: [nodes]"), "{nodes}");
}

#[tokio::test]
async fn a_daemon_set_shows_its_nodes_and_a_cron_job_its_runs() {
    let site = World::shop().await.serve().await;
    let agent = site.json("/api/v1/workloads/prod/shop/DaemonSet/agent").await;
    assert_eq!(
        agent["nodes"],
        json!([{"name": "node-1", "ready": true, "pod": "agent-x", "health": "healthy", "reason": null}])
    );
    let nightly = site.json("/api/v1/workloads/prod/billing/CronJob/nightly").await;
    assert_eq!(field(&nightly["runs"], "name"), ["nightly-2", "nightly-1"]);
    assert_eq!(field(&nightly["runs"], "health"), ["healthy", "failed"]);
    assert_eq!(field(&nightly["runs"], "pods"), [1, 1]);
    assert_eq!(nightly["nodes"], Value::Null);
}

#[tokio::test]
async fn a_crash_is_explained_down_to_the_container() {
    let site = World::shop().await.serve().await;
    let api = site.json("/api/v1/workloads/prod/shop/Deployment/api").await;
    assert_eq!(api["reason"]["code"], "crash_loop", "{api}");
    assert_eq!(api["diagnosis"]["code"], api["reason"]["code"]);
    assert!(!api["diagnosis"]["evidence"].as_array().unwrap().is_empty());
    let pod = site.json("/api/v1/pods/prod/shop/api-x-a").await;
    let container = &pod["containers"][0];
    assert_eq!((&container["state"], &container["reason"]), (&json!("waiting"), &json!("CrashLoopBackOff")));
    assert_eq!((&container["restarts"], &container["exit_code"]), (&json!(4), &Value::Null));
    assert_eq!(
        container["last_exit"],
        json!({
            "exit_code": 1, "signal": null, "reason": "Error",
            "started_at": "2026-11-21T02:58:50Z", "finished_at": "2026-11-21T02:59:00Z",
        })
    );
    assert_eq!(field(&pod["events"], "reason"), ["BackOff", "Pulled"]);
    assert_eq!(pod["health"], "failed");
}

#[tokio::test]
async fn a_foreign_kind_is_found_under_its_group() {
    let site = World::shop().await.serve().await;
    let checkout = site.json("/api/v1/workloads/prod/billing/Rollout.argoproj.io/checkout").await;
    assert_eq!((&checkout["kind"], &checkout["api_group"]), (&json!("Rollout"), &json!("argoproj.io")));
    let plain = site.get("/api/v1/workloads/prod/billing/Rollout/checkout", &[]).await;
    assert_eq!(plain.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn usage_is_shown_where_it_is_measured() {
    let world = World::shop().await;
    let usage =
        Usage { namespace: "shop".into(), pod: "db-0".into(), cpu_millicores: 120, memory_bytes: 5 << 20 };
    world
        .tell([
            linked(Resource::PodMetrics, Link::Live),
            Observation::Cluster {
                cluster: crate::testbed::CLUSTER.into(),
                fact: Fact::Measured(crate::testbed::objects::source(Resource::PodMetrics), vec![usage]),
            },
        ])
        .await;
    let site = world.serve().await;
    let db = site.json("/api/v1/workloads/prod/shop/StatefulSet/db").await;
    assert_eq!((&db["cpu_millicores"], &db["memory_bytes"]), (&json!(120), &json!(5 << 20)));
    assert_eq!(field(&db["pods"], "cpu_millicores"), [&json!(120), &Value::Null]);
    let by_cpu = site.json("/api/v1/workloads?sort=cpu&limit=1").await;
    assert_eq!(by_cpu["items"][0]["name"], "db", "what is not measured comes last");
}
