//! The wizard in a real terminal: each test is something that the person at it sees.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod kit;
#[path = "../kit/machine/mod.rs"]
mod machine;

mod ctrl_c;
mod going_back;
mod happy_path;
mod mistakes;
mod no_terminal;
mod same_bytes;
mod saving;
mod screen;
mod secret;
