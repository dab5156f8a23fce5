//! `maintenant check`: the health of a running server's workloads as an exit code, for scripts.
use super::sources::{self, Source};
use super::urgency::MOST_URGENT_FIRST;
use crate::server::Server;
use anyhow::bail;
use domain::health::Health;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Unknown, unreachable, or wrongly used.
pub(crate) const UNKNOWN: u8 = 3;

#[derive(Deserialize)]
struct Overview {
    ready: bool,
    #[serde(flatten)]
    standing: Standing,
    namespaces: Vec<Namespace>,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Namespace {
    cluster: String,
    name: String,
    #[serde(flatten)]
    standing: Standing,
}

/// The worst that counts, and how many are in which status.
#[derive(Deserialize)]
struct Standing {
    health: String,
    counts: BTreeMap<String, u32>,
    incomplete: bool,
}

/// Prints one line and answers the exit code.
pub(crate) fn run(server: &Server, namespaces: &[String], now: jiff::Timestamp) -> anyhow::Result<u8> {
    let overview: Overview = server.json("/api/v1/overview")?;
    if !overview.ready {
        let obstacle = sources::obstacle(&overview.sources).map(|reason| format!(": {reason}"));
        bail!("{} is still reading the cluster{}", server.url(), obstacle.unwrap_or_default());
    }
    let chosen = chosen(&overview, namespaces)?;
    let places: Vec<_> = chosen.iter().map(|place| (place.cluster.as_str(), place.name.as_str())).collect();
    let standings: Vec<&Standing> = if namespaces.is_empty() {
        vec![&overview.standing]
    } else {
        chosen.iter().map(|namespace| &namespace.standing).collect()
    };
    let verdict =
        standings.iter().copied().map(verdict).max_by_key(|verdict| verdict.rank).unwrap_or(HEALTHY);
    let mut line = vec![format!("{}: {}", verdict.word, summary(&standings, namespaces))];
    if standings.iter().any(|standing| standing.incomplete) {
        line.extend(sources::notices(&overview.sources));
    }
    // For a minute after a loss the last that was known stands, which is no news.
    line.extend(sources::silences(&overview.sources, &places, now));
    crate::say(&line.join("; "))?;
    Ok(verdict.exit_code)
}

/// How many are in each status, the worst first, and where: "13 failed, 2 degraded of 40 workloads in shop".
fn summary(standings: &[&Standing], namespaces: &[String]) -> String {
    let sum = |health: &str| standings.iter().map(|standing| standing.count(health)).sum::<u32>();
    let total: u32 = MOST_URGENT_FIRST.iter().map(|health| sum(health.as_str())).sum();
    let counts = MOST_URGENT_FIRST.iter().map(|health| (health.as_str(), sum(health.as_str())));
    let counts: Vec<_> =
        counts.filter(|(_, count)| *count > 0).map(|(word, count)| format!("{count} {word}")).collect();
    let mut text = match counts.len() {
        0 => "no workloads".to_owned(),
        _ => format!("{} of {total} workloads", counts.join(", ")),
    };
    if !namespaces.is_empty() {
        text = format!("{text} in {}", namespaces.join(", "));
    }
    if standings.iter().any(|standing| standing.incomplete) {
        text += "; not all can be seen";
    }
    text
}

fn chosen<'a>(overview: &'a Overview, namespaces: &[String]) -> anyhow::Result<Vec<&'a Namespace>> {
    let mut chosen = Vec::new();
    for name in namespaces {
        let before = chosen.len();
        chosen.extend(overview.namespaces.iter().filter(|namespace| namespace.name == *name));
        if chosen.len() == before {
            bail!("no namespace {name} is watched");
        }
    }
    Ok(chosen)
}

impl Standing {
    fn count(&self, health: &str) -> u32 {
        self.counts.get(health).copied().unwrap_or(0)
    }
}

/// What a script is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Verdict {
    rank: u8,
    word: &'static str,
    exit_code: u8,
}

const HEALTHY: Verdict = Verdict { rank: 0, word: "healthy", exit_code: 0 };

/// What waits or rests is no alarm. A workload of which nothing is known outweighs those that are on their way, and a
/// word that this version does not know is not taken for good news.
fn verdict(standing: &Standing) -> Verdict {
    let ignorance = Verdict { rank: 1, word: "unknown", exit_code: UNKNOWN };
    match standing.health.parse() {
        Ok(Health::Failed) => Verdict { rank: 3, word: "failed", exit_code: 2 },
        Ok(Health::Degraded) => Verdict { rank: 2, word: "degraded", exit_code: 1 },
        Ok(Health::Unknown) | Err(_) => ignorance,
        Ok(_) if standing.incomplete || standing.count("unknown") > 0 => ignorance,
        Ok(Health::Healthy | Health::Progressing | Health::Suspended) => HEALTHY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_urgent_status_is_the_one_that_decides() {
        let ranks = MOST_URGENT_FIRST.map(|health| {
            let standing =
                Standing { health: health.to_string(), counts: BTreeMap::new(), incomplete: false };
            verdict(&standing).rank
        });
        assert!(ranks.is_sorted_by(|before, after| before >= after), "{ranks:?}");
    }

    #[test]
    fn what_is_not_known_is_not_taken_for_good_news() {
        for (health, unknown, incomplete, code) in [
            ("healthy", 0, false, 0),
            ("progressing", 0, false, 0),
            ("suspended", 0, false, 0),
            ("progressing", 1, false, 3),
            ("progressing", 0, true, 3),
            ("degraded", 1, true, 1),
            ("failed", 1, false, 2),
            ("unknown", 1, false, 3),
            ("new", 0, false, 3),
        ] {
            let counts = BTreeMap::from([("unknown".to_owned(), unknown)]);
            let standing = Standing { health: health.into(), counts, incomplete };
            assert_eq!(verdict(&standing).exit_code, code, "{health} {unknown} {incomplete}");
        }
    }
}
