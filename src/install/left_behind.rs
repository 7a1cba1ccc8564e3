//! TLJH's installer, still at work after the hubgate that ran it was killed.
//!
//! It is waited for: two at once spoil each other's work, and a `dpkg` that is killed leaves the packages
//! half set up.

use std::time::Duration;

use super::error::{InstallError, in_words};
use super::running::{DEADLINE, RUN};
use crate::apply::processes_of;
use crate::host::Host;
use crate::progress::Progress;

const PAUSE: Duration = Duration::from_secs(1);

/// Waits until none is left, as long as a whole installation may take.
pub(super) fn wait(host: &dyn Host, progress: &mut dyn Progress) -> Result<(), InstallError> {
    let end = host.monotonic() + DEADLINE;
    let mut told = false;
    loop {
        let processes = processes_of(host, RUN);
        if processes.is_empty() {
            return Ok(());
        }
        if host.interrupt().requested() {
            return Err(InstallError::Interrupted { begun: true });
        }
        if host.monotonic() >= end {
            return Err(InstallError::LeftBehind { processes });
        }
        if !told {
            let ids = in_words(&processes);
            progress.note(&format!(
                "TLJH's installer is still at work ({ids}); waiting for it"
            ));
            told = true;
        }
        host.sleep(PAUSE);
    }
}
