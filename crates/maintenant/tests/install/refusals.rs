//! What is wrong or unknown is refused before anything is installed, with the reason.

use crate::helm::{self, CHART};

/// These values are refused, and each of these texts is said.
#[track_caller]
fn check(values: &str, texts: &[&str]) {
    let Err(said) = helm::rendered(values) else { panic!("not refused: {values}") };
    for text in texts {
        assert!(said.contains(text), "`{text}` is not said of {values}:\n{said}");
    }
}

#[test]
fn what_the_schema_does_not_know_is_refused_by_name() {
    for (values, texts) in [
        ("imgae: {tag: x}", &["imgae"][..]),
        ("replicas: 2", &["replicas"]),
        ("image: {tga: x}", &["/image", "tga"]),
        ("persistence: {storageclass: x}", &["/persistence", "storageclass"]),
        ("license: {secret: x}", &["/license", "secret"]),
        ("ingress: {hosts: [a]}", &["/ingress", "hosts"]),
        ("ingress: {tls: [{secretname: x}]}", &["/ingress/tls/0", "secretname"]),
        ("resources: {limit: {cpu: 1}}", &["/resources", "limit"]),
        ("rbac: {clusterWide: true}", &["/rbac", "clusterWide"]),
        ("networkPolicy: {egress: []}", &["/networkPolicy", "egress"]),
        ("extraEnv: [{nmae: A}]", &["/extraEnv/0", "nmae"]),
    ] {
        check(values, texts);
    }
}

#[test]
fn values_of_the_wrong_kind_are_refused_at_their_place() {
    for (values, texts) in [
        ("runtime: podman", &["/runtime", "kubernetes"][..]),
        ("image: {pullPolicy: Sometimes}", &["/image/pullPolicy", "IfNotPresent"]),
        ("image: {repository: ''}", &["/image/repository"]),
        ("image: {repository: 'registry.example.com/maintenant:0.1.0'}", &["/image/repository"]),
        ("image: {tag: 'a b'}", &["/image/tag"]),
        ("namespaces: shop", &["/namespaces", "array"]),
        ("namespaces: [Shop]", &["/namespaces/0", "Shop"]),
        ("namespaces: [shop, shop]", &["/namespaces", "equal"]),
        ("excludeNamespaces: ['-x']", &["/excludeNamespaces/0"]),
        ("listenAddress: 127.0.0.1", &["/listenAddress", "0.0.0.0"]),
        ("persistence: {size: big}", &["/persistence/size", "big"]),
        ("persistence: {enabled: 'yes'}", &["/persistence/enabled", "boolean"]),
        ("service: {port: 0}", &["/service/port", "minimum"]),
        ("service: {port: 70000}", &["/service/port", "maximum"]),
        ("service: {type: ExternalName}", &["/service/type", "ClusterIP"]),
        ("ingress: {host: 'https://a.example'}", &["/ingress/host"]),
        ("ingress: {host: ''}", &["/ingress/host"]),
        ("ingress: {tls: {secretName: x}}", &["/ingress/tls", "array"]),
        ("rbac: {scope: none}", &["/rbac/scope", "namespaced"]),
        ("resources: {limits: {memory: lots}}", &["/resources/limits/memory"]),
        ("serviceMonitor: {interval: often}", &["/serviceMonitor/interval"]),
        ("podAnnotations: {a: 1}", &["/podAnnotations/a", "string"]),
        ("extraEnv: [{name: A, value: 1}]", &["/extraEnv/0/value", "string"]),
    ] {
        check(values, texts);
    }
}

