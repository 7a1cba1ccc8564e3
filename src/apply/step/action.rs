//! What each kind of step does, and what it leaves.

use std::io;
use std::path::Path;

use crate::apply::error::Cause;
use crate::apply::step::scene::Scene;
use crate::host::Host;
use crate::plan::{StepKind, secret_file};
use crate::render::sha256_hex;
use crate::secret::Secret;
use crate::tljh::{ConfigYaml, commented_out, config_lock::lock_config};

/// The bytes that a step leaves in its [file](StepKind::file); none where it removes it or has none, or
/// where the secret is not given.
///
/// # Errors
/// When a backup that it puts back cannot be read.
pub fn content(host: &dyn Host, secret: Option<&Secret>, kind: &StepKind) -> io::Result<Option<Vec<u8>>> {
    match kind {
        StepKind::WriteSecret { .. } => Ok(secret.map(secret_file)),
        StepKind::WriteFile { text, .. } => Ok(Some(text.clone().into_bytes())),
        StepKind::RestoreFile { backup, .. } => host.read(backup).map(Some),
        StepKind::CopyAside { of, .. } => host.read(of).map(Some),
        StepKind::CommentOut { path, statements } => host
            .read(path)
            .map(|bytes| Some(commented_out(&bytes, statements))),
        _ => Ok(None),
    }
}

/// A file's bytes, mode and, where it is not to be ours, owner.
type NewFile<'a> = (&'a [u8], u32, Option<(u32, u32)>);

impl Scene<'_> {
    /// Does steps that belong together: one, or several changes of TLJH's settings.
    ///
    /// # Errors
    /// When one cannot be done, or somebody else changed what it is about.
    pub fn execute(&mut self, kinds: &[&StepKind]) -> Result<(), Cause> {
        match kinds.iter().map(|kind| kind.change()).collect::<Option<Vec<_>>>() {
            Some(changes) if changes.len() > 1 => {
                self.fresh_hub.set(None);
                self.change_config(&changes)
            }
            _ => kinds.iter().try_for_each(|kind| self.execute_one(kind)),
        }
    }

    fn execute_one(&mut self, kind: &StepKind) -> Result<(), Cause> {
        if *kind != StepKind::RestartHub {
            self.fresh_hub.set(None);
        }
        let bytes = content(self.host, self.secret, kind)?;
        match kind {
            StepKind::MakeFolder { path, mode } => {
                self.host.create_dir(path, *mode)?;
                Ok(self.host.set_mode(path, *mode)?)
            }
            StepKind::WriteSecret { path, mode } | StepKind::WriteFile { path, mode, .. } => {
                let bytes = bytes.ok_or_else(|| io::Error::other("no client secret was given"))?;
                self.put(path, Some((&bytes, *mode, None)))
            }
            StepKind::RestoreFile {
                path, mode, owner, ..
            } => self.put(path, Some((&bytes.unwrap_or_default(), *mode, Some(*owner)))),
            StepKind::CommentOut { path, .. } => self.put_like(path, path, &bytes.unwrap_or_default()),
            StepKind::CopyAside { path, of } => self.put_like(path, of, &bytes.unwrap_or_default()),
            StepKind::RemoveFile { path } => self.put(path, None),
            StepKind::TljhConfig(change) => self.change_config(&[change]),
            StepKind::ReloadProxy => self.reload_proxy(),
            StepKind::RestartHub => self.restart_hub(),
        }
    }

    /// Puts a file there, or removes it.
    fn put(&mut self, path: &Path, file: Option<NewFile<'_>>) -> Result<(), Cause> {
        if *path == self.files.config_yaml() {
            return self.put_config(path, file);
        }
        self.only_we_changed(path)?;
        self.write_or_remove(path, file)?;
        self.known
            .insert(path.to_owned(), file.map(|(bytes, ..)| sha256_hex(bytes)));
        Ok(())
    }

    /// Puts a file there with the mode and the owner of one that is there.
    fn put_like(&mut self, path: &Path, like: &Path, bytes: &[u8]) -> Result<(), Cause> {
        self.only_we_changed(like)?;
        match self.host.stat(like)? {
            Some(stat) => self.put(path, Some((bytes, stat.mode, Some((stat.uid, stat.gid))))),
            None => Err(Cause::ChangedMeanwhile(like.to_owned())),
        }
    }

    /// The same with `config.yaml`, under TLJH's own lock from the look at it to the end.
    fn put_config(&mut self, path: &Path, file: Option<NewFile<'_>>) -> Result<(), Cause> {
        let bytes = file.map_or(&b""[..], |(bytes, ..)| bytes);
        let config = ConfigYaml::parse(bytes).map_err(crate::plan::NoPlan::from)?;
        let _lock = lock_config(self.host, &self.files)?;
        if self.config_now()? != self.config {
            return Err(Cause::ChangedMeanwhile(path.to_owned()));
        }
        self.write_or_remove(path, file)?;
        self.config = config;
        Ok(())
    }

    fn write_or_remove(&self, path: &Path, file: Option<NewFile<'_>>) -> io::Result<()> {
        match file {
            Some((bytes, mode, owner)) => self.host.write_atomic(path, bytes, mode, owner),
            None => self.host.remove(path),
        }
    }
}
