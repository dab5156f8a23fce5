//! JSON: a list is one object with `items` in it, a watch a row of objects.

use super::{EventType, LONGEST_OBJECT, ListPart, Malformed, WatchEvent};
use bytes::{Buf, Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

#[derive(Debug, Default)]
pub(crate) struct ListReader {
    text: Text,
    place: Place,
    /// Whether it is a list at all: each one of Kubernetes has `items`, an empty one too.
    has_items: bool,
}

/// What comes next.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The list's opening brace.
    #[default]
    Start,
    /// A member's name, or the end of the list.
    Name,
    /// The colon behind the name of a member.
    Colon(Member),
    /// The value of a member.
    Value(Member),
    /// A comma, or the end of the list.
    AfterValue,
    /// The first item, or the end of `items`.
    FirstItem,
    /// An item.
    Item,
    /// A comma, or the end of `items`.
    AfterItem,
    /// Nothing but white space.
    End,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Metadata,
    Items,
    Other,
}

#[derive(Debug, Default)]
pub(crate) struct WatchReader {
    text: Text,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(borrow)]
    r#type: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    object: &'a RawValue,
}

impl ListReader {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text.buffer.extend_from_slice(bytes);
    }

    pub(super) fn next_part(&mut self) -> Result<Option<ListPart>, Malformed> {
        loop {
            let Some(next) = self.text.peek() else { return Ok(None) };
            self.place = match (self.place, next) {
                (Place::Start, b'{') | (Place::AfterValue, b',') => self.text.skip(Place::Name),
                (Place::Name, b'"') => {
                    let Some(name) = self.text.value()? else { return Ok(None) };
                    let member = Member::of(&name);
                    self.has_items |= member == Member::Items;
                    Place::Colon(member)
                }
                (Place::Colon(member), b':') => self.text.skip(Place::Value(member)),
                (Place::Value(Member::Items), b'[') => self.text.skip(Place::FirstItem),
                (Place::Value(member), _) => {
                    let Some(value) = self.text.value()? else { return Ok(None) };
                    self.place = Place::AfterValue;
                    if member == Member::Metadata {
                        return Ok(Some(ListPart::Metadata(value)));
                    }
                    Place::AfterValue
                }
                (Place::AfterValue | Place::Name, b'}') => self.text.skip(Place::End),
                (Place::FirstItem | Place::AfterItem, b']') => self.text.skip(Place::AfterValue),
                (Place::AfterItem, b',') => self.text.skip(Place::Item),
                (Place::FirstItem | Place::Item, _) => {
                    let Some(item) = self.text.value()? else { return Ok(None) };
                    self.place = Place::AfterItem;
                    return Ok(Some(ListPart::Item(item)));
                }
                _ => return Err(problem("it is not a list")),
            };
        }
    }

    pub(super) fn finish(&self) -> Result<(), Malformed> {
        if self.place != Place::End || !self.text.is_blank() {
            return Err(Malformed::Truncated);
        }
        if self.has_items { Ok(()) } else { Err(problem("it is not a list: it has no `items`")) }
    }
}

impl Member {
    fn of(name: &[u8]) -> Self {
        match name {
            br#""metadata""# => Self::Metadata,
            br#""items""# => Self::Items,
            _ => Self::Other,
        }
    }
}

