//! The `hubgate render` command from outside: what it writes where, what it tells, and that no secret
//! gets out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../kit/mod.rs"]
mod kit;

mod answers_once;
mod canary;
mod documents;
mod folder;
mod help;
