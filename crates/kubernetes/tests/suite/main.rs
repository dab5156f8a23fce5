//! The collector as a black box: an API server on one side, observations on the other.

mod encodings;
mod failures;
mod following;
mod inventory;
mod logs;
mod losses;
mod manners;
mod objects;
mod order;
mod proxies;
mod real;
mod rights;
mod scopes;
mod script;
mod usage;
mod wiretap;
