//! Doing the steps of a plan.

pub mod execute;
pub mod settings;
