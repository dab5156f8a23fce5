//! What looks like a secret in the words of others, hidden. A cause must stay readable: `password authentication failed` names
//! a password and tells none.

mod name;
mod shape;
mod value;

use name::{Bare, Sign};
use std::borrow::Cow;

/// What stands where a secret stood.
const HIDDEN: &str = "***";

/// The text without the passwords of addresses and without what follows a name of a secret.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && !name::may_be_in(text) && !shape::may_be_in(text) {
        return Cow::Borrowed(text);
    }
    let words = words(text);
    let mut masked = String::with_capacity(text.len());
    let mut place = 0;
    while let Some(word) = words.get(place) {
        let Some(secret) = secret_of(&words, place) else {
            masked.push_str(&shape::hide(&without_password(word.text)));
            masked.push_str(word.gap);
            place += 1;
            continue;
        };
        for before in &words[place..secret.place] {
            masked.push_str(&shape::hide(before.text));
            masked.push_str(before.gap);
        }
        let (shown, hidden) = words[secret.place].text.split_at(secret.from);
        masked.push_str(&without_password(shown));
        masked.push_str(HIDDEN);
        // A header has several of them.
        let last = if name::is_cookie(word.text) {
            end_of_line(&words, secret.place)
        } else {
            last_of(&words, secret.place, hidden)
        };
        masked.push_str(words[last].gap);
        place = last + 1;
    }
    Cow::Owned(masked)
}

/// A word, and the white space behind it.
#[derive(Clone, Copy)]
struct Word<'a> {
    text: &'a str,
    gap: &'a str,
}

impl Word<'_> {
    fn ends_line(&self) -> bool {
        self.gap.contains('\n')
    }
}

fn words(text: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (word, behind) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        let next = behind.find(|c: char| !c.is_whitespace()).unwrap_or(behind.len());
        let (gap, behind) = behind.split_at(next);
        words.push(Word { text: word, gap });
        rest = behind;
    }
    words
}

/// Where a secret begins: in which word, and with which of its bytes.
struct Secret {
    place: usize,
    from: usize,
}

/// The secret that the word at that place names.
fn secret_of(words: &[Word<'_>], place: usize) -> Option<Secret> {
    let word = words[place].text;
    let before = |place: usize| place.checked_sub(1).and_then(|before| words.get(before));
    let next = |place: usize| if words[place].ends_line() { None } else { words.get(place + 1) };
    let previous = before(place).map_or("", |previous| previous.text);
    let is_key = name::is_key_of(previous, word);
    let (sign, secret) = if let Some((sign, from)) = name::assignment(word, is_key) {
        if value::is_something(&word[from..]) {
            (sign, Secret { place, from })
        } else {
            next(place)?;
            (sign, Secret { place: place + 1, from: 0 })
        }
    } else if let Some(bare) = name::bare(word, is_key) {
        match next(place)?.text {
            "=" | ":=" | "=>" if next(place + 1).is_some() => {
                (Sign::Equals, Secret { place: place + 2, from: 0 })
            }
            ":" if next(place + 1).is_some() => {
                let sign = if bare == Bare::Quoted { Sign::QuotedColon } else { Sign::Colon };
                (sign, Secret { place: place + 2, from: 0 })
            }
            _ if bare == Bare::Quoted => return None,
            _ => (Sign::Blank(bare), Secret { place: place + 1, from: 0 }),
        }
    } else {
        return None;
    };
    // `Authorization: Bearer abc`
    let told = &words[secret.place].text[secret.from..];
    if value::is_scheme(told) {
        return next(secret.place).map(|_| Secret { place: secret.place + 1, from: 0 });
    }
    let is_within = secret.place == place;
    let is_last = next(secret.place).is_none();
    let begins = value::begins_clause(previous, before(place).is_none_or(Word::ends_line));
    let is_secret = match sign {
        Sign::Equals => true,
        Sign::QuotedColon => is_within || value::is_literal(told),
        Sign::Colon => is_within || value::follows_colon(told, begins || name::is_compound(word), is_last),
        Sign::Blank(bare) => value::follows_blank(told, previous, bare),
    };
    is_secret.then_some(secret)
}

/// The last word of a value that begins with `value` at that place: where it is in quotes, there are more words than one.
fn last_of(words: &[Word<'_>], place: usize, value: &str) -> usize {
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote.filter(|quote| value.matches(*quote).count() == 1) else { return place };
    let closing = words.iter().enumerate().skip(place + 1).find(|(_, word)| word.text.contains(quote));
    closing.map_or_else(|| end_of_line(words, place), |(last, _)| last)
}

/// The last word of the line of the word at that place.
fn end_of_line(words: &[Word<'_>], place: usize) -> usize {
    let mut rest = words.iter().enumerate().skip(place);
    rest.find(|(_, word)| word.ends_line()).map_or(words.len() - 1, |(last, _)| last)
}

/// `scheme://user:password@host` and `user:password@host` without the password; a user alone may be a token.
fn without_password(word: &str) -> Cow<'_, str> {
    let hidden = || {
        let (scheme, rest) = word.find("://").map_or(("", word), |at| word.split_at(at + 3));
        let authority = rest.split('/').next()?;
        let (credentials, host) = authority.rsplit_once('@')?;
        // `nginx:1.27@sha256:…` is an image.
        if host.starts_with("sha256:") {
            return None;
        }
        let user = match credentials.split_once(':') {
            Some((user, _)) => format!("{user}:"),
            None if scheme.is_empty() => return None,
            None => String::new(),
        };
        Some(format!("{scheme}{user}{HIDDEN}{}", &rest[credentials.len()..]))
    };
    hidden().map_or(Cow::Borrowed(word), Cow::Owned)
}

#[cfg(test)]
mod tests;
