//! What a diagnosis rests on, with the API's own times.
use super::fault::Fault;
use super::{last_line, words};
use crate::diagnosis::{Code, Evidence, EvidenceKind};
use crate::event::Event;
use crate::last_words::{LastWords, LogTail};
use crate::memory::LastLine;
use crate::text::Text;

/// The most pods that are shown for one symptom.
const MOST_PODS: usize = 3;

/// The facts behind the faults.
pub(super) fn of(faults: &[&Fault<'_>]) -> Vec<Evidence> {
    faults.iter().take(MOST_PODS).flat_map(|fault| of_one(fault)).collect()
}

fn of_one(fault: &Fault<'_>) -> Vec<Evidence> {
    let pod = fault.pod;
    let object: Text = format!("Pod/{}/{}", pod.namespace, pod.name).into();
    let mut evidence = Vec::new();
    if let Some(end) = fault.end {
        let name = fault.container.map_or("", |container| &container.name);
        let reason = end.reason.as_deref().unwrap_or("no reason given");
        evidence.push(Evidence {
            kind: EvidenceKind::Container,
            at: end.finished,
            object: object.clone(),
            text: format!("container `{name}` ended with exit code {} ({reason})", end.exit_code).into(),
        });
        let message = last_line::of(fault.end, None).filter(|_| fault.container.is_some());
        evidence.extend(message.map(|line| self::message(name, &line, &object)));
        evidence.extend(fault.last_words.and_then(|said| log(said, &object)));
    } else if let (Code::InitRunning, Some(container)) = (fault.code, fault.container) {
        evidence.push(Evidence {
            kind: EvidenceKind::Container,
            at: Some(fault.since),
            object: object.clone(),
            text: format!("container `{}` runs", container.name).into(),
        });
    } else if let Some(said) = fault.words {
        let kind = if fault.container.is_some() { EvidenceKind::Container } else { EvidenceKind::Pod };
        evidence.push(Evidence {
            kind,
            at: Some(fault.since),
            object: object.clone(),
            text: words::show(said).into(),
        });
    } else {
        let phase = pod.phase.as_str();
        let text = match (&pod.deleting, pod.condition("Ready")) {
            (Some(_), _) => format!("phase {phase}, marked for deletion"),
            (None, Some(ready)) => format!("phase {phase}, condition Ready is {}", ready.status.as_str()),
            (None, None) => format!("phase {phase}"),
        };
        let at = Some(fault.since);
        evidence.push(Evidence { kind: EvidenceKind::Pod, at, object, text: text.into() });
    }
    if let Some(claim) = fault.claim {
        evidence.push(Evidence {
            kind: EvidenceKind::Claim,
            at: Some(claim.created),
            object: format!("PersistentVolumeClaim/{}/{}", claim.namespace, claim.name).into(),
            text: format!("phase {}", claim.phase).into(),
        });
    }
    evidence.extend(fault.event.map(event));
    evidence
}

/// The message that a container's program left as evidence.
pub(super) fn message(container: &str, line: &LastLine, object: &Text) -> Evidence {
    let text = format!("container `{container}` says: {}", line.text).into();
    Evidence { kind: EvidenceKind::Container, at: Some(line.at), object: object.clone(), text }
}

/// The end of a container's log as evidence, or that it may not be read.
fn log(said: &LastWords, object: &Text) -> Option<Evidence> {
    let container = &said.container;
    let (at, text) = match &said.log {
        LogTail::Line { at, text } => (*at, text.clone()),
        LogTail::Forbidden { reason } => {
            let rule = "grant get on pods/log to see it";
            (said.ended, format!("the log of `{container}` may not be read: {reason}; {rule}").into())
        }
        LogTail::Nothing => return None,
    };
    Some(Evidence { kind: EvidenceKind::Log, at: Some(at), object: object.clone(), text })
}

/// An event as evidence.
pub(super) fn event(event: &Event) -> Evidence {
    let count = if event.count > 1 { format!(" (×{})", event.count) } else { String::new() };
    Evidence {
        kind: EvidenceKind::Event,
        at: Some(event.last),
        object: format!("{}/{}/{}", event.kind, event.namespace, event.name).into(),
        text: format!("{}: {}{count}", event.reason, words::show(&event.message)).into(),
    }
}
