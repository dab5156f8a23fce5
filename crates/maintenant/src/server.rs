//! A running server, as `status`, `check` and `health` ask it.
use crate::settings::{Faults, Settings};
use anyhow::{Context, bail};
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an answer may take to be read to its end.
const BODY_PATIENCE: Duration = Duration::from_secs(40);
/// How long a stream may be silent: it comments every 15 seconds.
const SILENCE: Duration = Duration::from_secs(40);
/// The largest answer that is read.
const LARGEST_ANSWER: u64 = 64 << 20;

/// Where a running server is reached.
#[derive(Clone)]
pub(crate) struct Server {
    base: String,
    agent: ureq::Agent,
    /// How long a stream may be silent
    silence: Duration,
}

impl Server {
    /// At that URL, else at the listen address of the settings.
    pub(crate) fn new(url: Option<String>, settings: &Settings) -> Result<Self, Faults> {
        let base = match url {
            Some(url) if url.starts_with("https://") => {
                return Err(Faults(vec![format!(
                    "--url: `{url}`: a server is asked over plain http, on its own address; https ends at the proxy before it"
                )]));
            }
            Some(url) if url.starts_with("http://") => url.trim_end_matches('/').to_owned(),
            Some(url) => {
                return Err(Faults(vec![format!("--url: `{url}`: `http://HOST:PORT` is expected")]));
            }
            None => {
                let mut addr = settings.addr;
                if addr.ip().to_canonical().is_unspecified() {
                    addr.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
                }
                format!("http://{addr}")
            }
        };
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_recv_body(Some(BODY_PATIENCE))
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self { base, agent, silence: SILENCE })
    }

    /// Its URL, for messages.
    pub(crate) fn url(&self) -> &str {
        &self.base
    }

    /// The JSON at that path.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let url = format!("{}{path}", self.base);
        let mut answer =
            self.agent.get(&url).call().with_context(|| format!("no answer from {}", self.base))?;
        let status = answer.status();
        let text = answer.body_mut().with_config().limit(LARGEST_ANSWER).read_to_string();
        let text = text.with_context(|| format!("the answer of {url} could not be read"))?;
        if !status.is_success() {
            bail!("{url} answered {status}: {}", message(&text).unwrap_or_default());
        }
        serde_json::from_str(&text).with_context(|| format!("{url} did not answer as maintenant does"))
    }

    /// Follows the event stream, which has no end of its own: `on_change` is called with each change, until it says that
    /// nobody listens any more.
    pub(crate) fn follow(&self, mut on_change: impl FnMut() -> ControlFlow<()>) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/stream", self.base);
        // The patience is for each read: a stream as a whole may last for ever.
        let request = self
            .agent
            .get(&url)
            .config()
            .timeout_recv_body(None)
            .timeout_per_read(Some(self.silence))
            .build();
        let answer = request.call().with_context(|| format!("no answer from {}", self.base))?;
        if !answer.status().is_success() {
            bail!("{url} answered {}", answer.status());
        }
        let mut event = String::new();
        for line in BufReader::new(answer.into_body().into_reader()).lines() {
            let line = line.context("the stream broke off")?;
            if let Some(name) = line.strip_prefix("event:") {
                name.trim().clone_into(&mut event);
            } else if line.is_empty() && !std::mem::take(&mut event).is_empty() && on_change().is_break() {
                return Ok(());
            }
        }
        bail!("the stream of {} ended", self.base)
    }
}

fn message(text: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(body.get("error")?.get("message")?.as_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Given;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// Says `frames`, one in each interval, to whoever comes first; then nothing, until that one goes.
    #[expect(clippy::disallowed_methods, reason = "the pace is what is tested")]
    fn stream(frames: &'static [&'static str], interval: Duration) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            let mut request = [0; 4096];
            let _ = client.read(&mut request);
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            client.write_all(head.as_bytes()).unwrap();
            for frame in frames {
                std::thread::sleep(interval);
                client.write_all(frame.as_bytes()).unwrap();
            }
            let _ = client.read(&mut request);
        });
        let settings = Given::default().settings().unwrap();
        Server { silence: interval * 4, ..Server::new(Some(url), &settings).unwrap() }
    }

    #[test]
    fn a_stream_may_last_longer_than_any_pause_in_it() {
        let comments = [": quiet\n\n"; 8];
        let frames = [&comments[..], &["event: change\ndata: {}\n\n"]].concat();
        let server = stream(frames.leak(), Duration::from_millis(250));
        let mut changes = 0;
        let ended = server.follow(|| {
            changes += 1;
            ControlFlow::Break(())
        });
        ended.unwrap();
        assert_eq!(changes, 1);
    }

    #[test]
    fn a_stream_that_falls_silent_is_given_up() {
        let server = stream(&["event: change\ndata: {}\n\n"], Duration::from_millis(50));
        let error = server.follow(|| ControlFlow::Continue(())).unwrap_err();
        assert!(error.to_string().contains("the stream broke off"), "{error:#}");
    }
}
