//! A kubeconfig may say that the API server is reached through a proxy.

use crate::inventory::Inventory;
use crate::objects::{pod, put, simulator};
use domain::scope::Scope;
use domain::source::Resource;
use kubernetes::{Access, Encoding};
use rstest::rstest;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Result, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

/// Leads wherever it is asked to, in HTTP (RFC 9110 §9.3.6) and SOCKS 5 (RFC 1928), and writes down where that was.
async fn proxy() -> (SocketAddr, Arc<Mutex<Vec<SocketAddr>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port of loopback is free");
    let address = listener.local_addr().expect("it is bound");
    let asked = Arc::new(Mutex::new(Vec::new()));
    let heard = asked.clone();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(lead(client, heard.clone()));
        }
    });
    (address, asked)
}

async fn lead(mut client: TcpStream, targets: Arc<Mutex<Vec<SocketAddr>>>) -> Result<()> {
    let (target, consent): (SocketAddr, Vec<u8>) = match client.read_u8().await? {
        5 => {
            let methods = client.read_u8().await?;
            client.read_exact(&mut vec![0; usize::from(methods)]).await?;
            client.write_all(&[5, 0]).await?;
            // Version, connect, reserved, an IPv4 address.
            let mut request = [0; 4];
            client.read_exact(&mut request).await?;
            assert_eq!(request, [5, 1, 0, 1]);
            let mut ip = [0; 4];
            client.read_exact(&mut ip).await?;
            ((IpAddr::from(ip), client.read_u16().await?).into(), vec![5, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        }
        first => {
            let mut head = vec![first];
            while !head.ends_with(b"\r\n\r\n") {
                head.push(client.read_u8().await?);
            }
            let head = String::from_utf8_lossy(&head).into_owned();
            let target = head.strip_prefix("CONNECT ").and_then(|rest| rest.split(' ').next());
            (target.and_then(|target| target.parse().ok()).expect(&head), b"HTTP/1.1 200 OK\r\n\r\n".to_vec())
        }
    };
    targets.lock().unwrap_or_else(PoisonError::into_inner).push(target);
    let mut server = TcpStream::connect(target).await?;
    client.write_all(&consent).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

#[rstest]
#[case("http")]
#[case("socks5")]
#[tokio::test]
async fn the_proxy_of_a_kubeconfig_is_used_and_nothing_goes_around_it(#[case] scheme: &str) {
    let simulator = simulator().await;
    put(simulator.cluster(), pod("shop", "web"));
    let (proxy, asked) = proxy().await;
    let directory = tempfile::tempdir().expect("there is a directory for temporary files");
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: x\ncontexts: [{{name: x, context: {{cluster: x, user: x}}}}]\n\
         clusters: [{{name: x, cluster: {{server: '{}', proxy-url: '{scheme}://{proxy}'}}}}]\nusers: [{{name: x, user: {{}}}}]\n",
        simulator.url()
    );
    let path = directory.path().join("config");
    std::fs::write(&path, text).expect("the directory can be written");
    let access = Access::Kubeconfig { paths: vec![path], context: None };
    let mut inventory = Inventory::start(access, Scope::All, Encoding::Protobuf);
    inventory.until_settled().await;
    assert_eq!(inventory.names(Resource::Pods).len(), 1);
    let asked = asked.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(asked.iter().all(|target| *target == simulator.address()), "{asked:?}");
    assert!(asked.len() as u64 >= simulator.activity().connections(), "{asked:?}");
    inventory.stop().await;
}
