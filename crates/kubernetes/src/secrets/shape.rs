//! Secrets that are known by how they look, though nothing names them.

use std::borrow::Cow;

use super::HIDDEN;

/// What tokens begin with, so that leaks of them are found.
const BEGINNINGS: [&str; 15] = [
    "AKIA",
    "ASIA",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxa-",
    "xoxb-",
    "xoxp-",
    "xoxr-",
    "xoxs-",
    "eyJ",
];
/// Behind these an address is one.
const ADDRESSES: [&str; 3] = ["hooks.slack.com/services/", "?sig=", "&sig="];
/// The fewest characters of a token behind its beginning.
const SHORTEST: usize = 12;
/// From so many characters on a word of large and small letters and digits is generated.
const GENERATED: usize = 40;

/// Whether there is one in the text.
pub(super) fn may_be_in(text: &str) -> bool {
    text.split_whitespace().any(|word| find(word).is_some())
}

/// The word without the secret in it.
pub(super) fn hide(word: &str) -> Cow<'_, str> {
    let Some((from, to)) = find(word) else { return Cow::Borrowed(word) };
    Cow::Owned(format!("{}{HIDDEN}{}", &word[..from], &word[to..]))
}

/// Where it begins and ends.
fn find(word: &str) -> Option<(usize, usize)> {
    let behind = |begin: &str| word.find(begin).map(|at| at + begin.len());
    if let Some(from) = ADDRESSES.iter().find_map(|begin| behind(begin)).filter(|from| *from < word.len()) {
        return Some((from, end(word, from)));
    }
    let token = BEGINNINGS.iter().find_map(|begin| {
        let from = word.find(begin)?;
        let to = end(word, from);
        let is_beginning = !word[..from].ends_with(|c: char| c.is_ascii_alphanumeric());
        (is_beginning && to - from >= begin.len() + SHORTEST).then_some((from, to))
    });
    token.or_else(|| {
        let from = word.find(is_of_token)?;
        let to = end(word, from);
        is_generated(&word[from..to]).then_some((from, to))
    })
}

/// Where the characters end of which tokens are made.
fn end(word: &str, from: usize) -> usize {
    word[from..].find(|c: char| !is_of_token(c)).map_or(word.len(), |length| from + length)
}

const fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | '=' | '%' | '~')
}

/// Whether it is Base64 of something. Digests and ids have no large letters, classes and methods no digits among them, and
/// paths begin with a slash or have names with endings.
fn is_generated(token: &str) -> bool {
    let has = |what: fn(&char) -> bool| token.chars().filter(what).count();
    token.len() >= GENERATED
        && !token.starts_with('/')
        && !token.contains(['.', '-', '%', '~'])
        && has(char::is_ascii_digit) >= 1
        && has(char::is_ascii_uppercase) >= 6
        && has(char::is_ascii_lowercase) >= 6
}
