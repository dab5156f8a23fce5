//! Faults that show in the state of a container: how its runs end, and why none begins.
use super::{CONFIG_GRACE, Fault, Patient, image};
use crate::diagnosis::Code;
use crate::event::Event;
use crate::judgement::moment::Moment;
use crate::judgement::runs::WINDOW;
use crate::last_words::{LastWords, LogTail};
use crate::memory::Runs;
use crate::pod::{Container, ContainerSpec, ContainerState, Role, Termination};
use crate::time::Time;
use std::time::Duration;

/// How far the kubelet's word that it kills a container may lie from the container's end, beyond its grace period.
const KILL_SKEW: Duration = Duration::from_secs(30);

/// How long an init container runs on before it is named, and when that is said anew, in seconds.
const STEPS: [u64; 9] = [30, 60, 120, 300, 600, 1800, 3600, 21_600, 86_400];

/// How long it may take to read what a container wrote.
const ASKING: Duration = Duration::from_secs(10);
/// The kubelet tells of one thing once in five minutes at least, while it goes on.
const SELDOM: Duration = Duration::from_mins(6);

/// What is wrong with a container, if anything is.
pub(super) fn fault<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    container: &'a Container,
    runs: Option<&Runs>,
    moment: &Moment,
) -> Option<Fault<'a>> {
    let since = idle_since(patient, container);
    match &container.state {
        ContainerState::Waiting { reason, message } => {
            let words = message.as_deref();
            match reason.as_deref().unwrap_or_default() {
                "CrashLoopBackOff" => Some(ended(patient, spec, container, runs, moment)),
                "CreateContainerConfigError" => Some(config(patient, spec, words, since)),
                "CreateContainerError"
                | "RunContainerError"
                | "StartError"
                | "PreStartHookError"
                | "PreCreateHookError" => Some(not_started(patient, spec, container, runs, words, since)),
                "PostStartHookError" => Some(hook(patient, spec, words, since)),
                reason if image::is_failure(reason) => {
                    Some(image::fault(patient, spec, reason, message.as_deref(), since))
                }
                _ => looping(patient, spec, container, runs, moment)
                    .or_else(|| image::slow_pull(patient, spec, since)),
            }
        }
        ContainerState::Terminated(end) if end.is_bad() || patient.pod.must_run(spec) => {
            Some(ended(patient, spec, container, runs, moment))
        }
        ContainerState::Running { since } => looping(patient, spec, container, runs, moment)
            .or_else(|| init_running(patient, spec, (*since)?, moment)),
        ContainerState::Terminated(_) | ContainerState::Unreported => None,
    }
}

/// An init container that runs on, with all others waiting for its end; how long it may is for the start to say.
fn init_running<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    since: Time,
    moment: &Moment,
) -> Option<Fault<'a>> {
    if spec.role != Role::Init {
        return None;
    }
    // In steps, so that the sentence does not change with each second.
    let steps = STEPS.into_iter().map(Duration::from_secs);
    let ran = steps.take_while(|step| moment.has_come(since + *step)).last()?;
    let fault = Fault { runs_for: Some(ran), ..Fault::new(Code::InitRunning, patient.pod, since) };
    Some(fault.of(spec))
}

/// Since when it has not run: the end of its last run, or else the start of its pod.
fn idle_since(patient: Patient<'_>, container: &Container) -> Time {
    container.latest_end().and_then(|end| end.finished).unwrap_or_else(|| patient.began())
}

/// A container that forms a loop, though it may run at this moment.
fn looping<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    container: &'a Container,
    runs: Option<&Runs>,
    moment: &Moment,
) -> Option<Fault<'a>> {
    let loops = runs.is_some_and(|runs| runs.looping.is_some());
    loops.then(|| ended(patient, spec, container, runs, moment))
}

