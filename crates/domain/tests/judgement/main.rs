//! What is said of workloads: tables of timelines, of faults, of sentences, and what holds for all of them.
mod components;
mod cron_jobs;
mod endings;
mod init_containers;
mod job_ends;
mod jobs;
mod last_lines;
mod lost_nodes;
mod pods;
mod properties;
mod refusals;
mod rollouts;
mod rules;
mod sentences;
mod sight;
mod timeline;
mod world;
