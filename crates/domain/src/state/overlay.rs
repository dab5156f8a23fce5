//! What is shown of a workload: its judgement, or that nothing is known right now.
use super::cluster::{Cluster, Workload};
use super::sight::Trust;
use crate::controller::Controller;
use crate::diagnosis::{Code, Diagnosis};
use crate::health::Health;
use crate::judgement::Judgement;
use crate::pod::{Pod, PodSpec, Role};
use crate::source::{Resource, Source};
use crate::text::Text;
use crate::time::Time;
use crate::workload::{LastKnown, Row};
use std::sync::Arc;

/// A figure of use that moved by less than one part in this many is no news: rows of thousands of workloads would
/// otherwise be sent again at every sample.
const USE_STEPS: u64 = 20;

/// The row of a workload whose sources are current.
pub(super) fn row(cluster: &Cluster, workload: &Workload, judgement: &Judgement) -> Row {
    let facts = PodFacts::of(cluster, workload);
    let object = workload.controller.and_then(|uid| cluster.controller(uid)).map(AsRef::as_ref);
    Row {
        id: workload.id.clone(),
        group: object.and_then(|object| annotation(object, "maintenant.group")),
        health: judgement.health,
        since: judgement.since,
        last_known: None,
        diagnosis: judgement.diagnosis.clone(),
        desired: judgement.desired,
        ready: judgement.ready,
        updated: judgement.updated,
        available: judgement.available,
        pods: facts.pods,
        restarts: facts.restarts,
        images: images(workload, object, &facts),
        cpu_millicores: steady(
            workload.row.as_ref().and_then(|row| row.cpu_millicores),
            facts.cpu_millicores,
        ),
        memory_bytes: steady(workload.row.as_ref().and_then(|row| row.memory_bytes), facts.memory_bytes),
        created: object.map(|object| object.created).or(facts.created),
        set_aside: judgement.set_aside,
    }
}

/// The row of a workload of which nothing is known right now; `None` where its sources are current or still being read.
pub(super) fn unknown_row(cluster: &Cluster, workload: &Workload, now: Time) -> Option<Row> {
    let (source, diagnosis) = match cluster.trust(&workload.id.kind, &workload.id.namespace) {
        Trust::Known | Trust::Reading => return None,
        Trust::Stale(resource, source) => (source, stale(resource, source)),
        Trust::Forbidden(resource, source) => (source, forbidden(resource, source)),
    };
    let facts = PodFacts::of(cluster, workload);
    let object = workload.controller.and_then(|uid| cluster.controller(uid)).map(AsRef::as_ref);
    let known = workload.judgement.as_deref();
    Some(Row {
        id: workload.id.clone(),
        group: object.and_then(|object| annotation(object, "maintenant.group")),
        health: Health::Unknown,
        since: source.since,
        last_known: known.map(|known| LastKnown {
            health: known.health,
            since: known.since,
            at: source.heard.unwrap_or(source.since).max(known.since).min(now),
        }),
        diagnosis: Some(Arc::new(diagnosis)),
        desired: known.and_then(|known| known.desired),
        ready: known.and_then(|known| known.ready),
        updated: known.and_then(|known| known.updated),
        available: known.and_then(|known| known.available),
        pods: facts.pods,
        restarts: facts.restarts,
        images: images(workload, object, &facts),
        cpu_millicores: None,
        memory_bytes: None,
        created: object.map(|object| object.created).or(facts.created),
        set_aside: false,
    })
}

/// What the pods of a workload add up to.
struct PodFacts<'a> {
    pods: u32,
    restarts: u32,
    cpu_millicores: Option<u64>,
    memory_bytes: Option<u64>,
    created: Option<Time>,
    newest: Option<&'a Pod>,
}

impl<'a> PodFacts<'a> {
    fn of(cluster: &'a Cluster, workload: &Workload) -> Self {
        let mut sum = Self {
            pods: 0,
            restarts: 0,
            cpu_millicores: None,
            memory_bytes: None,
            created: None,
            newest: None,
        };
        for uid in &*workload.pods {
            let Some(member) = cluster.pods.get(uid) else { continue };
            sum.pods += 1;
            sum.restarts = sum.restarts.saturating_add(member.pod.restarts());
            if let Some(usage) = cluster.usage(*uid) {
                add(&mut sum.cpu_millicores, usage.cpu_millicores);
                add(&mut sum.memory_bytes, usage.memory_bytes);
            }
            sum.created = Some(sum.created.map_or(member.pod.created, |first| first.min(member.pod.created)));
            if sum.newest.is_none_or(|newest| newest.created < member.pod.created) {
                sum.newest = Some(&member.pod);
            }
        }
        sum
    }
}

/// The images of the containers that stay, without repetition, in their order; the list of before where it is equal.
fn images(workload: &Workload, object: Option<&Controller>, facts: &PodFacts<'_>) -> Arc<[Text]> {
    let template = object.and_then(|object| object.template.as_deref());
    let spec: Option<&PodSpec> = template.or_else(|| facts.newest.map(|pod| &*pod.spec));
    let mut images: Vec<Text> = Vec::new();
    let lasting = spec.into_iter().flat_map(|spec| spec.containers.iter());
    for container in lasting.filter(|container| matches!(container.role, Role::Main | Role::Sidecar)) {
        if !images.contains(&container.image) {
            images.push(container.image.clone());
        }
    }
    match &workload.row {
        Some(row) if *row.images == *images => row.images.clone(),
        _ => images.into(),
    }
}

fn annotation(object: &Controller, name: &str) -> Option<Text> {
    object.annotations.iter().find(|(key, _)| &**key == name).map(|(_, value)| value.clone())
}

/// Adds the use of a pod. What a cluster says that it is may be any number.
fn add(sum: &mut Option<u64>, more: u64) {
    *sum = Some(sum.unwrap_or(0).saturating_add(more));
}

fn steady(before: Option<u64>, now: Option<u64>) -> Option<u64> {
    match (before, now) {
        (Some(before), Some(now)) if before.abs_diff(now).saturating_mul(USE_STEPS) <= before => Some(before),
        _ => now,
    }
}

fn stale(resource: Resource, source: &Source) -> Diagnosis {
    let why = source.reason.as_deref().unwrap_or("the connection is lost");
    Diagnosis {
        code: Code::Stale,
        summary: format!("The cluster does not answer for {}: {why}.", resource.plural()).into(),
        evidence: Vec::new(),
        since: source.since,
        next_step: Some("See whether the API server can be reached from where maintenant runs.".into()),
    }
}

fn forbidden(resource: Resource, source: &Source) -> Diagnosis {
    Diagnosis {
        code: Code::Forbidden,
        summary: format!("maintenant may not read {} here, so nothing is known of it.", resource.plural())
            .into(),
        evidence: Vec::new(),
        since: source.since,
        next_step: Some(format!("Add this rule to the role of maintenant:\n{}", resource.rule()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::add;

    #[test]
    fn more_use_than_can_be_told_is_the_most_that_can() {
        let mut sum = None;
        add(&mut sum, 16);
        add(&mut sum, u64::MAX);
        assert_eq!(sum, Some(u64::MAX));
    }
}
