//! The user pool: people, clients, and what AWS refuses in them.

pub mod config;
pub mod rules;
pub mod users;
