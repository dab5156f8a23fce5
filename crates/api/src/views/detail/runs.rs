//! The runs of a CronJob.
use super::RunView;
use crate::facts::PodFacts;
use domain::condition::Tristate;
use domain::controller::Controller;
use domain::health::Health;
use domain::id::{Kind, Uid};
use domain::pod::{ContainerState, Phase};
use domain::text::Text;
use domain::time::Time;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// One line for each Job: from its own status where Jobs may be read, else from its pods. Newest first.
pub(crate) fn runs(jobs: &[&Controller], pods: &[PodFacts<'_>]) -> Vec<RunView> {
    let mut by_job: BTreeMap<Uid, Vec<PodFacts<'_>>> = BTreeMap::new();
    for facts in pods {
        if let Some(owner) = facts.pod.owner.as_ref().filter(|owner| owner.kind == Kind::Job) {
            by_job.entry(owner.uid).or_default().push(*facts);
        }
    }
    let mut runs: Vec<(Option<Time>, RunView)> = Vec::new();
    for job in jobs {
        let pods = by_job.remove(&job.uid).unwrap_or_default();
        runs.push(of_job(job, &pods));
    }
    runs.extend(by_job.into_values().filter_map(|pods| of_pods(&pods)));
    runs.sort_by_key(|(started, run)| (Reverse(*started), Reverse(run.name.clone())));
    runs.into_iter().map(|(_, run)| run).collect()
}

fn of_job(job: &Controller, pods: &[PodFacts<'_>]) -> (Option<Time>, RunView) {
    let holds = |kind: &str| job.condition(kind).filter(|condition| condition.status == Tristate::True);
    let failed = holds("Failed");
    let complete = holds("Complete");
    let (health, ended) = match (failed, complete) {
        (Some(failed), _) => (Health::Failed, failed.since),
        (None, Some(complete)) => (Health::Healthy, complete.since),
        (None, None) if job.paused => (Health::Suspended, None),
        (None, None) => (Health::Progressing, None),
    };
    let started = job.job.as_ref().and_then(|job| job.started).or(Some(job.created));
    let said = failed.and_then(|failed| failed.message.clone().or_else(|| failed.reason.clone()));
    let run = RunView {
        name: job.name.clone(),
        health: health.into(),
        started_at: started.map(Into::into),
        finished_at: job.job.as_ref().and_then(|job| job.completed).or(ended).map(Into::into),
        pods: pods.len(),
        reason: said.or_else(|| fault(pods)),
    };
    (started, run)
}

/// The last pod tells: a Job goes on until one succeeds.
fn of_pods(pods: &[PodFacts<'_>]) -> Option<(Option<Time>, RunView)> {
    let last = pods.iter().max_by_key(|facts| (!facts.pod.is_finished(), facts.pod.created))?.pod;
    let health = match last.phase {
        Phase::Succeeded => Health::Healthy,
        Phase::Failed => Health::Failed,
        Phase::Pending | Phase::Running | Phase::Unknown => Health::Progressing,
    };
    let name: Text = last.owner.as_ref()?.name.clone();
    let started = pods.iter().map(|facts| facts.pod.created).min();
    let ends = last.containers.iter().filter_map(|container| match &container.state {
        ContainerState::Terminated(end) => end.finished,
        _ => None,
    });
    let finished = if last.is_finished() { ends.max() } else { None };
    let run = RunView {
        name,
        health: health.into(),
        started_at: started.map(Into::into),
        finished_at: finished.map(Into::into),
        pods: pods.len(),
        reason: if health == Health::Healthy { None } else { fault(pods) },
    };
    Some((started, run))
}

/// What is wrong with the newest pod that has something wrong.
fn fault(pods: &[PodFacts<'_>]) -> Option<Text> {
    let mut newest_first: Vec<_> = pods.iter().collect();
    newest_first.sort_by_key(|facts| Reverse(facts.pod.created));
    newest_first.into_iter().find_map(|facts| facts.judge().diagnosis).map(|diagnosis| diagnosis.summary)
}
