//! Licence keys, and private ones, in what is printed: where somebody gave one in the wrong place, it is not repeated.
use super::key::NAME;
use std::borrow::Cow;

/// How a private key in PEM begins and ends, and what stands in its place.
const PEM: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";
const PEM_MASK: &str = "(a private key, not shown)";
/// What stands in place of a licence key.
const MASK: &str = "(a licence key, not shown)";
/// The parts of a key are longer, and so are the lines that it may be broken into; labels of a host are not (RFC 1035).
const LONGEST_LABEL: usize = 63;
/// So much in one part behind `maintenant1.` is a payload, and hardly a label of a host.
const SHORTEST_PAYLOAD: usize = 40;

/// The text without anything in it that looks like a licence key, a line of one, or a private key in PEM.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    match text.split_once(PEM) {
        Some((before, pem)) => {
            let behind = pem.split_once(PEM_END).and_then(|(_, end)| end.split_once("-----"));
            let behind = behind.map(|(_, behind)| masked(behind)).unwrap_or_default();
            Cow::Owned(format!("{}{PEM_MASK}{behind}", without_license_keys(before)))
        }
        None => without_license_keys(text),
    }
}

fn without_license_keys(text: &str) -> Cow<'_, str> {
    if !holds_key(text) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|character| !is_of_word(character)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        shown.push_str(if is_key(word) { MASK } else { word });
        let mut characters = behind.chars();
        shown.extend(characters.next());
        rest = characters.as_str();
    }
    Cow::Owned(shown)
}

/// Whether there is something in it that looks like a licence key, or like a line of one.
pub(crate) fn holds_key(text: &str) -> bool {
    text.split(|character| !is_of_word(character)).any(is_key)
}

/// Whether a word is a key, whole or in part.
fn is_key(word: &str) -> bool {
    let is_begun = word.match_indices(NAME).any(|(at, _)| {
        let numbered = &word[at + NAME.len()..];
        let rest = numbered.trim_start_matches(|character: char| character.is_ascii_digit());
        let payload = rest.strip_prefix('.').and_then(|rest| rest.split('.').next());
        rest.len() < numbered.len() && payload.is_some_and(|payload| payload.len() >= SHORTEST_PAYLOAD)
    });
    is_begun || word.split('.').any(is_generated)
}

/// Letters of both cases and digits in one long row: base64, and no name that a person gave.
fn is_generated(row: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| row.bytes().any(|byte| kind(&byte));
    row.len() > LONGEST_LABEL
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

fn is_of_word(character: char) -> bool {
    character.is_ascii_alphanumeric() || "-_.".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PAYLOAD: &str = "eyJsaWNlbnNlZSI6IkFDTUUiLCJlZGl0aW9uIjoiZW50ZXJwcmlzZSIsImZlYXR1cmVzIjpbXX0";

    #[rstest]
    #[case("--addr: `{}`: an address", "--addr: `{}`: an address")]
    #[case("unrecognized subcommand '{}'", "unrecognized subcommand '{}'")]
    #[case("KEY={}", "KEY={}")]
    #[case("{}\n{}", "{}\n{}")]
    fn a_key_is_not_repeated(#[case] text: &str, #[case] shown: &str) {
        for key in [
            format!("maintenant1.{PAYLOAD}.{PAYLOAD}"),
            format!("maintenant12.{PAYLOAD}"),
            format!("maintenant1.{}", &PAYLOAD[..40]),
            format!("Maintenant1.{PAYLOAD}"),
            PAYLOAD[..64].to_owned(),
            PAYLOAD.to_owned(),
        ] {
            let masked = masked(&text.replace("{}", &key)).into_owned();
            assert_eq!(masked, shown.replace("{}", MASK), "{key}");
        }
    }

    #[rstest]
    #[case(
        "`-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----`: x",
        "`(a private key, not shown)`: x"
    )]
    #[case("-----BEGIN PRIVATE KEY----- MC4C is no", "(a private key, not shown)")]
    fn a_private_key_is_not_repeated(#[case] text: &str, #[case] shown: &str) {
        assert_eq!(masked(text), shown);
    }

    #[rstest]
    #[case("https://maintenant1.example.com:8443/")]
    #[case("maintenant1.a-rather-long-name-of-a-host.north-1.company.example.com")]
    #[case("arn:aws:eks:eu-west-1:123456789012:cluster/Prod")]
    #[case("gke_my-companys-production-project_northamerica-northeast1-b_cluster-of-the-shop-1")]
    #[case("/var/lib/maintenant/Maintenant.db")]
    #[case("«maintenant» ist's — é")]
    #[case("")]
    fn names_are_shown(#[case] text: &str) {
        assert_eq!(masked(text), text);
    }
}
