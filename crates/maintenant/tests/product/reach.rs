//! An API server that cannot be reached, or not yet.

use lab::until;
use simulator::Simulator;

use crate::rows::SOON;
use crate::simulated::{NAMESPACE, deploy, running, start};

#[tokio::test(flavor = "multi_thread")]
async fn without_an_api_server_it_serves_the_page_says_what_it_tried_and_is_ready_when_one_comes() {
    let (simulator, program) = start(Simulator::builder()).await;
    deploy(&simulator, "web", &[running()]);
    // The port stays the simulator's, and whoever connects is refused.
    simulator.faults().refuse_connections().await;
    let server = program.serve();

    let page = server.get("/");
    assert_eq!(page.status, 200, "{}", page.text());
    assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")), "{page:?}");
    let address = simulator.address().to_string();
    until("it says what it tried", SOON, || {
        let health = server.get_json("/api/v1/health");
        let error = health["clusters"][0]["error"].as_str().unwrap_or_default();
        if error.contains(&address) && error.contains("refused") { Ok(()) } else { Err(health.to_string()) }
    });
    let ready = server.get("/api/v1/ready");
    assert_eq!((ready.status, ready.json()["ready"].as_bool()), (503, Some(false)), "{}", ready.text());
    let waiting = ready.json()["waiting_for"].to_string();
    assert!(waiting.contains("kubernetes/lab/pods"), "{waiting}");
    assert!(ready.json()["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{}", ready.text());

    simulator.faults().accept_connections().await;
    server.wait_ready();
    server.wait_for("the row is there", &format!("/api/v1/workloads?namespace={NAMESPACE}"), |list| {
        (list["items"][0]["health"] == "healthy").then_some(())
    });
    let health = server.get_json("/api/v1/health");
    assert!(health["clusters"][0]["error"].is_null(), "{health}");
}
