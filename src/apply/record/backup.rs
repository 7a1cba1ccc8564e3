//! Copies of every file that a run may touch, made before it touches any.

use std::io;
use std::path::{Path, PathBuf};

use crate::apply::record::journal::{Backup, Journal, Left, Saved};
use crate::apply::record::state_dir::StateDir;
use crate::host::Host;
use crate::render::sha256_hex;
use crate::tljh::{FileState, HubFiles, observe::file_state};

/// What hubgate's temporary files and copies beside other files are called.
const OURS: &str = ".hubgate-";

/// Room for an undo and for the hub that it restarts: the hub's database needs some when it starts, and
/// so do traefik's files and our record.
pub const RESERVE: u64 = 16 * 1024 * 1024;

/// What holds that room until the run ends or is undone.
fn reserve_file(files: &HubFiles, id: &str) -> PathBuf {
    files.config_yaml().with_file_name(format!("{OURS}{id}.reserve"))
}

/// Takes [`RESERVE`], on the disk that the hub is on.
///
/// # Errors
/// When the disk has not so much.
pub fn take_reserve(host: &dyn Host, files: &HubFiles, id: &str) -> io::Result<()> {
    host.reserve(&reserve_file(files, id), RESERVE)
}

/// Gives it back, where it is still there.
///
/// # Errors
/// When it cannot be removed.
pub fn give_reserve_back(host: &dyn Host, files: &HubFiles, id: &str) -> io::Result<()> {
    let path = reserve_file(files, id);
    match host.stat(&path)? {
        Some(_) => host.remove(&path),
        None => Ok(()),
    }
}

/// Copies the files into the run's folder, and once more beside themselves, for an undo that has to
/// work on a full disk.
///
/// # Errors
/// When a file cannot be read or copied, or is a symbolic link, which could not be put back.
pub fn back_up(host: &dyn Host, journal: &Journal, files: &HubFiles) -> io::Result<Vec<Backup>> {
    touched(journal, files)
        .iter()
        .map(|path| back_up_one(host, journal, path))
        .collect()
}

/// hubgate's own files, and whatever else a step writes or removes.
fn touched(journal: &Journal, files: &HubFiles) -> Vec<PathBuf> {
    let mut paths = files.touched().to_vec();
    for path in journal.entries.iter().filter_map(|entry| entry.step.kind.file()) {
        if !paths.iter().any(|known| known == path) {
            paths.push(path.to_owned());
        }
    }
    paths
}

fn back_up_one(host: &dyn Host, Journal { id, folder, .. }: &Journal, path: &Path) -> io::Result<Backup> {
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
    let beside = path.with_file_name(format!("{OURS}{id}.{name}.before"));
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

/// Removes what hubgate left beside the files: copies for an undo, and temporary files of a write that
/// was cut off. Nobody else is at work while we hold the lock.
///
/// # Errors
/// When a folder cannot be read, or something cannot be removed; the rest is removed all the same.
pub fn remove_strays(host: &dyn Host, files: &HubFiles, state: &StateDir) -> io::Result<()> {
    let mut result = Ok(());
    for folder in [
        files.config_yaml().with_file_name(""),
        files.folder(),
        state.path().to_owned(),
    ] {
        result = result.and(remove_strays_in(host, &folder));
    }
    result
}

/// The same in one folder.
///
/// # Errors
/// As [`remove_strays`].
pub fn remove_strays_in(host: &dyn Host, folder: &Path) -> io::Result<()> {
    if host.stat(folder)?.is_none() {
        return Ok(());
    }
    let mut result = Ok(());
    for path in host.list(folder)?.into_iter().filter(|path| is_ours(path)) {
        result = result.and(host.remove(&path));
    }
    result
}

fn is_ours(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(OURS)
}

/// The copies that lie beside the files of a hub, whichever run made them, each with its file.
pub fn copies_beside(host: &dyn Host, files: &HubFiles) -> Vec<(PathBuf, PathBuf)> {
    let folders = [files.config_yaml().with_file_name(""), files.folder()];
    let lie_there = folders
        .iter()
        .flat_map(|folder| host.list(folder).unwrap_or_default());
    lie_there
        .filter_map(|copy| {
            let name = copied_name(copy.file_name()?.to_str()?)?;
            let file = copy.with_file_name(name);
            Some((copy, file))
        })
        .collect()
}

/// `x.py` of `.hubgate-20261122T013000.123456Z.x.py.before`; the name of a run ends in `Z`, or in `Z` and a number.
fn copied_name(copy: &str) -> Option<String> {
    let (_, rest) = copy.strip_prefix(OURS)?.split_once('Z')?;
    let numbered = rest.strip_prefix('-');
    let rest = numbered.map_or(rest, |rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    rest.strip_prefix('.')?.strip_suffix(".before").map(str::to_owned)
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

/// The bytes that were saved, from whichever copy is whole.
///
/// # Errors
/// When neither is.
pub fn saved_bytes(host: &dyn Host, saved: &Saved) -> io::Result<Vec<u8>> {
    let whole = |path: &Path| {
        host.read(path)
            .ok()
            .filter(|bytes| sha256_hex(bytes) == saved.sha256)
    };
    whole(&saved.copy)
        .or_else(|| whole(&saved.beside))
        .ok_or_else(|| {
            let text = format!("the backup {} is missing or damaged", saved.copy.display());
            io::Error::new(io::ErrorKind::InvalidData, text)
        })
}

/// Puts a file back as it was, by renaming the copy beside it, or else by writing it anew; removes it
/// where there was none.
///
/// # Errors
/// When the file is not as it was afterwards.
pub fn restore(host: &dyn Host, backup: &Backup) -> io::Result<()> {
    let Some(saved) = &backup.saved else {
        return remove_twice(host, &backup.path);
    };
    // What cannot be read is not the same; putting it back may still succeed.
    let same = |path: &Path| {
        let file = file_state(host, path).ok().flatten();
        file.is_some_and(|file| is_as_saved(&file, saved))
    };
    if same(&backup.path) {
        return Ok(());
    }
    // A rename that failed may have happened: only its folder's fsync failed then.
    if same(&saved.beside) && (host.rename(&saved.beside, &backup.path).is_ok() || same(&backup.path)) {
        return Ok(());
    }
    let bytes = saved_bytes(host, saved)?;
    let written = host.write_atomic(&backup.path, &bytes, saved.mode, Some(saved.owner));
    if same(&backup.path) { Ok(()) } else { written }
}

fn is_as_saved(file: &FileState, saved: &Saved) -> bool {
    sha256_hex(&file.bytes) == saved.sha256 && file.mode == saved.mode && file.owner == saved.owner
}

/// A second try costs nothing, and a disk may have had a bad moment.
fn remove_twice(host: &dyn Host, path: &Path) -> io::Result<()> {
    let mut result = Ok(());
    for _ in 0..2 {
        if host.stat(path)?.is_none() {
            return Ok(());
        }
        result = host.remove(path);
    }
    if host.stat(path)?.is_none() {
        Ok(())
    } else {
        result
    }
}
