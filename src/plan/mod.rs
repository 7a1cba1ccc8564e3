//! What has to change on this hub, in words and as values. Pure: the same answers and the same hub
//! give the same plan, and `apply` executes the very value that a dry run shows.

mod concerns;
mod planning;
mod step;
mod take_over;
#[cfg(test)]
mod testing;
mod way_back;

pub use concerns::Concern;
pub use planning::{Goal, NoPlan, Plan, plan, secret_file};
pub use step::{Step, StepKind};
pub use take_over::{Contradiction, Stays};
pub use way_back::{Past, PastFile, lost_on_the_way_back, plan_back, plan_to_default};
