//! Which public key a build carries. What `build.rs` does is done here with each kind of build.

#[path = "../build/public_key.rs"]
mod public_key;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use public_key::{OF_TESTS, choose};

/// RFC 8032, 7.1, test 2.
const HEX: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
const BASE64: &str = "PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=";

#[test]
fn the_key_of_the_tests_is_in_debug_builds_alone() {
    for (profile, debug_assertions, expected) in [
        ("debug", true, Some(OF_TESTS)),
        ("debug", false, None),
        ("release", true, None),
        ("release", false, None),
        ("", true, None),
    ] {
        for given in [None, Some(""), Some(" \n")] {
            let chosen = choose(given, profile, debug_assertions);
            assert_eq!(chosen, Ok(expected), "{profile}, {debug_assertions}, {given:?}");
        }
    }
    let of_tests = STANDARD.encode(OF_TESTS);
    assert_eq!(choose(Some(&of_tests), "debug", true), Ok(Some(OF_TESTS)));
    let refused = choose(Some(&of_tests), "release", false).unwrap_err();
    assert!(refused.contains("the key of the tests"), "{refused}");
}

#[test]
fn a_key_is_given_in_base64_or_hex() {
    let key = choose(Some(HEX), "release", false).unwrap().unwrap();
    assert_eq!((key[0], key[31]), (0x3d, 0x0c));
    let unpadded = BASE64.trim_end_matches('=');
    let url_safe = BASE64.replace('+', "-").replace('/', "_");
    for given in [BASE64, unpadded, &url_safe, &format!(" {BASE64}\n"), &HEX.to_uppercase()] {
        for profile in ["debug", "release"] {
            assert_eq!(choose(Some(given), profile, true), Ok(Some(key)), "{given}");
        }
    }
}

#[test]
fn what_is_no_key_breaks_the_build() {
    let (form, point) = ("32 bytes in base64 or hex are expected", "no Ed25519 public key");
    for (given, expected) in [
        ("x", form),
        (&HEX[..62], form),
        (&BASE64[..40], form),
        ("-----BEGIN PUBLIC KEY-----", form),
        // No point of the curve, and one of small order, under which any signature would hold.
        ("0200000000000000000000000000000000000000000000000000000000000000", point),
        ("0100000000000000000000000000000000000000000000000000000000000000", point),
    ] {
        for profile in ["debug", "release"] {
            let problem = choose(Some(given), profile, profile == "debug").unwrap_err();
            assert!(problem.contains(expected), "{given}: {problem}");
        }
    }
}
