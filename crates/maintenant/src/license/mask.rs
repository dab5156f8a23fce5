//! Licence keys, and private ones, in what is given and printed: one that stands in the wrong place is neither taken nor repeated.
use super::key::NAME;
use std::borrow::Cow;
use std::ops::Range;

/// How a private key in PEM begins and ends.
const PEM: &str = "-----BEGIN ";
const PEM_END: &str = "-----END ";
/// How the body of an Ed25519 private key in PKCS#8 begins, and how long it is.
const PKCS8: &str = "MC4CAQAwBQYDK2VwBCIEI";
const PKCS8_LENGTH: usize = 64;
/// How the payload of a licence key begins: `{"licensee":`.
const PAYLOAD: &str = "eyJsaWNlbnNlZSI6";
/// So much in one part behind `maintenant1.` is a payload, and hardly a label of a host.
const SHORTEST_PAYLOAD: usize = 40;
/// The characters of 64 bytes.
const SIGNATURE_LENGTH: usize = 86;
/// The parts of a key are longer; labels of a host are not (RFC 1035).
const LONGEST_LABEL: usize = 63;
/// What stands in place of what may be a part of a key, or something else.
const GENERATED_MASK: &str = "(this looks like a secret, not shown)";

/// What is certain to be a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Secret {
    LicenseKey,
    PrivateKey,
}

/// The first secret in a text, however it is broken into lines. What only looks like one does not count.
pub(crate) fn secret(text: &str) -> Option<Secret> {
    Letters::of(text).secret_from(0).map(|(_, secret)| secret)
}

/// The text without anything in it that is a secret or looks like one.
pub(crate) fn masked(text: &str) -> Cow<'_, str> {
    let letters = Letters::of(text);
    let mut shown = String::new();
    let (mut begin, mut from) = (0, 0);
    while let Some((found, secret)) = letters.secret_from(from) {
        shown.push_str(&without_generated(&text[begin..letters.at[found.start]]));
        shown.push_str(secret.mask());
        // A letter is one byte where a secret ends.
        begin = letters.at[found.end - 1] + 1;
        from = found.end;
    }
    match without_generated(&text[begin..]) {
        rest if begin == 0 => rest,
        rest => Cow::Owned(shown + &rest),
    }
}

impl Secret {
    const fn mask(self) -> &'static str {
        match self {
            Self::LicenseKey => "(a licence key, not shown)",
            Self::PrivateKey => "(a private key, not shown)",
        }
    }
}

/// A text as a key is read: without blanks and line breaks, be they escaped, each byte with its place in the text.
struct Letters {
    /// What is not ASCII is a 0, as no secret holds it
    ascii: String,
    at: Vec<usize>,
}

impl Letters {
    fn of(text: &str) -> Self {
        let (mut ascii, mut places) = (String::with_capacity(text.len()), Vec::with_capacity(text.len()));
        let mut at = 0;
        while let Some(character) = text[at..].chars().next() {
            let escape = escape_length(&text[at..]);
            if escape == 0 && !super::key::is_left_aside(character) {
                ascii.push(if character.is_ascii() { character } else { '\0' });
                places.push(at);
            }
            at += escape.max(character.len_utf8());
        }
        Self { ascii, at: places }
    }

    /// The first secret that begins there or later, whole, and where it stands among the letters.
    fn secret_from(&self, from: usize) -> Option<(Range<usize>, Secret)> {
        let find = |mark: &str| self.ascii[from..].find(mark).map(|at| from + at);
        let pem: String = PEM.split_whitespace().collect();
        let license = self.name_from(from).into_iter().chain(find(PAYLOAD)).min();
        let found = [
            license.map(|at| (at..self.end_of_license(at), Secret::LicenseKey)),
            find(PKCS8).map(|at| (at..self.end_of_body(at), Secret::PrivateKey)),
            find(&pem).map(|at| (at..self.end_of_pem(at), Secret::PrivateKey)),
        ];
        found.into_iter().flatten().min_by_key(|(found, _)| found.start)
    }

