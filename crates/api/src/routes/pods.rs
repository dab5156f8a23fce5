//! `GET /pods`, one pod, and its events
use super::events::{EVENT_PARAMETERS, EventQuery, EventTypeQuery};
use super::parameters::{HealthQuery, OrderQuery, PageParameters, PlaceQuery, PodPath, SearchQuery};
use crate::app::App;
use crate::error::ApiError;
use crate::error::excerpt;
use crate::etag::versioned;
use crate::facts::{PodFacts, workload_of_event};
use crate::query::Parameters;
use crate::query::filter::{Healths, Place};
use crate::query::page::{Limit, PageQuery};
use crate::query::phrase::Phrase;
use crate::query::sort::{Key, Order, Position};
use crate::views::error::ErrorView;
use crate::views::event::EventView;
use crate::views::list::ListView;
use crate::views::pod::{PodDetailView, PodView};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::WorkloadId;
use domain::pod::Pod;
use domain::state::{Cluster, View};
use http::{HeaderMap, Uri};
use std::cmp::Reverse;
use std::sync::Arc;

const PARAMETERS: [&str; 10] =
    ["cluster", "namespace", "workload", "node", "health", "q", "sort", "order", "limit", "cursor"];

/// What pods can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sort {
    Name,
    Health,
    Restarts,
    Created,
    Node,
}

const SORTS: [(&str, Sort); 5] = [
    ("name", Sort::Name),
    ("health", Sort::Health),
    ("restarts", Sort::Restarts),
    ("created", Sort::Created),
    ("node", Sort::Node),
];

/// Which pods.
#[derive(Debug, Hash)]
struct Filter {
    place: Place,
    workload: Option<WorkloadId>,
    node: Option<String>,
    healths: Healths,
    phrase: Phrase,
}

/// The segments of a pod's path.
type Segments = Result<Path<(String, String, String)>, PathRejection>;

/// Lists pods
#[utoipa::path(
    get,
    path = "/api/v1/pods",
    operation_id = "listPods",
    tag = "pods",
    params(
        PlaceQuery,
        ("workload" = Option<String>, Query, description = "The id of a workload: its pods only", example = "prod/shop/Deployment/web"),
        ("node" = Option<String>, Query, description = "The name of a node: the pods on it only"),
        HealthQuery,
        SearchQuery,
        ("sort" = Option<String>, Query, description = "`name` (when left out), `health`, `restarts`, `created`, `node`"),
        OrderQuery,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of pods", body = ListView<PodView>),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
        (status = 404, description = "No such namespace or workload", body = ErrorView),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let snapshot = app.snapshot();
    let mut parameters = Parameters::read(uri.query(), &PARAMETERS);
    let filter = Filter::read(&mut parameters, &snapshot.view);
    let sort = parameters.choice("sort", &SORTS).unwrap_or(Sort::Name);
    let order = Order::read(&mut parameters);
    let query = PageQuery::read(&mut parameters, Limit::USUAL, order, &("pods", &filter, sort));
    parameters.finish()?;
    filter.place.check(&snapshot.view)?;
    if let Some(id) = filter.workload.as_ref().filter(|id| snapshot.view.workload(id).is_none()) {
        return Err(ApiError::WorkloadNotFound(id.to_string()));
    }
    versioned(snapshot.version, &uri, &headers, || {
        let now = snapshot.as_of;
        let pods = filter
            .place
            .clusters(&snapshot.view)
            .flat_map(|cluster| cluster.pods().map(move |pod| PodFacts { cluster, pod, now }));
        let page = query.pick(pods.filter(|facts| filter.matches(facts)), |facts| sort.position(facts));
        ListView::of(page, &snapshot, |facts| PodView::from(&facts))
    })
}

