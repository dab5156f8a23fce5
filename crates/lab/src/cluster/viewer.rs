//! Users with exactly the rights that a test gives them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Cluster, until};

/// A rule of a role: what may be done with which resources (`rbac.authorization.k8s.io/v1` `PolicyRule`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// API groups, `""` for core.
    pub api_groups: Vec<String>,
    /// Resources in the plural, subresources after a slash.
    pub resources: Vec<String>,
    /// `get`, `list`, `watch`, …
    pub verbs: Vec<String>,
}

impl Rule {
    /// Get, list and watch `resources` of `group`.
    #[must_use]
    pub fn watch(group: &str, resources: &[&str]) -> Self {
        Self::new(group, resources, &["get", "list", "watch"])
    }

    /// Do `verbs` with `resources` of `group`.
    #[must_use]
    pub fn new(group: &str, resources: &[&str], verbs: &[&str]) -> Self {
        let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
        Self { api_groups: vec![group.to_owned()], resources: owned(resources), verbs: owned(verbs) }
    }

    /// The product's default role: what it is promised wherever it is installed as documented.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        vec![
            Self::watch("", &["pods", "pods/log", "services", "namespaces", "events"]),
            Self::watch("apps", &["deployments", "statefulsets", "daemonsets", "replicasets"]),
            Self::new("metrics.k8s.io", &["pods"], &["get", "list"]),
        ]
    }
}

/// Rules and where they hold.
#[derive(Debug, Clone, Copy)]
pub enum Rights<'a> {
    /// By a `ClusterRole` and its binding.
    Everywhere(&'a [Rule]),
    /// By a `Role` and its binding in one namespace.
    In(&'a str, &'a [Rule]),
}

impl<'a> Rights<'a> {
    fn namespace(&self) -> Option<&'a str> {
        match self {
            Self::Everywhere(_) => None,
            Self::In(namespace, _) => Some(namespace),
        }
    }

    fn rules(&self) -> &'a [Rule] {
        match self {
            Self::Everywhere(rules) | Self::In(_, rules) => rules,
        }
    }
}

/// A user of a [`Cluster`]: a service account, with a token of the kind that a pod has.
#[derive(Debug)]
pub struct Viewer<'a> {
    cluster: &'a Cluster,
    name: String,
    kubeconfig: PathBuf,
    /// Where roles are bound; `None` is cluster-wide.
    bound: BTreeSet<Option<String>>,
}

impl<'a> Viewer<'a> {
    pub(super) fn new(cluster: &'a Cluster, name: String, rights: &[Rights<'_>]) -> Self {
        cluster.script("user", &[cluster.path(), &name]);
        let kubeconfig = cluster.directory().join(format!("{name}.kubeconfig"));
        let mut viewer = Self { cluster, name, kubeconfig, bound: BTreeSet::new() };
        viewer.grant(rights);
        viewer
    }

    /// The kubeconfig with the user's token.
    #[must_use]
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// The user's name, as the API server and its audit log have it.
    #[must_use]
    pub fn user(&self) -> String {
        format!("system:serviceaccount:default:{}", self.name)
    }

    /// A fresh token of the user's, valid for `validity`, which is at least ten minutes.
    #[must_use]
    pub fn issue_token(&self, validity: Duration) -> String {
        let validity = format!("{}s", validity.as_secs());
        let arguments = ["-n", "default", "create", "token", &self.name, "--duration", &validity];
        self.cluster.kubectl(&arguments).trim().to_owned()
    }

    /// Puts `rights` in the place of those the user had, and waits until the API server goes by them. What the user had
    /// and keeps is not interrupted.
    pub fn grant(&mut self, rights: &[Rights<'_>]) {
        let wanted: BTreeSet<_> = rights.iter().map(|right| right.namespace().map(str::to_owned)).collect();
        assert_eq!(wanted.len(), rights.len(), "rights are given once for each scope");
        let objects: Vec<_> = rights.iter().flat_map(|right| self.role_and_binding(right)).collect();
        if !objects.is_empty() {
            self.cluster.apply(&json!({"apiVersion": "v1", "kind": "List", "items": objects}).to_string());
        }
        for former in self.bound.difference(&wanted) {
            match former {
                None => self.cluster.kubectl(&["delete", "clusterrolebinding,clusterrole", &self.name]),
                Some(namespace) => {
                    self.cluster.kubectl(&["-n", namespace, "delete", "rolebinding,role", &self.name])
                }
            };
        }
        let affected = wanted.union(&self.bound).map(|scope| scope.as_deref().unwrap_or("default"));
        for namespace in affected.collect::<BTreeSet<_>>() {
            self.wait_in_force(namespace, rights);
        }
        self.bound = wanted;
    }

    fn role_and_binding(&self, rights: &Rights<'_>) -> [Value; 2] {
        let (role, metadata) = match rights.namespace() {
            None => ("ClusterRole", json!({"name": self.name})),
            Some(namespace) => ("Role", json!({"name": self.name, "namespace": namespace})),
        };
        let api = "rbac.authorization.k8s.io";
        [
            json!({"apiVersion": format!("{api}/v1"), "kind": role, "metadata": metadata, "rules": rights.rules()}),
            json!({
                "apiVersion": format!("{api}/v1"),
                "kind": format!("{role}Binding"),
                "metadata": metadata,
                "roleRef": {"apiGroup": api, "kind": role, "name": self.name},
                "subjects": [{"kind": "ServiceAccount", "namespace": "default", "name": self.name}],
            }),
        ]
    }

    /// Roles take effect when the API server's own watches have seen them, some milliseconds after they are written.
    fn wait_in_force(&self, namespace: &str, rights: &[Rights<'_>]) {
        let wanted: BTreeSet<_> = rights
            .iter()
            .filter(|right| right.namespace().is_none_or(|held_in| held_in == namespace))
            .flat_map(|right| right.rules().iter().flat_map(permissions))
            .collect();
        until(
            &format!("rights of {} in {namespace}: {wanted:?}", self.name),
            Duration::from_secs(30),
            || {
                let actual = self.permissions_in(namespace)?;
                if actual == wanted { Ok(()) } else { Err(format!("{actual:?}")) }
            },
        );
    }

    /// What the API server says that the user may do. The administrator asks for them, so that the audit log has
    /// nothing of the user but what the user did.
    fn permissions_in(&self, namespace: &str) -> Result<BTreeSet<Permission>, String> {
        let review = json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectRulesReview",
            "spec": {"namespace": namespace},
        });
        let path = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";
        let user = self.user();
        let arguments = ["create", "--raw", path, "-f", "-", "--as", &user];
        let answer = self.cluster.try_kubectl(&arguments, &review.to_string())?;
        let mut answer: Value = serde_json::from_str(&answer).map_err(|error| error.to_string())?;
        let rules: Vec<Rule> = serde_json::from_value(answer["status"]["resourceRules"].take())
            .map_err(|error| error.to_string())?;
        // Everybody may ask who they are and what they may do.
        let everybodys = ["authentication.k8s.io", "authorization.k8s.io"];
        Ok(rules
            .iter()
            .flat_map(permissions)
            .filter(|(group, ..)| !everybodys.contains(&group.as_str()))
            .collect())
    }
}

/// Group, resource, verb.
type Permission = (String, String, String);

fn permissions(rule: &Rule) -> Vec<Permission> {
    let mut all = Vec::new();
    for group in &rule.api_groups {
        for resource in &rule.resources {
            all.extend(rule.verbs.iter().map(|verb| (group.clone(), resource.clone(), verb.clone())));
        }
    }
    all
}
