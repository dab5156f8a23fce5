//! Lists in pages: each page of one list shows the cluster as it was at the first.

use super::Object;
use crate::{Resource, selector::Selector, status::Status};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use std::{collections::VecDeque, sync::Arc};

/// How many lists may be under way in pages; the oldest expires.
const SNAPSHOTS: usize = 16;

/// What a list asks for.
#[derive(Debug, Default)]
pub(crate) struct PageQuery {
    pub(crate) namespace: Option<String>,
    pub(crate) selector: Selector,
    /// 0 asks for everything.
    pub(crate) limit: usize,
    pub(crate) continue_token: Option<String>,
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) revision: u64,
    pub(crate) objects: Vec<Arc<Object>>,
    pub(crate) continue_token: Option<String>,
    /// How many objects follow; the server does not count when a selector is in force.
    pub(crate) remaining: Option<usize>,
}

/// The snapshots that continue tokens refer to.
#[derive(Debug, Default)]
pub(crate) struct Pages {
    snapshots: VecDeque<Snapshot>,
}

#[derive(Debug)]
struct Snapshot {
    resource: Resource,
    revision: u64,
    objects: Arc<[Arc<Object>]>,
}

struct Token {
    /// `None` in a token that may go on inconsistently.
    revision: Option<u64>,
    /// The first key to show.
    start: (String, String),
}

impl Pages {
    pub(crate) fn read(
        &mut self,
        resource: Resource,
        query: &PageQuery,
        revision: u64,
        current: impl FnOnce() -> Arc<[Arc<Object>]>,
    ) -> Result<Page, Status> {
        let token = query.continue_token.as_deref().map(Token::parse).transpose()?;
        let (revision, objects) = match &token {
            Some(Token { revision: Some(of_first_page), start }) => {
                let wanted = |s: &&Snapshot| s.resource == resource && s.revision == *of_first_page;
                let Some(snapshot) = self.snapshots.iter().find(wanted) else {
                    return Err(Status::continue_expired(&Token::write(None, &start.0, &start.1)));
                };
                (snapshot.revision, Arc::clone(&snapshot.objects))
            }
            _ => (revision, current()),
        };
        let start = token.map(|token| token.start);
        let after = |object: &&Arc<Object>| {
            start.as_ref().is_none_or(|(namespace, name)| {
                (&*object.namespace, &*object.name) >= (namespace.as_str(), name.as_str())
            })
        };
        let in_namespace =
            |object: &&Arc<Object>| query.namespace.as_deref().is_none_or(|n| *object.namespace == *n);
        let mut wanted = objects
            .iter()
            .filter(after)
            .filter(in_namespace)
            .filter(|object| query.selector.is_empty() || query.selector.matches(object));
        let limit = if query.limit == 0 { usize::MAX } else { query.limit };
        let page: Vec<_> = wanted.by_ref().take(limit).cloned().collect();
        let Some(next) = wanted.next() else {
            return Ok(Page { revision, objects: page, continue_token: None, remaining: None });
        };
        let continue_token = Some(Token::write(Some(revision), &next.namespace, &next.name));
        let remaining = query.selector.is_empty().then(|| wanted.count() + 1);
        if start.is_none() || !self.holds(resource, revision) {
            self.keep(Snapshot { resource, revision, objects: Arc::clone(&objects) });
        }
        Ok(Page { revision, objects: page, continue_token, remaining })
    }

    pub(crate) fn forget(&mut self) {
        self.snapshots.clear();
    }

    fn holds(&self, resource: Resource, revision: u64) -> bool {
        self.snapshots.iter().any(|s| s.resource == resource && s.revision == revision)
    }

    fn keep(&mut self, snapshot: Snapshot) {
        if self.holds(snapshot.resource, snapshot.revision) {
            return;
        }
        if self.snapshots.len() == SNAPSHOTS {
            self.snapshots.pop_front();
        }
        self.snapshots.push_back(snapshot);
    }
}

impl Token {
    fn write(revision: Option<u64>, namespace: &str, name: &str) -> String {
        let revision = revision.map_or(-1, u64::cast_signed);
        let token = json!({"v": "meta.k8s.io/v1", "rv": revision, "start": format!("{namespace}/{name}")});
        URL_SAFE_NO_PAD.encode(token.to_string())
    }

    fn parse(token: &str) -> Result<Self, Status> {
        let invalid = || Status::bad_request("invalid continue token: continue key is not valid");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| invalid())?;
        let value: Value = serde_json::from_slice(&bytes).map_err(|_| invalid())?;
        let (namespace, name) =
            value["start"].as_str().and_then(|start| start.split_once('/')).ok_or_else(invalid)?;
        let revision = value["rv"].as_i64().ok_or_else(invalid)?;
        Ok(Self { revision: u64::try_from(revision).ok(), start: (namespace.to_owned(), name.to_owned()) })
    }
}
