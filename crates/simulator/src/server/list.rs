//! Lists.

use super::{Server, answer::Answer};
use crate::{
    Resource,
    cluster::PageQuery,
    request::{Encoding, Query, Revision},
    status::Status,
    wire,
};
use flate2::{Compression, write::GzEncoder};
use std::{io::Write, sync::Arc};

/// Answers above this size are compressed for clients that accept it, as by the real server.
const GZIP_ABOVE_BYTES: usize = 128 * 1024;

pub(super) async fn answer(
    server: &Arc<Server>,
    resource: Resource,
    namespace: Option<String>,
    query: &Query,
    encoding: Encoding,
    gzip: bool,
) -> Result<Answer, Status> {
    let revision = query.revision()?;
    let selector = query.selector(resource)?;
    let limit = query.number("limit")?.unwrap_or(0);
    check_options(query, revision)?;
    let current = server.cluster.revision();
    if let Revision::At(asked) = revision {
        if asked > current {
            return Err(Status::too_large_resource_version(asked, current));
        }
        if query.text("resourceVersionMatch") == Some("Exact") && asked != current {
            return Err(Status::expired(asked, current));
        }
    }
    // From its cache the server gives everything at once.
    let limit = if revision == Revision::Any { 0 } else { usize::try_from(limit).unwrap_or(usize::MAX) };
    let continue_token = query.text("continue").map(str::to_owned);
    let page_query = PageQuery { namespace, selector, limit, continue_token };
    let page = server.cluster.page(resource, &page_query)?;
    // A large list takes a tenth of a second to write: not on a thread that serves others.
    let written = tokio::task::spawn_blocking(move || {
        let body = wire::list(encoding, resource, &page);
        if gzip && body.len() > GZIP_ABOVE_BYTES { (compressed(&body), true) } else { (body, false) }
    });
    let (body, gzip) = written.await.map_err(|_| Status::of_code(http::StatusCode::INTERNAL_SERVER_ERROR))?;
    Ok(Answer { gzip, ..Answer::ok(encoding.content_type(), body) })
}

fn check_options(query: &Query, revision: Revision) -> Result<(), Status> {
    if query.text("sendInitialEvents").is_some() {
        return Err(Status::invalid_option("sendInitialEvents", "sendInitialEvents is forbidden for list"));
    }
    let matching = query.text("resourceVersionMatch");
    if matching.is_some() && revision == Revision::Newest {
        let why = "resourceVersionMatch is forbidden unless resourceVersion is provided";
        return Err(Status::invalid_option("resourceVersionMatch", why));
    }
    if matching == Some("Exact") && revision == Revision::Any {
        let why = "resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"";
        return Err(Status::invalid_option("resourceVersionMatch", why));
    }
    Ok(())
}

fn compressed(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(body).and_then(|()| encoder.finish()).expect("writing to memory does not fail")
}
