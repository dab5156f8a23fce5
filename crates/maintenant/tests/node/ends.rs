//! Containers that end and should not.

use serde_json::json;

use crate::bed::{Bed, assert_said};
use crate::manifest::{deployment, lasting, pod_spec, shell, with};

#[test]
fn a_program_that_fails_says_how_and_its_last_words() {
    let bed = Bed::new("crash");
    bed.apply(&deployment(&bed.namespace, "api", &pod_spec(&shell("echo missing DATABASE_URL >&2; exit 1"))));
    let api = bed.until("Deployment", "api", "it crash-loops and its words are known", |api| {
        api["health"] == "failed" && api["diagnosis"]["summary"].to_string().contains("DATABASE_URL")
    });
    assert_eq!(api["diagnosis"]["code"], "crash_loop");
    assert_said(
        &api,
        "failed",
        "Container `app` crash-loops (exit 1, N): last log line `missing DATABASE_URL`. Nothing serves.",
    );
}

#[test]
fn a_program_that_ends_well_but_must_run_on() {
    let bed = Bed::new("done");
    bed.apply(&deployment(&bed.namespace, "worker", &pod_spec(&shell("exit 0"))));
    let worker =
        bed.until("Deployment", "worker", "it is known to loop", |worker| worker["health"] == "failed");
    assert_eq!(worker["diagnosis"]["code"], "crash_loop");
    assert_said(
        &worker,
        "failed",
        "Container `app` should run on and keeps ending (exit 0, N). Nothing serves.",
    );
}

#[test]
fn signals_are_named() {
    let bed = Bed::new("signal");
    let signals = [("kill", "KILL", "137"), ("segv", "SEGV", "139"), ("term", "TERM", "143")];
    for (name, signal, _) in signals {
        // Where the processes of a pod share one space the container's first may be killed from inside.
        let spec =
            with(pod_spec(&shell(&format!("kill -{signal} $$$$"))), &json!({"shareProcessNamespace": true}));
        bed.apply(&deployment(&bed.namespace, name, &spec));
    }
    for (name, signal, code) in signals {
        let workload =
            bed.until("Deployment", name, "it crash-loops", |workload| workload["health"] == "failed");
        assert_eq!(workload["diagnosis"]["code"], "crash_loop");
        let said = format!("Container `app` crash-loops (exit {code} SIG{signal}, N). Nothing serves.");
        assert_said(&workload, "failed", &said);
    }
}

#[test]
fn a_container_over_its_memory_limit() {
    let bed = Bed::new("oom");
    let hungry = with(shell("tail /dev/zero"), &json!({"resources": {"limits": {"memory": "16Mi"}}}));
    bed.apply(&deployment(&bed.namespace, "cache", &pod_spec(&hungry)));
    let cache = bed.until("Deployment", "cache", "it loops", |cache| cache["health"] == "failed");
    assert_eq!(cache["diagnosis"]["code"], "oom_killed");
    assert_said(
        &cache,
        "failed",
        "Container `app` was killed for using more memory than its limit of 16 MiB (N). Nothing serves.",
    );
}

#[test]
fn a_command_that_is_not_in_the_image() {
    let bed = Bed::new("exec");
    let absent = with(lasting(), &json!({"command": ["/opt/server", "--port", "80"]}));
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&absent)));
    let web = bed.until_code("Deployment", "web", "exec_not_found");
    assert_said(
        &web,
        "failed",
        "Container `app` cannot start: its command `/opt/server` is not in image `test.local/busybox:1`. Nothing serves.",
    );
}

#[test]
fn a_script_that_calls_what_is_not_there() {
    let bed = Bed::new("lookup");
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&shell("exec gunicorn app:main"))));
    let web = bed.until("Deployment", "web", "it crash-loops and its words are known", |web| {
        web["health"] == "failed" && web["diagnosis"]["summary"].to_string().contains("log line")
    });
    assert_eq!(web["diagnosis"]["code"], "crash_loop");
    assert_said(
        &web,
        "failed",
        "Container `app` crash-loops (exit 127, command not found, N): last log line `/bin/sh: exec: line 0: gunicorn: not found`. Nothing serves.",
    );
}

#[test]
fn a_post_start_hook_that_fails() {
    let bed = Bed::new("hook");
    let hook = json!({"lifecycle": {"postStart": {"exec": {"command": ["/bin/sh", "-c", "exit 7"]}}}});
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&with(lasting(), &hook))));
    let web = bed.until_code("Deployment", "web", "hook_failing");
    assert_said(
        &web,
        "failed",
        "The post-start hook of container `app` fails: command '/bin/sh -c exit 7' exited with 7. Nothing serves.",
    );
}