impl WatchReader {
    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.text.buffer.extend_from_slice(bytes);
    }

    pub(super) fn next_event(&mut self) -> Result<Option<WatchEvent>, Malformed> {
        if self.text.peek().is_none() {
            return Ok(None);
        }
        let Some(bytes) = self.text.value()? else { return Ok(None) };
        let frame: Frame = serde_json::from_slice(&bytes).map_err(|error| syntax(&error))?;
        let r#type = EventType::of(&frame.r#type)?;
        Ok(Some(WatchEvent { r#type, object: bytes.slice_ref(frame.object.get().as_bytes()) }))
    }

    pub(super) fn finish(&self) -> Result<(), Malformed> {
        if self.text.is_blank() { Ok(()) } else { Err(Malformed::Truncated) }
    }
}

pub(super) fn syntax(error: &serde_json::Error) -> Malformed {
    problem(&error.to_string())
}

fn problem(problem: &str) -> Malformed {
    Malformed::Syntax { format: "JSON", problem: problem.to_owned() }
}

/// Text that arrives in pieces, cut into values by counting brackets outside strings. What is inside a value is checked
/// when it is read.
#[derive(Debug, Default)]
struct Text {
    buffer: BytesMut,
    /// How far the value at the beginning of the buffer has been looked at.
    scanned: usize,
    depth: u32,
    in_string: bool,
    escaped: bool,
}

impl Text {
    /// The next byte that is not white space, which is skipped; inside a value the byte at its beginning.
    fn peek(&mut self) -> Option<u8> {
        if self.scanned == 0 {
            let blank = self.buffer.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
            self.buffer.advance(blank);
        }
        self.buffer.first().copied()
    }

    /// Passes over the byte that was peeked.
    fn skip(&mut self, place: Place) -> Place {
        self.buffer.advance(1);
        place
    }

    /// The value at the beginning; `None` while its end has not arrived.
    fn value(&mut self) -> Result<Option<Bytes>, Malformed> {
        while let Some(&byte) = self.buffer.get(self.scanned) {
            let open = self.in_string || self.depth > 0;
            if self.in_string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.in_string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.in_string = true,
                    b'{' | b'[' => self.depth += 1,
                    b'}' | b']' | b',' | b':' if self.depth == 0 => return self.cut(self.scanned),
                    b'}' | b']' => self.depth -= 1,
                    _ if !open && byte.is_ascii_whitespace() => return self.cut(self.scanned),
                    _ => {}
                }
            }
            self.scanned += 1;
            if open && !self.in_string && self.depth == 0 {
                return self.cut(self.scanned);
            }
            if self.scanned > LONGEST_OBJECT {
                return Err(Malformed::TooLong);
            }
        }
        Ok(None)
    }

    fn cut(&mut self, length: usize) -> Result<Option<Bytes>, Malformed> {
        if length == 0 {
            return Err(problem("a value is missing"));
        }
        self.scanned = 0;
        Ok(Some(self.buffer.split_to(length).freeze()))
    }

    fn is_blank(&self) -> bool {
        self.buffer.iter().all(u8::is_ascii_whitespace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn read_list(body: &str, chunk: usize) -> Result<(Vec<String>, Vec<String>), Malformed> {
        let (mut reader, mut metadata, mut items) = (ListReader::default(), vec![], vec![]);
        let text = |bytes: &Bytes| String::from_utf8_lossy(bytes).into_owned();
        for piece in body.as_bytes().chunks(chunk) {
            reader.push(piece);
            while let Some(part) = reader.next_part()? {
                match part {
                    ListPart::Metadata(value) => metadata.push(text(&value)),
                    ListPart::Item(value) => items.push(text(&value)),
                }
            }
        }
        reader.finish()?;
        Ok((metadata, items))
    }

    #[rstest]
    #[case(r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"a":1},{"b":[1,2]}]}"#,
        &[r#"{"resourceVersion":"7"}"#], &[r#"{"a":1}"#, r#"{"b":[1,2]}"#])]
    #[case(" {\n \"items\" : [ { } , {\"a\":\"}]\\\"{\"} ] ,\n \"metadata\" : { \"x\" : \"y\" } }\n",
        &[r#"{ "x" : "y" }"#], &["{ }", r#"{"a":"}]\"{"}"#])]
    #[case(r#"{"items":[]}"#, &[], &[])]
    #[case(r#"{"items":null,"n":-1.5e3,"t":true}"#, &[], &[])]
    #[case(r#"{"items":[1,"a",null]}"#, &[], &["1", r#""a""#, "null"])]
    #[case(r#"{"a":"\\","items":[{"é":"ü"}]}"#, &[], &[r#"{"é":"ü"}"#])]
    fn a_list_is_cut_into_items_however_it_arrives(
        #[case] body: &str,
        #[case] metadata: &[&str],
        #[case] items: &[&str],
    ) {
        for chunk in [1, 2, 3, 5, 1 << 20] {
            let (found_metadata, found_items) = read_list(body, chunk).unwrap();
            assert_eq!(
                (&found_metadata[..], &found_items[..]),
                (&own(metadata)[..], &own(items)[..]),
                "{chunk}"
            );
        }
    }

    #[rstest]
    #[case("{}")]
    #[case(r#"{"status":"UP"}"#)]
    #[case(r#"{"metadata":{"resourceVersion":"7"}}"#)]
    fn what_has_no_items_is_no_list(#[case] body: &str) {
        for chunk in [1, 1 << 20] {
            let error = read_list(body, chunk).unwrap_err();
            assert!(error.to_string().contains("it has no `items`"), "{error}");
        }
    }

    fn own(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_list_that_is_cut_anywhere_is_refused() {
        let body = r#"{"metadata":{"resourceVersion":"7"},"items":[{"a":1},{"b":[1,2]}]}"#;
        for length in 0..body.len() {
            assert_eq!(read_list(&body[..length], 16), Err(Malformed::Truncated), "{length} bytes");
        }
    }

    #[rstest]
    #[case("[]")]
    #[case("<html>")]
    #[case(r#"{"items":[,]}"#)]
    #[case(r#"{"items" [1]}"#)]
    #[case(r#"{"items":[1}}"#)]
    #[case(r#"{"items":[1]]"#)]
    #[case(r#"{"items":[1]}{"#)]
    #[case(r#"{"a":}"#)]
    #[case(r"{1:2}")]
    fn what_is_not_a_list_is_refused(#[case] body: &str) {
        for chunk in [1, 1 << 20] {
            assert!(matches!(read_list(body, chunk), Err(Malformed::Syntax { .. })), "{body}");
        }
    }

    #[test]
    fn an_endless_value_is_given_up() {
        let mut reader = ListReader::default();
        reader.push(br#"{"items":[""#);
        let piece = vec![b'a'; 1 << 20];
        let end = (0..16).find_map(|_| {
            reader.push(&piece);
            reader.next_part().err()
        });
        assert_eq!(end, Some(Malformed::TooLong));
    }

    #[test]
    fn a_watch_is_cut_into_events_however_it_arrives() {
        let body = concat!(
            r#"{"type":"ADDED","object":{"metadata":{"name":"web"}}}"#,
            "\n",
            r#"{"object" : { }, "type" : "BOOKMARK"}"#,
            "\n\n"
        );
        for chunk in [1, 4, 1 << 20] {
            let (mut reader, mut events) = (WatchReader::default(), Vec::new());
            for piece in body.as_bytes().chunks(chunk) {
                reader.push(piece);
                while let Some(event) = reader.next_event().unwrap() {
                    events.push((event.r#type, String::from_utf8_lossy(&event.object).into_owned()));
                }
            }
            let expected = [
                (EventType::Added, r#"{"metadata":{"name":"web"}}"#.to_owned()),
                (EventType::Bookmark, "{ }".to_owned()),
            ];
            assert_eq!(events, expected);
            assert_eq!(reader.finish(), Ok(()));
        }
    }

    #[rstest]
    #[case(r#"{"type":"SHOUTED","object":{}}"#)]
    #[case(r#"{"type":"ADDED"}"#)]
    #[case(r#"{"type":"ADDED","object":{]}"#)]
    #[case("}")]
    fn what_is_not_an_event_is_refused(#[case] body: &str) {
        let mut reader = WatchReader::default();
        reader.push(body.as_bytes());
        assert!(reader.next_event().is_err());
    }
}
