//! Numbers for what was published.
use std::fmt;
use std::str::FromStr;

/// Which publication: later ones of one process have higher numbers. Written `<epoch>-<seq>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// Which process: its start, in milliseconds since 1970. Versions of different processes can't be compared.
    pub epoch: u64,
    /// How many publications there were before it
    pub seq: u64,
}

/// The epoch in hexadecimal, the number in decimal digits.
impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:x}-{}", self.epoch, self.seq)
    }
}

/// The text is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version is <epoch>-<seq>, as the API has given it")]
pub struct MalformedVersion;

impl FromStr for Version {
    type Err = MalformedVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (epoch, seq) = text.split_once('-').ok_or(MalformedVersion)?;
        let epoch = u64::from_str_radix(epoch, 16).map_err(|_| MalformedVersion)?;
        let seq = seq.parse().map_err(|_| MalformedVersion)?;
        let version = Self { epoch, seq };
        // One text for each version: signs, capitals and leading zeros would be others.
        if version.to_string() == text { Ok(version) } else { Err(MalformedVersion) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("19a9f3c2e80-17", Some((0x019a_9f3c_2e80, 17)))]
    #[case("0-0", Some((0, 0)))]
    #[case("ffffffffffffffff-18446744073709551615", Some((u64::MAX, u64::MAX)))]
    #[case("10000000000000000-0", None)]
    #[case("A-1", None)]
    #[case("a-01", None)]
    #[case("0a-1", None)]
    #[case("+a-1", None)]
    #[case("a-+1", None)]
    #[case("a--1", None)]
    #[case("a", None)]
    #[case("-", None)]
    #[case("", None)]
    #[case("a-1 ", None)]
    fn a_version_has_one_text(#[case] text: &str, #[case] version: Option<(u64, u64)>) {
        let version = version.map(|(epoch, seq)| Version { epoch, seq });
        assert_eq!(text.parse().ok(), version);
        if let Some(version) = version {
            assert_eq!(version.to_string(), text);
        }
    }
}
