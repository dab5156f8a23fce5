//! Faults of pulling an image.
use super::{CONFIG_GRACE, Fault, Patient};
use crate::diagnosis::Code;
use crate::pod::ContainerSpec;
use crate::time::Time;
use std::time::Duration;

/// Whether the reason for which a container waits is that its image cannot be had.
pub(super) fn is_failure(reason: &str) -> bool {
    matches!(
        reason,
        "InvalidImageName"
            | "ErrImageNeverPull"
            | "ErrImagePull"
            | "ImagePullBackOff"
            | "ImageInspectError"
            | "RegistryUnavailable"
            | "SignatureValidationFailed"
    )
}

/// An image that cannot be had.
pub(super) fn fault<'a>(
    patient: Patient<'a>,
    spec: &'a ContainerSpec,
    reason: &str,
    message: Option<&'a str>,
    since: Time,
) -> Fault<'a> {
    // Before 1.32 the message of ImagePullBackOff does not say why; the event of the pull does.
    let told = patient
        .events()
        .filter(|event| &*event.reason == "Failed" && event.container.as_deref() == Some(&*spec.name))
        .filter(|event| event.message.starts_with("Failed to pull image"))
        .max_by_key(|event| (event.last, event.uid));
    let state = message.unwrap_or_default();
    let words = match told {
        Some(event) if cause(state).is_none() => &*event.message,
        _ => state,
    };
    let code = match reason {
        "InvalidImageName" => Code::ImageInvalidName,
        "ErrImageNeverPull" => Code::ImageNeverPull,
        _ => cause(words).unwrap_or(Code::ImageRegistryUnreachable),
    };
    let may_pass = matches!(code, Code::ImageRateLimited | Code::ImageRegistryUnreachable);
    let fault = Fault::new(code, patient.pod, since).of(spec).saying(Some(words)).shown_by(told);
    fault.after(if may_pass { CONFIG_GRACE } else { Duration::ZERO })
}

/// An image that is being pulled, which is no fault by itself.
pub(super) fn slow_pull<'a>(patient: Patient<'a>, spec: &'a ContainerSpec, since: Time) -> Option<Fault<'a>> {
    let pulling = patient.event("Pulling", Some(spec))?;
    let later =
        |reason: &str| patient.event(reason, Some(spec)).is_some_and(|event| event.last >= pulling.last);
    if pulling.last < since || ["Pulled", "Created", "Started", "Failed"].iter().any(|reason| later(reason)) {
        return None;
    }
    Some(Fault::new(Code::ImagePullSlow, patient.pod, pulling.last).of(spec).shown_by(Some(pulling)))
}

/// What the words of a failed pull mean. The network comes first: a name that DNS does not find is no missing image.
fn cause(words: &str) -> Option<Code> {
    const TABLE: [(Code, &[&str]); 6] = [
        (Code::ImageRateLimited, &["429 Too Many Requests", "toomanyrequests", "TOOMANYREQUESTS"]),
        (Code::ImagePlatform, &["no match for platform", "no matching manifest for"]),
        (
            Code::ImageRegistryUnreachable,
            &[
                "dial tcp",
                "no such host",
                "connection refused",
                "connection reset",
                "i/o timeout",
                "deadline exceeded",
                "TLS handshake",
                "tls: ",
                "x509: ",
                "server gave HTTP response",
                "status code 5",
                "500 Internal Server Error",
                "502 Bad Gateway",
                "503 Service Unavailable",
                "504 Gateway",
                ": EOF",
                "unexpected EOF",
            ],
        ),
        (
            Code::ImageAuth,
            &[
                "401 Unauthorized",
                "403 Forbidden",
                "pull access denied",
                "no basic auth credentials",
                "unauthorized",
                "authorization failed",
                "authentication required",
                "insufficient_scope",
                "access denied",
                "denied: ",
            ],
        ),
        (Code::ImageNotFound, &["404 Not Found", "manifest unknown", "not found", "name unknown"]),
        (Code::ImageInvalidName, &["invalid reference format"]),
    ];
    let says = |parts: &[&str]| parts.iter().any(|part| words.contains(part));
    TABLE.iter().find(|(_, parts)| says(parts)).map(|(code, _)| *code)
}
