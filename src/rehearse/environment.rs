//! The Python environment of one release: made once by pip, kept in the user's cache.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::python::Python;
use super::release::Pinned;
use crate::host::{Exit, Host, Invocation, Lock, RunError, Running};
use crate::progress::{Progress, timed};
use crate::told::Told;

/// Written last: an environment without it was never finished.
const FINISHED: &str = "hubgate-finished";

/// How long pip may take: 50 MB over a slow line, and perhaps a package to build.
const PIP_LIMIT: Duration = Duration::from_secs(1200);

/// How often pip is looked at.
const TICK: Duration = Duration::from_millis(150);

/// What would lead pip or Python to another place than the new environment.
const MISLEADING: [&str; 7] = [
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
    "VIRTUAL_ENV",
];

/// An environment with JupyterHub, oauthenticator and traefik in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubEnvironment {
    root: PathBuf,
}

/// Why there is no environment.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// Neither `XDG_CACHE_HOME` nor `HOME` is set.
    #[error("there is no place for the hub's environment: neither XDG_CACHE_HOME nor HOME is set")]
    NoPlace,
    /// The cache cannot be written.
    #[error("the hub's environment cannot be made: {0}")]
    File(#[from] std::io::Error),
    /// A program failed; its last lines follow.
    #[error("{what} failed ({how}):\n{}", indented(.lines))]
    Failed {
        /// Such as "python -m venv".
        what: &'static str,
        /// Exit code or deadline.
        how: String,
        /// The last lines that it printed.
        lines: Vec<String>,
    },
    /// Ctrl-C.
    #[error("stopped on request")]
    Interrupted,
}

impl Told for EnvironmentError {
    fn remedy(&self) -> Option<String> {
        let text = match self {
            EnvironmentError::NoPlace => "set XDG_CACHE_HOME to a folder that you may write to",
            EnvironmentError::File(_) => {
                "free some space there (one environment takes 400 MB), or set XDG_CACHE_HOME to another folder"
            }
            EnvironmentError::Failed { what: "pip", .. } => {
                "the packages come from PyPI, or from where your pip is configured to look (PIP_INDEX_URL, PIP_PROXY); \
                 nothing else of a rehearsal needs a network"
            }
            EnvironmentError::Failed { .. } | EnvironmentError::Interrupted => return None,
        };
        Some(text.to_owned())
    }
}

fn indented(lines: &[String]) -> String {
    lines
        .iter()
        .map(|line| format!("    {line}"))
        .collect::<Vec<_>>()
        .join("\n")
}

impl HubEnvironment {
    /// Its Python.
    pub fn python(&self) -> PathBuf {
        self.bin().join("python")
    }

    /// Its folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where its programs are: traefik among them.
    pub fn bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    fn is_ready(&self, host: &dyn Host) -> Result<bool, EnvironmentError> {
        if host.stat(&self.root.join(FINISHED))?.is_none() {
            return Ok(false);
        }
        // The Python that it leads to may have been uninstalled since.
        Ok(matches!(host.stat(&self.python()), Ok(Some(_))))
    }
}

/// The environment for these pins and this Python, made if it is not there yet. Only one process at a
/// time makes it; others wait.
///
/// # Errors
/// When the cache cannot be written, or pip cannot install the packages.
pub fn prepare(
    host: &dyn Host,
    python: &Python,
    pinned: &Pinned,
    progress: &mut dyn Progress,
) -> Result<HubEnvironment, EnvironmentError> {
    let folder = cache_folder(host)?;
    let name = name(python, pinned);
    let environment = HubEnvironment {
        root: folder.join(&name),
    };
    if environment.is_ready(host)? {
        return Ok(environment);
    }
    host.create_dir(&folder, 0o700)?;
    let _lock = wait_for_lock(host, &folder.join(format!("{name}.lock")), progress)?;
    if !environment.is_ready(host)? {
        let release = pinned.release;
        let words = format!(
            "install JupyterHub {} and oauthenticator {}, once",
            release.jupyterhub, release.oauthenticator
        );
        timed(host, progress, &words, |progress| {
            make(host, python, pinned, &environment, progress)
        })?;
    }
    Ok(environment)
}

