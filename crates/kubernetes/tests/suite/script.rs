//! An API server that says about pods exactly what a test tells it to, and has nothing else.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Answers watches of pods with one script after the other; the last is not ended.
pub(crate) struct Script {
    pub(crate) address: SocketAddr,
    state: Arc<Mutex<State>>,
    listener: JoinHandle<()>,
}

struct State {
    /// Frames of each answer, in JSON
    answers: VecDeque<Vec<String>>,
    /// What was asked about pods: path and query
    asked: Vec<String>,
}

impl Script {
    pub(crate) async fn play(answers: impl IntoIterator<Item = Vec<String>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of loopback is free");
        let address = listener.local_addr().expect("it is bound");
        let state = State { answers: answers.into_iter().collect(), asked: Vec::new() };
        let state = Arc::new(Mutex::new(state));
        let listener = tokio::spawn(listen(listener, state.clone()));
        Self { address, state, listener }
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).asked.clone()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

async fn listen(listener: TcpListener, state: Arc<Mutex<State>>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, state.clone()));
    }
}

/// One request to a connection: the end of the answer is the end of the connection.
async fn answer(mut stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let target = head.split(' ').nth(1).unwrap_or_default();
    if !target.starts_with("/api/v1/pods?") {
        let nothing = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        let _ = stream.write_all(nothing.as_bytes()).await;
        return;
    }
    let (frames, is_last) = {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.asked.push(target.to_owned());
        (state.answers.pop_front().unwrap_or_default(), state.answers.is_empty())
    };
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let _ = stream.write_all(format!("{head}{}", frames.concat()).as_bytes()).await;
    if is_last {
        // Until the client goes.
        let _ = stream.read_u8().await;
    }
}
