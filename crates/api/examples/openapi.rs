//! Prints the OpenAPI document: `cargo run -p api --example openapi > crates/api/openapi.json`.
use std::io::{self, Write};

fn main() -> io::Result<()> {
    io::stdout().write_all(api::openapi_document().as_bytes())
}
