//! The API's own error object, `meta/v1 Status`, in the words of the real server (1.36).

use crate::Resource;
use http::StatusCode;
use serde_json::{Value, json};

/// An answer that is not the object asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Status {
    pub(crate) code: StatusCode,
    reason: &'static str,
    message: String,
    details: Option<Value>,
    metadata: Value,
    pub(crate) retry_after_seconds: Option<u32>,
}

impl Status {
    pub(crate) fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, reason, message, details: None, metadata: json!({}), retry_after_seconds: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    pub(crate) fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
    }

    pub(crate) fn forbidden(resource: Resource, name: Option<&str>, reason: &str) -> Self {
        let object = match name {
            Some(name) => format!("{} \"{name}\"", qualified(resource)),
            None => qualified(resource),
        };
        Self::new(StatusCode::FORBIDDEN, "Forbidden", format!("{object} is forbidden: {reason}"))
            .about(resource, name)
    }

    pub(crate) fn not_found(resource: Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", qualified(resource));
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(resource, Some(name))
    }

    /// A resource that the group does not have.
    pub(crate) fn no_such_resource() -> Self {
        let message = "the server could not find the requested resource";
        let mut status = Self::new(StatusCode::NOT_FOUND, "NotFound", message);
        status.details = Some(json!({}));
        status
    }

    pub(crate) fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        let mut status = Self::new(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", message);
        status.details = Some(json!({}));
        status
    }

    pub(crate) fn not_acceptable() -> Self {
        let message = "only the following media types are accepted: application/json, application/vnd.kubernetes.protobuf";
        Self::new(StatusCode::NOT_ACCEPTABLE, "NotAcceptable", message)
    }

    /// The resourceVersion of a watch is older than the events kept.
    pub(crate) fn expired(asked: u64, oldest: u64) -> Self {
        let message = format!("too old resource version: {asked} ({oldest})");
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// The continue token's snapshot is gone; `token` goes on from there, inconsistently.
    pub(crate) fn continue_expired(token: &str) -> Self {
        let message = "The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.";
        let mut status = Self::new(StatusCode::GONE, "Expired", message);
        status.metadata = json!({ "continue": token });
        status
    }

    /// The resourceVersion of a list is from the future (an etcd restored from a backup, say).
    pub(crate) fn too_large_resource_version(asked: u64, current: u64) -> Self {
        let message = format!("Timeout: Too large resource version: {asked}, current: {current}");
        let mut status = Self::new(StatusCode::GATEWAY_TIMEOUT, "Timeout", message).retry_after(1);
        status.details = Some(json!({
            "causes": [{"reason": "ResourceVersionTooLarge", "message": "Too large resource version"}],
            "retryAfterSeconds": 1,
        }));
        status
    }

    pub(crate) fn too_many_requests(retry_after_seconds: u32) -> Self {
        let message = "Too many requests, please try again later.";
        let mut status = Self::new(StatusCode::TOO_MANY_REQUESTS, "TooManyRequests", message);
        status.details = Some(json!({ "retryAfterSeconds": retry_after_seconds }));
        status.retry_after(retry_after_seconds)
    }

    /// What the server says with this HTTP status when it has nothing more to say.
    pub(crate) fn of_code(code: StatusCode) -> Self {
        let (reason, message) = match code.as_u16() {
            401 => ("Unauthorized", "Unauthorized"),
            410 => ("Expired", "The resourceVersion for the provided watch is too old."),
            500 => ("InternalError", "Internal error occurred: etcdserver: request timed out"),
            503 => ("ServiceUnavailable", "the server is currently unable to handle the request"),
            504 => ("Timeout", "Timeout: request did not complete within the allotted timeout"),
            _ => ("", "an error on the server (\"unknown\") has prevented the request from succeeding"),
        };
        Self::new(code, reason, message)
    }

    /// An option of a list or watch that is not allowed as it stands.
    pub(crate) fn invalid_option(field: &str, why: &str) -> Self {
        let message = format!("ListOptions.meta.k8s.io \"\" is invalid: {field}: Forbidden: {why}");
        let mut status = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        status.details = Some(json!({
            "group": "meta.k8s.io",
            "kind": "ListOptions",
            "causes": [{"reason": "FieldValueForbidden", "message": format!("Forbidden: {why}"), "field": field}],
        }));
        status
    }

    /// The object as the API writes it, without `kind` and `apiVersion`.
    pub(crate) fn object(&self) -> Value {
        let mut object = json!({ "metadata": self.metadata, "status": "Failure", "message": self.message });
        if !self.reason.is_empty() {
            object["reason"] = self.reason.into();
        }
        if let Some(details) = &self.details {
            object["details"] = details.clone();
        }
        object["code"] = self.code.as_u16().into();
        object
    }

    fn about(mut self, resource: Resource, name: Option<&str>) -> Self {
        let mut details = json!({ "kind": resource.plural() });
        if let Some(name) = name {
            details["name"] = name.into();
        }
        if !resource.group().is_empty() {
            details["group"] = resource.group().into();
        }
        self.details = Some(details);
        self
    }

    fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }
}

fn qualified(resource: Resource) -> String {
    match resource.group() {
        "" => resource.plural().to_owned(),
        group => format!("{}.{group}", resource.plural()),
    }
}
