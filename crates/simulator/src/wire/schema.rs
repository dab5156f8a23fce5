//! The fields of the API's messages, read from the generated table.

use crate::Resource;
use serde_json::Value;
use std::{collections::HashMap, sync::LazyLock};

/// The table; `hack/wire-schema` says what it means.
const TABLE: &str = include_str!("../generated/schema.txt");

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::parse(TABLE));

/// A message by its place in the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MessageId(usize);

#[derive(Debug)]
pub(super) struct Field {
    pub(super) number: u32,
    /// `None`: the fields of the message lie in the object around it.
    pub(super) json: Option<&'static str>,
    pub(super) shape: Shape,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Always written, also when empty.
    Value,
    /// Written when set.
    Pointer,
    List,
    /// By string, written in the order of the keys.
    Map,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    String,
    Bytes,
    Bool,
    Int,
    Quantity,
    /// Whole seconds.
    Time,
    MicroTime,
    IntOrString,
    /// JSON text inside a message (managed fields).
    RawJson,
    Message(MessageId),
}

#[derive(Debug)]
struct Schema {
    names: HashMap<&'static str, MessageId>,
    messages: Vec<Vec<Field>>,
}

impl MessageId {
    pub(super) fn fields(self) -> &'static [Field] {
        &SCHEMA.messages[self.0]
    }
}

/// The message of a resource's objects.
pub(super) fn message_of(resource: Resource) -> MessageId {
    let package = if resource.group().is_empty() { "core" } else { resource.group() };
    message_named(&format!("{package}.{}", resource.kind()))
}

pub(super) fn message_named(name: &str) -> MessageId {
    *SCHEMA.names.get(name).expect("the table has every message that is served")
}

/// The path to the first field of an object that the API does not have, or that is not of its type there.
pub(crate) fn unknown_field(resource: Resource, object: &Value) -> Option<String> {
    fault_in_message(message_of(resource), object)
}

fn fault_in_message(message: MessageId, value: &Value) -> Option<String> {
    let Some(object) = value.as_object() else { return (!value.is_null()).then(String::new) };
    object.iter().find_map(|(key, value)| {
        let fault = match find(message, key) {
            Some(field) => fault_in_field(field, value),
            // An object inside another may say what it is (a claim's template).
            None if matches!(key.as_str(), "kind" | "apiVersion") && find(message, "metadata").is_some() => {
                None
            }
            None => Some(String::new()),
        };
        fault.map(|rest| format!(".{key}{rest}"))
    })
}

fn fault_in_field(field: &Field, value: &Value) -> Option<String> {
    match (field.shape, value) {
        (_, Value::Null) => None,
        (Shape::List, Value::Array(items)) => items
            .iter()
            .enumerate()
            .find_map(|(index, item)| fault_in_kind(field.kind, item).map(|rest| format!("[{index}]{rest}"))),
        (Shape::Map, Value::Object(entries)) => entries
            .iter()
            .find_map(|(key, entry)| fault_in_kind(field.kind, entry).map(|rest| format!("[{key}]{rest}"))),
        (Shape::List | Shape::Map, _) => Some(String::new()),
        _ => fault_in_kind(field.kind, value),
    }
}

fn fault_in_kind(kind: Kind, value: &Value) -> Option<String> {
    let is_right = match kind {
        Kind::String | Kind::Bytes | Kind::Quantity => value.is_string(),
        Kind::Time | Kind::MicroTime => value.as_str().is_some_and(|t| t.parse::<jiff::Timestamp>().is_ok()),
        Kind::Bool => value.is_boolean(),
        Kind::Int => value.is_i64(),
        Kind::IntOrString => value.is_string() || value.is_i64(),
        Kind::RawJson => true,
        Kind::Message(message) => return fault_in_message(message, value),
    };
    (!is_right).then(String::new)
}

fn find(message: MessageId, json: &str) -> Option<&'static Field> {
    message.fields().iter().find_map(|field| match (field.json, field.kind) {
        (Some(name), _) => (name == json).then_some(field),
        (None, Kind::Message(inline)) => find(inline, json),
        (None, _) => None,
    })
}

impl Schema {
    fn parse(table: &'static str) -> Self {
        let lines =
            table.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(": "));
        let names = lines.clone().enumerate().map(|(index, (name, _))| (name, MessageId(index))).collect();
        let fields = |(_, fields): (_, &'static str)| {
            fields
                .split("; ")
                .filter(|field| !field.is_empty())
                .map(|field| Field::parse(field, &names))
                .collect()
        };
        let messages = lines.map(fields).collect();
        Self { names, messages }
    }
}

impl Field {
    fn parse(text: &'static str, names: &HashMap<&'static str, MessageId>) -> Self {
        let mut words = text.split(' ');
        let mut word = || words.next().expect("the generator writes three words for a field");
        let number = word().parse().expect("the generator writes a number first");
        let json = Some(word()).filter(|name| *name != "~");
        let kind = word();
        let (shape, kind) = if let Some(kind) = kind.strip_prefix('*') {
            (Shape::Pointer, kind)
        } else if let Some(kind) = kind.strip_prefix("[]") {
            (Shape::List, kind)
        } else if let Some(kind) = kind.strip_prefix("{}") {
            (Shape::Map, kind)
        } else {
            (Shape::Value, kind)
        };
        let kind = match kind {
            "string" => Kind::String,
            "bytes" => Kind::Bytes,
            "bool" => Kind::Bool,
            "int" => Kind::Int,
            "quantity" => Kind::Quantity,
            "time" => Kind::Time,
            "microtime" => Kind::MicroTime,
            "intorstring" => Kind::IntOrString,
            "rawjson" => Kind::RawJson,
            name => Kind::Message(*names.get(name).expect("the generator describes every message it names")),
        };
        Self { number, json, shape, kind }
    }
}
