//! `GET /workloads`
use super::parameters::{HealthQuery, KindQuery, OrderQuery, PageParameters, PlaceQuery, SearchQuery};
use crate::app::App;
use crate::assets::accepts;
use crate::error::ApiError;
use crate::etag::versioned;
use crate::query::Parameters;
use crate::query::filter::WorkloadFilter;
use crate::query::page::{Limit, PageQuery};
use crate::query::sort::{Key, Order, Position};
use crate::views::error::ErrorView;
use crate::views::list::ListView;
use crate::views::workload::WorkloadView;
use axum::extract::State;
use axum::response::Response;
use domain::workload::Row;
use http::{HeaderMap, Uri};
use std::sync::Arc;

const PARAMETERS: [&str; 9] =
    ["cluster", "namespace", "kind", "health", "q", "sort", "order", "limit", "cursor"];

/// What workloads can be sorted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Sort {
    Health,
    Name,
    Namespace,
    Kind,
    Since,
    Ready,
    Restarts,
    Cpu,
    Memory,
    Created,
}

const SORTS: [(&str, Sort); 10] = [
    ("health", Sort::Health),
    ("name", Sort::Name),
    ("namespace", Sort::Namespace),
    ("kind", Sort::Kind),
    ("since", Sort::Since),
    ("ready", Sort::Ready),
    ("restarts", Sort::Restarts),
    ("cpu", Sort::Cpu),
    ("memory", Sort::Memory),
    ("created", Sort::Created),
];

/// Lists workloads
///
/// The worst first, unless another sort is asked for. A limit of up to 10,000 is allowed to a client that takes gzip.
#[utoipa::path(
    get,
    path = "/api/v1/workloads",
    operation_id = "listWorkloads",
    tag = "workloads",
    params(
        PlaceQuery,
        KindQuery,
        HealthQuery,
        SearchQuery,
        ("sort" = Option<String>, Query, description = "`health` (when left out), `name`, `namespace`, `kind`, `since`, `ready` (the share of pods that are), `restarts`, `cpu`, `memory`, `created`"),
        OrderQuery,
        PageParameters,
    ),
    responses(
        (status = 200, description = "A page of workloads", body = ListView<WorkloadView>),
        (status = 304, description = "As `If-None-Match` says"),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
        (status = 404, description = "No such namespace", body = ErrorView),
    )
)]
pub(super) async fn list(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let snapshot = app.snapshot();
    let mut parameters = Parameters::read(uri.query(), &PARAMETERS);
    let filter = WorkloadFilter::read(&mut parameters, &snapshot.view);
    let sort = parameters.choice("sort", &SORTS).unwrap_or(Sort::Health);
    let order = Order::read(&mut parameters);
    let limit = if accepts(&headers, "gzip") { Limit::COMPRESSED } else { Limit::PLAIN };
    let query = PageQuery::read(&mut parameters, limit, order, &("workloads", &filter, sort));
    parameters.finish()?;
    filter.place().check(&snapshot.view)?;
    versioned(snapshot.version, &uri, &headers, || {
        let page = query.pick(filter.rows(&snapshot.view), |row| sort.position(row));
        ListView::of(page, &snapshot, |row| WorkloadView::from(&**row))
    })
}

impl Sort {
    fn position(self, row: &Row) -> Position<&str> {
        let id = &row.id;
        let key = match self {
            Self::Health => Key::Number(i64::from(row.health as u8)),
            Self::Name => Key::Text(&*id.name),
            Self::Namespace => Key::Text(&*id.namespace),
            Self::Kind => Key::Text(id.kind.name()),
            Self::Since => Key::Number(row.since.as_millis()),
            Self::Ready => Key::number(ready_permille(row)),
            Self::Restarts => Key::Number(row.restarts.into()),
            Self::Cpu => Key::number(row.cpu_millicores),
            Self::Memory => Key::number(row.memory_bytes),
            Self::Created => Key::number(row.created.map(domain::time::Time::as_millis)),
        };
        let group = id.kind.api_group().unwrap_or_default();
        Position { key, path: [&id.cluster, &id.namespace, &id.name, id.kind.name(), group], uid: None }
    }
}

/// The share of the pods asked for that are ready, in thousandths; `None` where none are asked for.
fn ready_permille(row: &Row) -> Option<u64> {
    let desired = row.desired.filter(|desired| *desired > 0)?;
    Some(u64::from(row.ready?) * 1000 / u64::from(desired))
}
