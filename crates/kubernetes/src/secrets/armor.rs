//! Private keys in their armour: `-----BEGIN PRIVATE KEY-----`.

use std::ops::Range;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// The fewest characters of a key: a message may name the armour and hold none.
const SHORTEST: usize = 16;
/// What may stand in the armour before the key.
const HEADERS: [&str; 3] = ["Proc-Type", "Version", "Comment"];

/// Where the keys stand, up to the end of the text where the end of the armour is missing.
pub(super) fn keys(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut place = 0;
    while let Some(from) = armor(text, place) {
        place = from;
        if is_key(&text[from..]) {
            place = text[from..].find(END).map_or(text.len(), |length| from + length);
            found.push(from..place);
        }
    }
    found
}

/// Where the next armour of a private key has begun.
fn armor(text: &str, mut place: usize) -> Option<usize> {
    loop {
        let label = place + text[place..].find(BEGIN)? + BEGIN.len();
        place = label + text[label..].find(DASHES)?;
        if text[label..place].contains("PRIVATE KEY") {
            return Some(place + DASHES.len());
        }
    }
}

fn is_key(armoured: &str) -> bool {
    // Line ends may be written as `\n`, where one line tells all.
    let key = armoured.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '\\' | 'n' | 'r'));
    let is_base64 = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    HEADERS.iter().any(|header| key.starts_with(header))
        || key.chars().take_while(is_base64).count() >= SHORTEST
}
