use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::{Event, MemoryHost};
use crate::host::{Clock, Files, Lock, Stat};

/// A file, or a folder (`bytes` is `None`). Two are equal when bytes, mode and owner are.
#[derive(Debug, Clone)]
pub struct Node {
    pub bytes: Option<Vec<u8>>,
    pub mode: u32,
    pub owner: (u32, u32),
    mtime: SystemTime,
}

impl Node {
    pub(super) fn folder(mode: u32) -> Self {
        Node {
            bytes: None,
            mode,
            owner: (0, 0),
            mtime: SystemTime::UNIX_EPOCH,
        }
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, self.mode, self.owner) == (&other.bytes, other.mode, other.owner)
    }
}

impl MemoryHost {
    /// Puts a file there, with the folders above it (0755), unrecorded.
    pub fn put(&self, path: impl AsRef<Path>, bytes: impl Into<Vec<u8>>, mode: u32) {
        self.put_node(path.as_ref(), Some(bytes.into()), mode);
    }

    /// Puts a folder there, with the folders above it (0755), unrecorded.
    pub fn put_folder(&self, path: impl AsRef<Path>, mode: u32) {
        self.put_node(path.as_ref(), None, mode);
    }

    fn put_node(&self, path: &Path, bytes: Option<Vec<u8>>, mode: u32) {
        let mtime = self.now();
        let mut machine = self.machine();
        for parent in path.ancestors().skip(1) {
            machine
                .nodes
                .entry(parent.to_owned())
                .or_insert_with(|| Node::folder(0o755));
        }
        machine.nodes.insert(
            path.to_owned(),
            Node {
                bytes,
                mode,
                owner: (0, 0),
                mtime,
            },
        );
    }

    /// From now on reading this path is a "permission denied".
    pub fn make_unreadable(&self, path: impl AsRef<Path>) {
        self.machine().unreadable.insert(path.as_ref().to_owned());
    }

    /// From now on this path counts as a symbolic link that leads to what is there.
    pub fn make_link(&self, path: impl AsRef<Path>) {
        self.machine().links.insert(path.as_ref().to_owned());
    }

    /// From now on no lock can be had, as on a file system that is mounted read-only.
    pub fn make_locks_read_only(&self) {
        self.machine().read_only = true;
    }

    /// What [`Files::free_space`] says. Writing takes none of it: see
    /// [`Faulty`](crate::host::faulty::Faulty) for a disk that is full.
    pub fn set_free_space(&self, bytes: u64) {
        self.machine().free_space = bytes;
    }

    /// Every file and folder, for comparing before and after: times do not count.
    pub fn snapshot(&self) -> BTreeMap<PathBuf, Node> {
        self.machine().nodes.clone()
    }

    fn parent_must_exist(&self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent() else {
            return Ok(());
        };
        match self.machine().nodes.get(parent) {
            Some(Node { bytes: None, .. }) => Ok(()),
            Some(_) => Err(error(ErrorKind::NotADirectory, parent)),
            None => Err(error(ErrorKind::NotFound, parent)),
        }
    }
}

