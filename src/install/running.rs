//! TLJH's bootstrap script, run to its end.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::error::InstallError;
use crate::apply::RUN_VARIABLE;
use crate::host::{Exit, Host, Invocation, Running};
use crate::progress::Progress;

/// The name that marks the processes of an installation, as those of an apply are marked with its own.
pub(super) const RUN: &str = "install";

/// On a small instance with a slow mirror it takes ten minutes.
pub(super) const DEADLINE: Duration = Duration::from_secs(30 * 60);
const LOOK: Duration = Duration::from_millis(250);
const GRACE: Duration = Duration::from_secs(10);
const SHOWN_ON_FAILURE: usize = 20;

/// Where system programs are: cron and cloud-init leave some out, and dpkg insists on them.
const SYSTEM_FOLDERS: [&str; 6] = [
    "/usr/local/sbin",
    "/usr/local/bin",
    "/usr/sbin",
    "/usr/bin",
    "/sbin",
    "/bin",
];

/// With the usual umask: with a stricter one, nobody but root could use what it installs.
const WITH_UMASK: &str = "umask 022; exec \"$@\"";

/// At first boot something else may be installing packages; apt waits for it, in seconds.
pub(super) const APT_SETTINGS: &str = "DPkg::Lock::Timeout \"300\";\n";

/// A call of the script with the surroundings that apt, pip and git expect, at first boot too.
/// `apt_settings` is a file that holds [`APT_SETTINGS`].
pub(super) fn call(
    host: &dyn Host,
    python: &Path,
    script: &Path,
    prefix: &Path,
    apt_settings: &Path,
) -> Invocation {
    let mut call = Invocation::new("/bin/sh")
        .args(["-c", WITH_UMASK, "sh"])
        .arg(python)
        .arg(script)
        .env("TLJH_INSTALL_PREFIX", prefix)
        .env(RUN_VARIABLE, RUN)
        .env("DEBIAN_FRONTEND", "noninteractive")
        // Its lines come when they are printed, not when it is done.
        .env("PYTHONUNBUFFERED", "1")
        .env("PATH", search_path(host))
        .cwd("/");
    if host.var("APT_CONFIG").is_none() {
        call = call.env("APT_CONFIG", apt_settings);
    }
    if host.home().is_none() {
        call = call.env("HOME", "/root");
    }
    if ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .all(|name| host.var(name).is_none())
    {
        call = call.env("LC_ALL", "C.UTF-8");
    }
    call
}

fn search_path(host: &dyn Host) -> OsString {
    let mut path = host.var("PATH").unwrap_or_default();
    for folder in SYSTEM_FOLDERS {
        let there = std::env::split_paths(&path).any(|known| known == Path::new(folder));
        if !there {
            if !path.is_empty() {
                path.push(":");
            }
            path.push(folder);
        }
    }
    path
}

/// Runs it, telling what it says of its progress, and leaves its output in `log`, for root alone.
pub(super) fn run(
    host: &dyn Host,
    call: &Invocation,
    header: &str,
    log: &Path,
    progress: &mut dyn Progress,
) -> Result<(), InstallError> {
    let failed = |source| InstallError::Program {
        program: call.to_string(),
        source,
    };
    let mut running = host.start(call).map_err(failed)?;
    let end = host.monotonic() + call.deadline;
    let mut told = 0;
    let ended = loop {
        let exit = running.poll()?;
        let (_, stderr) = running.output()?;
        told += tell_progress(&stderr[told..], progress);
        match exit {
            Some(Exit::Code(0)) => break End::Well,
            Some(exit) => break End::Badly(format!("failed ({exit})")),
            None if host.interrupt().is_due() => break End::Stopped,
            None if host.monotonic() >= end => {
                break End::Badly(format!("was not done after {} s", call.deadline.as_secs()));
            }
            None => host.sleep(LOOK),
        }
    };
    if !matches!(ended, End::Well) {
        // Whatever it left behind, too: its progress page would hold port 80.
        running.stop(GRACE)?;
    }
    let (output, log) = write_log(host, running.as_ref(), header, log, progress)?;
    match ended {
        End::Well => Ok(()),
        End::Stopped => Err(InstallError::Interrupted { begun: true }),
        End::Badly(how) => Err(InstallError::Failed { how, output, log }),
    }
}

enum End {
    Well,
    Stopped,
    /// How, in words.
    Badly(String),
}

/// Tells the whole lines of `new` in which TLJH says what it does; returns how far that is.
fn tell_progress(new: &[u8], progress: &mut dyn Progress) -> usize {
    let Some(end) = new.iter().rposition(|byte| *byte == b'\n') else {
        return 0;
    };
    let text = String::from_utf8_lossy(&new[..end]);
    let says = |line: &&str| line.ends_with("...") && line.len() < 200;
    text.lines()
        .map(str::trim)
        .filter(says)
        .for_each(|line| progress.note(line));
    end + 1
}

/// Returns the last lines, and where all of them are. A log that cannot be written is told, and no reason
/// to fail.
fn write_log(
    host: &dyn Host,
    running: &dyn Running,
    header: &str,
    log: &Path,
    progress: &mut dyn Progress,
) -> Result<(Vec<String>, Option<PathBuf>), InstallError> {
    let (stdout, stderr) = running.output()?;
    let text = [header.as_bytes(), &stdout, &stderr].concat();
    let log = match host.write_atomic(log, &text, 0o600, None) {
        Ok(()) => Some(log.to_owned()),
        Err(error) => {
            progress.note(&format!("its output is not kept: {error}"));
            None
        }
    };
    let said = String::from_utf8_lossy(&[stdout, stderr].concat()).into_owned();
    let lines: Vec<_> = said.lines().filter(|line| !line.trim().is_empty()).collect();
    let last = lines.iter().rev().take(SHOWN_ON_FAILURE).rev();
    Ok((last.map(|line| (*line).to_owned()).collect(), log))
}
