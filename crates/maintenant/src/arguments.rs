//! The command line: what may be said, and what was.
use crate::detection::Machine;
use crate::plan::Plan;
use crate::settings::variable::{VARIABLES, Variable};
use crate::settings::{Faults, Given};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use domain::scope::Pattern;
use words::{values_of_settings, without_unknown_flags};

pub(crate) mod license;
pub(crate) mod words;

/// What the operator asked for.
#[derive(Debug)]
pub(crate) enum Action {
    /// Watch what the settings name, and serve.
    Serve(Given),
    /// Watch the embedded simulated cluster, and serve.
    Demo(Given, DemoLoad),
    /// Print the state of a running server; again with every change if asked to watch.
    Status { given: Given, url: Option<String>, watch: bool },
    /// Tell by the exit code how a running server finds things.
    Check { given: Given, url: Option<String>, namespaces: Vec<String> },
    /// Tell by the exit code whether a running server answers.
    Health { given: Given, url: Option<String> },
    /// Print the settings in force.
    Config { given: Given, markdown: bool },
    /// Something about licence keys; no server is asked.
    License(license::Action),
}

/// How large the simulated cluster is, and how busy.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct DemoLoad {
    pub(crate) seed: Option<u64>,
    pub(crate) workloads: Option<u32>,
    pub(crate) changes_per_second: Option<u32>,
}

/// Why nothing was done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Help or the version was asked for, or one word is off and nothing else is: clap's own message.
    Clap(clap::Error),
    /// All that is wrong with flags and variables.
    Faults(Faults),
}

/// Reads the command line. What is wrong with it is gathered with the faults of the settings, so that one look shows all.
pub(crate) fn read(
    arguments: &[String],
    environment: impl IntoIterator<Item = (String, String)>,
    machine: &Machine,
) -> Result<Action, Refusal> {
    let environment: Vec<_> = environment.into_iter().collect();
    let (known, unknown) = without_unknown_flags(arguments);
    let matches = match command().try_get_matches_from(&known) {
        Ok(matches) if unknown.is_empty() => matches,
        parsed => {
            let given = Given::new(values_of_settings(&known), environment);
            let faults = || match words::asked_for(&known) {
                None | Some("serve" | "config") => Plan::of(&given, machine).err(),
                Some("license") => None,
                Some(_) => given.settings().err(),
            };
            return Err(refuse(&unknown, parsed.err(), faults));
        }
    };
    let (name, sub) = matches.subcommand().unwrap_or(("serve", &matches));
    let given = given(&[&matches, sub], environment);
    let url = || sub.get_one::<String>("url").cloned();
    Ok(match name {
        "demo" => {
            let load = DemoLoad {
                seed: sub.get_one("seed").copied(),
                workloads: sub.get_one("workloads").copied(),
                changes_per_second: sub.get_one("changes-per-second").copied(),
            };
            Action::Demo(given, load)
        }
        "status" => Action::Status { given, url: url(), watch: sub.get_flag("watch") },
        "check" => {
            let namespaces = sub.get_many::<String>("namespace").into_iter().flatten().cloned().collect();
            Action::Check { given, url: url(), namespaces }
        }
        "health" => Action::Health { given, url: url() },
        "config" => Action::Config { given, markdown: sub.get_flag("markdown") },
        "license" => Action::License(license::read(sub, given)?),
        _ => Action::Serve(given),
    })
}

fn command() -> Command {
    let url = || {
        Arg::new("url")
            .long("url")
            .value_name("URL")
            .help("The server to ask, http://HOST:PORT [default: the listen address]")
    };
    let settings: Vec<Arg> = settings();
    Command::new("maintenant")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Says at any moment whether what you run is healthy, since when, why not, and what changed.")
        .args(settings)
        .subcommand(Command::new("serve").about("Watch and serve the page (what happens without a command)"))
        .subcommand(
            Command::new("demo")
                .about("The same against an embedded simulated cluster in which things go wrong")
                .arg(number::<u64>("seed", "Which course things take").hide(true))
                .arg(number::<u32>("workloads", "How many workloads there are").hide(true))
                .arg(number::<u32>("changes-per-second", "How busy they are").hide(true)),
        )
        .subcommand(
            Command::new("status").about("Print the state of a running server as a table").arg(url()).arg(
                Arg::new("watch")
                    .long("watch")
                    .short('w')
                    .action(ArgAction::SetTrue)
                    .help("Print it again with every change"),
            ),
        )
        .subcommand(
            Command::new("check")
                .about(
                    "Exit with 0 (healthy), 1 (degraded), 2 (failed) or 3 (unknown, unreachable, wrong use)",
                )
                .arg(url())
                .arg(
                    Arg::new("namespace")
                        .long("namespace")
                        .short('n')
                        .value_delimiter(',')
                        .value_parser(namespace)
                        .action(ArgAction::Append)
                        .help("Only these namespaces"),
                ),
        )
        .subcommand(
            Command::new("health").about("Exit with 0 if a running server answers, else with 1").arg(url()),
        )
        .subcommand(
            Command::new("config").about("Print the settings in force and where each came from").arg(
                Arg::new("markdown")
                    .long("markdown")
                    .action(ArgAction::SetTrue)
                    .help("Print the table of the docs"),
            ),
        )
        .subcommand(license::command())
}

