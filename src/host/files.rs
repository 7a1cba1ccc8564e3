//! Files and folders.

use std::any::Any;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What is known of a file or folder without reading it. Symbolic links are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stat {
    /// Permission bits only (`0o7777`), without the kind of file.
    pub mode: u32,
    pub uid: u32,
    pub gid: u32,
    /// Bytes.
    pub len: u64,
    pub is_dir: bool,
    /// The path itself is a symbolic link; everything else here is said of what it leads to.
    pub is_symlink: bool,
    pub mtime: SystemTime,
}

/// A lock on a file, held until this is dropped.
#[must_use = "the lock is given back as soon as this is dropped"]
pub struct Lock(#[allow(dead_code, reason = "held for its Drop")] Box<dyn Any + Send>);

impl Lock {
    /// `guard` gives the lock back when it is dropped.
    pub fn new(guard: impl Any + Send) -> Self {
        Lock(Box::new(guard))
    }
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lock")
    }
}

/// Files and folders. Every error names the path.
pub trait Files {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// As [`read`](Files::read); what is not UTF-8 is `InvalidData`.
    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|_| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{} is not UTF-8 text", path.display()),
            )
        })
    }

    /// `None` where there is nothing. A symbolic link that leads nowhere is an error.
    fn stat(&self, path: &Path) -> io::Result<Option<Stat>>;

    /// The full paths of what a folder holds, sorted.
    fn list(&self, folder: &Path) -> io::Result<Vec<PathBuf>>;

    /// Makes a folder, and the parents it lacks, each with exactly `mode`. A folder that is there
    /// already stays as it is.
    fn create_dir(&self, path: &Path, mode: u32) -> io::Result<()>;

    /// Replaces or makes a file in one step: whoever reads it sees the old bytes or the new, also
    /// after a power cut, and it is never readable by more people than `mode` says. `owner` is
    /// (uid, gid); without it the file belongs to whoever runs us.
    ///
    /// On an error nothing has changed and nothing is left beside it, with one exception: an error of
    /// the folder's own fsync comes after the new file took its place.
    ///
    /// A target that is a symbolic link is refused: to follow it would write where nobody looked, to
    /// replace it would lose the link for good, since undo puts back bytes and modes only. Access lists
    /// and labels are those that any new file gets in that folder.
    fn write_atomic(&self, path: &Path, bytes: &[u8], mode: u32, owner: Option<(u32, u32)>)
    -> io::Result<()>;

    /// Takes room on the disk, in a new file of root's alone: removing it gives the room back.
    ///
    /// On an error nothing is left.
    fn reserve(&self, path: &Path, bytes: u64) -> io::Result<()>;

    /// Replaces or makes several files of one folder, each given as name, bytes and mode: on an error
    /// none of them, so a full disk leaves the old set whole. For files that can be made again: they are
    /// not forced to the disk, which takes longer than all the rest.
    ///
    /// A target that is a symbolic link or a folder is refused.
    fn write_together(&self, folder: &Path, files: &[(&str, &[u8], u32)]) -> io::Result<()> {
        files
            .iter()
            .try_for_each(|(name, bytes, mode)| self.write_atomic(&folder.join(name), bytes, *mode, None))
    }

    /// Removes a file, or a symbolic link without what it leads to. Nothing there is `NotFound`.
    fn remove(&self, path: &Path) -> io::Result<()>;

    /// Removes a folder that is empty.
    fn remove_dir(&self, path: &Path) -> io::Result<()>;

    /// Gives a file another name in the same file system, in one step, in the place of what has that
    /// name. It needs no space, so it works on a full disk.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;

    /// Sets the permission bits of a file or folder.
    fn set_mode(&self, path: &Path, mode: u32) -> io::Result<()>;

    /// Bytes that we may still write in the file system of `path`, or of its nearest parent that
    /// exists.
    fn free_space(&self, path: &Path) -> io::Result<u64>;

    /// Takes the flock(2) of a file without waiting, making the file (0600) if it is missing; `None`
    /// while someone else holds it. Python's filelock, and so `tljh-config`, takes the same lock.
    fn try_lock(&self, path: &Path) -> io::Result<Option<Lock>>;
}
