//! Headers whose value is the rest of their line, or of the quotes they stand in: cookies, and what authorizes.

use super::context::Context;
use super::name;
use super::value::Value;
use super::wording;
use std::ops::Range;

/// Schemes of authentication that only stand in headers.
const SCHEMES: &str = "digest negotiate ntlm apikey api-key token key oauth hawk hmac jwt signature";

/// Where the secret is.
pub(super) fn secret(text: &str, value: &Value<'_>, context: &Context<'_>) -> Option<Range<usize>> {
    let is_scheme = name::is_scheme(value.first()) || wording::is_among(SCHEMES, value.first());
    let secret = if is_scheme { Value::at(text, value.span.end, None)? } else { value.clone() };
    let mut words = secret.clause();
    let is_told = if is_scheme {
        !words.next().is_none_or(wording::is_prose)
    } else {
        (context.begins() || context.quote().is_some())
            && words.take(2).all(|word| !word.is_empty() && !wording::is_prose(word))
    };
    if !is_told && !secret.clause().any(wording::looks_secret) {
        return None;
    }
    Some(secret.with_line(context.quote()))
}
