//! hubgate puts an AWS Cognito login in front of JupyterHub.
//!
//! Each module is a room with a floor of its own; CONTRIBUTING.md has them in their order.

// The tests' double of a machine, which is also used from outside, names this crate so.
#[cfg(test)]
extern crate self as hubgate;

pub mod answers;
pub mod apply;
pub mod awscli;
pub mod cli;
pub mod cognito;
pub mod doctor;
pub mod host;
pub mod hub;
pub mod install;
pub mod invalid;
pub mod plan;
pub mod progress;
pub mod rehearse;
pub mod render;
pub mod secret;
pub mod standin;
pub mod tljh;
pub mod told;
pub mod ui;
pub mod verify;
pub mod wizard;
