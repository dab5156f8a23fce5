//! What stands behind a name of a secret, up to where it ends.

use super::wording;
use std::ops::Range;

/// As far, in bytes, is a line read to tell a sentence from a secret.
const CLAUSE: usize = 256;

/// The words behind the name, read as its value.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    /// Where it stands, without its quotes
    pub(super) span: Range<usize>,
    pub(super) text: &'a str,
    /// Whether quotes or brackets say where it ends
    pub(super) is_delimited: bool,
    /// Whether a blank is before it
    pub(super) is_apart: bool,
    /// All that follows its beginning
    rest: &'a str,
}

impl<'a> Value<'a> {
    /// The value that begins at that place or behind the blanks there, on the same line. What is not in quotes ends with its
    /// word, or with the quotes that its name is in, too: `"PASSWORD=two words"`.
    pub(super) fn at(text: &'a str, place: usize, quote: Option<&str>) -> Option<Self> {
        let behind = text[place..].trim_start_matches(is_blank);
        let from = text.len() - behind.len();
        let is_apart = from > place;
        let value = |start: usize, end: usize, is_delimited: bool| Self {
            span: start..end,
            text: &text[start..end],
            is_delimited,
            is_apart,
            rest: &text[start..],
        };
        let quotes = quotes(behind);
        if !quotes.is_empty() {
            let start = from + quotes.len();
            return Some(value(start, start + quoted(&text[start..], quotes), true));
        }
        if let Some(length) = bracketed(behind).filter(|_| !is_apart) {
            return Some(value(from + 1, from + 1 + length, true));
        }
        let whole = quote.filter(|_| !is_apart).and_then(|quote| up_to(quote, behind));
        let word = || behind.find(char::is_whitespace).unwrap_or(behind.len());
        let end = from + whole.or_else(|| up_to_next_key(text, from)).unwrap_or_else(word);
        (end > from).then(|| value(from, end, false))
    }

    /// Where the rest of the line is, or what is before that quote.
    pub(super) fn with_line(&self, quote: Option<&str>) -> Range<usize> {
        let quoted = quote.and_then(|quote| up_to(quote, self.rest));
        self.span.start..self.span.start + quoted.unwrap_or_else(|| line(self.rest))
    }

    /// Whether nothing follows on its line.
    pub(super) fn is_last(&self) -> bool {
        let word = self.rest[self.text.len()..].trim_start_matches(|c: char| !c.is_whitespace());
        let rest = word.trim_start_matches(is_blank);
        rest.is_empty() || rest.starts_with('\n')
    }

    /// What its line begins with, without the signs of a sentence: enough to tell whether it goes on as one.
    pub(super) fn clause(&self) -> impl Iterator<Item = &'a str> {
        let near = &self.rest[..self.rest.floor_char_boundary(CLAUSE)];
        near[..line(near)].split_whitespace().map(wording::core)
    }

    /// Its words, without the signs of a sentence.
    pub(super) fn words(&self) -> impl Iterator<Item = &'a str> {
        self.text.split_whitespace().map(wording::core)
    }

    pub(super) fn first(&self) -> &'a str {
        self.words().next().unwrap_or_default()
    }

    pub(super) fn looks_secret(&self) -> bool {
        self.words().any(wording::looks_secret)
    }

    /// Whether there is no secret: it is nothing but signs, or says how it is about the secret.
    pub(super) fn is_none(&self) -> bool {
        let core = wording::core(self.text);
        core.is_empty() || wording::is_state(core)
    }

    /// Whether it is another name that is given a value: `pod=web`.
    pub(super) fn is_assignment(&self) -> bool {
        let is_name = |name: &str| name.chars().all(super::name::is_part);
        self.text.split_once('=').is_some_and(|(name, value)| {
            is_name(name)
                && name.starts_with(|c: char| c.is_ascii_alphabetic())
                && !value.trim_matches('=').is_empty()
        })
    }
}

/// Whether it separates words of a line.
pub(super) const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r')
}

/// How long what is in the brackets is that the text begins with, if it is a list or an object.
fn bracketed(text: &str) -> Option<usize> {
    let (list, bracket) = match text.strip_prefix('[') {
        Some(list) => (list, ']'),
        None => (text.strip_prefix('{')?, '}'),
    };
    let length = list.find(bracket).unwrap_or_else(|| line(list));
    let goes_on = list[length..].trim_start_matches(bracket).starts_with(char::is_alphanumeric);
    (!goes_on).then_some(length)
}

/// The quote that the text begins with, and the backslashes before it where the text is quoted in another.
fn quotes(text: &str) -> &str {
    let escapes = text.len() - text.trim_start_matches('\\').len();
    let is_quote = text[escapes..].starts_with(['"', '\'', '`']);
    if is_quote { &text[..=escapes] } else { "" }
}

/// How long the value is whose opening quote stood before it: without a closing one, it is the rest of the line.
fn quoted(text: &str, quotes: &str) -> usize {
    let Some(end) = closing(text, quotes) else { return line(text) };
    let behind = &text[end + quotes.len()..];
    // `'it'\''s'` is one value.
    let goes_on = behind.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '"' | '\'' | '\\'));
    let word = || behind.find(char::is_whitespace).unwrap_or(behind.len());
    if goes_on && quotes.len() == 1 { end + quotes.len() + word() } else { end }
}

/// Where those quotes stand, with as many backslashes: within a value there are more.
fn closing(text: &str, quotes: &str) -> Option<usize> {
    let mut found = text.match_indices(quotes).map(|(at, _)| at);
    found.find(|at| !text[..*at].ends_with('\\'))
}

/// How much is before the next `;Key=`, where the name stood behind a `;` too: `Server=db;Password=two words;Encrypt=no`.
fn up_to_next_key(text: &str, from: usize) -> Option<usize> {
    let name = text[..from].strip_suffix('=')?;
    let is_of_list = name.trim_end_matches(super::name::is_part).trim_end_matches(is_blank).ends_with(';');
    let end = text[from..].find([';', '\n', '"', '\'']).filter(|_| is_of_list)?;
    text[from + end..].starts_with(';').then_some(end)
}

/// How much of the line is before those quotes.
fn up_to(quotes: &str, text: &str) -> Option<usize> {
    closing(text, quotes).filter(|end| !text[..*end].contains('\n'))
}

fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}
