//! What holds for whatever facts: arbitrary objects, however odd, at arbitrary times.
use crate::world::*;
use domain::condition::{Condition, Tristate};
use domain::controller::{self, Cron, Job};
use domain::health::Health;
use domain::id::{Kind, Owner};
use domain::memory::Memory;
use domain::pod::{Container, ContainerState, Phase, Pod, RestartPolicy, Role, Termination, Uncommon};
use domain::time::Time;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

/// The most that is remembered of a workload, as it is stored.
const MOST_STORED_BYTES: usize = 64 * 1024;

/// Up to so many seconds after the beginning.
type Latest = i64;

fn a_time(latest: Latest) -> impl Strategy<Value = Time> {
    (-7200..=latest).prop_map(|secs| Time::from_millis(START.as_millis() + secs * 1000))
}

fn a_word(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    proptest::sample::select(words)
}

fn a_tristate() -> impl Strategy<Value = Tristate> {
    proptest::sample::select(&[Tristate::True, Tristate::False, Tristate::Unknown][..])
}

fn a_condition(
    kinds: &'static [&'static str],
    reasons: &'static [&'static str],
    latest: Latest,
) -> impl Strategy<Value = Condition> {
    (a_word(kinds), a_tristate(), option::of(a_word(reasons)), option::of(a_time(latest))).prop_map(
        |(kind, status, reason, since)| Condition {
            kind: kind.into(),
            status,
            reason: reason.map(Into::into),
            message: reason
                .map(|reason| format!("{reason}: 0/3 nodes are available: 2 Insufficient cpu.").into()),
            since,
        },
    )
}

fn an_end(latest: Latest) -> impl Strategy<Value = Termination> {
    let code = proptest::sample::select(&[0, 1, 127, 128, 137, 143, -1][..]);
    let reason = a_word(&["Error", "OOMKilled", "Completed", "StartError", "ContainerCannotRun"]);
    (code, option::of(reason), option::of(a_time(latest)), option::of(a_time(latest)), option::of(0..40_i32))
        .prop_map(|(exit_code, reason, started, finished, signal)| Termination {
            exit_code,
            signal,
            reason: reason.map(Into::into),
            message: reason.map(|_| "exec: \"/srv\": stat /srv: no such file or directory".into()),
            gist: reason.map(|_| "exec: '/srv': stat /srv: no such file or directory".into()),
            started,
            finished,
        })
}

fn a_container(latest: Latest) -> impl Strategy<Value = Container> {
    let reason = a_word(&[
        "CrashLoopBackOff",
        "ImagePullBackOff",
        "ErrImagePull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "RunContainerError",
        "PostStartHookError",
        "ContainerCreating",
        "PodInitializing",
        "Unheard",
    ]);
    let message = a_word(&["", "x not found", "configmap \"x\" not found", "dial tcp: refused", "é…\u{0}"]);
    let state = prop_oneof![
        Just(ContainerState::Unreported),
        (option::of(reason), option::of(message)).prop_map(|(reason, message)| ContainerState::Waiting {
            reason: reason.map(Into::into),
            message: message.map(Into::into),
        }),
        option::of(a_time(latest)).prop_map(|since| ContainerState::Running { since }),
        an_end(latest).prop_map(|end| ContainerState::Terminated(Box::new(end))),
    ];
    (state, any::<bool>(), prop_oneof![0..6_u32, Just(u32::MAX)], option::of(an_end(latest))).prop_map(
        |(state, ready, restarts, last)| Container { state, ready, restarts, last: last.map(Box::new) },
    )
}

fn a_pod(latest: Latest) -> impl Strategy<Value = Pod> {
    let phases = [Phase::Pending, Phase::Running, Phase::Succeeded, Phase::Failed, Phase::Unknown];
    let policies = [RestartPolicy::Always, RestartPolicy::OnFailure, RestartPolicy::Never];
    let roles = [Role::Init, Role::Sidecar, Role::Main, Role::Ephemeral];
    let shape = (
        0..6_u32,
        proptest::sample::select(phases.to_vec()),
        proptest::sample::select(policies.to_vec()),
        vec((proptest::sample::select(roles.to_vec()), a_container(latest)), 0..4),
        // A pod whose specification names more containers than its status has.
        any::<bool>(),
    );
    let times = (a_time(latest), option::of(a_time(latest)), option::weighted(0.2, a_time(latest)));
    let told = vec(
        a_condition(
            &["Ready", "PodScheduled", "DisruptionTarget", "Initialized"],
            &["Unschedulable", "SchedulingGated", "ReadinessGatesNotReady", "PreemptionByScheduler"],
            latest,
        ),
        0..4,
    );
    let rest = (
        option::of(a_word(&["r1", "r2"])),
        option::weighted(0.2, a_word(&["Evicted", "OutOfcpu", "NodeLost", "DeadlineExceeded"])),
        option::of(a_word(&["n1", "n2"])),
        any::<bool>(),
    );
    (shape, times, told, rest).prop_map(
        |(
            (number, phase, policy, containers, short),
            (created, started, deleting),
            told,
            (revision, reason, node, owned),
        )| {
            let specs = containers.iter().enumerate().map(|(place, (role, _))| {
                let mut spec = container_spec(&format!("c{place}"), "r/x:1", *role);
                spec.startup_probe = Some(Duration::MAX).filter(|_| place == 2);
                spec
            });
            let mut spec = pod_spec(specs.collect());
            spec.restart_policy = policy;
            let mut pod = pod(&format!("web-{number}"), Arc::new(spec), created);
            pod.containers =
                containers.into_iter().map(|(_, container)| container).skip(usize::from(short)).collect();
            pod.phase = phase;
            pod.started = started;
            pod.deleting = deleting;
            pod.conditions = told.into();
            pod.revision = revision.map(Into::into);
            pod.uncommon = Uncommon { reason: reason.map(Into::into), ..Uncommon::default() }.boxed();
            pod.node = node.map(Into::into);
            pod.owner = owned.then(|| {
                Arc::new(Owner {
                    kind: Kind::Job,
                    name: "web-1".into(),
                    uid: uid(&format!("job-{}", number % 2)),
                })
            });
            pod
        },
    )
}

