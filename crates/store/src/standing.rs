//! How the storage stands: said by the writer, shown to everybody, logged once for each change.
use crate::error::Trouble;
use crate::ledger::Replaced;
use domain::port::StorageState;
use domain::text::Text;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Shared by the writer, which says it, and those who ask.
#[derive(Debug)]
pub(crate) struct Standing {
    path: PathBuf,
    said: Mutex<Said>,
}

#[derive(Debug)]
struct Said {
    state: StorageState,
    message: Option<Text>,
    /// Clusters that are others than before, in words, by name
    notices: BTreeMap<Text, Text>,
}

impl Standing {
    pub(crate) fn new(path: &Path, state: StorageState, message: Option<Text>) -> Self {
        if let Some(message) = &message {
            tracing::warn!("{message}");
        }
        let said = Said { state, message, notices: BTreeMap::new() };
        Self { path: path.to_owned(), said: Mutex::new(said) }
    }

    /// In one word, and in a sentence where there is something to say.
    pub(crate) fn ask(&self) -> (StorageState, Option<Text>) {
        let said = self.said();
        let notices = || said.notices.values().map(AsRef::as_ref).collect::<Vec<&str>>().join(" ");
        let notice = (!said.notices.is_empty()).then(|| notices().into());
        (said.state, said.message.clone().or(notice))
    }

    /// Writing works.
    pub(crate) fn recovered(&self) {
        let mut said = self.said();
        if said.state != StorageState::Ok {
            tracing::info!(path = %self.path.display(), "history is written again");
        }
        said.state = StorageState::Ok;
        said.message = None;
    }

    /// Writing does not work. `budget_used_up`: the volume may well have room.
    pub(crate) fn failed(&self, error: &rusqlite::Error, budget_used_up: bool) {
        let path = self.path.display();
        let (state, message) = match Trouble::of(error) {
            Trouble::Full if budget_used_up => (
                StorageState::Full,
                format!(
                    "The history {path} has reached its budget with what is current alone; give it more."
                ),
            ),
            Trouble::Full => (
                StorageState::Full,
                format!("The disk of the history {path} is full; history goes on when there is room again."),
            ),
            Trouble::ReadOnly => {
                (StorageState::ReadOnly, format!("The history {path} may not be written to any more."))
            }
            Trouble::Busy => (
                StorageState::Failing,
                format!("The history {path} is locked by another program; history goes on when it lets go."),
            ),
            Trouble::Damaged => (
                StorageState::Failing,
                format!(
                    "The history {path} is damaged ({error}); move it away together with its -wal and -shm, and start \
                     again."
                ),
            ),
            Trouble::Other => {
                (StorageState::Failing, format!("The history {path} can't be written: {error}."))
            }
        };
        let mut said = self.said();
        if said.state != state {
            tracing::warn!(state = state.as_str(), %error, "{message}");
        }
        said.state = state;
        said.message = Some(message.into());
    }

    /// The file is not where it was.
    pub(crate) fn lost_file(&self) {
        let message = format!(
            "The history {} was removed or replaced while in use: what is written now goes with this process; start \
             again.",
            self.path.display()
        );
        let mut said = self.said();
        if said.state != StorageState::Failing {
            tracing::warn!("{message}");
        }
        said.state = StorageState::Failing;
        said.message = Some(message.into());
    }

    /// Another cluster answers under a name.
    pub(crate) fn notice(&self, replaced: &Replaced) {
        let Replaced { name, before, now } = replaced;
        let message = format!(
            "Another cluster than before answers as {name}: its namespace kube-system is {now}, it was {before}. What \
             is older is the history of the other one."
        );
        tracing::warn!(cluster = &**name, "{message}");
        self.said().notices.insert(name.clone(), message.into());
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
