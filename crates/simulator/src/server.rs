//! The HTTP side: connections, routing, answers.

mod answer;
mod connection;
mod list;
mod log;
mod metrics;
mod watch;

pub(crate) use connection::Listener;

use crate::{
    Cluster, Faults, MetricsApi, Resource, Verb,
    access::{Attempt, Gate},
    activity::Meter,
    faults::Failure,
    request::{Encoding, Query, Target},
    status::Status,
    wire,
};
use answer::{Answer, Body, Payload};
use http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// What all requests share.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) cluster: Cluster,
    pub(crate) faults: Faults,
    pub(crate) gate: Gate,
    pub(crate) meter: Meter,
    pub(crate) metrics: Mutex<MetricsApi>,
    /// Whether `sendInitialEvents` is allowed.
    pub(crate) streaming_lists: AtomicBool,
    /// How often a watch that allows it gets a bookmark.
    pub(crate) bookmark_interval: Duration,
    /// Counts orders to send a bookmark at once. One value; each watch that sees it change sends one.
    pub(crate) bookmarks: tokio::sync::watch::Sender<u64>,
    /// Ends open streams and, through [`Listener`], the server.
    pub(crate) stop: CancellationToken,
}

impl Server {
    /// Answers one request; a fault may spoil or delay the answer.
    async fn serve(self: Arc<Self>, request: Request<Incoming>) -> Response<Body> {
        if self.faults.is_frozen() {
            self.meter.held();
            tokio::select! {
                () = self.faults.thawed() => {}
                () = self.stop.cancelled() => {}
            }
            self.meter.released();
        }
        let target = Target::parse(request.uri().path());
        let query = Query::parse(request.uri().query());
        let what = subject(&target, &query);
        let answer = if request.method() == Method::GET {
            match what {
                Some((verb, resource)) => self.meter.request(verb, resource),
                None => self.meter.other_request(),
            }
            self.answer(&request, target, &query, what).await
        } else {
            self.meter.refused_method();
            Answer::status(Encoding::Json, &Status::method_not_allowed())
        };
        let pace = self.faults.pace();
        answer.send(pace)
    }

    async fn answer(
        self: &Arc<Self>,
        request: &Request<Incoming>,
        target: Target,
        query: &Query,
        what: Option<(Verb, Resource)>,
    ) -> Answer {
        let headers = request.headers();
        let encoding = match Encoding::negotiate(headers) {
            // The aggregated API speaks JSON alone.
            Ok(_) if matches!(what, Some((_, Resource::PodMetrics))) => Encoding::Json,
            Ok(encoding) => encoding,
            Err(status) => return Answer::status(Encoding::Json, &status),
        };
        if let Some(failure) = what.and_then(|(verb, resource)| self.faults.take_failure(verb, resource)) {
            if failure == Failure::Silence {
                self.stop.cancelled().await;
            }
            return Answer::of_failure(encoding, failure);
        }
        let authorization = headers.get(header::AUTHORIZATION).map(http::HeaderValue::as_bytes);
        if let Err(status) = self.gate.authenticate(authorization) {
            return Answer::status(encoding, &status);
        }
        if let Some(status) = what.and_then(|(verb, _)| self.refusal(verb, &target)) {
            return Answer::status(encoding, &status);
        }
        let gzip = headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .any(|value| value.to_str().is_ok_and(|value| value.contains("gzip")));
        let corruption = what.and_then(|(verb, resource)| self.faults.take_corruption(verb, resource));
        let answer = match target {
            Target::Version => Ok(version()),
            Target::Probe => Ok(Answer::text(StatusCode::OK, "ok")),
            Target::Unknown => Ok(Answer::text(StatusCode::NOT_FOUND, "404 page not found\n")),
            Target::UnknownResource => Err(Status::no_such_resource()),
            Target::Log { namespace, pod } => {
                let found = self.cluster.find(Resource::Pods, &namespace, &pod);
                if found.is_some_and(|pod| self.faults.silences(&pod)) {
                    self.stop.cancelled().await;
                }
                log::answer(self, namespace, pod, query)
            }
            Target::Collection { resource: Resource::PodMetrics, namespace } => {
                metrics::list(self, namespace, query).await
            }
            Target::Object { resource: Resource::PodMetrics, namespace, name } => {
                metrics::one(self, &namespace, &name)
            }
            Target::Collection { resource, namespace } if query.flag("watch") => {
                watch::answer(self, resource, namespace, query, encoding, corruption)
            }
            Target::Collection { resource, namespace } => {
                list::answer(self, resource, namespace, query, encoding, gzip).await
            }
            Target::Object { resource, namespace, name } => self.one(resource, &namespace, &name, encoding),
        };
        match (answer, corruption) {
            (Ok(answer), Some(corruption)) => answer.spoil(corruption, encoding == Encoding::Json),
            (Ok(answer), None) => answer,
            (Err(status), _) => Answer::status(encoding, &status),
        }
    }

    fn one(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
        encoding: Encoding,
    ) -> Result<Answer, Status> {
        let object =
            self.cluster.find(resource, namespace, name).ok_or_else(|| Status::not_found(resource, name))?;
        Ok(Answer::ok(encoding.content_type(), wire::object(encoding, resource, object.json())))
    }

    /// The 403 for a request, if it is one.
    fn refusal(&self, verb: Verb, target: &Target) -> Option<Status> {
        let (resource, subresource, namespace, name) = match target {
            Target::Collection { resource, namespace } => (*resource, None, namespace.as_deref(), None),
            Target::Object { resource: Resource::Namespaces, name, .. } => {
                (Resource::Namespaces, None, Some(name.as_str()), Some(name.as_str()))
            }
            Target::Object { resource, namespace, name } => {
                let namespace = Some(namespace.as_str()).filter(|namespace| !namespace.is_empty());
                (*resource, None, namespace, Some(name.as_str()))
            }
            Target::Log { namespace, pod } => {
                (Resource::Pods, Some("log"), Some(namespace.as_str()), Some(pod.as_str()))
            }
            _ => return None,
        };
        let attempt = Attempt { verb: verb.granted_as(), resource, subresource, namespace, name };
        self.gate.authorize(&attempt).err()
    }

    pub(crate) fn metrics(&self) -> MetricsApi {
        *self.metrics.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn allows_streaming_lists(&self) -> bool {
        self.streaming_lists.load(Ordering::Relaxed)
    }
}

/// The verb and resource of a request, as an audit log has them.
fn subject(target: &Target, query: &Query) -> Option<(Verb, Resource)> {
    match target {
        Target::Collection { resource, .. } if query.flag("watch") => Some((Verb::Watch, *resource)),
        Target::Collection { resource, .. } => Some((Verb::List, *resource)),
        Target::Object { resource, .. } => Some((Verb::Get, *resource)),
        Target::Log { .. } => Some((Verb::Log, Resource::Pods)),
        _ => None,
    }
}

fn version() -> Answer {
    let version = serde_json::json!({
        "major": "1",
        "minor": "36",
        "gitVersion": "v1.36.3",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "go1.26.8",
        "compiler": "gc",
        "platform": "linux/amd64",
    });
    Answer {
        payload: Payload::Whole(format!("{version:#}").into()),
        ..Answer::ok("application/json", Vec::new())
    }
}
