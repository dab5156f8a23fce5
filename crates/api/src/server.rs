//! The HTTP server: connections in, answers out, and an orderly end.
use crate::app::App;
use crate::assets::Assets;
use crate::context::Context;
use crate::guard::{self, Arrival, Guard};
use crate::routes;
use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use socket::Socket;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use tower_http::compression::predicate::{Predicate, SizeAbove};
use tower_http::compression::{CompressionLayer, CompressionLevel};

mod limits;
mod socket;

pub(crate) use limits::Limits;

/// How long open connections may take to end, once the server is told to stop.
pub const GRACE: Duration = Duration::from_secs(4);
/// How long a client may take to send the head of a request, and a connection may idle.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a request's head; hyper answers 431 to a longer one.
const LARGEST_HEAD: usize = 32 * 1024;
/// The most headers of a request.
const MOST_HEADERS: usize = 100;
/// JSON below this size is not compressed: it would gain nothing.
const LEAST_COMPRESSED: u64 = 1024;
/// How long to wait when no connection can be accepted, for want of file descriptors, say.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A server on a socket.
pub struct Server {
    listener: TcpListener,
    bound: SocketAddr,
    service: Router,
    /// Ends the streams: those that follow the state, and the tasks that make their events.
    closing: CancellationToken,
    app: Arc<App>,
    limits: Limits,
}

impl Server {
    /// A server that will answer on that socket. Where the limit of open files is too low for its connections, it is
    /// raised as far as it may be.
    pub fn new(listener: TcpListener, context: Context) -> io::Result<Self> {
        Self::limited(listener, context, Limits::of_process())
    }

    pub(crate) fn limited(listener: TcpListener, context: Context, limits: Limits) -> io::Result<Self> {
        let bound = listener.local_addr()?;
        let closing = CancellationToken::new();
        let (routes, _) = routes::all();
        let app = Arc::new(App::new(context, Assets::embedded(), &closing));
        let guard = Arc::new(Guard::new(app.clone()));
        let compression = CompressionLayer::new()
            .quality(CompressionLevel::Fastest)
            .compress_when(is_json.and(SizeAbove::new(LEAST_COMPRESSED)));
        let service = routes
            .with_state(app.clone())
            .layer(compression)
            .layer(axum::middleware::from_fn_with_state(guard, guard::admit));
        Ok(Self { listener, bound, service, closing, app, limits })
    }

    /// The address that it answers on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.bound
    }

    /// Answers until it is told to stop; then streams end at once, other answers are finished, and whatever is still
    /// open after [`GRACE`] is cut off.
    pub async fn run(self, stop: CancellationToken) {
        let _closing = self.closing.clone().drop_guard();
        let permits = Arc::new(Semaphore::new(self.limits.connections));
        let mut connections = JoinSet::new();
        loop {
            let stream = tokio::select! {
                () = stop.cancelled() => break,
                Some(ended) = connections.join_next() => {
                    rejoin(ended);
                    continue;
                }
                accepted = accept(&self.listener, &permits) => accepted,
            };
            let (permit, stream) = stream;
            let connection = Connection {
                service: self.service.clone(),
                closing: self.closing.clone(),
                write_patience: self.limits.write_patience,
            };
            connections.spawn(async move {
                connection.serve(stream).await;
                drop(permit);
            });
        }
        drop(self.listener);
        self.closing.cancel();
        let drained = timeout(GRACE, async {
            while let Some(ended) = connections.join_next().await {
                rejoin(ended);
            }
            self.app.streams.drained().await;
        });
        if drained.await.is_err() {
            tracing::warn!(
                connections = connections.len(),
                "connections did not end in time and were cut off"
            );
            connections.shutdown().await;
        }
    }
}

/// One connection and what answers on it.
struct Connection {
    service: Router,
    closing: CancellationToken,
    write_patience: Duration,
}

/// Cuts off the connection that a request came on: for a client that does not read what it asked for.
#[derive(Clone)]
pub(crate) struct Cutter(CancellationToken);

impl Cutter {
    #[cfg(test)]
    pub(crate) const fn of(token: CancellationToken) -> Self {
        Self(token)
    }

    /// Cuts it off.
    pub(crate) fn cut(&self) {
        self.0.cancel();
    }

    /// Whether it has been cut off.
    pub(crate) fn is_cut(&self) -> bool {
        self.0.is_cancelled()
    }
}

impl Connection {
    async fn serve(self, stream: TcpStream) {
        let cutter = Cutter(CancellationToken::new());
        let arrival = stream.local_addr().ok().map(|address| Arrival(address.ip()));
        let socket = Socket::new(stream, self.write_patience, cutter.clone());
        let cut = cutter.0.clone();
        let routes = self.service;
        let service = service_fn(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(cutter.clone());
            if let Some(arrival) = arrival {
                request.extensions_mut().insert(arrival);
            }
            routes.clone().oneshot(request.map(Body::new))
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE)
            .max_buf_size(LARGEST_HEAD)
            .max_headers(MOST_HEADERS)
            .serve_connection(TokioIo::new(socket), service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = cut.cancelled() => Ok(()),
            () = self.closing.cancelled() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            // A client that goes away, or that does not speak HTTP, is no event of ours.
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// Takes the next connection, once there is room for one.
async fn accept(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (tokio::sync::OwnedSemaphorePermit, TcpStream) {
    let permit = permits.clone().acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Events are small and must not wait for more; a socket that refuses that works all the same.
                let _ = stream.set_nodelay(true);
                return (permit, stream);
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// A panic in a connection is ours, and ends the process as any other.
fn rejoin(ended: Result<(), JoinError>) {
    if let Err(failure) = ended
        && failure.is_panic()
    {
        std::panic::resume_unwind(failure.into_panic());
    }
}

/// What is compressed on the way out: JSON. The page's files are compressed already, and events must not wait.
fn is_json(_: http::StatusCode, _: http::Version, headers: &http::HeaderMap, _: &http::Extensions) -> bool {
    let content_type = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|content_type| {
        content_type.starts_with("application/json")
            || content_type.starts_with("text/plain; version=")
            || content_type.starts_with("application/openmetrics-text")
    })
}
