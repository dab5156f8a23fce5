//! The text that a person searches for.
use super::Parameters;

/// Words that must all be found, in any order and place, whatever the case of their ASCII letters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Phrase(Vec<String>);

impl Phrase {
    /// From parameter `q`.
    pub(crate) fn read(parameters: &mut Parameters) -> Self {
        let text = parameters.text("q").unwrap_or_default();
        Self(text.split_whitespace().map(str::to_ascii_lowercase).collect())
    }

    /// Whether it asks for anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether each word is in one of the texts.
    pub(crate) fn is_in<'a>(&self, texts: &(impl Iterator<Item = &'a str> + Clone)) -> bool {
        self.0.iter().all(|word| texts.clone().any(|text| contains(text.as_bytes(), word.as_bytes())))
    }
}

/// Whether `text` contains `word`, which is in lower case and not empty. Only places that begin with the word's first
/// letter are compared: a search over 10,000 rows must not be felt.
fn contains(text: &[u8], word: &[u8]) -> bool {
    let Some(first) = word.first() else { return true };
    memchr::memchr2_iter(*first, first.to_ascii_uppercase(), text)
        .any(|at| text.get(at..at + word.len()).is_some_and(|part| part.eq_ignore_ascii_case(word)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("", true)]
    #[case("web", true)]
    #[case("WEB", true)]
    #[case("shop api", true)]
    #[case("api shop", true)]
    #[case("api:1.9", true)]
    #[case("été", true)]
    #[case("api:1.90", false)]
    #[case("shop nothing", false)]
    fn all_words_must_be_found_somewhere(#[case] query: &str, #[case] found: bool) {
        let mut parameters = Parameters::read(
            Some(&form_urlencoded::Serializer::new(String::new()).append_pair("q", query).finish()),
            &["q"],
        );
        let phrase = Phrase::read(&mut parameters);
        let texts = ["Shop", "web-frontend", "registry.example/api:1.9", "un été"];
        assert_eq!(phrase.is_in(&texts.into_iter()), found);
        assert_eq!(phrase.is_empty(), query.is_empty());
    }
}
