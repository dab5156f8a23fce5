//! What is said once, at the start.

use lab::{Server, until};
use simulator::Simulator;

use crate::rows::SOON;
use crate::simulated::start;

const WARNING: &str = "there is no sign-in";

fn warnings(server: &Server) -> usize {
    server.stderr().matches(WARNING).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_listens_beyond_this_machine_is_warned_once_and_not_again_with_a_new_history() {
    let (_simulator, program) = start(Simulator::builder()).await;
    let first = program.serve();
    let second = program.serve_everywhere();
    second.wait_ready();
    let line = second.stderr().lines().find(|line| line.contains(WARNING)).unwrap_or_default().to_owned();
    assert!(line.contains("WARN") && line.contains("0.0.0.0:"), "{}", second.stderr());

    assert_eq!((warnings(&first), first.terminate().code), (0, Some(0)), "only this machine reaches it");
    until("the second starts over", SOON, || {
        let said = second.stderr();
        if said.contains("starting over") { Ok(()) } else { Err(said) }
    });
    second.wait_ready();
    second.wait_for("the history is kept", "/api/v1/health", |health| {
        (health["storage"]["state"] == "ok").then_some(())
    });
    assert_eq!(warnings(&second), 1, "{}", second.stderr());
}

/// There the Service decides who gets to it, and it cannot listen on loopback.
#[tokio::test(flavor = "multi_thread")]
async fn in_a_cluster_nobody_is_warned() {
    let (_simulator, program) = start(Simulator::builder()).await;
    let address = ("KUBERNETES_SERVICE_HOST", "127.0.0.1");
    let server = program.env(address.0, address.1).env("KUBERNETES_SERVICE_PORT", "9").serve_everywhere();
    until("it has said where it listens", SOON, || {
        let said = server.stderr();
        if said.contains("listening on 0.0.0.0:") { Ok(()) } else { Err(said) }
    });
    assert_eq!(warnings(&server), 0, "{}", server.stderr());
}
