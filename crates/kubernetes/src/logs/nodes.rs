//! The nodes whose kubelets hand out the logs. Of each one log is asked for at a time, so that one that hangs holds up its
//! own pods alone.

use domain::text::Text;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::time::Instant;

/// How long a node is left alone that did not answer.
const REST: Duration = Duration::from_secs(30);

/// Which nodes may not be asked at this moment.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    busy: BTreeMap<Text, Busy>,
}

#[derive(Debug)]
enum Busy {
    /// It is being asked.
    Asked,
    /// It did not answer, and is left alone until then.
    Resting(Instant),
}

impl Nodes {
    /// From when on the node may be asked; `None` while it is being asked.
    pub(super) fn free_from(&self, node: Option<&Text>, now: Instant) -> Option<Instant> {
        match node.and_then(|node| self.busy.get(node)) {
            None => Some(now),
            Some(Busy::Resting(until)) => Some(*until),
            Some(Busy::Asked) => None,
        }
    }

    pub(super) fn begin(&mut self, node: Option<&Text>) {
        self.busy.extend(node.map(|node| (node.clone(), Busy::Asked)));
    }

    pub(super) fn end(&mut self, node: Option<&Text>, has_answered: bool) {
        let Some(node) = node else { return };
        let now = Instant::now();
        self.busy.retain(|_, busy| !matches!(busy, Busy::Resting(until) if *until <= now));
        if has_answered {
            self.busy.remove(node);
        } else {
            self.busy.insert(node.clone(), Busy::Resting(now + REST));
        }
    }
}
