//! The workloads' part of `/metrics`, written straight from the rows: there may be tens of thousands of series.
use domain::id::Kind;
use domain::state::Cluster;
use domain::workload::Row;
use engine::Snapshot;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::DescriptorEncoder;
use prometheus_client::metrics::MetricType;
use std::borrow::Cow;
use std::fmt::Error;
use std::sync::Arc;

/// The workloads of a snapshot.
#[derive(Debug)]
pub(super) struct Workloads(pub(super) Arc<Snapshot>);

type Value = fn(&Row) -> Option<f64>;

/// Of each workload one value, where there is one.
const VALUES: [(&str, &str, Value); 7] = [
    ("workload_since_timestamp_seconds", "When the status was entered, in seconds since 1970.", |row| {
        Some(row.since.as_millis() as f64 / 1000.0)
    }),
    ("workload_desired_pods", "Pods asked for.", |row| row.desired.map(f64::from)),
    ("workload_ready_pods", "Pods that are ready.", |row| row.ready.map(f64::from)),
    ("workload_available_pods", "Pods that have been ready for long enough.", |row| {
        row.available.map(f64::from)
    }),
    ("workload_restarts", "Restarts of all containers of the pods that there are.", |row| {
        Some(row.restarts.into())
    }),
    ("workload_cpu_cores", "CPU in use.", |row| row.cpu_millicores.map(|millis| millis as f64 / 1000.0)),
    ("workload_memory_bytes", "Memory in use (working set).", |row| {
        row.memory_bytes.map(|bytes| bytes as f64)
    }),
];

impl Workloads {
    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.0.view.clusters().flat_map(Cluster::rows).map(|row| &**row)
    }
}

/// `_health` has one series per workload, labelled with the status that it is in, whose value is 1: a series for each
/// of the six statuses would be six times as many, five of them 0.
impl Collector for Workloads {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), Error> {
        let help = "The status of a workload, as a label; the value is 1.";
        let mut family = encoder.encode_descriptor("workload_health", help, None, MetricType::Gauge)?;
        for row in self.rows() {
            let [cluster, namespace, kind, name] = labels(row);
            let labels = [cluster, namespace, kind, name, ("health", row.health.as_str().into())];
            family.encode_family(&labels)?.encode_gauge(&1_i64)?;
        }
        for (name, help, value) in VALUES {
            let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for row in self.rows() {
                if let Some(value) = value(row) {
                    family.encode_family(&labels(row))?.encode_gauge(&value)?;
                }
            }
        }
        Ok(())
    }
}

fn labels(row: &Row) -> [(&'static str, Cow<'_, str>); 4] {
    let kind = match &row.id.kind {
        foreign @ Kind::Foreign { .. } => Cow::Owned(foreign.to_string()),
        known => Cow::Borrowed(known.name()),
    };
    [
        ("cluster", Cow::Borrowed(&*row.id.cluster)),
        ("namespace", Cow::Borrowed(&*row.id.namespace)),
        ("kind", kind),
        ("name", Cow::Borrowed(&*row.id.name)),
    ]
}
