//! Words that stand behind a name of a secret and are none.

use super::shape;

/// With these words a sentence goes on behind the name of a secret.
const PROSE: &str = "a an the and or of for from in on at to by with without as is was are were be been has had have not no \
    nor can can't cannot could couldn't must may should will would does did do if when while that this which it its than \
    auth authenticated authentication authorization based expired expires expiring invalid missing required requires \
    rejected refused denied failed failing failure fails error errors mismatch mismatched incorrect wrong bad unknown unset \
    unexpected empty header headers parameter param field value env environment variable file path type format length hash \
    hashing policy prompt reset rotation refresh renewal request response review endpoint exchange issuer audience signature \
    verification validation timeout timed context deadline eof unauthorized forbidden found provided given supplied used \
    using only key name id secret token password too login logon lookup store manager service server client user bucket \
    limit count usage authenticator protocol protected because but either neither already also still now again string \
    object number expected expecting contain contains unable exit exited evicted killed terminated completed needs need \
    jwt present updated changed created configured set mounted rotated revoked disabled enabled malformed signing source \
    url data http https unsupported supported allowed webhook role permission permissions there nothing try trying read \
    write list get watch create update delete admin";
/// What is said of a secret in place of one: `MySQL` writes `(using password: YES)`.
const STATES: &str = "yes no true false none null nil n/a undefined unbound unset unspecified uninitialized empty absent missing \
    required invalid expired redacted hidden masked";
/// What digits stand in and is no secret.
const TERMS: &str = "sha1 sha256 sha384 sha512 sha-1 sha-256 sha-512 md5 base64 base64url oauth2 oauth2.0 x509 x.509 http2 http/1.1 \
    http/2 argon2 argon2id utf8 utf-8 ipv4 ipv6 rs256 rs384 rs512 es256 es384 hs256 hs384 hs512 ed25519 aes128 aes256 pkcs1 \
    pkcs8 pkcs12 rfc6749 rfc7519 v1 v2";
/// What has as many characters as a generated secret looks like one, if it is all letters.
const LONG: usize = 24;

/// The words of a text, and where each begins.
pub(super) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut next = 0;
    let pieces = text.split_inclusive(char::is_whitespace).map(move |piece| {
        let start = next;
        next += piece.len();
        (start, piece.trim_end())
    });
    pieces.filter(|(_, word)| !word.is_empty())
}

/// The word without the signs of a sentence around it.
pub(super) fn core(word: &str) -> &str {
    word.trim_matches(|c: char| {
        matches!(c, '"' | '\'' | '\\' | '.' | ',' | ';' | ':' | '(' | ')' | '[' | ']' | '{' | '}' | '<' | '>')
    })
}

/// Whether it says how it is about the secret.
pub(super) fn is_state(core: &str) -> bool {
    is_among(STATES, core) || core.eq_ignore_ascii_case("not set")
}

/// Whether a sentence goes on with it.
pub(super) fn is_prose(core: &str) -> bool {
    is_state(core) || is_among(PROSE, core)
}

/// Whether no sentence has such a word: letters and digits in one, or signs among them.
pub(super) fn looks_secret(core: &str) -> bool {
    let letters = core.chars().filter(char::is_ascii_alphabetic).count();
    let has_digits = core.contains(|c: char| c.is_ascii_digit());
    let mut inner = core.chars();
    inner.next();
    inner.next_back();
    let has_signs = inner.as_str().contains(['!', '#', '$', '%', '^', '&', '*', '+', '=', '~']);
    let is_mixed = letters > 0 && (has_digits || has_signs) && core.chars().count() >= 4;
    let is_amount = core.starts_with(|c: char| c.is_ascii_digit()) && letters <= 2 && !has_signs;
    let is_place = core.contains("://") || core.starts_with('/');
    let is_name = is_number(core.trim_start_matches('v')) || is_among(TERMS, core);
    (is_mixed || is_long(core)) && !is_amount && !is_place && !is_name
}

/// Whether it is a version or a port: digits, with dots among them.
pub(super) fn is_number(core: &str) -> bool {
    let is_port = core.len() <= 5 || core.contains('.');
    is_port && !core.is_empty() && core.chars().all(|c| c.is_ascii_digit() || c == '.')
}

/// Letters and digits at random; in `InvalidIdentityTokenException` words are put together.
fn is_long(core: &str) -> bool {
    let is_name = core.contains(|c: char| c.is_ascii_uppercase()) && !shape::is_random(core);
    core.len() >= LONG && core.chars().all(|c| c.is_ascii_alphanumeric()) && !is_name
}

/// Whether it is one of those words.
pub(super) fn is_among(words: &str, core: &str) -> bool {
    words.split_ascii_whitespace().any(|word| core.eq_ignore_ascii_case(word))
}
