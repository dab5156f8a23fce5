//! The format of a licence key: `maintenant1.PAYLOAD.SIGNATURE`.
//!
//! The payload is JSON, the signature Ed25519 over the text before its dot, the version included; both are written in
//! base64url without padding. Nothing of a payload is looked at before its signature has been found right.
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::license::{Edition, Fault, License};
use domain::time::Time;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An Ed25519 public key.
pub(crate) type PublicKey = [u8; ed25519_dalek::PUBLIC_KEY_LENGTH];

/// What a key of any version begins with.
pub(crate) const NAME: &str = "maintenant";
/// The version that is known here.
const VERSION: &str = "1";
/// The longest key that is read, in bytes.
pub(crate) const LONGEST: usize = 4096;
const LONGEST_NAME: usize = 200;
const MOST_FEATURES: usize = 32;

/// What is signed. Fields that are not known are left out of account, so that a later version may say more; what would take
/// something away from a licence needs another version of the format.
#[derive(Serialize, Deserialize)]
struct Payload {
    licensee: String,
    edition: String,
    features: Vec<String>,
    issued: Timestamp,
    expires: Timestamp,
}

/// Reads a key, blanks and line breaks anywhere in it left aside.
pub(crate) fn read(text: &str, public_key: Option<&PublicKey>) -> Result<License, Fault> {
    let public_key = public_key.ok_or(Fault::NoPublicKey)?;
    if text.len() > LONGEST {
        return Err(Fault::TooLong(LONGEST));
    }
    let text: String = text.chars().filter(|character| !is_left_aside(*character)).collect();
    let numbered = text.strip_prefix(NAME).ok_or(Fault::NotAKey)?;
    let (version, rest) = numbered.split_once('.').ok_or(Fault::NotAKey)?;
    if version.is_empty() || !version.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::NotAKey);
    }
    if version != VERSION {
        return Err(Fault::UnknownVersion);
    }
    let (payload, signature) = rest.split_once('.').ok_or(Fault::Damaged)?;
    let signed = &text[..text.len() - signature.len() - 1];
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| Fault::Damaged)?;
    let signature = Signature::from_slice(&signature).map_err(|_| Fault::Damaged)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).map_err(|_| Fault::Damaged)?;
    let public_key = VerifyingKey::from_bytes(public_key).map_err(|_| Fault::WrongSignature)?;
    public_key.verify_strict(signed.as_bytes(), &signature).map_err(|_| Fault::WrongSignature)?;
    // A list of the same values would be understood, too.
    if !payload.trim_ascii_start().starts_with(b"{") {
        return Err(Fault::Senseless("it can't be understood (it is no JSON object)".to_owned()));
    }
    let payload: Payload = serde_json::from_slice(&payload)
        .map_err(|error| Fault::Senseless(format!("it can't be understood ({error})")))?;
    payload.license().map_err(Fault::Senseless)
}

/// Makes a key. Errors say what no key may say.
pub(crate) fn write(license: &License, private_key: &SigningKey) -> Result<String, String> {
    let instant = |time: Time| {
        let millis = time.as_millis();
        Timestamp::from_second(millis.div_euclid(1000))
            .map_err(|_| "it is of no year that can be written".to_owned())
    };
    let payload = Payload {
        licensee: license.licensee.to_string(),
        edition: license.edition.as_str().to_owned(),
        features: license.features.iter().map(ToString::to_string).collect(),
        issued: instant(license.issued)?,
        expires: instant(license.expires)?,
    };
    let json = serde_json::to_vec(&payload).expect("texts and times always serialise");
    // What is signed is what is read: the check of the one is that of the other.
    payload.license()?;
    let signed = format!("{NAME}{VERSION}.{}", URL_SAFE_NO_PAD.encode(json));
    let signature = private_key.sign(signed.as_bytes());
    Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes())))
}

impl Payload {
    /// What it says, if it makes sense.
    fn license(self) -> Result<License, String> {
        let edition = match self.edition.as_str() {
            "enterprise" => Edition::Enterprise,
            _ => return Err("it is of an edition that is not known here".into()),
        };
        let licensee = self.licensee.as_str();
        if licensee.trim().is_empty() || licensee.len() > LONGEST_NAME || licensee.contains(is_unseen) {
            return Err(format!(
                "its licensee is not a name of at most {LONGEST_NAME} bytes without control characters"
            ));
        }
        if self.features.len() > MOST_FEATURES {
            return Err(format!("it names more than {MOST_FEATURES} features"));
        }
        if !self.features.iter().all(|name| is_feature(name)) {
            return Err("a feature of it is not a name of a-z, 0-9 and `-`".into());
        }
        if self.expires <= self.issued {
            return Err("it expires before it begins".into());
        }
        Ok(License {
            licensee: self.licensee.into(),
            edition,
            features: self.features.into_iter().map(Into::into).collect(),
            issued: Time::from_secs(self.issued.as_second()),
            expires: Time::from_secs(self.expires.as_second()),
        })
    }
}

/// Blanks, line breaks, and what is as invisible at the edges of what is copied: they are no part of a key.
pub(crate) fn is_left_aside(character: char) -> bool {
    character.is_whitespace() || ['\u{200b}', '\u{feff}'].contains(&character)
}

/// Control and format characters, and separators of lines: a name with them reads as another, or as more than a name. The
/// joiners U+200C and U+200D stand in names of some scripts.
fn is_unseen(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{180e}' | '\u{200b}'
            | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether it may name a feature.
pub(crate) fn is_feature(name: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(fits)
}

#[cfg(test)]
mod tests;
