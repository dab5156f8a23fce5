//! JSON values as the API server's protobuf, byte for byte.
//!
//! The server writes fields in the order of their numbers and, unlike proto3, every field that is not a pointer,
//! even when it is empty; maps go by their sorted keys.

use super::schema::{Field, Kind, MessageId, Shape};
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde_json::Value;

/// What every object begins with.
const MAGIC: &[u8] = b"k8s\0";

/// A message, from its JSON object; null is the empty message.
pub(super) fn message(message: MessageId, value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write_message(&mut out, message, value);
    out
}

/// A list message: metadata is field 1 and items are field 2 in every kind.
pub(super) fn list(metadata: &Value, item: MessageId, items: impl Iterator<Item = Value>) -> Vec<u8> {
    let mut out = Vec::new();
    let list_meta = super::schema::message_named("meta.ListMeta");
    write_nested(&mut out, 1, |out| write_message(out, list_meta, metadata));
    for value in items {
        write_nested(&mut out, 2, |out| write_message(out, item, &value));
    }
    out
}

/// `runtime.Unknown` with the magic in front: how an object says what it is.
pub(super) fn envelope(api_version: &str, kind: &str, raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 64);
    out.extend_from_slice(MAGIC);
    write_nested(&mut out, 1, |out| {
        write_bytes(out, 1, api_version.as_bytes());
        write_bytes(out, 2, kind.as_bytes());
    });
    write_bytes(&mut out, 2, raw);
    // contentEncoding and contentType.
    write_bytes(&mut out, 3, b"");
    write_bytes(&mut out, 4, b"");
    out
}

/// A frame of a watch: its length in four bytes, big-endian, and a bare `WatchEvent` around the object.
pub(super) fn frame(event: &str, object: &[u8]) -> Vec<u8> {
    let mut body = Vec::with_capacity(object.len() + 32);
    write_bytes(&mut body, 1, event.as_bytes());
    write_nested(&mut body, 2, |out| write_bytes(out, 1, object));
    let length = u32::try_from(body.len()).expect("an object is far smaller than 4 GiB");
    let mut out = length.to_be_bytes().to_vec();
    out.extend_from_slice(&body);
    out
}

fn write_message(out: &mut Vec<u8>, message: MessageId, value: &Value) {
    for field in message.fields() {
        match field.json {
            Some(name) => write_field(out, field, value.get(name).unwrap_or(&Value::Null)),
            None => write_field(out, field, value),
        }
    }
}

fn write_field(out: &mut Vec<u8>, field: &Field, value: &Value) {
    match (field.shape, value) {
        (Shape::Pointer, Value::Null) => {}
        (Shape::Value | Shape::Pointer, value) => write_kind(out, field.number, field.kind, value),
        (Shape::List, value) => {
            for item in value.as_array().into_iter().flatten() {
                write_kind(out, field.number, field.kind, item);
            }
        }
        (Shape::Map, value) => {
            for (key, value) in value.as_object().into_iter().flatten() {
                write_nested(out, field.number, |out| {
                    write_bytes(out, 1, key.as_bytes());
                    write_kind(out, 2, field.kind, value);
                });
            }
        }
    }
}

fn write_kind(out: &mut Vec<u8>, number: u32, kind: Kind, value: &Value) {
    let text = || value.as_str().unwrap_or_default();
    match kind {
        Kind::String => write_bytes(out, number, text().as_bytes()),
        Kind::Bytes => {
            if let Some(text) = value.as_str() {
                write_bytes(out, number, &STANDARD.decode(text).unwrap_or_default());
            }
        }
        Kind::Bool => write_int(out, number, i64::from(value.as_bool().unwrap_or(false))),
        Kind::Int => write_int(out, number, value.as_i64().unwrap_or(0)),
        Kind::Quantity => write_nested(out, number, |out| write_bytes(out, 1, text().as_bytes())),
        Kind::Time => write_nested(out, number, |out| write_time(out, text(), false)),
        Kind::MicroTime => write_nested(out, number, |out| write_time(out, text(), true)),
        Kind::IntOrString => write_nested(out, number, |out| {
            write_int(out, 1, i64::from(value.is_string()));
            write_int(out, 2, value.as_i64().unwrap_or(0));
            write_bytes(out, 3, text().as_bytes());
        }),
        Kind::RawJson => write_nested(out, number, |out| {
            if !value.is_null() {
                write_bytes(out, 1, value.to_string().as_bytes());
            }
        }),
        Kind::Message(message) => write_nested(out, number, |out| write_message(out, message, value)),
    }
}

/// A time that is not set is an empty message.
fn write_time(out: &mut Vec<u8>, text: &str, with_micros: bool) {
    let Ok(time) = text.parse::<Timestamp>() else { return };
    let micros = if with_micros { time.subsec_microsecond() } else { 0 };
    write_int(out, 1, time.as_second());
    write_int(out, 2, i64::from(micros) * 1_000);
}

fn write_int(out: &mut Vec<u8>, number: u32, value: i64) {
    write_varint(out, u64::from(number) << 3);
    write_varint(out, value.cast_unsigned());
}

fn write_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    write_varint(out, u64::from(number) << 3 | 2);
    write_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Writes the body first and then its length in front of it, so that no buffer is needed for each level.
fn write_nested(out: &mut Vec<u8>, number: u32, body: impl FnOnce(&mut Vec<u8>)) {
    write_varint(out, u64::from(number) << 3 | 2);
    let start = out.len();
    body(out);
    let mut length = Vec::with_capacity(10);
    write_varint(&mut length, (out.len() - start) as u64);
    out.splice(start..start, length);
}

fn write_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}
