//! The last log line of a container: how it is asked for, and where it goes.

use lab::until;
use serde_json::Value;
use simulator::{Failure, Resource, Scope, Simulator, Verb};

use crate::rows::{SOON, rows};
use crate::simulated::{NAMESPACE, crashing, deploy, start};

/// What a container has written, which nobody but its readers is to see.
const LINE: &str = "cannot open ledger 4711";

#[tokio::test(flavor = "multi_thread")]
async fn a_last_line_is_shown_and_stands_in_no_log_of_ours() {
    let (simulator, program) = start(Simulator::builder()).await;
    let mut status = crashing();
    let end = &mut status["containerStatuses"][0]["lastState"]["terminated"];
    end["startedAt"] = "2026-01-01T00:00:00Z".into();
    end["finishedAt"] = "2026-01-01T00:00:05Z".into();
    deploy(&simulator, "web", &[status]);
    let pod = "web-6d4cf56db6-0";
    let at = "2026-01-01T00:00:05Z".parse().expect("it is a time");
    simulator.cluster().log_at(NAMESPACE, pod, "main", LINE, at);
    simulator.cluster().rotate_log(NAMESPACE, pod, "main");
    // What goes wrong is logged, and no more than that.
    simulator.faults().fail_next(1, Failure::Status(500), Scope::Verb(Verb::Log));

    let server = program.env("MAINTENANT_LOG_LEVEL", "trace").serve();
    server.wait_ready();
    until("the line is shown", SOON, || {
        let rows = rows(&server, NAMESPACE);
        let summary = rows.first().map_or(&Value::Null, |row| &row["reason"]["summary"]);
        if summary.as_str().is_some_and(|summary| summary.contains(LINE)) {
            Ok(())
        } else {
            Err(summary.to_string())
        }
    });
    assert_eq!(simulator.activity().requests(Verb::Log, Resource::Pods), 2);
    assert_eq!(simulator.activity().refused_methods(), 0);
    let exit = server.terminate();
    assert!(exit.stderr.contains("a log can't be read"), "{}", exit.stderr);
    assert!(!exit.stderr.contains(LINE), "{}", exit.stderr);
}
