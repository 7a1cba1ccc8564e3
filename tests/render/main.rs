//! What `hubgate render` writes: looked-at goldens, random answers read back by real Python and
//! bash, and user data that is run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../kit/mod.rs"]
mod kit;

mod accepted;
mod end_to_end;
mod expected;
mod goldens;
mod random;
mod read_back;
