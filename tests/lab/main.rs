//! Real hubs: every release that hubgate knows, from PyPI, with the rendered file and a login that goes all the way.

#[path = "../kit/mod.rs"]
mod kit;

mod ends;
mod logins;
mod refusals;
mod secrets;
mod stage;
