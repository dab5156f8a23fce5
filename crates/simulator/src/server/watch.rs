//! Watches.

use super::{Server, answer::Answer};
use crate::{
    Resource,
    cluster::{Change, Object, What},
    faults::{Corruption, Cut, CutOrder},
    request::{Encoding, Query, Revision},
    selector::Selector,
    status::Status,
    wire::{self, EventType},
};
use bytes::Bytes;
use futures::StreamExt;
use std::{collections::VecDeque, io, pin::Pin, sync::Arc, time::Duration};
use tokio::{
    sync::watch,
    time::{Instant, Interval, MissedTickBehavior, Sleep},
};

/// How many changes are taken from the history at a time.
const BATCH: usize = 64;
/// How long a watch lasts that names no `timeoutSeconds`; the real server takes 30 to 60 minutes.
const LIFETIME: Duration = Duration::from_mins(45);

pub(super) fn answer(
    server: &Arc<Server>,
    resource: Resource,
    namespace: Option<String>,
    query: &Query,
    encoding: Encoding,
    corruption: Option<Corruption>,
) -> Result<Answer, Status> {
    let revision = query.revision()?;
    let selector = query.selector(resource)?;
    let streams_list = check_options(server, query)?;
    let lifetime = query.timeout()?.unwrap_or(LIFETIME);
    let with_initial = match revision {
        Revision::At(_) => streams_list == Some(true),
        Revision::Newest | Revision::Any => streams_list != Some(false),
    };
    // Subscribed before the snapshot is taken, so that no change falls between the two.
    let (head, cuts, orders) = (server.cluster.head(), server.faults.cuts(), server.bookmarks.subscribe());
    let (cursor, initial) = match revision {
        Revision::At(asked) if !with_initial => (asked, Vec::new()),
        _ => {
            let (cursor, objects) = server.cluster.snapshot(resource, namespace.as_deref());
            if let Revision::At(asked) = revision
                && asked > cursor
            {
                return Err(Status::too_large_resource_version(asked, cursor));
            }
            (cursor, if with_initial { objects } else { Vec::new() })
        }
    };
    let bookmarks = query.flag("allowWatchBookmarks");
    let mut bookmark_timer =
        tokio::time::interval_at(Instant::now() + server.bookmark_interval, server.bookmark_interval);
    bookmark_timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    server.meter.watch_opened(resource);
    let watch = Watch {
        server: Arc::clone(server),
        resource,
        namespace,
        selector,
        encoding,
        cursor,
        initial: initial.into_iter(),
        initial_end: (streams_list == Some(true) && bookmarks).then_some(cursor),
        first_look: true,
        bookmarks,
        bookmark_timer,
        deadline: Box::pin(tokio::time::sleep(lifetime)),
        pending: VecDeque::new(),
        corruption,
        ended: false,
        head,
        cuts,
        orders,
    };
    let frames = futures::stream::unfold(watch, |mut watch| async move {
        let frame = watch.next().await?;
        Some((frame, watch))
    });
    Ok(Answer::pieces(encoding.watch_content_type(), frames.boxed()))
}

/// What `sendInitialEvents` says, where it may be said.
fn check_options(server: &Server, query: &Query) -> Result<Option<bool>, Status> {
    let given = query.text("sendInitialEvents").is_some();
    let matching = query.text("resourceVersionMatch");
    if given && !server.allows_streaming_lists() {
        let why = "sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled";
        return Err(Status::invalid_option("sendInitialEvents", why));
    }
    if given && matching != Some("NotOlderThan") {
        let why = "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan";
        return Err(Status::invalid_option("resourceVersionMatch", why));
    }
    if !given && matching.is_some() {
        let why = "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided";
        return Err(Status::invalid_option("resourceVersionMatch", why));
    }
    Ok(given.then(|| query.flag("sendInitialEvents")))
}

/// One watch. It is driven by its connection: a frame is made when the client has room for it.
struct Watch {
    server: Arc<Server>,
    resource: Resource,
    namespace: Option<String>,
    selector: Selector,
    encoding: Encoding,
    /// Changes up to this resourceVersion have been seen.
    cursor: u64,
    /// Objects that are still to be told as added.
    initial: std::vec::IntoIter<Arc<Object>>,
    /// The resourceVersion of the bookmark that ends the initial events, while it is to come.
    initial_end: Option<u64>,
    /// Whether the history has not been asked yet: only then is a resourceVersion that is gone an error of its own.
    first_look: bool,
    bookmarks: bool,
    bookmark_timer: Interval,
    deadline: Pin<Box<Sleep>>,
    /// Frames of one batch of changes.
    pending: VecDeque<Vec<u8>>,
    corruption: Option<Corruption>,
    ended: bool,
    head: watch::Receiver<u64>,
    cuts: watch::Receiver<CutOrder>,
    orders: watch::Receiver<u64>,
}

