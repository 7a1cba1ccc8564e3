//! Before anything is touched: would the hub start with the new settings?
//!
//! The hub's own Python loads a copy of the settings as they would be, with a placeholder for the
//! client secret, and makes the authenticator.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::apply::error::{Cause, last_lines};
use crate::apply::record::backup::RESERVE;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::action::content;
use crate::host::{Host, Invocation};
use crate::plan::Step;
use crate::tljh::{HubFiles, Observed, units};

const SCRIPT: &str = concat!(
    include_str!("../../../templates/apply/quick_start.py"),
    include_str!("../../../templates/apply/preflight.py")
);
/// Importing JupyterHub takes a second, on a small and busy instance ten.
const DEADLINE: Duration = Duration::from_secs(90);
/// Backups, journals and new files need some kilobytes; this leaves room for the hub too.
const SPACE_NEEDED: u64 = RESERVE + 4 * 1024 * 1024;

/// What the hub's Python found.
#[derive(Debug, Deserialize)]
struct Findings {
    errors: Vec<String>,
    warnings: Vec<String>,
}

/// Checks that the disk has room.
///
/// # Errors
/// When it has not, or cannot be asked.
pub fn disk_space(host: &dyn Host, observed: &Observed, state: &StateDir) -> Result<(), Cause> {
    for path in [observed.files.folder(), state.path().to_owned()] {
        let free = host.free_space(&path)?;
        if free < SPACE_NEEDED {
            return Err(Cause::DiskSpace {
                path,
                free,
                needed: SPACE_NEEDED,
            });
        }
    }
    Ok(())
}

/// Lets the hub's Python load the settings as these steps would leave them. Returns what it warns of.
///
/// # Errors
/// When the hub would not start with them, or its Python cannot be run.
pub fn load_candidate(
    host: &dyn Host,
    observed: &Observed,
    steps: &[Step],
    state: &StateDir,
) -> Result<Vec<String>, Cause> {
    let shadow = state.path().join("preflight");
    remove_tree(host, &shadow)?;
    let written = write_shadow(host, observed, steps, &shadow);
    let findings = written.and_then(|()| run(host, observed, &shadow));
    remove_tree(host, &shadow)?;
    let findings = findings?;
    let real = observed.files.prefix().to_string_lossy().into_owned();
    let named = |text: &String| text.replace(&*shadow.to_string_lossy(), &real);
    if findings.errors.is_empty() {
        return Ok(findings.warnings.iter().map(named).collect());
    }
    Err(Cause::Preflight(findings.errors.iter().map(named).collect()))
}

fn write_shadow(host: &dyn Host, observed: &Observed, steps: &[Step], shadow: &Path) -> Result<(), Cause> {
    let files = HubFiles::new(shadow);
    host.create_dir(&files.folder(), 0o700)?;
    let mut config = observed.config.clone().unwrap_or_default();
    // The settings files that are not as they lie there.
    let mut settings = BTreeMap::<PathBuf, Option<Vec<u8>>>::new();
    let awscognito_py = observed.awscognito_py.as_ref().map(|file| file.bytes.clone());
    settings.insert(observed.files.awscognito_py(), awscognito_py);
    for step in steps {
        if let Some(change) = step.kind.change() {
            config = config.after(change);
        } else if let Some(path) = step.kind.file() {
            settings.insert(path.to_owned(), content(host, None, &step.kind)?);
        }
    }
    for path in [observed.files.config_yaml(), observed.files.awscognito_secret()] {
        settings.insert(path, None);
    }
    let write = |path: &Path, bytes: &[u8]| host.write_atomic(path, bytes, 0o600, None);
    write(&files.config_yaml(), config.to_json().as_bytes())?;
    write(&files.awscognito_secret(), b"placeholder\n")?;
    for (path, bytes) in &settings {
        if let (Some(bytes), Some(name)) = (bytes, path.file_name()) {
            write(&files.folder().join(name), bytes)?;
        }
    }
    copy_the_rest(host, observed, &settings, &files.folder())
}

/// Other settings, and whatever they may read from beside them.
fn copy_the_rest(
    host: &dyn Host,
    observed: &Observed,
    written: &BTreeMap<PathBuf, Option<Vec<u8>>>,
    shadow: &Path,
) -> Result<(), Cause> {
    const LARGEST: u64 = 1 << 20;
    let folder = observed.files.folder();
    if host.stat(&folder)?.is_none() {
        return Ok(());
    }
    for path in host
        .list(&folder)?
        .into_iter()
        .filter(|path| !written.contains_key(path))
    {
        // A link that leads nowhere is not what the hub would read either.
        let Ok(Some(stat)) = host.stat(&path) else {
            continue;
        };
        if !stat.is_dir && stat.len <= LARGEST {
            let name = path.file_name().unwrap_or_default();
            host.write_atomic(&shadow.join(name), &host.read(&path)?, 0o600, None)?;
        }
    }
    Ok(())
}

fn run(host: &dyn Host, observed: &Observed, shadow: &Path) -> Result<Findings, Cause> {
    let shown = format!("{} (loading the new settings)", observed.files.python().display());
    let mut call = Invocation::new(observed.files.python())
        .arg("-")
        .stdin(SCRIPT)
        .deadline(DEADLINE);
    for (name, value) in units::hub_environment(host) {
        call = call.env(name, value);
    }
    let finished = host
        .run(
            &call
                .env("TLJH_INSTALL_PREFIX", shadow)
                .env("PYTHONUNBUFFERED", "1")
                .cwd("/"),
        )
        .map_err(|source| Cause::not_ended(&shown, source, None))?;
    let line = finished.stdout_text();
    serde_json::from_str(line.lines().last().unwrap_or_default()).map_err(|_| Cause::ProgramFailed {
        program: shown,
        exit: finished.exit.to_string(),
        output: last_lines(&finished.stderr_text(), None),
    })
}

/// Removes a folder that we made, with all in it.
fn remove_tree(host: &dyn Host, path: &Path) -> Result<(), Cause> {
    let Some(stat) = host.stat(path)? else {
        return Ok(());
    };
    if !stat.is_dir {
        return Ok(host.remove(path)?);
    }
    let children: Vec<PathBuf> = host.list(path)?;
    for child in children {
        remove_tree(host, &child)?;
    }
    Ok(host.remove_dir(path)?)
}
