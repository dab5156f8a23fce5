//! Which namespaces are watched: one function, used by whoever must decide.
use crate::text::Text;
use std::fmt;

/// Namespaces that a blocklist always contains.
pub const ALWAYS_BLOCKED: [&str; 2] = ["kube-system", "kube-public"];

/// Which namespaces are watched and shown. What it does not admit does not exist for a user of maintenant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of them
    All,
    /// Those that match, and no other
    Allow(Vec<Pattern>),
    /// All but those that match and [`ALWAYS_BLOCKED`]
    Block(Vec<Pattern>),
}

/// A namespace's name, in which `*` stands for any characters, none included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Text);

/// Why a text can't be the name of a namespace or a pattern of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedPattern {
    /// The text
    pub text: String,
    /// What is wrong with it
    pub problem: &'static str,
}

impl fmt::Display for MalformedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not the name of a namespace: {}", self.text, self.problem)
    }
}

impl std::error::Error for MalformedPattern {}

impl Pattern {
    /// Reads one name or pattern: an RFC 1123 label, in which `*` may stand anywhere.
    pub fn parse(text: &str) -> Result<Self, MalformedPattern> {
        let fault = |problem| Err(MalformedPattern { text: text.to_owned(), problem });
        if text.is_empty() {
            return fault("it is empty");
        }
        if text.len() > 63 {
            return fault("it is longer than 63 characters");
        }
        if !text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'*') {
            return fault("only a-z, 0-9, `-` and the wildcard `*` are allowed");
        }
        if text.starts_with('-') || text.ends_with('-') {
            return fault("it may not begin or end with `-`");
        }
        Ok(Self(text.into()))
    }

    /// The text as it was given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names one namespace only.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether the name fits.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let mut parts = self.0.split('*');
        let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
        let Some(last) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some(at) = rest.find(part) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last)
    }
}

impl Scope {
    /// Whether the namespace is watched and shown.
    #[must_use]
    pub fn admits(&self, namespace: &str) -> bool {
        match self {
            Self::All => true,
            Self::Allow(patterns) => patterns.iter().any(|pattern| pattern.matches(namespace)),
            Self::Block(patterns) => {
                !ALWAYS_BLOCKED.contains(&namespace)
                    && !patterns.iter().any(|pattern| pattern.matches(namespace))
            }
        }
    }

    /// The namespaces that an allowlist names one by one.
    pub fn chosen(&self) -> impl Iterator<Item = &Text> {
        let patterns = match self {
            Self::Allow(patterns) => &patterns[..],
            Self::All | Self::Block(_) => &[],
        };
        patterns.iter().filter(|pattern| pattern.is_literal()).map(|pattern| &pattern.0)
    }

    /// Whether the list of namespaces must be read to know which to watch: an allowlist with a pattern in it.
    #[must_use]
    pub fn needs_discovery(&self) -> bool {
        matches!(self, Self::Allow(patterns) if patterns.iter().any(|pattern| !pattern.is_literal()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("shop", "shop", true)]
    #[case("shop", "shop-2", false)]
    #[case("team-*", "team-a", true)]
    #[case("team-*", "team-", true)]
    #[case("team-*", "my-team-a", false)]
    #[case("*", "anything", true)]
    #[case("*-prod", "shop-prod", true)]
    #[case("*-prod", "shop-prod-2", false)]
    #[case("a*b*c", "abc", true)]
    #[case("a*b*c", "a-b-b-c", true)]
    #[case("a*b*c", "acb", false)]
    #[case("a*a", "a", false)]
    #[case("a**b", "ab", true)]
    fn a_star_stands_for_any_characters(#[case] pattern: &str, #[case] name: &str, #[case] fits: bool) {
        assert_eq!(Pattern::parse(pattern).unwrap().matches(name), fits);
    }

    #[rstest]
    #[case("", "it is empty")]
    #[case("Shop", "only a-z")]
    #[case("shop_1", "only a-z")]
    #[case("-shop", "it may not begin")]
    #[case("shop-", "it may not begin")]
    #[case("a b", "only a-z")]
    #[case(&"a".repeat(64), "longer than 63")]
    fn malformed_names_say_what_is_wrong(#[case] text: &str, #[case] problem: &str) {
        let error = Pattern::parse(text).unwrap_err().to_string();
        assert!(error.contains(problem) && error.contains(text), "{error}");
    }

    #[test]
    fn a_blocklist_always_holds_the_system_namespaces_and_an_allowlist_does_not() {
        let patterns = |names: &[&str]| names.iter().map(|name| Pattern::parse(name).unwrap()).collect();
        let block = Scope::Block(patterns(&["dev-*"]));
        for (name, admitted) in
            [("shop", true), ("dev-1", false), ("kube-system", false), ("kube-public", false)]
        {
            assert_eq!(block.admits(name), admitted, "{name}");
        }
        let allow = Scope::Allow(patterns(&["kube-system", "team-*"]));
        for (name, admitted) in [("kube-system", true), ("team-x", true), ("shop", false)] {
            assert_eq!(allow.admits(name), admitted, "{name}");
        }
        assert!(Scope::All.admits("kube-system"));
        assert!(allow.needs_discovery() && !block.needs_discovery());
    }
}
