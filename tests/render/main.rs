//! What `hubgate render` writes: looked-at goldens, random answers read back by real Python and
//! bash, and user data that is run.

#[path = "../kit/mod.rs"]
mod kit;

mod goldens;
