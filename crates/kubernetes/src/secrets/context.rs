//! What stands before a name of a secret.

/// How far back it is looked for, in bytes: enough for a word, and a text of names alone is still read in one go.
const WINDOW: usize = 256;
/// What brackets and quotes a name.
const OPENING: [char; 7] = ['(', '[', '{', '"', '\'', '\\', ','];
/// Names of resources and of users with such a beginning are paths, whose parts no colon gives a value.
const PATHS: [&str; 3] = ["arn:", "urn:", "system:"];
/// Behind these words stands what is used.
const MARKERS: [&str; 7] = ["with", "using", "use", "used", "uses", "via", "and"];

/// The words before a name, on its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context<'a> {
    /// The word before that of the name
    pub(super) previous: &'a str,
    /// What stands before the name in its own word
    attached: &'a str,
    line: &'a str,
}

impl<'a> Context<'a> {
    /// Of a name that stands at that place.
    pub(super) fn before(text: &'a str, start: usize) -> Self {
        let window = text.floor_char_boundary(start.saturating_sub(WINDOW));
        let line = text[window..start].rsplit('\n').next().unwrap_or_default();
        let words = line.trim_end_matches(|c: char| !c.is_whitespace());
        let attached = &line[words.len()..];
        let previous = words.split_whitespace().next_back().unwrap_or_default();
        Self { previous: previous.trim_start_matches(OPENING), attached, line }
    }

    /// The same, of two words that are one name: `API key`.
    pub(super) fn without_previous(self) -> Self {
        let words = self.line.trim_end().trim_end_matches(|c: char| !c.is_whitespace());
        let previous = words.split_whitespace().next_back().unwrap_or_default();
        Self { previous, ..self }
    }

    /// Whether something begins with the name: the line, or a clause of it.
    pub(super) fn begins(&self) -> bool {
        let (attached, previous) = (self.attached.trim_start_matches(OPENING), self.previous);
        let is_level = previous.len() > 1 && previous.chars().all(|c| c.is_ascii_uppercase());
        let ends = |word: &str| word.ends_with(|c: char| c.is_ascii_punctuation());
        !attached.is_empty() || previous.is_empty() || is_level || ends(previous) || self.is_marked()
    }

    /// Whether it is said that the secret is used.
    pub(super) fn is_marked(&self) -> bool {
        MARKERS.iter().any(|marker| self.previous.eq_ignore_ascii_case(marker))
    }

    /// Whether the name is itself a value or a part of something: `container=token`, `auth/token`.
    pub(super) fn is_part(&self) -> bool {
        self.attached.ends_with(['=', '/'])
    }

    /// Whether what follows a colon is a part of the same name.
    pub(super) fn is_path(&self) -> bool {
        let word = self.attached.trim_start_matches(OPENING);
        self.attached.ends_with('/')
            || PATHS.iter().any(|path| word.starts_with(path))
            || self.is_said("image")
    }

    /// Whether the word before is that one.
    pub(super) fn is_said(&self, word: &str) -> bool {
        self.previous.eq_ignore_ascii_case(word)
    }

    /// Whether a list is open, as of containers: `[web api-token]`.
    pub(super) fn is_in_list(&self) -> bool {
        let bracket = self.line.rfind(['[', ']']);
        bracket.is_some_and(|at| self.line[at..].starts_with('['))
    }

    /// The quote that the name begins in, with its backslashes.
    pub(super) fn quote(&self) -> Option<&'a str> {
        let quote = self.attached.chars().next_back().filter(|c| matches!(c, '"' | '\'' | '`'))?;
        let before = self.attached.trim_end_matches(quote).trim_end_matches('\\').len();
        Some(&self.attached[before..]).filter(|quote| quote.len() < 8)
    }
}
