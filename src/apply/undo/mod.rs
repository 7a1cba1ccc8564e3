//! Taking a run back, whatever it left.

pub mod by_hand;
pub mod orphans;
pub mod undo_config;
pub mod undo_run;