fn an_event(latest: Latest) -> impl Strategy<Value = domain::event::Event> {
    let reason = a_word(&[
        "BackOff",
        "Failed",
        "FailedMount",
        "FailedAttachVolume",
        "FailedCreatePodSandBox",
        "FailedCreate",
        "SuccessfulCreate",
        "Killing",
        "Unhealthy",
        "Pulling",
        "Pulled",
        "TriggeredScaleUp",
        "Completed",
        "BackoffLimitExceeded",
        "NodeNotReady",
    ]);
    let message = a_word(&[
        "Container c0 failed liveness probe, will be restarted",
        "Failed to pull image \"x\": 401 Unauthorized",
        "(combined from similar events): Error creating: exceeded quota",
        "configmap \"x\" not found",
        "",
    ]);
    let object = a_word(&["web", "web-0", "web-1", "web-2", "job-0", "job-1"]);
    (object, option::of(a_word(&["c0", "c1"])), reason, message, a_time(latest), a_time(latest), 0..9_u32)
        .prop_map(|(object, container, reason, message, first, last, count)| domain::event::Event {
            first,
            count,
            ..event(object, container, reason, message, last)
        })
}

/// A ReplicaSet or a Job, whichever its owner makes.
fn a_child(latest: Latest) -> impl Strategy<Value = domain::controller::Controller> {
    let told = a_condition(
        &["ReplicaFailure", "Complete", "Failed"],
        &["FailedCreate", "FailedDelete", "BackoffLimitExceeded"],
        latest,
    );
    (0..3_u32, 0..4_u32, a_time(latest), vec(told, 0..3)).prop_map(|(number, desired, created, told)| {
        let mut child =
            crate::world::controller(Kind::ReplicaSet, &format!("job-{number}"), desired, created);
        child.conditions = told.into();
        child
    })
}

