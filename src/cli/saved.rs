//! The answers file as the wizard leaves it.

use std::path::{Path, PathBuf};

use crate::answers::{Layer, save_into};
use crate::host::Host;

/// An answers file as it will be.
pub(super) struct Saved {
    pub(super) path: PathBuf,
    before: Option<String>,
    text: String,
    mode: u32,
}

impl Saved {
    pub(super) fn new(host: &dyn Host, path: &Path, given: &Layer) -> anyhow::Result<Self> {
        let stat = host.stat(path)?;
        if let Some(stat) = &stat {
            anyhow::ensure!(!stat.is_dir, "{} is a folder", path.display());
            anyhow::ensure!(!stat.is_symlink, "{} is a symbolic link", path.display());
        }
        let before = stat.as_ref().map(|_| host.read_to_string(path)).transpose()?;
        let text = save_into(before.as_deref().unwrap_or_default(), given)
            .map_err(|_| anyhow::anyhow!("{} is there and is no TOML", path.display()))?;
        Ok(Self {
            path: path.to_owned(),
            before,
            text,
            mode: stat.map_or(0o644, |stat| stat.mode),
        })
    }

    /// Whether the file says all this already.
    pub(super) fn is_there(&self) -> bool {
        self.before.as_ref() == Some(&self.text)
    }

    /// Writes the file, and the folder where that is missing.
    pub(super) fn write(&self, host: &dyn Host) -> anyhow::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            host.create_dir(folder, 0o755)?;
        }
        Ok(host.write_atomic(&self.path, self.text.as_bytes(), self.mode, None)?)
    }
}
