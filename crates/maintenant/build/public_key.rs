//! Which public key goes into a build: what licences are checked with.
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use ed25519_dalek::VerifyingKey;

/// An Ed25519 public key.
type PublicKey = [u8; 32];

/// The one of the tests. Its private key stands in them, for everybody to read.
pub(crate) const OF_TESTS: PublicKey = [
    0x80, 0xa8, 0x4d, 0x8e, 0x2c, 0x25, 0x40, 0x2c, 0x4b, 0x61, 0xe4, 0x70, 0x4a, 0xcd, 0x35, 0xe5, 0xe8,
    0x7a, 0x44, 0xc1, 0x49, 0xb5, 0x62, 0xeb, 0x8f, 0xa4, 0x66, 0xfc, 0x57, 0xe2, 0x8f, 0x6b,
];

/// The key that was given, as 32 bytes in base64 or hex. Without one a debug build carries that of the tests, and any other
/// build none. Errors say what is wrong with what was given.
pub(crate) fn choose(
    given: Option<&str>,
    profile: &str,
    debug_assertions: bool,
) -> Result<Option<PublicKey>, String> {
    let is_debug = profile == "debug" && debug_assertions;
    let Some(text) = given.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(is_debug.then_some(OF_TESTS));
    };
    let key = decode(text)
        .and_then(|bytes| PublicKey::try_from(bytes).ok())
        .ok_or("32 bytes in base64 or hex are expected, as `maintenant license public-key` prints them")?;
    match VerifyingKey::from_bytes(&key) {
        Ok(point) if !point.is_weak() => {}
        _ => return Err("these 32 bytes are no Ed25519 public key".into()),
    }
    if key == OF_TESTS && !is_debug {
        return Err("this is the key of the tests, whose private key everybody can read".into());
    }
    Ok(Some(key))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return (0..64).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect();
    }
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabets = [STANDARD, URL_SAFE];
    alphabets.iter().find_map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(text).ok())
}
