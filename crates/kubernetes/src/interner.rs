//! One allocation for equal values: most names, images and templates of a cluster repeat thousands of times.

use domain::id::Owner;
use domain::pod::PodSpec;
use domain::text::Text;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

/// Values below which sweeping is not worth the while.
const FEW: usize = 4096;

/// Hands out one shared value for equal ones, and forgets those that nobody else holds: it grows with what the cluster
/// has now, not with what it has ever had.
#[derive(Debug)]
pub(crate) struct Interner {
    texts: HashSet<Text>,
    specs: HashSet<Arc<PodSpec>>,
    owners: HashSet<Arc<Owner>>,
    /// How many values there may be until the next sweep: twice what the last one left.
    sweep_at: usize,
}

impl Interner {
    pub(crate) fn new() -> Self {
        Self { texts: HashSet::new(), specs: HashSet::new(), owners: HashSet::new(), sweep_at: FEW }
    }

    pub(crate) fn text(&mut self, text: &str) -> Text {
        if let Some(known) = self.texts.get(text) {
            return known.clone();
        }
        self.sweep();
        let text = Text::from(text);
        self.texts.insert(text.clone());
        text
    }

    /// `None` for the empty text, which is how the API writes that there is none.
    pub(crate) fn optional(&mut self, text: &str) -> Option<Text> {
        (!text.is_empty()).then(|| self.text(text))
    }

    pub(crate) fn spec(&mut self, spec: PodSpec) -> Arc<PodSpec> {
        self.sweep();
        share(&mut self.specs, spec)
    }

    pub(crate) fn owner(&mut self, owner: Owner) -> Arc<Owner> {
        self.sweep();
        share(&mut self.owners, owner)
    }

    fn len(&self) -> usize {
        self.texts.len() + self.specs.len() + self.owners.len()
    }

    fn sweep(&mut self) {
        if self.len() < self.sweep_at {
            return;
        }
        // What holds texts goes first.
        keep(&mut self.specs, |spec| Arc::strong_count(spec) > 1);
        keep(&mut self.owners, |owner| Arc::strong_count(owner) > 1);
        keep(&mut self.texts, |text| Text::strong_count(text).is_some_and(|holders| holders > 1));
        self.sweep_at = (self.len() * 2).max(FEW);
    }
}

fn share<T: Eq + Hash>(values: &mut HashSet<Arc<T>>, value: T) -> Arc<T> {
    if let Some(known) = values.get(&value) {
        return known.clone();
    }
    let value = Arc::new(value);
    values.insert(value.clone());
    value
}

fn keep<T: Eq + Hash>(values: &mut HashSet<T>, is_held: impl FnMut(&T) -> bool) {
    values.retain(is_held);
    values.shrink_to(values.len() * 2);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one() {
        let mut interner = Interner::new();
        let (one, other) = (interner.text("shop"), interner.text("shop"));
        assert!(Text::ptr_eq(&one, &other));
        assert_eq!(interner.optional(""), None);
    }

    #[test]
    fn what_nobody_holds_is_forgotten_and_what_somebody_holds_stays() {
        let mut interner = Interner::new();
        let held: Vec<Text> = (0..100).map(|number| interner.text(&format!("held-{number}"))).collect();
        for number in 0..1_000_000 {
            interner.text(&format!("passing-{number}"));
        }
        assert!(interner.len() <= 2 * FEW, "{} values are kept", interner.len());
        for text in held {
            assert!(Text::ptr_eq(&text, &interner.text(&text)));
        }
    }
}
