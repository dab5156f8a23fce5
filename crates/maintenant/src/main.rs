//! maintenant: says at any moment whether what you run is healthy, since when, why not, and what changed.
use arguments::{Action, Refusal};
use detection::Machine;
use plan::Plan;
use settings::{Faults, Given, Settings};
use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;

mod arguments;
mod command;
mod detection;
mod license;
mod logging;
mod memory_limit;
mod plan;
mod serve;
mod server;
mod settings;

/// A fault in the configuration or on the command line.
const MISUSED: u8 = 2;

fn main() -> ExitCode {
    // What is not text keeps a mark that no setting accepts, so that it is refused by name.
    let arguments: Vec<String> =
        std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let checking = arguments::words::asked_for(&arguments) == Some("check");
    let misused = if checking { command::check::UNKNOWN } else { MISUSED };
    let machine = Machine::here();
    let action = match arguments::read(&arguments, environment(), &machine) {
        Ok(action) => action,
        Err(Refusal::Clap(error)) => {
            let code = if error.use_stderr() { misused } else { 0 };
            let message = error.to_string();
            match license::mask::masked(&message) {
                // A closed pipe is no reason to fail after help was asked for.
                Cow::Borrowed(_) => drop(error.print()),
                Cow::Owned(masked) => drop(write!(std::io::stderr(), "{masked}")),
            }
            return ExitCode::from(code);
        }
        Err(Refusal::Faults(faults)) => return complain(&faults, misused),
    };
    let result = match action {
        Action::Config { given, markdown } => config(&given, markdown, &machine),
        Action::Serve(given) => Plan::of(&given, &machine).map_err(Into::into).and_then(serve::serve),
        Action::Demo(given, load) => configured(&given, |settings| serve::demo(&settings, load)),
        Action::Status { given, url, watch } => configured(&given, |settings| {
            let server = server::Server::new(url, &settings)?;
            command::status::run(&server, watch, now).map(|()| 0)
        }),
        Action::Check { given, url, namespaces } => configured(&given, |settings| {
            let server = server::Server::new(url, &settings)?;
            command::check::run(&server, &namespaces, now())
        }),
        Action::Health { given, url } => configured(&given, |settings| {
            let server = server::Server::new(url, &settings)?;
            server.json::<serde_json::Value>("/api/v1/health").map(|_| 0)
        }),
        Action::License(action) => command::license::run(action, now()),
    };
    match result {
        Ok(code) => ExitCode::from(code),
        Err(error) => match error.downcast_ref::<Faults>() {
            Some(faults) => complain(faults, misused),
            None => complain(&format!("{error:#}"), if checking { command::check::UNKNOWN } else { 1 }),
        },
    }
}

/// Prints a line of data.
pub(crate) fn say(line: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

fn configured(given: &Given, run: impl FnOnce(Settings) -> anyhow::Result<u8>) -> anyhow::Result<u8> {
    run(given.settings()?)
}

fn config(given: &Given, markdown: bool, machine: &Machine) -> anyhow::Result<u8> {
    if markdown {
        say(settings::variable::markdown().trim_end())?;
        return Ok(0);
    }
    say(command::config::table(given).trim_end())?;
    Plan::of(given, machine)?;
    Ok(0)
}

fn complain(problem: &dyn std::fmt::Display, code: u8) -> ExitCode {
    let problem = problem.to_string();
    // With stderr closed there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "maintenant: {}", license::mask::masked(problem.trim_end()));
    ExitCode::from(code)
}

/// The environment. What is not text keeps a mark that no setting accepts.
#[expect(clippy::disallowed_methods, reason = "this is the place where the environment is read")]
fn environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned()))
        .collect()
}

#[expect(clippy::disallowed_methods, reason = "the binary holds the clock")]
fn now() -> jiff::Timestamp {
    jiff::Timestamp::now()
}
