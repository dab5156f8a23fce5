//! One page of a sorted list.
use super::Parameters;
use super::cursor::Cursor;
use super::sort::{Order, Position};
use std::cmp::Ordering;
use std::hash::{DefaultHasher, Hash, Hasher};

/// How many items are on a page when nobody says.
const USUAL_LIMIT: usize = 100;
/// How many items may be on a page.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    most: usize,
    note: &'static str,
}

/// Which page of which list.
#[derive(Debug)]
pub(crate) struct PageQuery {
    order: Order,
    limit: usize,
    question: u64,
    cursor: Option<Cursor>,
}

/// The items of a page.
#[derive(Debug)]
pub(crate) struct Page<T> {
    /// The items, in order
    pub(crate) items: Vec<T>,
    /// How many there are on all pages
    pub(crate) total: usize,
    /// Where the next page begins
    pub(crate) next: Option<String>,
}

impl Limit {
    /// For most lists.
    pub(crate) const USUAL: Self = Self { most: 1000, note: "" };
    /// For a list whose client does not take gzip, though it may.
    pub(crate) const PLAIN: Self = Self { most: 1000, note: ", or to 10000 with `Accept-Encoding: gzip`" };
    /// For a list whose client takes gzip.
    pub(crate) const COMPRESSED: Self = Self { most: 10_000, note: "" };
}

impl PageQuery {
    /// From parameters `limit` and `cursor`. `question` is all else that the list depends on.
    pub(crate) fn read(parameters: &mut Parameters, most: Limit, order: Order, question: &impl Hash) -> Self {
        let limit = parameters.number("limit", 1..=most.most, most.note).unwrap_or(USUAL_LIMIT);
        let mut hasher = DefaultHasher::new();
        (question, order).hash(&mut hasher);
        let question = hasher.finish();
        Self { order, limit, question, cursor: Cursor::read(parameters, question) }
    }

    /// Picks the page's items. Only as many as it holds are sorted.
    pub(crate) fn pick<'a, T: Copy + 'a>(
        &self,
        items: impl Iterator<Item = T>,
        position: impl Fn(T) -> Position<&'a str>,
    ) -> Page<T> {
        let mut items: Vec<(Position<&'a str>, T)> = items.map(|item| (position(item), item)).collect();
        let total = items.len();
        if let Some(cursor) = &self.cursor {
            items.retain(|(position, _)| self.order.compare(position, &cursor.after) == Ordering::Greater);
        }
        let more = items.len() > self.limit;
        if more {
            items.select_nth_unstable_by(self.limit, |(a, _), (b, _)| self.order.compare(a, b));
            items.truncate(self.limit);
        }
        items.sort_unstable_by(|(a, _), (b, _)| self.order.compare(a, b));
        let last = items.last().filter(|_| more);
        let next = last.map(|(position, _)| Cursor::write(self.question, position));
        Page { items: items.into_iter().map(|(_, item)| item).collect(), total, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::query::sort::Key;
    use proptest::prelude::*;

    type Item = (i64, &'static str);

    fn position(item: Item) -> Position<&'static str> {
        let key = if item.0 < 0 { Key::Absent } else { Key::Number(item.0) };
        Position { key, path: ["", "", "", "", item.1], uid: None }
    }

    fn query(text: &str, order: Order) -> Result<PageQuery, String> {
        let mut parameters = Parameters::read(Some(text), &["limit", "cursor"]);
        let query = PageQuery::read(&mut parameters, Limit::USUAL, order, &"things");
        parameters.finish().map(|()| query).map_err(|error| error.to_string())
    }

    const NAMES: [&str; 12] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"];

    proptest! {
        #[test]
        fn the_pages_together_are_the_list(
            keys in proptest::collection::vec(-1_i64..4, 0..12),
            limit in 1_usize..5,
            descending: bool,
        ) {
            let order = if descending { Order::Descending } else { Order::Ascending };
            let items: Vec<Item> = keys.into_iter().zip(NAMES).collect();
            let mut seen = Vec::new();
            let mut cursor = String::new();
            loop {
                let page = query(&format!("limit={limit}&cursor={cursor}"), order)
                    .unwrap()
                    .pick(items.iter().copied(), position);
                prop_assert_eq!(page.total, items.len());
                seen.extend(page.items);
                let Some(next) = page.next else { break };
                cursor = next;
            }
            let mut all = items;
            all.sort_by(|a, b| order.compare(&position(*a), &position(*b)));
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn a_cursor_goes_on_behind_an_item_that_is_gone() {
        let items = [(1, "a"), (2, "b"), (3, "c")];
        let first = query("limit=2", Order::Ascending).unwrap().pick(items.iter().copied(), position);
        let next = query(&format!("cursor={}", first.next.unwrap()), Order::Ascending).unwrap();
        let rest = next.pick([(0, "new"), (1, "a"), (3, "c")].into_iter(), position);
        assert_eq!(rest.items, [(3, "c")]);
        assert_eq!(rest.next, None);
    }

    #[test]
    fn cursors_of_another_question_and_other_texts_are_refused() {
        let items = [(1, "a"), (2, "b")];
        let first = query("limit=1", Order::Ascending).unwrap().pick(items.iter().copied(), position);
        let other = query(&format!("cursor={}", first.next.unwrap()), Order::Descending).unwrap_err();
        assert!(other.contains("`cursor`: it belongs to another list, filter, sort or order"), "{other}");
        for text in ["x", "e30", "%ff", "bnVsbA"] {
            let refused = query(&format!("cursor={text}"), Order::Ascending).unwrap_err();
            assert!(refused.contains("it is not a next_cursor of this server"), "{text}: {refused}");
        }
    }
}
