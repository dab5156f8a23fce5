//! The sources of a server: which of the required ones say nothing, and how that is put into a line.
use super::words::{age, printable};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// More namespaces than this are counted: a line is to be read at a glance, as the page's banner is.
const PLACES_MAX: usize = 3;

/// A resource that the server reads from a cluster.
#[derive(Deserialize)]
pub(super) struct Source {
    name: String,
    cluster: String,
    resource: String,
    required: bool,
    #[serde(flatten)]
    standing: Standing,
    last_event_at: Option<jiff::Timestamp>,
    /// How each namespace stands, where they are read apart and not all is well
    namespaces: Option<Vec<Part>>,
}

/// A source in one namespace.
#[derive(Deserialize)]
struct Part {
    name: String,
    #[serde(flatten)]
    standing: Standing,
}

#[derive(Deserialize)]
struct Standing {
    state: String,
    reason: Option<String>,
}

/// What of the clusters somebody asks for: pairs of a cluster and a namespace; everything, where there are none.
pub(super) type Places<'a> = [(&'a str, &'a str)];

/// A line for each state and reason for which required sources are not read.
pub(super) fn unread(sources: &[Source]) -> Vec<String> {
    let mut groups: Vec<(Lack<'_>, Vec<&str>)> = Vec::new();
    for source in sources.iter().filter(|source| source.required) {
        for lack in source.lacks() {
            match groups.iter_mut().find(|(other, _)| *other == lack) {
                Some((_, resources)) => resources.push(&source.resource),
                None => groups.push((lack, vec![&source.resource])),
            }
        }
    }
    groups.iter().map(|(lack, resources)| lack.line(resources)).collect()
}

/// What is lacking though it is read, a line each: objects that can't be understood, namespaces that are not there.
pub(super) fn notices(sources: &[Source]) -> Vec<String> {
    let telling = sources.iter().filter(|source| source.standing.is_read());
    let line = |source: &Source| {
        let reason = source.standing.reason.as_ref()?;
        Some(printable(&format!("{}: {reason}", source.name)))
    };
    telling.filter_map(line).collect()
}

/// Why clusters have not been read yet, as short as it can be told: one reason for each, with its name if they differ.
pub(super) fn obstacle(sources: &[Source]) -> Option<String> {
    let mut by_cluster: BTreeMap<&str, (bool, usize, &str)> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.required) {
        for standing in source.standings().filter(|standing| !standing.is_read()) {
            let Some(reason) = &standing.reason else { continue };
            // What is refused has answered: it is waited for only where nothing else is.
            let told = (standing.is_answered(), reason.len(), reason.as_str());
            by_cluster.entry(&source.cluster).and_modify(|best| *best = told.min(*best)).or_insert(told);
        }
    }
    let reasons: BTreeSet<&str> = by_cluster.values().map(|(_, _, reason)| *reason).collect();
    let text = match reasons.len() {
        0 => return None,
        1 => reasons.into_iter().collect(),
        _ => {
            let told = by_cluster.iter().map(|(cluster, (_, _, reason))| format!("{cluster}: {reason}"));
            told.collect::<Vec<_>>().join("; ")
        }
    };
    Some(printable(&text))
}

/// The clusters that have stopped answering, wholly or for some of what is required: "lab does not answer, last heard 20s ago".
pub(super) fn silences(sources: &[Source], places: &Places, now: jiff::Timestamp) -> Vec<String> {
    let mut by_cluster: BTreeMap<&str, Vec<&Source>> = BTreeMap::new();
    for source in sources.iter().filter(|source| source.required) {
        by_cluster.entry(&source.cluster).or_default().push(source);
    }
    let silence = |(cluster, required): (&str, Vec<&Source>)| {
        let lost: Vec<_> = required.iter().filter(|source| source.is_lost(places)).collect();
        let heard = lost.iter().filter_map(|source| source.last_event_at).max();
        let resources = lost.iter().map(|source| source.resource.as_str()).collect::<Vec<_>>().join(", ");
        let what =
            if lost.len() == required.len() { String::new() } else { format!(" when asked for {resources}") };
        let since = heard
            .map(|heard| format!(", last heard {} ago", age(now.as_second() - heard.as_second())))
            .unwrap_or_default();
        (!lost.is_empty()).then(|| printable(&format!("{cluster} does not answer{what}{since}")))
    };
    by_cluster.into_iter().filter_map(silence).collect()
}

