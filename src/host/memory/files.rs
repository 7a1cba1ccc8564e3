use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::{Event, Machine, MemoryHost};
use crate::host::{Clock, Files, Lock, Stat};

/// A file, a folder (`bytes` is `None`) or a symbolic link (`bytes` is where it leads). Two are equal when
/// bytes, mode and owner are.
#[derive(Debug, Clone)]
pub struct Node {
    pub bytes: Option<Vec<u8>>,
    pub mode: u32,
    pub owner: (u32, u32),
    mtime: SystemTime,
    link: Option<PathBuf>,
    /// Bytes that it takes up beyond those it has.
    room: u64,
}

impl Node {
    pub(super) fn folder(mode: u32) -> Self {
        Node {
            bytes: None,
            mode,
            owner: (0, 0),
            mtime: SystemTime::UNIX_EPOCH,
            link: None,
            room: 0,
        }
    }

    fn is_folder(&self) -> bool {
        self.bytes.is_none()
    }
}

impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        (&self.bytes, self.mode, self.owner, &self.link)
            == (&other.bytes, other.mode, other.owner, &other.link)
    }
}

impl MemoryHost {
    /// Puts a file there, with the folders above it (0755), unrecorded.
    pub fn put(&self, path: impl AsRef<Path>, bytes: impl Into<Vec<u8>>, mode: u32) {
        self.put_node(path.as_ref(), self.node(Some(bytes.into()), mode));
    }

    /// Puts a folder there, with the folders above it (0755), unrecorded.
    pub fn put_folder(&self, path: impl AsRef<Path>, mode: u32) {
        self.put_node(path.as_ref(), self.node(None, mode));
    }

    /// Puts a symbolic link to a full path there, unrecorded. It is followed where a path ends in it, not
    /// where a path goes through it.
    pub fn make_link(&self, path: impl AsRef<Path>, to: impl Into<PathBuf>) {
        let to = to.into();
        let mut node = self.node(Some(to.as_os_str().as_encoded_bytes().to_vec()), 0o777);
        node.link = Some(to);
        self.put_node(path.as_ref(), node);
    }

    fn node(&self, bytes: Option<Vec<u8>>, mode: u32) -> Node {
        Node {
            bytes,
            mtime: self.now(),
            ..Node::folder(mode)
        }
    }

    fn put_node(&self, path: &Path, node: Node) {
        let mut machine = self.machine();
        for parent in path.ancestors().skip(1) {
            let folder = || Node::folder(0o755);
            machine.nodes.entry(parent.to_owned()).or_insert_with(folder);
        }
        machine.nodes.insert(path.to_owned(), node);
    }

    /// From now on reading this path is a "permission denied".
    pub fn make_unreadable(&self, path: impl AsRef<Path>) {
        self.machine().unreadable.insert(path.as_ref().to_owned());
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

    /// Whether a file may be written there: into a folder that is there, and over a file at most.
    fn may_write(&self, path: &Path) -> io::Result<()> {
        let machine = self.machine();
        machine.parent_of(path)?;
        match machine.nodes.get(path) {
            Some(node) if node.is_folder() => Err(error(ErrorKind::IsADirectory, path)),
            Some(Node { link: Some(_), .. }) => Err(io::Error::new(
                ErrorKind::InvalidInput,
                format!("{} is a symbolic link", path.display()),
            )),
            _ => Ok(()),
        }
    }

    fn write(&self, path: &Path, bytes: &[u8], mode: u32, owner: Option<(u32, u32)>) {
        let mut node = self.node(Some(bytes.to_vec()), mode);
        let mut machine = self.machine();
        node.owner = owner.unwrap_or((machine.uid, machine.uid));
        machine.nodes.insert(path.to_owned(), node);
        drop(machine);
        self.note(Event::Wrote(path.to_owned()));
    }
}

impl Machine {
    /// What is at this very path.
    fn at(&self, path: &Path) -> io::Result<&Node> {
        self.nodes.get(path).ok_or_else(|| {
            let above = path.ancestors().skip(1).find_map(|parent| self.nodes.get(parent));
            let below_a_file = above.is_some_and(|node| !node.is_folder());
            let kind = if below_a_file {
                ErrorKind::NotADirectory
            } else {
                ErrorKind::NotFound
            };
            error(kind, path)
        })
    }

    /// Where a path ends when links are followed.
    fn followed(&self, path: &Path) -> io::Result<PathBuf> {
        // As many as Linux follows.
        let mut end = path;
        for _ in 0..40 {
            match self.nodes.get(end).and_then(|node| node.link.as_deref()) {
                Some(next) => end = next,
                None => {
                    let found = self.at(end).map_err(|e| error(e.kind(), path));
                    return found.map(|_| end.to_owned());
                }
            }
        }
        Err(error(ErrorKind::Other, path))
    }

    /// What a path leads to.
    fn behind(&self, path: &Path) -> io::Result<&Node> {
        self.at(&self.followed(path)?)
    }

