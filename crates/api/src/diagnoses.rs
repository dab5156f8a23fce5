//! The page of the docs about the published codes.
use domain::diagnosis::Code;
use std::fmt::Write;

const HEAD: &str = "\
# Diagnoses

What is wrong, or going on, is said with one of these codes. They stand in the order of precedence: where several causes hold, the first of this list is
said. The sentence beside a code names the object, the fact and the effect on service; this page says what the code means, how to see for yourself,
and how to mend it. `NAMESPACE`, `POD` and the like stand for the names in the sentence.

This page is made from the code: `cargo run -p api --example diagnoses > docs/diagnoses.md`.
";

/// The page, in Markdown.
pub(crate) fn text() -> String {
    let mut text = HEAD.to_owned();
    for code in Code::ALL {
        let guide = code.guide();
        let mut paragraph = |words: std::fmt::Arguments<'_>| {
            text.write_fmt(words).expect("a String takes all that is written");
        };
        paragraph(format_args!("\n## {}\n\n{}\n\n", code.as_str(), guide.meaning));
        paragraph(format_args!("- See: `{}`\n", guide.confirm));
        if let Some(mend) = guide.mend {
            paragraph(format_args!("- Mend: {mend}\n"));
        }
    }
    text
}
