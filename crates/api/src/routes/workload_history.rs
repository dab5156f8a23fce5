//! `GET /workloads/{cluster}/{namespace}/{kind}/{name}/history`
use super::parameters::WorkloadPath;
use super::workload::{Segments, find, id_of};
use crate::app::App;
use crate::error::ApiError;
use crate::etag::current;
use crate::query::Parameters;
use crate::views::error::ErrorView;
use crate::views::health::ReasonView;
use crate::views::history::{AvailableView, GapView, HistoryView, IntervalView};
use axum::extract::State;
use axum::response::Response;
use domain::health::Health;
use domain::port::{Gap, Interval};
use domain::time::Time;
use domain::workload::Row;
use http::{StatusCode, Uri};
use std::sync::Arc;
use std::time::Duration;

const RANGES: [(&str, Duration); 4] = [
    ("1h", Duration::from_hours(1)),
    ("6h", Duration::from_hours(6)),
    ("24h", Duration::from_hours(24)),
    ("7d", Duration::from_hours(7 * 24)),
];
const USUAL_RANGE: Duration = RANGES[2].1;

/// Shows in which statuses a workload was
///
/// Up to now. Where history is not kept, the status that it is in now is all there is.
#[utoipa::path(
    get,
    path = "/api/v1/workloads/{cluster}/{namespace}/{kind}/{name}/history",
    operation_id = "readWorkloadHistory",
    tag = "workloads",
    params(
        WorkloadPath,
        ("range" = Option<String>, Query, description = "`1h`, `6h`, `24h` (when left out), `7d`"),
    ),
    responses(
        (status = 200, description = "Its statuses", body = HistoryView),
        (status = 400, description = "A parameter can't be understood", body = ErrorView),
        (status = 404, description = "No such workload", body = ErrorView),
        (status = 503, description = "The history can't be read", body = ErrorView),
    )
)]
pub(super) async fn history(
    State(app): State<Arc<App>>,
    segments: Segments,
    uri: Uri,
) -> Result<Response, ApiError> {
    let mut parameters = Parameters::read(uri.query(), &["range"]);
    let range = parameters.choice("range", &RANGES).unwrap_or(USUAL_RANGE);
    parameters.finish()?;
    let id = id_of(segments)?;
    let snapshot = app.snapshot();
    let (.., row) = find(&snapshot.view, &id)?;
    let to = (app.context.clock)();
    let from = to - range;
    let (mut intervals, gaps, storage) = app
        .history
        .read(move |history| {
            let intervals = history.intervals(&id, from, to)?;
            Ok::<_, ApiError>((intervals, history.gaps(&id, from, to)?, history.storage()))
        })
        .await??;
    continue_to_now(&mut intervals, row, from, to);
    let view = HistoryView {
        id: row.id.to_string(),
        from: from.into(),
        to: to.into(),
        available: AvailableView { percent: availability(&intervals, &gaps) },
        intervals: intervals.into_iter().map(Into::into).collect(),
        gaps: gaps.into_iter().map(Into::into).collect(),
        storage: storage.state.as_str(),
        version: snapshot.version.to_string(),
    };
    current(StatusCode::OK, &view)
}

/// The live state is ahead of the disk: what it says of the present stands. What is stale is a gap, not a status.
fn continue_to_now(intervals: &mut Vec<Interval>, row: &Row, from: Time, to: Time) {
    if row.health == Health::Unknown {
        return;
    }
    let since = row.since.max(from);
    if since >= to || intervals.last().is_some_and(|last| last.health == row.health && last.to >= to) {
        return;
    }
    intervals.retain(|interval| interval.from < since);
    if let Some(last) = intervals.last_mut() {
        last.to = last.to.min(since);
    }
    intervals.push(Interval {
        health: row.health,
        from: since,
        to,
        code: row.diagnosis.as_ref().map(|diagnosis| diagnosis.code.as_str().into()),
        summary: row.diagnosis.as_ref().map(|diagnosis| diagnosis.summary.clone()),
        coalesced: 0,
    });
}

/// The share of time in which the workload was not failed, of the time in which it was known and asked for.
fn availability(intervals: &[Interval], gaps: &[Gap]) -> Option<f64> {
    let (mut known, mut served) = (0_u64, 0_u64);
    for interval in intervals {
        if matches!(interval.health, Health::Unknown | Health::Suspended) {
            continue;
        }
        let millis = known_millis(interval, gaps);
        known += millis;
        if interval.health != Health::Failed {
            served += millis;
        }
    }
    // Thousandths of a per cent are as much as anybody can read off a day.
    (known > 0).then(|| (served as f64 / known as f64 * 100_000.0).floor() / 1000.0)
}

/// How much of the interval lies in no gap; gaps may overlap and come in the order of their beginning.
fn known_millis(interval: &Interval, gaps: &[Gap]) -> u64 {
    let mut at = interval.from;
    let mut known = 0;
    for gap in gaps {
        let (from, to) = (gap.from.max(at), gap.to.min(interval.to));
        if from < to {
            known += from.since(at).as_millis() as u64;
            at = to;
        }
    }
    known + interval.to.since(at).as_millis() as u64
}

impl From<Interval> for IntervalView {
    fn from(interval: Interval) -> Self {
        let reason = interval.code.zip(interval.summary);
        Self {
            health: interval.health.into(),
            from: interval.from.into(),
            to: interval.to.into(),
            reason: reason.map(|(code, summary)| ReasonView { code, summary }),
        }
    }
}

impl From<Gap> for GapView {
    fn from(gap: Gap) -> Self {
        Self { from: gap.from.into(), to: gap.to.into(), why: gap.why }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Health::{Degraded, Failed, Healthy, Suspended, Unknown};
    use rstest::rstest;

    fn interval((health, from, to): (Health, i64, i64)) -> Interval {
        let (from, to) = (Time::from_secs(from), Time::from_secs(to));
        Interval { health, from, to, code: None, summary: None, coalesced: 0 }
    }

    fn gap((from, to): (i64, i64)) -> Gap {
        Gap { from: Time::from_secs(from), to: Time::from_secs(to), why: "stale".into() }
    }

    #[rstest]
    #[case(&[], &[], None)]
    #[case(&[(Healthy, 0, 100)], &[], Some(100.0))]
    #[case(&[(Healthy, 0, 75), (Failed, 75, 100)], &[], Some(75.0))]
    #[case(&[(Degraded, 0, 50), (Suspended, 50, 100)], &[], Some(100.0))]
    #[case(&[(Unknown, 0, 100), (Suspended, 100, 200)], &[], None)]
    #[case(&[(Healthy, 0, 50), (Failed, 50, 100)], &[(50, 90)], Some(83.333))]
    #[case(&[(Failed, 0, 100)], &[(10, 40), (20, 30), (35, 90)], Some(0.0))]
    #[case(&[(Failed, 0, 100)], &[(0, 60), (50, 100)], None)]
    fn time_that_is_not_known_or_not_asked_for_does_not_count(
        #[case] intervals: &[(Health, i64, i64)],
        #[case] gaps: &[(i64, i64)],
        #[case] percent: Option<f64>,
    ) {
        let intervals: Vec<_> = intervals.iter().copied().map(interval).collect();
        let gaps: Vec<_> = gaps.iter().copied().map(gap).collect();
        assert_eq!(availability(&intervals, &gaps), percent);
    }
}
