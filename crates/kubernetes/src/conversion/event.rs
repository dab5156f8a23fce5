//! `v1 Event`

use super::{Convert, created, showable};
use crate::api::core::Event;
use crate::api::meta::ObjectMeta;
use crate::api::time;
use crate::interner::Interner;
use domain::id::Uid;
use domain::observation::Object;
use std::sync::Arc;

impl Convert for Event {
    fn take_metadata(&mut self) -> ObjectMeta {
        self.metadata.take().unwrap_or_default()
    }

    /// The older recorder writes `firstTimestamp`, `lastTimestamp` and `count`; the newer `eventTime` and, from the
    /// second time on, `series`. Either may be missing.
    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object {
        let object = self.involved_object.unwrap_or_default();
        let event_time = time::known(self.event_time);
        let observed = self.series.and_then(|series| time::known(series.last_observed_time));
        let last_timestamp = time::known(self.last_timestamp);
        let born = created(&metadata);
        let first = time::known(self.first_timestamp).or(event_time).unwrap_or(born);
        let series_count = self.series.map_or(0, |series| series.count);
        let count = [self.count, series_count].into_iter().find(|count| *count > 0).unwrap_or(1);
        let source = self.source.unwrap_or_default().component;
        let source = if source.is_empty() { &self.reporting_component } else { &source };
        let message = showable(&self.message);
        // One that names its object is never the same twice.
        let message =
            if message.contains(&object.name) { (&*message).into() } else { interner.text(&message) };
        Object::Event(Arc::new(domain::event::Event {
            uid: Uid::parse(&metadata.uid),
            namespace: interner.text(&object.namespace),
            kind: interner.text(&object.kind),
            name: interner.text(&object.name),
            object: Uid::parse(&object.uid),
            container: container(&object.field_path).map(|name| interner.text(name)),
            warning: self.r#type == "Warning",
            reason: interner.text(&self.reason),
            message,
            source: interner.optional(source),
            count: u32::try_from(count).unwrap_or(1),
            first,
            last: [last_timestamp, observed, event_time].into_iter().flatten().max().unwrap_or(first),
        }))
    }
}

/// The name inside `spec.containers{web}`, `spec.initContainers{migrate}` and the like.
fn container(field_path: &str) -> Option<&str> {
    let (list, name) = field_path.strip_suffix('}')?.split_once('{')?;
    list.to_ascii_lowercase().ends_with("containers").then_some(name)
}
