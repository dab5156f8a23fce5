//! What the server answers from, given by whoever starts it.
use domain::license::Held;
use domain::port::History;
use domain::text::Text;
use domain::time::Time;
use engine::{Clock, Handle};
use http::Uri;
use std::sync::Arc;

pub use crate::metrics::family::{Family, FamilyKind, Sample};

/// What the server answers from.
pub struct Context {
    /// The live state
    pub handle: Handle,
    /// What was recorded
    pub history: Arc<dyn History>,
    /// What time it is: history ends now
    pub clock: Clock,
    /// Which program this is
    pub about: About,
    /// How each cluster is reached, as it stands when asked
    pub links: Arc<dyn Fn() -> Vec<ClusterLink> + Send + Sync>,
    /// Measurements of other parts of the program, for `/metrics`, as they stand when asked
    pub metrics: Vec<Arc<dyn Fn() -> Vec<Family> + Send + Sync>>,
    /// The public URL, if one is configured: its host is answered to
    pub base_url: Option<Uri>,
    /// What was given as a licence key
    pub license: Arc<Held>,
}

/// Which program this is, and what it was started to watch.
#[derive(Clone, Debug)]
pub struct About {
    /// The version of maintenant
    pub version: Text,
    /// When it started
    pub started: Time,
    /// `kubernetes` or `simulated`
    pub runtime: Text,
    /// How much memory the process may hold, in bytes; `None` where nothing limits it
    pub memory_limit: Option<u64>,
    /// Which rule decided on that runtime, as a sentence
    pub rule: Text,
}

/// How a cluster is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterLink {
    /// Its name in the configuration
    pub name: Text,
    /// The API server's address, without credentials
    pub server: Option<Text>,
    /// Why it can't be reached and what was tried, as a sentence; `None` when it answers
    pub error: Option<Text>,
}
