//! The rules of each kind, as timelines.
use crate::timeline::play;
use rstest::rstest;

#[rstest]
#[case::all_ready("deployment 2; 0s +a +b; 5s a=ready b=ready; 60m", "0s progressing; 5s healthy")]
#[case::nothing_asked("deployment 0; 0s; 60m", "0s suspended")]
#[case::scaled_to_zero(
    "deployment 1; 0s +a; 5s a=ready; 20m replicas=0 -a; 1203s a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1203s suspended"
)]
#[case::a_pod_that_does_not_go_is_a_trouble_even_at_zero(
    "deployment 1; 0s +a; 5s a=ready; 20m replicas=0 -a; 60m; 3700s a=gone; 70m",
    "0s progressing; 5s healthy; 20m progressing; 21m degraded stuck_terminating; 3700s suspended"
)]
#[case::a_blip_is_no_trouble(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready; 1229s a=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing readiness_failing; 1229s healthy"
)]
#[case::what_is_started_anew_has_the_time_of_a_start(
    "deployment 2; 0s startup=3m +a +b; 5s a=ready b=ready; 20m a=ended:255; 1203s a=unready; 60m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1383s degraded readiness_failing"
)]
#[case::the_next_ordinal_waits_for_the_one_before(
    "statefulset 3; 0s ondelete startup=3m +a +b +c; 5s a=ready b=ready c=ready; 20m -a -b -c; \
     1203s a=gone b=gone c=gone +a; 1380s a=ready +b; 1550s b=ready +c; 1720s c=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1720s healthy"
)]
#[case::lost_readiness_has_half_a_minute(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready; 60m",
    "0s progressing; 5s healthy; 20m progressing readiness_failing; 1230s degraded readiness_failing"
)]
#[case::the_only_pod_lost(
    "deployment 1; 0s +a; 5s a=ready; 20m a=unready; 60m",
    "0s progressing; 5s healthy; 20m progressing readiness_failing; 1230s failed readiness_failing"
)]
#[case::a_replacement_has_its_start_budget(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m -a +c; 1205s a=gone; 1320s; 60m",
    "0s progressing; 5s healthy; 20m progressing; 22m degraded pods_missing"
)]
#[case::a_replacement_that_is_never_made(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 22m degraded pods_missing"
)]
#[case::a_slow_starter_within_its_probes(
    "deployment 2; 0s startup=5m +a +b; 290s a=ready b=ready; 20m -a +c; 1490s c=ready a=gone; 60m",
    "0s progressing; 290s healthy; 20m progressing; 1490s healthy"
)]
#[case::the_slowest_start_seen_counts_twice(
    "deployment 2; 0s +a +b; 100s a=ready b=ready; 20m -a +c; 1210s a=gone; 60m",
    "0s progressing; 100s healthy; 20m progressing; 1400s degraded pods_missing"
)]
#[case::a_slow_start_never_counts_for_more_than_the_deadline(
    "deployment 2; 0s +a +b; 400s a=ready b=ready; 20m -a +c; 1210s a=gone; 60m",
    "0s progressing; 400s healthy; 20m progressing; 30m degraded pods_missing"
)]
#[case::the_start_of_a_pod_that_crashed_says_nothing(
    "deployment 2; 0s +a +b; 5s b=ready a=ended:1; 300s a=ready; 20m -b +c; 1210s b=gone; 60m",
    "0s progressing; 5m healthy; 20m progressing; 22m degraded pods_missing"
)]
#[case::what_makes_it_available_is_a_part_of_its_start(
    "deployment 2; 0s startup=100s minready=100s +a +b; 5s a=ready b=ready; 105s; 20m -a +c; 1210s a=gone; 60m",
    "0s progressing; 105s healthy; 20m progressing; 1400s degraded pods_missing"
)]
#[case::ready_for_too_short_a_time_is_starting(
    "deployment 2; 0s minready=60s +a +b; 5s a=ready b=wait:InvalidImageName:bad; 60s",
    "0s progressing; 5s degraded image_invalid_name"
)]
#[case::more_room_is_on_the_way(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; \
     20m a=gone +d d=unscheduled:0/1_nodes_are_available:_1_Insufficient_cpu. !d:TriggeredScaleUp:x; 60m",
    "0s progressing; 5s healthy; 20m progressing unschedulable_resources; 30m degraded unschedulable_resources"
)]
#[case::what_is_started_anew_twice_has_one_time_for_both(
    "deployment 1; 0s +a; 5s a=ready; 20m a=ended:0; 1201s a=unready; 1240s a=ended:0; 1241s a=unready; 1250s a=ready; 22m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1250s healthy"
)]
#[case::an_ordinal_that_does_not_come_has_its_time_whatever_those_after_it_do(
    "statefulset 3; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready +web-2; 15s web-2=ready; 20m web-1=gone; \
     1250s web-2=unready; 1260s web-2=ready; 1290s web-2=unready; 1300s web-2=ready; 25m",
    "0s progressing; 15s healthy; 20m progressing; 22m degraded pods_missing"
)]
#[case::an_ordinal_that_waits_for_one_that_loses_its_readiness_again_and_again_has_its_time(
    "statefulset 2; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready; 20m web-1=gone; 1210s web-0=unready; \
     1230s web-0=ready; 1250s web-0=unready; 1270s web-0=ready; 1290s web-0=unready; 1310s web-0=ready; \
     1330s web-0=unready; 1350s web-0=ready; 1370s web-0=unready; 1390s web-0=ready; 30m",
    "0s progressing; 10s healthy; 20m progressing; 22m degraded readiness_failing; 1330s failed readiness_failing; \
     1350s degraded readiness_failing; 1370s failed readiness_failing; 1390s degraded readiness_failing"
)]
#[case::or_is_never_ready_for_long_enough(
    "statefulset 2; 0s minready=30s +web-0; 5s web-0=ready; 35s +web-1; 40s web-1=ready; 70s; 20m web-1=gone web-0=unready; \
     1220s web-0=ready; 1240s web-0=unready; 1260s web-0=ready; 1280s web-0=unready; \
     1300s web-0=ready; 1320s web-0=unready; 1340s web-0=ready; 1360s web-0=unready; 1380s web-0=ready; 1400s web-0=unready",
    "0s progressing; 70s healthy; 20m progressing readiness_failing; 22m failed readiness_failing"
)]
#[case::zero_that_is_not_seen_yet(
    "deployment 0; 0s unobserved; 5s observed; 60m",
    "0s progressing; 5s suspended"
)]
#[case::ready_is_not_available_before_its_time(
    "deployment 1; 0s minready=60s +a; 5s a=ready; 65s; 60m",
    "0s progressing; 65s healthy"
)]
fn availability(#[case] script: &str, #[case] said: &str) {
    assert_eq!(play(script), said);
}

