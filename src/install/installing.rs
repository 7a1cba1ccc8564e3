//! TLJH where it is missing; nothing where it is there.

use std::path::{Path, PathBuf};

use super::presence::{Presence, begun_marker, presence};
use super::running::{self, DEADLINE};
use super::source::BootstrapSource;
use super::{InstallError, download, left_behind, script};
use crate::apply::{StateDir, lock};
use crate::host::{Host, Invocation};
use crate::hub::{OauthenticatorVersion, RELEASES};
use crate::progress::{Progress, timed};
use crate::render::sha256_hex;
use crate::tljh::HUB_UNIT;

/// Root's alone: what the script prints may name private places.
const LOG: &str = "/var/log/hubgate-install.log";

/// Which TLJH, and what goes in with it.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Where its bootstrap script comes from.
    pub source: BootstrapSource,
    /// TLJH's version, or a git reference; without it the newest release.
    pub version: Option<String>,
    /// TLJH plugins, as pip names them.
    pub plugins: Vec<String>,
    /// An address of a list of packages for people's own environment.
    pub user_requirements_txt_url: Option<String>,
    /// Whether a page on port 80 shows how far it is.
    pub show_progress_page: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installed {
    /// It was there already.
    Before,
    /// It is there now.
    Now,
}

impl Wanted {
    /// The oauthenticator that it will bring, where its version tells. What the hub really has counts
    /// in the end.
    pub fn oauthenticator(&self) -> Option<OauthenticatorVersion> {
        let version = self.version.as_deref()?;
        let known = RELEASES.iter().find(|release| {
            let mut asked = version.split('.');
            release
                .tljh
                .split('.')
                .all(|part| asked.next().is_none_or(|asked| asked == part))
        });
        known.map(|release| release.oauthenticator)
    }

    /// The script's arguments.
    ///
    /// No `--admin`: it replaces the admins of an existing configuration, and until the Cognito login
    /// is there, whoever comes first could choose that admin's password. Without it nobody can log in
    /// before `apply` names the admins.
    fn arguments(&self) -> Vec<String> {
        let mut arguments = Vec::new();
        if let Some(version) = &self.version {
            arguments.extend(["--version".to_owned(), version.clone()]);
        }
        if self.show_progress_page {
            arguments.push("--show-progress-page".to_owned());
        }
        if let Some(url) = &self.user_requirements_txt_url {
            arguments.extend(["--user-requirements-txt-url".to_owned(), url.clone()]);
        }
        if !self.plugins.is_empty() {
            // One flag with all of them: of two, TLJH takes the last alone.
            arguments.push("--plugin".to_owned());
            arguments.extend(self.plugins.iter().cloned());
        }
        arguments
    }
}

/// Runs TLJH's bootstrap script unless TLJH is there.
///
/// # Errors
/// Its [`hub`](crate::told::Told::hub) tells whether something was changed.
pub fn ensure_tljh(
    host: &dyn Host,
    prefix: &Path,
    state: &StateDir,
    wanted: &Wanted,
    progress: &mut dyn Progress,
) -> Result<Installed, InstallError> {
    let _lock = lock(host, state)?;
    match presence(host, prefix, state)? {
        Presence::Present => return Ok(Installed::Before),
        Presence::Elsewhere => {
            return Err(InstallError::OtherPrefix {
                unit: PathBuf::from(HUB_UNIT),
                prefix: prefix.to_owned(),
            });
        }
        Presence::Unfinished => {
            progress.note("an installation of TLJH was begun here; going on with it");
            left_behind::wait(host, progress)?;
        }
        Presence::Absent => {}
    }
    let python = host.find("python3").ok_or(InstallError::NoPython)?;
    let path = state.path().join("bootstrap.py");
    let bytes = timed(host, progress, "get TLJH's installer", |progress| {
        let bytes = download::get(host, &wanted.source, progress)?;
        script::check(host, &python, &wanted.source, &bytes)?;
        host.write_atomic(&path, &bytes, 0o600, None)?;
        Ok::<_, InstallError>(bytes)
    })?;
    let apt_settings = state.path().join("apt.conf");
    host.write_atomic(&apt_settings, running::APT_SETTINGS.as_bytes(), 0o644, None)?;
    let call = running::call(host, &python, &path, prefix, &apt_settings)
        .args(wanted.arguments())
        .deadline(DEADLINE);
    let header = header(&call, &wanted.source, &bytes);
    host.write_atomic(&begun_marker(state), header.as_bytes(), 0o600, None)?;
    timed(host, progress, "install The Littlest JupyterHub", |progress| {
        running::run(host, &call, &header, Path::new(LOG), progress)
    })?;
    host.remove(&begun_marker(state))?;
    match presence(host, prefix, state)? {
        Presence::Present => {
            host.remove(&path)?;
            host.remove(&apt_settings)?;
            Ok(Installed::Now)
        }
        _ => Err(InstallError::NotThere {
            prefix: prefix.to_owned(),
            log: PathBuf::from(LOG),
        }),
    }
}

fn header(call: &Invocation, source: &BootstrapSource, script: &[u8]) -> String {
    format!("# {call}\n# from {source}, SHA-256 {}\n", sha256_hex(script))
}
