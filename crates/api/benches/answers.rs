//! What answers cost at 10,000 workloads, over a real connection: `cargo bench -p api --bench answers`.
use api::{About, Context, Server};
use axum::body::Body;
use domain::compute::Compute;
use domain::controller::{Controller, Strategy};
use domain::id::{Kind, Uid};
use domain::license::Held;
use domain::observation::{Fact, Object, Observation};
use domain::pod::{ContainerSpec, PodSpec, Resources, RestartPolicy, Role};
use domain::scope::Scope;
use domain::source::{Resource, SourceId};
use domain::state::State;
use domain::time::Time;
use engine::Engine;
use http::Request;
use http_body_util::BodyExt;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::NoHistory;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const WORKLOADS: u32 = 10_000;
const REQUESTS: usize = 1_000;
const NOW: Time = Time::from_secs(1_800_000_000);

/// What is asked, and whether the answer may be compressed.
const ASKED: [(&str, bool); 9] = [
    ("/api/v1/workloads", false),
    ("/api/v1/workloads", true),
    ("/api/v1/workloads?sort=name&order=desc", true),
    ("/api/v1/workloads?namespace=team-7&health=failed,degraded,suspended", true),
    ("/api/v1/workloads?q=registry.example+stable", true),
    ("/api/v1/workloads?limit=10000", true),
    ("/api/v1/overview", true),
    ("/api/v1/workloads/bench/team-7/Deployment/workload-007", true),
    ("/metrics", true),
];

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime of two threads asks for nothing");
    runtime.block_on(measure());
}

#[expect(clippy::print_stdout, reason = "the figures are the output")]
async fn measure() {
    let (observations, receiver) = mpsc::channel(1024);
    let history = Arc::new(NoHistory::new(None, "a benchmark"));
    let clock: engine::Clock = Arc::new(|| NOW);
    let state = State::new(&["bench".into()], Scope::All);
    let (engine, handle) = Engine::new(state, Vec::new(), receiver, history.clone(), clock.clone());
    let stop = CancellationToken::new();
    tokio::spawn(engine.run(stop.clone()));
    let template = template();
    for number in 0..WORKLOADS {
        let object = Object::Controller(Arc::new(deployment(number, &template)));
        observe(&observations, Fact::Applied(object)).await;
    }
    for resource in Resource::ALL.into_iter().filter(|resource| resource.is_required()) {
        let numbers = if resource == Resource::Deployments { 0..WORKLOADS } else { 0..0 };
        let uids = numbers.map(|number| Uid::new(u128::from(number) + 1)).collect();
        observe(&observations, Fact::Listed(SourceId { resource, namespace: None }, uids)).await;
    }
    let mut feed = handle.subscribe();
    while handle.gauges().workloads < WORKLOADS as usize {
        // Falling behind is no matter: only the number counts.
        let _ = feed.recv().await;
    }

    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a loopback port is free");
    let context = Context {
        handle,
        history,
        clock,
        about: About {
            version: "bench".into(),
            started: NOW,
            runtime: "none".into(),
            memory_limit: None,
            rule: "none".into(),
        },
        links: Arc::new(Vec::new),
        metrics: Vec::new(),
        base_url: None,
        license: Arc::new(Held::Nothing),
    };
    let server = Server::new(listener, context).expect("a bound socket has an address");
    let address = server.address();
    tokio::spawn(server.run(stop.clone()));
    let stream = TcpStream::connect(address).await.expect("the server listens");
    let (mut sender, connection) =
        handshake::<_, Body>(TokioIo::new(stream)).await.expect("the server speaks HTTP");
    tokio::spawn(connection);

    println!("| route | gzip | bytes | p50 | p99 |\n|---|---|---|---|---|");
    for (path, gzip) in ASKED {
        let requests = if path.contains("10000") || path == "/metrics" { REQUESTS / 20 } else { REQUESTS };
        let mut times = Vec::with_capacity(requests);
        let mut bytes = 0;
        for _ in 0..requests {
            let began = Instant::now();
            bytes = ask(&mut sender, path, gzip).await;
            times.push(began.elapsed());
        }
        times.sort_unstable();
        let at = |share: usize| millis(times[(times.len() - 1) * share / 100]);
        println!("| {path} | {gzip} | {bytes} | {} ms | {} ms |", at(50), at(99));
    }
    stop.cancel();
}

async fn ask(sender: &mut SendRequest<Body>, path: &str, gzip: bool) -> usize {
    let encoding = if gzip { "gzip" } else { "identity" };
    let request = Request::get(path).header("host", "localhost").header("accept-encoding", encoding);
    let request = request.body(Body::empty()).expect("path and headers are constants");
    sender.ready().await.expect("the connection stays open");
    let answer = sender.send_request(request).await.expect("the server answers");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.into_body().collect().await.expect("the answer has an end").to_bytes().len()
}

async fn observe(observations: &mpsc::Sender<Observation>, fact: Fact) {
    let observation = Observation::Cluster { cluster: "bench".into(), fact };
    observations.send(observation).await.expect("the engine runs");
}

fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1000.0)
}

fn template() -> Arc<PodSpec> {
    Arc::new(PodSpec {
        containers: Box::new([ContainerSpec {
            name: "app".into(),
            image: "registry.example/platform/backend/service:1.29.3-stable".into(),
            role: Role::Main,
            resources: Resources::default(),
            startup_probe: None,
            readiness_probe: None,
            liveness_probe: false,
        }]),
        restart_policy: RestartPolicy::Always,
        readiness_gates: Box::new([]),
        scheduling_gates: Box::new([]),
        requests: Compute::default(),
        memory_limit_bytes: None,
        termination_grace: Duration::from_secs(30),
    })
}

/// A tenth of them asks for nothing; the others ask for pods that have not come, so that each has a reason to tell.
fn deployment(number: u32, template: &Arc<PodSpec>) -> Controller {
    let desired = if number.is_multiple_of(10) { 0 } else { 3 };
    Controller {
        kind: Kind::Deployment,
        uid: Uid::new(u128::from(number) + 1),
        namespace: format!("team-{}", number % 100).into(),
        name: format!("workload-{number:03}").into(),
        owner: None,
        created: NOW - Duration::from_secs(u64::from(number) * 60),
        deleting: None,
        generation: 1,
        observed_generation: 1,
        desired,
        current: 0,
        updated: 0,
        ready: 0,
        available: 0,
        misscheduled: 0,
        template: Some(template.clone()),
        revision: None,
        revision_number: None,
        paused: false,
        is_parallel: false,
        strategy: Strategy::RollingUpdate { partition: 0 },
        progressed: None,
        progress_deadline: None,
        min_ready: Duration::ZERO,
        conditions: Box::new([]),
        claim_templates: Box::new([]),
        annotations: Box::new([]),
        job: None,
        cron: None,
    }
}
