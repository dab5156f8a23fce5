//! Nodes that fall silent: what is said of their pods then, and until they are gone.
use crate::timeline::{last, play, world_after};
use crate::world::*;
use domain::event::Event;
use domain::memory::Memory;
use rstest::rstest;
use std::sync::Arc;

#[rstest]
#[case::a_crash_loop_is_no_live_fact(
    "deployment 1; 0s node:n1 +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20m node:n1=silent; 21m",
    "Node `n1` does not answer: Pod a is not ready. Nothing serves.",
    "0s progressing; 4s failed crash_loop"
)]
#[case::nor_what_a_container_waited_for(
    "deployment 2; 0s node:n1 node:n2 +a +b b@n2; 1s a=wait:CreateContainerConfigError:secret_\"nope\"_not_found b=ready; \
     20m node:n1=silent; 21m",
    "Node `n1` does not answer: Pod a is not ready. 1 of 2 pods serve.",
    "0s progressing; 30s degraded config_missing"
)]
#[case::what_served_is_counted(
    "deployment 3; 0s node:n1 +a +b +c; 5s a=ready b=ready c=ready; 20m a=ended:1; 1201s a=unready; \
     1202s a=lost b=lost c=lost node:n1=silent; 1322s",
    "Node `n1` does not answer: 3 of 3 pods are not ready. Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1232s failed node_lost"
)]
#[case::what_the_node_never_started(
    "deployment 1; 0s node:n1; 10s node:n1=silent; 20s +a; 25s",
    "Node `n1` does not answer: Pod a is not ready. 1 of 1 updated. Nothing serves.",
    "0s progressing"
)]
#[case::another_pod_s_crash_loop_is_one(
    "deployment 2; 0s node:n1 node:n2 +a +b b@n2; 5s a=ready b=ready; 20m a=lost node:n1=silent b=ended:1; 1202s b=ended:1",
    "Container `app` crash-loops in pod b (exit 1, 1 restart). Nothing serves.",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1202s degraded crash_loop"
)]
#[case::when_the_node_is_back_its_word_counts_again(
    "deployment 1; 0s node:n1 +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20m node:n1=silent; 30m node:n1=back; 31m",
    "Container `app` crash-loops (exit 1, 1 restart). Nothing serves.",
    "0s progressing; 4s failed crash_loop"
)]
#[case::where_nodes_may_not_be_read_an_event_tells(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20m !a:NodeNotReady:Node_is_not_ready; 21m",
    "Node `n1` does not answer: Pod a is not ready. Nothing serves.",
    "0s progressing; 4s failed crash_loop"
)]
#[case::until_the_pod_shows_life(
    "deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1; 6s a=backoff; 20m !a:NodeNotReady:Node_is_not_ready; 21m a=ended:1; 22m",
    "Container `app` crash-loops (exit 1, 2 restarts in 20 min). Nothing serves.",
    "0s progressing; 4s failed crash_loop"
)]
fn pods_of_a_silent_node(#[case] script: &str, #[case] summary: &str, #[case] said: &str) {
    assert_eq!(&*last(script).diagnosis.expect("a diagnosis").summary, summary);
    assert_eq!(play(script), said);
}

/// A container that waits shows no time of its own, but its kubelet goes on telling of it.
#[rstest]
#[case::before(1199, "node_lost")]
#[case::after(1230, "config_missing")]
fn what_a_kubelet_says_is_a_sign_of_life(#[case] secs: u64, #[case] code: &str) {
    let mut world = world_after(
        "deployment 1; 0s +a; 1s a=wait:CreateContainerConfigError:secret_\"nope\"_not_found; 20m !a:NodeNotReady:Node_is_not_ready",
    );
    let failed = Event {
        source: Some("kubelet".into()),
        ..event("a", Some("app"), "Failed", "Error: secret \"nope\" not found", at(secs))
    };
    world.around.events.get_mut(&uid("a")).expect("events").push(Arc::new(failed));
    let judgement = world.judge(&Memory::default(), at(1260));
    assert_eq!(judgement.diagnosis.map(|diagnosis| diagnosis.code.as_str()), Some(code));
}
