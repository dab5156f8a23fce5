//! What is said of workloads: tables of timelines, of faults, of sentences, and what holds for all of them.
mod jobs;
mod properties;
mod rules;
mod sentences;
mod sight;
mod timeline;
mod world;
