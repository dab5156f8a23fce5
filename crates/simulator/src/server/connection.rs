//! The listening socket and its connections.

use super::Server;
use crate::{Error, faults::Connections};
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{convert::Infallible, io, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

const BACKLOG: u32 = 256;
/// How long a client may take to read the end of its answer when the simulator stops.
const FAREWELL: Duration = Duration::from_secs(1);
/// Requests are paths and a few headers.
const REQUEST_BYTES: usize = 64 * 1024;

/// Accepts connections until the server is stopped.
#[derive(Debug)]
pub(crate) struct Listener {
    server: Arc<Server>,
    address: SocketAddr,
    /// `None` while connections are refused.
    socket: Option<TcpListener>,
    /// Bound and never listening: it keeps the port ours while connections are refused.
    _reservation: TcpSocket,
}

impl Listener {
    pub(crate) fn bind(server: Arc<Server>, address: SocketAddr) -> Result<Self, Error> {
        let failed = |source| Error::Listen { address, source };
        let reservation = socket(address).map_err(failed)?;
        let address = reservation.local_addr().map_err(failed)?;
        let socket = listen(address).map_err(failed)?;
        Ok(Self { server, address, socket: Some(socket), _reservation: reservation })
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Task `simulator listener`: ends, with all connections, when the token is cancelled.
    pub(crate) async fn run(mut self, stop: CancellationToken) {
        let mut listening = self.server.faults.listening();
        let mut connections = JoinSet::new();
        loop {
            let open = *listening.borrow_and_update();
            match (open, self.socket.is_some()) {
                (false, true) => {
                    self.socket = None;
                    self.server.faults.listens(false);
                }
                (true, false) => match listen(self.address) {
                    Ok(socket) => {
                        self.socket = Some(socket);
                        self.server.faults.listens(true);
                    }
                    Err(error) => tracing::error!(%error, address = %self.address, "cannot listen again"),
                },
                _ => {}
            }
            tokio::select! {
                () = stop.cancelled() => break,
                _ = listening.changed() => {}
                accepted = accept(self.socket.as_ref()) => match accepted {
                    Ok(stream) => {
                        self.server.meter.connection();
                        connections.spawn(Connection { server: Arc::clone(&self.server), stream }.run(stop.clone()));
                    }
                    Err(error) => tracing::debug!(%error, "a connection was lost before it was accepted"),
                },
                Some(_) = connections.join_next() => {}
            }
        }
        drop(self.socket);
        while connections.join_next().await.is_some() {}
    }
}

/// One client's connection.
struct Connection {
    server: Arc<Server>,
    stream: TcpStream,
}

impl Connection {
    async fn run(self, stop: CancellationToken) {
        let Self { server, stream } = self;
        let Connections { dropped, tracker } = server.faults.connections();
        let _counted = tracker.token();
        // Small watch frames must not wait for one another.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "a connection closed at once");
            return;
        }
        let service = service_fn(|request| {
            let server = Arc::clone(&server);
            async move { Ok::<_, Infallible>(server.serve(request).await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .max_buf_size(REQUEST_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            biased;
            () = dropped.cancelled() => {}
            // An error here is a client that went away, or a cut that was asked for.
            _ = connection.as_mut() => {}
            () = stop.cancelled() => {
                connection.as_mut().graceful_shutdown();
                tokio::select! {
                    _ = tokio::time::timeout(FAREWELL, connection) => {}
                    () = dropped.cancelled() => {}
                }
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<TcpStream> {
    match listener {
        Some(listener) => listener.accept().await.map(|(stream, _)| stream),
        None => std::future::pending().await,
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    socket(address)?.listen(BACKLOG)
}

/// A socket bound to the address, which several of ours may be at once.
fn socket(address: SocketAddr) -> io::Result<TcpSocket> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    Ok(socket)
}
