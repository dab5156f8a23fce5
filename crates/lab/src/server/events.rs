//! An event stream, read as a browser would (WHATWG HTML, 9.2 Server-sent events).

use std::io::BufRead;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use serde_json::Value;
use ureq::Agent;
use ureq::http::Request;

/// One event of a stream.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Event {
    /// The `id` field, empty when the event has none.
    pub id: String,
    /// The `event` field, empty when the event has none.
    pub name: String,
    /// The `data` fields, joined by line feeds.
    pub data: String,
}

impl Event {
    /// The data as JSON, which it must be.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// An open event stream; comments are passed over.
#[derive(Debug)]
pub struct Events {
    /// From the thread that reads the stream, which closes it when the stream ends. Without a bound: what a test does
    /// not take goes with the test.
    incoming: Receiver<Event>,
}

impl Events {
    #[track_caller]
    pub(crate) fn open(agent: &Agent, url: &str, headers: &[(&str, &str)]) -> Self {
        let mut request = Request::builder().uri(url).header("accept", "text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(()).expect("a test's URL and headers are well-formed");
        let response = agent.run(request).unwrap_or_else(|error| panic!("GET {url}: {error}"));
        let (head, mut body) = response.into_parts();
        assert!(
            head.status == 200,
            "GET {url}: {} {}",
            head.status,
            body.read_to_string().unwrap_or_default()
        );
        let content_type = body.mime_type().unwrap_or_default();
        assert_eq!(content_type, "text/event-stream", "GET {url}");
        let (sender, incoming) = channel();
        let reader = std::io::BufReader::new(body.into_with_config().limit(u64::MAX).reader());
        std::thread::spawn(move || forward(reader, &sender));
        Self { incoming }
    }

    /// The next event, none when the stream has ended. Panics when neither comes within `within`.
    #[track_caller]
    #[must_use]
    pub fn next(&mut self, within: Duration) -> Option<Event> {
        match self.incoming.recv_timeout(within) {
            Ok(event) => Some(event),
            Err(RecvTimeoutError::Disconnected) => None,
            Err(RecvTimeoutError::Timeout) => panic!("no event within {within:?}"),
        }
    }

    /// Takes events until `probe` finds in one what it looks for, and returns that.
    #[track_caller]
    pub fn until<T>(
        &mut self,
        what: &str,
        within: Duration,
        mut probe: impl FnMut(&Event) -> Option<T>,
    ) -> T {
        let deadline = Instant::now() + within;
        let mut last = None;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.incoming.recv_timeout(left) {
                Ok(event) => match probe(&event) {
                    Some(found) => return found,
                    None => last = Some(event),
                },
                Err(error) => panic!("not within {within:?}: {what}; {error}; last seen: {last:?}"),
            }
        }
    }
}

/// Sends each event on, until the stream ends, breaks, or nobody reads any more.
fn forward(stream: impl BufRead, sender: &Sender<Event>) {
    let mut event = Event::default();
    let mut has_data = false;
    for line in stream.lines() {
        let Ok(line) = line else { return };
        if line.is_empty() {
            let complete = std::mem::take(&mut event);
            // An event without data is not dispatched.
            if std::mem::take(&mut has_data) && sender.send(complete).is_err() {
                return;
            }
            continue;
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "id" => value.clone_into(&mut event.id),
            "event" => value.clone_into(&mut event.name),
            "data" => {
                if has_data {
                    event.data.push('\n');
                }
                event.data.push_str(value);
                has_data = true;
            }
            // A comment (an empty name), `retry`, or a field nobody knows.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(stream: &str, expected: &[(&str, &str, &str)]) {
        let (sender, incoming) = channel();
        forward(stream.as_bytes(), &sender);
        drop(sender);
        let expected: Vec<_> = expected
            .iter()
            .map(|(id, name, data)| Event {
                id: (*id).to_owned(),
                name: (*name).to_owned(),
                data: (*data).to_owned(),
            })
            .collect();
        assert_eq!(incoming.iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn parses_streams() {
        check("", &[]);
        check("data: a\n\n", &[("", "", "a")]);
        check("id: e-7\nevent: change\ndata: {\ndata: }\n\n", &[("e-7", "change", "{\n}")]);
        check("data:a\r\n\r\ndata:  b\n\n", &[("", "", "a"), ("", "", " b")]);
        check(": comment\n\ndata\n\n", &[("", "", "")]);
        check("event: empty\n\ndata: cut off", &[]);
    }
}
