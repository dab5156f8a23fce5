//! What stands before every route: who may ask, how much, and what every answer carries.
use crate::app::App;
use crate::error::ApiError;
use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    CONTENT_SECURITY_POLICY, HOST, HeaderName, ORIGIN, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::uri::Authority;
use http::{HeaderValue, Method, Uri};
use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::time::Instant;

/// The longest path and query, in bytes. A thousand namespaces of the longest name would not fit; lists of them do.
const LONGEST_URI: usize = 16 * 1024;
/// How long an answer may take to be made. Streams are open by then.
const PATIENCE: Duration = Duration::from_secs(30);
/// How many requests may be answered at the same time; open streams are counted elsewhere.
const MOST_REQUESTS: usize = 256;

/// What every answer carries. The page needs nothing from elsewhere, and nobody may frame it.
const HEADERS: [(HeaderName, &str); 7] = [
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()",
    ),
    // For browsers that do not know `frame-ancestors`.
    (HeaderName::from_static("x-frame-options"), "DENY"),
];

/// Who may ask, and how much at once.
pub(crate) struct Guard {
    app: Arc<App>,
    /// One permit for each request that is being answered. Whoever finds none is told to come back: a queue would only
    /// make everybody slow.
    permits: Semaphore,
}

/// The address of ours at which a request arrived.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arrival(pub(crate) IpAddr);

/// The hosts that are answered to.
#[derive(Debug, PartialEq, Eq)]
struct Hosts {
    /// In lower case; `None` stands for all: of an address of a network the server can't know the names.
    named: Option<Vec<String>>,
}

impl Guard {
    pub(crate) fn new(app: Arc<App>) -> Self {
        Self { app, permits: Semaphore::new(MOST_REQUESTS) }
    }

    /// What is wrong with a request, whatever it asks for.
    fn refuse(&self, request: &Request) -> Option<ApiError> {
        let uri = request.uri();
        if uri.path_and_query().is_some_and(|asked| asked.as_str().len() > LONGEST_URI) {
            return Some(ApiError::UriTooLong(LONGEST_URI));
        }
        // An absolute URI counts for more than the header (RFC 9112 §3.2.2).
        let header = || request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let host = uri.authority().map(Authority::as_str).or_else(header).unwrap_or_default();
        // Bound to all addresses, what comes over loopback comes through `kubectl port-forward`, say, from a browser that a
        // foreign page may have told that its own name is here.
        let arrival = request.extensions().get().map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |Arrival(ip)| *ip);
        if !Hosts::of(arrival, self.app.context.base_url.as_ref()).has(host) {
            return Some(ApiError::Misdirected(host.to_owned()));
        }
        let method = request.method();
        if !matches!(*method, Method::GET | Method::HEAD) {
            if let Some(origin) = request.headers().get(ORIGIN).filter(|origin| !is_own(origin, host)) {
                return Some(ApiError::ForeignOrigin(
                    String::from_utf8_lossy(origin.as_bytes()).into_owned(),
                ));
            }
            return Some(ApiError::MethodNotAllowed(method.to_string()));
        }
        None
    }
}

/// Lets a request through, or not; adds what every answer carries, and counts it.
pub(crate) async fn admit(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let arrived = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = answer(&guard, request, next).await;
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let route = route.as_ref().map_or("other", MatchedPath::as_str);
    guard.app.metrics.count(route, response.status().as_u16(), arrived.elapsed());
    response
}

async fn answer(guard: &Guard, request: Request, next: Next) -> Response {
    if let Some(refusal) = guard.refuse(&request) {
        return refusal.into_response();
    }
    let Ok(_permit) = guard.permits.try_acquire() else {
        return ApiError::Busy(MOST_REQUESTS).into_response();
    };
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::TimedOut(PATIENCE).into_response(),
    }
}

