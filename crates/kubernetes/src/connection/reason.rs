//! Why there is no answer, in words for a person.

use crate::error::{Error, quote};
use rustls::CertificateError;
use std::error::Error as StdError;
use std::io;

/// A request that got no answer: [`Error::Broken`] if there was a connection, else [`Error::Unreachable`].
pub(super) fn unanswered(error: &(dyn StdError + 'static), server: &str) -> Error {
    if let Some(tls) = find::<rustls::Error>(error) {
        return Error::Unreachable(explain(tls));
    }
    if is_incomplete(error) {
        return broken(error);
    }
    let reason = match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => format!("connection refused ({server})"),
        Some(io::ErrorKind::TimedOut) => format!("no connection within 5 s ({server})"),
        Some(io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable) => {
            format!("there is no way to {server}")
        }
        Some(kind) if is_cut(kind) => return broken(error),
        _ => {
            let innermost = quote(&innermost(error));
            if innermost.contains("lookup address") {
                format!("the name of {server} can't be resolved")
            } else {
                format!("{innermost} ({server})")
            }
        }
    };
    Error::Unreachable(reason)
}

/// An answer that broke off.
pub(super) fn broken(error: &(dyn StdError + 'static)) -> Error {
    let is_cut = find::<io::Error>(error).is_some_and(|error| is_cut(error.kind())) || is_incomplete(error);
    Error::Broken(if is_cut { "it was cut".to_owned() } else { quote(&innermost(error)) })
}

fn is_incomplete(error: &(dyn StdError + 'static)) -> bool {
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_incomplete_message)
}

fn is_cut(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(kind, ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof)
}

fn explain(error: &rustls::Error) -> String {
    let rustls::Error::InvalidCertificate(problem) = error else {
        return format!("TLS failed: {}", quote(&error.to_string()));
    };
    let problem = match problem {
        CertificateError::UnknownIssuer => "it is signed by an unknown authority".to_owned(),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired".to_owned(),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it is for another host".to_owned()
        }
        other => quote(&other.to_string()),
    };
    format!("the certificate is not trusted: {problem}")
}

fn find<'a, T: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a T> {
    chain(error).find_map(|link| link.downcast_ref())
}

fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let link = next?;
        // An I/O error's source passes over what it wraps: a TLS error, say.
        let wrapped = link.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|wrapped| wrapped as &(dyn StdError + 'static)).or_else(|| link.source());
        Some(link)
    })
}

fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error).last().map(ToString::to_string).unwrap_or_default()
}
