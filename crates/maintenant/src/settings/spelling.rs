//! What somebody may have meant.
use super::variable::{PREFIX, VARIABLES};

/// The setting that a misspelt name is closest to, if it is close.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let known = VARIABLES.iter().filter(|variable| variable.in_this_version).map(|variable| variable.name);
    let closest = known.map(|known| (distance(name, known), known)).min()?;
    let length = closest.1.len() - PREFIX.len();
    (closest.0 <= (length / 2).clamp(1, 3)).then_some(closest.1)
}

/// The edit distance (Levenshtein) between two short texts.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let best = (row[j] + 1).min(row[j + 1] + 1).min(diagonal + usize::from(x != *y));
            diagonal = std::mem::replace(&mut row[j + 1], best);
        }
    }
    row[b.len()]
}
