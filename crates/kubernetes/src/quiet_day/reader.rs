//! What the cluster tells, read once for whoever listens.

use super::monitor::{SOURCES, domain_resource, simulated, source};
use crate::interner::Interner;
use crate::item;
use crate::wire::Format;
use domain::id::Uid;
use domain::observation::Fact;
use domain::scope::Scope;
use domain::source::Resource;
use simulator::{Cluster, What};

/// Reads the objects of a cluster.
pub(super) struct Reader {
    cluster: Cluster,
    seen: u64,
    interner: Interner,
}

/// A fact, and what tells it.
pub(super) type News = (Resource, Fact);

impl Reader {
    /// What has happened so far is not told.
    pub(super) fn new(cluster: Cluster) -> Self {
        Self { seen: cluster.revision(), cluster, interner: Interner::new() }
    }

    /// What has happened since it was asked last, in its order.
    pub(super) fn news(&mut self) -> Vec<News> {
        if self.cluster.revision() == self.seen {
            return Vec::new();
        }
        let changes = self.cluster.changes_after(self.seen).expect("looked at before anything is forgotten");
        let mut news = Vec::new();
        for change in changes {
            self.seen = change.revision;
            let Some(resource) = domain_resource(change.resource) else { continue };
            let (uid, applied) = self.read(resource, change.object.json());
            let is_gone = change.what == What::Deleted;
            news.push((resource, if is_gone { Fact::Deleted(source(resource), uid) } else { applied }));
        }
        news
    }

    /// The objects of a resource as they are now.
    pub(super) fn list(&mut self, resource: Resource) -> Vec<(Uid, Fact)> {
        let (_, objects) = self.cluster.snapshot(simulated(resource), None);
        objects.iter().map(|object| self.read(resource, object.json())).collect()
    }

    /// All objects that there are, pods after what owns them.
    pub(super) fn all(&mut self) -> Vec<News> {
        let each = |resource: &Resource| {
            let facts = self.list(*resource).into_iter();
            facts.map(|(_, fact)| (*resource, fact)).collect::<Vec<_>>()
        };
        let mut all: Vec<News> = SOURCES.iter().flat_map(each).collect();
        all.sort_by_key(|(resource, _)| *resource == Resource::Pods);
        all
    }

    fn read(&mut self, resource: Resource, json: &str) -> (Uid, Fact) {
        let read = item::read(resource, Format::Json, json.as_bytes(), &Scope::All, &mut self.interner);
        let item = read.unwrap_or_else(|error| panic!("{error}: {json}"));
        (item.uid, Fact::Applied(item.object.expect("nothing is out of scope")))
    }
}
