//! API objects become the domain's facts. Nothing here can fail: odd input gives a value that says so.

mod batch;
mod claim;
mod controller;
mod event;
mod namespace;
mod node;
mod pod;
mod requests;
mod usage;

use crate::api::condition::SetCondition;
use crate::api::meta::ObjectMeta;
use crate::api::pod::Amount;
use crate::api::quantity::Quantity;
use crate::api::time;
use crate::interner::Interner;
use crate::secrets;
use crate::visible_text::visible;
use domain::compute::Compute;
use domain::condition::{Condition, Tristate};
use domain::id::{Kind, Owner};
use domain::observation::Object;
use domain::text::Text;
use domain::time::Time;
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

pub(crate) use usage::usage;

/// The longest message that is kept, in bytes. The kubelet cuts a container's at 4096 itself; the API allows 32 KiB in
/// a condition.
const LONGEST_MESSAGE: usize = 4096;

/// An object of the API that becomes one of the domain.
pub(crate) trait Convert: prost::Message + serde::de::DeserializeOwned + Default {
    /// Moves the metadata out; a default where there is none.
    fn take_metadata(&mut self) -> ObjectMeta;

    /// The object that this is, with the metadata that was taken out.
    fn convert(self, metadata: ObjectMeta, interner: &mut Interner) -> Object;
}

/// `metadata.ownerReferences`: the one that is the controller.
fn owner(metadata: &ObjectMeta, interner: &mut Interner) -> Option<Arc<Owner>> {
    let reference = metadata.owner_references.iter().find(|reference| reference.controller)?;
    let group = reference.api_version.rsplit_once('/').map_or("", |(group, _)| group);
    let kind = match Kind::of(group, &reference.kind) {
        Kind::Foreign { group, kind } => {
            Kind::Foreign { group: interner.text(&group), kind: interner.text(&kind) }
        }
        known => known,
    };
    let name = interner.text(&reference.name);
    Some(interner.owner(Owner { kind, name, uid: domain::id::Uid::parse(&reference.uid) }))
}

fn created(metadata: &ObjectMeta) -> Time {
    time::known(metadata.creation_timestamp).unwrap_or(Time::from_millis(0))
}

fn condition(condition: impl Into<SetCondition>, interner: &mut Interner) -> Condition {
    let condition = condition.into();
    Condition {
        kind: interner.text(&condition.r#type),
        status: match &*condition.status {
            "True" => Tristate::True,
            "False" => Tristate::False,
            _ => Tristate::Unknown,
        },
        reason: interner.optional(&condition.reason),
        message: message(&condition.message, interner),
        since: time::known(condition.last_transition_time),
    }
}

/// A text for a person, as it may be shown.
fn message(text: &str, interner: &mut Interner) -> Option<Text> {
    interner.optional(&showable(text))
}

/// A text without what is not seen and what looks like a secret, cut where it is too long: probes and hooks repeat what a
/// container wrote, and nothing of it is to be known to anybody behind this point.
fn showable(text: &str) -> Cow<'_, str> {
    let cut = |text: &str| text.floor_char_boundary(LONGEST_MESSAGE);
    let seen = visible(text);
    match (secrets::mask(&seen), &seen) {
        (Cow::Borrowed(_), Cow::Borrowed(text)) => Cow::Borrowed(&text[..cut(text)]),
        (shown, _) => {
            let mut shown = shown.into_owned();
            shown.truncate(cut(&shown));
            Cow::Owned(shown)
        }
    }
}

/// A count. The API writes none below zero.
fn count(number: i32) -> u32 {
    u32::try_from(number).unwrap_or(0)
}

fn seconds(number: i64) -> Duration {
    Duration::from_secs(u64::try_from(number).unwrap_or(0))
}

/// The quantity of that resource in a `ResourceList`.
fn amount<'a>(amounts: &'a [Amount], resource: &str) -> Option<&'a Quantity> {
    amounts.iter().find(|amount| amount.key == resource)?.value.as_ref()
}

/// The CPU and memory of a `ResourceList`; what is not in it is nothing.
fn compute(amounts: &[Amount]) -> Compute {
    Compute {
        cpu_millicores: amount(amounts, "cpu").and_then(Quantity::thousandths).unwrap_or(0),
        memory_bytes: amount(amounts, "memory").and_then(Quantity::units).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests;
