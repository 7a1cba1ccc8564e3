//! Where hubgate remembers what it did to a hub.

use std::path::{Path, PathBuf};

use crate::render::sha256_hex;
use crate::tljh::DEFAULT_PREFIX;

/// hubgate's own folder, with the record of the hub at TLJH's default prefix.
const MACHINE: &str = "/var/lib/hubgate";

/// The folder of hubgate's record of one hub: root's alone, since backups hold secrets.
///
/// The hub at `/opt/tljh` has `/var/lib/hubgate`, every other one a folder of its own in there. hubgate
/// 0.1.0 kept the runs of all hubs in `/var/lib/hubgate/runs`, and what it left there is still found: a run
/// belongs to the hub whose prefix it names, wherever it lies. One that cannot be read counts as the default
/// hub's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDir {
    path: PathBuf,
    prefix: PathBuf,
}

/// The record of the hub at TLJH's default prefix.
impl Default for StateDir {
    fn default() -> Self {
        Self::for_hub(Path::new(DEFAULT_PREFIX))
    }
}

impl StateDir {
    /// The record of the hub at this prefix, which is absolute.
    pub fn for_hub(prefix: &Path) -> Self {
        // However it was typed: without `.` and doubled slashes.
        let prefix: PathBuf = prefix.components().collect();
        let mut path = PathBuf::from(MACHINE);
        if prefix != Path::new(DEFAULT_PREFIX) {
            let name = prefix.file_name().unwrap_or_default().to_string_lossy();
            let hash = sha256_hex(prefix.as_os_str().as_encoded_bytes());
            path.push(format!("{name}-{}", &hash[..12]));
        }
        Self { path, prefix }
    }

    /// The folder itself, mode 0700.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The prefix of the hub that is remembered here.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// What holds the records of all hubs of this machine.
    pub fn machine() -> &'static Path {
        Path::new(MACHINE)
    }

    /// Locked for the whole of every command that changes a hub: those of one machine share their units.
    pub fn lock() -> PathBuf {
        Self::machine().join("lock")
    }

    /// Names the run that is under way. It is there from before the first change until after the
    /// commit or the undo; removing it needs no space on a full disk.
    pub fn open_marker(&self) -> PathBuf {
        self.path.join("open")
    }

    /// Which settings the hub's own Python was last asked about; see [`super::judged`].
    pub fn judged(&self) -> PathBuf {
        self.path.join("judged")
    }

    /// The folder of all runs, oldest first by name.
    pub fn runs(&self) -> PathBuf {
        self.path.join("runs")
    }

    /// The folder of one run.
    pub fn run(&self, id: &str) -> PathBuf {
        self.runs().join(id)
    }

    /// Where runs of this hub may lie: here, and where hubgate 0.1.0 kept them.
    pub(super) fn places(&self) -> impl Iterator<Item = Self> {
        let shared = Self::default();
        let elsewhere = (*self != shared).then_some(shared);
        std::iter::once(self.clone()).chain(elsewhere)
    }
}
