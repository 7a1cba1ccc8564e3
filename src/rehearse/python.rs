//! A Python that a hub can run on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::host::{Host, Invocation, RunError};
use crate::told::Told;

/// What the pinned packages were tried with; a newer Python is taken where there is nothing else.
const TRIED: std::ops::RangeInclusive<(u32, u32)> = (3, 10)..=(3, 13);

/// Tried after `python3`, newest first.
const OTHER_NAMES: [&str; 4] = ["python3.13", "python3.12", "python3.11", "python3.10"];

/// What a Python says of itself. Modules that Debian and others split off are named when they miss.
const PROBE: &str = "\
import importlib.util, json, sys
missing = [m for m in ('venv', 'ensurepip', 'ssl', 'sqlite3') if importlib.util.find_spec(m) is None]
print(json.dumps({'version': list(sys.version_info[:3]), 'home': sys.base_prefix, 'missing': missing}))";

/// A Python interpreter that can make environments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// Its path.
    pub path: PathBuf,
    /// Such as 3.11.7.
    pub version: String,
    /// Where it is installed: environments made by it die with that.
    pub home: String,
}

/// Why there is no Python to use.
#[derive(Debug, thiserror::Error)]
pub enum PythonError {
    /// Nothing of that name.
    #[error("there is no python3 on this machine")]
    Missing,
    /// All that was found is too old.
    #[error("a rehearsal needs Python 3.10 or newer, and {} is {version}", path.display())]
    TooOld {
        /// The first one found.
        path: PathBuf,
        /// Its version.
        version: String,
    },
    /// Parts of the standard library are not installed.
    #[error("{} ({version}) lacks {}", path.display(), missing.join(", "))]
    Incomplete {
        /// The first one found.
        path: PathBuf,
        /// Its version.
        version: String,
        /// The modules.
        missing: Vec<String>,
    },
    /// It does not even say its version.
    #[error("{} does not work: {reason}", path.display())]
    Broken {
        /// The program.
        path: PathBuf,
        /// Its last words.
        reason: String,
    },
    /// Ctrl-C.
    #[error("stopped on request")]
    Interrupted,
}

impl Told for PythonError {
    fn remedy(&self) -> Option<String> {
        match self {
            PythonError::Missing | PythonError::TooOld { .. } => Some(
                "install one (Debian, Ubuntu: apt install python3 python3-venv), or name it with --python"
                    .into(),
            ),
            PythonError::Incomplete { version, .. } => {
                let minor = version.rsplit_once('.').map_or("3", |(minor, _)| minor);
                Some(format!(
                    "on Debian and Ubuntu: apt install python{minor}-venv; or name another with --python"
                ))
            }
            PythonError::Broken { .. } => Some("name another with --python".into()),
            PythonError::Interrupted => None,
        }
    }
}

#[derive(Deserialize)]
struct Probed {
    version: (u32, u32, u32),
    home: String,
    missing: Vec<String>,
}

/// The Python that was named, or the best of those on this machine.
///
/// # Errors
/// When none will do; the error is about the first one found.
pub fn find(host: &dyn Host, named: Option<&Path>) -> Result<Python, PythonError> {
    if let Some(named) = named {
        let path = host
            .find(&named.to_string_lossy())
            .unwrap_or_else(|| named.to_owned());
        return usable(&path, probe(host, &path)?);
    }
    let mut newer = None;
    let mut first_error = None;
    for path in ["python3"]
        .iter()
        .chain(&OTHER_NAMES)
        .filter_map(|name| host.find(name))
    {
        let outcome = match probe(host, &path) {
            Err(PythonError::Interrupted) => return Err(PythonError::Interrupted),
            Err(error) => Err(error),
            Ok(probed) => {
                let tried = TRIED.contains(&(probed.version.0, probed.version.1));
                usable(&path, probed).map(|python| (tried, python))
            }
        };
        match outcome {
            Ok((true, python)) => return Ok(python),
            Ok((false, python)) => newer = newer.or(Some(python)),
            Err(error) => first_error = first_error.or(Some(error)),
        }
    }
    newer.ok_or_else(|| first_error.unwrap_or(PythonError::Missing))
}

