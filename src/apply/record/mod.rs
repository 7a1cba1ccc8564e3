//! What is remembered of every run, and the copies that lead back.

pub mod backup;
pub mod history;
pub mod journal;
pub mod judged;
pub mod look;
pub mod marker;
pub mod state_dir;
