//! How things are named: clusters, workloads, objects.
use crate::text::Text;
use std::fmt;
use std::str::FromStr;

/// The identity of one object for its whole life (`metadata.uid`); a new object of the same name has another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(from = "u128", into = "u128")]
// High half first: the derived order is that of the number. Not a `u128`, which would align all that holds one to 16 bytes.
pub struct Uid([u64; 2]);

impl Uid {
    /// From its number.
    #[must_use]
    pub const fn new(number: u128) -> Self {
        Self([(number >> 64) as u64, number as u64])
    }

    /// From the text of `metadata.uid`: a UUID's 128 bits, with or without hyphens; of anything else a hash, so that
    /// distinct texts stay distinct.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut digits = 0_u32;
        let mut value = 0_u128;
        for c in text.chars() {
            match c.to_digit(16) {
                Some(digit) => {
                    digits += 1;
                    value = (value << 4) | u128::from(digit);
                }
                None if c == '-' => {}
                None => return Self::new(fnv(text)),
            }
        }
        Self::new(if digits == 32 { value } else { fnv(text) })
    }
}

impl From<u128> for Uid {
    fn from(number: u128) -> Self {
        Self::new(number)
    }
}

impl From<Uid> for u128 {
    fn from(uid: Uid) -> Self {
        (Self::from(uid.0[0]) << 64) | Self::from(uid.0[1])
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let n = u128::from(*self);
        let part = |shift: u32, digits: u32| (n >> shift) & ((1_u128 << (digits * 4)) - 1);
        write!(
            f,
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            part(96, 8),
            part(80, 4),
            part(64, 4),
            part(48, 4),
            part(0, 12)
        )
    }
}

/// The kind of object that a person deployed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `apps/v1 Deployment`
    Deployment,
    /// `apps/v1 StatefulSet`
    StatefulSet,
    /// `apps/v1 DaemonSet`
    DaemonSet,
    /// `apps/v1 ReplicaSet` that no Deployment owns
    ReplicaSet,
    /// `batch/v1 Job`
    Job,
    /// `batch/v1 CronJob`
    CronJob,
    /// `v1 Pod` that nothing owns
    Pod,
    /// A controller that is known from its pods' `ownerReferences` only.
    Foreign {
        /// The API group, empty for the core group.
        group: Text,
        /// The kind, as the owner reference spells it.
        kind: Text,
    },
}

impl Kind {
    /// The kind's name as Kubernetes spells it, without its group.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Deployment => "Deployment",
            Self::StatefulSet => "StatefulSet",
            Self::DaemonSet => "DaemonSet",
            Self::ReplicaSet => "ReplicaSet",
            Self::Job => "Job",
            Self::CronJob => "CronJob",
            Self::Pod => "Pod",
            Self::Foreign { kind, .. } => kind,
        }
    }

    /// The API group of a foreign kind; `None` for the kinds that we know.
    #[must_use]
    pub fn api_group(&self) -> Option<&str> {
        match self {
            Self::Foreign { group, .. } => Some(group),
            _ => None,
        }
    }

    /// From an owner reference's group (empty for core) and kind.
    #[must_use]
    pub fn of(group: &str, kind: &str) -> Self {
        match (group, kind) {
            ("apps", "Deployment") => Self::Deployment,
            ("apps", "StatefulSet") => Self::StatefulSet,
            ("apps", "DaemonSet") => Self::DaemonSet,
            ("apps", "ReplicaSet") => Self::ReplicaSet,
            ("batch", "Job") => Self::Job,
            ("batch", "CronJob") => Self::CronJob,
            ("", "Pod") => Self::Pod,
            _ => Self::Foreign { group: group.into(), kind: kind.into() },
        }
    }
}

/// The segment of an id: `Deployment`, or `Rollout.argoproj.io` for a foreign kind.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign { group, kind } if !group.is_empty() => write!(f, "{kind}.{group}"),
            known => f.write_str(known.name()),
        }
    }
}

impl FromStr for Kind {
    type Err = std::convert::Infallible;

    fn from_str(segment: &str) -> Result<Self, Self::Err> {
        const BUILT_IN: [Kind; 7] = [
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
            Kind::ReplicaSet,
            Kind::Job,
            Kind::CronJob,
            Kind::Pod,
        ];
        Ok(BUILT_IN.into_iter().find(|kind| kind.name() == segment).unwrap_or_else(|| {
            let (kind, group) = segment.split_once('.').unwrap_or((segment, ""));
            Self::Foreign { group: group.into(), kind: kind.into() }
        }))
    }
}

/// Which workload: `cluster/namespace/Kind/name`. It outlives the object: a workload that is deleted and made again
/// under the same name keeps its id and its history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WorkloadId {
    /// The cluster's name in the configuration.
    pub cluster: Text,
    /// `metadata.namespace`
    pub namespace: Text,
    /// What kind of object it is.
    pub kind: Kind,
    /// `metadata.name`
    pub name: Text,
}

impl fmt::Display for WorkloadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.cluster, self.namespace, self.kind, self.name)
    }
}

/// The text is not `cluster/namespace/Kind/name`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MalformedId;

impl fmt::Display for MalformedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a workload's id is cluster/namespace/Kind/name")
    }
}

impl std::error::Error for MalformedId {}

impl FromStr for WorkloadId {
    type Err = MalformedId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let (Some(cluster), Some(namespace), Some(kind), Some(name), None) =
            (parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(MalformedId);
        };
        if [cluster, namespace, kind, name].iter().any(|part| part.is_empty()) {
            return Err(MalformedId);
        }
        let Ok(kind) = kind.parse();
        Ok(Self { cluster: cluster.into(), namespace: namespace.into(), kind, name: name.into() })
    }
}

/// The controller that an object names as its owner (`metadata.ownerReferences` with `controller: true`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Owner {
    /// The owner's kind.
    pub kind: Kind,
    /// The owner's name; it lives in the same namespace.
    pub name: Text,
    /// The owner's identity.
    pub uid: Uid,
}

/// FNV-1a over the text, 128 bits.
fn fnv(text: &str) -> u128 {
    text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d, |hash, byte| {
        (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_as_they_are_written() {
        for text in [
            "prod/shop/Deployment/web",
            "a/b/Job.batch.volcano.sh/x",
            "a/b/ReplicationController/x",
            "c/-/Pod/p",
        ] {
            let id: WorkloadId = text.parse().unwrap();
            assert_eq!(id.to_string(), text);
        }
        for text in ["", "a/b/c", "a/b/Pod/c/d", "a//Pod/x", "/b/Pod/x"] {
            assert_eq!(text.parse::<WorkloadId>(), Err(MalformedId), "{text}");
        }
    }

    #[test]
    fn two_kinds_of_one_name_never_collide() {
        assert_eq!("Job".parse::<Kind>(), Ok(Kind::Job));
        assert_ne!("Job.batch.volcano.sh".parse::<Kind>(), Ok(Kind::Job));
        assert_eq!(Kind::of("batch.volcano.sh", "Job").to_string(), "Job.batch.volcano.sh");
        assert_eq!(Kind::of("batch.volcano.sh", "Job").name(), "Job");
    }

    #[test]
    fn uids_keep_their_text_and_others_stay_distinct() {
        let text = "dd197e24-ae62-4e90-bba4-c0f02a074215";
        assert_eq!(Uid::parse(text).to_string(), text);
        assert_eq!(Uid::parse("dd197e24ae624e90bba4c0f02a074215"), Uid::parse(text));
        assert_ne!(Uid::parse("pod-1"), Uid::parse("pod-2"));
        assert_ne!(Uid::parse("1"), Uid::parse("01"));
    }
}
