//! Before anything is touched: would the hub start with the new settings, and let in whom the answers name?
//!
//! The hub's own Python looks at a copy of the settings as they would be, with a placeholder for the
//! client secret.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::answers::Answers;
use crate::apply::error::{Cause, last_lines};
use crate::apply::record::backup::RESERVE;
use crate::apply::record::state_dir::StateDir;
use crate::apply::step::action::content;
use crate::host::Host;
use crate::plan::Step;
use crate::render::render_awscognito;
use crate::tljh::login::{Verdict, who_gets_in};
use crate::tljh::look::LookError;
use crate::tljh::{ConfigYaml, HubFiles, Observed};

/// Backups, journals and new files need some kilobytes; this leaves room for the hub too.
const SPACE_NEEDED: u64 = RESERVE + 4 * 1024 * 1024;

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

/// Lets the hub's Python say who gets in with the settings as these steps would leave them. `shadow` is a folder
/// that is made for it and removed again; without steps there is none, and the hub's own are asked about.
///
/// # Errors
/// When its Python cannot be run, or the copy cannot be made.
pub fn judge_candidate(
    host: &dyn Host,
    observed: &Observed,
    steps: &[Step],
    shadow: &Path,
    answers: &Answers,
) -> Result<Verdict, Cause> {
    let rendered = render_awscognito(answers)?;
    let ask = |settings: &Path, config: &ConfigYaml| {
        who_gets_in(host, &observed.files, settings, config, answers, &rendered).map_err(not_asked)
    };
    let mut config = observed.config.clone().unwrap_or_default();
    if steps.is_empty() {
        return ask(observed.files.prefix(), &config);
    }
    for change in steps.iter().filter_map(|step| step.kind.change()) {
        config = config.after(change);
    }
    remove_tree(host, shadow)?;
    let written = write_shadow(host, observed, steps, &config, shadow);
    let verdict = written.and_then(|()| ask(shadow, &config));
    remove_tree(host, shadow)?;
    verdict
}

fn not_asked(error: LookError) -> Cause {
    match error {
        LookError::NotEnded { program, source } => Cause::not_ended(&program, *source, None),
        LookError::NoAnswer {
            program,
            exit,
            output,
        } => Cause::ProgramFailed {
            program,
            exit,
            output: last_lines(&output, None),
        },
    }
}

fn write_shadow(
    host: &dyn Host,
    observed: &Observed,
    steps: &[Step],
    config: &ConfigYaml,
    shadow: &Path,
) -> Result<(), Cause> {
    let files = HubFiles::new(shadow);
    host.create_dir(&files.folder(), 0o700)?;
    // The settings files that are not as they lie there.
    let mut settings = BTreeMap::<PathBuf, Option<Vec<u8>>>::new();
    let awscognito_py = observed.awscognito_py.as_ref().map(|file| file.bytes.clone());
    settings.insert(observed.files.awscognito_py(), awscognito_py);
    for step in steps {
        if let Some(path) = step.kind.file() {
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
