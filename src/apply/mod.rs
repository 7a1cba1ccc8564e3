//! Changing a hub: the lock, the journal, the steps, the proof, commit or undo.

mod applying;
mod backup;
mod by_hand;
mod certificate_files;
mod config_lock;
mod error;
mod execute;
mod history;
mod in_force;
mod journal;
pub mod observe;
mod orphans;
mod preflight;
mod remembered;
mod rolling_back;
mod settings;
mod state_dir;
mod transaction;
mod undo;
mod undo_config;
mod unfinished;
pub mod units;

pub use applying::{Applied, Wish, apply, plan_for, tell_recovery};
pub use error::{Cause, OldLogin, RunFailed};
pub use execute::Scene;
pub use history::History;
pub use journal::{Entry, Journal, JournalError, Purpose, RunState, StepState};
pub use orphans::{RUN_VARIABLE, processes_of};
pub use preflight::{disk_space, load_candidate};
pub use remembered::answers_in_force;
pub use rolling_back::{BackTo, WentBack, roll_back};
pub use state_dir::StateDir;
pub use transaction::{Order, Progress, Recovered, lock, recover, run};
pub use unfinished::{Unfinished, would_recover};
