//! Names of secrets.

/// Names whose values are secrets, in lower case.
const NAMES: [&str; 21] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "pass",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "accesskey",
    "access-key",
    "accountkey",
    "private_key",
    "privatekey",
    "private-key",
    "credential",
    "signature",
    "authorization",
    "cookie",
];
/// Schemes of authentication that stand before a secret, whatever names it.
const SCHEMES: [&str; 2] = ["bearer", "basic"];
/// Those of the names behind which a value may stand without a sign.
const PLAIN: [&str; 5] = ["password", "passwd", "passphrase", "token", "apikey"];
/// Passwords are chosen by people, and may be words. `PASS: ` rather begins what a test says.
const PASSWORDS: [&str; 4] = ["password", "passwd", "passphrase", "pwd"];
/// With one of these behind it, a name stands for something about a secret: `PASSWORD_FILE`.
const ABOUT: [&str; 12] =
    ["name", "file", "path", "type", "ref", "version", "length", "count", "expir", "ttl", "policy", "rate"];
/// The most that stands behind a name and belongs to it, in bytes: `SECRET_KEY_BASE`.
const LONGEST_SUFFIX: usize = 32;

/// A name of a secret: what may be given to it, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Name {
    pub(super) kind: Kind,
    /// Whether a colon may give it a value, or names something about it: `token_exchange: failed`
    pub(super) takes_colon: bool,
    /// Whether a blank may
    pub(super) takes_blank: bool,
    /// Whether all of the line is its value: a header of cookies has several, one of an authorization any number of words
    pub(super) fills_line: bool,
}

/// What is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// `password`, whose value may be a word
    Password,
    /// `token`, whose value is generated: a word behind it is none
    Token,
    /// `DB_PASSWORD`
    Variable,
    /// `X-Api-Key`
    Header,
    /// `db-password`, as objects and containers are called, too
    Object,
    /// `--password`
    Option,
    /// `Bearer`
    Scheme,
}

/// Whether a secret may be named in the text at all; most texts are done with that.
pub(super) fn may_be_in(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    // `API key` is a name of two words.
    NAMES.iter().chain(&SCHEMES).chain(&["key"]).any(|name| text.contains(name))
}

/// Whether it is such a scheme.
pub(super) fn is_scheme(word: &str) -> bool {
    SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// Whether it is of names: what is between others is one identifier.
pub(super) const fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')
}

/// What an identifier behind that word is the name of.
pub(super) fn name(identifier: &str, previous: &str) -> Option<Name> {
    let is = |word: &str, other: &str| word.eq_ignore_ascii_case(other);
    let whole = |kind| Name { kind, takes_colon: true, takes_blank: true, fills_line: false };
    if is(identifier, "bearer") {
        return Some(whole(Kind::Scheme));
    }
    // `Basic` begins sentences, too.
    if is(identifier, "basic") {
        return Some(Name { takes_colon: false, ..whole(Kind::Variable) });
    }
    if is(identifier, "key") && (is(previous, "api") || is(previous, "access")) {
        return Some(whole(Kind::Token));
    }
    let lower = identifier.to_ascii_lowercase();
    let ends = ends(identifier, &lower);
    let takes_colon = ends.iter().any(|end| is_named_by(&lower[*end..]));
    let ends_so = ends.contains(&identifier.len());
    let kind = kind(identifier, &lower);
    let is_called_so = !matches!(kind, Kind::Password | Kind::Token) && !identifier.contains('.');
    (!ends.is_empty()).then(|| Name {
        kind,
        takes_colon,
        takes_blank: PLAIN.contains(&&*lower) || (is_called_so && ends_so),
        fills_line: lower.ends_with("authorization") || lower.ends_with("cookie"),
    })
}

/// Where in the identifier a name ends, if what is behind it belongs to it.
fn ends(identifier: &str, lower: &str) -> Vec<usize> {
    let found = NAMES.iter().flat_map(|name| lower.match_indices(name));
    let near = found.filter(|(start, name)| start + name.len() + LONGEST_SUFFIX >= lower.len());
    let ends = near.filter_map(|(start, name)| {
        let end = start + name.len();
        let suffix = &identifier[end..];
        let is_about = ABOUT.iter().any(|about| lower[end..].contains(about));
        let is_longer = suffix.starts_with(|c: char| c.is_ascii_lowercase());
        // `tokens` are counted, `secrets` are told.
        let is_plural = suffix == "s" && name != "token";
        let is_abbreviated = matches!(name, "pass" | "pwd");
        let is_name = !is_abbreviated || stands_alone(identifier, start, end);
        (is_name && !is_about && (!is_longer || is_plural)).then_some(end)
    });
    ends.collect()
}

/// `bypass` and `passed` are no names, `dbPass` is one.
fn stands_alone(word: &str, start: usize, end: usize) -> bool {
    let is_lower = |c: char| c.is_ascii_lowercase();
    let is_joined = word[..start].ends_with(is_lower) && word[start..].starts_with(is_lower);
    !is_joined && !word[end..].starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether what has such a suffix is still the secret: `secret_key`, `password2`.
fn is_named_by(suffix: &str) -> bool {
    suffix.chars().all(|c| c.is_ascii_digit() || c == 's')
        || suffix.ends_with("key")
        || suffix.ends_with("id")
}

fn kind(identifier: &str, lower: &str) -> Kind {
    // Objects of Kubernetes have no large letters.
    let is_header = lower.starts_with("x-") || identifier.contains(|c: char| c.is_ascii_uppercase());
    let stem = lower.trim_end_matches(|c: char| c.is_ascii_digit());
    let is_password =
        PASSWORDS.iter().any(|name| stem.ends_with(name) || stem.trim_end_matches('s').ends_with(name));
    match lower {
        _ if lower.starts_with('-') => Kind::Option,
        _ if lower.contains(['_', '.']) => Kind::Variable,
        _ if lower.contains('-') && is_header => Kind::Header,
        _ if lower.contains('-') => Kind::Object,
        _ if is_password => Kind::Password,
        _ => Kind::Token,
    }
}
