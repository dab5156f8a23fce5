//! Kubeconfigs, written where the product looks for them.

use std::path::{Path, PathBuf};

use lab::Cluster;
use serde_json::{Value, json};

use crate::watcher::CLUSTER;

/// Writes the kubeconfig of a user of `cluster`; `user` is what a kubeconfig says of one.
pub(crate) fn write(directory: &Path, cluster: &Cluster, user: &Value) -> PathBuf {
    let authority = cluster.directory().join("pki/ca.crt");
    write_for(directory, &json!({"server": cluster.url(), "certificate-authority": authority}), user)
}

/// Writes the kubeconfig of a user of the API server at `url`, which speaks plain HTTP.
pub(crate) fn write_plain(directory: &Path, url: &str) -> PathBuf {
    write_for(directory, &json!({"server": url}), &json!({}))
}

/// Writes a kubeconfig with one context, `lab`, in JSON, which is YAML too.
pub(crate) fn write_for(directory: &Path, server: &Value, user: &Value) -> PathBuf {
    let path = directory.join("kubeconfig");
    let config = json!({
        "apiVersion": "v1", "kind": "Config", "current-context": CLUSTER,
        "clusters": [{"name": CLUSTER, "cluster": server}],
        "users": [{"name": "viewer", "user": user}],
        "contexts": [{"name": CLUSTER, "context": {"cluster": CLUSTER, "user": "viewer"}}],
    });
    write_file(&path, &config.to_string());
    path
}

/// Writes a file whole.
#[track_caller]
pub(crate) fn write_file(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
}
