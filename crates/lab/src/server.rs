//! The product's server, as its users meet it: over HTTP.

pub(crate) mod events;
pub(crate) mod reply;

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rustix::process::Signal;
use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

use crate::program::Running;
use crate::{Events, Exit, Program, Reply, until};

/// How long a start or an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// A server that runs on loopback; killed when dropped.
#[derive(Debug)]
pub struct Server {
    running: Running,
    address: SocketAddr,
    agent: Agent,
}

impl Server {
    pub(crate) fn start(program: &Program) -> Self {
        Self::start_on(program, Ipv4Addr::LOCALHOST)
    }

    /// The same, listening on `ip`.
    pub(crate) fn start_on(program: &Program, ip: Ipv4Addr) -> Self {
        let address = free_address();
        let listen = SocketAddr::from((ip, address.port()));
        let running = program.clone().env("MAINTENANT_ADDR", listen.to_string()).spawn();
        let mut server = Self { running, address, agent: agent() };
        until("the server answers on /api/v1/health", PATIENCE, || {
            if let Some(exit) = server.running.exit() {
                panic!("the server has ended: {:?}\n{}", exit.code, exit.stderr);
            }
            match server.try_request("GET", "/api/v1/health", &[]) {
                Ok(reply) if reply.status == 200 => Ok(()),
                Ok(reply) => Err(format!("{reply:?}")),
                Err(error) => Err(format!("{error}; stderr:\n{}", server.stderr())),
            }
        });
        server
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of `path`, which begins with a slash.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The id of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.running.id()
    }

    /// What it has written to standard error so far.
    #[must_use]
    pub fn stderr(&self) -> String {
        self.running.stderr()
    }

    /// Waits until `/api/v1/ready` says yes.
    #[track_caller]
    pub fn wait_ready(&self) {
        until("the server is ready", PATIENCE, || {
            let reply = self.request("GET", "/api/v1/ready", &[]);
            if reply.status == 200 {
                Ok(())
            } else {
                Err(format!("{} {}; stderr:\n{}", reply.status, reply.text(), self.stderr()))
            }
        });
    }

    /// Asks for `path`; any status is an answer.
    #[track_caller]
    #[must_use]
    pub fn get(&self, path: &str) -> Reply {
        self.request("GET", path, &[])
    }

    /// Asks for `path`, which must answer 200 with JSON.
    #[track_caller]
    #[must_use]
    pub fn get_json(&self, path: &str) -> Value {
        let reply = self.get(path);
        assert_eq!(reply.status, 200, "GET {path}: {}", reply.text());
        reply.json()
    }

    /// Sends a request without a body, with `headers` beside the usual ones or in their place.
    #[track_caller]
    #[must_use]
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
        self.try_request(method, path, headers)
            .unwrap_or_else(|error| panic!("{method} {path}: {error}; stderr:\n{}", self.stderr()))
    }

    /// Asks for `path` until `probe` finds in its JSON what it looks for, and returns that.
    #[track_caller]
    pub fn wait_for<T>(&self, what: &str, path: &str, mut probe: impl FnMut(&Value) -> Option<T>) -> T {
        until(what, PATIENCE, || {
            let reply = self.request("GET", path, &[]);
            let found = if reply.status == 200 { probe(&reply.json()) } else { None };
            found.ok_or_else(|| format!("GET {path}: {} {}", reply.status, reply.text()))
        })
    }

    /// Follows the event stream at `path`, which must answer 200; `headers` as in [`request`](Self::request).
    #[track_caller]
    #[must_use]
    pub fn events(&self, path: &str, headers: &[(&str, &str)]) -> Events {
        Events::open(&self.agent, &self.url(path), headers)
    }

    /// Sends SIGTERM and waits for the end, which must come within ten seconds.
    #[must_use]
    pub fn terminate(self) -> Exit {
        self.running.signal(Signal::TERM);
        self.running.wait(Duration::from_secs(10))
    }

    /// Ends it at once with SIGKILL, as a crash or a lack of memory would.
    pub fn kill(self) {
        drop(self.running);
    }

    fn try_request(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Result<Reply, ureq::Error> {
        let mut request = Request::builder().method(method).uri(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = self.agent.configure_request(request.body(())?).timeout_global(Some(PATIENCE)).build();
        Reply::read(self.agent.run(request)?)
    }
}

/// An agent that reports what the server did, and adds nothing: no redirects, no proxy, no status turned into an error.
fn agent() -> Agent {
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .proxy(None)
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .build();
    config.new_agent()
}

/// An address nobody listens on. Below the kernel's ephemeral ports, so that no outgoing connection takes it before the
/// server does, and counted from the process's id, so that tests that run at the same time look in different places.
fn free_address() -> SocketAddr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    const FIRST: u32 = 10_000;
    const COUNT: u32 = 10_000;
    let start = std::process::id().wrapping_mul(16);
    (0..COUNT)
        .map(|_| {
            let offset = start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) % COUNT;
            SocketAddr::from((Ipv4Addr::LOCALHOST, (FIRST + offset) as u16))
        })
        .find(|address| TcpListener::bind(address).is_ok())
        .expect("of ten thousand ports one is free")
}
