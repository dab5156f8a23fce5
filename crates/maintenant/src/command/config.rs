//! `maintenant config`: what is in force, and where each value came from.
use crate::license::mask::masked;
use crate::settings::variable::VARIABLES;
use crate::settings::{Given, Origin, has_lines, without_credentials};
use std::fmt::Write as _;

/// The settings in force, one a line.
pub(crate) fn table(given: &Given) -> String {
    let known = || VARIABLES.iter().filter(|variable| variable.in_this_version);
    let width = known().map(|variable| variable.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for variable in known() {
        let default = variable.default.replace('`', "");
        let (value, origin) = match given.value(variable.name) {
            Some((_, origin)) if variable.secret => ("********".to_owned(), origin),
            Some((value, origin)) if has_lines(value) => ("(more than one line, not shown)".into(), origin),
            Some((value, origin)) => {
                (masked(&without_credentials(value).escape_debug().to_string()).into_owned(), origin)
            }
            None => (default, Origin::Default),
        };
        let from = match origin {
            Origin::Flag => format!("--{}", variable.flag()),
            Origin::Environment => "environment".into(),
            Origin::Default => "default".into(),
        };
        let _ = writeln!(text, "{:<width$}  {value}  ({from})", variable.name);
    }
    text
}
