//! Secrets that are known by how they look, though nothing names them.

use std::ops::Range;

/// What providers begin tokens with, so that leaks of them are found; they say so in their guides.
const BEGINNINGS: &str = "AGE-SECRET-KEY- AIza AKIA ASIA ATATT3x EAACEdEose0cBA GOCSPX- NRAK- PMAK- SG. dckr_oat_ dckr_pat_ doo_v1_ \
    dop_v1_ dor_v1_ dp.pt. eyJ ghp_ gho_ ghr_ ghs_ ghu_ github_pat_ glagent- glc_ glcbt- gldt- glft- glimt- gloas- glpat- \
    glptt- glrt- glsa_ glsoat- gsk_ hvb. hvr. hvs. lin_api_ pplx- pypi-AgE rk_live_ rk_test_ shpat_ shpca_ shppa_ shpss_ \
    sk-admin- sk-ant- sk-or- sk-proj- sk-svcacct- sk_live_ sk_test_ sq0atp- sq0csp- tskey- whsec_ xai- xapp- xoxa- xoxb- xoxe- \
    xoxe.xox xoxo- xoxp- xoxr- xoxs-";
/// Those with which other words begin, too, and how many letters and digits stand behind them: `npm_config_cache`.
const SHORT_BEGINNINGS: [(&str, usize); 7] =
    [("SK", 32), ("dapi", 32), ("hf_", 30), ("key-", 32), ("npm_", 30), ("sk-", 20), ("ya29.a0", 10)];
/// Behind these an address is one.
const ADDRESSES: [&str; 6] = [
    "hooks.slack.com/services/",
    "/api/webhooks/",
    "api.telegram.org/bot",
    "?sig=",
    "&sig=",
    "X-Amz-Signature=",
];
/// The fewest characters of a token behind its beginning.
const SHORTEST: usize = 12;
/// From so many characters on a word of large and small letters and digits is generated.
const GENERATED: usize = 40;

/// Where they stand.
pub(super) fn tokens(text: &str) -> Vec<Range<usize>> {
    let addresses = ADDRESSES.iter().flat_map(|begin| text.match_indices(begin));
    let addresses = addresses.filter_map(|(at, begin)| {
        let from = at + begin.len();
        let token = text[from..].split(|c: char| !(is_of_token(c) || c == ':')).next()?;
        (!token.is_empty()).then(|| from..from + token.len())
    });
    let mut found: Vec<_> = addresses.collect();
    let mut end = 0;
    while let Some(gap) = text[end..].find(is_of_token) {
        let from = end + gap;
        let run = text[from..].split(|c: char| !is_of_token(c)).next().unwrap_or_default();
        end = from + run.len();
        let run = run.trim_end_matches('.');
        if let Some(start) = token_in(run) {
            let padding = text[end..].len() - text[end..].trim_start_matches('=').len();
            let padding = if from + run.len() == end { padding } else { 0 };
            found.push(from + start..from + run.len() + padding);
        }
    }
    found
}

/// Whether small and large letters and digits alternate as no words do.
pub(super) fn is_random(token: &str) -> bool {
    let class = |c: char| (c.is_ascii_lowercase(), c.is_ascii_uppercase());
    let classes: Vec<_> = token.chars().filter(char::is_ascii_alphanumeric).map(class).collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    changes * 10 >= classes.len() * 3
}

/// Where in a run of characters of tokens one begins.
fn token_in(run: &str) -> Option<usize> {
    if run.len() < SHORTEST {
        return None;
    }
    let is_inner = |at: usize| run[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let mut places = (0..run.len()).filter(|at| !is_inner(*at));
    places.find(|at| begins_token(&run[*at..])).or_else(|| is_generated(run).then_some(0))
}

fn begins_token(run: &str) -> bool {
    let is_known = |begin: &str| {
        run.strip_prefix(begin).is_some_and(|behind| behind.len() >= SHORTEST && !is_word(behind))
    };
    let is_short = |(begin, least): &(&str, usize)| {
        let behind = run.strip_prefix(begin).and_then(|behind| behind.get(..*least));
        behind.is_some_and(|token| token.chars().all(|c| c.is_ascii_alphanumeric()) && !is_word(token))
    };
    BEGINNINGS.split_ascii_whitespace().any(is_known) || SHORT_BEGINNINGS.iter().any(is_short)
}

/// Whether it may be a word, or several: what is generated has digits or large letters near its beginning.
fn is_word(token: &str) -> bool {
    token.chars().take(GENERATED).all(|c| !c.is_ascii_digit() && !c.is_ascii_uppercase())
}

const fn is_of_token(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/' | '+' | '%' | '~')
}

/// Whether it is Base64 of something. Digests and ids have no large letters, classes and methods no digits among them, and
/// paths begin with a slash or have names with endings.
fn is_generated(token: &str) -> bool {
    let has = |what: fn(&char) -> bool| token.chars().filter(what).count();
    token.len() >= GENERATED
        && !token.starts_with('/')
        && !token.contains(['.', '%', '~'])
        && has(char::is_ascii_digit) >= 1
        && has(char::is_ascii_uppercase) >= 6
        && has(char::is_ascii_lowercase) >= 6
        && (!token.contains(['-', '/', '_']) || is_random(token))
}
