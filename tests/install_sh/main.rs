//! `install.sh` under dash, bash and BusyBox: what it installs, and what it refuses to.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]
#[path = "../kit/mod.rs"]
mod kit;

mod checksums;
mod machine;
#[path = "../readme/pages.rs"]
mod pages;
mod places;
mod script;
mod shown;
mod sources;