/// A container that has ended and should not have.
fn ended<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    container: &'a Container,
    runs: Option<&Runs>,
    moment: &Moment,
) -> Fault<'a> {
    let end = container.latest_end();
    let backs_off = matches!(
        &container.state,
        ContainerState::Waiting { reason: Some(reason), .. } if &**reason == "CrashLoopBackOff"
    );
    let at = end.and_then(|end| end.finished).unwrap_or_else(|| patient.began()).min(moment.now());
    let first = runs.and_then(|runs| runs.since).map_or(at, |first| first.min(moment.now()));
    let looping = runs.and_then(|runs| runs.looping).map(|looping| looping.min(moment.now()));
    // Between two runs the kubelet shows for a while how the last one ended, before it says that it backs off.
    let is_of_loop = |event: &&Event| looping.is_some() && !moment.has_come(event.last + WINDOW);
    let noted = patient.event("BackOff", Some(spec)).filter(|event| backs_off || is_of_loop(event));
    let bad = end.is_none_or(Termination::is_bad);
    let first_noted = noted.filter(|_| bad).and_then(first_of);
    let lasts_from = if looping.is_some() || (backs_off && bad) {
        Some(looping.into_iter().chain(first_noted).min().unwrap_or(at))
    } else {
        None
    };
    let last_words = patient.surroundings.last_words(patient.pod.uid, &spec.name);
    let of_this_end = last_words.filter(|said| end.is_some_and(|end| end.finished == Some(said.ended)));
    // What the run before said is kept to for the moment that it takes to ask.
    let last_words = of_this_end.or_else(|| last_words.filter(|_| !moment.has_come(at + ASKING)));
    let (code, event) = match cause_of_end(patient, spec, end, at) {
        (Code::CrashLoop | Code::InitFailing, None) if of_this_end.is_some_and(is_of_another_format) => {
            (Code::ImagePlatform, None)
        }
        other => other,
    };
    let told = noted.into_iter().chain(event).filter_map(first_of);
    let fault = Fault {
        lasts_from: if is_final(code) { Some(lasts_from.unwrap_or(at)) } else { lasts_from },
        end,
        restarts: container.restarts,
        event: event.or(noted),
        last_words,
        ..Fault::new(code, patient.pod, told.fold(first, Time::min))
    };
    let words = match code {
        Code::LivenessKilling => probe_words(patient, spec, "Liveness probe "),
        Code::StartupFailing => probe_words(patient, spec, "Startup probe "),
        _ => end.and_then(|end| end.message.as_deref()),
    };
    fault.of(spec).saying(words).running_on(container, moment)
}

/// When something began that an event tells of again and again. Its recorder goes on counting after days of silence: where
/// it told too seldom for one thing that goes on, it does not know.
fn first_of(event: &Event) -> Option<Time> {
    let goes_on = event.last.since(event.first) <= SELDOM.saturating_mul(event.count.max(1));
    goes_on.then_some(event.first)
}

/// What the probe itself said when it failed last: `Liveness probe failed: …`.
fn probe_words<'a>(patient: Patient<'a>, spec: &ContainerSpec, probe: &str) -> Option<&'a str> {
    let failures = patient.events().filter(|event| {
        is_about(event, spec) && &*event.reason == "Unhealthy" && event.message.starts_with(probe)
    });
    let last = failures.max_by_key(|event| (event.last, event.uid))?;
    last.message.split_once(": ").map(|(_, said)| said)
}

/// Whether the container's last words are those of the runtime, which had begun it and found that the kernel does not know
/// the format of its program: there is no start error then, and the exit code is one of many.
fn is_of_another_format(said: &LastWords) -> bool {
    let LogTail::Line { text, .. } = &said.log else { return false };
    let text = text.to_ascii_lowercase();
    text.ends_with("exec format error")
        && (text.starts_with("exec ") || text.starts_with("standard_init_linux.go:"))
}

/// Whether one such end is enough: the next will be no other.
const fn is_final(code: Code) -> bool {
    matches!(code, Code::ExecNotFound | Code::ImagePlatform | Code::StartError | Code::HookFailing)
}

