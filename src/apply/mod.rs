//! Changing a hub: the lock, the journal, the steps, the proof, commit or undo.

mod applying;
mod error;
mod preflight;
mod record;
mod recovery;
mod rolling_back;
mod run;
mod step;
mod taking_over;
mod undo;

pub use applying::{Applied, Wish, apply, foresee, plan_for, tell_recovery};
pub use error::{Cause, OldLogin, RunFailed};
pub use preflight::candidate::{disk_space, judge_candidate};
pub use record::history::{History, answers_in_force};
pub use record::journal::{Entry, Journal, JournalError, Purpose, RunState, StepState};
pub use record::state_dir::StateDir;
pub use recovery::{Recovered, Unfinished, recover, would_recover};
pub use rolling_back::{BackTo, WayBack, WentBack, roll_back, way_back};
pub use run::{Order, lock, run};
pub use step::scene::Scene;
pub use taking_over::{TakeOver, contradictions};
pub use undo::orphans::{RUN_VARIABLE, processes_of};
