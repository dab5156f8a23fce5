//! Statuses, reasons, diagnoses and counts.
use super::time::Timestamp;
use domain::diagnosis::{Diagnosis, Evidence, Guide};
use domain::health::Health;
use domain::state::Tally;
use domain::text::Text;
use serde::Serialize;
use utoipa::ToSchema;

/// The status of a workload, pod, namespace or cluster, from the worst to the best
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Health)]
pub(crate) enum HealthView {
    /// It does not serve, and nothing on the way could still succeed
    Failed,
    /// It serves, less than asked; or it will not mend by waiting
    Degraded,
    /// A rollout, scale-up, start or replacement is under way
    Progressing,
    /// Its source is stale or may not be read
    Unknown,
    /// What was asked for is what runs
    Healthy,
    /// Nothing is asked for
    Suspended,
}

/// Why something is as it is, in short
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Reason)]
pub(crate) struct ReasonView {
    /// One of the published codes
    #[schema(value_type = String, example = "crash_loop")]
    pub(crate) code: Text,
    /// One sentence for a person
    #[schema(value_type = String)]
    pub(crate) summary: Text,
}

/// As [`ReasonView`], borrowed from a row
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct ReasonRef<'a> {
    code: &'static str,
    summary: &'a str,
}

/// Why something is as it is
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Diagnosis)]
pub(crate) struct DiagnosisView<'a> {
    /// One of the published codes
    code: &'static str,
    /// One sentence for a person: the object, the fact, the effect on service
    summary: &'a str,
    /// What it rests on
    evidence: Vec<EvidenceView<'a>>,
    /// When the cause began
    since: Timestamp,
    /// What to do, where that is known
    next_step: Option<&'a str>,
    /// What the code means, as `docs/diagnoses.md` has it
    guide: GuideView,
}

/// What a code means, whatever the object
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Guide)]
pub(super) struct GuideView {
    /// What is so, and why it matters
    meaning: &'static str,
    /// How to see it with kubectl; `NAMESPACE`, `POD` and the like stand for names
    confirm: &'static str,
    /// How to mend it; null where there is nothing to mend
    mend: Option<&'static str>,
}

/// One fact that a diagnosis rests on
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Evidence)]
struct EvidenceView<'a> {
    /// What told it: `pod`, `container`, `event`, `condition`, `log`, `workload`, `node`, `claim`
    kind: &'static str,
    /// When it was so
    at: Option<Timestamp>,
    /// Whom it is about
    #[schema(example = "Pod/shop/web-1")]
    object: &'a str,
    /// The fact
    text: &'a str,
}

/// Workloads by status
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Counts)]
pub(crate) struct CountsView {
    failed: u32,
    degraded: u32,
    progressing: u32,
    unknown: u32,
    healthy: u32,
    suspended: u32,
    /// All of them
    total: u32,
}

impl From<Health> for HealthView {
    fn from(health: Health) -> Self {
        match health {
            Health::Failed => Self::Failed,
            Health::Degraded => Self::Degraded,
            Health::Progressing => Self::Progressing,
            Health::Unknown => Self::Unknown,
            Health::Healthy => Self::Healthy,
            Health::Suspended => Self::Suspended,
        }
    }
}

impl From<&Diagnosis> for ReasonView {
    fn from(diagnosis: &Diagnosis) -> Self {
        Self { code: diagnosis.code.as_str().into(), summary: diagnosis.summary.clone() }
    }
}

impl<'a> From<&'a Diagnosis> for ReasonRef<'a> {
    fn from(diagnosis: &'a Diagnosis) -> Self {
        Self { code: diagnosis.code.as_str(), summary: &diagnosis.summary }
    }
}

impl<'a> From<&'a Diagnosis> for DiagnosisView<'a> {
    fn from(diagnosis: &'a Diagnosis) -> Self {
        Self {
            code: diagnosis.code.as_str(),
            summary: &diagnosis.summary,
            evidence: diagnosis.evidence.iter().map(EvidenceView::from).collect(),
            since: diagnosis.since.into(),
            next_step: diagnosis.next_step.as_deref(),
            guide: diagnosis.code.guide().into(),
        }
    }
}

impl From<Guide> for GuideView {
    fn from(guide: Guide) -> Self {
        let Guide { meaning, confirm, mend } = guide;
        Self { meaning, confirm, mend }
    }
}

impl<'a> From<&'a Evidence> for EvidenceView<'a> {
    fn from(evidence: &'a Evidence) -> Self {
        Self {
            kind: evidence.kind.as_str(),
            at: evidence.at.map(Into::into),
            object: &evidence.object,
            text: &evidence.text,
        }
    }
}

impl From<&Tally> for CountsView {
    fn from(tally: &Tally) -> Self {
        Self {
            failed: tally.count(Health::Failed),
            degraded: tally.count(Health::Degraded),
            progressing: tally.count(Health::Progressing),
            unknown: tally.count(Health::Unknown),
            healthy: tally.count(Health::Healthy),
            suspended: tally.count(Health::Suspended),
            total: tally.total(),
        }
    }
}
