//! What there is at the beginning.

use crate::{Behaviour, ControlPlane, Error, Workload};
use jiff::{SignedDuration, Timestamp};

const NODES: [&str; 5] = ["worker-1", "worker-2", "worker-3", "worker-4", "worker-5"];

/// A workload that runs since its last rollout: name, image, replicas, memory asked for and limit, its age and that of
/// its pods in hours.
type Row = (&'static str, &'static str, u32, [&'static str; 2], [i64; 2]);

const DEPLOYMENTS: &[(&str, &[Row])] = &[
    (
        "shop",
        &[
            ("web", "shop/web:5.14.2", 4, ["192Mi", "512Mi"], [5_100, 70]),
            ("cart", "shop/cart:2.8.0", 3, ["128Mi", "256Mi"], [5_100, 214]),
            ("recommendations", "shop/recommendations:1.3.7", 2, ["512Mi", "1Gi"], [2_600, 45]),
            ("email-sender", "shop/email-sender:3.0.1", 2, ["64Mi", "128Mi"], [4_800, 900]),
            ("gift-cards", "shop/gift-cards:1.6.3", 2, ["96Mi", "192Mi"], [1_900, 310]),
            ("beta-banner", "shop/beta-banner:0.4.0", 0, ["32Mi", "64Mi"], [820, 820]),
        ],
    ),
    (
        "catalog",
        &[
            ("catalog-api", "catalog/catalog-api:4.2.1", 3, ["256Mi", "512Mi"], [5_000, 120]),
            ("search-api", "catalog/search-api:3.8.0", 4, ["256Mi", "768Mi"], [4_100, 98]),
            ("pricing", "catalog/pricing:2.1.5", 2, ["128Mi", "256Mi"], [3_900, 500]),
            ("image-proxy", "catalog/image-proxy:1.11.0", 2, ["96Mi", "256Mi"], [3_000, 260]),
        ],
    ),
    (
        "payments",
        &[
            ("checkout-api", "payments/checkout-api:2.13.4", 3, ["192Mi", "384Mi"], [4_700, 52]),
            ("payment-gateway", "payments/payment-gateway:6.0.2", 3, ["256Mi", "512Mi"], [4_700, 680]),
            ("ledger", "payments/ledger:3.4.0", 2, ["256Mi", "512Mi"], [4_400, 150]),
            ("fraud-check", "payments/fraud-check:1.9.8", 2, ["384Mi", "1Gi"], [2_100, 77]),
        ],
    ),
    (
        "media",
        &[
            ("thumbnailer", "media/thumbnailer:5.1.3", 2, ["128Mi", "256Mi"], [3_600, 190]),
            ("uploads", "media/uploads:2.2.0", 2, ["128Mi", "256Mi"], [3_600, 340]),
            ("transcoder", "media/transcoder:7.5.1", 2, ["1Gi", "2Gi"], [3_300, 410]),
        ],
    ),
    (
        "monitoring",
        &[
            ("grafana", "monitoring/grafana:12.2.0", 1, ["128Mi", "512Mi"], [4_200, 730]),
            (
                "kube-state-metrics",
                "monitoring/kube-state-metrics:2.17.0",
                1,
                ["64Mi", "256Mi"],
                [4_200, 730],
            ),
        ],
    ),
    (
        "ingress-nginx",
        &[
            (
                "ingress-nginx-controller",
                "ingress-nginx/controller:1.13.3",
                2,
                ["128Mi", "512Mi"],
                [5_000, 1_000],
            ),
            ("default-backend", "ingress-nginx/default-backend:1.5", 1, ["16Mi", "32Mi"], [5_000, 1_000]),
        ],
    ),
    (
        "kube-system",
        &[
            ("coredns", "kube-system/coredns:1.12.4", 2, ["70Mi", "170Mi"], [5_300, 1_000]),
            ("metrics-server", "kube-system/metrics-server:0.9.0", 1, ["200Mi", "400Mi"], [5_300, 1_000]),
            ("cilium-operator", "kube-system/cilium-operator:1.18.3", 1, ["64Mi", "256Mi"], [5_300, 1_000]),
            ("csi-provisioner", "kube-system/csi-provisioner:5.3.0", 1, ["32Mi", "128Mi"], [5_300, 1_000]),
        ],
    ),
];

/// The same with the claim of each pod: size and storage class.
const STATEFUL_SETS: &[(&str, Row, [&str; 2])] = &[
    (
        "shop",
        ("session-cache", "shop/valkey:8.1.4", 3, ["256Mi", "512Mi"], [4_900, 620]),
        ["8Gi", "standard"],
    ),
    (
        "catalog",
        ("search-index", "catalog/opensearch:3.3.1", 3, ["1Gi", "2Gi"], [3_800, 430]),
        ["100Gi", "fast-ssd"],
    ),
    (
        "payments",
        ("ledger-db", "payments/postgres:18.1", 3, ["1Gi", "2Gi"], [4_700, 800]),
        ["50Gi", "fast-ssd"],
    ),
    (
        "media",
        ("media-store", "media/object-store:4.0.2", 4, ["512Mi", "1Gi"], [3_600, 950]),
        ["500Gi", "standard"],
    ),
    (
        "monitoring",
        ("prometheus", "monitoring/prometheus:3.7.3", 2, ["1Gi", "3Gi"], [4_200, 730]),
        ["100Gi", "fast-ssd"],
    ),
    (
        "monitoring",
        ("alertmanager", "monitoring/alertmanager:0.29.0", 2, ["64Mi", "128Mi"], [4_200, 730]),
        ["2Gi", "standard"],
    ),
];

const DAEMON_SETS: &[(&str, Row)] = &[
    ("monitoring", ("node-exporter", "monitoring/node-exporter:1.10.2", 1, ["32Mi", "64Mi"], [4_200, 730])),
    ("monitoring", ("fluent-bit", "monitoring/fluent-bit:4.1.1", 1, ["64Mi", "128Mi"], [4_000, 380])),
    ("kube-system", ("kube-proxy", "kube-system/kube-proxy:1.36.3", 1, ["64Mi", "128Mi"], [5_300, 1_000])),
    ("kube-system", ("cilium", "kube-system/cilium:1.18.3", 1, ["256Mi", "1Gi"], [5_300, 1_000])),
];

/// Name, image, schedule, age of the oldest run in minutes.
const CRON_JOBS: &[(&str, &str, &str, i64)] = &[
    ("price-sync", "batch/price-sync:1.4.0", "*/5 * * * *", 18),
    ("invoice-export", "batch/invoice-export:3.1.0", "*/15 * * * *", 48),
    ("sitemap", "batch/sitemap:0.9.2", "17 * * * *", 200),
    ("db-backup", "batch/db-backup:2.0.5", "30 2 * * *", 3 * 24 * 60),
];

/// The full name of an image of ours.
pub(super) fn image(short: &str) -> String {
    format!("registry.example.com/{short}")
}

/// The earliest time that anything of the beginning happens at.
pub(super) fn beginning(start: Timestamp) -> Timestamp {
    start - SignedDuration::from_hours(1_001)
}

/// Puts everything on the timeline, in the past.
pub(super) fn build(plane: &mut ControlPlane, start: Timestamp) -> Result<(), Error> {
    for node in NODES {
        plane.add_node(node)?;
    }
    let mut put = |workload: Workload, [age, since]: [i64; 2]| {
        let hours_ago = |hours: i64| start - SignedDuration::from_hours(hours);
        plane.create_at(hours_ago(since), workload, hours_ago(age));
    };
    for (namespace, rows) in DEPLOYMENTS {
        for row in *rows {
            let workload = Workload::deployment(namespace, row.0, &image(row.1));
            let workload = if row.0 == "gift-cards" { workload.secret("gift-cards-db") } else { workload };
            put(sized(workload, namespace, row), row.4);
        }
    }
    for (namespace, row, [storage, class]) in STATEFUL_SETS {
        let workload = Workload::stateful_set(namespace, row.0, &image(row.1)).claim("data", storage, class);
        put(sized(workload, namespace, row), row.4);
    }
    for (namespace, row) in DAEMON_SETS {
        let workload = Workload::daemon_set(namespace, row.0, &image(row.1));
        put(sized(workload, namespace, row), row.4);
    }
    let minutes_ago = |minutes: i64| start - SignedDuration::from_mins(minutes);
    let age = start - SignedDuration::from_hours(3_100);
    for (name, short, schedule, oldest_run) in CRON_JOBS {
        let workload = Workload::cron_job("batch", name, &image(short), schedule).part_of("batch");
        plane.create_at(minutes_ago(*oldest_run), workload, age);
    }
    let suspended =
        Workload::cron_job("batch", "legacy-import", &image("batch/legacy-import:0.8.1"), "0 * * * *");
    plane.create_at(minutes_ago(30), suspended.replicas(0), age);
    let reindex = image("batch/catalog-reindex:4.2.1");
    plane.set_behaviour(&reindex, Behaviour::Completes { runs_for: SignedDuration::from_mins(11) });
    let hours_ago = start - SignedDuration::from_hours(4);
    plane.create_at(hours_ago, Workload::job("batch", "catalog-reindex", &reindex), hours_ago);
    Ok(())
}

fn sized(workload: Workload, namespace: &str, row: &Row) -> Workload {
    let [memory, limit] = row.3;
    workload.replicas(row.2).resources("100m", memory, limit).part_of(namespace)
}
