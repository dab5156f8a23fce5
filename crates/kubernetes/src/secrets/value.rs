//! What stands behind a name of a secret: the secret, or how a sentence goes on.

use super::name::Bare;

/// With these words a sentence goes on behind the name of a secret.
const PROSE: &str = "a an the and or of for from in on at to by with without as is was are were be been has had have not no \
    nor can can't cannot could couldn't must may should will would does did do if when while that this which it its than \
    auth authenticated authentication authorization based expired expires expiring invalid missing required rejected \
    refused denied failed failing failure fails error errors mismatch mismatched incorrect wrong bad unknown unset unexpected \
    empty header headers parameter param field value env environment variable file path type format length hash hashing \
    policy prompt reset rotation refresh renewal request response review endpoint exchange issuer audience signature \
    verification validation timeout timed context deadline eof unauthorized forbidden found provided given supplied used \
    using only key name id secret token too login logon lookup store manager service server client user bucket limit count \
    usage authenticator protocol protected because but either neither already also still now again";
/// What is said of a password in place of one: `MySQL` writes `(using password: YES)`.
const STATES: [&str; 9] = ["yes", "no", "true", "false", "none", "null", "nil", "<nil>", "n/a"];
/// Behind these words stands what is used.
const MARKERS: [&str; 7] = ["with", "using", "use", "used", "uses", "via", "and"];
/// What digits stand in and is no secret.
const TERMS: [&str; 12] = [
    "sha1", "sha256", "sha512", "sha-256", "sha-512", "md5", "base64", "oauth2", "x509", "http2", "argon2",
    "utf8",
];
/// What has as many characters as a generated secret looks like one, if it is all letters.
const LONG: usize = 24;

/// Whether there is more than signs.
pub(super) fn is_something(value: &str) -> bool {
    !value.trim_matches(['"', '\'', ',', '}', '\\']).is_empty()
}

/// Whether it says how the one who asks authenticates, and the secret follows.
pub(super) fn is_scheme(value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']);
    value.eq_ignore_ascii_case("bearer") || value.eq_ignore_ascii_case("basic")
}

/// Whether it is a value as JSON has it.
pub(super) fn is_literal(value: &str) -> bool {
    value.starts_with(|c: char| matches!(c, '"' | '\'' | '\\') || c.is_ascii_digit())
}

/// Whether what comes behind that word is the beginning of something.
pub(super) fn begins_clause(previous: &str, is_first: bool) -> bool {
    let is_level = previous.len() > 1 && previous.chars().all(|c| c.is_ascii_uppercase());
    is_first || is_level || previous.ends_with(|c: char| c.is_ascii_punctuation()) || is_marker(previous)
}

/// Whether a value stands behind `name: `. In `failed to fetch the token: no route to host` a cause does.
pub(super) fn follows_colon(value: &str, name_begins: bool, is_last: bool) -> bool {
    let core = core(value);
    let is_figure = core.len() <= 3 && core.chars().all(|c| c.is_ascii_digit());
    if core.is_empty() || is_figure || is_state(core) || is_prose(core) {
        return false;
    }
    name_begins || is_last || looks_secret(core)
}

/// Whether a value stands behind `name `. In `password authentication failed` a sentence goes on.
pub(super) fn follows_blank(value: &str, previous: &str, bare: Bare) -> bool {
    let core = core(value);
    if core.is_empty() || is_state(core) || is_prose(core) || previous.eq_ignore_ascii_case("unexpected") {
        return false;
    }
    match bare {
        Bare::Compound => true,
        // `Bearer realm="…"` is how a server asks for one.
        Bare::Scheme => !core.contains("=\""),
        Bare::Plain | Bare::Quoted => is_marker(previous) || looks_secret(core),
    }
}

fn core(value: &str) -> &str {
    value.trim_matches(|c: char| {
        matches!(c, '"' | '\'' | '\\' | '.' | ',' | ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}')
    })
}

fn is_state(core: &str) -> bool {
    STATES.iter().any(|state| core.eq_ignore_ascii_case(state))
}

fn is_prose(core: &str) -> bool {
    PROSE.split_ascii_whitespace().any(|word| core.eq_ignore_ascii_case(word))
}

fn is_marker(word: &str) -> bool {
    let word = word.trim_start_matches('(');
    MARKERS.iter().any(|marker| word.eq_ignore_ascii_case(marker))
}

/// Whether no sentence has such a word: letters and digits in one, or signs among them.
fn looks_secret(core: &str) -> bool {
    let letters = core.chars().filter(char::is_ascii_alphabetic).count();
    let has_digits = core.contains(|c: char| c.is_ascii_digit());
    let mut inner = core.chars();
    inner.next();
    inner.next_back();
    let has_signs = inner.as_str().contains(['!', '#', '$', '%', '^', '&', '*', '+', '=', '~']);
    let is_long = core.len() >= LONG && core.chars().all(|c| c.is_ascii_alphanumeric());
    let is_amount = core.starts_with(|c: char| c.is_ascii_digit()) && letters <= 2 && !has_signs;
    let is_place = core.contains("://") || core.starts_with('/');
    let is_term = TERMS.iter().any(|term| core.eq_ignore_ascii_case(term));
    let is_mixed = letters > 0 && (has_digits || has_signs) && core.chars().count() >= 4;
    (is_mixed || is_long) && !is_amount && !is_place && !is_term
}