#[test]
fn what_needs_a_reason_is_refused_with_it() {
    for (values, texts) in [
        ("replicaCount: 2", &["replicaCount: 2", "SQLite has one writer"][..]),
        ("replicaCount: 0", &["replicaCount: 0", "only 1 is possible"]),
        ("runtime: docker", &["runtime: docker", "not in this version", "use kubernetes"]),
        ("image: {digest: 'sha256:12'}", &["image.digest: `sha256:12`", "64 hexadecimal digits"]),
        (
            "baseUrl: maintenant.example.com",
            &["baseUrl: `maintenant.example.com`", "https://maintenant.example.com"],
        ),
        ("baseUrl: 'https://example.com/maintenant'", &["without a path"]),
        ("baseUrl: 'ftp://example.com'", &["baseUrl"]),
        ("baseUrl: 'https://example.com:65536'", &["a port of 65535 at most"]),
        ("baseUrl: 'https://example..com'", &["baseUrl"]),
        ("license: {key: a, existingSecret: b}", &["license.key and license.existingSecret", "set one"]),
        (
            "persistence: {enabled: false, existingClaim: x}",
            &["persistence.existingClaim", "persistence.enabled"],
        ),
        ("rbac: {scope: namespaced}", &["rbac.scope: namespaced", "`namespaces` is empty"]),
        ("{rbac: {scope: namespaced}, namespaces: [shop, 'team-*']}", &["`team-*`", "rbac.scope=cluster"]),
        ("extraEnv: [{name: MAINTENANT_DB, value: /tmp/x}]", &["extraEnv: MAINTENANT_DB", "persistence"]),
        ("extraEnv: [{name: MAINTENANT_LICENSE_KEY, value: x}]", &["license.key or license.existingSecret"]),
        (
            "extraEnv: [{name: MAINTENANT_LOG_LVL, value: x}]",
            &["extraEnv: MAINTENANT_LOG_LVL is not a setting", "MAINTENANT_LOG_LEVEL"],
        ),
        ("extraEnv: [{name: A, value: x}, {name: A, value: z}]", &["extraEnv: A is there twice"]),
        ("podLabels: {app.kubernetes.io/name: x}", &["podLabels: app.kubernetes.io/name"]),
        (
            "podLabels: {app.kubernetes.io/version: x}",
            &["podLabels: app.kubernetes.io/version", "version of the program"],
        ),
        (
            "serviceMonitor: {labels: {app.kubernetes.io/managed-by: x}}",
            &["serviceMonitor.labels: app.kubernetes.io/managed-by", "another name"],
        ),
        (
            "{podAnnotations: {checksum/license: x}, license: {key: k}}",
            &["podAnnotations: checksum/license", "license.key"],
        ),
        (
            "persistence: {annotations: {helm.sh/resource-policy: delete}}",
            &["persistence.annotations: helm.sh/resource-policy", "outlives the release"],
        ),
        (
            "serviceAccount: {create: false}",
            &["the account `default`", "serviceAccount.create=true", "rbac.create=false"],
        ),
        ("serviceAccount: {create: false, name: default}", &["the account `default`"]),
        (
            "{serviceAccount: {name: default}, rbac: {scope: namespaced}, namespaces: [shop]}",
            &["the account `default`"],
        ),
        ("fullnameOverride: 1st", &["`1st`", "begins with a letter", "fullnameOverride"]),
    ] {
        check(values, texts);
    }
}

#[test]
fn a_password_in_a_refused_url_is_not_repeated() {
    let said = helm::rendered("baseUrl: 'https://admin:secret@example.com'").unwrap_err();
    assert!(!said.contains("secret") && said.contains("@example.com"), "{said}");
}

#[test]
fn all_faults_that_need_a_reason_are_said_at_once_and_so_are_those_of_the_schema() {
    let values = "{replicaCount: 3, baseUrl: x, runtime: docker, license: {key: a, existingSecret: b}}";
    check(values, &["4 faults", "replicaCount: 3", "baseUrl: `x`", "runtime: docker", "license.key and"]);
    check("{replicaCount: x, imgae: {}, service: {port: 0}}", &["/replicaCount", "imgae", "/service/port"]);
}

#[test]
fn a_licence_key_is_never_said() {
    let said = helm::rendered("{license: {key: top-secret, existingSecret: b}}").unwrap_err();
    assert!(!said.contains("top-secret"), "{said}");
}

/// A Service's name begins with a letter, and has no dots.
#[test]
fn a_release_that_can_have_no_service_is_refused() {
    for (release, name) in [("2nd", "2nd-maintenant"), ("my.release", "my.release-maintenant")] {
        let said = helm::template(&[release, CHART], "").unwrap_err();
        assert!(said.contains(&format!("`{name}`")) && said.contains("fullnameOverride"), "{said}");
        helm::template(&[release, CHART, "--set", "fullnameOverride=watch"], "").unwrap();
    }
}

/// Each setting of the program can be had: by a value of the chart, or in `extraEnv`.
#[test]
fn every_setting_of_the_program_has_its_place() {
    let documented = helm::read(helm::root().join("docs/configuration.md"));
    let names: Vec<&str> = documented
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("MAINTENANT_"))
        .collect();
    assert!(names.contains(&"MAINTENANT_LOG_LEVEL"), "{names:?}");
    for name in names {
        let said = helm::rendered(&format!("extraEnv: [{{name: {name}, value: x}}]"));
        let is_placed = said.as_ref().err().is_none_or(|error| error.contains("use the value"));
        assert!(is_placed, "{name}: {said:?}");
    }
}
