//! The part of `/metrics` that tells of the sources, the engine and this build.
use super::family::{Family, FamilyKind, Sample};
use crate::app::App;
use domain::state::Cluster;
use engine::Snapshot;

/// The sources, the engine, and this build.
pub(super) fn families(app: &App, snapshot: &Snapshot) -> Vec<Family> {
    let mut families = vec![sources(snapshot.view.clusters())];
    families.push(Family {
        name: "ready",
        help: "Whether each required source of the cluster has been read once, or has been refused",
        kind: FamilyKind::Gauge,
        samples: snapshot
            .view
            .clusters()
            .map(|cluster| Sample {
                labels: vec![("cluster", cluster.name().to_string())],
                value: f64::from(u8::from(cluster.is_ready())),
            })
            .collect(),
    });
    families.push(Family {
        name: "build_info",
        help: "This build; the value is 1",
        kind: FamilyKind::Gauge,
        samples: vec![Sample {
            labels: vec![("version", app.context.about.version.to_string())],
            value: 1.0,
        }],
    });
    families.push(Family::single(
        "snapshot_sequence",
        "Number of the state that is shown, counted from the start of the process",
        FamilyKind::Gauge,
        snapshot.version.seq as f64,
    ));
    families.extend(engine(app));
    families
}

/// One series per source, labelled with its state: as for the health of workloads.
fn sources<'a>(clusters: impl Iterator<Item = &'a Cluster>) -> Family {
    let of_cluster = |cluster: &'a Cluster| {
        cluster.sources().map(move |(id, source)| Sample {
            labels: vec![
                ("cluster", cluster.name().to_string()),
                ("resource", id.resource.name().to_owned()),
                ("namespace", id.namespace.as_deref().unwrap_or_default().to_owned()),
                ("state", source.state.as_str().to_owned()),
            ],
            value: 1.0,
        })
    };
    Family {
        name: "source_state",
        help: "The state of a source, as a label; the value is 1",
        kind: FamilyKind::Gauge,
        samples: clusters.flat_map(of_cluster).collect(),
    }
}

fn engine(app: &App) -> Vec<Family> {
    let gauges = app.context.handle.gauges();
    let gauge = |name, help, value: f64| Family::single(name, help, FamilyKind::Gauge, value);
    let counter = |name, help, value: f64| Family::single(name, help, FamilyKind::Counter, value);
    vec![
        gauge("queue_depth", "Observations that wait to be applied", gauges.queue_depth as f64),
        gauge(
            "queue_age_seconds",
            "For how long there has always been an observation waiting",
            gauges.queue_age.as_secs_f64(),
        ),
        counter("observations_applied", "Observations applied", gauges.applied_total as f64),
        counter("apply_seconds", "Time spent applying observations", gauges.apply_time_total.as_secs_f64()),
        counter("publications", "Snapshots published", gauges.publications_total as f64),
        counter(
            "publication_delay_seconds",
            "Time from the first observation of a publication being taken up to that publication",
            gauges.publication_delay_total.as_secs_f64(),
        ),
        gauge(
            "publication_delay_max_seconds",
            "The longest such time since the start",
            gauges.publication_delay_max.as_secs_f64(),
        ),
        counter("batches", "Publications with changes that readers follow", gauges.batches_total as f64),
        counter("batch_rows", "Workloads in these changes", gauges.rows_total as f64),
        gauge("workloads", "Workloads that are known", gauges.workloads as f64),
        gauge("pods", "Their pods", gauges.pods as f64),
        gauge(
            "replay_batches",
            "Changes that are kept for readers who come back",
            gauges.ring_batches as f64,
        ),
        gauge("replay_rows", "Workloads in these changes", gauges.ring_rows as f64),
        gauge("feed_subscribers", "Parts of the program that follow the changes", gauges.subscribers as f64),
        counter("feed_lags", "How often one of them fell behind", gauges.lagged_total as f64),
    ]
}
