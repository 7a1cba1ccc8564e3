//! What a run that was cut off left open is ended before anything else looks at the hub.

use std::time::Duration;

use crate::apply::{Recovered, StateDir, lock, recover, would_recover};
use crate::cli::Global;
use crate::host::Host;
use crate::told;

/// How long the hub may take to come back up.
const HUB_DEADLINE: Duration = Duration::from_secs(90);

/// Ends what was left open, for root; others are not allowed to look.
///
/// # Errors
/// When the hub cannot be brought back, or another hubgate is at work.
pub fn recover_first(global: &Global, host: &dyn Host) -> told::Result<()> {
    let state = StateDir::for_hub(&global.prefix);
    // A record that cannot be read is told by the recovery, with what a person can do.
    if !host.is_root() || matches!(would_recover(host, &state), Ok(None)) {
        return Ok(());
    }
    let _lock = lock(host, &state)?;
    if let Recovered::Undone {
        started,
        login,
        notes,
    } = recover(host, &state, HUB_DEADLINE)?
    {
        global
            .ui()
            .note(format!("a run of {started} was cut off; {}", login.words()));
        notes.iter().for_each(|note| global.ui().note(note));
    }
    Ok(())
}
