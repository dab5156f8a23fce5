//! What installs the product: the image, the chart as helm renders it, the manifests, what the guides tell to type, and all of it on
//! a real API server.

mod cluster;
mod docs;
mod helm;
mod image;
mod links;
mod manifests;
mod notes;
mod refusals;
mod release;
mod troubleshooting;
mod values;
mod values_table;
