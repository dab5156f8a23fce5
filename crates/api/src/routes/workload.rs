//! `GET /workloads/{cluster}/{namespace}/{kind}/{name}`, and its events
use super::events::{EVENT_PARAMETERS, EventQuery, EventTypeQuery};
use super::parameters::{PageParameters, SearchQuery, WorkloadPath};
use crate::app::App;
use crate::error::ApiError;
use crate::etag::versioned;
use crate::facts::{PodFacts, newest_first};
use crate::query::Parameters;
use crate::query::filter::Place;
use crate::views::detail::{
    ConditionView, ResourcesView, RolloutView, WorkloadDetailView, claims, coverage, runs,
};
use crate::views::error::ErrorView;
use crate::views::event::EventView;
use crate::views::list::ListView;
use crate::views::pod::PodView;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use domain::id::{Kind, Uid, WorkloadId};
use domain::source::Resource;
use domain::state::{Cluster, View, Workload};
use domain::workload::Row;
use engine::Snapshot;
use http::{HeaderMap, Uri};
use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The segments of a workload's path.
pub(super) type Segments = Result<Path<(String, String, String, String)>, PathRejection>;

/// Shows a workload
///
/// Its status, diagnosis, rollout, pods, claims, nodes or runs, resources, conditions and annotations.
#[utoipa::path(
    get,
    path = "/api/v1/workloads/{cluster}/{namespace}/{kind}/{name}",
    operation_id = "readWorkload",
    tag = "workloads",
    params(WorkloadPath),
    responses(
        (status = 200, description = "The workload", body = WorkloadDetailView),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "The route takes no parameters", body = ErrorView),
        (status = 404, description = "No such workload", body = ErrorView),
    )
)]
pub(super) async fn detail(
    State(app): State<Arc<App>>,
    segments: Segments,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    Parameters::read(uri.query(), &[]).finish()?;
    let id = id_of(segments)?;
    let snapshot = app.snapshot();
    let (cluster, workload, row) = find(&snapshot.view, &id)?;
    versioned(snapshot.version, &uri, &headers, || view(&snapshot, cluster, workload, row))
}

/// Lists the events of a workload
///
/// Those about it, its ReplicaSets or Jobs, its pods and its claims; newest first.
#[utoipa::path(
    get,
    path = "/api/v1/workloads/{cluster}/{namespace}/{kind}/{name}/events",
    operation_id = "listWorkloadEvents",
    tag = "workloads",
    params(WorkloadPath, EventTypeQuery, SearchQuery, PageParameters),
    responses(
        (status = 200, description = "A page of events", body = ListView<EventView>),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
        (status = 404, description = "No such workload", body = ErrorView),
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
    let id = id_of(segments)?;
    let snapshot = app.snapshot();
    let (cluster, workload, _) = find(&snapshot.view, &id)?;
    versioned(snapshot.version, &uri, &headers, || {
        let objects = objects(cluster, workload);
        query.answer(
            &snapshot,
            objects
                .into_iter()
                .flat_map(|uid| cluster.events_of(uid).iter().map(move |event| (cluster, &**event))),
        )
    })
}

/// The id that a path spells.
pub(super) fn id_of(segments: Segments) -> Result<WorkloadId, ApiError> {
    let Path((cluster, namespace, kind, name)) = segments.map_err(|_| ApiError::MalformedPath)?;
    let Ok(kind) = kind.parse();
    Ok(WorkloadId { cluster: cluster.into(), namespace: namespace.into(), kind, name: name.into() })
}

/// The workload of that id, unless nothing is said of it yet.
pub(super) fn find<'a>(
    view: &'a View,
    id: &WorkloadId,
) -> Result<(&'a Cluster, &'a Workload, &'a Row), ApiError> {
    let found = view.cluster(&id.cluster).and_then(|cluster| {
        let workload = cluster.workload(id)?;
        Some((cluster, workload, workload.row.as_deref()?))
    });
    found.ok_or_else(|| ApiError::WorkloadNotFound(id.to_string()))
}

fn view<'a>(
    snapshot: &'a Snapshot,
    cluster: &'a Cluster,
    workload: &'a Workload,
    row: &'a Row,
) -> WorkloadDetailView<'a> {
    let controller = workload.controller.and_then(|uid| cluster.controller(uid)).map(|found| &**found);
    let children = newest_first(cluster, &workload.children);
    let mut pods: Vec<PodFacts<'a>> = workload
        .pods
        .iter()
        .filter_map(|uid| cluster.pod_by_uid(*uid))
        .map(|pod| PodFacts { cluster, pod, now: snapshot.as_of })
        .collect();
    pods.sort_by_cached_key(|facts| {
        (!facts.is_current(), facts.ordinal(), Reverse(facts.pod.created), facts.pod.name.clone())
    });
    // Where the object may not be read or says nothing, its newest pod does.
    let template = controller
        .and_then(|controller| controller.template.as_deref())
        .or_else(|| children.first().and_then(|child| child.template.as_deref()))
        .or_else(|| pods.first().map(|facts| &*facts.pod.spec));
    let bare = pods.first().filter(|_| workload.id.kind == Kind::Pod);
    let conditions = match controller {
        Some(controller) => &controller.conditions[..],
        None => bare.map_or(&[][..], |facts| &facts.pod.conditions[..]),
    };
    let annotations = controller.map_or(&[][..], |controller| &controller.annotations[..]);
    WorkloadDetailView {
        workload: row.into(),
        version: snapshot.version.to_string(),
        as_of: snapshot.as_of.into(),
        diagnosis: row.diagnosis.as_deref().map(Into::into),
        rollout: workload.judgement.as_deref().and_then(RolloutView::of),
        claims: claims(cluster, controller, &pods),
        nodes: (workload.id.kind == Kind::DaemonSet).then(|| coverage(cluster, &pods)),
        runs: (workload.id.kind == Kind::CronJob).then(|| runs(&children, &pods)),
        pods: pods.iter().map(PodView::from).collect(),
        resources: template.map_or_else(Vec::new, |spec| ResourcesView::all(&spec.containers)),
        conditions: conditions.iter().map(ConditionView::from).collect(),
        annotations: annotations.iter().map(|(name, value)| (&**name, &**value)).collect(),
    }
}

/// All objects that make up a workload.
fn objects(cluster: &Cluster, workload: &Workload) -> BTreeSet<Uid> {
    let pods = || workload.pods.iter().filter_map(|uid| cluster.pod_by_uid(*uid));
    let claims = pods()
        .filter(|pod| cluster.sees(Resource::PersistentVolumeClaims, &pod.namespace))
        .flat_map(|pod| pod.claims.iter().filter_map(|name| cluster.claim(&pod.namespace, name)))
        .map(|claim| claim.uid);
    let owned = workload.children.iter().chain(workload.pods.iter()).copied();
    workload.controller.into_iter().chain(owned).chain(claims).collect()
}
