//! Containers that can't start, or end in a way that says why, in the words of runc, containerd and Windows.
use super::said;
use crate::timeline::world_after;
use crate::world::*;
use domain::last_words::{LastWords, LogTail};
use rstest::rstest;

#[rstest]
// runc: libcontainer/init_linux.go, standard_init_linux.go; containerd adds what it was about to do.
#[case::no_such_command(
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable \
     to start container process: error during container init: exec: \"serve\": executable file not found in $PATH",
    "failed exec_not_found",
    "Container `app` cannot start: its command `serve` is not in image `web:1`. Nothing serves."
)]
#[case::not_executable(
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable \
     to start container process: exec: \"/srv\": permission denied",
    "failed start_error",
    "Container `app` cannot be started: unable to start container process: exec: \"/srv\": permission denied. \
     Nothing serves."
)]
#[case::another_architecture(
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable \
     to start container process: exec /srv: exec format error",
    "failed image_platform",
    "Container `app` cannot start (exec format error): what it runs of image `web:1` is made for another architecture, or \
     is no executable. Nothing serves."
)]
#[case::memory_for_less_than_a_start(
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable \
     to start container process: container init was OOM-killed (memory limit too low?)",
    "failed oom_killed",
    "Container `app` was killed for its use of memory, without a limit of its own. Nothing serves."
)]
#[case::a_device_that_is_gone(
    "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable \
     to start container process: error during container init: error running prestart hook #0: exit status 1, \
     stderr: nvidia-container-cli: initialization error: driver not loaded",
    "failed start_error",
    "Container `app` cannot be started: unable to start container process: error during container init: error running \
     prestart hook #0: exit status 1, stderr: nvidia-container-cli: initialization error: driver not loaded. Nothing \
     serves."
)]
fn starts(#[case] words: &str, #[case] code: &str, #[case] summary: &str) {
    let expected = (code.to_owned(), summary.to_owned());
    let mut world = world_after("deployment 1; 0s +a");
    world.pods[0].containers = [waiting("RunContainerError", Some(words))].into();
    assert_eq!(said(&world, 5), expected);
    // The kubelet says so of the run that never was: exit code 128, begun in 1970.
    let mut end = ended(128, "StartError", None, at(3));
    end.message = Some(words.into());
    world.pods[0].containers = [waiting("CrashLoopBackOff", None)].into();
    world.pods[0].containers[0].last = Some(Box::new(end));
    assert_eq!(said(&world, 5), expected);
}

/// Kernels that do not know the format of a binary let runc begin it; the container's log has runc's words, and its
/// status an exit like any other.
#[rstest]
#[case::runc("exec /usr/local/bin/app: exec format error", "image_platform")]
#[case::runc_before_1_1(
    "standard_init_linux.go:228: exec user process caused: exec format error",
    "image_platform"
)]
#[case::crun("exec container process `/app`: Exec format error", "image_platform")]
#[case::what_the_program_begins("fork/exec /plugins/geo: exec format error", "crash_loop")]
fn another_architecture_may_show_in_the_log_alone(#[case] line: &str, #[case] code: &str) {
    let mut world = world_after("deployment 1; 0s +a; 2s a=ended:255; 4s a=ended:255");
    world.around.last_words.push(LastWords {
        pod: uid("a"),
        container: "app".into(),
        ended: at(4),
        log: LogTail::Line { at: at(4), text: line.into() },
    });
    assert_eq!(said(&world, 5).0, format!("failed {code}"));
}

/// NTSTATUS values, which the API holds as signed numbers.
#[rstest]
#[case::access_violation(-1_073_741_819, "exit 0xC0000005, access violation")]
#[case::ctrl_c(-1_073_741_510, "exit 0xC000013A, ended by Ctrl+C")]
#[case::stack_buffer(-1_073_740_791, "exit 0xC0000409, stack buffer overrun")]
#[case::dll(-1_073_741_515, "exit 0xC0000135, DLL not found")]
#[case::another(-532_462_766, "exit 0xE0434352")]
fn windows_says_how_a_program_ended(#[case] code: i32, #[case] expected: &str) {
    let mut world = world_after("deployment 1; 0s +a; 2s a=ended:1; 4s a=ended:1");
    if let domain::pod::ContainerState::Terminated(end) = &mut world.pods[0].containers[0].state {
        end.exit_code = code;
    }
    let (_, summary) = said(&world, 5);
    assert_eq!(summary, format!("Container `app` crash-loops ({expected}, 1 restart). Nothing serves."));
}