fn usable(path: &Path, probed: Probed) -> Result<Python, PythonError> {
    let (major, minor, patch) = probed.version;
    let (path, version) = (path.to_owned(), format!("{major}.{minor}.{patch}"));
    if (major, minor) < *TRIED.start() {
        return Err(PythonError::TooOld { path, version });
    }
    if !probed.missing.is_empty() {
        return Err(PythonError::Incomplete {
            path,
            version,
            missing: probed.missing,
        });
    }
    Ok(Python {
        path,
        version,
        home: probed.home,
    })
}

fn probe(host: &dyn Host, path: &Path) -> Result<Probed, PythonError> {
    let broken = |reason: String| PythonError::Broken {
        path: path.to_owned(),
        reason,
    };
    let call = Invocation::new(path)
        .args(["-I", "-c", PROBE])
        .deadline(Duration::from_secs(20));
    let finished = host.run(&call).map_err(|error| match error {
        RunError::Interrupted { .. } => PythonError::Interrupted,
        RunError::NotFound { .. } => broken("it is not there".to_owned()),
        other => broken(other.to_string()),
    })?;
    if !finished.success() {
        let words = finished.stderr_text();
        let last = words.lines().rfind(|line| !line.trim().is_empty());
        return Err(broken(
            last.map_or_else(|| finished.exit.to_string(), str::to_owned),
        ));
    }
    serde_json::from_slice(&finished.stdout)
        .map_err(|_| broken("it does not answer as a Python does".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::host::memory::{MemoryHost, failed, finished};

    fn says(version: &str, missing: &str) -> String {
        format!(r#"{{"version": [{version}], "home": "/usr", "missing": [{missing}]}}"#)
    }

    fn install(host: &MemoryHost, name: &str, version: &'static str, missing: &'static str) {
        host.program(format!("/usr/bin/{name}"), move |_, _| {
            Ok(finished(says(version, missing)))
        });
    }

    #[test]
    fn python3_is_taken_when_it_is_new_enough() {
        let host = MemoryHost::new();
        install(&host, "python3.12", "3, 12, 1", "");
        install(&host, "python3", "3, 11, 7", "");
        assert_eq!(find(&host, None).unwrap().version, "3.11.7");
    }

    #[test]
    fn another_is_taken_when_python3_is_too_old_or_too_new_or_not_whole() {
        for (version, missing) in [("3, 8, 10", ""), ("3, 99, 0", ""), ("3, 11, 2", "\"ensurepip\"")] {
            let host = MemoryHost::new();
            install(&host, "python3", version, missing);
            install(&host, "python3.10", "3, 10, 13", "");
            assert_eq!(find(&host, None).unwrap().version, "3.10.13");
        }
    }

    #[test]
    fn a_python_from_the_future_is_better_than_none() {
        let host = MemoryHost::new();
        install(&host, "python3", "3, 99, 0", "");
        assert_eq!(find(&host, None).unwrap().version, "3.99.0");
    }

    #[test]
    fn what_is_wrong_with_python3_is_said() {
        for (version, missing, words) in [
            (
                "3, 8, 10",
                "",
                "a rehearsal needs Python 3.10 or newer, and /usr/bin/python3 is 3.8.10",
            ),
            (
                "3, 11, 2",
                "\"ensurepip\", \"sqlite3\"",
                "/usr/bin/python3 (3.11.2) lacks ensurepip, sqlite3",
            ),
        ] {
            let host = MemoryHost::new();
            install(&host, "python3", version, missing);
            let error = find(&host, None).unwrap_err();
            assert_eq!(error.to_string(), words);
            assert!(error.remedy().unwrap().contains("apt install python3"), "{error}");
        }
    }

    #[test]
    fn no_python_and_a_broken_one_are_told_apart() {
        let host = MemoryHost::new();
        assert_eq!(
            find(&host, None).unwrap_err().to_string(),
            "there is no python3 on this machine"
        );
        host.program("/usr/bin/python3", |_, _| {
            Ok(failed(127, "pyenv: python3: command not found\n"))
        });
        let words = "/usr/bin/python3 does not work: pyenv: python3: command not found";
        assert_eq!(find(&host, None).unwrap_err().to_string(), words);
    }
}
