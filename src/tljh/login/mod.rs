//! Who gets in: what the answers promise, what the hub decides, and what is to blame where the two differ. Pure.

mod asking;
mod blame;
mod cast;
mod judge;
mod promise;
#[cfg(test)]
pub(crate) mod testing;
mod verdict;

pub use asking::who_gets_in;
pub use cast::{Person, cast};
pub use judge::{Case, judge};
pub use promise::{Identity, Promise, promise};
pub use verdict::{Blame, Mend, Surprise, Verdict, Weight, What};
