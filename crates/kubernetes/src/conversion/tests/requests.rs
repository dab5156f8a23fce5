//! What the scheduler keeps free for a pod.

use super::pod;
use domain::compute::Compute;
use rstest::rstest;
use serde_json::{Value, json};

const MIB: u64 = 1 << 20;

fn container(name: &str, cpu: &str, memory: &str) -> Value {
    json!({"name": name, "image": "app:1", "resources": {"requests": {"cpu": cpu, "memory": memory}}})
}

fn sidecar(name: &str, cpu: &str, memory: &str) -> Value {
    let mut sidecar = container(name, cpu, memory);
    sidecar["restartPolicy"] = "Always".into();
    sidecar
}

#[rstest]
#[case::nothing_is_asked_for(json!({"containers": [{"name": "a"}]}), 0, 0)]
#[case::what_runs_side_by_side(
    json!({"containers": [container("a", "250m", "64Mi"), container("b", "1", "64Mi")]}),
    1250,
    128
)]
#[case::an_init_container_that_needs_more_of_one(
    json!({
        "initContainers": [container("migrate", "2", "32Mi"), container("seed", "100m", "16Mi")],
        "containers": [container("a", "500m", "64Mi")],
    }),
    2000,
    64
)]
#[case::a_sidecar_counts_beside_the_rest_and_beside_the_init_containers_after_it(
    json!({
        "initContainers": [
            container("first", "700m", "10Mi"),
            sidecar("proxy", "100m", "50Mi"),
            container("migrate", "1", "10Mi"),
        ],
        "containers": [container("a", "500m", "64Mi")],
    }),
    1100,
    114
)]
#[case::what_the_pod_asks_for_as_a_whole_stands_in_its_place(
    json!({
        "containers": [container("a", "500m", "64Mi")],
        "resources": {"requests": {"cpu": "3"}},
    }),
    3000,
    64
)]
#[case::the_sandbox_takes_its_own(
    json!({"containers": [container("a", "500m", "64Mi")], "overhead": {"cpu": "250m", "memory": "120Mi"}}),
    750,
    184
)]
fn requests(#[case] spec: Value, #[case] cpu_millicores: u64, #[case] memory_mib: u64) {
    let pod = pod(&json!({"metadata": {"namespace": "shop", "name": "a"}, "spec": spec}));
    assert_eq!(pod.spec.requests, Compute { cpu_millicores, memory_bytes: memory_mib * MIB });
}
