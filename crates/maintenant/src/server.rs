//! A running server, as `status`, `check` and `health` ask it.
use crate::settings::Settings;
use anyhow::{Context, bail};
use std::io::{BufRead, BufReader};
use std::time::Duration;

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a stream may be silent: it comments every 15 seconds.
const SILENCE: Duration = Duration::from_secs(40);
/// The largest answer that is read.
const LARGEST_ANSWER: u64 = 64 << 20;

/// Where a running server is reached.
pub(crate) struct Server {
    base: String,
    agent: ureq::Agent,
}

impl Server {
    /// At that URL, else at the listen address of the settings.
    pub(crate) fn new(url: Option<String>, settings: &Settings) -> anyhow::Result<Self> {
        let base = match url {
            Some(url) if url.starts_with("https://") => {
                bail!(
                    "{url}: a server is asked over plain http, on its own address; https ends at the proxy before it"
                )
            }
            Some(url) if url.starts_with("http://") => url.trim_end_matches('/').to_owned(),
            Some(url) => bail!("{url}: http://HOST:PORT is expected"),
            None => {
                let mut addr = settings.addr;
                if addr.ip().is_unspecified() {
                    addr.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
                }
                format!("http://{addr}")
            }
        };
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(PATIENCE))
            .timeout_recv_response(Some(PATIENCE))
            .timeout_recv_body(Some(SILENCE))
            .proxy(None)
            .http_status_as_error(false)
            .build()
            .new_agent();
        Ok(Self { base, agent })
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

    /// Calls back with each change that the server streams, until the stream ends.
    pub(crate) fn follow(&self, mut on_change: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<()> {
        let url = format!("{}/api/v1/stream", self.base);
        let answer = self.agent.get(&url).call().with_context(|| format!("no answer from {}", self.base))?;
        if !answer.status().is_success() {
            bail!("{url} answered {}", answer.status());
        }
        let lines = BufReader::new(answer.into_body().into_reader()).lines();
        let mut event = String::new();
        for line in lines {
            let line = line.context("the stream broke off")?;
            if let Some(name) = line.strip_prefix("event:") {
                name.trim().clone_into(&mut event);
            } else if line.is_empty() && event == "change" {
                event.clear();
                on_change()?;
            }
        }
        Ok(())
    }
}

fn message(text: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_str(text).ok()?;
    Some(body.get("error")?.get("message")?.as_str()?.to_owned())
}
