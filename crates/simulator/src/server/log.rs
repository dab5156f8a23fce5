//! Containers' logs.

use super::{Server, answer::Answer};
use crate::{
    cluster::{LogLine, LogQuery},
    request::Query,
    status::Status,
};
use bytes::Bytes;
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use std::{io, sync::Arc, time::Duration};
use tokio::sync::watch;

const CONTENT_TYPE: &str = "text/plain";
const GLANCE: Duration = Duration::from_secs(1);

pub(super) fn answer(
    server: &Arc<Server>,
    namespace: String,
    pod: String,
    query: &Query,
) -> Result<Answer, Status> {
    let seconds_ago =
        query.number("sinceSeconds")?.map(|seconds| SignedDuration::from_secs(seconds.cast_signed()));
    let since = match (seconds_ago, query.text("sinceTime")) {
        (Some(ago), _) => server.cluster.now().checked_sub(ago).ok(),
        (None, Some(time)) => {
            let time: Timestamp = time.parse().map_err(|_| Status::bad_request("invalid sinceTime"))?;
            Some(time)
        }
        (None, None) => None,
    };
    let log_query = LogQuery {
        namespace,
        pod,
        container: query.text("container").map(str::to_owned),
        previous: query.flag("previous"),
        tail_lines: query.number("tailLines")?.map(|lines| usize::try_from(lines).unwrap_or(usize::MAX)),
        since,
        timestamps: query.flag("timestamps"),
    };
    let limit =
        query.number("limitBytes")?.map_or(usize::MAX, |limit| limit.try_into().unwrap_or(usize::MAX));
    // Subscribed before the lines are read, so that none falls between the two.
    let head = server.cluster.head();
    let lines = server.cluster.read_log(&log_query)?;
    if !query.flag("follow") {
        let mut text = write(&lines, log_query.timestamps).into_bytes();
        text.truncate(limit);
        return Ok(Answer::ok(CONTENT_TYPE, text));
    }
    let first = write(&lines, log_query.timestamps);
    let follower =
        Follower { server: Arc::clone(server), last: lines.last().cloned(), query: log_query, head };
    let first = futures::stream::iter((!first.is_empty()).then(|| Ok(Bytes::from(first))));
    let rest = futures::stream::unfold(follower, |mut follower| async move {
        let piece = follower.next().await?;
        Some((piece, follower))
    });
    Ok(Answer::pieces(CONTENT_TYPE, first.chain(rest).boxed()))
}

/// A reader that waits for more.
struct Follower {
    server: Arc<Server>,
    query: LogQuery,
    last: Option<LogLine>,
    head: watch::Receiver<u64>,
}

impl Follower {
    /// The lines after the last one; ends when the container, the pod or the server does.
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        loop {
            tokio::select! {
                () = self.server.stop.cancelled() => return None,
                changed = self.head.changed() => changed.ok()?,
                // What is made up for a container appears with the time.
                () = tokio::time::sleep(GLANCE) => {}
            }
            self.query.tail_lines = None;
            self.query.since = self.last.as_ref().map(|line| line.at).or(self.query.since);
            let lines = self.server.cluster.read_log(&self.query).ok()?;
            // Lines of the very time of the last one are told apart by their text.
            let seen = lines.iter().rposition(|line| Some(line) == self.last.as_ref());
            let new = &lines[seen.map_or(0, |index| index + 1)..];
            if let Some(last) = new.last() {
                self.last = Some(last.clone());
                return Some(Ok(write(new, self.query.timestamps).into()));
            }
        }
    }
}

fn write(lines: &[LogLine], timestamps: bool) -> String {
    lines.iter().map(|line| line.write(timestamps)).collect()
}
