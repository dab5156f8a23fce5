//! The words of others without what is not seen: sequences for terminals, control characters, changes of direction.

use std::borrow::Cow;
use std::iter::Peekable;
use std::str::Chars;

/// What of the text a person sees. Lines and tabs stay.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        if is_ignorable(c) || (is_joiner(c) && joins_nothing(&out)) {
            continue;
        }
        match c {
            '\u{1b}' => skip_sequence(&mut characters),
            '\u{9b}' => skip_control_sequence(&mut characters),
            '\u{9d}' | '\u{90}' | '\u{98}' | '\u{9e}' | '\u{9f}' => skip_string(&mut characters),
            '\n' | '\t' => out.push(c),
            // A line that is written over by the next must not grow together with it.
            _ if c.is_control() => out.push(' '),
            _ => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What ECMA-48 has behind an escape. No sequence takes a character that cannot be of it: what is broken hides no text.
fn skip_sequence(characters: &mut Peekable<Chars<'_>>) {
    match characters.peek() {
        Some('[') => {
            characters.next();
            skip_control_sequence(characters);
        }
        // Titles, links, and what else is meant for the terminal alone
        Some(']' | 'P' | 'X' | '^' | '_') => {
            characters.next();
            skip_string(characters);
        }
        _ => {
            while characters.next_if(|c| matches!(c, '!'..='/')).is_some() {}
            characters.next_if(|c| matches!(c, '0'..='~'));
        }
    }
}

/// Parameters, then the byte that ends them, which need not be a letter: `ESC [ 1 ~`.
fn skip_control_sequence(characters: &mut Peekable<Chars<'_>>) {
    while characters.next_if(|c| matches!(c, ' '..='?')).is_some() {}
    characters.next_if(|c| matches!(c, '@'..='~'));
}

/// A string that `BEL` or `ESC \` ends, before any other control character: one without an end is none, and its text is shown.
fn skip_string(characters: &mut Peekable<Chars<'_>>) {
    let mut ahead = characters.clone();
    let Some(end) = ahead.find(|c| c.is_control()) else { return };
    if matches!(end, '\u{7}' | '\u{9c}') || (end == '\u{1b}' && ahead.next_if_eq(&'\\').is_some()) {
        *characters = ahead;
    }
}

fn is_unseen(c: char) -> bool {
    is_ignorable(c) || is_joiner(c) || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// Zero width, or a change of direction (Unicode's `Default_Ignorable_Code_Point`, and what annotates): it may turn round what
/// is seen, or stand within a word so that nobody finds it.
const fn is_ignorable(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// What emoji and some scripts are put together with.
const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}' | '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}')
}

/// Nothing is joined to a letter of ours, which another would only be hidden behind.
fn joins_nothing(before: &str) -> bool {
    before.chars().next_back().is_none_or(|c| c.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::visible;
    use rstest::rstest;

    #[rstest]
    #[case::nothing("db down\n\tat café", "db down\n\tat café")]
    #[case::colours("\u{1b}[31;1mERROR\u{1b}[0m db down", "ERROR db down")]
    #[case::a_sequence_without_end("db\u{1b}[31", "db")]
    #[case::a_sequence_that_no_letter_ends("\u{1b}[1~ERROR", "ERROR")]
    #[case::a_broken_one_before_a_line("a\u{1b}[\n密码错: db", "a\n密码错: db")]
    #[case::a_broken_one_before_letters("\u{1b}[31密码错", "密码错")]
    #[case::of_one_character("\u{9b}31mdb\u{9b}0m down", "db down")]
    #[case::a_title("\u{1b}]0;title\u{7}db down", "db down")]
    #[case::a_link("\u{1b}]8;;http://x\u{1b}\\db\u{1b}]8;;\u{1b}\\ down", "db down")]
    #[case::a_title_without_end("\u{1b}]0;db down\nnext", "0;db down\nnext")]
    #[case::many_titles_without_end("\u{1b}]\u{1b}]db", "db")]
    #[case::a_set_of_characters("\u{1b}(B\u{1b}[mdb down", "db down")]
    #[case::a_reset("\u{1b}cdb\u{1b} down", "db down")]
    #[case::an_escape_at_the_end("db\u{1b}", "db")]
    #[case::written_over("10 %\r20 %\u{8}", "10 % 20 % ")]
    #[case::directions("\u{202e}nwod\u{202c} db", "nwod db")]
    #[case::marks_of_direction("pass\u{61c}word", "password")]
    #[case::tags("db\u{e0068}\u{e0069} down", "db down")]
    #[case::joiners_in_a_word("pass\u{200d}wo\u{fe0f}rd", "password")]
    #[case::a_family("👩\u{200d}👩\u{200d}👧 \u{200b}db", "👩\u{200d}👩\u{200d}👧 db")]
    #[case::a_script("می\u{200c}خواهم", "می\u{200c}خواهم")]
    fn what_is_not_seen_goes(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(visible(text), expected);
    }

    #[test]
    fn titles_without_end_hide_nothing_however_many_there_are() {
        assert_eq!(visible(&format!("{}db", "\u{1b}]".repeat(200_000))), "db");
    }
}