impl Source {
    fn parts(&self) -> &[Part] {
        self.namespaces.as_deref().unwrap_or_default()
    }

    fn standings(&self) -> impl Iterator<Item = &Standing> {
        let whole = self.parts().is_empty().then_some(&self.standing);
        whole.into_iter().chain(self.parts().iter().map(|part| &part.standing))
    }

    fn lacks(&self) -> Vec<Lack<'_>> {
        let mut groups: Vec<(&Standing, Vec<&str>)> = Vec::new();
        for part in self.parts().iter().filter(|part| !part.standing.is_read()) {
            match groups.iter_mut().find(|(standing, _)| standing.state == part.standing.state) {
                Some((_, names)) => names.push(&part.name),
                None => groups.push((&part.standing, vec![&part.name])),
            }
        }
        if self.parts().is_empty() && !self.standing.is_read() {
            groups.push((&self.standing, Vec::new()));
        }
        let of = self.name.strip_suffix(self.resource.as_str()).unwrap_or(&self.name);
        let lacks = groups.into_iter().map(|(standing, names)| {
            let reason = standing.reason.as_deref();
            Lack { of, state: &standing.state, places: places(&names), reason }
        });
        lacks.collect()
    }

    fn is_lost(&self, places: &Places) -> bool {
        let is_asked = |namespace: Option<&str>| {
            let fits = |place: &(&str, &str)| {
                place.0 == self.cluster && namespace.is_none_or(|name| name == place.1)
            };
            places.is_empty() || places.iter().any(fits)
        };
        match self.parts() {
            [] => is_asked(None) && self.standing.is_lost(),
            parts => parts.iter().any(|part| is_asked(Some(&part.name)) && part.standing.is_lost()),
        }
    }
}

/// How something is not read, and where. Of several namespaces the first gives the reason: the others differ in the name.
#[derive(PartialEq)]
struct Lack<'a> {
    /// What the names of the sources begin with: `kubernetes/lab/`
    of: &'a str,
    state: &'a str,
    places: String,
    reason: Option<&'a str>,
}

impl Lack<'_> {
    fn line(&self, resources: &[&str]) -> String {
        let verb = if resources.len() == 1 { "is" } else { "are" };
        let reason = self.reason.map(|reason| format!(": {reason}")).unwrap_or_default();
        let Self { of, state, places, .. } = self;
        printable(&format!("{of}{} {verb} {state}{places}{reason}", resources.join(", ")))
    }
}

impl Standing {
    fn is_read(&self) -> bool {
        self.state == "synced"
    }

    fn is_lost(&self) -> bool {
        ["degraded", "stale"].contains(&self.state.as_str())
    }

    fn is_answered(&self) -> bool {
        ["forbidden", "absent"].contains(&self.state.as_str())
    }
}

