//! Doing the steps of a plan.

pub mod action;
pub mod restart;
pub mod scene;
pub mod tljh_config;
