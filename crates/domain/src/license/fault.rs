//! Why a key can't be made use of.
use std::fmt;

/// Why a key can't be made use of. Its words never repeat the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// This build has nothing to check a key with.
    NoPublicKey,
    /// It is longer than so many bytes: no key is.
    TooLong(usize),
    /// It does not look like a key.
    NotAKey,
    /// It is of a version of the format that is not known here.
    UnknownVersion,
    /// It begins like a key and goes on otherwise.
    Damaged,
    /// Its signature is not that of the vendor whose public key this build carries.
    WrongSignature,
    /// It is signed, and what it says makes no sense here: why, as the end of a sentence.
    Senseless(String),
}

impl Fault {
    /// What more there is to do where the key is in use, as another sentence.
    pub(super) const fn advice(&self) -> &'static str {
        match self {
            Self::TooLong(_) | Self::NotAKey => {
                " Set MAINTENANT_LICENSE_KEY to the whole key and nothing else."
            }
            _ => "",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoPublicKey => f.write_str(
                "This build carries no public key, so no licence can be checked: use a build of the vendor.",
            ),
            Self::TooLong(most) => write!(
                f,
                "The licence key is longer than {most} bytes, as no key is."
            ),
            Self::NotAKey => f.write_str(
                "This is no licence key: one begins with `maintenant1.`, without quotes.",
            ),
            Self::UnknownVersion => f.write_str(
                "The licence key is of a format that this version of maintenant does not know: upgrade maintenant, or ask the vendor for a key that begins with `maintenant1.`.",
            ),
            Self::Damaged => f.write_str(
                "The licence key is damaged: copy it again, whole, from `maintenant1.` to its end.",
            ),
            Self::WrongSignature => f.write_str(
                "The signature of the licence key is not that of this build's vendor: it has been altered or is not whole, or is for another build. Copy it again, or ask the vendor for one.",
            ),
            Self::Senseless(why) => write!(
                f,
                "The licence key is genuine, but {why}: upgrade maintenant, or ask the vendor for another key."
            ),
        }
    }
}
