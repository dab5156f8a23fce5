//! Images that can't be pulled.

use serde_json::json;

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, lasting, pod_spec, with};

fn running(bed: &Bed<'_>, name: &str, image: &str) {
    let container = with(lasting(), &json!({"image": image}));
    bed.apply(&deployment(&bed.namespace, name, &pod_spec(&container)));
}

#[test]
fn a_registry_that_refuses_connections_or_has_no_address() {
    let bed = Bed::new("registry");
    running(&bed, "refused", "127.0.0.1:5000/team/app:v2");
    running(&bed, "unknown", "registry.nowhere.example/team/app:v2");
    let said = [
        (
            "refused",
            "127.0.0.1:5000/team/app:v2` cannot be pulled: dial tcp 127.0.0.1:5000: connect: connection refused.",
        ),
        (
            "unknown",
            "registry.nowhere.example/team/app:v2` cannot be pulled: dial tcp: lookup registry.nowhere.example",
        ),
    ];
    for (name, said) in said {
        let workload =
            bed.until("Deployment", name, "it has lasted", |workload| workload["health"] == "failed");
        assert_eq!(workload["diagnosis"]["code"], "image_registry_unreachable");
        let summary = workload["diagnosis"]["summary"].as_str().unwrap_or_default();
        assert!(summary.starts_with(&format!("Image `{said}")), "{summary}");
    }
}

#[test]
fn what_a_registry_answers_is_told_apart() {
    let bed = Bed::new("answers");
    let answers = [
        (
            "missing",
            "image_not_found",
            "Image `127.0.0.1:5001/missing/app:v2` does not exist. Nothing serves.",
        ),
        (
            "private",
            "image_auth",
            "The registry does not hand out image `127.0.0.1:5001/private/app:v2`: unexpected status from HEAD request to http://127.0.0.1:5001/v2/private/app/manifests/v2: 401 Unauthorized. Nothing serves.",
        ),
        (
            "limited",
            "image_rate_limited",
            "The registry limits how often image `127.0.0.1:5001/limited/app:v2` is pulled. Nothing serves.",
        ),
        (
            "broken",
            "image_registry_unreachable",
            "Image `127.0.0.1:5001/broken/app:v2` cannot be pulled: unexpected status from HEAD request to http://127.0.0.1:5001/v2/broken/app/manifests/v2: 500 Internal Server Error. Nothing serves.",
        ),
    ];
    for (name, ..) in answers {
        running(&bed, name, &format!("127.0.0.1:5001/{name}/app:v2"));
    }
    for (name, code, said) in answers {
        let workload =
            bed.until("Deployment", name, "it has lasted", |workload| workload["health"] == "failed");
        assert_eq!(workload["diagnosis"]["code"], code, "{workload:#}");
        assert_said(&workload, "failed", said);
    }
}

#[test]
fn a_name_that_is_none_and_an_image_that_may_not_be_pulled() {
    let bed = Bed::new("names");
    running(&bed, "malformed", "Registry/App:::v2");
    let container = with(lasting(), &json!({"image": "test.local/absent:1", "imagePullPolicy": "Never"}));
    bed.apply(&deployment(&bed.namespace, "never", &pod_spec(&container)));
    let malformed = bed.until_code("Deployment", "malformed", "image_invalid_name");
    assert_said(&malformed, "failed", "Image name `Registry/App:::v2` is malformed. Nothing serves.");
    let never = bed.until_code("Deployment", "never", "image_never_pull");
    assert_said(
        &never,
        "failed",
        "Image `test.local/absent:1` is not on the node and may not be pulled. Nothing serves.",
    );
}
