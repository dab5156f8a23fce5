//! Only the chosen namespaces exist.

use lab::{Rights, Rule, Server, until};

use crate::manifest::deployment;
use crate::rows::{SOON, follow, id, path, source, upserted, wait_health, wait_source};
use crate::watcher::{CLUSTER, Watcher, cluster, program};

#[test]
fn roles_in_the_chosen_namespaces_are_enough() {
    let cluster = cluster();
    let [shop, blog, other] = ["shop", "blog", "other"].map(with_a_deployment);
    let rules = Rule::defaults();
    let rights = [Rights::In(&shop, &rules), Rights::In(&blog, &rules)];
    let watcher = Watcher::start_with(&rights, &[("MAINTENANT_K8S_NAMESPACES", &format!("{shop},{blog}"))]);

    for namespace in [&shop, &blog] {
        wait_health(&watcher, [namespace, "Deployment", "web"], "healthy");
    }
    assert_hidden(&watcher, &other);
    for resource in ["pods", "deployments", "replicasets", "statefulsets", "daemonsets"] {
        assert_eq!(source(&watcher, resource)["state"], "synced");
    }
    let filter = watcher.get_json("/api/v1/health")["namespaces"].clone();
    let mut names = [shop.as_str(), blog.as_str()];
    names.sort_unstable();
    assert_eq!(filter, serde_json::json!({"mode": "allow", "names": names}));

    let mut events = follow(&watcher, &shop);
    cluster.apply(&deployment(&shop, "web", 2).to_string());
    events.until("the change is on the stream", SOON, |event| {
        upserted(event, &id(&shop, "Deployment", "web")).filter(|row| row["ready"] == 2)
    });
    let elsewhere: Vec<_> = cluster
        .audit()
        .into_iter()
        .filter(|entry| entry.user == watcher.viewer.user() && entry.namespace == other)
        .collect();
    assert!(elsewhere.is_empty(), "what is not chosen is not even asked for: {elsewhere:#?}");
}

#[test]
fn a_namespace_that_comes_to_match_a_pattern_joins_and_one_that_goes_leaves() {
    let cluster = cluster();
    let before = with_a_deployment("joining");
    let other = with_a_deployment("staying-away");
    let rules = Rule::defaults();
    let watcher =
        Watcher::start_with(&[Rights::Everywhere(&rules)], &[("MAINTENANT_K8S_NAMESPACES", "joining-*")]);
    wait_health(&watcher, [&before, "Deployment", "web"], "healthy");
    assert_hidden(&watcher, &other);

    let after = with_a_deployment("joining");
    wait_health(&watcher, [&after, "Deployment", "web"], "healthy");

    cluster.kubectl(&["delete", "namespace", &after, "--wait=false"]);
    until("the namespace has left", SOON, || {
        let reply = watcher.get(&format!("/api/v1/workloads?namespace={after}"));
        if reply.status == 404 { Ok(()) } else { Err(reply.text()) }
    });
    assert_hidden(&watcher, &after);
    wait_health(&watcher, [&before, "Deployment", "web"], "healthy");
}

#[test]
fn a_pattern_without_the_right_to_list_namespaces_names_the_rule_to_add() {
    let shop = with_a_deployment("unseen");
    let rules = Rule::defaults();
    let viewer = cluster().viewer(&[Rights::In(&shop, &rules)]);
    let program = program().kubeconfig(viewer.kubeconfig()).env("MAINTENANT_K8S_NAMESPACES", "unseen-*");
    let server = program.serve();
    let namespaces = wait_source(&server, "namespaces", "forbidden", SOON);
    // Nothing was found, and nobody could look: that is not a cluster in which all is well.
    let ready = server.get("/api/v1/ready");
    assert_eq!(ready.status, 503, "{}", ready.text());
    assert!(ready.text().contains("kubernetes/lab/namespaces"), "{}", ready.text());
    let rule = namespaces["rule"].as_str().unwrap();
    assert!(rule.contains("resources: [namespaces]") && rule.contains("watch"), "{rule}");
}

#[test]
fn an_excluded_namespace_does_not_exist_and_with_it_the_systems_own() {
    let cluster = cluster();
    let [shop, secret] = ["kept", "excluded"].map(with_a_deployment);
    let rules = Rule::defaults();
    let watcher = Watcher::start_with(
        &[Rights::Everywhere(&rules)],
        &[("MAINTENANT_K8S_EXCLUDE_NAMESPACES", "excluded-*")],
    );
    wait_health(&watcher, [&shop, "Deployment", "web"], "healthy");
    for hidden in [&secret, "kube-system", "kube-public"] {
        assert_hidden(&watcher, hidden);
    }

    // A change there is not told either: by the time that a later one elsewhere is, it would have been.
    let mut events = watcher.events("/api/v1/stream", &[]);
    cluster.apply(&deployment(&secret, "web", 2).to_string());
    cluster.wait_rolled_out(&secret, "deployment", "web");
    cluster.apply(&deployment(&shop, "web", 2).to_string());
    events.until("the change of the other namespace", SOON, |event| {
        assert!(!event.data.contains(&secret), "{event:?}");
        upserted(event, &id(&shop, "Deployment", "web")).filter(|row| row["ready"] == 2)
    });
    assert_hidden(&watcher, &secret);
}

/// A namespace with a Deployment `web` that has rolled out.
fn with_a_deployment(prefix: &str) -> String {
    let cluster = cluster();
    let namespace = cluster.namespace(prefix);
    cluster.apply(&deployment(&namespace, "web", 1).to_string());
    cluster.wait_rolled_out(&namespace, "deployment", "web");
    namespace
}

/// Nothing that the server says tells whether there is such a namespace.
#[track_caller]
fn assert_hidden(server: &Server, namespace: &str) {
    let pods = cluster().objects(namespace, "pods");
    let pod = pods.first().and_then(|pod| pod["metadata"]["name"].as_str()).unwrap_or("none");
    let workload = path(namespace, "Deployment", "web");
    let pod = format!("/api/v1/pods/{CLUSTER}/{namespace}/{pod}");
    for path in [
        workload.clone(),
        format!("{workload}/events"),
        format!("{workload}/history"),
        pod.clone(),
        format!("{pod}/events"),
        format!("/api/v1/workloads?namespace={namespace}"),
        format!("/api/v1/pods?namespace={namespace}"),
        format!("/api/v1/events?namespace={namespace}"),
        format!("/api/v1/stream?namespace={namespace}"),
    ] {
        let reply = server.get(&path);
        assert_eq!(reply.status, 404, "GET {path}: {}", reply.text());
        // The path is said back, and nothing else about it.
        let code = reply.json()["error"]["code"].as_str().unwrap_or_default().to_owned();
        assert!(
            ["workload_not_found", "pod_not_found", "namespace_not_found"].contains(&code.as_str()),
            "{path}: {code}"
        );
    }
    let listed = format!("\"{namespace}\"");
    for path in [
        "/api/v1/workloads?limit=1000",
        "/api/v1/pods?limit=1000",
        "/api/v1/events",
        "/api/v1/namespaces",
        "/api/v1/overview",
        "/metrics",
    ] {
        let reply = server.get(path);
        assert_eq!(reply.status, 200, "GET {path}: {}", reply.text());
        assert!(!reply.text().contains(&listed), "GET {path} tells of {namespace}");
    }
}
