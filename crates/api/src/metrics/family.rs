//! Measurements of other parts of the program, in their own words.

/// One metric: a name, and its values by label.
#[derive(Clone, Debug, PartialEq)]
pub struct Family {
    /// The name, without the prefix `maintenant_`; a counter's without `_total`
    pub name: &'static str,
    /// What it measures, in a sentence without its full stop
    pub help: &'static str,
    /// What its values mean
    pub kind: FamilyKind,
    /// Its values
    pub samples: Vec<Sample>,
}

/// What the values of a metric mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FamilyKind {
    /// They only rise, from the start of the process
    Counter,
    /// They rise and fall
    Gauge,
}

/// One value of a metric.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Names and values of its labels
    pub labels: Vec<(&'static str, String)>,
    /// The value
    pub value: f64,
}

impl Family {
    /// A metric of one value without labels.
    #[must_use]
    pub fn single(name: &'static str, help: &'static str, kind: FamilyKind, value: f64) -> Self {
        Self { name, help, kind, samples: vec![Sample { labels: Vec::new(), value }] }
    }
}
