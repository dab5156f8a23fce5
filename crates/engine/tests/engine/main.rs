//! What readers and the journal get from a running engine.
mod bed;
mod feed;
mod history;
mod replay;
mod time;
