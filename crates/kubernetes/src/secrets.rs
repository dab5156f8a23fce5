//! What looks like a secret in the words of others, hidden. A cause must stay readable: `password authentication failed` names
//! a password and tells none. So what looks random is hidden where there is doubt, and what looks like English is shown.

mod address;
mod armor;
mod context;
mod flag;
mod header;
mod name;
mod named;
mod shape;
mod sign;
mod value;
mod wording;

use std::borrow::Cow;
use std::ops::Range;

/// What stands where a secret stood.
const HIDDEN: &str = "***";

/// The text without passwords of addresses, private keys, tokens, and what is given to a name of a secret.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let mut secrets: Vec<Range<usize>> = armor::keys(text);
    secrets.extend(address::passwords(text));
    secrets.extend(shape::tokens(text));
    secrets.extend(named::values(text));
    secrets.extend(flag::values(text));
    if secrets.is_empty() {
        return Cow::Borrowed(text);
    }
    secrets.sort_unstable_by_key(|secret| secret.start);
    let mut masked = String::with_capacity(text.len());
    let mut end = None;
    for secret in secrets {
        // One may be found in several ways.
        if end.is_none_or(|end| secret.start > end) {
            masked.push_str(&text[end.unwrap_or(0)..secret.start]);
            masked.push_str(HIDDEN);
        }
        end = end.max(Some(secret.end));
    }
    masked.push_str(&text[end.unwrap_or(0)..]);
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests;
