//! A history that cannot be used is explained, and never keeps the monitoring from its work.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use lab::{Program, Server};
use serde_json::Value;
use simulator::Simulator;

use crate::kubeconfig::write_file;
use crate::rows::{path, wait_health};
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

/// Writes the version of the format where SQLite keeps it: four bytes at offset 60 (SQLite file format, 1.3).
fn set_user_version(file: &Path, version: u32) {
    let mut file = std::fs::File::options().write(true).open(file).expect("the product has made it");
    file.seek(SeekFrom::Start(60)).expect("a file can be sought in");
    file.write_all(&version.to_be_bytes()).expect("it can be written");
}
