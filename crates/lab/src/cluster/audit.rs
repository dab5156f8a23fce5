//! The API server's audit log, to prove what was asked of it.

use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;

/// One answered request, from the fields of `audit.k8s.io/v1` `Event` that tests look at.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "LogLine")]
pub struct AuditEntry {
    /// `ResponseStarted` when the head of a long answer is sent, `ResponseComplete` when all of it is.
    pub stage: String,
    /// `get`, `list`, `watch`, `create`, `update`, `patch`, `delete`, …
    pub verb: String,
    /// The user by whom it was asked, as [`Viewer::user`](crate::Viewer::user) names them.
    pub user: String,
    /// The `User-Agent` header.
    pub user_agent: String,
    /// The API group of the resource; empty for core and for paths that are no resource.
    pub group: String,
    /// The resource in the plural, with its subresource after a slash (`pods/log`); empty for other paths.
    pub resource: String,
    /// The namespace, empty when across all.
    pub namespace: String,
    /// Path and query as they were asked.
    pub request_uri: String,
    /// The HTTP status of the answer, 0 where the log has none.
    pub status: u16,
    /// When it was asked (`requestReceivedTimestamp`).
    pub asked: Timestamp,
}

/// Reads all complete lines of the log at `path`.
pub(crate) fn read(path: &Path) -> Vec<AuditEntry> {
    let log = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    // The server may be in the middle of the last line.
    let complete = log.rfind('\n').map_or("", |end| &log[..end]);
    complete
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("audit log: {error}: {line}")))
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogLine {
    stage: String,
    verb: String,
    user: User,
    #[serde(default)]
    user_agent: String,
    #[serde(default)]
    object_ref: ObjectRef,
    #[serde(rename = "requestURI")]
    request_uri: String,
    #[serde(default)]
    response_status: ResponseStatus,
    request_received_timestamp: Timestamp,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    username: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ObjectRef {
    api_group: String,
    resource: String,
    subresource: String,
    namespace: String,
}

#[derive(Deserialize, Default)]
struct ResponseStatus {
    #[serde(default)]
    code: u16,
}

impl From<LogLine> for AuditEntry {
    fn from(line: LogLine) -> Self {
        let ObjectRef { api_group, resource, subresource, namespace } = line.object_ref;
        Self {
            stage: line.stage,
            verb: line.verb,
            user: line.user.username,
            user_agent: line.user_agent,
            group: api_group,
            resource: if subresource.is_empty() { resource } else { format!("{resource}/{subresource}") },
            namespace,
            request_uri: line.request_uri,
            status: line.response_status.code,
            asked: line.request_received_timestamp,
        }
    }
}
