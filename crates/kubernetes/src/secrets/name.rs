//! Names of secrets, and how a value is given to one.

/// Names whose values are secrets, in lower case.
const NAMES: [&str; 21] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accesskey",
    "access-key",
    "accountkey",
    "private_key",
    "privatekey",
    "private-key",
    "credential",
    "signature",
    "authorization",
    "cookie",
];
/// Those among them, and beside them, behind which a value may stand without a sign.
const PLAIN: [&str; 6] = ["password", "passwd", "passphrase", "token", "apikey", "bearer"];
/// With one of these behind it, a name stands for something about a secret: `PASSWORD_FILE`.
const ABOUT: [&str; 12] =
    ["name", "file", "path", "type", "ref", "version", "length", "count", "expir", "ttl", "policy", "rate"];
/// The most that stands between a name and its sign, in bytes.
const MOST_BETWEEN: usize = 32;

/// How a value is given to a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// `password=x`
    Equals,
    /// `"password": "x"`
    QuotedColon,
    /// `password: x`
    Colon,
    /// `password x`
    Blank(Bare),
}

/// A word that is a name of a secret and nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bare {
    /// `password`
    Plain,
    /// `x-api-key`
    Compound,
    /// In quotes, as names of objects are: `secret "db-password" not found`
    Quoted,
    /// `Bearer`
    Scheme,
}

/// Whether a secret may be named in the text at all; most texts are done with that.
pub(super) fn may_be_in(text: &str) -> bool {
    const PARTS: [&str; 9] =
        ["pass", "pwd", "secret", "token", "key", "credential", "signature", "authorization", "cookie"];
    let text = text.to_ascii_lowercase();
    PARTS.iter().any(|part| text.contains(part)) || text.contains("bearer")
}

/// Whether the two words are `API key` or `access key`.
pub(super) fn is_key_of(previous: &str, word: &str) -> bool {
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    let of = previous.trim_start_matches(['(', '"', '\'']);
    (is(of, "api") || is(of, "access")) && is(word.trim_end_matches([':', '=']), "key")
}

/// Whether the word is the header of cookies.
pub(super) fn is_cookie(word: &str) -> bool {
    word.trim_end_matches(':').to_ascii_lowercase().ends_with("cookie")
}

/// Where in the word the first value begins that is given to a name of a secret, and how.
pub(super) fn assignment(word: &str, is_key: bool) -> Option<(Sign, usize)> {
    if is_key {
        let sign = if word.ends_with('=') { Sign::Equals } else { Sign::Colon };
        return word.ends_with(['=', ':']).then_some((sign, word.len()));
    }
    let found = occurrences(word).filter_map(|(start, end)| assigned(word, start, end));
    found.min_by_key(|(_, from)| *from)
}

/// Where each name begins and ends.
fn occurrences(word: &str) -> impl Iterator<Item = (usize, usize)> {
    let lower = word.to_ascii_lowercase();
    let found: Vec<_> = NAMES
        .iter()
        .flat_map(|name| lower.match_indices(name).map(|(start, name)| (start, start + name.len())))
        .filter(|(start, end)| !is_abbreviated(&lower[*start..*end]) || stands_alone(word, *start, *end))
        .collect();
    found.into_iter()
}

fn is_abbreviated(name: &str) -> bool {
    matches!(name, "pass" | "pwd")
}

/// `bypass` and `passed` are no names, `dbPass` is one.
fn stands_alone(word: &str, start: usize, end: usize) -> bool {
    let is_lower = |c: char| c.is_ascii_lowercase();
    let is_joined = word[..start].ends_with(is_lower) && word[start..].starts_with(is_lower);
    !is_joined && !word[end..].starts_with(|c: char| c.is_ascii_alphabetic())
}

fn assigned(word: &str, start: usize, end: usize) -> Option<(Sign, usize)> {
    let behind = &word[end..];
    let near = &behind[..behind.floor_char_boundary(MOST_BETWEEN)];
    let stop = near.find(['=', ':'])?;
    let (between, value) = (&behind[..stop], &behind[stop + 1..]);
    let is_quoted = between.contains(['"', '\'']);
    let suffix = between.trim_end_matches(['"', '\'', '\\', ']', '*']);
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let lower = suffix.to_ascii_lowercase();
    let is_of_name = suffix.chars().all(is_part)
        && !ABOUT.iter().any(|about| lower.contains(about))
        && (!suffix.starts_with(|c: char| c.is_ascii_lowercase())
            || (suffix == "s" && !word[..end].ends_with("oken")));
    if !is_of_name {
        return None;
    }
    let from = end + stop + 1;
    if behind[stop..].starts_with('=') {
        return Some((Sign::Equals, from));
    }
    // `registry/auth/token:1.9` is an image, `token://…` an address.
    let is_path = word[..start].trim_end_matches(is_part).ends_with('/');
    let names_it = suffix.chars().all(|c| c.is_ascii_digit() || c == 's')
        || lower.ends_with("key")
        || lower.ends_with("id");
    if is_path || value.starts_with("//") || !names_it {
        return None;
    }
    Some((if is_quoted { Sign::QuotedColon } else { Sign::Colon }, from))
}

/// Whether the word is a name of a secret behind which a value may stand, and what kind of one.
pub(super) fn bare(word: &str, is_key: bool) -> Option<Bare> {
    if is_key {
        return Some(Bare::Compound);
    }
    let core = word.trim_start_matches(['(', '[', '{', ',']);
    let inner = core.trim_matches(['"', '\'', '\\']);
    let lower = inner.to_ascii_lowercase();
    let is_compound = is_compound(inner) && NAMES.iter().any(|name| lower.ends_with(name));
    if inner.len() < core.len() {
        return (is_compound || NAMES.contains(&&*lower)).then_some(Bare::Quoted);
    }
    match &*lower {
        "bearer" => Some(Bare::Scheme),
        lower if PLAIN.contains(&lower) => Some(Bare::Plain),
        _ => is_compound.then_some(Bare::Compound),
    }
}

/// Whether it is made of several words: what is called so is no word of a sentence.
pub(super) fn is_compound(word: &str) -> bool {
    let name = word.trim_end_matches(':');
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    name.chars().all(is_part) && name.contains(['_', '-'])
}
