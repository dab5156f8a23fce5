//! Log lines: for a person on a terminal, as JSON for a machine.
use crate::settings::{LogFormat, Settings};
use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging to stderr. Libraries speak from warnings on, and at the chosen level only with `debug` and `trace`.
pub(crate) fn start(settings: &Settings) {
    let level = settings.log_level;
    let ours = ["maintenant", "api", "domain", "engine", "kubernetes", "simulator", "store"];
    let others = if level >= tracing::Level::DEBUG { tracing::Level::INFO } else { tracing::Level::WARN };
    let directives = ours.iter().fold(others.to_string(), |all, name| format!("{all},{name}={level}"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(directives))
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let json = match settings.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    if json {
        builder.json().flatten_event(true).with_current_span(false).init();
    } else {
        builder.with_target(false).init();
    }
}
