//! What Prometheus scrapes.
use crate::testbed::World;
use std::collections::{BTreeMap, BTreeSet};

#[tokio::test]
async fn every_metric_says_what_it_is_and_stands_in_the_documentation() {
    let site = World::shop().await.serve().await;
    site.get("/api/v1/overview", &[]).await;
    let text = site.get("/metrics", &[]).await.text();
    let described = |word: &str| -> BTreeMap<&str, &str> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(word));
        lines.map(|line| line.split_once(' ').unwrap()).collect()
    };
    let (types, helps) = (described("# TYPE "), described("# HELP "));
    assert_eq!(types.keys().collect::<Vec<_>>(), helps.keys().collect::<Vec<_>>());
    for sample in text.lines().filter(|line| !line.starts_with('#')) {
        let name = sample.split(['{', ' ']).next().unwrap();
        let base =
            ["_total", "_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
        assert!(types.contains_key(name) || base.is_some_and(|base| types.contains_key(base)), "{sample}");
    }
    let documentation = include_str!("../../../../docs/api.md");
    let documented: BTreeSet<&str> = documentation
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .filter_map(|line| line.split_once('`'))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("maintenant_") || name.starts_with("process_"))
        // The collector's: the binary brings them.
        .filter(|name| !name.starts_with("maintenant_kubernetes_"))
        .collect();
    let mut shown: BTreeSet<String> = types
        .iter()
        .map(|(name, kind)| if *kind == "counter" { format!("{name}_total") } else { (*name).to_owned() })
        // What this test's other part of the program measures.
        .filter(|name| name != "maintenant_api_requests_total")
        .collect();
    // There is no file of which this could be said.
    shown.insert("maintenant_storage_bytes".to_owned());
    assert_eq!(shown.iter().map(String::as_str).collect::<BTreeSet<_>>(), documented);
}

#[tokio::test]
async fn metrics_tell_of_workloads_requests_and_other_parts() {
    let site = World::shop().await.serve().await;
    for path in ["/api/v1/overview", "/api/v1/pods/prod/shop/db-0", "/api/v1/pods/prod/shop/db-1", "/nothing"]
    {
        site.get(path, &[]).await;
    }
    let text = site.get("/metrics", &[]).await.text();
    let id = r#"cluster="prod",namespace="shop",kind="Deployment",name="idle""#;
    for line in [
        &format!(r#"maintenant_workload_health{{{id},health="suspended"}} 1"#),
        &format!("maintenant_workload_desired_pods{{{id}}} 0"),
        r#"maintenant_workload_restarts{cluster="prod",namespace="shop",kind="Deployment",name="api"} 4"#,
        r#"maintenant_workload_health{cluster="prod",namespace="billing",kind="Rollout.argoproj.io",name="checkout",health="healthy"} 1"#,
        r#"maintenant_source_state{cluster="prod",resource="pods",namespace="",state="synced"} 1"#,
        r#"maintenant_http_requests_total{route="/api/v1/pods/{cluster}/{namespace}/{name}",code="200"} 2"#,
        r#"maintenant_http_requests_total{route="other",code="404"} 1"#,
        "maintenant_api_requests_total 7",
        r#"maintenant_build_info{version="0.1.0"} 1"#,
        "maintenant_streams 0",
        r#"maintenant_storage_state{state="off"} 1"#,
        "maintenant_storage_queued_records 0",
        "process_start_time_seconds 1795230000",
    ] {
        let found = text.lines().any(|shown| shown.strip_suffix(".0").unwrap_or(shown) == line);
        assert!(found, "{line} is not in\n{text}");
    }
    assert!(text.ends_with("# EOF\n"));
}

#[tokio::test]
async fn the_format_is_the_one_asked_for() {
    let site = World::shop().await.serve().await;
    let plain = site.get("/metrics", &[]).await;
    assert_eq!(plain.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let accept = "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;q=0.3";
    let open = site.get("/metrics", &[("accept", accept), ("accept-encoding", "gzip")]).await;
    assert_eq!(open.header("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert_eq!(open.header("content-encoding"), "gzip");
}
