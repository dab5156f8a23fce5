//! `maintenant status`: the workloads of a running server as a table, the worst first.
use super::sources::{self, Source};
use super::urgency::urgency;
use super::words::{age, printable};
use crate::server::Server;
use serde::Deserialize;
use std::fmt::Write as _;
use std::io::{ErrorKind, IsTerminal as _, Write as _};
use std::ops::ControlFlow;
use std::sync::mpsc::TrySendError;
use std::time::Duration;

/// The widest a column may get, in characters.
const WIDEST: usize = 48;
/// How long a table stands at least before the next, and how long a server that is gone is left alone.
const PAUSE: Duration = Duration::from_secs(1);

#[derive(Deserialize)]
struct Page {
    items: Vec<Workload>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
struct Overview {
    ready: bool,
    incomplete: bool,
    clusters: Vec<serde::de::IgnoredAny>,
    sources: Vec<Source>,
}

#[derive(Deserialize)]
struct Workload {
    cluster: String,
    namespace: String,
    kind: String,
    name: String,
    health: String,
    since: jiff::Timestamp,
    reason: Option<Reason>,
    desired: Option<u32>,
    ready: Option<u32>,
    restarts: u32,
}

#[derive(Deserialize)]
struct Reason {
    summary: String,
}

/// Prints the table once, or again whenever something has changed.
pub(crate) fn run(server: &Server, watch: bool, now: impl Fn() -> jiff::Timestamp) -> anyhow::Result<()> {
    let print = || -> anyhow::Result<ControlFlow<()>> {
        let table = look(server, now())?;
        let mut out = std::io::stdout().lock();
        let clear = if watch && out.is_terminal() { "\x1b[H\x1b[2J" } else { "" };
        match write!(out, "{clear}{table}").and_then(|()| out.flush()) {
            // Whoever read it has seen enough.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ControlFlow::Break(())),
            written => Ok(ControlFlow::Continue(written?)),
        }
    };
    let mut end = print()?;
    while watch && end.is_continue() {
        match follow(server, print) {
            Ok(()) => end = ControlFlow::Break(()),
            // After a restart of the server the table is there again when the server is.
            Err(error) => {
                let _ = writeln!(std::io::stderr(), "maintenant: {error:#}; asking again");
                pause();
            }
        }
    }
    Ok(())
}

/// Prints with every change, but no more often than once in a while however much changes; until nobody reads any more.
fn follow(server: &Server, print: impl Fn() -> anyhow::Result<ControlFlow<()>>) -> anyhow::Result<()> {
    // One is enough to know that the table is out of date.
    let (changed, news) = std::sync::mpsc::sync_channel(1);
    let server = server.clone();
    let following = std::thread::spawn(move || {
        server.follow(|| match changed.try_send(()) {
            Err(TrySendError::Disconnected(())) => ControlFlow::Break(()),
            Ok(()) | Err(TrySendError::Full(())) => ControlFlow::Continue(()),
        })
    });
    for () in news {
        if print()?.is_break() {
            return Ok(());
        }
        pause();
    }
    following.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

#[expect(clippy::disallowed_methods, reason = "a person reads meanwhile")]
fn pause() {
    std::thread::sleep(PAUSE);
}

/// The table, below what can't be read right now. A server that has read nothing yet has no table.
fn look(server: &Server, now: jiff::Timestamp) -> anyhow::Result<String> {
    let overview: Overview = server.json("/api/v1/overview")?;
    let unread = sources::unread(&overview.sources);
    if !overview.ready {
        anyhow::bail!("{} has not read the cluster yet\n{}", server.url(), unread.join("\n"));
    }
    let workloads = most_urgent_first(workloads(server)?);
    let table = match workloads.as_slice() {
        [] if overview.incomplete => "No workloads can be seen, but there may be some.\n".into(),
        [] => "No workloads.\n".into(),
        some => table(some, overview.clusters.len() > 1, now),
    };
    let lacking = unread.into_iter().chain(sources::notices(&overview.sources));
    let lacking = lacking.map(|line| "! ".to_owned() + &line + "\n");
    Ok(lacking.chain([table]).collect())
}

fn workloads(server: &Server) -> anyhow::Result<Vec<Workload>> {
    let mut all = Vec::new();
    let mut path = "/api/v1/workloads?sort=health&limit=1000".to_owned();
    loop {
        let page: Page = server.json(&path)?;
        all.extend(page.items);
        match page.next_cursor {
            Some(cursor) => path = format!("/api/v1/workloads?sort=health&limit=1000&cursor={cursor}"),
            None => return Ok(all),
        }
    }
}

/// Within a status the order of the server stands.
fn most_urgent_first(mut workloads: Vec<Workload>) -> Vec<Workload> {
    workloads.sort_by_key(|workload| urgency(&workload.health));
    workloads
}

/// The workloads, one a line; with the cluster where there are several.
fn table(workloads: &[Workload], with_cluster: bool, now: jiff::Timestamp) -> String {
    let titles = ["HEALTH", "CLUSTER", "NAMESPACE", "KIND", "NAME", "READY", "RESTARTS", "SINCE", "REASON"];
    let mut rows = vec![titles.map(String::from)];
    for workload in workloads {
        let number = |n: Option<u32>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        rows.push([
            printable(&workload.health),
            printable(&workload.cluster),
            printable(&workload.namespace),
            printable(&workload.kind),
            printable(&workload.name),
            format!("{}/{}", number(workload.ready), number(workload.desired)),
            workload.restarts.to_string(),
            age(now.as_second() - workload.since.as_second()),
            workload.reason.as_ref().map(|reason| printable(&reason.summary)).unwrap_or_default(),
        ]);
    }
    let mut widths = [0; 9];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count()).min(WIDEST);
        }
    }
    let mut text = String::new();
    for row in &rows {
        let mut line = String::new();
        for (column, (width, cell)) in widths.iter().zip(row).enumerate().take(8) {
            if column != 1 || with_cluster {
                let _ = write!(line, "{cell:<width$}  ");
            }
        }
        text += (line + &row[8]).trim_end();
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workload(name: &str, health: &str) -> Workload {
        Workload {
            cluster: "prod".into(),
            namespace: "shop".into(),
            kind: "Deployment".into(),
            name: name.into(),
            health: health.into(),
            since: "2026-01-01T00:56:00Z".parse().unwrap(),
            reason: Some(Reason { summary: "It crash-loops.".into() }),
            desired: Some(3),
            ready: None,
            restarts: 5,
        }
    }

    #[test]
    fn the_order_is_that_of_check_and_of_the_server_within_a_status() {
        let healths =
            [("c", "failed"), ("a", "progressing"), ("z", "unknown"), ("b", "unknown"), ("d", "healthy")];
        let ordered = most_urgent_first(healths.map(|(name, health)| workload(name, health)).into());
        assert_eq!(ordered.iter().map(|workload| workload.name.as_str()).collect::<String>(), "czbad");
    }

    #[test]
    fn a_table_is_aligned_and_obeys_nobody() {
        let now: jiff::Timestamp = "2026-01-01T01:00:00Z".parse().unwrap();
        let workload = workload("web\u{1b}[31m", "failed");
        assert_eq!(
            table(std::slice::from_ref(&workload), false, now),
            "HEALTH  NAMESPACE  KIND        NAME      READY  RESTARTS  SINCE  REASON\n\
             failed  shop       Deployment  web [31m  -/3    5         4m     It crash-loops.\n"
        );
        let lines = table(&[workload], true, now);
        assert!(lines.contains("failed  prod     shop       Deployment"), "{lines}");
    }
}
