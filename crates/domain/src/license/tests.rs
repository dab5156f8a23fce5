use super::*;
use rstest::rstest;

/// 2026-11-21T00:00:00Z
const ISSUED: i64 = 1_795_219_200;
/// 2027-12-31T23:59:59Z
const EXPIRES: i64 = 1_830_297_599;
const DAY_SECONDS: i64 = 24 * 60 * 60;
const GRACE_END: i64 = EXPIRES + 1 + 30 * DAY_SECONDS;

fn license() -> License {
    License {
        licensee: "ACME".into(),
        edition: Edition::Enterprise,
        features: vec!["sso".into()],
        issued: Time::from_secs(ISSUED),
        expires: Time::from_secs(EXPIRES),
    }
}

/// At that millisecond: the state, whether Enterprise is in force, when it changes, and what the notice says.
#[rstest]
#[case::long_before(0, "not_yet_valid", false, Some(ISSUED), &["begins on 2026-11-21", "set the clock of the server right"])]
#[case::just_before(ISSUED * 1000 - 1, "not_yet_valid", false, Some(ISSUED), &["ACME", "Community"])]
#[case::first_moment(ISSUED * 1000, "valid", true, Some(EXPIRES + 1), &[])]
#[case::last_second(EXPIRES * 1000 + 999, "valid", true, Some(EXPIRES + 1), &[])]
#[case::grace_begins((EXPIRES + 1) * 1000, "grace", true, Some(GRACE_END), &["expired on 2027-12-31", "for 30 more days of grace"])]
#[case::a_day_of_grace_has_passed((EXPIRES + 1 + DAY_SECONDS) * 1000, "grace", true, Some(GRACE_END), &["for 29 more days of"])]
#[case::a_day_is_left((GRACE_END - DAY_SECONDS) * 1000, "grace", true, Some(GRACE_END), &["for 1 more day of"])]
#[case::last_moment_of_grace(GRACE_END * 1000 - 1, "grace", true, Some(GRACE_END), &["for 1 more day of"])]
#[case::grace_is_over(GRACE_END * 1000, "expired", false, None, &["expired on 2027-12-31", "Community now", "new key", "or unset MAINTENANT_LICENSE_KEY to stay with Community"])]
#[case::the_end_of_time(i64::MAX, "expired", false, None, &[])]
fn a_licence_stands_by_the_time(
    #[case] now_millis: i64,
    #[case] state: &str,
    #[case] enterprise: bool,
    #[case] changes_at: Option<i64>,
    #[case] texts: &[&str],
) {
    let held = Held::Genuine(license());
    let standing = held.standing(Time::from_millis(now_millis));
    assert_eq!(standing.state.as_str(), state);
    assert_eq!(standing.edition.as_str(), if enterprise { "enterprise" } else { "community" });
    assert_eq!(standing.features().len(), usize::from(enterprise));
    assert_eq!(standing.changes_at, changes_at.map(Time::from_secs));
    assert_eq!(
        standing.license,
        Some(&license()),
        "what the key says is shown whether it is in force or not"
    );
    assert_eq!(standing.notice.is_none(), state == "valid");
    for text in texts {
        assert!(standing.notice.as_ref().unwrap().contains(text), "`{text}` is not in {standing:?}");
    }
    assert_finding(&standing);
}

/// What is said of a key that is not in use here: nothing of what to set, nor of monitoring.
#[track_caller]
fn assert_finding(standing: &Standing<'_>) {
    let [finding, notice] = [&standing.finding, &standing.notice].map(|it| it.as_deref().unwrap_or_default());
    assert!(notice.starts_with(finding) && finding.is_empty() == notice.is_empty(), "{standing:?}");
    for text in ["MAINTENANT_", "monitoring", "Until then"] {
        assert!(!finding.contains(text), "`{text}` is in {finding}");
    }
}

#[test]
fn what_changes_does_so_at_the_moment_that_was_told() {
    let held = Held::Genuine(license());
    let mut now = Time::from_millis(0);
    let mut states = vec![held.standing(now).state];
    while let Some(next) = held.standing(now).changes_at.filter(|next| *next > now) {
        let before = Time::from_millis(next.as_millis() - 1);
        assert_eq!(held.standing(before).state, *states.last().unwrap());
        now = next;
        states.push(held.standing(now).state);
    }
    assert_eq!(states, [State::NotYetValid, State::Valid, State::Grace, State::Expired]);
}

#[test]
fn without_a_key_there_is_nothing_to_say() {
    let standing = Held::Nothing.standing(Time::from_secs(ISSUED));
    assert_eq!((standing.state, standing.edition), (State::None, Edition::Community));
    assert_eq!((standing.license, standing.notice, standing.changes_at), (None, None, None));
}

#[rstest]
#[case(Fault::NoPublicKey, "carries no public key, so no licence can be checked")]
#[case(Fault::TooLong(4096), "longer than 4096 bytes")]
#[case(Fault::NotAKey, "begins with `maintenant1.`")]
#[case(Fault::UnknownVersion, "upgrade maintenant")]
#[case(Fault::Damaged, "copy it again")]
#[case(Fault::WrongSignature, "is not that of this build's vendor")]
#[case(Fault::Senseless("it expires before it begins".into()), "genuine, but it expires before it begins")]
fn a_key_that_is_of_no_use_is_explained_and_monitoring_goes_on(#[case] fault: Fault, #[case] text: &str) {
    let held = Held::Unusable(fault);
    let standing = held.standing(Time::from_secs(ISSUED));
    assert_eq!((standing.state, standing.edition), (State::Invalid, Edition::Community));
    assert_finding(&standing);
    let notice = standing.notice.unwrap();
    assert!(notice.contains(text) && notice.ends_with("this is Community; monitoring goes on."), "{notice}");
}