#[rstest]
#[case::invalid_name("a=wait:InvalidImageName:bad", "1s failed image_invalid_name")]
#[case::never_pull("a=wait:ErrImageNeverPull:not_present", "1s failed image_never_pull")]
#[case::not_there("a=wait:ErrImagePull:manifest_unknown", "1s failed image_not_found")]
#[case::not_allowed("a=wait:ErrImagePull:401_Unauthorized", "1s failed image_auth")]
#[case::too_often("a=wait:ErrImagePull:429_Too_Many_Requests", "30s failed image_rate_limited")]
#[case::no_way_there(
    "a=wait:ImagePullBackOff:dial_tcp:_connection_refused",
    "30s failed image_registry_unreachable"
)]
#[case::no_such_registry(
    "a=wait:ErrImagePull:dial_tcp:_lookup_r:_no_such_host_not_found",
    "30s failed image_registry_unreachable"
)]
#[case::the_event_says_why(
    "a=wait:ImagePullBackOff:Back-off_pulling_image !c:a:Failed:Failed_to_pull_image_x:_not_found",
    "1s failed image_not_found"
)]
#[case::missing_config(
    "a=wait:CreateContainerConfigError:configmap_\"x\"_not_found",
    "30s failed config_missing"
)]
#[case::missing_key(
    "a=wait:CreateContainerConfigError:couldn't_find_key_k_in_Secret_shop/x",
    "30s failed config_missing"
)]
#[case::refused_config(
    "a=wait:CreateContainerConfigError:container_has_runAsNonRoot_and_image_will_run_as_root",
    "1s failed invalid_container_config"
)]
#[case::no_such_command(
    "a=wait:RunContainerError:exec:_\"/srv\":_stat_/srv:_no_such_file_or_directory",
    "1s failed exec_not_found"
)]
#[case::another_architecture("a=wait:RunContainerError:exec_format_error", "1s failed image_platform")]
#[case::another_start_error("a=wait:RunContainerError:cgroups_broken", "1s failed start_error")]
#[case::post_start_hook("a=wait:PostStartHookError:exit_1", "1s failed hook_failing")]
#[case::mount("!a:FailedMount:timed_out", "61s failed volume_mount")]
#[case::mount_of_what_is_missing("!a:FailedMount:configmap_\"x\"_not_found", "31s failed config_missing")]
#[case::attach("!a:FailedAttachVolume:no_such_disk", "61s failed volume_attach")]
#[case::attached_elsewhere(
    "!a:FailedAttachVolume:Multi-Attach_error_for_volume",
    "421s failed volume_attach"
)]
#[case::sandbox("!a:FailedCreatePodSandBox:no_address_left", "61s failed sandbox_failed")]
#[case::no_room(
    "a=unscheduled:0/3_nodes_are_available:_3_Insufficient_cpu.",
    "61s failed unschedulable_resources"
)]
#[case::room_is_on_the_way(
    "a=unscheduled:0/3_nodes_are_available:_3_Insufficient_cpu. !a:TriggeredScaleUp:group_1",
    "10m failed unschedulable_resources"
)]
#[case::a_claim_beside_taints(
    "a=unscheduled:0/3_nodes_are_available:_3_node(s)_had_untolerated_taint(s),_pod_has_unbound_immediate_PersistentVolumeClaims.",
    "61s failed unschedulable_claims"
)]
#[case::a_port_beside_a_selector(
    "a=unscheduled:0/4_nodes_are_available:_1_node(s)_didn't_have_free_ports_for_the_requested_pod_ports,_3_node(s)_didn't_match_Pod's_node_affinity/selector.",
    "61s failed unschedulable_ports"
)]
#[case::no_room_beside_a_selector(
    "a=unscheduled:0/5_nodes_are_available:_1_Insufficient_cpu,_4_node(s)_didn't_match_Pod's_node_affinity/selector.",
    "61s failed unschedulable_resources"
)]
#[case::no_room_beside_the_volume_of_another_node(
    "a=unscheduled:0/3_nodes_are_available:_1_Insufficient_memory,_2_node(s)_had_volume_node_affinity_conflict.",
    "61s failed unschedulable_resources"
)]
#[case::a_selector_beside_a_taint(
    "a=unscheduled:0/4_nodes_are_available:_1_node(s)_had_untolerated_taint(s),_3_node(s)_didn't_match_Pod's_node_affinity/selector.",
    "61s failed unschedulable_affinity"
)]
#[case::a_cordon_beside_a_selector(
    "a=unscheduled:0/5_nodes_are_available:_3_node(s)_were_unschedulable,_2_node(s)_didn't_match_Pod's_node_affinity/selector.",
    "61s failed unschedulable_taint"
)]
#[case::a_claim_that_is_missing(
    "a=unscheduled:0/3_nodes_are_available:_persistentvolumeclaim_\"d\"_not_found.",
    "61s failed unschedulable_claims"
)]
fn lasting_faults(#[case] fault: &str, #[case] said: &str) {
    let script = format!("deployment 1; 0s +a; 1s {fault}; 11m");
    let all = play(&script);
    let (progressing, rest) = all.split_once("; ").unwrap();
    assert!(progressing.starts_with("0s progressing"), "{all}");
    assert_eq!(rest, said);
}

