//! The chart belongs to the program of this tree, and to the rights and routes that it has.

use std::process::Command;
use std::time::Duration;

use lab::{Program, Rule};
use serde_json::{Value, json};

use crate::helm::{self, CHART, KUBERNETES};

#[test]
fn the_chart_has_the_version_of_the_program() {
    let chart = &helm::parse(&helm::read(format!("{CHART}/Chart.yaml")))[0];
    assert_eq!(chart["appVersion"], env!("CARGO_PKG_VERSION"));
    assert_eq!(chart["version"], env!("CARGO_PKG_VERSION"));
}

/// Read by whoever chooses a cluster, and by helm.
#[test]
fn the_guides_and_the_chart_name_the_same_versions_of_kubernetes() {
    let chart = &helm::parse(&helm::read(format!("{CHART}/Chart.yaml")))[0];
    let oldest = chart["kubeVersion"].as_str().unwrap();
    let oldest = oldest.strip_prefix(">=").and_then(|it| it.strip_suffix(".0-0")).expect("a minor version");
    let tested = KUBERNETES.rsplit_once('.').unwrap().0;
    let guide = helm::read("docs/installation.md");
    assert!(guide.contains(&format!("Kubernetes {oldest} and later")), "{oldest} is not in the guide");
    assert!(guide.contains(&format!("tested on Kubernetes {tested}")), "{tested} is not in the guide");
    let blocks = helm::read("docs/kubernetes.md");
    assert!(blocks.contains(&format!("schemas of Kubernetes {tested}")), "{tested} is not in the guide");
    let control_plane = helm::read("hack/tools/kubernetes/go.mod");
    assert!(
        control_plane.contains(&format!("k8s.io/kubernetes v{KUBERNETES} ")),
        "{KUBERNETES} is not tested"
    );
}

#[test]
fn helm_finds_nothing_to_complain_of() {
    let said = helm::helm(&["lint", "--strict", "--kube-version", KUBERNETES, CHART], "").unwrap();
    assert!(!said.contains("[WARNING]") && said.contains("0 chart(s) failed"), "{said}");
}

/// Whatever the chart sets is a setting of the program, and its value is understood.
#[test]
fn the_program_understands_what_the_chart_sets() {
    let values = "{namespaces: [shop, 'team-*'], excludeNamespaces: [dev], ingress: {enabled: true}}";
    let container =
        helm::one(&helm::objects(values), "Deployment")["spec"]["template"]["spec"]["containers"][0].clone();
    let set = container["env"].as_array().unwrap();
    assert_eq!(set.len(), 6, "{set:?}");
    let mut program = Program::new(env!("CARGO_BIN_EXE_maintenant")).args(["config"]);
    for entry in set {
        program = program.env(entry["name"].as_str().unwrap(), entry["value"].as_str().unwrap());
    }
    let exit = program.env("KUBERNETES_SERVICE_HOST", "10.0.0.1").run(Duration::from_secs(30));
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""));
    for entry in set {
        let value = entry["value"].as_str().unwrap();
        assert!(exit.stdout.contains(value), "`{value}` is in force:\n{}", exit.stdout);
    }
}

#[test]
fn what_the_probes_and_prometheus_ask_for_is_there() {
    let document: Value = serde_json::from_str(&helm::read("crates/api/openapi.json")).unwrap();
    let objects = helm::objects("serviceMonitor: {enabled: true}");
    let container = &helm::one(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    let port = &container["ports"][0];
    assert_eq!((&port["name"], &port["containerPort"]), (&json!("http"), &json!(8080)));
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"] {
        let asked = &container[probe]["httpGet"];
        assert_eq!((&asked["path"], &asked["port"]), (&json!("/api/v1/health"), &json!("http")), "{probe}");
    }
    let scraped = &helm::one(&objects, "ServiceMonitor")["spec"]["endpoints"][0];
    assert_eq!((&scraped["path"], &scraped["port"]), (&json!("/metrics"), &json!("http")));
    for path in ["/api/v1/health", "/metrics"] {
        assert!(document["paths"][path]["get"].is_object(), "{path} is a route");
    }
}

/// Asked before it can succeed, readiness would be asked again only a period later: ten seconds without service.
#[test]
fn the_start_is_over_no_sooner_than_readiness_may_be_asked_for() {
    let objects = helm::objects("");
    let container = &helm::one(&objects, "Deployment")["spec"]["template"]["spec"]["containers"][0];
    let seconds = |probe: &str, field: &str| container[probe][field].as_u64().unwrap();
    assert!(
        seconds("startupProbe", "initialDelaySeconds") >= seconds("readinessProbe", "initialDelaySeconds")
    );
    assert_eq!(seconds("startupProbe", "periodSeconds"), 1);
    assert_eq!(
        (seconds("livenessProbe", "initialDelaySeconds"), seconds("livenessProbe", "periodSeconds")),
        (5, 30)
    );
    assert_eq!(
        (seconds("readinessProbe", "initialDelaySeconds"), seconds("readinessProbe", "periodSeconds")),
        (3, 10)
    );
}