/// Shows a pod
#[utoipa::path(
    get,
    path = "/api/v1/pods/{cluster}/{namespace}/{name}",
    operation_id = "readPod",
    tag = "pods",
    params(PodPath),
    responses(
        (status = 200, description = "The pod", body = PodDetailView),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
        (status = 404, description = "No such pod", body = ErrorView),
    )
)]
pub(super) async fn detail(
    State(app): State<Arc<App>>,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let snapshot = app.snapshot();
    let (cluster, pod) = find(&snapshot.view, segments)?;
    versioned(snapshot.version, &uri, &headers, || {
        let mut events: Vec<_> = cluster.events_of(pod.uid).iter().collect();
        events.sort_by_key(|event| Reverse((event.last, event.uid)));
        PodDetailView {
            pod: PodView::from(&PodFacts { cluster, pod, now: snapshot.as_of }),
            version: snapshot.version.to_string(),
            as_of: snapshot.as_of.into(),
            events: events
                .into_iter()
                .map(|event| EventView::of(cluster.name(), event, workload_of_event(cluster, event)))
                .collect(),
        }
    })
}

/// Lists the events of a pod
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/v1/pods/{cluster}/{namespace}/{name}/events",
    operation_id = "listPodEvents",
    tag = "pods",
    params(PodPath, EventTypeQuery, SearchQuery, PageParameters),
    responses(
        (status = 200, description = "A page of events", body = ListView<EventView>),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
        (status = 404, description = "No such pod", body = ErrorView),
    )
)]
pub(super) async fn events(
    State(app): State<Arc<App>>,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut parameters = Parameters::read(uri.query(), &EVENT_PARAMETERS);
    let query = EventQuery::read(&mut parameters, Place::default(), uri.path());
    parameters.finish()?;
    let snapshot = app.snapshot();
    let (cluster, pod) = find(&snapshot.view, segments)?;
    versioned(snapshot.version, &uri, &headers, || {
        query.answer(&snapshot, cluster.events_of(pod.uid).iter().map(|event| (cluster, &**event)))
    })
}

fn find(view: &View, segments: Segments) -> Result<(&Cluster, &Pod), ApiError> {
    let Path((cluster, namespace, name)) = segments.map_err(|_| ApiError::MalformedPath)?;
    let found =
        view.cluster(&cluster).and_then(|cluster| Some((cluster, &**cluster.pod(&namespace, &name)?)));
    found.ok_or_else(|| ApiError::PodNotFound(format!("{cluster}/{namespace}/{name}")))
}

impl Filter {
    fn read(parameters: &mut Parameters, view: &View) -> Self {
        let workload = parameters.text("workload").and_then(|text| {
            let id = text.parse().ok();
            if id.is_none() {
                parameters.fault(
                    "workload",
                    format!("`{}` is not an id: cluster/namespace/Kind/name", excerpt(&text)),
                );
            }
            id
        });
        Self {
            place: Place::read(parameters, view),
            workload,
            node: parameters.text("node"),
            healths: Healths::read(parameters),
            phrase: Phrase::read(parameters),
        }
    }

    /// What costs least is looked at first: a judgement is made only for pods that pass all else.
    fn matches(&self, facts: &PodFacts<'_>) -> bool {
        let pod = facts.pod;
        self.place.has_namespace(&pod.namespace)
            && self.node.as_ref().is_none_or(|node| pod.node.as_deref() == Some(node))
            && self.workload.as_ref().is_none_or(|id| facts.workload().is_some_and(|of| **of == *id))
            && self.phrase.is_in(
                &[&*pod.name, &*pod.namespace]
                    .into_iter()
                    .chain(pod.node.as_deref())
                    .chain(pod.spec.containers.iter().map(|container| &*container.image)),
            )
            && (self.healths.is_any() || self.healths.has(facts.judge().health))
    }
}

impl Sort {
    fn position<'a>(self, facts: PodFacts<'a>) -> Position<&'a str> {
        let pod = facts.pod;
        let key = match self {
            Self::Name => Key::Text(&*pod.name),
            Self::Health => Key::Number(i64::from(facts.judge().health as u8)),
            Self::Restarts => Key::Number(pod.restarts().into()),
            Self::Created => Key::Number(pod.created.as_millis()),
            Self::Node => pod.node.as_deref().map_or(Key::Absent, Key::Text),
        };
        let path: [&'a str; 5] = [facts.cluster.name(), &pod.namespace, &pod.name, "", ""];
        Position { key, path, uid: Some(pod.uid) }
    }
}
