//! What has to change on this hub, in words and as values. Pure: the same answers and the same hub
//! give the same plan, and `apply` executes the very value that a dry run shows.

mod concerns;
mod planning;
mod step;

pub use concerns::Concern;
pub use planning::{NoPlan, Plan, plan, secret_file};
pub use step::{Step, StepKind};
