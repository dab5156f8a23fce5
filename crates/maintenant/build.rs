//! Bakes in the public key that licences are checked with: `MAINTENANT_LICENSE_PUBLIC_KEY`, as docs/license.md has it.
use std::env;
use std::path::Path;

#[path = "build/public_key.rs"]
mod public_key;

const VARIABLE: &str = "MAINTENANT_LICENSE_PUBLIC_KEY";

#[expect(clippy::disallowed_methods, reason = "cargo tells a build script everything in variables")]
fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/public_key.rs");
    println!("cargo::rerun-if-env-changed={VARIABLE}");
    let variable = |name| env::var(name).map_err(|error| format!("{name}: {error}"));
    let given = match env::var(VARIABLE) {
        Ok(given) => Some(given),
        Err(env::VarError::NotPresent) => None,
        Err(error) => return Err(format!("{VARIABLE}: {error}")),
    };
    let debug_assertions = env::var_os("CARGO_CFG_DEBUG_ASSERTIONS").is_some();
    let key = match public_key::choose(given.as_deref(), &variable("PROFILE")?, debug_assertions) {
        Ok(key) => key,
        Err(problem) => {
            println!("cargo::error={VARIABLE}: {problem}");
            return Ok(());
        }
    };
    let file = Path::new(&variable("OUT_DIR")?).join("public_key.rs");
    std::fs::write(&file, format!("{key:?}")).map_err(|error| format!("{}: {error}", file.display()))
}
