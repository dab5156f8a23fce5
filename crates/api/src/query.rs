//! What a client asks for in the query of a URL, read strictly: an unknown parameter or value is refused, and all
//! faults of a query are told at once.

pub(crate) mod cursor;
pub(crate) mod filter;
pub(crate) mod page;
pub(crate) mod parameters;
pub(crate) mod phrase;
pub(crate) mod sort;

pub(crate) use parameters::{Fault, Parameters};
