//! Passwords in addresses: `scheme://user:password@host`, `user:password@host`.

use super::wording;
use std::ops::Range;

/// With these, programs repeat what they took for a port: of an address that they could not read, a part of the password.
const PORTS: [&str; 3] =
    ["invalid port \":", "invalid port \\\":", "could not be cast to integer value as '"];
/// So the address of Go's data source for `MySQL` goes on, whatever its password has in it.
const HOSTS: [&str; 2] = ["@tcp(", "@unix("];

/// Where the passwords stand; a user alone may be a token.
pub(super) fn passwords(text: &str) -> Vec<Range<usize>> {
    let mut found = of_ports(text);
    if text.contains('@') {
        found.extend(with_scheme(text));
        found.extend(without_scheme(text));
    }
    found
}

fn of_ports(text: &str) -> Vec<Range<usize>> {
    let ports = PORTS.iter().flat_map(|told| text.match_indices(told));
    let found = ports.filter_map(|(at, told)| {
        let from = at + told.len();
        let port = text[from..].split(['"', '\'', '\\']).next()?;
        let is_one = port.chars().all(|c| c.is_ascii_digit());
        (!is_one).then(|| from..from + port.len())
    });
    found.collect()
}

fn with_scheme(text: &str) -> Vec<Range<usize>> {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '.' | '-');
    let begin = |at: usize| text[..at].trim_end_matches(is_of_scheme).len();
    let schemes: Vec<usize> = text.match_indices("://").map(|(at, _)| at).collect();
    let found = schemes.iter().enumerate().filter_map(|(place, at)| {
        let from = at + "://".len();
        let next = schemes.get(place + 1).map_or(text.len(), |next| begin(*next).max(from));
        // A quote is of the password unless one stands before the address.
        let quote = text[..begin(*at)].chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`'));
        let is_end = |c: char| c.is_whitespace() || matches!(c, '<' | '>') || Some(c) == quote;
        let address = text[from..next].split(is_end).next()?;
        let password = password(address)?;
        Some(from + password.start..from + password.end)
    });
    found.collect()
}

/// The password of what stands behind a scheme. One with a `/` in it is why an address cannot be read and is told in a log, so
/// the last `@` ends it, not the first sign that would.
fn password(address: &str) -> Option<Range<usize>> {
    let end = address.rfind('@').filter(|end| *end > 0)?;
    if is_digest(&address[end + 1..]) || address.starts_with('[') {
        return None;
    }
    let Some(at) = address[..end].find([':', '/', '?', '#', ',']) else { return Some(0..end) };
    let password = &address[at + 1..end];
    let behind_port = password.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_port = behind_port.len() < password.len() && behind_port.starts_with(['/', '?', '#', ',']);
    (address[at..].starts_with(':') && !password.is_empty() && !is_port).then_some(at + 1..end)
}

fn without_scheme(text: &str) -> Vec<Range<usize>> {
    let words = wording::words(text).filter(|(_, word)| word.contains('@') && !word.contains("://"));
    let found = words.filter_map(|(begin, word)| {
        let password = password_behind_user(word)?;
        Some(begin + password.start..begin + password.end)
    });
    found.collect()
}

fn password_behind_user(word: &str) -> Option<Range<usize>> {
    let is_of_user = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-' | '+' | '%');
    let colons = word.match_indices(':').map(|(at, _)| at);
    let mut users = colons.filter(|at| {
        let user = &word[word[..*at].trim_end_matches(is_of_user).len()..*at];
        let is_user = user.starts_with(|c: char| c.is_ascii_alphabetic());
        is_user && !word[at + 1..].starts_with(['"', '\'', '\\', '/', ':'])
    });
    let from = users.next()? + 1;
    let behind = &word[from..];
    let authority = || behind.split('/').next().and_then(|authority| authority.rfind('@'));
    let length = HOSTS.iter().filter_map(|host| behind.rfind(host)).max().or_else(authority)?;
    (length > 0 && !is_digest(&behind[length + 1..])).then_some(from..from + length)
}

/// `nginx:1.27@sha256:…` is an image.
fn is_digest(behind: &str) -> bool {
    behind.starts_with("sha256:") || behind.starts_with("sha512:")
}
