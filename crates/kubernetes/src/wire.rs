//! Bodies are cut into objects as they arrive, in either encoding: a list is never in memory as a whole, and no length
//! that the other side states is believed beyond [`LONGEST_OBJECT`].

mod json;
mod protobuf;

use bytes::Bytes;
use prost::Message;
use serde::de::DeserializeOwned;

/// The longest object, list metadata or watch frame that is read, in bytes: five times what etcd takes by default.
pub(crate) const LONGEST_OBJECT: usize = 8 << 20;

/// How a body is encoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `application/vnd.kubernetes.protobuf`
    Protobuf,
    /// `application/json`
    Json,
}

/// A body that is not what it says it is. What to do: give up the body and ask again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// Its bytes are not in the encoding
    #[error("it is not valid {format}: {problem}")]
    Syntax {
        /// Which encoding
        format: &'static str,
        /// What the parser says
        problem: String,
    },
    /// An object has no end, or is longer than any API server stores
    #[error("an object is longer than {} MiB", LONGEST_OBJECT >> 20)]
    TooLong,
    /// The body ended too soon
    #[error("it ends in the middle of an object")]
    Truncated,
    /// It is in no encoding that is known
    #[error("its content type is `{0}`")]
    ContentType(String),
    /// It is not a list of Kubernetes
    #[error("it is not a list: it has no resourceVersion")]
    NoList,
    /// It is not a watch
    #[error("a watch event has the unknown type `{0}`")]
    EventType(String),
}

/// A piece of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ListPart {
    /// `metadata`, a `ListMeta`
    Metadata(Bytes),
    /// One of `items`
    Item(Bytes),
}

/// What a watch event says of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EventType {
    Added,
    Modified,
    Deleted,
    /// Nothing changed; the object carries the resourceVersion up to which everything was told.
    Bookmark,
    /// The watch is over; the object is a `Status`.
    Error,
}

/// One frame of a watch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WatchEvent {
    pub(crate) r#type: EventType,
    pub(crate) object: Bytes,
}

/// Cuts a list into its items.
#[derive(Debug)]
pub(crate) enum ListReader {
    Protobuf(protobuf::ListReader),
    Json(json::ListReader),
}

/// Cuts a watch into its events.
#[derive(Debug)]
pub(crate) enum WatchReader {
    Protobuf(protobuf::WatchReader),
    Json(json::WatchReader),
}

impl Format {
    /// By the value of `Content-Type`, parameters aside.
    pub(crate) fn of(content_type: &str) -> Result<Self, Malformed> {
        match content_type.split(';').next().unwrap_or_default().trim() {
            "application/vnd.kubernetes.protobuf" => Ok(Self::Protobuf),
            "application/json" => Ok(Self::Json),
            other => Err(Malformed::ContentType(other.chars().take(80).collect())),
        }
    }

    /// Reads one object that was cut out of a body.
    pub(crate) fn decode<T: Message + Default + DeserializeOwned>(
        self,
        object: &[u8],
    ) -> Result<T, Malformed> {
        match self {
            Self::Protobuf => T::decode(object).map_err(|error| protobuf::syntax(&error)),
            Self::Json => serde_json::from_slice(object).map_err(|error| json::syntax(&error)),
        }
    }

    /// Reads a body that is one object, as the answer to a `get` or an error is.
    pub(crate) fn decode_body<T: Message + Default + DeserializeOwned>(
        self,
        body: Bytes,
    ) -> Result<T, Malformed> {
        match self {
            Self::Protobuf => self.decode(&protobuf::unwrap(body)?),
            Self::Json => self.decode(&body),
        }
    }
}

impl ListReader {
    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Protobuf => Self::Protobuf(protobuf::ListReader::default()),
            Format::Json => Self::Json(json::ListReader::default()),
        }
    }

    /// Takes the next bytes of the body. Call [`Self::next_part`] until it has no more before the next.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Protobuf(reader) => reader.push(bytes),
            Self::Json(reader) => reader.push(bytes),
        }
    }

    /// The next part that has arrived in full.
    pub(crate) fn next_part(&mut self) -> Result<Option<ListPart>, Malformed> {
        match self {
            Self::Protobuf(reader) => reader.next_part(),
            Self::Json(reader) => reader.next_part(),
        }
    }

    /// Whether the body may end here.
    pub(crate) fn finish(&self) -> Result<(), Malformed> {
        match self {
            Self::Protobuf(reader) => reader.finish(),
            Self::Json(reader) => reader.finish(),
        }
    }
}

impl WatchReader {
    pub(crate) fn new(format: Format) -> Self {
        match format {
            Format::Protobuf => Self::Protobuf(protobuf::WatchReader::default()),
            Format::Json => Self::Json(json::WatchReader::default()),
        }
    }

    /// Takes the next bytes of the body. Call [`Self::next_event`] until it has no more before the next.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        match self {
            Self::Protobuf(reader) => reader.push(bytes),
            Self::Json(reader) => reader.push(bytes),
        }
    }

    /// The next event that has arrived in full.
    pub(crate) fn next_event(&mut self) -> Result<Option<WatchEvent>, Malformed> {
        match self {
            Self::Protobuf(reader) => reader.next_event(),
            Self::Json(reader) => reader.next_event(),
        }
    }

    /// Whether the body may end here.
    pub(crate) fn finish(&self) -> Result<(), Malformed> {
        match self {
            Self::Protobuf(reader) => reader.finish(),
            Self::Json(reader) => reader.finish(),
        }
    }
}

impl EventType {
    fn of(name: &str) -> Result<Self, Malformed> {
        match name {
            "ADDED" => Ok(Self::Added),
            "MODIFIED" => Ok(Self::Modified),
            "DELETED" => Ok(Self::Deleted),
            "BOOKMARK" => Ok(Self::Bookmark),
            "ERROR" => Ok(Self::Error),
            other => Err(Malformed::EventType(other.chars().take(80).collect())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("application/json", Ok(Format::Json))]
    #[case("application/json;charset=utf-8", Ok(Format::Json))]
    #[case("application/vnd.kubernetes.protobuf", Ok(Format::Protobuf))]
    #[case("application/vnd.kubernetes.protobuf;stream=watch", Ok(Format::Protobuf))]
    #[case("text/html; charset=utf-8", Err(Malformed::ContentType("text/html".to_owned())))]
    #[case("", Err(Malformed::ContentType(String::new())))]
    fn the_format_is_that_of_the_answer(#[case] header: &str, #[case] format: Result<Format, Malformed>) {
        assert_eq!(Format::of(header), format);
    }
}
