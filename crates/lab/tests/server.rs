//! Running the product's server and talking to it, tried on a server of another make.

use std::time::Duration;

use lab::Program;

const SOON: Duration = Duration::from_secs(30);

fn program() -> Program {
    Program::new("python3").args([concat!(env!("CARGO_MANIFEST_DIR"), "/tests/server.py")])
}

#[test]
fn starts_answers_and_ends_in_order() {
    let server = program().serve();
    server.wait_ready();
    assert_eq!(server.get_json("/api/v1/health")["status"], "ok");
    let missing = server.get("/missing");
    assert_eq!((missing.status, missing.text().as_str()), (404, "no such path"));
    let moved = server.get("/moved");
    assert_eq!((moved.status, moved.header("location")), (302, Some("/host")));
    assert_eq!(server.request("GET", "/host", &[]).text(), server.address().to_string());
    assert_eq!(server.request("GET", "/host", &[("host", "evil.example")]).text(), "evil.example");

    let exit = server.terminate();
    assert_eq!((exit.code, exit.stderr.as_str()), (Some(5), "listening\nterminated\n"));
}

#[test]
fn follows_an_event_stream_to_its_end() {
    let server = program().serve();
    let mut events = server.events("/events", &[]);
    assert_eq!(events.next(SOON).unwrap().name, "snapshot");
    let seen = events.until("n", SOON, |event| event.json()["n"].as_u64().map(|n| (n, event.id.clone())));
    assert_eq!(seen, (2, "e-2".to_owned()));
    assert_eq!(events.next(SOON), None);
}

#[test]
fn two_run_side_by_side_and_end_when_dropped() {
    let (first, second) = (program().serve(), program().serve());
    assert_ne!(first.address(), second.address());
    let id = first.id();
    drop(first);
    assert!(!std::path::Path::new(&format!("/proc/{id}")).exists());
    assert_eq!(second.get("/api/v1/health").status, 200);
}

#[test]
#[should_panic(expected = "the server has ended: Some(2)\nno such flag\n")]
fn a_server_that_ends_at_once_says_why() {
    let _ = Program::new("sh").args(["-c", "echo no such flag >&2; exit 2"]).serve();
}
