//! Conditions, as every kind's status has them.
use crate::text::Text;
use crate::time::Time;

/// `True`, `False` or `Unknown`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tristate {
    /// `"True"`
    True,
    /// `"False"`
    False,
    /// `"Unknown"`, and whatever else an API server may send
    Unknown,
}

impl Tristate {
    /// As Kubernetes writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::True => "True",
            Self::False => "False",
            Self::Unknown => "Unknown",
        }
    }
}

/// One entry of `status.conditions`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Condition {
    /// `type`
    pub kind: Text,
    /// `status`
    pub status: Tristate,
    /// `reason`, a word in CamelCase
    pub reason: Option<Text>,
    /// `message`, for a person
    pub message: Option<Text>,
    /// `lastTransitionTime`
    pub since: Option<Time>,
}

/// The condition of that type, if the object carries it.
#[must_use]
pub fn find<'a>(conditions: &'a [Condition], kind: &str) -> Option<&'a Condition> {
    conditions.iter().find(|condition| &*condition.kind == kind)
}
