//! How a value is given to a name.

use super::name::{Kind, Name};
use super::value;

/// What stands between a name and its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// `password=x`
    Equals { is_apart: bool },
    /// `"password": "x"`
    QuotedColon { is_apart: bool },
    /// `password: x`
    Colon,
    /// `password is x`
    Is,
    /// `password x`
    Blank,
}

/// The sign behind a name that ends at that place, and where it ends.
pub(super) fn behind(text: &str, end: usize, name: Name) -> Option<(Sign, usize)> {
    let closed = text[end..].trim_start_matches(['"', '\'', '`', '\\', '*']);
    let is_quoted = text[end..text.len() - closed.len()].contains(['"', '\'', '`']);
    // `login[password]=x`
    let closed = closed.strip_prefix(']').filter(|behind| behind.starts_with('=')).unwrap_or(closed);
    let behind = closed.trim_start_matches(value::is_blank);
    let is_apart = behind.len() < closed.len();
    let place = |rest: &str| text.len() - rest.len();
    let equals = behind.strip_prefix(":=").or_else(|| behind.strip_prefix('='));
    if let Some(rest) = equals {
        return Some((Sign::Equals { is_apart }, place(rest.trim_start_matches(['=', '>']))));
    }
    if let Some(rest) = behind.strip_prefix(':') {
        let is_sign = name.takes_colon && !rest.starts_with(':') && !rest.starts_with("//");
        let is_text = !is_apart || rest.starts_with(value::is_blank);
        let sign = if is_quoted { Sign::QuotedColon { is_apart } } else { Sign::Colon };
        return (is_sign && is_text).then(|| (sign, place(rest)));
    }
    // `"--password", "x"`
    if let Some(rest) = behind.strip_prefix(',').filter(|_| name.kind == Kind::Option) {
        return Some((Sign::Blank, place(rest)));
    }
    if !is_apart || (is_quoted && name.kind != Kind::Option) {
        return None;
    }
    let is = behind.strip_prefix("is").or_else(|| behind.strip_prefix("was"));
    let is = is
        .map(|rest| rest.strip_prefix(':').unwrap_or(rest))
        .filter(|rest| rest.starts_with(value::is_blank));
    match is {
        Some(rest) if name.takes_colon => Some((Sign::Is, place(rest))),
        _ => name.takes_blank.then(|| (Sign::Blank, place(behind))),
    }
}
