use super::*;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60;

fn vendor() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn public_key() -> PublicKey {
    vendor().verifying_key().to_bytes()
}

fn license() -> License {
    License {
        licensee: "ACME GmbH, Köln".into(),
        edition: Edition::Enterprise,
        features: vec!["audit".into(), "sso".into()],
        issued: Time::from_secs(1_795_219_200),
        expires: Time::from_secs(1_830_297_599),
    }
}

fn key() -> String {
    write(&license(), &vendor()).unwrap()
}

/// Signs whatever it is told to, as no vendor does.
fn signed(begin: &str, payload: &[u8]) -> String {
    let signed = format!("{begin}{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = vendor().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
}

fn payload() -> Value {
    json!({
        "licensee": "ACME", "edition": "enterprise", "features": [],
        "issued": "2026-11-21T00:00:00Z", "expires": "2027-12-31T23:59:59Z",
    })
}

#[track_caller]
fn check(key: &str, fault: &Fault) {
    let read = read(key, Some(&public_key()));
    assert_eq!(read.as_ref(), Err(fault), "{key}");
    // What a person reads never repeats the key.
    let words = fault.to_string();
    assert!(key.len() < 20 || !words.contains(&key[..20]), "{words}");
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(read(&key(), Some(&public_key())), Ok(license()));
    assert!(key().starts_with("maintenant1."), "{}", key());
}

#[rstest]
#[case::a_secret_with_a_line_break(&|key: &str| format!("{key}\n"))]
#[case::blanks_around(&|key: &str| format!(" \t{key}\r\n\n"))]
#[case::a_blank_that_does_not_break(&|key: &str| format!("\u{a0}{key}"))]
#[case::marks_that_nobody_sees(&|key: &str| format!("\u{feff}{key}\u{200b}\n"))]
#[case::broken_into_lines(&|key: &str| key.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect::<Vec<_>>().join("\r\n"))]
fn blanks_and_line_breaks_do_not_matter(#[case] copied: &dyn Fn(&str) -> String) {
    assert_eq!(read(&copied(&key()), Some(&public_key())), Ok(license()));
}

#[test]
fn a_build_without_a_public_key_takes_no_licence() {
    assert_eq!(read(&key(), None), Err(Fault::NoPublicKey));
}

#[test]
fn the_key_of_another_vendor_is_refused() {
    let other = SigningKey::from_bytes(&[8; 32]);
    check(&write(&license(), &other).unwrap(), &Fault::WrongSignature);
    assert_eq!(read(&key(), Some(&other.verifying_key().to_bytes())), Err(Fault::WrongSignature));
}

#[test]
fn a_key_that_is_cut_off_anywhere_is_refused() {
    let key = key();
    for length in 0..key.len() {
        let fault = read(&key[..length], Some(&public_key())).unwrap_err();
        assert!(
            [Fault::NotAKey, Fault::Damaged, Fault::WrongSignature].contains(&fault),
            "{length}: {fault:?}"
        );
    }
}

#[test]
fn a_letter_that_is_another_makes_it_another_key() {
    let key = key();
    for at in 0..key.len() {
        let mut other = key.clone().into_bytes();
        other[at] = if other[at] == b'A' { b'B' } else { b'A' };
        let read = read(std::str::from_utf8(&other).unwrap(), Some(&public_key()));
        assert!(read.is_err(), "{at}: {read:?}");
    }
}

#[test]
fn what_a_signed_payload_says_can_not_be_given_to_another() {
    let (key, other) = (key(), signed("maintenant1.", payload().to_string().as_bytes()));
    let [[_, mine, signature], [_, theirs, _]] =
        [&key, &other].map(|key| <[&str; 3]>::try_from(key.split('.').collect::<Vec<_>>()).unwrap());
    assert_ne!(mine, theirs);
    check(&format!("maintenant1.{theirs}.{signature}"), &Fault::WrongSignature);
}

#[rstest]
#[case::nothing("", Fault::NotAKey)]
#[case::something("hello", Fault::NotAKey)]
#[case::quoted("\"maintenant1.e30.e30\"", Fault::NotAKey)]
#[case::no_version("maintenant.e30.e30", Fault::NotAKey)]
#[case::no_number("maintenantX.e30.e30", Fault::NotAKey)]
#[case::the_host("maintenant1", Fault::NotAKey)]
#[case::nothing_behind("maintenant1.", Fault::Damaged)]
#[case::two_parts("maintenant1.e30", Fault::Damaged)]
#[case::a_short_signature("maintenant1.e30.e30", Fault::Damaged)]
#[case::what_is_not_text("maintenant1.\u{fffd}.\u{fffd}", Fault::Damaged)]
fn what_is_no_whole_key_is_refused(#[case] key: &str, #[case] fault: Fault) {
    check(key, &fault);
}

#[test]
fn the_signature_has_one_spelling() {
    let key = key();
    check(&format!("{key}="), &Fault::Damaged);
    check(&format!("{key}.x"), &Fault::Damaged);
    check(&format!("{key}AAAA"), &Fault::Damaged);
}

#[test]
fn the_version_is_signed_too() {
    for version in ["2", "10", "01", "99999999999999999999"] {
        let begin = format!("maintenant{version}.");
        check(&signed(&begin, payload().to_string().as_bytes()), &Fault::UnknownVersion);
    }
    // Signed as version 2, and called version 1.
    let renamed = signed("maintenant2.", payload().to_string().as_bytes()).replacen('2', "1", 1);
    check(&renamed, &Fault::WrongSignature);
}

#[test]
fn there_is_an_end_to_what_is_read() {
    let longest = format!("{}{}", key(), " ".repeat(LONGEST - key().len()));
    assert_eq!(read(&longest, Some(&public_key())), Ok(license()));
    check(&format!("{longest} "), &Fault::TooLong(LONGEST));
}

/// A public key of small order, under which a signature of zeros holds for any message unless it is refused strictly.
#[test]
fn a_weak_public_key_proves_nothing() {
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let payload = URL_SAFE_NO_PAD.encode(payload().to_string());
    let mut signature = [0; 64];
    signature[0] = 1;
    let key = format!("maintenant1.{payload}.{}", URL_SAFE_NO_PAD.encode(signature));
    let point = VerifyingKey::from_bytes(&neutral).unwrap();
    let message = format!("maintenant1.{payload}");
    let lenient =
        ed25519_dalek::Verifier::verify(&point, message.as_bytes(), &Signature::from_bytes(&signature));
    assert!(lenient.is_ok(), "the test shows nothing");
    assert_eq!(read(&key, Some(&neutral)), Err(Fault::WrongSignature));
}

/// What is changed in the payload, and why it is refused; nothing: it is taken.
#[rstest]
#[case::as_it_is(&|_: &mut Value| (), "")]
#[case::more_than_is_known(&|it: &mut Value| it["seats"] = json!({"most": 5}), "")]
#[case::another_zone(&|it: &mut Value| it["issued"] = json!("2026-11-21T01:00:00+01:00"), "")]
#[case::no_licensee(&|it: &mut Value| drop(it.as_object_mut().unwrap().remove("licensee")), "missing field `licensee`")]
#[case::no_features(&|it: &mut Value| drop(it.as_object_mut().unwrap().remove("features")), "missing field `features`")]
#[case::no_end(&|it: &mut Value| drop(it.as_object_mut().unwrap().remove("expires")), "missing field `expires`")]
#[case::a_number_for_a_name(&|it: &mut Value| it["licensee"] = json!(5), "invalid type")]
#[case::null(&|it: &mut Value| it["edition"] = json!(null), "invalid type")]
#[case::one_feature(&|it: &mut Value| it["features"] = json!("sso"), "invalid type")]
#[case::no_time(&|it: &mut Value| it["expires"] = json!("soon"), "can't be understood")]
#[case::a_number_for_a_time(&|it: &mut Value| it["expires"] = json!(1_830_297_599), "can't be understood")]
#[case::an_empty_name(&|it: &mut Value| it["licensee"] = json!(" "), "licensee")]
#[case::a_long_name(&|it: &mut Value| it["licensee"] = json!("x".repeat(201)), "licensee")]
#[case::lines_in_a_name(&|it: &mut Value| it["licensee"] = json!("ACME\n2026 WARN"), "licensee")]
#[case::a_name_that_turns_around(&|it: &mut Value| it["licensee"] = json!("ACME\u{202e}HbmG"), "licensee")]
#[case::a_separator_in_a_name(&|it: &mut Value| it["licensee"] = json!("ACME\u{2028}2026 WARN"), "licensee")]
#[case::another_edition(&|it: &mut Value| it["edition"] = json!("galaxy"), "edition that is not known")]
#[case::community(&|it: &mut Value| it["edition"] = json!("community"), "edition that is not known")]
#[case::a_feature_of_blanks(&|it: &mut Value| it["features"] = json!(["sso", "a b"]), "a feature of it")]
#[case::an_empty_feature(&|it: &mut Value| it["features"] = json!([""]), "a feature of it")]
#[case::too_many_features(&|it: &mut Value| it["features"] = json!(vec!["x"; 33]), "more than 32 features")]
#[case::no_time_at_all(&|it: &mut Value| it["expires"] = it["issued"].clone(), "expires before it begins")]
fn a_signed_payload_must_make_sense(#[case] change: &dyn Fn(&mut Value), #[case] why: &str) {
    let mut payload = payload();
    change(&mut payload);
    let read = read(&signed("maintenant1.", payload.to_string().as_bytes()), Some(&public_key()));
    match read {
        Ok(license) => assert!(why.is_empty() && &*license.licensee == "ACME", "{license:?}"),
        Err(Fault::Senseless(words)) => assert!(!why.is_empty() && words.contains(why), "{words}"),
        Err(fault) => panic!("{fault:?}"),
    }
}

#[rstest]
#[case::twice(br#"{"licensee":"a","licensee":"b","edition":"enterprise","features":[],"issued":"2026-11-21T00:00:00Z","expires":"2027-12-31T23:59:59Z"}"#, "duplicate field `licensee`")]
#[case::more_behind(br#"{"licensee":"a","edition":"enterprise","features":[],"issued":"2026-11-21T00:00:00Z","expires":"2027-12-31T23:59:59Z"} {}"#, "trailing characters")]
#[case::a_list(br#" ["a","enterprise",[],"2026-11-21T00:00:00Z","2027-12-31T23:59:59Z"]"#, "no JSON object")]
#[case::no_json(b"\xff\x00", "can't be understood")]
#[case::deep(&[b'['; 2000], "can't be understood")]
#[case::empty(b"", "can't be understood")]
fn a_signed_payload_must_be_the_json_that_is_expected(#[case] payload: &[u8], #[case] why: &str) {
    let Err(Fault::Senseless(words)) = read(&signed("maintenant1.", payload), Some(&public_key())) else {
        panic!("it is taken")
    };
    assert!(words.contains(why), "{words}");
}

#[rstest]
#[case::no_licensee(License { licensee: "".into(), ..license() }, "licensee")]
#[case::a_bad_feature(License { features: vec!["S S O".into()], ..license() }, "a feature of it")]
#[case::an_end_before_the_beginning(License { expires: Time::from_secs(1_795_219_200 - DAY), ..license() }, "expires before")]
#[case::no_year(License { expires: Time::from_millis(i64::MAX), ..license() }, "no year")]
#[case::a_name_that_turns_around(License { licensee: "ACME\u{202e}HbmG".into(), ..license() }, "licensee")]
#[case::two_lines(License { licensee: "ACME\u{2028}GmbH".into(), ..license() }, "licensee")]
#[case::the_longest(License { features: vec!["x".repeat(64).as_str().into(); 32], licensee: "\"".repeat(200).as_str().into(), ..license() }, "")]
#[case::a_name_with_a_joiner(License { licensee: "نرم\u{200c}افزار".into(), ..license() }, "")]
fn nothing_is_signed_that_could_not_be_read(#[case] license: License, #[case] why: &str) {
    match write(&license, &vendor()) {
        Ok(key) => assert!(why.is_empty() && read(&key, Some(&public_key())) == Ok(license)),
        Err(words) => assert!(!why.is_empty() && words.contains(why), "{words}"),
    }
}

/// RFC 8032, 7.1, test 2: what is verified is plain Ed25519.
#[test]
fn signatures_are_those_of_the_standard() {
    let seed = STANDARD.decode("TM0Imyj/ltqdtsNG7BFOD1uKMZ81q6Yk2oz27U+4pvs=").unwrap();
    let key = SigningKey::from_bytes(&seed.try_into().unwrap());
    let signature = key.sign(&[0x72]).to_bytes();
    let expected: [u8; 8] = [0x92, 0xa0, 0x09, 0xa9, 0xf0, 0xd4, 0xca, 0xb8];
    assert_eq!(signature[..8], expected);
}

proptest! {
    #[test]
    fn whatever_is_given_is_answered(text in any::<String>()) {
        prop_assert!(read(&text, Some(&public_key())).is_err());
    }

    #[test]
    fn whatever_looks_like_a_key_is_answered(text in "maintenant[0-9]{0,3}\\.[-_.=A-Za-z0-9]{0,300}") {
        prop_assert!(read(&text, Some(&public_key())).is_err());
    }

    #[test]
    fn whatever_is_signed_is_answered(payload in proptest::collection::vec(any::<u8>(), 0..300)) {
        let read = read(&signed("maintenant1.", &payload), Some(&public_key()));
        prop_assert!(matches!(read, Err(Fault::Senseless(_))), "{read:?}");
    }

    #[test]
    fn a_key_that_is_altered_anywhere_is_refused(at in any::<prop::sample::Index>(), letter in "[-_.A-Za-z0-9]") {
        let key = key();
        let at = at.index(key.len());
        prop_assume!(key[at..=at] != letter);
        let altered = format!("{}{letter}{}", &key[..at], &key[at + 1..]);
        prop_assert!(read(&altered, Some(&public_key())).is_err());
    }
}