    /// Where `maintenant1.` stands with a payload behind it.
    fn name_from(&self, from: usize) -> Option<usize> {
        let rows = self.ascii[from..].match_indices(NAME).map(|(at, _)| from + at);
        rows.into_iter().find(|at| {
            let numbered = &self.ascii[at + NAME.len()..];
            let rest = numbered.trim_start_matches(|character: char| character.is_ascii_digit());
            let payload = rest.strip_prefix('.').unwrap_or_default();
            let length = payload.bytes().take_while(|byte| is_base64url(*byte)).count();
            rest.len() < numbered.len() && length >= SHORTEST_PAYLOAD
        })
    }

    /// As far as its characters go; words behind a whole key are none of it.
    fn end_of_license(&self, begin: usize) -> usize {
        let bytes = self.ascii.as_bytes();
        let dots_before = if self.ascii[begin..].starts_with(NAME) { 2 } else { 1 };
        let (mut dots, mut signature) = (0, 0);
        let mut end = begin;
        while let Some(byte) = bytes.get(end).filter(|byte| is_base64url(**byte) || **byte == b'.') {
            let is_apart = end > begin && self.at[end] > self.at[end - 1] + 1;
            if is_apart && dots == dots_before && signature >= SIGNATURE_LENGTH {
                break;
            }
            if *byte == b'.' {
                dots += 1;
            } else if dots == dots_before {
                signature += 1;
            }
            end += 1;
        }
        end
    }

    fn end_of_body(&self, begin: usize) -> usize {
        let is_body = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=".contains(byte);
        begin + self.ascii[begin..].bytes().take(PKCS8_LENGTH).take_while(is_body).count()
    }

    fn end_of_pem(&self, begin: usize) -> usize {
        let behind = |at: usize, mark: &str| {
            let found = self.ascii[at..].find(mark);
            found.map(|found| at + found + mark.len())
        };
        let end = behind(begin, PEM_END.trim_end()).and_then(|at| behind(at, "-----"));
        end.unwrap_or(self.ascii.len())
    }
}

/// How long an escaped blank or line break is that the text begins with; 0: there is none.
fn escape_length(text: &str) -> usize {
    if ["\\n", "\\r", "\\t"].iter().any(|escape| text.starts_with(escape)) {
        return 2;
    }
    let number = text.strip_prefix("\\u{").and_then(|rest| rest.split_once('}')).map(|(number, _)| number);
    let number = number.filter(|number| u32::from_str_radix(number, 16).is_ok());
    number.map_or(0, |number| number.len() + "\\u{}".len())
}

fn without_generated(text: &str) -> Cow<'_, str> {
    let is_of_word = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if !text.split(|character| !is_of_word(character)).any(is_generated) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|character| !is_of_word(character)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        shown.push_str(if is_generated(word) { GENERATED_MASK } else { word });
        let mut characters = behind.chars();
        shown.extend(characters.next());
        rest = characters.as_str();
    }
    Cow::Owned(shown)
}

