//! A client, as small as a test can do with. Everything has a deadline, and says what it waited for.
use super::Site;
use axum::body::Body;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a test waits for anything.
const DEADLINE: Duration = Duration::from_secs(20);

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    /// GETs a path; it must be answered with 200 and JSON.
    pub(crate) async fn json(&self, path: &str) -> Value {
        let answer = self.get(path, &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    /// GETs a path with these headers.
    pub(crate) async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.ask("GET", path, headers).await
    }

    /// Asks with any method. The host is localhost unless a header names another.
    pub(crate) async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
        let response = send(self.address, method, path, headers).await;
        let (parts, body) = response.into_parts();
        let body = timeout(DEADLINE, body.collect()).await.expect("the body did not end").unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Opens an event stream.
    pub(crate) async fn stream(&self, path: &str, headers: &[(&str, &str)]) -> Events {
        let response = send(self.address, "GET", path, headers).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events::of(Body::new(response.into_body()))
    }
}

async fn send(address: SocketAddr, method: &str, path: &str, headers: &[(&str, &str)]) -> Response<Incoming> {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::builder().method(method).uri(path);
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        request = request.header("host", "localhost");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = sender.send_request(request.body(Body::empty()).unwrap());
    timeout(DEADLINE, answer).await.unwrap_or_else(|_| panic!("no answer to {method} {path}")).unwrap()
}

/// The events of a stream, one by one.
pub(crate) struct Events {
    body: BoxStream<'static, Result<Bytes, axum::Error>>,
    /// A chunk may end within a letter
    unread: Vec<u8>,
}

/// One event; a comment has no name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: Value,
}

impl Event {
    /// Names of the workloads that it upserts or, in a snapshot, holds.
    pub(crate) fn names(&self) -> Vec<&str> {
        let rows = self.data["upserted"].as_array().or(self.data["workloads"].as_array()).unwrap();
        rows.iter().map(|row| row["name"].as_str().unwrap()).collect()
    }

    /// Ids of the workloads that it removes.
    pub(crate) fn removed(&self) -> Vec<&str> {
        self.ids("removed")
    }

    /// Ids of the workloads of which something changed that their row does not show.
    pub(crate) fn touched(&self) -> Vec<&str> {
        self.ids("touched")
    }

    fn ids(&self, field: &str) -> Vec<&str> {
        self.data[field].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect()
    }
}

impl Events {
    pub(crate) fn of(body: Body) -> Self {
        Self { body: StreamExt::boxed(body.into_data_stream()), unread: Vec::new() }
    }

    /// The next event or comment; `None` when the stream has ended.
    pub(crate) async fn next_or_comment(&mut self) -> Option<Event> {
        loop {
            if let Some(end) = memchr::memmem::find(&self.unread, b"\n\n") {
                let event: Vec<u8> = self.unread.drain(..end + 2).collect();
                return Some(parse(std::str::from_utf8(&event).unwrap()));
            }
            let chunk = timeout(DEADLINE, self.body.next()).await.expect("no event came in time");
            self.unread.extend_from_slice(&chunk?.ok()?);
        }
    }

    /// The next event that is no comment.
    pub(crate) async fn next(&mut self) -> Event {
        let event = async {
            loop {
                let event = self.next_or_comment().await.expect("the stream has ended");
                if !event.name.is_empty() {
                    return event;
                }
            }
        };
        timeout(DEADLINE, event).await.expect("nothing but comments came in time")
    }

    /// Reads a snapshot to its end, and the overview that follows: the names, and the version.
    pub(crate) async fn snapshot(&mut self) -> (Vec<String>, String) {
        let mut names = Vec::new();
        loop {
            let part = self.next().await;
            assert_eq!(part.name, "snapshot", "{part:?}");
            names.extend(part.names().into_iter().map(ToOwned::to_owned));
            if part.data["last"] == true {
                let overview = self.next().await;
                assert_eq!(
                    (overview.name.as_str(), &overview.data["version"]),
                    ("change", &part.data["version"])
                );
                return (names, overview.id.unwrap());
            }
        }
    }
}

fn parse(text: &str) -> Event {
    let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    let data = field("data:").map_or(Value::Null, |data| serde_json::from_str(data).unwrap());
    Event {
        name: field("event:").unwrap_or_default().to_owned(),
        id: field("id:").map(ToOwned::to_owned),
        data,
    }
}
