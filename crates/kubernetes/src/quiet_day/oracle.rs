//! Whether what is said of a workload is what a person would say who knows what happens to it.

use super::chronicle::{Chronicle, line};
use super::episode::{Episode, What};
use super::monitor::time;
use super::outage::LENGTH;
use domain::change::Change;
use domain::health::Health;
use domain::id::WorkloadId;
use domain::workload::Row;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long after the end of an episode its effects may still be told of: what was asked for last has to come up, and
/// a pod of a node that is new or away has ten minutes.
const AFTERMATH: SignedDuration = SignedDuration::from_mins(12);

/// What happens to the workloads, and what was said of them.
#[derive(Debug)]
pub(super) struct Oracle {
    seed: u64,
    /// Of one workload each, by namespace and name.
    episodes: BTreeMap<(String, String), Vec<Episode>>,
    /// Of all of them.
    everywhere: Vec<Episode>,
    chronicle: Chronicle,
    pub(super) transitions: u64,
}

impl Oracle {
    pub(super) fn new(
        seed: u64,
        episodes: BTreeMap<(String, String), Vec<Episode>>,
        everywhere: Vec<Episode>,
    ) -> Self {
        Self { seed, episodes, everywhere, chronicle: Chronicle::default(), transitions: 0 }
    }

    /// Looks at what came of an observation.
    pub(super) fn look(&mut self, changes: &[Change], now: Timestamp) {
        for change in changes {
            match change {
                Change::Upserted(row) => {
                    self.chronicle.note(row, now);
                    self.judge(row, now);
                }
                Change::Transition(transition) => {
                    self.transitions += 1;
                    let bad = [Some(Health::Failed), Some(Health::Degraded)];
                    if bad.contains(&transition.to) {
                        self.complain(&transition.id, now, &format!("{transition:?}"));
                    }
                }
                _ => {}
            }
        }
    }

    /// Says of a row whether it fits what happens.
    pub(super) fn judge(&self, row: &Row, now: Timestamp) {
        let episodes = self.episodes_at(&row.id, now);
        let is_out = episodes.contains(&What::Outage);
        let explained = row.diagnosis.as_ref().is_none_or(|diagnosis| {
            episodes.iter().any(|what| what.explains(diagnosis.code, &diagnosis.summary))
        });
        let fits = match row.health {
            Health::Failed | Health::Degraded => false,
            // Of what was made meanwhile nothing was known before.
            Health::Unknown => {
                let is_new = row.created.is_some_and(|made| made >= time(now - 2 * LENGTH));
                is_out && row.diagnosis.is_some() && (row.last_known.is_some() || is_new)
            }
            Health::Progressing => row.diagnosis.is_some() && explained,
            Health::Healthy => explained && row.available >= row.desired,
            Health::Suspended => explained && row.desired.is_none_or(|desired| desired == 0),
        };
        if !fits {
            self.complain(&row.id, now, &line(row));
        }
    }

    /// A day that is not quiet: what was said, and what led to it.
    pub(super) fn complain(&self, id: &WorkloadId, now: Timestamp, what: &str) {
        panic!(
            "QUIET_DAY_SEED={}: at {now} of {id:?}\n  {what}\nwhile {:?}; said before:\n{}",
            self.seed,
            self.episodes_at(id, now),
            self.chronicle.tell(id)
        );
    }

    fn episodes_at(&self, id: &WorkloadId, now: Timestamp) -> Vec<What> {
        let key = (id.namespace.to_string(), id.name.to_string());
        let own = self.episodes.get(&key).into_iter().flatten();
        let both = own.chain(&self.everywhere);
        both.filter(|episode| episode.from <= now && now <= episode.until + AFTERMATH)
            .map(|episode| episode.what)
            .collect()
    }
}

/// What is said of each workload, by its id.
pub(super) fn rows(state: &domain::state::State) -> BTreeMap<Arc<WorkloadId>, Arc<Row>> {
    let view = state.view();
    view.clusters().flat_map(domain::state::Cluster::rows).map(|row| (row.id.clone(), row.clone())).collect()
}
