//! Changing a hub: what is there, and (later) the transaction.

pub mod observe;
