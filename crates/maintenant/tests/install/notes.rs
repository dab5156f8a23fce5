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

/// Something of that kind, since helm asks the cluster which kinds it has.
const SERVICE_MONITOR: &str = "
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: servicemonitors.monitoring.coreos.com}
spec:
  group: monitoring.coreos.com
  scope: Namespaced
  names: {kind: ServiceMonitor, plural: servicemonitors}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
";

#[test]
fn prometheus_is_said_to_be_kept_out_unless_others_are_admitted() {
    let cluster = Cluster::shared();
    cluster.try_kubectl(&["apply", "-f", "-"], SERVICE_MONITOR).expect("it is applied");
    let definition = "customresourcedefinition/servicemonitors.monitoring.coreos.com";
    cluster.kubectl(&["wait", "--for=condition=Established", "--timeout=60s", definition]);
    let said = notes("{networkPolicy: {enabled: true}, serviceMonitor: {enabled: true}}");
    assert!(said.contains("keeps Prometheus out") && said.contains("to networkPolicy.extraFrom"), "{said}");
    let peers = "extraFrom: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]";
    let values = format!("{{networkPolicy: {{enabled: true, {peers}}}, serviceMonitor: {{enabled: true}}}}");
    let said = notes(&values);
    assert!(!said.contains("Prometheus") && said.contains("from networkPolicy.extraFrom only"), "{said}");
}

#[test]
fn the_notes_say_who_can_reach_the_page() {
    for (values, texts) in [
        ("", &["no sign-in", "Every pod in the cluster can reach it"][..]),
        ("networkPolicy: {enabled: true, ingressNamespace: traefik}", &["from the namespace traefik only"]),
        ("service: {type: LoadBalancer}", &["LoadBalancer", "from outside the cluster"]),
        ("ingress: {enabled: true, host: m.example.org}", &["http://m.example.org", "authenticating proxy"]),
        (
            "ingress: {enabled: true, host: m.example.org, tls: [{secretName: t, hosts: [m.example.org]}]}",
            &["https://m.example.org"],
        ),
        ("persistence: {enabled: false}", &["history is lost"]),
        ("{namespaces: [a], excludeNamespaces: [b]}", &["excludeNamespaces is ignored"]),
        ("rbac: {create: false}", &["No rights were created"]),
    ] {
        let said = notes(values);
        for text in texts {
            assert!(said.contains(text), "`{text}` with {values}:\n{said}");
        }
    }
}
