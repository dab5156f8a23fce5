//! What the server says of itself.
use super::source::SourceView;
use super::time::Timestamp;
use domain::port::Storage;
use domain::scope::{ALWAYS_BLOCKED, Pattern, Scope};
use domain::text::Text;
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// How the server itself stands
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ServerHealth)]
pub(crate) struct ServerHealthView {
    /// Always `ok`: else there would be no answer
    pub(crate) status: &'static str,
    /// Of maintenant
    pub(crate) version: String,
    pub(crate) started_at: Timestamp,
    pub(crate) runtime: RuntimeView,
    pub(crate) sources: Vec<SourceView>,
    pub(crate) namespaces: ScopeView,
    pub(crate) storage: StorageView,
    pub(crate) memory: MemoryView,
    pub(crate) clusters: Vec<ClusterLinkView>,
}

/// What is watched, and why that
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Runtime)]
pub(crate) struct RuntimeView {
    /// `kubernetes`, `simulated`
    pub(crate) name: String,
    /// Which rule decided, as a sentence
    pub(crate) rule: String,
}

/// The namespace filter in force
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Scope)]
pub(crate) struct ScopeView {
    /// `all`, `allow`, `block`
    mode: &'static str,
    /// Names and patterns
    names: BTreeSet<String>,
}

/// Where history is kept
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Storage)]
pub(crate) struct StorageView {
    /// `ok`, `off`, `read_only`, `full`, `failing`
    pub(crate) state: &'static str,
    #[schema(value_type = Option<String>)]
    pub(crate) path: Option<Text>,
    pub(crate) bytes: Option<u64>,
    /// What happened and what to do, where something is wrong
    #[schema(value_type = Option<String>)]
    pub(crate) message: Option<Text>,
}

/// What the server's process holds
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Memory)]
pub(crate) struct MemoryView {
    /// In RAM; null where the system does not tell
    pub(crate) resident_bytes: Option<u64>,
    /// What it may hold, which is the limit of its container; null where nothing limits it
    pub(crate) limit_bytes: Option<u64>,
}

/// How a cluster is reached
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ClusterLink)]
pub(crate) struct ClusterLinkView {
    #[schema(value_type = String)]
    pub(crate) name: Text,
    /// The API server's address
    #[schema(value_type = Option<String>)]
    pub(crate) server: Option<Text>,
    /// Why it can't be reached, and what was tried; null when it answers
    #[schema(value_type = Option<String>)]
    pub(crate) error: Option<Text>,
}

/// Whether the first reading is done
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Ready)]
pub(crate) struct ReadyView {
    pub(crate) ready: bool,
    /// Names of the required sources that have neither been read once nor been refused
    pub(crate) waiting_for: Vec<String>,
    /// For a person; null when ready
    pub(crate) reason: Option<String>,
}

impl From<&Scope> for ScopeView {
    fn from(scope: &Scope) -> Self {
        let names =
            |patterns: &[Pattern]| patterns.iter().map(|pattern| pattern.as_str().to_owned()).collect();
        match scope {
            Scope::All => Self { mode: "all", names: BTreeSet::new() },
            Scope::Allow(patterns) => Self { mode: "allow", names: names(patterns) },
            Scope::Block(patterns) => {
                let mut names: BTreeSet<String> = names(patterns);
                names.extend(ALWAYS_BLOCKED.map(ToOwned::to_owned));
                Self { mode: "block", names }
            }
        }
    }
}

impl From<Storage> for StorageView {
    fn from(storage: Storage) -> Self {
        Self {
            state: storage.state.as_str(),
            path: storage.path,
            bytes: storage.bytes,
            message: storage.message,
        }
    }
}
