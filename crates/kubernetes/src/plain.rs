//! The words of others without what is not seen: sequences for terminals, control characters, changes of direction.

use std::borrow::Cow;

/// The text as a person can read it. Lines and tabs stay.
pub(crate) fn plain(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if c == '\u{1b}' {
            // ECMA-48: after `ESC [` come parameters, and a letter ends it.
            if characters.next_if_eq(&'[').is_some() {
                while characters.next_if(|c| !c.is_ascii_alphabetic()).is_some() {}
                characters.next();
            }
        } else if c.is_control() && is_unseen(c) {
            // A line that is written over by the next must not grow together with it.
            out.push(' ');
        } else if !is_unseen(c) {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

fn is_unseen(c: char) -> bool {
    is_format(c) || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Zero width, or a change of direction (Unicode category Cf, as far as text uses it): it may turn round what is seen. The
/// joiners stay, since emoji and some scripts are made with them.
const fn is_format(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::plain;
    use rstest::rstest;

    #[rstest]
    #[case::nothing("db down\n\tat café", "db down\n\tat café")]
    #[case::colours("\u{1b}[31;1mERROR\u{1b}[0m db down", "ERROR db down")]
    #[case::a_sequence_without_end("db\u{1b}[31", "db")]
    #[case::written_over("10 %\r20 %\u{8}", "10 % 20 % ")]
    #[case::directions("\u{202e}nwod\u{202c} db", "nwod db")]
    #[case::a_family("👩\u{200d}👩\u{200d}👧 \u{200b}db", "👩\u{200d}👩\u{200d}👧 db")]
    fn what_is_not_seen_goes(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(plain(text), expected);
    }
}
