//! The licence: what is made of the key that the operator gives. What follows from it stands in `domain::license`.
use domain::license::Held;
use std::fmt;

pub(crate) mod key;
pub(crate) mod mask;
pub(crate) mod private_key;

/// The public key of the vendor, from the build (`build.rs`); `None`: no licence can be checked.
pub(crate) const PUBLIC_KEY: Option<key::PublicKey> = include!(concat!(env!("OUT_DIR"), "/public_key.rs"));

/// A licence key as it was given. It is a secret: it is never printed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct LicenseKey(String);

impl LicenseKey {
    pub(crate) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// What this build makes of it.
    pub(crate) fn held(&self) -> Held {
        match key::read(&self.0, PUBLIC_KEY.as_ref()) {
            Ok(license) => Held::Genuine(license),
            Err(fault) => Held::Unusable(fault),
        }
    }
}

impl fmt::Debug for LicenseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LicenseKey(…)")
    }
}
