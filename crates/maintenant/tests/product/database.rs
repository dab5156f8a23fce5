//! A history that cannot be used is explained, and never keeps the monitoring from its work.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use lab::{Program, Server, until};
use serde_json::{Value, json};
use simulator::{Resource, Simulator};

use crate::kubeconfig::write_file;
use crate::rows::{SOON, path, wait_health};
use crate::simulated::{NAMESPACE, deploy, running, start};

/// The product watches, has no history, and says all those texts about it.
#[track_caller]
fn check(program: &Program, texts: &[&str]) -> Server {
    let server = program.serve();
    server.wait_ready();
    wait_health(&server, [NAMESPACE, "Deployment", "web"], "healthy");
    let storage = storage(&server);
    assert_eq!(storage["state"], "off", "{storage}");
    for text in texts {
        assert!(
            storage["message"].as_str().unwrap_or_default().contains(text),
            "`{text}` is not in {storage}"
        );
        assert!(server.stderr().contains(text), "`{text}` is not in:\n{}", server.stderr());
    }
    let history = server.get(&format!("{}/history", path(NAMESPACE, "Deployment", "web")));
    assert_eq!(
        (history.status, history.json()["storage"].as_str()),
        (200, Some("off")),
        "{}",
        history.text()
    );
    server
}

fn storage(server: &Server) -> Value {
    server.get_json("/api/v1/health")["storage"].clone()
}

async fn watched() -> (Simulator, Program) {
    let (simulator, program) = start(Simulator::builder()).await;
    deploy(&simulator, "web", &[running()]);
    (simulator, program)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_file_is_told_which_one_has_it() {
    let (_simulator, program) = watched().await;
    let first = program.serve();
    assert_eq!(storage(&first)["state"], "ok");
    check(&program, &["maintenant.db", "in use", &first.id().to_string()]);
    assert_eq!(storage(&first)["state"], "ok", "the first is not disturbed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_takes_the_history_over_when_the_first_ends() {
    let (simulator, program) = watched().await;
    let web = [NAMESPACE, "Deployment", "web"];
    let first = program.serve();
    wait_health(&first, web, "healthy");
    scale(&simulator, "web", &[]);
    simulator.cluster().delete(Resource::Pods, NAMESPACE, "web-6d4cf56db6-0").expect("it is there");
    // Since when it is switched off only who has seen it can tell.
    let off = wait_health(&first, web, "suspended");
    // Times are shown in whole seconds.
    until("the next second begins", SOON, || {
        let reply = first.get("/api/v1/health");
        let now = reply.header("date").and_then(|date| date.get(17..25)).expect("a date").to_owned();
        let since = off["since"].as_str().and_then(|since| since.get(11..19));
        if since == Some(&now) { Err(now) } else { Ok(()) }
    });

    let second = program.serve();
    second.wait_ready();
    assert_ne!(wait_health(&second, web, "suspended")["since"], off["since"], "the test shows nothing");
    let health = second.get_json("/api/v1/health");
    let storage = &health["storage"];
    assert_eq!(storage["state"], "off", "{storage}");
    assert!(storage["message"].as_str().unwrap_or_default().contains("as soon as it can be"), "{storage}");
    assert_eq!(first.terminate().code, Some(0));

    until("the second starts over", SOON, || {
        let said = second.stderr();
        if said.contains("starting over") { Ok(()) } else { Err(said) }
    });
    let after = second.wait_for("the history is kept", "/api/v1/health", |health| {
        (health["storage"]["state"] == "ok").then(|| health.clone())
    });
    assert_eq!(after["started_at"], health["started_at"], "it is the same process");
    assert_eq!(
        wait_health(&second, web, "suspended")["since"],
        off["since"],
        "what the first has seen counts"
    );
    scale(&simulator, "web", &[running()]);
    wait_health(&second, web, "healthy");
    assert_eq!(second.terminate().code, Some(0));

    let third = program.serve();
    third.wait_ready();
    let history = third.get_json(&format!("{}/history", path(NAMESPACE, "Deployment", "web")));
    let mut statuses: Vec<_> =
        history["intervals"].as_array().unwrap().iter().map(|interval| &interval["health"]).collect();
    // On its way from one to the next it may be seen.
    statuses.retain(|health| *health != "progressing");
    assert_eq!(statuses, ["healthy", "suspended", "healthy"], "of the first, and of the second: {history}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_a_newer_version_is_left_alone() {
    let (_simulator, program) = watched().await;
    assert_eq!(program.serve().terminate().code, Some(0));
    let file = program.directory().join("maintenant.db");
    set_user_version(&file, 9_999);
    let before = std::fs::read(&file).unwrap();
    check(&program, &["maintenant.db", "newer", "9999"]);
    assert!(std::fs::read(&file).unwrap() == before, "the file has been touched");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_no_database_is_left_alone() {
    let (_simulator, program) = watched().await;
    let file = program.directory().join("maintenant.db");
    let letter = "Dear diary, this is not a database.\n".repeat(100);
    write_file(&file, &letter);
    check(&program, &["maintenant.db"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), letter);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_where_no_file_can_be_is_named() {
    for (place, text) in [("missing/history.db", "does not exist"), (".", "not a file")] {
        let (_simulator, program) = watched().await;
        check(&program.env("MAINTENANT_DB", place), &[text, "MAINTENANT_DB"]);
    }
}

/// Deploys it anew with other pods, its controllers having seen that.
fn scale(simulator: &Simulator, name: &str, pods: &[Value]) {
    deploy(simulator, name, pods);
    let deployment = simulator.cluster().read(Resource::Deployments, NAMESPACE, name).expect("it is there");
    let observed = json!({"status": {"observedGeneration": deployment["metadata"]["generation"]}});
    let patched = simulator.cluster().patch(Resource::Deployments, NAMESPACE, name, &observed);
    patched.expect("the object is valid");
}

/// Writes the version of the format where SQLite keeps it: four bytes at offset 60 (SQLite file format, 1.3).
fn set_user_version(file: &Path, version: u32) {
    let mut file = std::fs::File::options().write(true).open(file).expect("the product has made it");
    file.seek(SeekFrom::Start(60)).expect("a file can be sought in");
    file.write_all(&version.to_be_bytes()).expect("it can be written");
}
