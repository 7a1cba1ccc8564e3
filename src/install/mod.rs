//! The Littlest JupyterHub onto a machine that lacks it, by its own bootstrap script.
//!
//! The script is downloaded to a file first and looked at: one that is cut off, or is no script at all,
//! is never run.

mod aws_command;
mod download;
mod error;
mod installing;
mod left_behind;
mod presence;
mod running;
mod script;
mod source;

pub use aws_command::ensure_aws_command;
pub use error::InstallError;
pub use installing::{Installed, Wanted, ensure_tljh};
pub use presence::{Presence, presence};
pub use source::BootstrapSource;
