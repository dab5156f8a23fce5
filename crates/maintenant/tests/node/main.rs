//! What really fails, on containers that really run: a kubelet, containerd and runc on a node of our own, and what the
//! product says of it at its API. Takes root; `make test-node` runs it.

mod bed;
mod ends;
mod images;
mod installed;
mod jobs;
mod manifest;
mod node_lost;
mod placement;
mod probes;
mod refusals;
mod rollouts;
mod starts;
