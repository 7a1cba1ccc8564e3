//! Is TLJH here already?

use std::io;
use std::path::{Path, PathBuf};

use crate::apply::StateDir;
use crate::host::Host;
use crate::tljh::{HUB_UNIT, HubFiles, observe};

/// How much of TLJH is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// Nothing.
    Absent,
    /// An installation began and did not get through; TLJH's installer goes on where it stopped.
    Unfinished,
    /// All of it, but with another prefix.
    Elsewhere,
    /// All of it.
    Present,
}

/// Looks for TLJH at this prefix, without starting a process.
///
/// # Errors
/// When something is there but cannot be looked at.
pub fn presence(host: &dyn Host, prefix: &Path, state: &StateDir) -> io::Result<Presence> {
    if is_begun(host, state)? {
        return Ok(Presence::Unfinished);
    }
    let command = observe::is_installed(host, prefix)?;
    let unit = host.stat(Path::new(HUB_UNIT))?.is_some();
    Ok(match (command, unit) {
        (true, true) => Presence::Present,
        (true, false) => Presence::Unfinished,
        (false, true) => Presence::Elsewhere,
        (false, false) if host.stat(&HubFiles::new(prefix).environment())?.is_some() => Presence::Unfinished,
        (false, false) => Presence::Absent,
    })
}

/// There from before TLJH's installer begins until it is done.
pub(super) fn begun_marker(state: &StateDir) -> PathBuf {
    state.path().join("installing")
}

/// Root alone can look into that folder; for others there is no installation under way.
fn is_begun(host: &dyn Host, state: &StateDir) -> io::Result<bool> {
    match host.stat(&begun_marker(state)) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
        found => Ok(found?.is_some()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::host::memory::MemoryHost;

    fn look(files: &[&str]) -> Presence {
        let host = MemoryHost::new();
        for file in files {
            host.put(file, "", 0o755);
        }
        presence(&host, Path::new("/opt/tljh"), &StateDir::default()).unwrap()
    }

    #[test]
    fn it_is_there_once_its_command_and_its_unit_are() {
        let command = "/opt/tljh/hub/bin/tljh-config";
        assert_eq!(look(&[]), Presence::Absent);
        assert_eq!(look(&["/opt/tljh/hub/bin/python3"]), Presence::Unfinished);
        assert_eq!(look(&[command]), Presence::Unfinished);
        assert_eq!(look(&[command, HUB_UNIT]), Presence::Present);
        let marker = "/var/lib/hubgate/installing";
        assert_eq!(look(&[command, HUB_UNIT, marker]), Presence::Unfinished);
        assert_eq!(look(&[marker]), Presence::Unfinished);
        assert_eq!(look(&[HUB_UNIT]), Presence::Elsewhere);
    }
}
