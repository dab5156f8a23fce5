//! What is said once, when everything is about to start.
use crate::detection::{Detected, Target};
use crate::settings::Settings;
use std::net::{IpAddr, SocketAddr};

/// Says what is watched, where the page is, and who else reaches it.
pub(super) fn announce(settings: &Settings, detected: &Detected, address: SocketAddr) {
    if let Some(excluded) = &settings.ignored_exclusions {
        tracing::warn!(
            excluded,
            "MAINTENANT_K8S_NAMESPACES is set, so MAINTENANT_K8S_EXCLUDE_NAMESPACES is ignored"
        );
    }
    tracing::info!(rule = detected.rule, "watching Kubernetes");
    // In a cluster the Service and its Ingress decide who gets here.
    if !is_loopback(address) && detected.target != Target::InCluster {
        tracing::warn!(%address, "there is no sign-in: whoever reaches this address sees what is watched");
    }
    match &settings.base_url {
        Some(url) => tracing::info!("the page is at {url}"),
        // What leads here from outside the pod is not known in it.
        None if detected.target == Target::InCluster => tracing::info!("listening on {address}"),
        None => tracing::info!("the page is at {}", page_url(address)),
    }
}

/// Whether only this machine reaches it, as IPv4 written as IPv6 too.
const fn is_loopback(address: std::net::SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

fn page_url(address: std::net::SocketAddr) -> String {
    let host = match address.ip().to_canonical() {
        ip if ip.is_unspecified() => "localhost".to_owned(),
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    };
    format!("http://{host}:{}", address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_reaches_the_page_and_where_is_told_of_every_way_to_write_an_address() {
        for (address, loopback, url) in [
            ("127.0.0.1:80", true, "http://127.0.0.1:80"),
            ("[::1]:80", true, "http://[::1]:80"),
            ("[::ffff:127.0.0.1]:80", true, "http://127.0.0.1:80"),
            ("0.0.0.0:80", false, "http://localhost:80"),
            ("[::]:80", false, "http://localhost:80"),
            ("[::ffff:0.0.0.0]:80", false, "http://localhost:80"),
            ("[::ffff:10.0.0.1]:80", false, "http://10.0.0.1:80"),
            ("[fd00::1]:80", false, "http://[fd00::1]:80"),
        ] {
            let address = address.parse().unwrap();
            assert_eq!((is_loopback(address), page_url(address).as_str()), (loopback, url), "{address}");
        }
    }
}