/// Letters of both cases and digits in one long row: base64, and hardly a name that a person gave.
fn is_generated(row: &str) -> bool {
    let has = |kind: fn(&u8) -> bool| row.bytes().any(|byte| kind(&byte));
    row.len() > LONGEST_LABEL
        && has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    const PAYLOAD: &str = "eyJsaWNlbnNlZSI6IkFDTUUiLCJlZGl0aW9uIjoiZW50ZXJwcmlzZSIsImZlYXR1cmVzIjpbXX0";
    const SIGNATURE: &str =
        "q2VwBCIEIA1fkZb0QWm2xXr8Yd3_LkUeH-7sTgVjPcNnOi9aRzKtMhFuSwEyJbGxDl4vCo5pQd6rWf1XmB0aZg";

    fn whole() -> String {
        format!("maintenant1.{PAYLOAD}.{SIGNATURE}")
    }

    fn folded(text: &str, width: usize, between: &str) -> String {
        let lines = text.as_bytes().chunks(width).map(|line| std::str::from_utf8(line).unwrap());
        lines.collect::<Vec<_>>().join(between)
    }

    #[rstest]
    #[case("--addr: `{}`: an address", "--addr: `{}`: an address")]
    #[case("unrecognized subcommand '{}'", "unrecognized subcommand '{}'")]
    #[case("KEY={}", "KEY={}")]
    #[case("{}, {}", "{}, {}")]
    fn a_key_is_not_repeated(#[case] text: &str, #[case] shown: &str) {
        for key in [
            whole(),
            format!("maintenant12.{PAYLOAD}"),
            format!("maintenant1.{}", PAYLOAD[..40].replace("eyJ", "eyI")),
            PAYLOAD[..64].to_owned(),
            format!("{PAYLOAD}.{SIGNATURE}"),
        ] {
            assert_eq!(secret(&key), Some(Secret::LicenseKey), "{key}");
            let masked = masked(&text.replace("{}", &key)).into_owned();
            assert_eq!(masked, shown.replace("{}", "(a licence key, not shown)"), "{key}");
        }
    }

    #[rstest]
    #[case("\n")]
    #[case("\r\n")]
    #[case("\n  \t")]
    #[case(" ")]
    #[case("\u{a0}")]
    #[case("\u{feff}")]
    fn a_key_that_is_broken_into_lines_is_not_repeated(#[case] between: &str) {
        for width in [1, 5, 20, 40, 50, 60, 64, 76] {
            let key = folded(&whole(), width, between);
            assert_eq!(secret(&key), Some(Secret::LicenseKey), "{key}");
            for key in [key.clone(), key.escape_debug().to_string(), key.escape_default().to_string()] {
                let text = format!("MAINTENANT_{key} is not a setting");
                assert_eq!(
                    masked(&text),
                    "MAINTENANT_(a licence key, not shown) is not a setting",
                    "{width}: {key}"
                );
            }
        }
    }

    /// What is cut off may go on in the next word, as far as anybody can tell.
    #[test]
    fn the_lines_of_a_key_that_is_cut_off_are_not_repeated() {
        let key = folded(&whole()[..150], 40, "\n");
        assert_eq!(masked(&format!("a `{key}`: no address")), "a `(a licence key, not shown)`: no address");
    }

    #[rstest]
    #[case("`{}`: x", "`(a private key, not shown)`: x")]
    #[case("{} is no", "(a private key, not shown) is no")]
    fn a_private_key_is_not_repeated(#[case] text: &str, #[case] shown: &str) {
        let body = "MC4CAQAwBQYDK2VwBCIEIEzNCUsoJ5bYnbDWrRWxTg9bijGfNaumKtpI9r1Pk/qb";
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----");
        for key in [
            pem.clone(),
            pem.replace('\n', " "),
            pem.escape_debug().to_string(),
            folded(&pem, 11, "\n"),
            "-----BEGIN RSA PRIVATE KEY-----\naGVsbG8=\n-----END RSA PRIVATE KEY-----".to_owned(),
            body.to_owned(),
            folded(body, 20, "\n"),
        ] {
            assert_eq!(secret(&key), Some(Secret::PrivateKey), "{key}");
            assert_eq!(masked(&text.replace("{}", &key)), shown, "{key}");
        }
    }

    #[test]
    fn the_whole_of_a_private_key_without_an_end_is_not_repeated() {
        assert_eq!(masked("-----BEGIN PRIVATE KEY----- aGVs bG8= is no"), "(a private key, not shown)");
    }

    #[rstest]
    #[case("/tmp/{}.db", "/tmp/(this looks like a secret, not shown).db")]
    #[case("{}.{}\nis", "(this looks like a secret, not shown).(this looks like a secret, not shown)\nis")]
    fn what_looks_like_a_part_of_a_key_is_not_repeated(#[case] text: &str, #[case] shown: &str) {
        for row in [SIGNATURE, &format!("A1{}", "a".repeat(70))] {
            assert_eq!(masked(&text.replace("{}", row)), shown);
            assert_eq!(secret(row), None, "it may be a name");
        }
    }

    #[rstest]
    #[case("https://maintenant1.example.com:8443/")]
    #[case("maintenant1.a-rather-long-name-of-a-host.north-1.company.example.com")]
    #[case("arn:aws:eks:eu-west-1:123456789012:cluster/Prod")]
    #[case("gke_my-companys-production-project_northamerica-northeast1-b_cluster-of-the-shop-1")]
    #[case("/var/lib/maintenant/Maintenant.db")]
    #[case("«maintenant» ist's — é")]
    #[case("\\u{} \\u{zz} \\u{61")]
    #[case("")]
    fn names_are_shown(#[case] text: &str) {
        assert_eq!(masked(text), text);
        assert_eq!(secret(text), None);
    }
}