fn number<T>(name: &'static str, help: &'static str) -> Arg
where
    T: std::str::FromStr + Clone + Send + Sync + 'static,
    <T as std::str::FromStr>::Err: std::error::Error + Send + Sync,
{
    Arg::new(name).long(name).value_name("N").value_parser(|text: &str| text.parse::<T>()).help(help)
}

/// The name of a namespace. A pattern would leave open what is asked for when nothing fits it.
fn namespace(text: &str) -> Result<String, String> {
    match Pattern::parse(text.trim()) {
        Ok(pattern) if pattern.is_literal() => Ok(pattern.as_str().to_owned()),
        Ok(_) => Err("patterns are not understood here: name each namespace, as in `shop,billing`".into()),
        Err(fault) => Err(format!("{fault}; names are expected, as in `shop,billing`")),
    }
}

/// A flag for each setting, understood before and after the command.
fn settings() -> Vec<Arg> {
    let known = VARIABLES.iter().filter(|variable| variable.has_flag());
    known
        .map(|variable| {
            let help =
                format!("{} [default: {}]", capital(variable.meaning), variable.default).replace('`', "");
            Arg::new(variable.name)
                .long(variable.flag())
                .value_name("VALUE")
                .value_parser(value_parser!(String))
                .global(true)
                .help(help)
        })
        .collect()
}

fn given(levels: &[&ArgMatches], environment: Vec<(String, String)>) -> Given {
    let flags = VARIABLES.iter().filter(|variable| variable.has_flag()).filter_map(|variable| {
        let value = levels.iter().rev().find_map(|matches| matches.get_one::<String>(variable.name))?;
        Some((variable.name, value.clone()))
    });
    Given::new(flags, environment)
}

/// All that is wrong; clap's own message, which shows the usage, where there is nothing else to say.
fn refuse(unknown: &[String], error: Option<clap::Error>, more: impl FnOnce() -> Option<Faults>) -> Refusal {
    let mut faults: Vec<String> = unknown.iter().map(|flag| no_flag(flag)).collect();
    let is_help = |error: &clap::Error| !error.use_stderr();
    // Help is not refused for the state of the environment.
    let error = match error {
        Some(error) if faults.is_empty() && is_help(&error) => return Refusal::Clap(error),
        other => other,
    };
    let more = more().map(|faults| faults.0).unwrap_or_default();
    match error {
        Some(error) if faults.is_empty() && more.is_empty() => return Refusal::Clap(error),
        Some(error) if !is_help(&error) => {
            let message = error.to_string();
            let first = message.lines().next().unwrap_or_default();
            faults.push(first.strip_prefix("error: ").unwrap_or(first).to_owned());
        }
        _ => {}
    }
    faults.extend(more);
    Refusal::Faults(Faults(faults))
}

