//! By what a list is sorted, and where an item stands in it.
use super::Parameters;
use domain::id::Uid;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// From which end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) enum Order {
    /// The least first; the worst health first
    #[default]
    Ascending,
    /// The greatest first
    Descending,
}

/// What an item is sorted by; absent values come last in either order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Key<T> {
    /// A number, a time in milliseconds, a rank
    Number(i64),
    /// A name
    Text(T),
    /// Nothing is known
    Absent,
}

/// Where an item stands: no two items of a list share it, and it does not depend on the others. A cursor is the
/// position of the last item that was seen, so it holds when that item is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Position<T> {
    /// What it is sorted by
    #[serde(rename = "k")]
    pub(crate) key: Key<T>,
    /// Its identity, which decides between equal keys: cluster, namespace, name, kind, group, as far as it has them
    #[serde(rename = "p")]
    pub(crate) path: [T; 5],
    /// Its identity, where names alone don't tell
    #[serde(rename = "u")]
    pub(crate) uid: Option<Uid>,
}

impl Order {
    /// From parameter `order`.
    pub(crate) fn read(parameters: &mut Parameters) -> Self {
        parameters
            .choice("order", &[("asc", Self::Ascending), ("desc", Self::Descending)])
            .unwrap_or_default()
    }

    /// Which of two positions comes first. Identity is always ascending.
    pub(crate) fn compare<A: AsRef<str>, B: AsRef<str>>(self, a: &Position<A>, b: &Position<B>) -> Ordering {
        let keys = match (&a.key, &b.key) {
            (Key::Absent, Key::Absent) => Ordering::Equal,
            (Key::Absent, _) => return Ordering::Greater,
            (_, Key::Absent) => return Ordering::Less,
            (Key::Number(a), Key::Number(b)) => a.cmp(b),
            (Key::Text(a), Key::Text(b)) => a.as_ref().cmp(b.as_ref()),
            (Key::Number(_), Key::Text(_)) => Ordering::Less,
            (Key::Text(_), Key::Number(_)) => Ordering::Greater,
        };
        let keys = if self == Self::Descending { keys.reverse() } else { keys };
        let paths = || a.path.iter().map(AsRef::as_ref).cmp(b.path.iter().map(AsRef::as_ref));
        keys.then_with(paths).then_with(|| a.uid.cmp(&b.uid))
    }
}

impl<T> Key<T> {
    /// From a number that may be absent.
    pub(crate) fn number(number: Option<impl TryInto<i64>>) -> Self {
        number.map_or(Self::Absent, |number| Self::Number(number.try_into().unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(key: Key<&'static str>, name: &'static str) -> Position<&'static str> {
        Position { key, path: ["", "", "", "", name], uid: None }
    }

    #[test]
    fn absent_values_come_last_and_names_decide_between_equals() {
        let mut items = [
            position(Key::Absent, "a"),
            position(Key::Number(2), "d"),
            position(Key::Number(1), "c"),
            position(Key::Number(2), "b"),
        ];
        let names =
            |items: &[Position<&'static str>]| items.iter().map(|item| item.path[4]).collect::<String>();
        items.sort_by(|a, b| Order::Ascending.compare(a, b));
        assert_eq!(names(&items), "cbda");
        items.sort_by(|a, b| Order::Descending.compare(a, b));
        assert_eq!(names(&items), "bdca");
    }
}