impl Files for MemoryHost {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let machine = self.machine();
        if machine.unreadable.contains(path) {
            return Err(error(ErrorKind::PermissionDenied, path));
        }
        match machine.nodes.get(path) {
            Some(Node {
                bytes: Some(bytes), ..
            }) => Ok(bytes.clone()),
            Some(_) => Err(error(ErrorKind::IsADirectory, path)),
            None => Err(error(ErrorKind::NotFound, path)),
        }
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let machine = self.machine();
        Ok(machine.nodes.get(path).map(|node| Stat {
            mode: node.mode,
            uid: node.owner.0,
            gid: node.owner.1,
            len: node.bytes.as_ref().map_or(0, Vec::len) as u64,
            is_dir: node.bytes.is_none(),
            is_symlink: machine.links.contains(path),
            mtime: node.mtime,
        }))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let machine = self.machine();
        match machine.nodes.get(folder) {
            Some(Node { bytes: None, .. }) => Ok(machine
                .nodes
                .keys()
                .filter(|path| path.parent() == Some(folder))
                .cloned()
                .collect()),
            Some(_) => Err(error(ErrorKind::NotADirectory, folder)),
            None => Err(error(ErrorKind::NotFound, folder)),
        }
    }

    fn create_dir(&self, path: &Path, mode: u32) -> io::Result<()> {
        match self.stat(path)? {
            Some(stat) if stat.is_dir => return Ok(()),
            Some(_) => return Err(error(ErrorKind::AlreadyExists, path)),
            None => {}
        }
        if let Some(parent) = path.parent() {
            self.create_dir(parent, mode)?;
        }
        let node = Node {
            mtime: self.now(),
            ..Node::folder(mode)
        };
        self.machine().nodes.insert(path.to_owned(), node);
        self.note(Event::MadeFolder(path.to_owned()));
        Ok(())
    }

    fn write_atomic(
        &self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        owner: Option<(u32, u32)>,
    ) -> io::Result<()> {
        self.parent_must_exist(path)?;
        if self.stat(path)?.is_some_and(|stat| stat.is_dir) {
            return Err(error(ErrorKind::IsADirectory, path));
        }
        let mtime = self.now();
        let node = Node {
            bytes: Some(bytes.to_vec()),
            mode,
            owner: owner.unwrap_or((0, 0)),
            mtime,
        };
        self.machine().nodes.insert(path.to_owned(), node);
        self.note(Event::Wrote(path.to_owned()));
        Ok(())
    }

    fn reserve(&self, path: &Path, _bytes: u64) -> io::Result<()> {
        self.write_atomic(path, b"", 0o600, None)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        match self.stat(path)? {
            None => return Err(error(ErrorKind::NotFound, path)),
            Some(stat) if stat.is_dir => return Err(error(ErrorKind::IsADirectory, path)),
            Some(_) => {}
        }
        self.machine().nodes.remove(path);
        self.note(Event::Removed(path.to_owned()));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.stat(to)?.is_some_and(|stat| stat.is_dir) {
            return Err(error(ErrorKind::IsADirectory, to));
        }
        let mut machine = self.machine();
        let node = machine
            .nodes
            .remove(from)
            .ok_or_else(|| error(ErrorKind::NotFound, from))?;
        machine.nodes.insert(to.to_owned(), node);
        drop(machine);
        self.note(Event::Removed(from.to_owned()));
        self.note(Event::Wrote(to.to_owned()));
        Ok(())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        if !self.list(path)?.is_empty() {
            return Err(error(ErrorKind::DirectoryNotEmpty, path));
        }
        self.machine().nodes.remove(path);
        self.note(Event::Removed(path.to_owned()));
        Ok(())
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        let mut machine = self.machine();
        machine
            .nodes
            .get_mut(path)
            .ok_or_else(|| error(ErrorKind::NotFound, path))?
            .mode = mode;
        drop(machine);
        self.note(Event::SetMode(path.to_owned(), mode));
        Ok(())
    }

    fn free_space(&self, _path: &Path) -> io::Result<u64> {
        Ok(self.machine().free_space)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        self.parent_must_exist(path)?;
        if self.machine().read_only {
            return Err(error(ErrorKind::ReadOnlyFilesystem, path));
        }
        if self.stat(path)?.is_none() {
            self.put(path, "", 0o600);
        }
        let locks = self.machine().locked.clone();
        if !locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(path.to_owned())
        {
            return Ok(None);
        }
        self.note(Event::Locked(path.to_owned()));
        Ok(Some(Lock::new(Held {
            locks,
            path: path.to_owned(),
        })))
    }
}

struct Held {
    locks: Arc<Mutex<BTreeSet<PathBuf>>>,
    path: PathBuf,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.locks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.path);
    }
}

fn error(kind: ErrorKind, path: &Path) -> io::Error {
    io::Error::new(kind, format!("{}: {kind}", path.display()))
}
