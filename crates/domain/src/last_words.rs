//! What a container wrote last before it ended.
use crate::id::Uid;
use crate::text::Text;
use crate::time::Time;

/// The end of a container, and what its log says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastWords {
    /// `metadata.uid` of the pod
    pub pod: Uid,
    /// The container's name
    pub container: Text,
    /// `finishedAt` of the run that ended
    pub ended: Time,
    /// What is known of its log
    pub log: LogTail,
}

/// The end of the log of a run that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LogTail {
    /// Its last line that says something.
    Line {
        /// When it was written, by the clock of its node
        at: Time,
        /// On one line, without control characters, cut where it grew too long, and without what looks like a secret
        text: Text,
    },
    /// It wrote nothing, or the kubelet does not have it any more.
    Nothing,
    /// It may not be read.
    Forbidden {
        /// The API server's words
        reason: Text,
    },
}
