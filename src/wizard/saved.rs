//! The answers and the secret as the wizard leaves them.

use std::path::{Path, PathBuf};

use super::{TypedSecret, expanded};
use crate::answers::{Layer, save_into};
use crate::host::Host;
use crate::render::shell_word;
use crate::secret::SecretSource;
use crate::tljh::DEFAULT_PREFIX;
use crate::told::{self, Failure};

/// An answers file as it will be.
pub(super) struct Saved {
    pub(super) path: PathBuf,
    before: Option<String>,
    text: String,
    mode: u32,
    /// Where the file that is there now is kept.
    backup: Option<PathBuf>,
}

impl Saved {
    pub(super) fn new(host: &dyn Host, path: &Path, given: &Layer) -> told::Result<Self> {
        let stat = host.stat(path)?;
        if let Some(stat) = &stat {
            let refused = |what| Err(Failure::new(format!("{} is {what}", path.display())));
            if stat.is_dir {
                return refused("a folder");
            }
            if stat.is_symlink {
                return refused("a symbolic link");
            }
        }
        let before = stat.as_ref().map(|_| host.read_to_string(path)).transpose()?;
        let text = save_into(before.as_deref().unwrap_or_default(), given)
            .map_err(|_| Failure::new(format!("{} is there and is no TOML", path.display())))?;
        Ok(Self {
            path: path.to_owned(),
            before,
            text,
            mode: stat.map_or(0o644, |stat| stat.mode),
            backup: None,
        })
    }

    /// Keeps what is there now in a file of its own, and returns its name; none where nothing is there.
    pub(super) fn keep_what_is_there(&mut self, host: &dyn Host) -> std::io::Result<Option<&Path>> {
        if self.before.is_some() {
            self.backup = Some(free_name(host, &self.path)?);
        }
        Ok(self.backup.as_deref())
    }

    /// Whether the file says all this already.
    pub(super) fn is_there(&self) -> bool {
        self.before.as_ref() == Some(&self.text)
    }

    /// Where what was there before is kept.
    pub(super) fn backup(&self) -> Option<&Path> {
        self.backup.as_deref()
    }

    /// Writes the file, what was there before into its own, and the folder where that is missing.
    pub(super) fn write(&self, host: &dyn Host) -> told::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            host.create_dir(folder, 0o755)?;
        }
        if let (Some(backup), Some(before)) = (&self.backup, &self.before) {
            host.write_atomic(backup, before.as_bytes(), self.mode, None)?;
        }
        Ok(host.write_atomic(&self.path, self.text.as_bytes(), self.mode, None)?)
    }
}

/// `hubgate.toml.before`, or with a number behind it where that is taken.
fn free_name(host: &dyn Host, path: &Path) -> std::io::Result<PathBuf> {
    let named = |end: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    let mut free = named(".before");
    let mut number = 2;
    while host.stat(&free)?.is_some() {
        free = named(&format!(".before.{number}"));
        number += 1;
    }
    Ok(free)
}

/// Writes a secret that was typed into its file, and names that.
pub(super) fn write_secret(host: &dyn Host, typed: &TypedSecret) -> told::Result<PathBuf> {
    let path =
        expanded(host, &typed.file).ok_or_else(|| Failure::new("HOME is not set, so ~ means nothing"))?;
    if let Some(folder) = path.parent() {
        host.create_dir(folder, 0o700)?;
    }
    let line = zeroize::Zeroizing::new(format!("{}\n", typed.secret.expose()));
    host.write_atomic(&path, line.as_bytes(), 0o600, None)?;
    Ok(path)
}

/// What a person types who may become root, to apply the answers of a file.
pub(super) fn apply_as_root(prefix: &Path, file: &Path, source: &SecretSource) -> String {
    let quoted = |path: &Path| {
        let text = path.to_string_lossy().into_owned();
        shell_word(&text).unwrap_or(text)
    };
    let mut command = "sudo".to_owned();
    // sudo drops variables, and may make HOME root's.
    match source {
        SecretSource::Env(name) => command += &format!(" --preserve-env={name}"),
        SecretSource::File(path) if path.starts_with("~") => command += " --preserve-env=HOME",
        _ => {}
    }
    command += &format!(" hubgate apply --answers {}", quoted(file));
    if prefix != Path::new(DEFAULT_PREFIX) {
        command += &format!(" --prefix {}", quoted(prefix));
    }
    command
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn root_is_given_what_sudo_would_drop() {
        let command = |file: &str, source: &str, prefix: &str| {
            apply_as_root(Path::new(prefix), Path::new(file), &source.parse().unwrap())
        };
        assert_eq!(
            command("hubgate.toml", "ssm:/hubgate/secret", "/opt/tljh"),
            "sudo hubgate apply --answers hubgate.toml"
        );
        assert_eq!(
            command("our hub.toml", "env:MY_SECRET", "/srv/tljh"),
            "sudo --preserve-env=MY_SECRET hubgate apply --answers 'our hub.toml' --prefix /srv/tljh"
        );
        assert_eq!(
            command("hubgate.toml", "file:~/cognito.secret", "/opt/tljh"),
            "sudo --preserve-env=HOME hubgate apply --answers hubgate.toml"
        );
    }
}
