//! What is wrong with this hub's login, and what mends it. Changes nothing.

mod config;
mod files;
mod finding;
mod python_settings;
mod running;
mod settings;

use std::io;
use std::path::Path;

pub use finding::Finding;
pub use python_settings::{Setting, settings_of};

use crate::apply::StateDir;
use crate::apply::observe::observe;
use crate::host::Host;

/// Looks at the settings, the files and the running hub of the TLJH at `prefix`.
///
/// # Errors
/// When something is there but cannot be read.
pub fn examine(host: &dyn Host, prefix: &Path, state: &StateDir) -> io::Result<Vec<Finding>> {
    let observed = observe(host, prefix)?;
    let mut findings = Vec::new();
    files::check(host, &observed, &mut findings)?;
    config::check(host, &observed, &mut findings);
    settings::check(&observed, &mut findings);
    running::check(host, &observed, state, &mut findings)?;
    Ok(findings)
}
