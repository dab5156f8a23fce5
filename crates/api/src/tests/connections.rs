//! Clients that do not read: they hold what they were given for a while, and nobody up.
use crate::server::Limits;
use crate::testbed::objects::{controller, put};
use crate::testbed::{Site, World};
use domain::id::Kind;
use domain::scope::Scope;
use http::StatusCode;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// Room for two connections, and little patience with each.
const LIMITS: Limits = Limits { connections: 2, write_patience: Duration::from_millis(200) };

/// A server of so many workloads that no socket has room for what [`deaf`] asks for.
async fn large_site() -> Site {
    let world = World::listed(Scope::All).await;
    world
        .tell((0..2000).map(|n| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), 0))))
        .await;
    world.serve_within(LIMITS).await
}

/// A client that asks for that many times, and reads nothing.
async fn deaf(site: &Site, path: &str, times: usize) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut client = socket.connect(site.address).await.unwrap();
    let requests = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\n\r\n").repeat(times);
    client.write_all(requests.as_bytes()).await.unwrap();
    client
}

#[tokio::test]
async fn a_client_that_does_not_read_lets_go_of_its_connection_and_an_idle_stream_keeps_its_own() {
    let site = large_site().await;
    let mut idle = site.stream("/api/v1/stream?q=new", &[]).await;
    idle.snapshot().await;
    let _deaf = deaf(&site, "/api/v1/workloads?limit=1000", 40).await;
    // There is room for it only once one of the two has gone.
    let health = site.get("/api/v1/health", &[]).await;
    assert_eq!(health.status, StatusCode::OK);
    site.world.tell([put(controller(Kind::Deployment, 5000, "shop", "new", 0))]).await;
    assert_eq!(idle.next().await.names(), ["new"], "it had nothing to read, which is no fault of its own");
}

#[tokio::test]
async fn a_stream_that_is_not_read_is_cut_off_and_counted() {
    let site = large_site().await;
    let _deaf = deaf(&site, "/api/v1/stream", 1).await;
    let cut = async {
        for replicas in 1_u32.. {
            let scaled =
                |n: u128| put(controller(Kind::Deployment, n + 1, "shop", &format!("w{n}"), replicas));
            site.world.tell((0..2000).map(scaled)).await;
            let text = site.get("/metrics", &[]).await.text();
            if text.lines().any(|line| line == "maintenant_stream_cuts_total 1.0") {
                assert!(text.lines().any(|line| line == "maintenant_streams 0.0"), "{text}");
                return;
            }
        }
    };
    timeout(Duration::from_secs(20), cut).await.expect("the stream stays open");
}
