//! The text of `/metrics`.
use super::family::{Family, FamilyKind};
use super::workloads::Workloads;
use super::{process, state, storage};
use crate::app::App;
use crate::error::ApiError;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

/// Writes all metrics, as `application/openmetrics-text`, which readers of Prometheus' older format understand.
pub(crate) async fn write(app: &App) -> Result<String, ApiError> {
    let storage = app.history.storage().await;
    let snapshot = app.snapshot();
    let mut registry = Registry::with_prefix("maintenant");
    let metrics = &app.metrics;
    registry.register(
        "http_requests",
        "Answers to HTTP requests, by route and status code",
        metrics.requests.clone(),
    );
    registry.register(
        "http_request_duration_seconds",
        "Time until an answer's headers were ready, by route",
        metrics.durations.clone(),
    );
    let mut families = state::families(app, &snapshot);
    families.extend(storage::families(&storage));
    families.extend(app.streams.families());
    families.extend(app.context.metrics.iter().flat_map(|measure| measure()));
    registry.register_collector(Box::new(Measured(families)));
    registry.register_collector(Box::new(Workloads(snapshot)));
    let mut process = Registry::default();
    let about = &app.context.about;
    process.register_collector(Box::new(Measured(process::families(about.started, about.memory_limit))));
    // Megabytes in a large cluster: made aside, so that nobody waits for them.
    let written = tokio::task::spawn_blocking(move || encode(&registry, &process)).await;
    match written {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(error)) => {
            tracing::error!(%error, "the metrics could not be written");
            Err(ApiError::Internal)
        }
        Err(failure) if failure.is_panic() => std::panic::resume_unwind(failure.into_panic()),
        // The runtime is being shut down.
        Err(_) => Err(ApiError::Internal),
    }
}

fn encode(registry: &Registry, process: &Registry) -> Result<String, std::fmt::Error> {
    let mut written = String::with_capacity(64 * 1024);
    text::encode_registry(&mut written, registry)?;
    text::encode_registry(&mut written, process)?;
    text::encode_eof(&mut written)?;
    Ok(written)
}

/// Families that are complete.
#[derive(Debug)]
struct Measured(Vec<Family>);

impl Collector for Measured {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        for family in &self.0 {
            let kind = match family.kind {
                FamilyKind::Counter => MetricType::Counter,
                FamilyKind::Gauge => MetricType::Gauge,
            };
            // The registry ends the help of its own metrics so.
            let help = format!("{}.", family.help);
            let mut described = encoder.encode_descriptor(family.name, &help, None, kind)?;
            for sample in &family.samples {
                if sample.labels.is_empty() {
                    write_value(family.kind, sample.value, &mut described)?;
                } else {
                    write_value(family.kind, sample.value, &mut described.encode_family(&sample.labels)?)?;
                }
            }
        }
        Ok(())
    }
}

fn write_value(kind: FamilyKind, value: f64, encoder: &mut MetricEncoder<'_>) -> Result<(), std::fmt::Error> {
    match kind {
        FamilyKind::Counter => encoder.encode_counter::<NoLabelSet, f64, f64>(&value, None),
        FamilyKind::Gauge => encoder.encode_gauge(&value),
    }
}
