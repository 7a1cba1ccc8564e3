use std::fs::{File, Permissions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use fs_err as fs;
use rustix::fs::{FallocateFlags, fallocate};
use rustix::io::Errno;

use super::SystemHost;
use crate::host::{Files, Lock, Stat};

impl Files for SystemHost {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        fs::read(path)
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let itself = match fs::symlink_metadata(path) {
            Ok(itself) => itself,
            // A path below a file is not there either.
            Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(None),
            Err(e) => return Err(e),
        };
        let is_symlink = itself.is_symlink();
        let meta = if is_symlink { fs::metadata(path)? } else { itself };
        Ok(Some(Stat {
            mode: meta.mode() & 0o7777,
            uid: meta.uid(),
            gid: meta.gid(),
            len: meta.len(),
            is_dir: meta.is_dir(),
            is_symlink,
            mtime: meta.modified()?,
        }))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut paths = fs::read_dir(folder)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    }

    fn create_dir(&self, path: &Path, mode: u32) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            self.create_dir(parent, mode)?;
        }
        match std::fs::DirBuilder::new().mode(mode).create(path) {
            // The umask may have taken bits away.
            Ok(()) => fs::set_permissions(path, Permissions::from_mode(mode)),
            Err(e) if e.kind() == ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
            Err(e) => Err(naming(e, "cannot make the folder", path)),
        }
    }

    fn write_atomic(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        owner: Option<(u32, u32)>,
    ) -> io::Result<()> {
        refuse_link_or_folder(path)?;
        let folder = parent_of(path);
        let named = |e| naming(e, "cannot write", path);
        // Dropped on every early return, and removed with that.
        let mut temporary = tempfile::Builder::new()
            .prefix(".hubgate-")
            .permissions(Permissions::from_mode(0o600))
            .tempfile_in(folder)
            .map_err(named)?;
        let file = temporary.as_file_mut();
        // Before the bytes: at no moment can anyone read them who may not.
        if let Some((uid, gid)) = owner {
            fchown(&*file, Some(uid), Some(gid)).map_err(named)?;
        }
        // After chown, which may clear bits.
        file.set_permissions(Permissions::from_mode(mode))
            .map_err(named)?;
        file.write_all(bytes).map_err(named)?;
        file.sync_all().map_err(named)?;
        temporary.persist(path).map_err(|e| named(e.error))?;
        sync_folder(folder).map_err(named)
    }

    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(path);
        let taken = file.and_then(|file| match fallocate(&file, FallocateFlags::empty(), 0, bytes) {
            // Not every file system can.
            Err(Errno::OPNOTSUPP | Errno::NOSYS) => {
                io::copy(&mut io::repeat(0).take(bytes), &mut &file).map(|_| ())
            }
            result => result.map_err(io::Error::from),
        });
        taken.map_err(|error| {
            if error.kind() != ErrorKind::AlreadyExists {
                let _ = std::fs::remove_file(path);
            }
            naming(error, "cannot take room with", path)
        })
    }

    fn write_together(&self, folder: &Path, files: &[(&str, &[u8], u32)]) -> io::Result<()> {
        // Everything that can fail comes first; what is dropped on an early return is removed.
        let mut staged = Vec::new();
        for (name, bytes, mode) in files {
            let path = folder.join(name);
            let named = |e| naming(e, "cannot write", &path);
            refuse_link_or_folder(&path)?;
            let mut temporary = tempfile::Builder::new()
                .prefix(".hubgate-")
                .permissions(Permissions::from_mode(0o600))
                .tempfile_in(folder)
                .map_err(named)?;
            let file = temporary.as_file_mut();
            file.set_permissions(Permissions::from_mode(*mode))
                .map_err(named)?;
            file.write_all(bytes).map_err(named)?;
            staged.push((temporary, path));
        }
        for (temporary, path) in staged {
            let persisted = temporary.persist(&path);
            persisted.map_err(|e| naming(e.error, "cannot write", &path))?;
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)?;
        sync_folder(parent_of(path))
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        fs::remove_dir(path)?;
        sync_folder(parent_of(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        sync_folder(parent_of(to))
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        fs::set_permissions(path, Permissions::from_mode(mode))
    }

    fn free_space(&self, path: &Path) -> io::Result<u64> {
        let there = path.ancestors().find(|p| p.exists()).unwrap_or(Path::new("."));
        let stat = rustix::fs::statvfs(there)
            .map_err(|e| naming(e.into(), "cannot ask for the free space of", there))?;
        // What root keeps for itself is free to root only.
        let blocks = if rustix::process::geteuid().is_root() {
            stat.f_bfree
        } else {
            stat.f_bavail
        };
        Ok(blocks.saturating_mul(stat.f_frsize))
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path)
            .map_err(|e| naming(e, "cannot open the lock", path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock::new(file))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(e)) => Err(naming(e, "cannot lock", path)),
        }
    }
}

/// To follow a link would write where nobody looked, to replace it would lose it for good.
fn refuse_link_or_folder(path: &Path) -> io::Result<()> {
    if let Ok(meta) = std::fs::symlink_metadata(path) {
        if meta.is_symlink() {
            let what = "is a symbolic link: hubgate neither follows nor replaces it";
            return Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("{} {what}", path.display()),
            ));
        }
        if meta.is_dir() {
            return Err(io::Error::new(
                ErrorKind::IsADirectory,
                format!("{} is a folder", path.display()),
            ));
        }
    }
    Ok(())
}

fn parent_of(path: &Path) -> &Path {
    path.parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

/// Makes a rename or a removal last through a power cut.
fn sync_folder(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

fn naming(error: io::Error, what: &str, path: &Path) -> io::Error {
    io::Error::new(error.kind(), format!("{what} {}: {error}", path.display()))
}