    /// The folder that a path is in has to be there.
    fn parent_of(&self, path: &Path) -> io::Result<()> {
        let Some(parent) = path.parent() else {
            return Ok(());
        };
        match self.behind(parent) {
            Ok(node) if node.is_folder() => Ok(()),
            Ok(_) => Err(error(ErrorKind::NotADirectory, path)),
            Err(e) => Err(error(e.kind(), path)),
        }
    }

    fn is_empty(&self, folder: &Path) -> bool {
        !self.nodes.keys().any(|path| path.parent() == Some(folder))
    }
}

impl Files for MemoryHost {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let machine = self.machine();
        if machine.unreadable.contains(path) {
            return Err(error(ErrorKind::PermissionDenied, path));
        }
        let bytes = machine.behind(path)?.bytes.clone();
        bytes.ok_or_else(|| error(ErrorKind::IsADirectory, path))
    }

    fn stat(&self, path: &Path) -> io::Result<Option<Stat>> {
        let machine = self.machine();
        let Ok(itself) = machine.at(path) else {
            return Ok(None);
        };
        let node = machine.behind(path)?;
        Ok(Some(Stat {
            mode: node.mode,
            uid: node.owner.0,
            gid: node.owner.1,
            len: node.bytes.as_ref().map_or(0, Vec::len) as u64 + node.room,
            is_dir: node.is_folder(),
            is_symlink: itself.link.is_some(),
            mtime: node.mtime,
        }))
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let machine = self.machine();
        let end = machine.followed(folder)?;
        if !machine.at(&end)?.is_folder() {
            return Err(error(ErrorKind::NotADirectory, folder));
        }
        let below = machine.nodes.keys().filter(|path| path.parent() == Some(&end));
        let names = below.filter_map(|path| path.file_name());
        Ok(names.map(|name| folder.join(name)).collect())
    }

    fn create_dir(&self, path: &Path, mode: u32) -> io::Result<()> {
        match self.stat(path) {
            Ok(Some(stat)) if stat.is_dir => return Ok(()),
            Ok(None) => {}
            Ok(Some(_)) | Err(_) => return Err(error(ErrorKind::AlreadyExists, path)),
        }
        if let Some(parent) = path.parent() {
            self.create_dir(parent, mode)?;
        }
        let node = self.node(None, mode);
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
        self.may_write(path)?;
        self.write(path, bytes, mode, owner);
        Ok(())
    }

    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()> {
        let mut node = self.node(Some(Vec::new()), 0o600);
        node.room = bytes;
        let mut machine = self.machine();
        machine.parent_of(path)?;
        if machine.nodes.contains_key(path) {
            return Err(error(ErrorKind::AlreadyExists, path));
        }
        machine.nodes.insert(path.to_owned(), node);
        drop(machine);
        self.note(Event::Wrote(path.to_owned()));
        Ok(())
    }

    fn write_together(&self, folder: &Path, files: &[(&str, &[u8], u32)]) -> io::Result<()> {
        for (name, ..) in files {
            self.may_write(&folder.join(name))?;
        }
        for (name, bytes, mode) in files {
            self.write(&folder.join(name), bytes, *mode, None);
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        if machine.at(path)?.is_folder() {
            return Err(error(ErrorKind::IsADirectory, path));
        }
        machine.nodes.remove(path);
        drop(machine);
        self.note(Event::Removed(path.to_owned()));
        Ok(())
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        let node = machine.at(from)?.clone();
        machine.parent_of(to)?;
        if machine.nodes.get(to).is_some_and(Node::is_folder) {
            return Err(error(ErrorKind::IsADirectory, to));
        }
        machine.nodes.remove(from);
        machine.nodes.insert(to.to_owned(), node);
        drop(machine);
        self.note(Event::Removed(from.to_owned()));
        self.note(Event::Wrote(to.to_owned()));
        Ok(())
    }

    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        let mut machine = self.machine();
        if !machine.at(path)?.is_folder() {
            return Err(error(ErrorKind::NotADirectory, path));
        }
        if !machine.is_empty(path) {
            return Err(error(ErrorKind::DirectoryNotEmpty, path));
        }
        machine.nodes.remove(path);
        drop(machine);
        self.note(Event::Removed(path.to_owned()));
        Ok(())
    }

    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()> {
        let mut machine = self.machine();
        let end = machine.followed(path)?;
        if let Some(node) = machine.nodes.get_mut(&end) {
            node.mode = mode;
        }
        drop(machine);
        self.note(Event::SetMode(path.to_owned(), mode));
        Ok(())
    }

    fn free_space(&self, _path: &Path) -> io::Result<u64> {
        Ok(self.machine().free_space)
    }

    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>> {
        let there = {
            let machine = self.machine();
            machine.parent_of(path)?;
            if machine.read_only {
                return Err(error(ErrorKind::ReadOnlyFilesystem, path));
            }
            machine.behind(path).map(Node::is_folder).ok()
        };
        match there {
            Some(true) => return Err(error(ErrorKind::IsADirectory, path)),
            Some(false) => {}
            None => self.put(path, "", 0o600),
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