/// The most specific cause of a container's end, and the event that tells it.
fn cause_of_end<'a>(
    patient: Patient<'a>,
    spec: &ContainerSpec,
    end: Option<&Termination>,
    at: Time,
) -> (Code, Option<&'a Event>) {
    let ending = if spec.role == Role::Init { Code::InitFailing } else { Code::CrashLoop };
    let Some(end) = end else { return (ending, None) };
    if end.is_oom() {
        return (Code::OomKilled, None);
    }
    if matches!(end.reason.as_deref(), Some("StartError" | "ContainerCannotRun")) {
        return (start_code(end.message.as_deref().unwrap_or_default()), None);
    }
    let slack = patient.pod.spec.termination_grace + KILL_SKEW;
    // Of a kill that is repeated again and again, the kubelet tells once in a while.
    let killed = |event: &&Event| match end.exit_code {
        137 | 143 => at <= event.last + slack + WINDOW,
        _ => event.last <= at + KILL_SKEW && at <= event.last + slack,
    };
    let killings = || patient.events().filter(|event| is_about(event, spec) && &*event.reason == "Killing");
    if let Some(event) = killings().filter(killed).find(|event| event.message.contains("liveness probe")) {
        return (Code::LivenessKilling, Some(event));
    }
    if let Some(event) = killings().filter(killed).find(|event| event.message.contains("startup probe")) {
        return (Code::StartupFailing, Some(event));
    }
    match patient.event("FailedPostStartHook", Some(spec)) {
        Some(event) if at <= event.last + slack => (Code::HookFailing, Some(event)),
        _ => (ending, None),
    }
}

fn is_about(event: &Event, spec: &ContainerSpec) -> bool {
    event.container.as_deref() == Some(&*spec.name)
}

/// A run that the runtime could not begin.
fn not_started<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    container: &'a Container,
    runs: Option<&Runs>,
    words: Option<&'a str>,
    since: Time,
) -> Fault<'a> {
    let code = start_code(words.unwrap_or_default());
    let first = runs.and_then(|runs| runs.since).unwrap_or(since);
    let event = patient.event("Failed", Some(spec));
    let fault = Fault {
        restarts: container.restarts,
        ..Fault::new(code, patient.pod, first.min(event.map_or(first, |event| event.first)))
    };
    fault.of(spec).saying(words).shown_by(event).after(Duration::ZERO)
}

/// What the runtime's words about a start mean.
fn start_code(words: &str) -> Code {
    let has = |part: &str| words.contains(part);
    if has("exec format error") {
        Code::ImagePlatform
    } else if has("OOM-killed") || has("oom-kill") || has("memory limit too low") {
        Code::OomKilled
    } else if has("no command specified") || has("runAsNonRoot") {
        Code::InvalidContainerConfig
    } else if has("no such file or directory") || has("executable file not found") {
        Code::ExecNotFound
    } else {
        Code::StartError
    }
}

fn hook<'a>(patient: Patient<'a>, spec: &'a ContainerSpec, words: Option<&'a str>, since: Time) -> Fault<'a> {
    let event = patient.event("FailedPostStartHook", Some(spec));
    let first = event.map_or(since, |event| event.first.min(since));
    Fault::new(Code::HookFailing, patient.pod, first)
        .of(spec)
        .saying(words)
        .shown_by(event)
        .after(Duration::ZERO)
}

/// The kubelet cannot put together what the container asks for.
fn config<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    words: Option<&'a str>,
    since: Time,
) -> Fault<'a> {
    let missing = words.is_some_and(names_missing_config);
    let code = if missing { Code::ConfigMissing } else { Code::InvalidContainerConfig };
    let fault = Fault::new(code, patient.pod, since).of(spec).saying(words);
    let fault = fault.shown_by(patient.event("Failed", Some(spec)));
    fault.after(if missing { CONFIG_GRACE } else { Duration::ZERO })
}

/// Whether the words say that a ConfigMap, a Secret or a key of one is not there.
pub(in crate::judgement) fn names_missing_config(words: &str) -> bool {
    let named = ["configmap", "ConfigMap", "config key", "secret", "Secret", "serviceaccount"];
    let gone =
        words.contains("not found") || words.contains("couldn't find key") || words.contains("non-existent");
    gone && named.iter().any(|kind| words.contains(kind))
}
