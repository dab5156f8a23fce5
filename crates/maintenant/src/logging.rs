//! Log lines: for a person on a terminal, as JSON for a machine.
use crate::settings::{LogFormat, Settings};
use std::io::IsTerminal;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging to stderr. Libraries speak from warnings on, and at the chosen level only with `debug` and `trace`.
pub(crate) fn start(settings: &Settings) {
    let level = settings.log_level;
    let ours = ["maintenant", "api", "domain", "engine", "kubernetes", "simulator", "store"];
    let others = if level >= tracing::Level::DEBUG { tracing::Level::INFO } else { tracing::Level::WARN };
    let targets = Targets::new()
        .with_default(others)
        // It logs each connection that fails, without saying whose; the source that it was for says more.
        .with_target("kube_client", (level >= tracing::Level::DEBUG).then_some(others))
        .with_targets(ours.map(|name| (name, level)));
    let json = match settings.log_format {
        LogFormat::Json => true,
        LogFormat::Text => false,
        LogFormat::Auto => !std::io::stderr().is_terminal(),
    };
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    let lines = if json {
        lines.json().flatten_event(true).with_current_span(false).boxed()
    } else {
        lines.with_target(false).boxed()
    };
    tracing_subscriber::registry().with(lines.with_filter(targets)).init();
}
