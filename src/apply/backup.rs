//! Copies of every file that a run may touch, made before it touches any.

use std::io;
use std::path::{Path, PathBuf};

use super::journal::{Backup, Left, Saved};
use super::observe::file_state;
use super::state_dir::StateDir;
use crate::host::Host;
use crate::plan::HubFiles;
use crate::render::sha256_hex;

/// Copies the files into the run's folder, and once more beside themselves, for an undo that has to
/// work on a full disk.
///
/// # Errors
/// When a file cannot be read or copied, or is a symbolic link, which could not be put back.
pub fn back_up(host: &dyn Host, state: &StateDir, id: &str, files: &HubFiles) -> io::Result<Vec<Backup>> {
    let folder = state.run(id);
    let mut backups = Vec::new();
    for path in [
        files.config_yaml(),
        files.awscognito_py(),
        files.awscognito_secret(),
    ] {
        backups.push(back_up_one(host, &folder, id, &path)?);
    }
    Ok(backups)
}

fn back_up_one(host: &dyn Host, folder: &Path, id: &str, path: &Path) -> io::Result<Backup> {
    if host.stat(path)?.is_some_and(|stat| stat.is_symlink) {
        let text = format!(
            "{} is a symbolic link; hubgate could not put it back to the byte",
            path.display()
        );
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    let Some(file) = file_state(host, path)? else {
        return Ok(Backup {
            path: path.to_owned(),
            saved: None,
        });
    };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let copy = folder.join(format!("{name}.before"));
    let beside = path.with_file_name(format!(".hubgate-{id}.{name}.before"));
    host.write_atomic(&copy, &file.bytes, 0o600, None)?;
    host.write_atomic(&beside, &file.bytes, file.mode, Some(file.owner))?;
    let saved = Saved {
        copy,
        beside,
        sha256: sha256_hex(&file.bytes),
        mode: file.mode,
        owner: file.owner,
    };
    Ok(Backup {
        path: path.to_owned(),
        saved: Some(saved),
    })
}

/// Removes the copies that lie beside the files. What is gone already is no error.
///
/// # Errors
/// When one is there and cannot be removed.
pub fn remove_beside(host: &dyn Host, backups: &[Backup]) -> io::Result<()> {
    for saved in backups.iter().filter_map(|backup| backup.saved.as_ref()) {
        if host.stat(&saved.beside)?.is_some() {
            host.remove(&saved.beside)?;
        }
    }
    Ok(())
}

/// Removes copies beside files that a crash left before the journal could name them.
///
/// # Errors
/// When a folder cannot be read.
pub fn remove_strays(host: &dyn Host, files: &HubFiles) -> io::Result<()> {
    for folder in [files.config_yaml().with_file_name(""), files.folder()] {
        if host.stat(&folder)?.is_none() {
            continue;
        }
        let stray = |path: &PathBuf| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with(".hubgate-") && name.ends_with(".before")
        };
        for path in host.list(&folder)?.into_iter().filter(stray) {
            host.remove(&path)?;
        }
    }
    Ok(())
}

/// What the files are now, for a later rollback to see whether someone changed them.
///
/// # Errors
/// When one cannot be read.
pub fn left(host: &dyn Host, backups: &[Backup]) -> io::Result<Vec<Left>> {
    backups
        .iter()
        .map(|backup| {
            Ok(Left {
                path: backup.path.clone(),
                sha256: sha256_of(host, &backup.path)?,
            })
        })
        .collect()
}

/// The SHA-256 of a file, where it is there.
///
/// # Errors
/// When it is there but cannot be read.
pub fn sha256_of(host: &dyn Host, path: &Path) -> io::Result<Option<String>> {
    Ok(file_state(host, path)?.map(|file| sha256_hex(&file.bytes)))
}

/// Puts a file back as it was, by renaming the copy beside it, or from the run's folder when that copy
/// is gone; removes it where there was none.
///
/// # Errors
/// When the file cannot be put back.
pub fn restore(host: &dyn Host, backup: &Backup) -> io::Result<()> {
    let Some(saved) = &backup.saved else {
        return if host.stat(&backup.path)?.is_some() {
            host.remove(&backup.path)
        } else {
            Ok(())
        };
    };
    let same = |file: &crate::plan::FileState| {
        sha256_hex(&file.bytes) == saved.sha256 && file.mode == saved.mode && file.owner == saved.owner
    };
    if file_state(host, &backup.path)?.as_ref().is_some_and(same) {
        return Ok(());
    }
    if file_state(host, &saved.beside)?.as_ref().is_some_and(same) {
        return host.rename(&saved.beside, &backup.path);
    }
    let bytes = host.read(&saved.copy)?;
    if sha256_hex(&bytes) != saved.sha256 {
        let text = format!("the backup {} is damaged", saved.copy.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, text));
    }
    host.write_atomic(&backup.path, &bytes, saved.mode, Some(saved.owner))
}
