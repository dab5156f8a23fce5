//! A node that hangs and comes back, on a cluster of its own: the others must not lose theirs.

use lab::Cluster;

use crate::bed::{Bed, all_rules, assert_said};
use crate::manifest::{deployment, lasting, pod_spec};

#[test]
fn a_node_that_hangs_is_named_and_its_return_is_seen() {
    let cluster = Cluster::start();
    cluster.join_real_node();
    let bed = Bed::on(&cluster, "frozen", &all_rules());
    bed.apply(&deployment(&bed.namespace, "web", &pod_spec(&lasting())));
    bed.until("Deployment", "web", "it is healthy", |web| web["health"] == "healthy");
    cluster.freeze_real_node();
    let lost = bed.until_code("Deployment", "web", "node_lost");
    assert_said(&lost, "progressing", "Node `real` does not answer: Pod POD is not ready. Nothing serves.");
    cluster.thaw_real_node();
    bed.until("Deployment", "web", "it is healthy again", |web| web["health"] == "healthy");
}
