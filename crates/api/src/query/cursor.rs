//! Where a list is to go on: opaque to clients.
use super::Parameters;
use super::sort::Position;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// The longest cursor, in bytes. It holds a name and what it is sorted by, up to 253 letters each, a namespace, a kind
/// with its group, and a cluster: some 1,500 with the encoding.
const LONGEST_CURSOR: usize = 4096;

/// The position of the last item seen, bound to the question it was an answer to.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Cursor {
    /// Of which list, filter and sort
    #[serde(rename = "q")]
    question: u64,
    #[serde(rename = "a")]
    pub(crate) after: Position<String>,
}

impl Cursor {
    /// From parameter `cursor`, for that question.
    pub(crate) fn read(parameters: &mut Parameters, question: u64) -> Option<Self> {
        let text = parameters.text_within(LONGEST_CURSOR, "cursor")?;
        let bytes = URL_SAFE_NO_PAD.decode(&text).ok();
        let cursor: Option<Self> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match cursor {
            None => {
                parameters.fault("cursor", "it is not a next_cursor of this server".to_owned());
                None
            }
            Some(cursor) if cursor.question != question => {
                parameters.fault(
                    "cursor",
                    "it belongs to another list, filter, sort or order; leave it out to begin anew"
                        .to_owned(),
                );
                None
            }
            cursor => cursor,
        }
    }

    /// The cursor's text.
    pub(crate) fn write(question: u64, last: &Position<&str>) -> String {
        #[derive(Serialize)]
        struct Borrowed<'a> {
            q: u64,
            a: &'a Position<&'a str>,
        }
        let json = serde_json::to_vec(&Borrowed { q: question, a: last })
            .expect("numbers and texts always serialise");
        URL_SAFE_NO_PAD.encode(json)
    }
}
