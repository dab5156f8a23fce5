//! The command line: what may be said, and what was.
use crate::settings::variable::VARIABLES;
use crate::settings::{Faults, Given};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

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
) -> Result<Action, Refusal> {
    let environment: Vec<_> = environment.into_iter().collect();
    let (known, unknown) = without_unknown_flags(arguments);
    let matches = match command().try_get_matches_from(&known) {
        Ok(matches) if unknown.is_empty() => matches,
        parsed => {
            let given = Given::new(values_of_settings(&known), environment);
            return Err(refuse(&unknown, parsed.err(), &given));
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
        _ => Action::Serve(given),
    })
}

/// Whether this is a `maintenant check`, whose exit codes mean something else, however wrong the rest may be.
pub(crate) fn is_check(arguments: &[String]) -> bool {
    let taking: Vec<String> =
        settings().iter().filter_map(|setting| setting.get_long()).map(|flag| format!("--{flag}")).collect();
    let mut rest = arguments.iter().skip(1);
    while let Some(argument) = rest.next() {
        if taking.contains(argument) {
            rest.next();
        } else if !argument.starts_with('-') {
            return argument == "check";
        }
    }
    false
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
        .disable_help_subcommand(true)
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
}

fn number<T>(name: &'static str, help: &'static str) -> Arg
where
    T: std::str::FromStr + Clone + Send + Sync + 'static,
    <T as std::str::FromStr>::Err: std::error::Error + Send + Sync,
{
    Arg::new(name).long(name).value_name("N").value_parser(|text: &str| text.parse::<T>()).help(help)
}

/// A flag for each setting, understood before and after the command.
fn settings() -> Vec<Arg> {
    let known = VARIABLES.iter().filter(|variable| variable.in_this_version);
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
    let flags = VARIABLES.iter().filter(|variable| variable.in_this_version).filter_map(|variable| {
        let value = levels.iter().rev().find_map(|matches| matches.get_one::<String>(variable.name))?;
        Some((variable.name, value.clone()))
    });
    Given::new(flags, environment)
}

/// All that is wrong; clap's own message, which shows the usage, where there is nothing else to say.
fn refuse(unknown: &[String], error: Option<clap::Error>, given: &Given) -> Refusal {
    let more = given.settings().err().map(|faults| faults.0).unwrap_or_default();
    let mut faults: Vec<String> =
        unknown.iter().map(|flag| format!("{flag} is not a flag; `maintenant --help` lists them")).collect();
    match error {
        // Help is not refused for the state of the environment.
        Some(error) if faults.is_empty() && (more.is_empty() || !error.use_stderr()) => {
            return Refusal::Clap(error);
        }
        Some(error) if error.use_stderr() => {
            let message = error.to_string();
            let first = message.lines().next().unwrap_or_default();
            faults.push(first.strip_prefix("error: ").unwrap_or(first).to_owned());
        }
        _ => {}
    }
    faults.extend(more);
    Refusal::Faults(Faults(faults))
}

/// The arguments without the long flags that no command knows, and these, in the order given. The word after such a
/// flag is taken for its value, unless it is a command.
fn without_unknown_flags(arguments: &[String]) -> (Vec<String>, Vec<String>) {
    let command = command();
    let mut flags: Vec<&str> = vec!["help", "version"];
    for level in std::iter::once(&command).chain(command.get_subcommands()) {
        flags.extend(level.get_arguments().filter_map(Arg::get_long));
    }
    let is_word = |argument: &str| !argument.starts_with('-') && command.find_subcommand(argument).is_none();
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    let mut rest = arguments.iter().peekable();
    while let Some(argument) = rest.next() {
        if argument == "--" {
            known.push(argument.clone());
            known.extend(rest.cloned());
            break;
        }
        match flag_and_value(argument) {
            Some((flag, value)) if !flags.contains(&flag) => {
                unknown.push(format!("--{flag}"));
                if value.is_none() {
                    rest.next_if(|next| is_word(next));
                }
            }
            _ => known.push(argument.clone()),
        }
    }
    (known, unknown)
}

/// The values of settings among arguments that clap does not take: the last of each.
fn values_of_settings(arguments: &[String]) -> Vec<(&'static str, String)> {
    let mut values = Vec::new();
    let mut rest = arguments.iter().take_while(|argument| *argument != "--").peekable();
    while let Some(argument) = rest.next() {
        let Some((flag, value)) = flag_and_value(argument) else { continue };
        let mut known = VARIABLES.iter().filter(|variable| variable.in_this_version);
        let Some(variable) = known.find(|variable| variable.flag() == flag) else { continue };
        let next = || rest.next_if(|next| !next.starts_with('-')).cloned();
        values.extend(value.map(str::to_owned).or_else(next).map(|value| (variable.name, value)));
    }
    values
}

/// The name of a long flag, and the value that is in the same word.
fn flag_and_value(argument: &str) -> Option<(&str, Option<&str>)> {
    let flag = argument.strip_prefix("--")?;
    Some(flag.split_once('=').map_or((flag, None), |(flag, value)| (flag, Some(value))))
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
    fn a_check_is_known_by_its_command_and_nothing_else() {
        for line in
            ["check", "--addr :81 check", "--log-level debug check --bogus", "--addr=:81 check -n shop"]
        {
            assert!(is_check(&words(line)), "{line}");
        }
        for line in ["", "status", "--addr check serve", "serve check", "--bogus status check"] {
            assert!(!is_check(&words(line)), "{line}");
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
