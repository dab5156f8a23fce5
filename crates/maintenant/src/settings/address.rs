//! Where it listens, and how it is called from outside.
use std::net::SocketAddr;

pub(super) fn address(value: &str) -> Result<SocketAddr, String> {
    let filled = if value.starts_with(':') {
        format!("0.0.0.0{value}")
    } else {
        value.replace("localhost:", "127.0.0.1:")
    };
    filled
        .parse()
        .map_err(|_| "an address and a port are expected, such as `127.0.0.1:8080` or `:8080`".into())
}

pub(super) fn base_url(value: &str) -> Result<String, String> {
    let uri: Option<http::Uri> = value.parse().ok();
    let fits = |uri: &http::Uri| {
        matches!(uri.scheme_str(), Some("http" | "https"))
            && uri.host().is_some_and(|host| !host.is_empty())
            && uri.authority().is_some_and(|authority| !authority.as_str().contains('@'))
            && uri.query().is_none()
            && matches!(uri.path(), "" | "/")
    };
    match uri.filter(fits) {
        Some(_) => Ok(value.trim_end_matches('/').to_owned()),
        None => Err("a URL of the form `https://maintenant.example.com` is expected, without a path".into()),
    }
}
