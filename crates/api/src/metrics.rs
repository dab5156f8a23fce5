//! What `/metrics` shows: the workloads, and our own insides.
//!
//! The state's part is made from the snapshot when it is asked for; what counts up over time is counted here.
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family as Labelled;
use prometheus_client::metrics::histogram::Histogram;
use std::time::Duration;

pub(crate) mod exposition;
pub(crate) mod family;
mod process;
mod state;
mod storage;
mod workloads;

/// What is counted while requests are answered.
pub(crate) struct Metrics {
    requests: Labelled<RequestLabels, Counter>,
    durations: Labelled<RouteLabel, Histogram>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: String,
    code: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabel {
    route: String,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        Self {
            requests: Labelled::default(),
            durations: Labelled::new_with_constructor(|| {
                Histogram::new([0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5])
            }),
        }
    }

    /// Counts one answer. `route` is the route's pattern, so that the number of series is bounded.
    pub(crate) fn count(&self, route: &str, code: u16, took: Duration) {
        self.requests.get_or_create(&RequestLabels { route: route.to_owned(), code }).inc();
        self.durations.get_or_create(&RouteLabel { route: route.to_owned() }).observe(took.as_secs_f64());
    }
}
