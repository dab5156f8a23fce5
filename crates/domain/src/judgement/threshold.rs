//! How many restarts are too many: the annotation that says so, and what is said of one that says nothing.
use super::{Facts, words};
use crate::controller::Controller;
use crate::diagnosis::{Code, Diagnosis, Evidence, EvidenceKind};
use crate::time::Time;

/// So many restarts of one container within the window, unless an annotation says otherwise.
const RESTART_THRESHOLD: u32 = 3;
/// The annotation that does, of the object or of its pod template.
const ANNOTATION: &str = "maintenant.alert.restart_threshold";

/// How many restarts of one container within ten minutes are too many.
pub(super) fn restarts(controller: Option<&Controller>) -> u32 {
    controller.and_then(told).and_then(read).unwrap_or(RESTART_THRESHOLD)
}

/// Says of an annotation that is no number that it is not heeded: beside what is said already, or where nothing is.
pub(super) fn report(facts: &Facts<'_>, said: Option<Diagnosis>, since: Time) -> Option<Diagnosis> {
    let Some(value) = facts.controller.and_then(told).filter(|value| read(value).is_none()) else {
        return said;
    };
    let value = words::quote(value);
    let text = format!("annotation {ANNOTATION} is `{value}`, which is no whole number from 1 up");
    let evidence = Evidence {
        kind: EvidenceKind::Workload,
        at: None,
        object: format!("{}/{}/{}", facts.id.kind.name(), facts.id.namespace, facts.id.name).into(),
        text: text.into(),
    };
    let mut said = said.unwrap_or_else(|| Diagnosis {
        code: Code::AnnotationMalformed,
        summary: format!("Annotation `{ANNOTATION}` is not heeded: `{value}` is no whole number from 1 up.")
            .into(),
        evidence: Vec::new(),
        since,
        next_step: Some("Correct the annotation of the object or of its pod template, or remove it.".into()),
    });
    said.evidence.push(evidence);
    Some(said)
}

fn told(controller: &Controller) -> Option<&str> {
    let found = controller.annotations.iter().find(|(name, _)| &**name == ANNOTATION);
    found.map(|(_, value)| &**value)
}

fn read(value: &str) -> Option<u32> {
    value.parse().ok().filter(|count| *count > 0)
}
