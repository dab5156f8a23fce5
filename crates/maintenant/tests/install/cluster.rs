//! The chart and the manifests on a real API server, in namespaces that admit nothing but restricted pods.

use std::time::Duration;

use lab::{Cluster, until};
use serde_json::json;

use crate::docs;
use crate::helm::{self, CHART};

/// helm as the cluster's administrator, in one namespace.
struct Releases {
    cluster: &'static Cluster,
    namespace: String,
}

impl Releases {
    /// In a new namespace of that name, with a number.
    fn new(prefix: &str) -> Self {
        let cluster = Cluster::shared();
        let namespace = cluster.namespace(prefix);
        restrict(cluster, &namespace);
        Self { cluster, namespace }
    }

    fn try_helm(&self, arguments: &[&str]) -> Result<String, String> {
        let kubeconfig = self.cluster.kubeconfig();
        let kubeconfig = kubeconfig.to_str().expect("it is UTF-8");
        helm::helm(&[arguments, &["--namespace", &self.namespace, "--kubeconfig", kubeconfig]].concat(), "")
    }

    #[track_caller]
    fn helm(&self, arguments: &[&str]) {
        self.try_helm(arguments).unwrap_or_else(|error| panic!("helm {}: {error}", arguments.join(" ")));
    }

    /// One field of an object, empty where there is none.
    #[track_caller]
    fn field(&self, object: &str, path: &str) -> String {
        let output = format!("jsonpath={{{path}}}");
        self.cluster.kubectl(&["-n", &self.namespace, "get", object, "--output", &output])
    }

    /// Waits for the pod that the Deployment makes: refused ones are never made.
    #[track_caller]
    fn wait_for_pod(&self, release: &str) {
        until(&format!("a pod of {release}"), Duration::from_mins(1), || {
            let selector = format!("app.kubernetes.io/instance={release}");
            let found = self
                .cluster
                .try_kubectl(&["-n", &self.namespace, "get", "pods", "-l", &selector, "-o", "name"], "")?;
            if found.starts_with("pod/") { Ok(()) } else { Err(format!("found: {found}")) }
        });
    }

    /// Whether a service account of the namespace may do that, as the API server judges.
    fn may(&self, account: &str, question: &[&str]) -> bool {
        let user = format!("--as=system:serviceaccount:{}:{account}", self.namespace);
        self.cluster.try_kubectl(&[&["auth", "can-i"], question, &[&user]].concat(), "").is_ok()
    }
}

