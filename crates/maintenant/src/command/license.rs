//! `maintenant license`: what a key is worth, and for the vendor how one is made. Nobody is asked for it.
use crate::arguments::license::Action;
use crate::license::{LicenseKey, PUBLIC_KEY, key, private_key};
use crate::say;
use crate::settings::Faults;
use crate::settings::variable::LICENSE_KEY;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::license::{Held, License, Standing, State};
use domain::time::Time;
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, Read, Write as _};

/// A key that is not in force.
const NOT_IN_FORCE: u8 = 1;

/// Does it at `now`, and answers the exit code.
pub(crate) fn run(action: Action, now: Timestamp) -> anyhow::Result<u8> {
    match action {
        Action::Verify { given, key_file } => {
            let key = match key_file {
                Some(file) => {
                    Some(LicenseKey::new(&read(&file).map_err(|problem| fault("--key-file", &problem))?))
                }
                None => given.license_key(),
            };
            verify(key.as_ref(), now)
        }
        Action::Issue { private_key, wish } => issue(&private_key, wish.license(now), now),
        Action::PublicKey { private_key } => {
            say(&STANDARD.encode(vendor(&private_key)?.key.verifying_key().as_bytes()))?;
            Ok(0)
        }
    }
}

fn verify(key: Option<&LicenseKey>, now: Timestamp) -> anyhow::Result<u8> {
    let Some(key) = key else {
        return Err(Faults(vec![format!(
            "no licence key: set {LICENSE_KEY}, or name a file with --key-file"
        )])
        .into());
    };
    let held = key.held();
    let standing = held.standing(Time::from_millis(now.as_millisecond()));
    say(&table(&standing))?;
    let is_in_force = matches!(standing.state, State::Valid | State::Grace);
    match standing.finding {
        Some(finding) if is_in_force => say(&finding)?,
        // With stderr closed there is nobody left to tell.
        Some(finding) => drop(writeln!(io::stderr(), "maintenant: {finding}")),
        None => {}
    }
    Ok(if is_in_force { 0 } else { NOT_IN_FORCE })
}

/// What the key says, one thing a line.
fn table(standing: &Standing<'_>) -> String {
    let mut rows = vec![("state", standing.state.as_str().to_owned())];
    if let Some(License { licensee, edition, features, issued, expires }) = standing.license {
        let time = |time: Time| {
            Timestamp::from_millisecond(time.as_millis())
                .map_or_else(|_| "unknown".into(), |time| time.to_string())
        };
        rows.extend([
            ("licensee", licensee.to_string()),
            ("edition", edition.as_str().to_owned()),
            ("features", if features.is_empty() { "none".into() } else { features.join(", ") }),
            ("issued", time(*issued)),
            ("expires", time(*expires)),
        ]);
    }
    rows.iter().map(|(name, value)| format!("{name:<8}  {value}")).collect::<Vec<_>>().join("\n")
}

fn issue(private_key: &str, license: License, now: Timestamp) -> anyhow::Result<u8> {
    let vendor = vendor(private_key)?;
    let text = key::write(&license, &vendor.key)
        .map_err(|problem| Faults(vec![format!("no such key can be made: {problem}")]))?;
    if PUBLIC_KEY != Some(vendor.key.verifying_key().to_bytes()) {
        warn(
            "this build carries another public key, or none: only a build with that of this private key takes the licence",
        );
    }
    let held = Held::Genuine(license);
    let standing = held.standing(Time::from_millis(now.as_millisecond()));
    if let (State::Grace | State::Expired, Some(finding)) = (standing.state, standing.finding) {
        warn(&format!("this key is past its end already: {finding}"));
    }
    say(&text)?;
    Ok(0)
}

/// The private key, with a warning where others may read it.
fn vendor(path: &str) -> Result<private_key::Found, Faults> {
    let found = private_key::read(path).map_err(|problem| fault("--private-key", &problem))?;
    if let Some(warning) = &found.warning {
        warn(warning);
    }
    Ok(found)
}

/// What is in the file, as far as a key can be long and a little beyond.
fn read(file: &str) -> Result<String, String> {
    let most = key::LONGEST as u64 + 1;
    let mut bytes = Vec::new();
    let read = match file {
        "-" => io::stdin().take(most).read_to_end(&mut bytes),
        _ => File::open(file).and_then(|file| file.take(most).read_to_end(&mut bytes)),
    };
    let fault = |problem: &dyn std::fmt::Display| format!("`{}`: {problem}", file.escape_debug());
    read.map_err(|error| fault(&error))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if text.trim().is_empty() { Err(fault(&"there is no key in it")) } else { Ok(text) }
}

fn fault(flag: &str, problem: &str) -> Faults {
    Faults(vec![format!("{flag}: {problem}")])
}

fn warn(warning: &str) {
    // With stderr closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "maintenant: {warning}");
}
