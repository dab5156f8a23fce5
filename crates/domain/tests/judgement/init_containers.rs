//! Init containers that run on: they are named, and judge nothing by themselves.
use crate::timeline::{last, play};
use domain::diagnosis::EvidenceKind;
use rstest::rstest;

#[rstest]
#[case::at_first_it_is_a_start("31s", "Rolling out: 1 of 1 updated.", "0s progressing")]
#[case::then_it_is_named(
    "32s",
    "Init container `wait-for-db` has run for more than 30 s, and the others wait for it. 1 of 1 updated. Nothing serves.",
    "0s progressing"
)]
#[case::for_as_long_as_it_goes_on(
    "6m",
    "Init container `wait-for-db` has run for more than 5 min, and the others wait for it. 1 of 1 updated. Nothing serves.",
    "0s progressing"
)]
#[case::also_when_the_deadline_has_passed(
    "12m",
    "Init container `wait-for-db` has run for more than 10 min, and the others wait for it. Nothing serves.",
    "0s progressing; 10m failed init_running"
)]
fn an_init_container_that_runs_on(#[case] until: &str, #[case] summary: &str, #[case] said: &str) {
    let script = format!("deployment 1; 0s init=wait-for-db +a; 2s a=unready; {until}");
    assert_eq!(&*last(&script).diagnosis.expect("a diagnosis").summary, summary);
    assert_eq!(play(&script), said);
}

#[test]
fn it_is_its_own_evidence_and_its_log_the_next_step() {
    let judgement = last("deployment 1; 0s init=wait-for-db +a; 2s a=unready; 6m");
    let diagnosis = judgement.diagnosis.expect("a diagnosis");
    let next_step = diagnosis.next_step.as_deref();
    assert_eq!(next_step, Some("kubectl -n shop logs a -c wait-for-db"));
    let told = diagnosis.evidence.first().expect("evidence");
    assert_eq!((told.kind, &*told.text), (EvidenceKind::Container, "container `wait-for-db` runs"));
    assert_eq!((told.at, diagnosis.since), (Some(crate::world::at(2)), crate::world::at(2)));
}

#[test]
fn what_runs_on_as_it_should_is_not_looked_at_again() {
    let mut world = crate::timeline::world_after("deployment 1; 0s +a; 5s a=ready; 20m a=unready");
    let at = crate::world::at;
    let memory = world.judge(&domain::memory::Memory::default(), at(1_200)).memory;
    let due = world.judge(&memory, at(1_231)).due;
    world.pods[0].containers[0].state = domain::pod::ContainerState::Running { since: None };
    assert_eq!(due, world.judge(&memory, at(1_231)).due);
}
