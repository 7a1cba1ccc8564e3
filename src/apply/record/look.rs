//! The login before a run, and whether it is that of the files.

use std::path::Path;
use std::time::{Duration, SystemTime};

use crate::host::Host;
use crate::tljh::{HubFiles, LocalHub, units};
use crate::verify::LoginLook;

/// The login page as it is; none where the hub does not answer.
pub fn look(host: &dyn Host, files: &HubFiles) -> Option<LoginLook> {
    let local = LocalHub::read(host, files.prefix()).ok()?;
    let look = LoginLook::take(host, &local).ok()?;
    look.is_usable().then_some(look)
}

/// Whether somebody changed a settings file after the hub was started. The login that it shows is not
/// that of the files then, and a restart with the very same bytes shows another. Where nobody can tell,
/// it is not so.
pub fn changed_since_start(host: &dyn Host, files: &HubFiles) -> bool {
    let Some(started) = started(host) else {
        return false;
    };
    let folder = host.list(&files.folder()).unwrap_or_default();
    let python = folder
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "py"));
    let read_at_start = python.chain([files.config_yaml(), files.awscognito_secret()]);
    let changed = |path: &Path| host.stat(path).ok().flatten().map(|stat| stat.mtime);
    read_at_start
        .filter_map(|path| changed(&path))
        .any(|changed| changed > started)
}

/// When the hub was started, by the clock on the wall, which may have jumped since.
fn started(host: &dyn Host) -> Option<SystemTime> {
    let since_boot = units::hub_started(host)?;
    let uptime = host.read_to_string(Path::new("/proc/uptime")).ok()?;
    let uptime: f64 = uptime.split_whitespace().next()?.parse().ok()?;
    let uptime = Duration::try_from_secs_f64(uptime).ok()?;
    host.now().checked_sub(uptime.checked_sub(since_boot)?)
}