#[rstest]
#[case::refused_at_once("deployment 2; 0s refused:exceeded_quota:_small; 20m", "0s failed quota_exceeded")]
#[case::refused_and_then_allowed(
    "deployment 2; 0s +a refused:exceeded_quota:_small; 5s a=ready; 60s allowed +b; 65s b=ready; 20m",
    "0s degraded quota_exceeded; 1m progressing; 65s healthy"
)]
#[case::by_pod_security("deployment 1; 0s refused:violates_PodSecurity; 9m", "0s failed pod_security_denied")]
#[case::by_a_webhook("deployment 1; 0s refused:failed_calling_webhook; 9m", "0s failed webhook_unreachable")]
#[case::by_a_policy("deployment 1; 0s refused:is_forbidden:_no; 9m", "0s failed admission_denied")]
#[case::no_account(
    "deployment 1; 0s refused:error_looking_up_service_account_shop/x:_serviceaccount_\"x\"_not_found; 9m",
    "0s failed config_missing"
)]
#[case::a_stateful_set_has_events_only(
    "statefulset 1; 0s; 5s !:FailedCreate:exceeded_quota; 9m",
    "0s progressing; 5s failed quota_exceeded"
)]
#[case::what_succeeded_since_is_no_refusal(
    "statefulset 2; 0s; 5s !:FailedCreate:exceeded_quota; 20s +web-0 !:SuccessfulCreate:web-0; 30s web-0=ready; 120s",
    "0s progressing; 5s failed quota_exceeded; 20s progressing"
)]
fn refusals(#[case] script: &str, #[case] said: &str) {
    assert_eq!(play(script), said);
}

