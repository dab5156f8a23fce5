//! Secrets that a name before them tells.

use super::context::Context;
use super::header;
use super::name::{self, Kind};
use super::sign::{self, Sign};
use super::value::{self, Value};
use super::wording;
use std::ops::Range;

/// Where the values stand that are given to names of secrets.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !name::may_be_in(text) {
        return found;
    }
    let mut place = 0;
    while let Some(gap) = text[place..].find(name::is_part) {
        let start = place + gap;
        let identifier = text[start..].split(|c| !name::is_part(c)).next().unwrap_or_default();
        place = start + identifier.len();
        if let Some(secret) = value_of(text, start, identifier) {
            place = secret.end;
            found.push(secret);
        }
    }
    found
}

fn value_of(text: &str, start: usize, identifier: &str) -> Option<Range<usize>> {
    let context = Context::before(text, start);
    let name = name::name(identifier, context.previous)?;
    let context = if identifier.eq_ignore_ascii_case("key") { context.without_previous() } else { context };
    // Parsers name what they did not expect.
    if context.is_said("unexpected") {
        return None;
    }
    let (sign, place) = sign::behind(text, start + identifier.len(), name)?;
    if sign == Sign::Colon && context.is_path() && !text[place..].starts_with(value::is_blank) {
        return None;
    }
    let quote = context.quote().filter(|_| matches!(sign, Sign::Equals { .. }));
    let value = Value::at(text, place, quote)?;
    if name.fills_line && matches!(sign, Sign::Colon | Sign::Equals { .. }) && !value.is_delimited {
        return header::secret(text, &value, &context);
    }
    // `token: Bearer abc`: a scheme is a name itself.
    let is_scheme = !value.is_delimited && name::is_scheme(value.first());
    if value.is_none() || is_scheme {
        return None;
    }
    let is_secret = match sign {
        Sign::Equals { is_apart } => {
            let is_next = value.is_apart && !is_apart && !value.is_delimited;
            !is_next || !(wording::is_prose(value.first()) || value.is_assignment())
        }
        Sign::QuotedColon { is_apart } => {
            let is_literal = value.is_delimited || value.text.starts_with(|c: char| c.is_ascii_digit());
            is_literal || !(is_apart || value.is_apart)
        }
        Sign::Colon if value.is_apart => follows_colon(&value, name.kind, &context),
        // `token:8080` is a place, `token:1.9` an image, `token:read` a scope.
        Sign::Colon => {
            let is_other = wording::is_number(value.first()) || wording::is_prose(value.first());
            name.kind == Kind::Password || value.is_delimited || !is_other
        }
        Sign::Is => value.looks_secret() || (value.is_delimited && name.kind != Kind::Token),
        Sign::Blank => follows_blank(&value, name.kind, &context),
    };
    is_secret.then_some(value.span)
}

/// Whether a value stands behind `name: `. In `failed to fetch the token: no route to host` a cause does.
fn follows_colon(value: &Value<'_>, kind: Kind, context: &Context<'_>) -> bool {
    let core = value.first();
    let is_figure = core.len() <= 3 && core.chars().all(|c| c.is_ascii_digit());
    let is_line = context.begins() && value.is_last();
    if value.is_delimited {
        return !matches!(kind, Kind::Object | Kind::Token) || context.begins() || value.looks_secret();
    }
    if is_figure || wording::is_prose(core) {
        return false;
    }
    // `credentials: NoCredentialProviders: …` names an error.
    let is_error = value.text.ends_with(':') && !value.is_last();
    value.looks_secret()
        || match kind {
            _ if is_error => false,
            Kind::Header | Kind::Option => true,
            Kind::Password => context.begins() || value.is_last(),
            Kind::Token | Kind::Variable | Kind::Object | Kind::Scheme => is_line,
        }
}

/// Whether a value stands behind `name `. In `password authentication failed` a sentence goes on.
fn follows_blank(value: &Value<'_>, kind: Kind, context: &Context<'_>) -> bool {
    if kind == Kind::Option {
        return !wording::is_prose(value.first()) && !value.text.starts_with("--");
    }
    if wording::is_prose(value.first()) || value.is_assignment() || context.is_part() || context.is_in_list()
    {
        return false;
    }
    match kind {
        Kind::Scheme if context.is_said("no") => false,
        Kind::Scheme | Kind::Option => true,
        Kind::Password => context.is_marked() || value.is_delimited || value.looks_secret(),
        Kind::Token => context.is_marked() || value.looks_secret(),
        Kind::Header | Kind::Variable => value.looks_secret() || (context.begins() && value.is_last()),
        Kind::Object => false,
    }
}
