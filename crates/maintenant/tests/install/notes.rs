//! What helm says after an install.

use lab::Cluster;

use crate::helm::{self, CHART};

/// What is printed with these values; nothing is installed, but a cluster must be there to be asked.
#[track_caller]
fn notes(values: &str) -> String {
    let kubeconfig = Cluster::shared().kubeconfig();
    let install = ["install", "noted", CHART, "--namespace", "watch", "--dry-run=server", "--values", "-"];
    let arguments = [&install[..], &["--kubeconfig", kubeconfig.to_str().expect("it is UTF-8")]].concat();
    let said = helm::helm(&arguments, values).unwrap_or_else(|error| panic!("{values}: {error}"));
    said.split_once("NOTES:").expect("there are notes").1.to_owned()
}

#[test]
fn one_command_opens_the_page() {
    let said = notes("service: {port: 8081}");
    let command = "kubectl -n watch port-forward service/noted-maintenant 8080:8081";
    assert_eq!(said.matches("kubectl").count(), 1, "{said}");
    assert!(said.contains(command) && said.contains("http://127.0.0.1:8080"), "{said}");
}

#[test]
fn the_notes_say_who_can_reach_the_page() {
    for (values, texts) in [
        ("", &["no sign-in", "Every pod in the cluster"][..]),
        ("networkPolicy: {enabled: true, ingressNamespace: traefik}", &["of the namespace traefik alone"]),
        ("service: {type: LoadBalancer}", &["LoadBalancer", "from outside the cluster"]),
        ("ingress: {enabled: true, host: m.example.org}", &["http://m.example.org", "authenticating proxy"]),
        (
            "ingress: {enabled: true, host: m.example.org, tls: [{secretName: t, hosts: [m.example.org]}]}",
            &["https://m.example.org"],
        ),
        ("persistence: {enabled: false}", &["history is gone"]),
        ("{namespaces: [a], excludeNamespaces: [b]}", &["excludeNamespaces is not heeded"]),
        ("rbac: {create: false}", &["No rights were made"]),
    ] {
        let said = notes(values);
        for text in texts {
            assert!(said.contains(text), "`{text}` with {values}:\n{said}");
        }
    }
}