#[rstest]
#[case::in_order(
    "statefulset 2; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready; 60m",
    "0s progressing; 10s healthy"
)]
#[case::stuck_at_an_ordinal(
    "statefulset 3; 0s +web-0; 5s web-0=ready +web-1; 7s web-1=ended:1; 9s web-1=ended:1; 60m",
    "0s progressing; 9s degraded crash_loop"
)]
#[case::behind_an_ordinal_that_crash_loops_and_is_ready_in_between(
    "statefulset 2; 0s +web-0; 5s web-0=ready +web-1; 10s web-1=ready; 20m web-1=gone web-0=ended:1; 1201s web-0=ready; \
     1206s web-0=ended:1; 1207s web-0=backoff; 1217s web-0=ready; 1222s web-0=ended:1; 1223s web-0=backoff; \
     1243s web-0=ready; 1248s web-0=ended:1; 1249s web-0=backoff; 1290s web-0=ready; 1295s web-0=ended:1; \
     1296s web-0=backoff; 1376s web-0=ready; 1381s web-0=ended:1; 25m",
    "0s progressing; 10s healthy; 20m progressing crash_loop; 1206s failed crash_loop"
)]
#[case::a_partition_keeps_the_old_below(
    "statefulset 2; 0s +web-0 +web-1; 5s web-0=ready web-1=ready; 20m partition=1 image=web:2 -web-1; \
     1205s web-1=gone +web-1; 1210s web-1=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1210s healthy"
)]
#[case::a_partition_counts_from_the_first_ordinal(
    "statefulset 3; 0s ordinals=5 +web-5 +web-6 +web-7; 5s web-5=ready web-6=ready web-7=ready; \
     20m partition=2 image=web:2 -web-7; 1205s web-7=gone +web-7; 1210s web-7=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1210s healthy"
)]
#[case::and_above_it_everything_is_replaced(
    "statefulset 3; 0s ordinals=5 +web-5 +web-6 +web-7; 5s web-5=ready web-6=ready web-7=ready; \
     20m partition=1 image=web:2 -web-7; 1205s web-7=gone +web-7; 1210s web-7=ready; 25m",
    "0s progressing; 5s healthy; 20m progressing"
)]
#[case::on_delete_waits_for_nobody(
    "statefulset 2; 0s ondelete +web-0 +web-1; 5s web-0=ready web-1=ready; 20m image=web:2; 60m",
    "0s progressing; 5s healthy"
)]
#[case::an_old_broken_ordinal_matters(
    "statefulset 2; 0s +web-0 +web-1; 5s web-0=ready web-1=ready; 20m web-0=ended:1; 1202s web-0=ended:1; \
     30m image=web:2; 60m",
    "0s progressing; 5s healthy; 20m progressing crash_loop; 1202s degraded crash_loop"
)]
#[case::an_ordinal_on_its_way_out_holds_its_place(
    "statefulset 1; 0s +web-0; 5s web-0=ready; 20m -web-0; 1225s web-0=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1345s failed pods_missing"
)]
#[case::an_ordinal_that_never_came_up_is_a_rollout(
    "statefulset 2; 0s +web-0 +web-1; 5s web-0=ready; 60m",
    "0s progressing; 605s degraded rollout_stuck"
)]
#[case::a_daemon_set("daemonset 2; 0s +a +b; 5s a=ready b=ready; 60m", "0s progressing; 5s healthy")]
#[case::a_daemon_has_patience_with_a_node_that_is_away(
    "daemonset 2; 0s +a +b; 5s a=ready b=ready; 20m a=lost; 60m",
    "0s progressing; 5s healthy; 20m progressing node_lost; 30m degraded node_lost"
)]
#[case::a_replica_has_not(
    "deployment 2; 0s +a +b; 5s a=ready b=ready; 20m a=lost; 60m",
    "0s progressing; 5s healthy; 20m progressing node_lost; 1230s degraded node_lost"
)]
#[case::a_replica_set("replicaset 1; 0s +a; 5s a=ready; 60m", "0s progressing; 5s healthy")]
#[case::a_replica_set_has_no_rollouts(
    "replicaset 1; 0s +a; 10s a=unready; 60m",
    "0s progressing; 2m failed readiness_failing"
)]
#[case::a_bare_pod("pod 1; 0s +web; 5s web=ready; 60m", "0s progressing; 5s healthy")]
#[case::a_bare_pod_that_failed(
    "pod 1; 0s +web; 5s web=failed:Evicted; 60m",
    "0s progressing; 5s failed evicted"
)]
#[case::a_bare_pod_that_is_done("pod 1; 0s +web; 5s web=succeeded; 60m", "0s progressing; 5s healthy")]
#[case::a_bare_pod_held_back("pod 1; 0s +web web=gated; 10h", "0s progressing scheduling_gated")]
#[case::a_bare_pod_that_does_not_go(
    "pod 1; 0s +web; 5s web=ready; 20m -web; 60m",
    "0s progressing; 5s healthy; 20m progressing; 21m degraded stuck_terminating"
)]
#[case::of_a_foreign_owner(
    "rollout 2; 0s +a +b; 5s a=ready b=ready; 20m a=unready; 60m",
    "0s progressing; 5s healthy; 20m progressing readiness_failing; 1230s degraded readiness_failing"
)]
#[case::a_foreign_owner_that_is_refused_its_pods(
    "rollout 0; 0s set=3 refused:exceeded_quota:_small; 20m",
    "0s failed quota_exceeded"
)]
#[case::a_foreign_owner_that_is_refused_some(
    "rollout 0; 0s set=3 +a refused:exceeded_quota:_small; 5s a=ready; 20m",
    "0s degraded quota_exceeded"
)]
#[case::the_new_version_of_a_foreign_owner_is_refused(
    "rollout 0; 0s set=1 +a; 5s a=ready; 20m image=web:2 set=1 refused:exceeded_quota; 60m",
    "0s progressing; 5s healthy; 20m degraded quota_exceeded"
)]
#[case::pods_that_a_foreign_owner_never_gets(
    "rollout 0; 0s set=1; 60m",
    "0s progressing; 2m failed pods_missing"
)]
#[case::pods_that_a_foreign_owner_lacks(
    "rollout 0; 0s set=2 +a +b; 5s a=ready b=ready; 20m a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 22m degraded pods_missing"
)]
#[case::a_pod_too_many_is_nobodys_trouble(
    "rollout 0; 0s set=1 +a +b; 5s a=ready b=unready; 60m",
    "0s progressing; 5s healthy readiness_failing"
)]
#[case::a_foreign_owner_scaled_to_zero(
    "rollout 0; 0s set=1 +a; 5s a=ready; 20m set=0 -a; 1203s a=gone; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1203s suspended"
)]
#[case::what_a_foreign_owner_of_nothing_left_behind(
    "rollout 0; 0s set=1 +a; 5s a=ready; 20m set=0 a=failed:Evicted; 60m",
    "0s progressing; 5s healthy; 20m suspended"
)]
#[case::what_a_foreign_owner_has_finished_counts_when_nothing_is_newer(
    "rollout 1; 0s +a; 5s a=succeeded; 20m +b; 1205s b=ready; 60m",
    "0s progressing; 5s healthy; 20m progressing; 1205s healthy"
)]
fn kinds(#[case] script: &str, #[case] said: &str) {
    assert_eq!(play(script), said);
}
