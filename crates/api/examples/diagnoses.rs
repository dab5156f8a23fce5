//! Prints the page about the published codes: `cargo run -p api --example diagnoses > docs/diagnoses.md`.
use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(api::diagnoses_document().as_bytes())
}
