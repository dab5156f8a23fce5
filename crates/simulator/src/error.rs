//! What can go wrong for the one who embeds the simulator.

use crate::Resource;

/// An error of the embedding side; a client of the API sees a `Status` instead.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The listening socket could not be had: choose another port, or 0 for a free one.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address asked for.
        address: std::net::SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The object is not one that the API server would take: correct the object.
    #[error("the object is not valid: {0}")]
    Invalid(String),
    /// There is no such object: create it first.
    #[error("{} \"{namespace}/{name}\" not found", resource.plural())]
    NotFound {
        /// The resource asked for.
        resource: Resource,
        /// Its namespace, empty for a resource of the cluster.
        namespace: String,
        /// Its name.
        name: String,
    },
}

impl Error {
    /// Whether the same call may succeed later without a change: only a port in use becomes free.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Listen { source, .. } if source.kind() == std::io::ErrorKind::AddrInUse)
    }
}
