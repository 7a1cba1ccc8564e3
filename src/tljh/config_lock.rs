//! TLJH's own lock on `config.yaml`, held while it is read, backed up or restored.

use std::io;
use std::time::Duration;

use crate::host::{Host, Lock};
use crate::tljh::HubFiles;

/// How long to wait for a `tljh-config` of somebody else, which takes tenths of a second.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often to look.
const PAUSE: Duration = Duration::from_millis(20);

/// Takes the lock, waiting for whoever holds it.
///
/// # Errors
/// `WouldBlock` when it is not to be had in ten seconds; `Interrupted` on Ctrl-C.
pub fn lock_config(host: &dyn Host, files: &HubFiles) -> io::Result<Lock> {
    let path = files.config_lock();
    let until = host.monotonic() + PATIENCE;
    loop {
        if let Some(lock) = host.try_lock(&path)? {
            return Ok(lock);
        }
        if host.monotonic() >= until {
            let text = format!(
                "another program has held {} for {} s",
                path.display(),
                PATIENCE.as_secs()
            );
            return Err(io::Error::new(io::ErrorKind::WouldBlock, text));
        }
        if host.interrupt().is_due() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        host.sleep(PAUSE);
    }
}