impl Watch {
    async fn next(&mut self) -> Option<io::Result<Bytes>> {
        while !self.ended {
            if let Some(cut) = self.cut_now() {
                return self.end_by(cut);
            }
            tokio::select! {
                biased;
                () = self.server.stop.cancelled() => return None,
                () = self.server.faults.thawed() => {}
            }
            if let Some(frame) = self.ready_frame() {
                return Some(Ok(self.spoilt(frame).into()));
            }
            if self.ended {
                break;
            }
            tokio::select! {
                biased;
                () = self.server.stop.cancelled() => return None,
                // The loop looks at the order itself.
                () = wait_for_cut(&mut self.cuts) => {}
                _ = self.head.changed() => {}
                _ = self.orders.changed(), if self.bookmarks => self.push_bookmark(false),
                _ = self.bookmark_timer.tick(), if self.bookmarks => self.push_bookmark(false),
                () = &mut self.deadline => {
                    // The server says last how far it has come.
                    if self.bookmarks {
                        self.push_bookmark(false);
                    }
                    let last = self.pending.pop_front();
                    self.ended = true;
                    return last.map(|frame| Ok(frame.into()));
                }
            }
        }
        None
    }

    /// The next frame that can be made without waiting.
    fn ready_frame(&mut self) -> Option<Vec<u8>> {
        for object in self.initial.by_ref() {
            if self.selector.matches(&object) {
                return Some(wire::event(self.encoding, EventType::Added, self.resource, object.json()));
            }
        }
        if let Some(revision) = self.initial_end.take() {
            let bookmark = wire::bookmark(self.resource, revision, true);
            return Some(wire::event(self.encoding, EventType::Bookmark, self.resource, &bookmark));
        }
        loop {
            if let Some(frame) = self.pending.pop_front() {
                return Some(frame);
            }
            let before = self.cursor;
            match self.server.cluster.changes(self.resource, self.cursor, BATCH) {
                Ok((complete, changes)) => {
                    self.cursor = complete;
                    let frames = changes.iter().filter_map(|change| self.frame_of(change));
                    self.pending = frames.collect();
                }
                Err(forgotten) => {
                    self.ended = true;
                    // A watch that falls behind later is ended without a word; its client learns it when it resumes.
                    return self.first_look.then(|| {
                        wire::error_event(self.encoding, &Status::expired(before, forgotten.oldest))
                    });
                }
            }
            self.first_look = false;
            if self.pending.is_empty() && self.cursor == before {
                return None;
            }
        }
    }

    /// The frame for a change, as this watch's selector sees it: an object may enter or leave what is selected.
    fn frame_of(&self, change: &Change) -> Option<Vec<u8>> {
        let sees = |object: &Object| {
            self.namespace.as_deref().is_none_or(|namespace| *object.namespace == *namespace)
                && self.selector.matches(object)
        };
        let before = change.previous.as_deref().is_some_and(sees);
        let after = change.what != What::Deleted && sees(&change.object);
        let event = match (before, after) {
            (false, false) => return None,
            (false, true) => EventType::Added,
            (true, true) => EventType::Modified,
            (true, false) => EventType::Deleted,
        };
        // A deletion has a resourceVersion of its own, and the object as it last was.
        let gone = (change.what == What::Deleted).then(|| change.object.at_revision(change.revision));
        let object = gone.as_ref().unwrap_or(&change.object);
        Some(wire::event(self.encoding, event, self.resource, object.json()))
    }

    fn push_bookmark(&mut self, ends_initial_events: bool) {
        let bookmark = wire::bookmark(self.resource, self.cursor, ends_initial_events);
        self.pending.push_back(wire::event(self.encoding, EventType::Bookmark, self.resource, &bookmark));
    }

    fn spoilt(&mut self, frame: Vec<u8>) -> Vec<u8> {
        match self.corruption.take() {
            Some(corruption) => {
                self.ended = true;
                corruption.spoil(&frame, self.encoding == Encoding::Json)
            }
            None => frame,
        }
    }

    /// The order to end that this watch has not seen yet.
    fn cut_now(&mut self) -> Option<Cut> {
        if !self.cuts.has_changed().unwrap_or(false) {
            return None;
        }
        let order = *self.cuts.borrow_and_update();
        order.resource.is_none_or(|resource| resource == self.resource).then_some(order.cut)
    }

    fn end_by(&mut self, cut: Cut) -> Option<io::Result<Bytes>> {
        self.ended = true;
        match cut {
            Cut::Clean => None,
            Cut::Abrupt => Some(Err(io::Error::from(io::ErrorKind::ConnectionReset))),
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.server.meter.watch_closed(self.resource);
    }
}

/// Returns when there is an order that has not been looked at, and leaves it so.
async fn wait_for_cut(cuts: &mut watch::Receiver<CutOrder>) {
    if cuts.changed().await.is_ok() {
        cuts.mark_changed();
    } else {
        std::future::pending::<()>().await;
    }
}