impl Hosts {
    /// For what arrives at that address of ours.
    fn of(arrival: IpAddr, base_url: Option<&Uri>) -> Self {
        // `::ffff:127.0.0.1` is 127.0.0.1: packets go and come as IPv4.
        let arrival = arrival.to_canonical();
        if !arrival.is_loopback() {
            return Self { named: None };
        }
        let own = match arrival {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let mut named = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned(), own];
        named.extend(base_url.and_then(Uri::host).map(|host| without_mapping(host).to_ascii_lowercase()));
        Self { named: Some(named) }
    }

    /// Whether the host is answered to, on whichever port.
    fn has(&self, host: &str) -> bool {
        let Some(named) = &self.named else { return true };
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let host_name = without_mapping(authority.host());
        // User information has no place in a Host header.
        !host.contains('@') && named.iter().any(|name| name.eq_ignore_ascii_case(&host_name))
    }
}

/// The host of a URL, where it is an IPv4 address written as IPv6, in whichever of its forms, as IPv4.
fn without_mapping(host: &str) -> Cow<'_, str> {
    let address = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let mapped = address.and_then(|address| address.parse::<Ipv6Addr>().ok()?.to_ipv4_mapped());
    mapped.map_or(Cow::Borrowed(host), |mapped| Cow::Owned(mapped.to_string()))
}

/// Whether an origin is that of the page served under that host.
fn is_own(origin: &HeaderValue, host: &str) -> bool {
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    origin.is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("localhost", true)]
    #[case("LOCALHOST:8080", true)]
    #[case("127.0.0.1:1", true)]
    #[case("[::1]:8080", true)]
    #[case("[::1]", true)]
    #[case("status.example.org", true)]
    #[case("status.example.org:444", true)]
    #[case("evil.example", false)]
    #[case("localhost.evil.example", false)]
    #[case("127.0.0.1.evil.example:8080", false)]
    #[case("evil@localhost", false)]
    #[case("localhost:8080@evil.example", false)]
    #[case("", false)]
    #[case("::1", false)]
    #[case("local host", false)]
    fn on_loopback_only_known_hosts_are_answered_to(#[case] host: &str, #[case] known: bool) {
        let base = Uri::from_static("https://Status.example.org/maintenant");
        let loopback = Hosts::of("127.0.0.1".parse().unwrap(), Some(&base));
        assert_eq!(loopback.has(host), known);
        assert!(Hosts::of("10.0.0.7".parse().unwrap(), Some(&base)).has(host));
    }

    #[rstest]
    #[case("[::ffff:127.0.0.1]", "[::ffff:127.0.0.1]:8080", true)]
    #[case("[::ffff:127.0.0.1]", "[::ffff:7f00:1]:8080", true)]
    #[case("[::ffff:127.0.0.1]", "127.0.0.1:8080", true)]
    #[case("[::ffff:127.0.0.1]", "localhost:8080", true)]
    #[case("[::ffff:127.0.0.1]", "evil.example", false)]
    #[case("[::ffff:127.0.0.9]", "127.0.0.9", true)]
    #[case("127.0.0.9", "127.0.0.9", true)]
    #[case("127.0.0.1", "[::ffff:10.0.0.1]", false)]
    #[case("[::ffff:10.0.0.1]", "status.example.org", true)]
    fn an_ipv4_address_in_ipv6_is_the_address_that_it_maps(
        #[case] arrival: &str,
        #[case] host: &str,
        #[case] known: bool,
    ) {
        let arrival = arrival.trim_matches(['[', ']']).parse().unwrap();
        assert_eq!(Hosts::of(arrival, None).has(host), known);
    }

    #[test]
    fn the_page_may_be_called_by_a_mapped_address() {
        let base: Uri = "http://[::ffff:10.0.0.5]".parse().unwrap();
        let hosts = Hosts::of("127.0.0.1".parse().unwrap(), Some(&base));
        assert!(hosts.has("[::ffff:10.0.0.5]") && hosts.has("10.0.0.5:8080") && !hosts.has("10.0.0.6"));
    }
}
