//! Which edition is in force.
use crate::testbed::{NOW, World, no_history};
use domain::license::{Edition, Fault, Held, License};
use http::StatusCode;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);

fn license() -> License {
    License {
        licensee: "ACME".into(),
        edition: Edition::Enterprise,
        features: vec!["sso".into()],
        issued: NOW - DAY,
        expires: NOW + DAY,
    }
}

#[tokio::test]
async fn it_is_community_without_a_key() {
    let site = World::shop().await.serve().await;
    let answer = site.get("/api/v1/license", &[]).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, "no-store"));
    let expected = json!({
        "edition": "community", "state": "none", "licensee": null, "features": [], "issued_at": null,
        "expires_at": null, "grace_ends_at": null, "changes_at": null, "notice": null,
    });
    assert_eq!(answer.json(), expected);
    let refused = site.get("/api/v1/license?key=x", &[]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_licence_stands_as_the_time_of_the_request_has_it() {
    let site = World::shop().await;
    let site =
        site.serve_with(Arc::new(no_history()), |it| it.license = Arc::new(Held::Genuine(license()))).await;
    let mut expected = json!({
        "edition": "enterprise", "state": "valid", "licensee": "ACME", "features": ["sso"],
        "issued_at": "2026-11-20T03:00:00Z", "expires_at": "2026-11-22T03:00:00Z",
        "grace_ends_at": "2026-12-22T03:00:01Z", "changes_at": "2026-11-22T03:00:01Z", "notice": null,
    });
    assert_eq!(site.json("/api/v1/license").await, expected);

    site.world.pass(DAY * 2);
    let grace = site.json("/api/v1/license").await;
    assert!(grace["notice"].as_str().unwrap().contains("30 more days"), "{grace}");
    expected["state"] = json!("grace");
    expected["changes_at"] = expected["grace_ends_at"].clone();
    expected["notice"] = grace["notice"].clone();
    assert_eq!(grace, expected);

    site.world.pass(DAY * 30);
    let expired = site.json("/api/v1/license").await;
    assert_eq!((&expired["edition"], &expired["state"]), (&json!("community"), &json!("expired")));
    assert_eq!((&expired["features"], &expired["licensee"]), (&json!([]), &json!("ACME")));
    assert_eq!(site.get("/api/v1/workloads", &[]).await.status, StatusCode::OK, "nothing is taken away");
}

#[tokio::test]
async fn a_key_that_is_of_no_use_is_explained() {
    let site = World::shop().await;
    let held = Held::Unusable(Fault::WrongSignature);
    let site = site.serve_with(Arc::new(no_history()), |it| it.license = Arc::new(held)).await;
    let answer = site.json("/api/v1/license").await;
    assert_eq!((&answer["edition"], &answer["state"]), (&json!("community"), &json!("invalid")));
    assert!(answer["notice"].as_str().unwrap().contains("not that of this build's vendor"), "{answer}");
}