fn a_world(latest: Latest) -> impl Strategy<Value = World> {
    let kinds = [
        Kind::Deployment,
        Kind::StatefulSet,
        Kind::DaemonSet,
        Kind::ReplicaSet,
        Kind::Job,
        Kind::CronJob,
        Kind::Pod,
        Kind::Foreign { group: "x".into(), kind: "Rollout".into() },
    ];
    let told = vec(
        a_condition(
            &["Progressing", "Available", "ReplicaFailure", "Complete", "Failed", "Suspended"],
            &["NewReplicaSetAvailable", "ReplicaSetUpdated", "ProgressDeadlineExceeded", "FailedCreate"],
            latest,
        ),
        0..4,
    );
    let numbers = (vec(prop_oneof![0..5_u32, Just(u32::MAX)], 6), -1..3_i64, -1..3_i64, any::<bool>());
    let strategy = prop_oneof![
        (0..4_u32).prop_map(|partition| controller::Strategy::RollingUpdate { partition }),
        Just(controller::Strategy::Recreate),
        Just(controller::Strategy::OnDelete),
    ];
    let lasting = (
        option::of(0..1000_u64),
        0..100_u64,
        a_time(latest),
        option::weighted(0.1, a_time(latest)),
        option::of(a_time(latest)),
    );
    let shape = (proptest::sample::select(kinds.to_vec()), any::<bool>(), any::<bool>());
    let pods = (vec(a_pod(latest), 0..6), vec(a_child(latest), 0..3));
    (shape, told, numbers, strategy, lasting, pods, vec(an_event(latest), 0..8)).prop_map(
        |(
            (kind, seen, sees_jobs),
            told,
            (counts, generation, observed, paused),
            strategy,
            lasting,
            (pods, children),
            events,
        )| {
            let mut world = World::new(kind.clone(), "web");
            world.around.sees_jobs = sees_jobs;
            for event in events {
                world.around.events.entry(event.object).or_default().push(Arc::new(event));
            }
            for pod in pods {
                if world.pods.iter().all(|other| other.uid != pod.uid) {
                    world.pods.push(pod);
                }
            }
            for mut child in children {
                if kind == Kind::CronJob {
                    child.kind = Kind::Job;
                }
                if world.children.iter().all(|other| other.uid != child.uid) {
                    world.children.push(child);
                }
            }
            let (deadline, min_ready, created, deleting, progressed) = lasting;
            let mut object = crate::world::controller(kind.clone(), "web", counts[0], created);
            object.current = counts[1];
            object.updated = counts[2];
            object.ready = counts[3];
            object.available = counts[4];
            object.generation = generation;
            object.observed_generation = observed;
            object.paused = paused;
            object.strategy = strategy;
            object.deleting = deleting;
            object.progressed = progressed;
            object.progress_deadline = deadline.map(Duration::from_secs);
            object.min_ready = Duration::from_secs(min_ready);
            object.revision = Some("r2".into());
            object.conditions = told.into();
            if kind == Kind::Job {
                object.job = Some(Box::new(Job {
                    completions: Some(counts[5]),
                    backoff_limit: None,
                    active_deadline: deadline.map(Duration::from_secs),
                    active: counts[1],
                    succeeded: counts[2],
                    failed: counts[3],
                    started: Some(created),
                    completed: None,
                    failed_indexes: None,
                }));
            }
            if kind == Kind::CronJob {
                object.cron = Some(Box::new(Cron {
                    schedule: if paused { "*/5 * * * *".into() } else { "61 * nonsense".into() },
                    time_zone: Some("Europe/Berlin".into()),
                    starting_deadline: deadline.map(Duration::from_secs),
                    active: counts[1],
                    last_schedule: Some(created),
                    last_success: deleting,
                }));
                object.paused = false;
            }
            let known = !matches!(kind, Kind::Pod | Kind::Foreign { .. });
            world.controller = (seen && known).then_some(object);
            world
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn odd_facts_are_judged_in_any_order(world in a_world(7200), start in -3600_i64..7200, again in 1_i64..5_000_000) {
        let now = Time::from_millis(START.as_millis() + start * 1000);
        let judgement = world.judge(&Memory::default(), now);
        prop_assert!(judgement.due.is_none_or(|due| due > now));
        prop_assert!(judgement.since <= now);

        let backwards: Vec<&Pod> = world.pods.iter().rev().collect();
        prop_assert_eq!(&world.judge_pods(&backwards, &Memory::default(), now), &judgement);

        let text = judgement.memory.to_text();
        prop_assert!(text.len() < MOST_STORED_BYTES);
        let restored = Memory::from_text(&text).unwrap();
        prop_assert_eq!(&restored, &judgement.memory);

        let later = Time::from_millis(now.as_millis() + again);
        let judgement = world.judge(&restored, later);
        prop_assert!(judgement.due.is_none_or(|due| due > later));
        prop_assert!(judgement.since <= later);
    }

    #[test]
    fn what_is_failed_or_degraded_says_why(world in a_world(7200), start in 0_i64..7200, again in 0_i64..5_000_000) {
        let now = Time::from_millis(START.as_millis() + start * 1000);
        let later = Time::from_millis(now.as_millis() + again);
        for judgement in [world.judge(&Memory::default(), now), world.judge(&world.judge(&Memory::default(), now).memory, later)] {
            let is_bad = matches!(judgement.health, Health::Failed | Health::Degraded);
            prop_assert!(!is_bad || judgement.diagnosis.is_some(), "{:?} without a reason", judgement.health);
        }
    }

    #[test]
    fn asking_more_often_makes_no_difference_nor_does_a_restart(
        world in a_world(0),
        (start, wait, between) in (0_i64..7200, 1_i64..5_000_000, 0.0..1.0_f64),
    ) {
        let first = Time::from_millis(START.as_millis() + start * 1000);
        let later = Time::from_millis(first.as_millis() + wait);
        let middle = Time::from_millis(first.as_millis() + (wait as f64 * between) as i64);
        let judgement = world.judge(&Memory::default(), first);
        prop_assert_eq!(&world.judge(&judgement.memory, first), &judgement);

        let restored = Memory::from_text(&judgement.memory.to_text()).unwrap();
        let restarted = world.judge(&restored, first);
        prop_assert_eq!((restarted.health, restarted.since), (judgement.health, judgement.since));

        let once = world.judge(&judgement.memory, later);
        let twice = world.judge(&world.judge(&judgement.memory, middle).memory, later);
        prop_assert_eq!(&once, &twice);

        if judgement.due.is_none_or(|due| due > later) {
            prop_assert_eq!((once.health, once.since, once.due), (judgement.health, judgement.since, judgement.due));
        }
    }
}
