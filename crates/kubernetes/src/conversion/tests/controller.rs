//! Controllers of every kind.
use super::*;

#[test]
fn a_refused_replica_set_says_why() {
    let set = controller(Resource::ReplicaSets, &recorded("quota/replicasets.json", ""));
    assert!(set.condition("ReplicaFailure").is_some_and(|failure| {
        failure.status == Tristate::True
            && failure.message.as_deref().is_some_and(|text| text.contains("quota"))
    }));
    assert_eq!(set.owner.as_ref().map(|owner| &owner.kind), Some(&Kind::Deployment));
    assert!(set.revision.as_deref().is_some_and(|hash| set.name.ends_with(hash)), "{:?}", set.revision);
    assert_eq!(set.revision_number.as_deref(), Some("1"));
    let deployment = controller(Resource::Deployments, &recorded("quota/deployments.json", ""));
    // Counts that are zero are absent.
    assert!(deployment.ready == deployment.available && deployment.ready < deployment.desired);
    assert_eq!(deployment.progress_deadline, Some(Duration::from_mins(10)));
    let progressing = deployment.condition("Progressing").expect("it has one");
    assert!(progressing.since.is_some_and(|since| since < at("2026-11-21T01:31:05Z")));
    assert_eq!(deployment.progressed, Some(at("2026-11-21T01:31:05Z")));
    assert_eq!(deployment.generation, deployment.observed_generation);
}

#[test]
fn a_replica_set_of_zero_has_no_template() {
    let mut object = recorded("quota/replicasets.json", "");
    object["spec"]["replicas"] = 0.into();
    let set = controller(Resource::ReplicaSets, &object);
    assert_eq!((set.desired, set.template.as_ref()), (0, None));
}

#[test]
fn a_stateful_set_has_revisions_and_claims() {
    let set = controller(Resource::StatefulSets, &recorded("statefulset-stuck/statefulsets.json", ""));
    assert!(set.revision.is_some());
    assert!(pod(&recorded("statefulset-stuck/pods.json", "")).revision.is_some());
    let object = json!({"spec": {
        "volumeClaimTemplates": [{"metadata": {"name": "data"}}],
        "updateStrategy": {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}},
        "minReadySeconds": 5,
    }});
    let set = controller(Resource::StatefulSets, &object);
    assert_eq!((set.strategy, set.is_parallel), (Strategy::RollingUpdate { partition: 2 }, false));
    assert_eq!((&*set.claim_templates[0], set.min_ready, set.desired), ("data", Duration::from_secs(5), 1));
    let object =
        json!({"spec": {"ordinals": {"start": 5}, "updateStrategy": {"rollingUpdate": {"partition": 2}}}});
    let set = controller(Resource::StatefulSets, &object);
    assert_eq!(set.strategy, Strategy::RollingUpdateFrom { start: 5, partition: 2 });
    let object = json!({"spec": {"podManagementPolicy": "Parallel"}});
    assert!(controller(Resource::StatefulSets, &object).is_parallel);
}

#[rstest]
#[case(Resource::Deployments, json!({"strategy": {"type": "Recreate"}}), Strategy::Recreate)]
#[case(Resource::Deployments, json!({"strategy": {"type": "RollingUpdate"}}), Strategy::RollingUpdate { partition: 0 })]
#[case(Resource::StatefulSets, json!({"updateStrategy": {"type": "OnDelete"}}), Strategy::OnDelete)]
#[case(Resource::StatefulSets, json!({}), Strategy::RollingUpdate { partition: 0 })]
#[case(Resource::DaemonSets, json!({"updateStrategy": {"type": "OnDelete"}}), Strategy::OnDelete)]
#[case(Resource::DaemonSets, json!({"updateStrategy": {"type": "RollingUpdate"}}), Strategy::RollingUpdate { partition: 0 })]
fn strategies_are_told_apart(#[case] resource: Resource, #[case] spec: Value, #[case] strategy: Strategy) {
    assert_eq!(controller(resource, &json!({ "spec": spec })).strategy, strategy);
}

#[test]
fn our_annotations_are_kept_and_no_other() {
    let object = json!({
        "metadata": {"annotations": {"maintenant.group": "shop", "maintenant.z": "1", "other": "x"}},
        "spec": {"template": {"metadata": {"annotations": {"maintenant.group": "template", "maintenant.a": "2"}}}},
    });
    let annotations = controller(Resource::Deployments, &object).annotations.clone();
    let annotations: Vec<_> = annotations.iter().map(|(key, value)| (&**key, &**value)).collect();
    assert_eq!(annotations, [("maintenant.a", "2"), ("maintenant.group", "shop"), ("maintenant.z", "1")]);
}

#[test]
fn a_failed_job_is_read() {
    let object = recorded("job-backoff/jobs.json", "");
    let job = controller(Resource::Jobs, &object);
    assert_eq!(
        job.condition("Failed").and_then(|failed| failed.reason.as_deref()),
        Some("BackoffLimitExceeded")
    );
    let facts = job.job.as_deref().expect("it is a Job");
    assert_eq!((facts.active, facts.completed), (0, None));
    assert!(facts.failed > 0 && facts.started.is_some() && facts.backoff_limit.is_some());
    assert_eq!((job.desired, job.generation), (1, job.observed_generation));
}

#[test]
fn a_cron_job_is_read() {
    let cron = controller(Resource::CronJobs, &recorded("cronjob/cronjobs.json", ""));
    let facts = cron.cron.as_deref().expect("it is a CronJob");
    assert!(!facts.schedule.is_empty() && facts.last_schedule.is_some());
    assert!(cron.template.is_some() && !cron.paused);
    let object = json!({
        "spec": {"schedule": "0 3 * * *", "timeZone": "Europe/Berlin", "suspend": true, "startingDeadlineSeconds": 60},
        "status": {"active": [{"name": "a"}, {"name": "b"}], "lastSuccessfulTime": "2026-11-21T03:00:07Z"},
    });
    let cron = controller(Resource::CronJobs, &object);
    assert!(cron.paused);
    let facts = cron.cron.as_deref().expect("it is a CronJob");
    assert_eq!((facts.time_zone.as_deref(), facts.active), (Some("Europe/Berlin"), 2));
    assert_eq!(facts.starting_deadline, Some(Duration::from_mins(1)));
    assert_eq!(facts.last_success, Some(at("2026-11-21T03:00:07Z")));
}