#[test]
fn the_chart_grants_the_role_that_tests_run_with_and_nothing_else() {
    let objects = helm::objects("");
    let granted = &helm::one(&objects, "ClusterRole")["rules"];
    let expected: Vec<_> = Rule::defaults()
        .iter()
        .map(|rule| json!({"apiGroups": rule.api_groups, "resources": rule.resources, "verbs": rule.verbs}))
        .collect();
    assert_eq!(granted, &json!(expected));
}

#[test]
fn no_rights_but_to_read_are_granted_whatever_is_asked_for() {
    for values in
        ["rbac: {extended: true}", "{rbac: {scope: namespaced, extended: true}, namespaces: [shop, blog]}"]
    {
        for object in helm::objects(values) {
            let Some(rules) = object["rules"].as_array() else { continue };
            for rule in rules {
                let verbs = rule["verbs"].as_array().unwrap();
                assert!(
                    verbs.iter().all(|verb| ["get", "list", "watch"].iter().any(|read| verb == read)),
                    "{rule}"
                );
                let named = |what: &Value| what == "*" || what == "secrets" || what == "configmaps";
                assert!(!rule["resources"].as_array().unwrap().iter().any(named), "{rule}");
            }
        }
    }
}

/// A Service's name has 63 characters at most, and so has the value of a label.
#[test]
fn long_names_are_cut_so_that_they_fit_with_what_is_added_to_them() {
    let (longest, other) = ("r".repeat(53), format!("{}s", "r".repeat(52)));
    let names = |release: &str| -> Vec<String> {
        let rendered = helm::template(&[release, CHART, "--set", "license.key=k"], "").unwrap();
        helm::assert_conforms(&rendered);
        let objects = helm::parse(&rendered);
        for object in &objects {
            let labels = object["metadata"]["labels"].as_object().unwrap();
            assert!(labels.values().all(|label| label.as_str().unwrap().len() <= 63), "{object}");
        }
        objects.iter().map(|object| object["metadata"]["name"].as_str().unwrap().to_owned()).collect()
    };
    let (names, others) = (names(&longest), names(&other));
    let is_well_cut = |name: &String| {
        name.starts_with(&longest)
            && !name.ends_with('-')
            && (name.len() <= 63 || name.ends_with("-license-key"))
    };
    assert!(names.iter().all(is_well_cut), "{names:?}");
    assert!(
        names.iter().any(|name| name.ends_with("-data")) && names.iter().any(|name| name.ends_with("-test"))
    );
    assert!(names.iter().all(|name| !others.contains(name)), "two releases share a name: {names:?}");
}

/// A variable is read once, at the start.
#[test]
fn another_licence_key_is_another_pod_and_the_same_one_is_not() {
    let pod = |values: &str| helm::one(&helm::objects(values), "Deployment")["spec"]["template"].clone();
    let (first, second) = (pod("license: {key: one}"), pod("license: {key: two}"));
    assert_ne!(first, second);
    assert_eq!(first, pod("license: {key: one}"));
    assert_eq!(first, pod("license: {key: 'one\n'}"), "blanks around a key are not a part of it");
    assert!(!first.to_string().contains("one\""), "the key stands in the Secret alone: {first}");
}

/// Labels of a newer chart stand on the Secret too, and should move nothing but themselves.
#[test]
fn a_newer_chart_of_the_same_program_leaves_the_pod_alone() {
    let directory = tempfile::tempdir().unwrap();
    let newer = directory.path().join("maintenant");
    let copied = Command::new("cp").arg("-r").arg(helm::root().join(CHART)).arg(&newer).status().unwrap();
    assert!(copied.success());
    let description = newer.join("Chart.yaml");
    let text = std::fs::read_to_string(&description).unwrap();
    std::fs::write(&description, text.replace("\nversion: ", "\nversion: 9")).unwrap();

    let deployment = |chart: &str| {
        let rendered = helm::template(&["maintenant", chart, "--set", "license.key=k"], "").unwrap();
        helm::one(&helm::parse(&rendered), "Deployment").clone()
    };
    let (old, new) = (deployment(CHART), deployment(newer.to_str().unwrap()));
    assert_ne!(old["metadata"]["labels"], new["metadata"]["labels"], "the version of the chart is another");
    assert_eq!(old["spec"]["template"], new["spec"]["template"]);
}
