//! The words of the command line as they stand: what can be told of them when clap takes them for nonsense.
use super::{command, settings};
use crate::settings::variable::VARIABLES;
use clap::Arg;

/// The command that is asked for, however wrong the rest may be; none where nothing but flags is there.
pub(crate) fn asked_for(arguments: &[String]) -> Option<&str> {
    let taking: Vec<String> =
        settings().iter().filter_map(|setting| setting.get_long()).map(|flag| format!("--{flag}")).collect();
    let mut rest = arguments.iter().skip(1);
    while let Some(argument) = rest.next() {
        if taking.contains(argument) {
            rest.next();
        } else if !argument.starts_with('-') {
            return Some(argument);
        }
    }
    None
}

/// The arguments without the long flags that no command knows, and these, in the order given. The word after such a
/// flag is taken for its value, unless it is a command.
pub(super) fn without_unknown_flags(arguments: &[String]) -> (Vec<String>, Vec<String>) {
    let command = command();
    let mut flags: Vec<&str> = vec!["help", "version"];
    let mut levels = vec![&command];
    while let Some(level) = levels.pop() {
        flags.extend(level.get_arguments().filter_map(Arg::get_long));
        levels.extend(level.get_subcommands());
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
pub(super) fn values_of_settings(arguments: &[String]) -> Vec<(&'static str, String)> {
    let mut values = Vec::new();
    let mut rest = arguments.iter().take_while(|argument| *argument != "--").peekable();
    while let Some(argument) = rest.next() {
        let Some((flag, value)) = flag_and_value(argument) else { continue };
        let mut known = VARIABLES.iter().filter(|variable| variable.has_flag());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_is_known_whatever_else_is_said() {
        for (line, command) in [
            ("check", Some("check")),
            ("--addr :81 check", Some("check")),
            ("--log-level debug check --bogus", Some("check")),
            ("--addr=:81 check -n shop", Some("check")),
            ("", None),
            ("--addr check", None),
            ("status", Some("status")),
            ("--addr check serve", Some("serve")),
            ("serve check", Some("serve")),
            ("--bogus status check", Some("status")),
        ] {
            let words: Vec<String> =
                std::iter::once("maintenant").chain(line.split_whitespace()).map(str::to_owned).collect();
            assert_eq!(asked_for(&words), command, "{line}");
        }
    }
}
