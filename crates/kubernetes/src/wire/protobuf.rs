//! Kubernetes' protobuf.
//!
//! A body is four bytes of magic and a `runtime.Unknown`, whose `raw` is the object. Every list has its metadata in
//! field 1 and its items in field 2. A watch is a row of frames, each four bytes of length and a `WatchEvent`; only the
//! object inside that has the magic.

use super::{EventType, LONGEST_OBJECT, ListPart, Malformed, WatchEvent};
use bytes::{Buf, Bytes, BytesMut};
use prost::Message;

const MAGIC: &[u8] = b"k8s\0";

/// The field of `runtime.Unknown` that holds the object.
const RAW: u64 = 2;
const LIST_METADATA: u64 = 1;
const LIST_ITEMS: u64 = 2;

/// The only wire type that these messages have at their top: a length and that many bytes.
const LENGTH_DELIMITED: u64 = 2;

#[derive(Debug, Default)]
pub(crate) struct ListReader {
    /// What has arrived and is not handed out yet: less than one item after each [`Self::next_part`] without one.
    buffer: BytesMut,
    place: Place,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the magic.
    #[default]
    Start,
    /// Between fields of the envelope; the list has not begun.
    Envelope,
    /// Inside the list, with that many of its bytes to come.
    List(u64),
    /// Behind the list: what is left of the envelope.
    End,
}

#[derive(Debug, Default)]
pub(crate) struct WatchReader {
    buffer: BytesMut,
}

/// `runtime.Unknown`
#[derive(Clone, PartialEq, Eq, Message)]
struct Envelope {
    #[prost(bytes = "bytes", tag = "2")]
    raw: Bytes,
}

/// `metav1.WatchEvent`
#[derive(Clone, PartialEq, Message)]
struct Frame {
    #[prost(string, tag = "1")]
    r#type: String,
    #[prost(message, optional, tag = "2")]
    object: Option<RawExtension>,
}

/// `runtime.RawExtension`
#[derive(Clone, PartialEq, Eq, Message)]
struct RawExtension {
    #[prost(bytes = "bytes", tag = "1")]
    raw: Bytes,
}

impl ListReader {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(super) fn next_part(&mut self) -> Result<Option<ListPart>, Malformed> {
        if self.place == Place::Start {
            if self.buffer.len() < MAGIC.len() {
                return Ok(None);
            }
            strip_magic(&mut self.buffer)?;
            self.place = Place::Envelope;
        }
        loop {
            if self.place == Place::List(0) {
                self.place = Place::End;
            }
            let Some(field) = Field::read(&self.buffer)? else { return Ok(None) };
            if self.place == Place::Envelope && field.number == RAW {
                self.buffer.advance(field.head);
                self.place = Place::List(field.length);
                continue;
            }
            let length = usize::try_from(field.length).unwrap_or(usize::MAX);
            if length > LONGEST_OBJECT {
                return Err(Malformed::TooLong);
            }
            if self.buffer.len() < field.head + length {
                return Ok(None);
            }
            self.buffer.advance(field.head);
            let body = self.buffer.split_to(length);
            let Place::List(left) = self.place else { continue };
            let used = field.length + field.head as u64;
            let left = left.checked_sub(used).ok_or_else(|| problem("an item is longer than its list"))?;
            self.place = Place::List(left);
            match field.number {
                LIST_METADATA => return Ok(Some(ListPart::Metadata(body.freeze()))),
                LIST_ITEMS => return Ok(Some(ListPart::Item(body.freeze()))),
                _ => {}
            }
        }
    }

    pub(super) fn finish(&self) -> Result<(), Malformed> {
        let whole = matches!(self.place, Place::End | Place::List(0)) && self.buffer.is_empty();
        if whole { Ok(()) } else { Err(Malformed::Truncated) }
    }
}