fn restrict(cluster: &Cluster, namespace: &str) {
    cluster.kubectl(&["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
}

#[test]
fn the_claim_outlives_the_release_and_a_new_install_takes_it_over() {
    let releases = Releases::new("kept");
    releases.helm(&["install", "prod", CHART]);
    releases.wait_for_pod("prod");
    let claim = releases.field("persistentvolumeclaim/prod-maintenant-data", ".metadata.uid");

    releases.helm(&["upgrade", "prod", CHART, "--set", "namespaces={shop}"]);
    let watched = ".spec.template.spec.containers[0].env[?(@.name=='MAINTENANT_K8S_NAMESPACES')].value";
    assert_eq!(releases.field("deployment/prod-maintenant", watched), "shop");

    releases.helm(&["uninstall", "prod", "--wait"]);
    assert_eq!(releases.cluster.objects(&releases.namespace, "deployments,services,secrets").len(), 0);
    assert_eq!(releases.field("persistentvolumeclaim/prod-maintenant-data", ".metadata.uid"), claim);

    releases.helm(&["install", "prod", CHART]);
    releases.wait_for_pod("prod");
    assert_eq!(releases.field("persistentvolumeclaim/prod-maintenant-data", ".metadata.uid"), claim);
}

/// Without the flag that the guide gives them, each value would be the chart's default again.
#[test]
fn a_licence_that_is_added_as_the_guide_says_leaves_all_else_as_it_is() {
    let releases = Releases::new("licensed");
    let watched = format!("namespaces={{{}}}", releases.namespace);
    let values = ["--set", "rbac.scope=namespaced,ingress.enabled=true,service.port=8081", "--set", &watched];
    releases.helm(&[&["install", "maintenant", CHART], &values[..]].concat());
    let upgrades = docs::licence_upgrades();
    assert_eq!(upgrades.len(), 2, "{upgrades:?}");
    let secret = ".spec.template.spec.containers[0].env[?(@.name=='MAINTENANT_LICENSE_KEY')].valueFrom.secretKeyRef.name";
    for (upgrade, name) in upgrades.iter().zip(["maintenant-license-key", "maintenant-license"]) {
        let words: Vec<_> = upgrade.split_whitespace().skip(1).collect();
        releases.helm(&words);
        assert_eq!(releases.field("deployment/maintenant", secret), name);
        assert_eq!(releases.field("ingress/maintenant", ".spec.rules[0].host"), "maintenant.example.com");
        assert_eq!(releases.field("service/maintenant", ".spec.ports[0].port"), "8081");
        assert_eq!(releases.field("role/maintenant", ".rules[0].resources[0]"), "namespaces");
        assert!(!releases.may("maintenant", &["list", "pods", "--all-namespaces"]));
    }
}

#[test]
fn two_releases_live_side_by_side() {
    let releases = Releases::new("pair");
    for release in ["one", "two"] {
        releases.helm(&[
            "install",
            release,
            CHART,
            "--set",
            "license.key=some.key",
            "--set",
            "ingress.enabled=true",
        ]);
        releases.wait_for_pod(release);
    }
    releases.helm(&["uninstall", "one", "--wait"]);
    releases.field("deployment/two-maintenant", ".metadata.name");
    assert!(!releases.may("one-maintenant", &["list", "pods", "--all-namespaces"]));
    assert!(releases.may("two-maintenant", &["list", "pods", "--all-namespaces"]));
    assert_eq!(releases.field("secret/two-maintenant-license-key", ".data.license-key"), "c29tZS5rZXk=");
}

#[test]
fn the_account_may_read_workloads_and_nothing_else() {
    let releases = Releases::new("rights");
    releases.helm(&["install", "wide", CHART]);
    let wide = |question: &[&str]| releases.may("wide-maintenant", question);
    assert!(wide(&["watch", "deployments.apps", "--all-namespaces"]));
    assert!(wide(&["get", "pods", "--subresource=log", "--all-namespaces"]));
    assert!(!wide(&["list", "jobs.batch", "--all-namespaces"]));
    assert!(
        !wide(&["get", "secrets"])
            && !wide(&["delete", "pods"])
            && !wide(&["create", "pods", "--subresource=exec"])
    );

    let shop = releases.cluster.namespace("shop");
    let watched = format!("namespaces={{{shop}}}");
    releases.helm(&[
        "install",
        "narrow",
        CHART,
        "--set",
        "rbac.scope=namespaced,rbac.extended=true",
        "--set",
        &watched,
    ]);
    let narrow = |question: &[&str]| releases.may("narrow-maintenant", question);
    assert!(narrow(&["watch", "pods", "-n", &shop]) && narrow(&["list", "jobs.batch", "-n", &shop]));
    assert!(narrow(&["get", &format!("namespaces/{shop}"), "-n", &shop]));
    assert!(
        !narrow(&["list", "pods", "--all-namespaces"])
            && !narrow(&["list", "pods"])
            && !narrow(&["list", "nodes"])
    );
}

/// The API server checks more than a schema can, and admission what a namespace allows.
#[test]
fn the_pod_of_helm_test_is_admitted_where_only_restricted_pods_are() {
    let releases = Releases::new("tested");
    let template =
        ["asked", CHART, "--namespace", &releases.namespace, "--show-only", "templates/tests/health.yaml"];
    let pod = helm::template(&template, "").unwrap();
    let create = ["create", "--dry-run=server", "-f", "-"];
    releases.cluster.try_kubectl(&create, &pod).unwrap();
    let loose = pod.replace("allowPrivilegeEscalation: false", "allowPrivilegeEscalation: true");
    let refused = releases.cluster.try_kubectl(&create, &loose).unwrap_err();
    assert!(refused.contains("violates PodSecurity"), "{refused}");
}

/// Admission looks at pods alone, so that of a Deployment is shown to it too.
#[test]
fn what_the_guides_show_is_admitted_where_only_restricted_pods_are() {
    let releases = Releases::new("guides");
    let mut objects: Vec<_> = docs::manifests().iter().flat_map(|manifest| helm::parse(manifest)).collect();
    let deployments = objects.iter().filter(|object| object["kind"] == "Deployment");
    let pods = deployments.map(|deployment| {
        let spec = &deployment["spec"]["template"]["spec"];
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "made"}, "spec": spec})
    });
    let pods: Vec<_> = pods.collect();
    assert!(!pods.is_empty(), "the proxy is a Deployment");
    objects.extend(pods);
    for mut object in objects {
        object["metadata"]["namespace"] = json!(releases.namespace);
        let object = object.to_string();
        let admitted = releases.cluster.try_kubectl(&["create", "--dry-run=server", "-f", "-"], &object);
        admitted.unwrap_or_else(|error| panic!("{error}\nof:\n{object}"));
    }
}

#[test]
fn the_manifests_are_applied_as_they_stand_and_again() {
    let cluster = Cluster::shared();
    let directory = helm::root().join("deploy/kubernetes");
    let apply = ["apply", "-f", directory.to_str().expect("it is UTF-8")];
    cluster.kubectl(&["create", "namespace", "maintenant"]);
    restrict(cluster, "maintenant");
    let first = cluster.kubectl(&apply);
    assert_eq!(first.lines().filter(|line| line.ends_with(" created")).count(), 6, "{first}");
    let again = cluster.kubectl(&apply);
    assert_eq!(again.lines().filter(|line| line.ends_with(" unchanged")).count(), 6, "{again}");
    let releases = Releases { cluster, namespace: "maintenant".to_owned() };
    releases.wait_for_pod("maintenant");
    assert!(releases.may("maintenant", &["list", "pods", "--all-namespaces"]));
}