fn no_flag(flag: &str) -> String {
    let secret = VARIABLES
        .iter()
        .find(|variable| variable.secret && flag.strip_prefix("--") == Some(&variable.flag()));
    match secret {
        Some(Variable { name, .. }) => {
            format!(
                "{flag} is not a flag, since others see what stands on a command line; set {name} instead"
            )
        }
        None => format!("{flag} is not a flag; `maintenant --help` lists them"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        std::iter::once("maintenant").chain(line.split_whitespace()).map(str::to_owned).collect()
    }

    /// In a pod, where there is always something to watch.
    fn read(
        arguments: &[String],
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Action, Refusal> {
        let machine = Machine { service_host: Some("10.0.0.1".into()), ..Machine::default() };
        super::read(arguments, environment, &machine)
    }

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    #[test]
    fn unknown_flags_and_variables_are_said_together() {
        let environment = [("MAINTENANT_COLOUR".to_owned(), "red".to_owned())];
        let Err(Refusal::Faults(faults)) = read(&words("serve --adr :80 --colour=red --db x"), environment)
        else {
            panic!("accepted")
        };
        assert_eq!(faults.0.len(), 3, "{faults}");
        assert!(
            faults.0[0].contains("--adr")
                && faults.0[1].contains("--colour")
                && faults.0[2].contains("MAINTENANT_COLOUR")
        );
    }

    #[test]
    fn a_secret_is_no_flag() {
        for line in ["--license-key x", "serve --license-key=x", "license verify --license-key x"] {
            let Err(Refusal::Faults(faults)) = read(&words(line), []) else { panic!("accepted: {line}") };
            assert_eq!(faults.0.len(), 1, "{line}: {faults}");
            let (text, variable) = ("others see what stands on a command line", "set MAINTENANT_LICENSE_KEY");
            assert!(faults.0[0].contains(text) && faults.0[0].contains(variable), "{line}: {faults}");
        }
    }

    #[test]
    fn values_of_flags_are_checked_whatever_else_is_wrong() {
        let environment = || {
            [
                ("MAINTENANT_COLOUR".to_owned(), "red".to_owned()),
                ("MAINTENANT_ADDR".to_owned(), "x".to_owned()),
            ]
        };
        let (colour, adr) = ("MAINTENANT_COLOUR is not", "--adr is not a flag");
        for (line, expected) in [
            ("serve --adr x --addr nowhere", vec![adr, colour, "--addr: `nowhere`"]),
            ("--addr=nowhere --adr=x serve", vec![adr, colour, "--addr: `nowhere`"]),
            ("--adr --addr nowhere", vec![adr, colour, "--addr: `nowhere`"]),
            ("serve --adr x --log-level", vec![adr, "'--log-level <VALUE>'", colour, "MAINTENANT_ADDR: `x`"]),
            ("--adr x demo --seed many --log-level=loud", {
                vec![adr, "'--seed <N>'", colour, "MAINTENANT_ADDR: `x`", "--log-level: `loud`"]
            }),
            ("serve -x --addr nowhere", vec!["'-x'", colour, "--addr: `nowhere`"]),
            ("serve --base-url", vec!["'--base-url <VALUE>'", colour, "MAINTENANT_ADDR: `x`"]),
            (
                "config --adr x --runtime docker",
                vec![adr, colour, "MAINTENANT_ADDR: `x`", "the Docker runtime"],
            ),
            ("--adr x --runtime docker", vec![adr, colour, "MAINTENANT_ADDR: `x`", "the Docker runtime"]),
            ("status --adr x --runtime docker", vec![adr, colour, "MAINTENANT_ADDR: `x`"]),
        ] {
            let Err(Refusal::Faults(faults)) = read(&words(line), environment()) else { panic!("{line}") };
            assert_eq!(faults.0.len(), expected.len(), "{line}: {faults}");
            for (fault, text) in faults.0.iter().zip(expected) {
                assert!(fault.contains(text), "{line}: `{text}` is not in `{fault}`");
            }
        }
    }

    #[test]
    fn the_words_alone_being_off_and_a_wish_for_help_are_answered_with_the_usage() {
        for (line, environment) in [
            ("serve --addr", None),
            ("servr", None),
            ("--help", Some(("MAINTENANT_COLOUR".to_owned(), "red".to_owned()))),
        ] {
            assert!(matches!(read(&words(line), environment), Err(Refusal::Clap(_))), "{line}");
        }
    }

    #[test]
    fn namespaces_are_named_one_by_one() {
        let Ok(Action::Check { namespaces, .. }) = read(&words("check -n shop,billing -n x"), []) else {
            panic!("refused")
        };
        assert_eq!(namespaces, ["shop", "billing", "x"]);
        for (line, text) in [
            ("check -n shop,", "it is empty"),
            ("check -n ,", "it is empty"),
            ("check -n=", "it is empty"),
            ("check --namespace=team-*", "patterns are not understood here"),
            ("check -n Shop", "only a-z"),
        ] {
            let Err(Refusal::Clap(error)) = read(&words(line), []) else { panic!("accepted: {line}") };
            let message = error.to_string();
            assert!(message.contains(text) && message.contains("--namespace"), "{line}: {message}");
        }
    }

    #[test]
    fn a_setting_may_stand_before_or_after_the_command() {
        for line in ["--addr :81 serve", "serve --addr :81", "--addr=:81"] {
            let Ok(Action::Serve(given)) = read(&words(line), []) else { panic!("refused: {line}") };
            assert_eq!(given.settings().unwrap().addr.port(), 81, "{line}");
        }
    }
}
