//! Real hubs: every release that hubgate knows, from PyPI, with the rendered file and a login that goes all the way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

#[path = "../kit/mod.rs"]
mod kit;
#[path = "../readme/pages.rs"]
mod pages;

mod ends;
mod logins;
mod refusals;
mod secrets;
mod shown;
mod stage;
