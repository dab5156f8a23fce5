//! The commands that ask a running server.

use std::time::Duration;

use lab::{Exit, Server, until};
use serde_json::Value;
use simulator::{Access, Rule, Simulator};

use crate::rows::wait_health;
use crate::simulated::{NAMESPACE, crashing, deploy, running, start, with_deployments};
use crate::watcher::program;

const SOON: Duration = Duration::from_secs(30);

fn ask(server: &Server, arguments: &[&str]) -> Exit {
    program().args(arguments).args(["--url", &server.url("")]).run(SOON)
}

/// `check` ends with that code and says that word.
#[track_caller]
fn check(server: &Server, arguments: &[&str], code: i32, word: &str) {
    let exit = ask(server, &[&["check"], arguments].concat());
    assert_eq!(exit.code, Some(code), "{exit:?}");
    assert!(exit.stdout.starts_with(&format!("{word}: ")), "{exit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_tells_the_worst_health_by_its_exit_code() {
    for (name, pods, health, code) in [
        ("fine", vec![running()], "healthy", 0),
        ("half", vec![running(), crashing()], "degraded", 1),
        ("broken", vec![crashing()], "failed", 2),
    ] {
        let (simulator, program) = start(Simulator::builder()).await;
        deploy(&simulator, "other", &[running()]);
        deploy(&simulator, name, &pods);
        simulator.cluster().create_namespace("quiet").unwrap();
        let server = program.serve();
        server.wait_ready();
        wait_health(&server, [NAMESPACE, "Deployment", name], health);
        check(&server, &[], code, health);
        check(&server, &["--namespace", NAMESPACE], code, health);
        check(&server, &["--namespace", "quiet"], 0, "healthy");
        check(&server, &["--namespace", "quiet,shop"], code, health);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn check_does_not_take_the_unknown_for_good_news() {
    let rules = [
        Rule::cluster(&["get", "list", "watch"], "", &["namespaces"]),
        Rule::cluster(&["get", "list", "watch"], "apps", &["*"]),
    ];
    let (simulator, program) = start(Simulator::builder().access(Access::Only(rules.to_vec()))).await;
    deploy(&simulator, "web", &[running()]);
    let server = program.serve();
    server.wait_ready();
    wait_health(&server, [NAMESPACE, "Deployment", "web"], "unknown");
    check(&server, &[], 3, "unknown");
    let exit = ask(&server, &["check", "--namespace", "nowhere"]);
    assert_eq!(exit.code, Some(3), "{exit:?}");
    assert!(exit.stderr.contains("nowhere"), "{exit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_read_nothing_is_not_told_that_all_is_well() {
    let (simulator, program) = start(Simulator::builder().access(Access::Only(Vec::new()))).await;
    deploy(&simulator, "aaa", &[running()]);
    let server = program.serve();
    server.wait_ready();
    let exit = ask(&server, &["check"]);
    assert_eq!(exit.code, Some(3), "{exit:?}");
    assert_eq!(exit.stdout, "unknown: no workloads; not all can be seen\n");
    assert_eq!(server.get_json("/api/v1/overview")["health"], "unknown");
    let exit = ask(&server, &["status"]);
    assert!(
        exit.stdout.contains("! kubernetes/") && exit.stdout.contains("/pods is forbidden: "),
        "{exit:?}"
    );
    assert_eq!(
        (exit.code, exit.stdout.lines().last()),
        (Some(0), Some("No workloads can be seen, but there may be some.")),
        "{exit:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chosen_namespace_that_may_not_be_read_is_unknown_and_not_left_out() {
    let read = ["get", "list", "watch"];
    let rule = Rule::namespaced(NAMESPACE, &read, "", &["pods", "events"]);
    let apps = ["deployments", "replicasets", "statefulsets", "daemonsets"];
    let access = Access::Only(vec![rule, Rule::namespaced(NAMESPACE, &read, "apps", &apps)]);
    let (simulator, program) = start(Simulator::builder().access(access)).await;
    deploy(&simulator, "aaa", &[running()]);
    let chosen = format!("{NAMESPACE},unseen,hidden");
    let server = program.env("MAINTENANT_K8S_NAMESPACES", chosen).serve();
    server.wait_ready();
    wait_health(&server, [NAMESPACE, "Deployment", "aaa"], "healthy");
    let overview = server.get_json("/api/v1/overview");
    let health = |name: &str| {
        let namespaces = overview["namespaces"].as_array().unwrap();
        namespaces.iter().find(|namespace| namespace["name"] == name).unwrap()["health"].clone()
    };
    assert_eq!((health(NAMESPACE), health("unseen")), ("healthy".into(), "unknown".into()));
    check(&server, &[], 3, "unknown");
    check(&server, &["-n", NAMESPACE], 0, "healthy");
    check(&server, &["-n", "unseen"], 3, "unknown");
    let exit = ask(&server, &["status"]);
    assert!(exit.stdout.contains("/pods is forbidden in hidden, unseen: "), "{exit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn check_ends_with_3_while_the_server_is_not_ready() {
    let (simulator, program) = start(Simulator::builder()).await;
    simulator.faults().refuse_connections().await;
    let reason = format!("connection refused ({})", simulator.address());
    check_is_kept_from_reading_by(&program.serve(), &reason);

    let (_simulator, program) = start(Simulator::builder().token("another")).await;
    check_is_kept_from_reading_by(&program.serve(), "(401)");
}

/// `check` ends with 3 and says on one line what the server waits for.
#[track_caller]
fn check_is_kept_from_reading_by(server: &Server, reason: &str) {
    until("the reason is said", SOON, || {
        let exit = ask(server, &["check"]);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(3), ""), "{exit:?}");
        let line = exit.stderr.trim_end();
        let is_told = line.contains("is still reading the cluster: ") && line.matches(reason).count() == 1;
        if is_told && line.lines().count() == 1 { Ok(()) } else { Err(exit.stderr) }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn check_says_that_the_cluster_has_stopped_answering_and_keeps_its_exit_code() {
    let (simulator, server) = with_deployments(&["web"]).await;
    wait_health(&server, [NAMESPACE, "Deployment", "web"], "healthy");
    let exit = ask(&server, &["check"]);
    assert_eq!((exit.code, exit.stdout.as_str()), (Some(0), "healthy: 1 healthy of 1 workloads\n"));
    simulator.faults().refuse_connections().await;
    simulator.faults().drop_connections().await;
    until("it is said", SOON, || {
        let exit = ask(&server, &["check", "-n", NAMESPACE]);
        assert_eq!(exit.code, Some(0), "{exit:?}");
        let start = "healthy: 1 healthy of 1 workloads in shop; lab does not answer, last heard ";
        if exit.stdout.starts_with(start) { Ok(()) } else { Err(exit.stdout) }
    });
}

#[test]
fn whoever_cannot_be_asked_is_named_and_the_exit_code_is_that_of_the_command() {
    let nobody = "http://127.0.0.1:9";
    for (command, code) in [("check", 3), ("status", 1), ("health", 1)] {
        let exit = program().args([command, "--url", nobody]).run(SOON);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(code), ""), "{command}: {exit:?}");
        assert!(exit.stderr.contains(nobody), "{command}: {exit:?}");
    }
    for arguments in [
        &["check", "--wrong"][..],
        &["check", "--url", "nonsense"],
        &["check", "--namespace"],
        &["check", "--namespace", "shop,"],
        &["check", "--namespace", "team-*"],
    ] {
        let exit = program().args(arguments).run(SOON);
        assert_eq!((exit.code, exit.stdout.as_str()), (Some(3), ""), "{arguments:?}: {exit:?}");
    }
    for command in ["status", "health"] {
        for wrong in [&["--bogus"][..], &["--url", "nonsense"], &["--url", "https://example.com"]] {
            let exit = program().args([&[command], wrong].concat()).run(SOON);
            assert_eq!((exit.code, exit.stdout.as_str()), (Some(2), ""), "{command} {wrong:?}: {exit:?}");
            assert!(exit.stderr.contains(wrong[wrong.len() - 1]), "{command} {wrong:?}: {exit:?}");
        }
    }
    let faulty = program().args(["check"]).env("MAINTENANT_ADDR", "nowhere").run(SOON);
    assert_eq!(faulty.code, Some(3), "{faulty:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_prints_the_worst_first_and_health_says_that_it_answers() {
    let (simulator, program) = start(Simulator::builder()).await;
    deploy(&simulator, "aaa", &[running(), running()]);
    deploy(&simulator, "zzz", &[crashing()]);
    let server = program.serve();
    server.wait_ready();
    let broken = wait_health(&server, [NAMESPACE, "Deployment", "zzz"], "failed");
    wait_health(&server, [NAMESPACE, "Deployment", "aaa"], "healthy");

    let exit = ask(&server, &["status"]);
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(0), ""), "{exit:?}");
    let lines: Vec<Vec<_>> = exit.stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0], ["HEALTH", "NAMESPACE", "KIND", "NAME", "READY", "RESTARTS", "SINCE", "REASON"]);
    assert_eq!(lines[1][..6], ["failed", NAMESPACE, "Deployment", "zzz", "0/1", "7"], "{}", exit.stdout);
    assert_eq!(lines[2][..6], ["healthy", NAMESPACE, "Deployment", "aaa", "2/2", "0"], "{}", exit.stdout);
    assert_eq!(lines.len(), 3);
    let summary = broken["reason"]["summary"].as_str().unwrap();
    assert!(exit.stdout.contains(summary), "{summary}:\n{}", exit.stdout);

    let exit = ask(&server, &["health"]);
    assert_eq!(exit.code, Some(0), "{exit:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_watch_prints_again_with_each_change_and_outlives_the_server() {
    let (simulator, program) = start(Simulator::builder()).await;
    deploy(&simulator, "aaa", &[running()]);
    let server = program.serve();
    server.wait_ready();
    wait_health(&server, [NAMESPACE, "Deployment", "aaa"], "healthy");
    let watching = crate::watcher::program().args(["status", "--watch", "--url", &server.url("")]).spawn();
    // Where nobody looks at a screen, none is cleared.
    let table = || watching.stdout().rsplit("HEALTH").next().unwrap_or_default().to_owned();
    until("the first table", SOON, || {
        let table = table();
        if table.contains("aaa") { Ok(()) } else { Err(table) }
    });
    deploy(&simulator, "zzz", &[crashing()]);
    until("a table with the change", SOON, || {
        let table = table();
        if table.contains("aaa") && table.contains("zzz") { Ok(()) } else { Err(table) }
    });
    assert_eq!(watching.stderr(), "");
    assert!(!watching.stdout().contains('\x1b'), "{:?}", watching.stdout());
    assert_eq!(server.terminate().code, Some(0));
    until("it is said", SOON, || {
        let said = watching.stderr();
        if said.contains("asking again") { Ok(()) } else { Err(said) }
    });
}

#[test]
fn the_demo_serves_a_cluster_in_which_things_happen() {
    let server = program().args(["demo"]).serve();
    server.wait_ready();
    assert_eq!(server.get_json("/api/v1/health")["runtime"]["name"], "simulated");
    until("there are workloads of several kinds", SOON, || {
        let overview = server.get_json("/api/v1/overview");
        let kinds = overview["kinds"].as_array().map_or(0, Vec::len);
        let healthy = overview["counts"]["healthy"].as_u64().unwrap_or(0);
        if kinds >= 4 && healthy >= 5 { Ok(()) } else { Err(overview.to_string()) }
    });
    let mut events = server.events("/api/v1/stream", &[]);
    let snapshot: Vec<Value> = {
        let first = events.next(SOON).unwrap().json();
        first["workloads"].as_array().unwrap().clone()
    };
    assert!(!snapshot.is_empty());
    assert_eq!(server.terminate().code, Some(0));
}

#[test]
fn the_demo_leaves_the_history_of_the_variable_alone_and_keeps_that_of_the_flag() {
    let program = program().args(["demo"]).env("MAINTENANT_DB", "production.db");
    let production = program.directory().join("production.db");
    let server = program.serve();
    server.wait_ready();
    assert_eq!(server.get_json("/api/v1/health")["storage"]["state"], "ok");
    assert!(server.stderr().contains("MAINTENANT_DB is not heeded"), "{}", server.stderr());
    assert_eq!(server.terminate().code, Some(0));
    assert!(!production.exists());

    let kept = program.directory().join("kept.db");
    let server = program.args(["--db", "kept.db"]).serve();
    assert!(kept.exists() && !production.exists());
    assert!(!server.stderr().contains("not heeded"), "{}", server.stderr());
}
