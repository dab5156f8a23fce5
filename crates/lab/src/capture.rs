//! What a process says while it runs.

use std::io::{BufRead, BufReader, Read, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// What a stream has brought so far.
#[derive(Debug)]
pub(crate) struct Capture {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Capture {
    pub(crate) fn quiet(stream: impl Read + Send + 'static) -> Self {
        Self::of(stream, std::io::sink())
    }

    /// Whatever comes is written to the terminal too, when it comes: who waits for minutes wants to know for what.
    pub(crate) fn aloud(stream: impl Read + Send + 'static) -> Self {
        Self::of(stream, std::io::stderr())
    }

    fn of(stream: impl Read + Send + 'static, mut listener: impl Write + Send + 'static) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let shared = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while matches!(stream.read_until(b'\n', &mut line), Ok(1..)) {
                // A terminal that has gone away is no reason to stop listening.
                let _ = listener.write_all(&line);
                let mut text = shared.lock().unwrap_or_else(PoisonError::into_inner);
                text.push_str(&String::from_utf8_lossy(&line));
                line.clear();
            }
        });
        Self { text, reader: Some(reader) }
    }

    pub(crate) fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All of it, once the process has ended and the stream with it.
    pub(crate) fn all(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            reader.join().expect("the reader does not panic");
        }
        self.text()
    }
}