/// " in billing, shop, web and 2 more"
fn places(names: &[&str]) -> String {
    if names.is_empty() {
        return String::new();
    }
    let (shown, rest) = names.split_at(names.len().min(PLACES_MAX));
    let rest = if rest.is_empty() { String::new() } else { format!(" and {} more", rest.len()) };
    format!(" in {}{rest}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_is_lacking_though_it_is_read_is_said() {
        let sources = json!([
            source("lab", "pods", "synced", None),
            source("lab", "namespaces", "synced", Some("there is no namespace shpo")),
            source("lab", "nodes", "forbidden", Some("forbidden")),
        ]);
        let sources: Vec<Source> = serde_json::from_value(sources).unwrap();
        assert_eq!(notices(&sources), ["kubernetes/lab/namespaces: there is no namespace shpo"]);
    }

    fn source(cluster: &str, resource: &str, state: &str, reason: Option<&str>) -> Value {
        json!({
            "name": format!("kubernetes/{cluster}/{resource}"), "cluster": cluster, "resource": resource, "required": true,
            "state": state, "reason": reason, "last_event_at": "2026-01-01T00:00:00Z", "namespaces": null,
        })
    }

    fn apart(resource: &str, parts: &[(&str, &str)]) -> Value {
        let part = |(name, state): &(&str, &str)| {
            let reason = (*state != "synced").then(|| format!("{state} in {name}"));
            json!({"name": name, "state": state, "reason": reason})
        };
        let mut source = source("lab", resource, "forbidden", None);
        source["namespaces"] = parts.iter().map(part).collect();
        source
    }

    fn read(sources: &[Value]) -> Vec<Source> {
        serde_json::from_value(sources.into()).unwrap()
    }

    #[test]
    fn each_namespace_that_is_not_read_is_named_or_counted() {
        let mut optional = source("lab", "jobs", "forbidden", Some("no"));
        optional["required"] = false.into();
        let sources = read(&[
            source("lab", "namespaces", "synced", None),
            source("lab", "deployments", "stale", Some("gone\u{1b}[0m")),
            optional,
            apart(
                "pods",
                &[("billing", "forbidden"), ("web", "stale"), ("x", "synced"), ("nosuchns", "forbidden")],
            ),
            apart("daemonsets", &["a", "b", "c", "d", "e"].map(|name| (name, "forbidden"))),
        ]);
        assert_eq!(
            unread(&sources),
            [
                "kubernetes/lab/deployments is stale: gone [0m",
                "kubernetes/lab/pods is forbidden in billing, nosuchns: forbidden in billing",
                "kubernetes/lab/pods is stale in web: stale in web",
                "kubernetes/lab/daemonsets is forbidden in a, b, c and 2 more: forbidden in a",
            ]
        );
    }

    #[test]
    fn what_is_the_same_of_several_is_told_once() {
        let refused = |resource| source("lab", resource, "connecting", Some("connection refused"));
        let sources = read(&[refused("pods"), refused("deployments"), source("lab", "nodes", "stale", None)]);
        assert_eq!(
            unread(&sources),
            [
                "kubernetes/lab/pods, deployments are connecting: connection refused",
                "kubernetes/lab/nodes is stale"
            ]
        );
    }

    #[test]
    fn the_reason_that_keeps_a_cluster_from_being_read_is_told_once() {
        let refused = "the token is not accepted (401)";
        let connecting = |cluster, reason| source(cluster, "pods", "connecting", reason);
        for (sources, told) in [
            (vec![connecting("lab", None)], None),
            (
                vec![connecting("lab", Some(refused)), source("lab", "nodes", "connecting", Some(refused))],
                Some(refused),
            ),
            (vec![connecting("a", Some(refused)), connecting("b", Some(refused))], Some(refused)),
            (vec![connecting("a", Some("x")), connecting("b", Some("y"))], Some("a: x; b: y")),
            (
                vec![source("lab", "nodes", "forbidden", Some("no")), connecting("lab", Some("refused"))],
                Some("refused"),
            ),
            (vec![source("lab", "namespaces", "forbidden", Some("no"))], Some("no")),
            (vec![apart("pods", &[("a", "forbidden"), ("b", "connecting")])], Some("connecting in b")),
        ] {
            assert_eq!(obstacle(&read(&sources)).as_deref(), told);
        }
    }

    #[test]
    fn a_cluster_that_has_stopped_answering_is_told_with_the_time_of_its_last_word() {
        let now = "2026-01-01T00:00:20Z".parse().unwrap();
        let [fine, lost] = ["synced", "degraded"].map(|state| source("lab", "pods", state, None));
        let other = source("lab", "deployments", "stale", None);
        let parts = apart("pods", &[("a", "degraded"), ("b", "synced")]);
        let whole = "lab does not answer, last heard 20s ago";
        for (sources, places, told) in [
            (vec![&fine], &[][..], None),
            (vec![&lost], &[], Some(whole)),
            (vec![&lost, &other], &[("lab", "shop")], Some(whole)),
            (vec![&lost], &[("prod", "shop")], None),
            (
                vec![&fine, &other],
                &[],
                Some("lab does not answer when asked for deployments, last heard 20s ago"),
            ),
            (vec![&parts], &[("lab", "a")], Some(whole)),
            (vec![&parts], &[("lab", "b")], None),
        ] {
            let sources: Vec<Value> = sources.into_iter().cloned().collect();
            let silences = silences(&read(&sources), places, now);
            assert_eq!(silences.first().map(String::as_str), told);
            assert!(silences.len() <= 1);
        }
    }
}
