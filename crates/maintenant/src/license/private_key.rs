//! The vendor's private key, from a file. It is never printed, nor is what the file holds.
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::DecodePrivateKey as _;
use std::fs::File;
use std::io::Read;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// What a file of a key takes at most.
const LONGEST: u64 = 16 << 10;
/// Rights of those who are not the owner.
const OTHERS: u32 = 0o077;

/// A private key, and what there is to say about its file.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) key: SigningKey,
    /// Who else may read it
    pub(crate) warning: Option<String>,
}

/// Reads it: PKCS#8 in PEM, as openssl makes it, or its 32 bytes in base64. Errors say what is wrong with which file.
pub(crate) fn read(path: &str) -> Result<Found, String> {
    if decode(path).is_ok() || path.contains("PRIVATE KEY") {
        return Err("this is a private key itself: put it into a file and name that, since others see what stands on a command line".into());
    }
    let path = Path::new(path);
    let fault = |problem: &dyn std::fmt::Display| format!("`{}`: {problem}", path.display());
    let file = File::open(path).map_err(|error| fault(&error))?;
    let about = file.metadata().map_err(|error| fault(&error))?;
    let mut text = String::new();
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(|error| fault(&error))?;
    if text.len() as u64 > LONGEST {
        return Err(fault(&"it is too long for a private key"));
    }
    let key = decode(&text).map_err(|problem| fault(&problem))?;
    let warning = (about.is_file() && about.mode() & OTHERS != 0).then(|| {
        fault(&"others on this machine may read this private key: take their rights away with `chmod 600`")
    });
    Ok(Found { key, warning })
}

fn decode(text: &str) -> Result<SigningKey, &'static str> {
    let text = text.trim();
    if text.contains("BEGIN ENCRYPTED PRIVATE KEY") {
        return Err("the private key is locked with a passphrase: unlock it with `openssl pkey` first");
    }
    if text.starts_with("-----BEGIN") {
        return SigningKey::from_pkcs8_pem(text).map_err(
            |_| "this is no Ed25519 private key in PKCS#8: `openssl genpkey -algorithm ed25519` makes one",
        );
    }
    let seed = STANDARD.decode(text).ok().and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
    seed.map(|seed| SigningKey::from_bytes(&seed)).ok_or(
        "this is no private key: PKCS#8 in PEM, as `openssl genpkey -algorithm ed25519` makes it, or 32 bytes in base64 are expected",
    )
}
