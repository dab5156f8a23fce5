//! `apimachinery/pkg/apis/meta/v1`: what every object carries.

use super::time::Time;
use prost::Message;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::marker::PhantomData;

#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ObjectMeta {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) namespace: String,
    #[prost(string, tag = "5")]
    pub(crate) uid: String,
    #[prost(string, tag = "6")]
    pub(crate) resource_version: String,
    #[prost(int64, tag = "7")]
    pub(crate) generation: i64,
    #[prost(message, optional, tag = "8")]
    pub(crate) creation_timestamp: Option<Time>,
    #[prost(message, optional, tag = "9")]
    pub(crate) deletion_timestamp: Option<Time>,
    #[prost(message, repeated, tag = "11")]
    #[serde(deserialize_with = "entries")]
    pub(crate) labels: Vec<Pair>,
    #[prost(message, repeated, tag = "12")]
    #[serde(deserialize_with = "entries")]
    pub(crate) annotations: Vec<Pair>,
    #[prost(message, repeated, tag = "13")]
    pub(crate) owner_references: Vec<OwnerReference>,
    #[prost(string, repeated, tag = "14")]
    pub(crate) finalizers: Vec<String>,
}

/// One entry of a map of strings. In protobuf a map is a list of these, so none is built.
#[derive(Clone, PartialEq, Eq, Message)]
pub(crate) struct Pair {
    #[prost(string, tag = "1")]
    pub(crate) key: String,
    #[prost(string, tag = "2")]
    pub(crate) value: String,
}

#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct OwnerReference {
    #[prost(string, tag = "1")]
    pub(crate) kind: String,
    #[prost(string, tag = "3")]
    pub(crate) name: String,
    #[prost(string, tag = "4")]
    pub(crate) uid: String,
    #[prost(string, tag = "5")]
    pub(crate) api_version: String,
    #[prost(bool, tag = "6")]
    pub(crate) controller: bool,
}

/// Any object, of which its metadata is all that matters: a deleted one, or a bookmark.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct PartialObject {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<ObjectMeta>,
}

/// What tells an object from others, and nothing that its author writes freely: it can be read when the rest can't.
#[derive(Clone, PartialEq, Message, Deserialize)]
#[serde(default)]
pub(crate) struct IdentifiedObject {
    #[prost(message, optional, tag = "1")]
    pub(crate) metadata: Option<Identity>,
}

/// Of `metav1.ObjectMeta`
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Identity {
    #[prost(string, tag = "1")]
    pub(crate) name: String,
    #[prost(string, tag = "3")]
    pub(crate) namespace: String,
    #[prost(string, tag = "5")]
    pub(crate) uid: String,
    #[prost(string, tag = "6")]
    pub(crate) resource_version: String,
}

/// `metav1.ListMeta`
#[derive(Clone, PartialEq, Eq, Message, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct ListMeta {
    #[prost(string, tag = "2")]
    pub(crate) resource_version: String,
    /// Where the next page begins; empty on the last.
    #[prost(string, tag = "3")]
    pub(crate) r#continue: String,
}

impl ObjectMeta {
    /// The value of a label; `None` where it is absent or empty.
    pub(crate) fn label(&self, key: &str) -> Option<&str> {
        find(&self.labels, key)
    }

    /// The value of an annotation; `None` where it is absent or empty.
    pub(crate) fn annotation(&self, key: &str) -> Option<&str> {
        find(&self.annotations, key)
    }
}

impl From<(String, String)> for Pair {
    fn from((key, value): (String, String)) -> Self {
        Self { key, value }
    }
}

fn find<'a>(pairs: &'a [Pair], key: &str) -> Option<&'a str> {
    pairs.iter().find(|pair| pair.key == key && !pair.value.is_empty()).map(|pair| &*pair.value)
}

/// A JSON object as the entries that protobuf has for it.
pub(crate) fn entries<'de, D, V, E>(deserializer: D) -> Result<Vec<E>, D::Error>
where
    D: Deserializer<'de>,
    V: Deserialize<'de>,
    E: From<(String, V)>,
{
    struct Entries<V, E>(PhantomData<(V, E)>);

    impl<'de, V: Deserialize<'de>, E: From<(String, V)>> Visitor<'de> for Entries<V, E> {
        type Value = Vec<E>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a map")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Vec<E>, A::Error> {
            let mut entries = Vec::new();
            while let Some(entry) = map.next_entry::<String, V>()? {
                entries.push(entry.into());
            }
            Ok(entries)
        }

        fn visit_unit<A: serde::de::Error>(self) -> Result<Vec<E>, A> {
            Ok(Vec::new())
        }
    }

    deserializer.deserialize_any(Entries(PhantomData))
}
