//! Where hubgate remembers what it did to a hub.

use std::path::{Path, PathBuf};

/// The folder of hubgate's own records: root's alone, since backups hold secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir(PathBuf);

impl Default for StateDir {
    fn default() -> Self {
        Self(PathBuf::from("/var/lib/hubgate"))
    }
}

impl StateDir {
    /// Another folder than `/var/lib/hubgate`, for tests.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// The folder itself, mode 0700.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Locked for the whole of every command that changes the hub.
    pub fn lock(&self) -> PathBuf {
        self.0.join("lock")
    }

    /// Names the run that is under way. It is there from before the first change until after the
    /// commit or the undo; removing it needs no space on a full disk.
    pub fn open_marker(&self) -> PathBuf {
        self.0.join("open")
    }

    /// The folder of all runs, oldest first by name.
    pub fn runs(&self) -> PathBuf {
        self.0.join("runs")
    }

    /// The folder of one run.
    pub fn run(&self, id: &str) -> PathBuf {
        self.runs().join(id)
    }
}