impl WatchReader {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    pub(super) fn next_event(&mut self) -> Result<Option<WatchEvent>, Malformed> {
        let Some((head, _)) = self.buffer.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_be_bytes(*head) as usize;
        if length > LONGEST_OBJECT {
            return Err(Malformed::TooLong);
        }
        if self.buffer.len() < head.len() + length {
            return Ok(None);
        }
        self.buffer.advance(size_of::<u32>());
        let frame = Frame::decode(self.buffer.split_to(length).freeze()).map_err(|error| syntax(&error))?;
        let r#type = EventType::of(&frame.r#type)?;
        let object = unwrap(frame.object.unwrap_or_default().raw)?;
        Ok(Some(WatchEvent { r#type, object }))
    }

    pub(super) fn finish(&self) -> Result<(), Malformed> {
        if self.buffer.is_empty() { Ok(()) } else { Err(Malformed::Truncated) }
    }
}

/// The object inside magic and envelope.
pub(super) fn unwrap(mut body: Bytes) -> Result<Bytes, Malformed> {
    strip_magic(&mut body)?;
    Ok(Envelope::decode(body).map_err(|error| syntax(&error))?.raw)
}

pub(super) fn syntax(error: &prost::DecodeError) -> Malformed {
    problem(&error.to_string())
}

fn problem(problem: &str) -> Malformed {
    Malformed::Syntax { format: "protobuf", problem: problem.to_owned() }
}

fn strip_magic(body: &mut impl Buf) -> Result<(), Malformed> {
    if !body.chunk().starts_with(MAGIC) {
        return Err(problem("it does not begin with `k8s`"));
    }
    body.advance(MAGIC.len());
    Ok(())
}

/// The beginning of a length-delimited field.
struct Field {
    number: u64,
    length: u64,
    /// Bytes of the key and the length
    head: usize,
}

impl Field {
    /// `None` while it has not arrived.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Malformed> {
        let Some((key, after_key)) = varint(bytes)? else { return Ok(None) };
        if key & 7 != LENGTH_DELIMITED {
            return Err(problem("a field of the list is not length-delimited"));
        }
        let Some((length, after_length)) = varint(&bytes[after_key..])? else { return Ok(None) };
        Ok(Some(Self { number: key >> 3, length, head: after_key + after_length }))
    }
}

/// A varint at the beginning and how many bytes it takes; `None` while it has not arrived.
fn varint(bytes: &[u8]) -> Result<Option<(u64, usize)>, Malformed> {
    let mut value = 0_u64;
    for (place, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7f).checked_shl(7 * place as u32).unwrap_or(0);
        if byte & 0x80 == 0 {
            return Ok(Some((value, place + 1)));
        }
    }
    if bytes.len() < 10 { Ok(None) } else { Err(problem("a number has more than ten bytes")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::meta::{ListMeta, ObjectMeta, PartialObject};
    use crate::wire::Format;

    fn delimited(number: u64, body: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        prost::encoding::encode_varint(number << 3 | LENGTH_DELIMITED, &mut out);
        prost::encoding::encode_varint(body.len() as u64, &mut out);
        out.extend_from_slice(body);
        out
    }

    fn wrap(raw: &[u8]) -> Vec<u8> {
        let type_meta = delimited(1, b"\x0a\x02v1");
        [MAGIC, &type_meta, &delimited(RAW, raw), &delimited(3, b""), &delimited(4, b"")].concat()
    }

    fn object(name: &str) -> Vec<u8> {
        let metadata = ObjectMeta { name: name.to_owned(), ..ObjectMeta::default() };
        PartialObject { metadata: Some(metadata) }.encode_to_vec()
    }

    fn list(names: &[&str]) -> Vec<u8> {
        let metadata = ListMeta { resource_version: "7".to_owned(), ..ListMeta::default() };
        let items: Vec<u8> = names.iter().flat_map(|name| delimited(LIST_ITEMS, &object(name))).collect();
        wrap(&[delimited(LIST_METADATA, &metadata.encode_to_vec()), items].concat())
    }

    fn frame(kind: &str, raw: &[u8]) -> Vec<u8> {
        let event = [delimited(1, kind.as_bytes()), delimited(2, &delimited(1, &wrap(raw)))].concat();
        [&(event.len() as u32).to_be_bytes()[..], &event].concat()
    }

    fn read_list(body: &[u8], chunk: usize) -> Result<Vec<ListPart>, Malformed> {
        let (mut reader, mut parts) = (ListReader::default(), Vec::new());
        for piece in body.chunks(chunk) {
            reader.push(piece);
            while let Some(part) = reader.next_part()? {
                parts.push(part);
            }
        }
        reader.finish()?;
        Ok(parts)
    }

    #[test]
    fn a_list_is_cut_into_items_however_it_arrives() {
        let names = ["web-1", "web-2", "a-much-longer-name-than-the-others"];
        for chunk in [1, 2, 3, 7, 64, 1 << 20] {
            let parts = read_list(&list(&names), chunk).unwrap();
            let items: Vec<String> = parts
                .iter()
                .filter_map(|part| match part {
                    ListPart::Metadata(_) => None,
                    ListPart::Item(item) => {
                        Some(Format::Protobuf.decode::<PartialObject>(item).unwrap().metadata.unwrap().name)
                    }
                })
                .collect();
            assert_eq!(items, names, "in pieces of {chunk}");
            let ListPart::Metadata(metadata) = &parts[0] else { panic!("no metadata first: {parts:?}") };
            assert_eq!(Format::Protobuf.decode::<ListMeta>(metadata).unwrap().resource_version, "7");
        }
        assert_eq!(read_list(&list(&[]), 1).unwrap().len(), 1);
    }

    #[test]
    fn a_list_that_is_cut_anywhere_is_refused() {
        let body = list(&["web-1", "web-2"]);
        // The envelope's last two fields are empty: without them nothing is missing.
        for length in 0..body.len() - 4 {
            assert_eq!(read_list(&body[..length], 16), Err(Malformed::Truncated), "{length} bytes");
        }
    }

    #[test]
    fn a_watch_is_cut_into_events_however_it_arrives() {
        let body = [frame("ADDED", &object("web-1")), frame("BOOKMARK", &object(""))].concat();
        for chunk in [1, 3, 1 << 20] {
            let (mut reader, mut types) = (WatchReader::default(), Vec::new());
            for piece in body.chunks(chunk) {
                reader.push(piece);
                while let Some(event) = reader.next_event().unwrap() {
                    types.push(event.r#type);
                }
            }
            assert_eq!(types, [EventType::Added, EventType::Bookmark]);
            assert_eq!(reader.finish(), Ok(()));
        }
        let mut reader = WatchReader::default();
        reader.push(&body[..body.len() - 1]);
        while reader.next_event().unwrap().is_some() {}
        assert_eq!(reader.finish(), Err(Malformed::Truncated));
    }

    #[test]
    fn stated_lengths_are_not_believed() {
        let mut watch = WatchReader::default();
        watch.push(&u32::MAX.to_be_bytes());
        assert_eq!(watch.next_event(), Err(Malformed::TooLong));

        let mut item = vec![];
        prost::encoding::encode_varint(LIST_ITEMS << 3 | LENGTH_DELIMITED, &mut item);
        prost::encoding::encode_varint(u64::MAX, &mut item);
        assert_eq!(read_list(&wrap(&item), 64), Err(Malformed::TooLong));

        let inner = delimited(LIST_ITEMS, b"12345");
        let mut short = [MAGIC, &delimited(RAW, &inner)].concat();
        short[5] -= 1;
        assert!(matches!(read_list(&short, 64), Err(Malformed::Syntax { .. })));
    }

    #[test]
    fn rubbish_is_refused_and_never_panics() {
        let good = [list(&["web-1"]), frame("ADDED", &object("web-1"))].concat();
        for seed in 0..2_000_u64 {
            let mut random = fastrand::Rng::with_seed(seed);
            let mut bytes = good.clone();
            for _ in 0..random.usize(1..6) {
                let place = random.usize(..bytes.len());
                bytes[place] = random.u8(..);
            }
            let _ = read_list(&bytes, 16);
            let mut watch = WatchReader::default();
            watch.push(&bytes);
            while let Ok(Some(event)) = watch.next_event() {
                let _ = Format::Protobuf.decode::<PartialObject>(&event.object);
            }
        }
    }
}
