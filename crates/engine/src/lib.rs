//! The only writer of the state.
//!
//! Sources put observations into one bounded channel; a full one makes them wait, and nothing is dropped. One task,
//! [`Engine::run`], applies them in order of arrival, hands what must be taken down to the journal, and publishes: a
//! [`Snapshot`] to read from, and a numbered [`Batch`] of changes to follow. Readers hold a [`Handle`].
//!
//! # Invariants
//!
//! Nothing outside this task changes the state. Neither the journal nor a reader, however slow, holds it up: what is
//! published is shared and immutable, and who can't follow the changes starts again from a snapshot. The time that the
//! state is given never goes back.

mod batch;
mod clock;
mod feed;
mod gauges;
mod handle;
mod run;
mod version;

pub use batch::Batch;
pub use clock::Clock;
pub use feed::{Lagged, Subscription};
pub use gauges::Gauges;
pub use handle::{Handle, Snapshot};
pub use run::Engine;
pub use version::{MalformedVersion, Version};
