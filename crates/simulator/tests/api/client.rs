//! A client that knows HTTP and nothing of Kubernetes.

use crate::DEADLINE;
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use simulator::Simulator;
use std::net::SocketAddr;
use tokio::net::TcpStream;

pub(crate) const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";

/// A request in the making.
pub(crate) struct Call {
    address: SocketAddr,
    method: Method,
    path: String,
    headers: Vec<(&'static str, String)>,
}

/// An answer whose body is still to be read.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    body: Incoming,
    buffer: BytesMut,
}

/// An answer that has been read to its end.
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

pub(crate) fn get(simulator: &Simulator, path: &str) -> Call {
    Call { address: simulator.address(), method: Method::GET, path: path.to_owned(), headers: Vec::new() }
}

impl Call {
    pub(crate) fn method(mut self, method: Method) -> Self {
        self.method = method;
        self
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Sends it on a connection of its own.
    pub(crate) async fn open(self) -> Result<Answer, Box<dyn std::error::Error>> {
        let stream = TcpStream::connect(self.address).await?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        let mut request = Request::builder().method(self.method).uri(self.path).header("host", "simulator");
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        let response = sender.send_request(request.body(Empty::<Bytes>::new())?);
        let response = tokio::time::timeout(DEADLINE, response).await??;
        let (head, body) = response.into_parts();
        Ok(Answer { status: head.status, headers: head.headers, body, buffer: BytesMut::new() })
    }

    pub(crate) async fn send(self) -> Reply {
        let answer = self.open().await.expect("the simulator answers");
        let (status, headers) = (answer.status, answer.headers);
        let body = answer.body.collect().await.expect("the body is complete").to_bytes();
        Reply { status, headers, body }
    }

    pub(crate) async fn json(self) -> Value {
        self.send().await.json()
    }
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("the body is text")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Answer {
    /// The next line; `None` at a clean end; an error when the connection is lost.
    pub(crate) async fn line(&mut self) -> Result<Option<Value>, hyper::Error> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line = self.buffer.split_to(end + 1);
                return Ok(Some(serde_json::from_slice(&line).expect("a line is JSON")));
            }
            if !self.fill().await? {
                assert!(self.buffer.is_empty(), "the body ends within a line: {:?}", self.buffer);
                return Ok(None);
            }
        }
    }

    /// The next event of a watch.
    pub(crate) async fn event(&mut self) -> Value {
        self.line().await.expect("the connection holds").expect("the watch goes on")
    }

    /// The next bytes as they come.
    pub(crate) async fn bytes(&mut self) -> Result<Option<Bytes>, hyper::Error> {
        if self.buffer.is_empty() && !self.fill().await? {
            return Ok(None);
        }
        Ok(Some(self.buffer.split().freeze()))
    }

    async fn fill(&mut self) -> Result<bool, hyper::Error> {
        let frame = tokio::time::timeout(DEADLINE, self.body.frame()).await.expect("something comes");
        match frame {
            Some(frame) => {
                self.buffer.extend_from_slice(&frame?.into_data().unwrap_or_default());
                Ok(true)
            }
            None => Ok(false),
        }
    }
}
