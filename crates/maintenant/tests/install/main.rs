//! What installs the product: the chart as helm renders it, the manifests, what the guides tell to type, and all of it on
//! a real API server.

mod cluster;
mod docs;
mod helm;
mod manifests;
mod notes;
mod refusals;
mod release;
mod values;
mod values_table;
