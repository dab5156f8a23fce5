//! What can go wrong between us and a cluster.

use crate::secrets;
use crate::visible_text::visible;
use crate::wire::Malformed;
use std::time::Duration;

/// The longest text of a server that is repeated, in bytes.
const LONGEST_QUOTE: usize = 500;

/// What went wrong. What to do: report errors of the configuration and end; everything else is handled inside, by
/// waiting and asking again, and shows as the reason of a source.
///
/// No message holds a credential.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// None of the files that might be one exists. Say where the kubeconfig is.
    #[error("there is no kubeconfig at {0}")]
    NoKubeconfig(String),
    /// The file is there and is of no use. Mend it.
    #[error("the kubeconfig {path} can't be read: {problem}")]
    Kubeconfig {
        /// The file
        path: String,
        /// What is wrong with it
        problem: String,
    },
    /// Name one of those that there are.
    #[error("the kubeconfig has no context `{context}`: {known}")]
    NoContext {
        /// What was asked for
        context: String,
        /// What there is, as a sentence
        known: String,
    },
    /// Choose one with `kubectl config use-context`, or name it.
    #[error("the kubeconfig has no current context: {known}")]
    NoCurrentContext {
        /// What there is, as a sentence
        known: String,
    },
    /// Give them names of their own.
    #[error(
        "the contexts `{first}` and `{second}` would both be called `{name}`: name them with `name=context`"
    )]
    SameName {
        /// The name
        name: String,
        /// The context that has it
        first: String,
        /// The other one
        second: String,
    },
    /// The operating system refused a thread.
    #[error("the thread that watches Kubernetes can't be started: {0}")]
    Thread(#[source] std::io::Error),
    /// The credentials or the address can't be made out; files are read again at the next try.
    #[error("{0}")]
    Access(String),
    /// No connection could be made.
    #[error("{0}")]
    Unreachable(String),
    /// The connection was there and broke.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The connection is there and nothing comes.
    #[error("the API server has said nothing for {} s", .0.as_secs())]
    Silent(Duration),
    /// The API server has an older state than it told before.
    #[error("the API server has gone back to an older state: it was restored from a backup")]
    Rewound,
    /// The API server answered, but with an error.
    #[error(transparent)]
    Refused(Refusal),
    /// The answer is not what it says it is.
    #[error("the answer can't be read: {0}")]
    Malformed(#[from] Malformed),
}

/// An answer that is an error, from the API server or from a proxy before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The HTTP status, or that of an error event of a watch
    pub code: u16,
    /// The server's words; empty where there are none
    pub message: String,
    /// How long it asks to wait
    pub retry_after: Option<Duration>,
    /// What was not accepted with a 401: "the token"
    pub(crate) credential: &'static str,
}

impl std::error::Error for Refusal {}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, message, credential, .. } = self;
        match code {
            401 => write!(f, "{credential} is not accepted (401)"),
            403 if !message.is_empty() => f.write_str(message),
            429 => f.write_str("the API server is busy and asks to wait (429)"),
            _ if message.is_empty() => write!(f, "the API server answers {code}"),
            _ => write!(f, "the API server answers {code}: {message}"),
        }
    }
}

impl Error {
    /// Whether asking again can help without anybody changing the configuration or the start of the process.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::NoKubeconfig(_)
            | Self::Kubeconfig { .. }
            | Self::NoContext { .. }
            | Self::NoCurrentContext { .. }
            | Self::SameName { .. }
            | Self::Thread(_) => false,
            Self::Access(_)
            | Self::Unreachable(_)
            | Self::Broken(_)
            | Self::Silent(_)
            | Self::Rewound
            | Self::Refused(_)
            | Self::Malformed(_) => true,
        }
    }
}

/// The first line of a text from outside, bounded and without what is not seen and what looks like a secret.
pub(crate) fn quote(text: &str) -> String {
    let text = visible(text);
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let line = secrets::mask(line);
    line[..line.floor_char_boundary(LONGEST_QUOTE)].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(401, "Unauthorized", "the token is not accepted (401)")]
    #[case(403, "pods is forbidden: User \"x\" cannot list", "pods is forbidden: User \"x\" cannot list")]
    #[case(429, "too many requests", "the API server is busy and asks to wait (429)")]
    #[case(503, "etcd leader changed", "the API server answers 503: etcd leader changed")]
    #[case(502, "", "the API server answers 502")]
    fn refusals_read_well(#[case] code: u16, #[case] message: &str, #[case] text: &str) {
        let refusal =
            Refusal { code, message: message.to_owned(), retry_after: None, credential: "the token" };
        assert_eq!(Error::Refused(refusal).to_string(), text);
    }

    #[test]
    fn only_the_first_line_is_quoted_and_not_for_ever() {
        assert_eq!(quote("\n  first \nsecond"), "first");
        assert_eq!(quote(&"é".repeat(1000)).len(), LONGEST_QUOTE);
        assert_eq!(quote(""), "");
    }

    #[test]
    fn an_answer_is_repeated_without_its_secrets() {
        let page = "\n  upstream https://proxy:hunter2@10.0.0.1 refused  \n<html>";
        assert_eq!(quote(page), "upstream https://proxy:***@10.0.0.1 refused");
    }
}
