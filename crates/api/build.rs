//! The web page is embedded from `web/dist`, which `npm run build` makes. A build without it must still compile: an
//! empty folder embeds nothing, and the server then says how to build the page.
use std::path::Path;

fn main() -> std::io::Result<()> {
    let dist = Path::new("../../web/dist");
    std::fs::create_dir_all(dist)?;
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", dist.display());
    Ok(())
}
