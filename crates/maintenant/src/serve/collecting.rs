//! The collector at work, and its figures.
use api::{Family, FamilyKind, Sample};
use kubernetes::{Collector, Telemetry, Traffic};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// The figures of a part of the program, as they stand when asked.
type Figures = Arc<dyn Fn() -> Vec<Family> + Send + Sync>;

/// A collector that is ready to start.
pub(super) struct Collecting {
    collector: Collector,
    telemetry: Arc<Telemetry>,
}

impl Collecting {
    pub(super) fn new(collector: Collector, telemetry: Arc<Telemetry>) -> Self {
        Self { collector, telemetry }
    }

    pub(super) fn figures(&self) -> Figures {
        let telemetry = self.telemetry.clone();
        Arc::new(move || families(&telemetry))
    }

    /// Starts it on its thread. What is answered ends with it, and panics if it does.
    pub(super) fn start(
        self,
        stop: CancellationToken,
    ) -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
        let thread = self.collector.spawn(stop)?;
        Ok(async move {
            // Joining blocks; the thread that waits costs nothing.
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if let Ok(Err(panic)) = joined {
                std::panic::resume_unwind(panic);
            }
        })
    }
}

fn families(telemetry: &Telemetry) -> Vec<Family> {
    let requests = telemetry.requests().into_iter().map(|(request, count)| Sample {
        labels: vec![
            ("verb", request.verb.as_str().to_owned()),
            ("resource", request.resource.map_or("", |resource| resource.name()).to_owned()),
            ("code", request.code.to_string()),
        ],
        value: count as f64,
    });
    let traffic = telemetry.traffic();
    let each = |value: fn(&Traffic) -> Option<f64>| {
        let sample = |traffic: &Traffic| {
            Some(Sample {
                labels: vec![("resource", traffic.resource.name().to_owned())],
                value: value(traffic)?,
            })
        };
        traffic.iter().filter_map(sample).collect()
    };
    vec![
        Family {
            name: "kubernetes_requests",
            help: "Requests to API servers by verb, resource and HTTP status, 0 where no answer came",
            kind: FamilyKind::Counter,
            samples: requests.collect(),
        },
        Family {
            name: "kubernetes_received_bytes",
            help: "Bytes received from API servers, after decompression",
            kind: FamilyKind::Counter,
            samples: each(|traffic| Some(traffic.bytes as f64)),
        },
        Family {
            name: "kubernetes_received_objects",
            help: "Objects received in lists and watches",
            kind: FamilyKind::Counter,
            samples: each(|traffic| Some(traffic.objects as f64)),
        },
        Family {
            name: "kubernetes_unreadable_objects",
            help: "Objects received that could not be read, and were left as they were known",
            kind: FamilyKind::Counter,
            samples: each(|traffic| Some(traffic.unreadable as f64)),
        },
        Family {
            name: "kubernetes_watch_restarts",
            help: "Watches that took the place of one that had ended",
            kind: FamilyKind::Counter,
            samples: each(|traffic| Some(traffic.watch_restarts as f64)),
        },
        Family {
            name: "kubernetes_silence_seconds",
            help: "How long ago an API server last told anything of the resource, a bookmark included",
            kind: FamilyKind::Gauge,
            samples: each(|traffic| traffic.silent_for.map(|silence| silence.as_secs_f64())),
        },
    ]
}