fn cache_folder(host: &dyn Host) -> Result<PathBuf, EnvironmentError> {
    let set = host
        .var("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|folder| folder.is_absolute());
    let cache = set
        .or_else(|| Some(host.home()?.join(".cache")))
        .ok_or(EnvironmentError::NoPlace)?;
    Ok(cache.join("hubgate").join("rehearse"))
}

/// Changes with the pins and with the Python, so what is there under this name is what is wanted.
fn name(python: &Python, pinned: &Pinned) -> String {
    let what = format!("{}\0{}\0{}", pinned.requirements, python.version, python.home);
    let digest = Sha256::digest(what.as_bytes());
    let hex: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("jupyterhub-{}-{hex}", pinned.release.jupyterhub)
}

fn wait_for_lock(
    host: &dyn Host,
    path: &Path,
    progress: &mut dyn Progress,
) -> Result<Lock, EnvironmentError> {
    let mut told = false;
    loop {
        if let Some(lock) = host.try_lock(path)? {
            return Ok(lock);
        }
        if host.interrupt().is_due() {
            return Err(EnvironmentError::Interrupted);
        }
        if !told {
            progress.note("wait for another rehearsal, which is installing the same hub");
            told = true;
        }
        host.sleep(TICK);
    }
}

fn make(
    host: &dyn Host,
    python: &Python,
    pinned: &Pinned,
    environment: &HubEnvironment,
    progress: &mut dyn Progress,
) -> Result<(), EnvironmentError> {
    let finished = environment.root.join(FINISHED);
    if host.stat(&finished)?.is_some() {
        host.remove(&finished)?;
    }
    // --clear: what an interrupted run left here goes.
    let call = Invocation::new(&python.path)
        .args(["-I", "-m", "venv", "--clear"])
        .arg(&environment.root);
    run(
        host,
        "python -m venv",
        clean(call, host).deadline(Duration::from_secs(120)),
        |_| {},
    )?;
    let pins = environment.root.join("requirements.txt");
    host.write_atomic(&pins, pinned.requirements.as_bytes(), 0o644, None)?;
    let call = Invocation::new(environment.python())
        .args([
            "-I",
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-input",
        ])
        // The pins are complete, and of what they bring a hub loads a small part.
        .args([
            "--no-deps",
            "--no-compile",
            "--progress-bar",
            "off",
            "--requirement",
        ])
        .arg(pins)
        .deadline(PIP_LIMIT);
    let of = pinned.packages();
    let mut unpacking = false;
    run(host, "pip", clean(call, host), |printed| {
        let lines = printed.lines();
        if unpacking {
            return;
        }
        if lines
            .clone()
            .any(|line| line.starts_with("Installing collected packages"))
        {
            unpacking = true;
            progress.note("unpack the packages");
            return;
        }
        let done = lines.filter(|line| line.starts_with("Collecting ")).count();
        progress.count(done.min(of), of);
    })?;
    host.write_atomic(&finished, b"", 0o644, None)?;
    Ok(())
}

/// Without what would lead it elsewhere. Settings of where packages come from stay.
fn clean(call: Invocation, host: &dyn Host) -> Invocation {
    let set = MISLEADING.into_iter().filter(|name| host.var(name).is_some());
    set.fold(call, |call, name| call.env_remove(name))
}

/// Runs a program to its end and shows what it has printed on standard output so far.
fn run(
    host: &dyn Host,
    what: &'static str,
    call: Invocation,
    mut watch: impl FnMut(&str),
) -> Result<(), EnvironmentError> {
    let failed = |how: String, program: Option<&dyn Running>| EnvironmentError::Failed {
        what,
        how,
        lines: program.map(last_lines).unwrap_or_default(),
    };
    let mut program = host
        .start(&call)
        .map_err(|error: RunError| failed(error.to_string(), None))?;
    let end = host.monotonic() + call.deadline;
    loop {
        match program.poll()? {
            Some(Exit::Code(0)) => return Ok(()),
            Some(exit) => return Err(failed(exit.to_string(), Some(&*program))),
            None => {}
        }
        let interrupted = host.interrupt().is_due();
        if interrupted || host.monotonic() >= end {
            program.stop(Duration::from_secs(2))?;
            let seconds = call.deadline.as_secs();
            return Err(if interrupted {
                EnvironmentError::Interrupted
            } else {
                failed(format!("not done after {seconds} s"), Some(&*program))
            });
        }
        watch(&String::from_utf8_lossy(&program.output()?.0));
        host.sleep(TICK);
    }
}

/// The end of what a program said, of repeated warnings the last.
fn last_lines(program: &dyn Running) -> Vec<String> {
    let (stdout, stderr) = program.output().unwrap_or_default();
    let words = if stderr.iter().all(u8::is_ascii_whitespace) {
        stdout
    } else {
        stderr
    };
    let words = String::from_utf8_lossy(&words);
    let lines: Vec<&str> = words.lines().filter(|line| !line.trim().is_empty()).collect();
    let last_warning = lines.iter().rposition(|line| line.starts_with("WARNING"));
    let told: Vec<&str> = lines
        .iter()
        .enumerate()
        .filter(|(at, line)| !line.starts_with("WARNING") || Some(*at) == last_warning)
        .map(|(_, line)| *line)
        .collect();
    // pip lists every version that there is of a package that it cannot find.
    let cut = |line: &&str| line.chars().take(300).collect();
    told.iter().skip(told.len().saturating_sub(8)).map(cut).collect()
}

/// `PATH` with the environment's programs first.
pub(super) fn path_with(host: &dyn Host, environment: &HubEnvironment) -> OsString {
    let mut path = environment.bin().into_os_string();
    if let Some(inherited) = host.var("PATH").filter(|inherited| !inherited.is_empty()) {
        path.push(":");
        path.push(inherited);
    }
    path
}

#[cfg(test)]
mod tests;
