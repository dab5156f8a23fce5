//! `GET /events`, and what lists of events have in common
use super::parameters::{PageParameters, PlaceQuery, SearchQuery};
use crate::app::App;
use crate::error::ApiError;
use crate::etag::versioned;
use crate::facts::workload_of_event;
use crate::query::Parameters;
use crate::query::filter::Place;
use crate::query::page::{Limit, PageQuery};
use crate::query::phrase::Phrase;
use crate::query::sort::{Key, Order, Position};
use crate::views::error::ErrorView;
use crate::views::event::EventView;
use crate::views::list::ListView;
use axum::extract::State;
use axum::response::Response;
use domain::event::Event;
use domain::state::Cluster;
use engine::Snapshot;
use http::{HeaderMap, Uri};
use std::sync::Arc;
use utoipa::IntoParams;

/// What every list of events takes.
pub(super) const EVENT_PARAMETERS: [&str; 4] = ["type", "q", "limit", "cursor"];
const PARAMETERS: [&str; 6] = ["cluster", "namespace", "type", "q", "limit", "cursor"];
const TYPES: [(&str, bool); 2] = [("Warning", true), ("Normal", false)];

/// Which events
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it describes and is never made")]
pub(super) struct EventTypeQuery {
    /// `Warning` or `Normal`; both when left out
    r#type: Option<String>,
}

/// Which page of which events; newest first.
pub(super) struct EventQuery {
    place: Place,
    warning: Option<bool>,
    phrase: Phrase,
    page: PageQuery,
}

/// Lists events
///
/// Newest first. Kubernetes forgets events after an hour, and so does this.
#[utoipa::path(
    get,
    path = "/api/v1/events",
    operation_id = "listEvents",
    tag = "events",
    params(PlaceQuery, EventTypeQuery, SearchQuery, PageParameters),
    responses(
        (status = 200, description = "A page of events", body = ListView<EventView>),
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
    let place = Place::read(&mut parameters, &snapshot.view);
    let query = EventQuery::read(&mut parameters, place, uri.path());
    parameters.finish()?;
    query.place.check(&snapshot.view)?;
    versioned(snapshot.version, &uri, &headers, || {
        let clusters = query.place.clusters(&snapshot.view);
        query.answer(
            &snapshot,
            clusters.flat_map(|cluster| cluster.events().map(move |event| (cluster, &**event))),
        )
    })
}

impl EventQuery {
    /// From the parameters that every list of events takes; `path` tells the lists apart.
    pub(super) fn read(parameters: &mut Parameters, place: Place, path: &str) -> Self {
        let warning = parameters.choice("type", &TYPES);
        let phrase = Phrase::read(parameters);
        let question = ("events", path, &place, warning, &phrase);
        let page = PageQuery::read(parameters, Limit::USUAL, Order::Descending, &question);
        Self { place, warning, phrase, page }
    }

    /// The page, of these events.
    pub(super) fn answer<'a>(
        &self,
        snapshot: &Snapshot,
        events: impl Iterator<Item = (&'a Cluster, &'a Event)>,
    ) -> ListView<EventView<'a>> {
        let page = self.page.pick(events.filter(|(_, event)| self.matches(event)), position);
        ListView::of(page, snapshot, |(cluster, event)| {
            EventView::of(cluster.name(), event, workload_of_event(cluster, event))
        })
    }

    fn matches(&self, event: &Event) -> bool {
        self.place.has_namespace(&event.namespace)
            && self.warning.is_none_or(|warning| warning == event.warning)
            && self.phrase.is_in(
                &[&*event.reason, &*event.message, &*event.kind, &*event.name, &*event.namespace].into_iter(),
            )
    }
}

fn position<'a>((cluster, event): (&'a Cluster, &'a Event)) -> Position<&'a str> {
    let path: [&'a str; 5] = [cluster.name(), &event.namespace, &event.name, &event.kind, ""];
    Position { key: Key::Number(event.last.as_millis()), path, uid: Some(event.uid) }
}
