//! Where a resource is found, and how it is asked for.

use domain::scope::{ALWAYS_BLOCKED, Pattern, Scope};
use domain::source::{Resource, SourceId};
use form_urlencoded::Serializer;

/// How many objects a page of a list has.
const PAGE: &str = "500";

/// Room for a field selector in an address: proxies refuse long ones from 4 KiB on.
const LONGEST_SELECTOR: usize = 2048;

/// One resource in one scope.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    pub(crate) id: SourceId,
    /// What the API server is asked to leave out; whoever receives checks again.
    selector: Option<String>,
}

impl Endpoint {
    pub(crate) fn new(id: SourceId, scope: &Scope) -> Self {
        let selector = selector(&id, scope);
        Self { id, selector }
    }

    /// A page of a list, from a `continue` token on.
    pub(crate) fn page(&self, from: Option<&str>) -> String {
        let mut query = vec![("limit", PAGE)];
        query.extend(from.map(|from| ("continue", from)));
        self.address(&query)
    }

    /// One object, to hear how far the server has come.
    pub(crate) fn sounding(&self) -> String {
        self.address(&[("limit", "1")])
    }

    /// The whole list; what is small or has no pages is asked for so.
    pub(crate) fn list(&self) -> String {
        self.address(&[])
    }

    /// The one object that it is about: the namespace that was chosen by its name.
    pub(crate) fn object(&self) -> String {
        match (self.id.resource, &self.id.namespace) {
            (Resource::Namespaces, Some(name)) => format!("{}/{name}", path(&self.id)),
            _ => path(&self.id),
        }
    }

    /// A watch that goes on from a resourceVersion.
    pub(crate) fn watch(&self, resource_version: &str, timeout_seconds: u32) -> String {
        self.address(&[
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", resource_version),
            ("timeoutSeconds", &timeout_seconds.to_string()),
        ])
    }

    /// A watch that begins with all there is.
    pub(crate) fn streaming_list(&self, timeout_seconds: u32) -> String {
        self.address(&[
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("sendInitialEvents", "true"),
            ("resourceVersionMatch", "NotOlderThan"),
            ("timeoutSeconds", &timeout_seconds.to_string()),
        ])
    }

    fn address(&self, query: &[(&str, &str)]) -> String {
        let mut serializer = Serializer::new(String::new());
        serializer.extend_pairs(query);
        if let Some(selector) = &self.selector {
            serializer.append_pair("fieldSelector", selector);
        }
        let query = serializer.finish();
        let path = path(&self.id);
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}

fn path(id: &SourceId) -> String {
    let resource = id.resource;
    let group = match resource.group() {
        "" => "/api/v1".to_owned(),
        "metrics.k8s.io" => "/apis/metrics.k8s.io/v1beta1".to_owned(),
        group => format!("/apis/{group}/v1"),
    };
    match &id.namespace {
        Some(namespace) if !resource.is_cluster_scoped() => {
            format!("{group}/namespaces/{namespace}/{}", resource.plural())
        }
        _ => format!("{group}/{}", resource.plural()),
    }
}

fn selector(id: &SourceId, scope: &Scope) -> Option<String> {
    let field = match id.resource {
        Resource::Namespaces => "metadata.name",
        // metrics.k8s.io knows no field selectors, nodes no namespaces.
        Resource::PodMetrics | Resource::Nodes => return None,
        _ => "metadata.namespace",
    };
    let Scope::Block(patterns) = scope else { return None };
    let literals = patterns.iter().filter(|pattern| pattern.is_literal()).map(Pattern::as_str);
    let mut selector = String::new();
    for name in ALWAYS_BLOCKED.into_iter().chain(literals) {
        let term = format!("{field}!={name}");
        if selector.len() + term.len() >= LONGEST_SELECTOR {
            break;
        }
        if !selector.is_empty() {
            selector.push(',');
        }
        selector.push_str(&term);
    }
    Some(selector)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn endpoint(resource: Resource, namespace: Option<&str>, scope: &Scope) -> Endpoint {
        Endpoint::new(SourceId { resource, namespace: namespace.map(Into::into) }, scope)
    }

    fn block(names: &[&str]) -> Scope {
        Scope::Block(names.iter().map(|name| Pattern::parse(name).unwrap()).collect())
    }

    #[rstest]
    #[case(Resource::Pods, None, "/api/v1/pods")]
    #[case(Resource::Pods, Some("shop"), "/api/v1/namespaces/shop/pods")]
    #[case(Resource::Namespaces, None, "/api/v1/namespaces")]
    #[case(Resource::Deployments, Some("shop"), "/apis/apps/v1/namespaces/shop/deployments")]
    #[case(Resource::CronJobs, None, "/apis/batch/v1/cronjobs")]
    #[case(Resource::PodMetrics, Some("shop"), "/apis/metrics.k8s.io/v1beta1/namespaces/shop/pods")]
    fn addresses_are_those_of_the_api(
        #[case] resource: Resource,
        #[case] namespace: Option<&str>,
        #[case] address: &str,
    ) {
        assert_eq!(endpoint(resource, namespace, &Scope::All).list(), address);
    }

    #[test]
    fn a_namespace_is_asked_for_by_its_name() {
        let shop = endpoint(Resource::Namespaces, Some("shop"), &Scope::All);
        assert_eq!(shop.object(), "/api/v1/namespaces/shop");
    }

    #[rstest]
    #[case(
        Resource::Pods,
        Some("metadata.namespace!=kube-system,metadata.namespace!=kube-public,metadata.namespace!=ci")
    )]
    #[case(
        Resource::Namespaces,
        Some("metadata.name!=kube-system,metadata.name!=kube-public,metadata.name!=ci")
    )]
    #[case(Resource::Nodes, None)]
    #[case(Resource::PodMetrics, None)]
    fn a_blocklist_is_asked_for_where_the_api_can(
        #[case] resource: Resource,
        #[case] selector: Option<&str>,
    ) {
        let scope = block(&["ci", "team-*"]);
        assert_eq!(endpoint(resource, None, &scope).selector.as_deref(), selector);
    }

    #[test]
    fn a_long_blocklist_does_not_make_a_long_address() {
        let names: Vec<String> = (0..500).map(|number| format!("namespace-number-{number}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(endpoint(Resource::Pods, None, &block(&names)).list().len() < 4096);
    }

    #[test]
    fn what_a_server_says_can_not_change_the_question() {
        let pods = endpoint(Resource::Pods, None, &Scope::All);
        assert_eq!(pods.page(Some("a&watch=true")), "/api/v1/pods?limit=500&continue=a%26watch%3Dtrue");
        assert!(pods.watch("1 2", 300).contains("resourceVersion=1+2&"));
    }
}
