//! The product from outside: the real binary on its command line and over HTTP, against a real control plane, and
//! against the simulator where an API server must misbehave.

mod announcement;
mod command_line;
mod commands;
mod credentials;
mod database;
mod faults;
mod grouping;
mod http;
mod kubeconfig;
mod license;
mod live;
mod logs;
mod manifest;
mod outage;
mod politeness;
mod reach;
mod restart;
mod rights;
mod rows;
mod scope;
mod shutdown;
mod simulated;
mod watcher;
