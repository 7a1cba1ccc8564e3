//! What is wrong with this hub's login, and what mends it. Changes nothing.

mod config;
mod files;
mod finding;
mod overridden;
mod python_settings;
mod running;
mod settings;

use std::io;
use std::path::{Path, PathBuf};

pub use finding::Finding;
pub use python_settings::{PythonSetting, settings_of};

use crate::apply::StateDir;
use crate::host::Host;
use crate::tljh::Observed;
use crate::tljh::observe::observe;

/// The file that tells the hub where to log in: hubgate's own, else one that somebody wrote by hand.
fn oauth_settings(observed: &Observed) -> Option<(PathBuf, String)> {
    if let Some(file) = &observed.awscognito_py {
        let text = String::from_utf8_lossy(&file.bytes).into_owned();
        return Some((observed.files.awscognito_py(), text));
    }
    let is_oauth = |(_, text): &&(PathBuf, String)| {
        let settings = settings_of(text);
        settings
            .iter()
            .any(|setting| setting.class == "GenericOAuthenticator")
    };
    observed.other_settings.iter().rfind(is_oauth).cloned()
}

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
    overridden::check(&observed, &mut findings);
    running::check(host, &observed, state, &mut findings)?;
    Ok(findings)
}
