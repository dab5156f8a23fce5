//! Who may read what: bearer token and role-based rules.

use crate::{Resource, status::Status};
use std::sync::{Mutex, PoisonError};

/// What a user may do.
#[derive(Clone, Debug, Default)]
pub enum Access {
    /// Everything that can be read.
    #[default]
    Everything,
    /// What at least one of the rules grants.
    Only(Vec<Rule>),
}

/// One rule of a `ClusterRole` (no namespace) or a `Role`. `*` stands for all, as in the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    verbs: Vec<String>,
    group: String,
    resources: Vec<String>,
    namespace: Option<String>,
}

impl Rule {
    /// Grants the verbs on the resources (`pods`, `pods/log` …) of an API group in the whole cluster.
    #[must_use]
    pub fn cluster(verbs: &[&str], group: &str, resources: &[&str]) -> Self {
        let own = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self { verbs: own(verbs), group: group.to_owned(), resources: own(resources), namespace: None }
    }

    /// The same in one namespace only.
    #[must_use]
    pub fn namespaced(namespace: &str, verbs: &[&str], group: &str, resources: &[&str]) -> Self {
        Self { namespace: Some(namespace.to_owned()), ..Self::cluster(verbs, group, resources) }
    }

    fn grants(&self, attempt: &Attempt) -> bool {
        let named = |names: &[String], name: &str| names.iter().any(|n| n == "*" || n == name);
        named(&self.verbs, attempt.verb)
            && (self.group == "*" || self.group == attempt.resource.group())
            && named(&self.resources, &attempt.path())
            && self.namespace.as_deref().is_none_or(|own| attempt.namespace == Some(own))
    }
}

/// What a request is about to do.
pub(crate) struct Attempt<'a> {
    pub(crate) verb: &'static str,
    pub(crate) resource: Resource,
    pub(crate) subresource: Option<&'static str>,
    /// For a request about one namespace object the namespace is that object, as in the real server.
    pub(crate) namespace: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
}

impl Attempt<'_> {
    fn path(&self) -> String {
        match self.subresource {
            Some(sub) => format!("{}/{sub}", self.resource.plural()),
            None => self.resource.plural().to_owned(),
        }
    }
}

/// The gate in front of every request; may be changed while the server runs.
#[derive(Debug)]
pub(crate) struct Gate {
    user: String,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    token: Option<String>,
    access: Access,
}

impl Gate {
    pub(crate) fn new(user: String, token: Option<String>, access: Access) -> Self {
        Self { user, state: Mutex::new(State { token, access }) }
    }

    pub(crate) fn set_token(&self, token: Option<String>) {
        self.lock().token = token;
    }

    pub(crate) fn set_access(&self, access: Access) {
        self.lock().access = access;
    }

    /// 401 unless the `Authorization` header carries the token, where one is set.
    pub(crate) fn authenticate(&self, authorization: Option<&[u8]>) -> Result<(), Status> {
        let state = self.lock();
        let Some(token) = &state.token else { return Ok(()) };
        let given = authorization.and_then(|value| value.strip_prefix(b"Bearer "));
        if given == Some(token.as_bytes()) { Ok(()) } else { Err(Status::unauthorized()) }
    }

    /// 403 in the words of the real authoriser unless a rule grants it.
    pub(crate) fn authorize(&self, attempt: &Attempt) -> Result<(), Status> {
        let granted = match &self.lock().access {
            Access::Everything => true,
            Access::Only(rules) => rules.iter().any(|rule| rule.grants(attempt)),
        };
        if granted {
            return Ok(());
        }
        let place = match attempt.namespace {
            Some(namespace) => format!("in the namespace \"{namespace}\""),
            None => "at the cluster scope".to_owned(),
        };
        let reason = format!(
            "User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {place}",
            self.user,
            attempt.verb,
            attempt.path(),
            attempt.resource.group()
        );
        Err(Status::forbidden(attempt.resource, attempt.name, &reason))
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
