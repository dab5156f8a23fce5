//! The end of the process.

use std::time::{Duration, Instant};

use crate::simulated::with_deployments;

/// What is promised.
const PROMISED: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_in_order_with_twenty_open_streams() {
    let (_simulator, server) = with_deployments(&["web"]).await;
    let mut streams: Vec<_> = (0..20).map(|_| server.events("/api/v1/stream", &[])).collect();
    for stream in &mut streams {
        assert!(stream.next(PROMISED).is_some());
    }
    let asked = Instant::now();
    let exit = server.terminate();
    assert!(asked.elapsed() < PROMISED, "it took {:?}", asked.elapsed());
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
    assert!(exit.stderr.contains("SIGTERM"), "{}", exit.stderr);
    for stream in &mut streams {
        while let Some(event) = stream.next(PROMISED) {
            assert!(["snapshot", "change"].contains(&event.name.as_str()), "{event:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_ends_it_in_order_while_the_api_server_does_not_answer() {
    let (simulator, server) = with_deployments(&["web"]).await;
    simulator.faults().freeze();
    let asked = Instant::now();
    let exit = server.terminate();
    assert!(asked.elapsed() < PROMISED, "it took {:?}", asked.elapsed());
    assert_eq!(exit.code, Some(0), "{}", exit.stderr);
}
