//! What to watch, and by which way to get there.

use domain::scope::Scope;
use domain::text::Text;
use std::path::PathBuf;

/// What a collector needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// The clusters to watch, each under a name of its own
    pub clusters: Vec<ClusterConfig>,
    /// Which namespaces, the same in all of them
    pub scope: Scope,
    /// How objects are asked for
    pub encoding: Encoding,
}

/// A cluster and how to get there.
#[derive(Clone, Debug)]
pub struct ClusterConfig {
    /// The first part of every id
    pub name: Text,
    /// The way
    pub access: Access,
}

/// How to get to an API server.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// A context of a kubeconfig. The files are read again when a connection or a credential fails.
    Kubeconfig {
        /// The files, merged as kubectl does: what comes first wins
        paths: Vec<PathBuf>,
        /// The context; `None` for the current one
        context: Option<String>,
    },
    /// The service account of the pod that we run in.
    InCluster,
    /// An address, for an API server without TLS such as the simulator's.
    Url {
        /// `http://127.0.0.1:8001`, a path included where there is one
        url: String,
        /// A bearer token
        token: Option<String>,
    },
}

/// How objects are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// Protobuf, which costs both sides less; whatever the server answers is read.
    #[default]
    Protobuf,
    /// JSON only, for what stands in between and knows nothing else.
    Json,
}

/// Without the token.
impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Kubeconfig { paths, context } => {
                f.debug_struct("Kubeconfig").field("paths", paths).field("context", context).finish()
            }
            Self::InCluster => f.write_str("InCluster"),
            Self::Url { url, .. } => f.debug_struct("Url").field("url", url).finish_non_exhaustive(),
        }
    }
}
