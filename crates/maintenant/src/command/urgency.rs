//! What a person should look at first.
use domain::health::Health;

/// The most urgent first. As on the page's overview, what is not known comes before what is on its way, which is expected
/// to mend by itself.
pub(super) const MOST_URGENT_FIRST: [Health; 6] = [
    Health::Failed,
    Health::Degraded,
    Health::Unknown,
    Health::Progressing,
    Health::Healthy,
    Health::Suspended,
];

/// 0 is the most urgent. A word that this version does not know is as good as unknown.
pub(super) fn urgency(health: &str) -> usize {
    let health = health.parse().unwrap_or(Health::Unknown);
    MOST_URGENT_FIRST.iter().position(|known| *known == health).unwrap_or(0)
}
