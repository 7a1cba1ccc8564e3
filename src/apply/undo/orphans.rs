//! Programs that outlived the hubgate that started them: they would go on changing what is put back.

use std::io;
use std::path::Path;
use std::time::Duration;

use crate::host::Host;

/// What a run starts, and what may outlive it, carries the run's name in this variable.
pub const RUN_VARIABLE: &str = "HUBGATE_RUN";

/// How long they may take to end by themselves: a `tljh-config` that is about to be done is best left alone.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(50);

/// Waits for the programs of a run that was cut off, then ends them.
///
/// # Errors
/// When one cannot be ended.
pub fn end_orphans(host: &dyn Host, run: &str) -> io::Result<()> {
    if wait_for(host, run).is_empty() {
        return Ok(());
    }
    for process in processes_of(host, run) {
        host.kill(process)?;
    }
    match wait_for(host, run)[..] {
        [] => Ok(()),
        [process, ..] => Err(io::Error::other(format!(
            "process {process}, which the run of {run} left behind, does not end"
        ))),
    }
}

/// Gives them some time; returns those that are there still.
fn wait_for(host: &dyn Host, run: &str) -> Vec<u32> {
    let until = host.monotonic() + PATIENCE;
    loop {
        let orphans = processes_of(host, run);
        if orphans.is_empty() || host.monotonic() >= until {
            return orphans;
        }
        host.sleep(PAUSE);
    }
}

/// The ids of the processes that carry this run's name. Processes come and go while we look; those that are
/// gone are nobody's concern.
pub fn processes_of(host: &dyn Host, run: &str) -> Vec<u32> {
    let mark = format!("{RUN_VARIABLE}={run}");
    let is_marked = |id: &u32| {
        let environment = host.read(Path::new(&format!("/proc/{id}/environ")));
        environment.is_ok_and(|bytes| bytes.split(|byte| *byte == 0).any(|pair| pair == mark.as_bytes()))
    };
    let entries = host.list(Path::new("/proc")).unwrap_or_default();
    let ids = entries
        .iter()
        .filter_map(|path| path.file_name()?.to_str()?.parse().ok());
    ids.filter(is_marked).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::host::Files as _;
    use crate::host::memory::MemoryHost;

    #[test]
    fn programs_of_that_run_alone_are_ended() {
        let host = MemoryHost::new();
        host.put("/proc/41/environ", "PATH=/bin\0HUBGATE_RUN=a\0", 0o400);
        host.put("/proc/42/environ", "HUBGATE_RUN=b\0", 0o400);
        host.put("/proc/43/environ", "PATH=HUBGATE_RUN=a", 0o400);
        host.put("/proc/uptime", "1", 0o444);
        end_orphans(&host, "a").unwrap();
        let alive = |id: &str| {
            host.stat(Path::new(&format!("/proc/{id}/environ")))
                .unwrap()
                .is_some()
        };
        assert_eq!((alive("41"), alive("42"), alive("43")), (false, true, true));
    }
}
