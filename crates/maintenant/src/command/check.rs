//! `maintenant check`: the health of a running server's workloads as an exit code, for scripts.
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
}

#[derive(Deserialize)]
struct Namespace {
    name: String,
    #[serde(flatten)]
    standing: Standing,
}

/// The worst that counts, and how many are in which status.
#[derive(Deserialize)]
struct Standing {
    health: String,
    counts: BTreeMap<String, u32>,
}

/// Prints one line and answers the exit code.
pub(crate) fn run(server: &Server, namespaces: &[String]) -> anyhow::Result<u8> {
    let overview: Overview = server.json("/api/v1/overview")?;
    if !overview.ready {
        bail!("{} is still reading the cluster", server.url());
    }
    let standings: Vec<&Standing> =
        if namespaces.is_empty() { vec![&overview.standing] } else { chosen(&overview, namespaces)? };
    let verdict = standings.into_iter().map(verdict).max_by_key(|verdict| verdict.rank).unwrap_or(HEALTHY);
    let of = if namespaces.is_empty() { "all workloads".to_owned() } else { namespaces.join(", ") };
    crate::say(&format!("{}: {of}", verdict.word))?;
    Ok(verdict.exit_code)
}

fn chosen<'a>(overview: &'a Overview, namespaces: &[String]) -> anyhow::Result<Vec<&'a Standing>> {
    let mut standings = Vec::new();
    for name in namespaces {
        let named = overview.namespaces.iter().filter(|namespace| namespace.name == *name);
        let before = standings.len();
        standings.extend(named.map(|namespace| &namespace.standing));
        if standings.len() == before {
            bail!("no namespace {name} is watched");
        }
    }
    Ok(standings)
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
        Ok(_) if standing.counts.get("unknown").is_some_and(|count| *count > 0) => ignorance,
        Ok(Health::Healthy | Health::Progressing | Health::Suspended) => HEALTHY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_is_not_taken_for_good_news() {
        for (health, unknown, code) in [
            ("healthy", 0, 0),
            ("progressing", 0, 0),
            ("suspended", 0, 0),
            ("progressing", 1, 3),
            ("degraded", 1, 1),
            ("failed", 1, 2),
            ("unknown", 1, 3),
            ("new", 0, 3),
        ] {
            let counts = BTreeMap::from([("unknown".to_owned(), unknown)]);
            assert_eq!(
                verdict(&Standing { health: health.into(), counts }).exit_code,
                code,
                "{health} {unknown}"
            );
        }
    }
}
