//! One step, done.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::apply::error::{Cause, last_lines};
use crate::apply::record::backup::sha256_of;
use crate::apply::record::journal::Journal;
use crate::host::{Finished, Host, Invocation, RunError};
use crate::plan::{Step, StepKind, secret_file};
use crate::render::sha256_hex;
use crate::secret::Secret;
use crate::tljh::LocalHub;
use crate::tljh::config_lock::lock_config;
use crate::tljh::observe::file_state;
use crate::tljh::units;
use crate::tljh::{ConfigYaml, FileState, HubFiles, Observed};
use crate::verify::wait_until_ready;

/// How long one `tljh-config` may take: tenths of a second, and ten seconds seen on a busy machine.
pub(in crate::apply) const TLJH_CONFIG_DEADLINE: Duration = Duration::from_secs(60);
/// How often to try again when somebody else's `tljh-config` holds the lock.
pub(in crate::apply) const TLJH_CONFIG_TRIES: u32 = 5;
/// What it says then.
pub(in crate::apply) const LOCK_HELD: &str = "Another instance of tljh-config holds the lock";
/// A hub that systemd had to start this often again will not come up.
const RESTARTS_OF_A_HUB_THAT_CANNOT_START: u32 = 2;

/// A hub that is found stopped this often in a row, once a second, was stopped by somebody.
const LOOKS_AT_A_STOPPED_HUB: u32 = 3;

/// What the steps work on.
pub struct Scene<'a> {
    /// The machine.
    pub host: &'a dyn Host,
    /// Where the hub keeps what.
    pub files: HubFiles,
    /// The client secret; none where no step writes it.
    pub secret: Option<&'a Secret>,
    /// How long the hub may take to come up.
    pub hub_deadline: Duration,
    /// What `config.yaml` says now, as far as we know.
    pub config: ConfigYaml,
    /// The SHA-256 of the other files now, as far as we know; none where there is no file.
    pub known: BTreeMap<PathBuf, Option<String>>,
    /// Since when the hub runs with the settings as they are now: traefik's restart started it too.
    fresh_hub: Cell<Option<SystemTime>>,
    /// The run; programs that it starts carry its name, so that whoever recovers finds them.
    pub run: String,
}

impl<'a> Scene<'a> {
    /// The hub as it was observed.
    pub fn new(host: &'a dyn Host, observed: Observed, hub_deadline: Duration) -> Self {
        let sha256 = |file: &Option<FileState>| file.as_ref().map(|file| sha256_hex(&file.bytes));
        let known = BTreeMap::from([
            (observed.files.awscognito_py(), sha256(&observed.awscognito_py)),
            (
                observed.files.awscognito_secret(),
                sha256(&observed.awscognito_secret),
            ),
        ]);
        Self {
            host,
            files: observed.files,
            secret: None,
            hub_deadline,
            // A way back starts from what is no YAML, too.
            config: config_of(observed.config_yaml.as_ref()),
            known,
            fresh_hub: Cell::new(None),
            run: String::new(),
        }
    }

    /// A hub that a run was cut off on.
    pub fn of_run(host: &'a dyn Host, journal: &Journal, hub_deadline: Duration) -> Self {
        Self {
            host,
            files: HubFiles::new(&journal.prefix),
            secret: None,
            hub_deadline,
            config: ConfigYaml::default(),
            known: BTreeMap::new(),
            fresh_hub: Cell::new(None),
            run: journal.id.clone(),
        }
    }

    /// Nobody else changed the file since we looked at it, or wrote it.
    ///
    /// # Errors
    /// [`Cause::ChangedMeanwhile`], or when it cannot be read.
    fn only_we_changed(&self, path: &Path) -> Result<(), Cause> {
        match self.known.get(path) {
            Some(known) if *known != sha256_of(self.host, path)? => {
                Err(Cause::ChangedMeanwhile(path.to_owned()))
            }
            _ => Ok(()),
        }
    }

    fn write(
        &mut self,
        path: &Path,
        bytes: &[u8],
        mode: u32,
        owner: Option<(u32, u32)>,
    ) -> Result<(), Cause> {
        self.only_we_changed(path)?;
        self.host.write_atomic(path, bytes, mode, owner)?;
        self.known.insert(path.to_owned(), Some(sha256_hex(bytes)));
        Ok(())
    }
    /// Does steps that belong together: one, or several changes of TLJH's settings.
    ///
    /// # Errors
    /// As [`execute`](Self::execute).
    pub fn execute_together(&mut self, steps: &[Step]) -> Result<(), Cause> {
        let change = |step: &Step| match &step.kind {
            StepKind::TljhConfig(change) => Some(change.clone()),
            _ => None,
        };
        let changes: Option<Vec<_>> = steps.iter().map(change).collect();
        match changes {
            Some(changes) if changes.len() > 1 => {
                self.fresh_hub.set(None);
                self.change_config(&changes.iter().collect::<Vec<_>>())
            }
            _ => steps.iter().try_for_each(|step| self.execute(step)),
        }
    }

    /// Does one step.
    ///
    /// # Errors
    /// When it cannot be done, or somebody else changed what it is about.
    pub fn execute(&mut self, step: &Step) -> Result<(), Cause> {
        if !matches!(step.kind, StepKind::RestartHub) {
            self.fresh_hub.set(None);
        }
        match &step.kind {
            StepKind::MakeFolder { path, mode } => {
                self.host.create_dir(path, *mode)?;
                Ok(self.host.set_mode(path, *mode)?)
            }
            StepKind::WriteSecret { path, mode } => {
                let secret = self
                    .secret
                    .ok_or_else(|| std::io::Error::other("no client secret was given"))?;
                self.write(path, &secret_file(secret), *mode, None)
            }
            StepKind::WriteFile { path, text, mode } => self.write(path, text.as_bytes(), *mode, None),
            StepKind::RestoreFile {
                path,
                backup,
                mode,
                owner,
            } => {
                let bytes = self.host.read(backup)?;
                if *path == self.files.config_yaml() {
                    self.replace_config(Some((&bytes, *mode, *owner)))
                } else {
                    self.write(path, &bytes, *mode, Some(*owner))
                }
            }
            StepKind::RemoveFile { path } if *path == self.files.config_yaml() => self.replace_config(None),
            StepKind::RemoveFile { path } => {
                self.only_we_changed(path)?;
                self.host.remove(path)?;
                self.known.insert(path.clone(), None);
                Ok(())
            }
            StepKind::TljhConfig(change) => self.change_config(&[change]),
            StepKind::ReloadProxy => self.reload_proxy(),
            StepKind::RestartHub => self.restart_hub(),
        }
    }

    /// Puts other bytes in the place of `config.yaml`, or nothing, under TLJH's own lock from the look at
    /// it to the end.
    fn replace_config(&mut self, file: Option<(&[u8], u32, (u32, u32))>) -> Result<(), Cause> {
        let path = self.files.config_yaml();
        let bytes = file.map_or(&b""[..], |(bytes, _, _)| bytes);
        let config = ConfigYaml::parse(bytes).map_err(crate::plan::NoPlan::from)?;
        let _lock = lock_config(self.host, &self.files)?;
        if self.config_now()? != self.config {
            return Err(Cause::ChangedMeanwhile(path));
        }
        match file {
            Some((bytes, mode, owner)) => self.host.write_atomic(&path, bytes, mode, Some(owner))?,
            None => self.host.remove(&path)?,
        }
        self.config = config;
        Ok(())
    }

    /// What `config.yaml` says, read under TLJH's own lock.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_config(&self) -> Result<ConfigYaml, Cause> {
        let _lock = lock_config(self.host, &self.files)?;
        self.config_now()
    }

    fn config_now(&self) -> Result<ConfigYaml, Cause> {
        let file = file_state(self.host, &self.files.config_yaml())?;
        Ok(config_of(file.as_ref()))
    }

    /// Runs `tljh-config`; while somebody else's holds the lock, again.
    ///
    /// # Errors
    /// When it fails, hangs, or the lock is not to be had.
    pub fn tljh_config(&self, arguments: &[&str]) -> Result<Finished, Cause> {
        let call = self
            .of_this_run(Invocation::new(self.files.tljh_config()))
            .args(arguments.iter().copied())
            .deadline(TLJH_CONFIG_DEADLINE);
        let shown = format!("tljh-config {}", arguments.join(" "));
        for attempt in 1.. {
            let finished = self.run(&call, &shown)?;
            if finished.success() {
                return Ok(finished);
            }
            let output = format!("{}{}", finished.stdout_text(), finished.stderr_text());
            if attempt < TLJH_CONFIG_TRIES && output.contains(LOCK_HELD) {
                continue;
            }
            return Err(self.failed(&shown, &finished, &output));
        }
        Err(Cause::Interrupted)
    }

    /// With what TLJH needs, and what tells whoever recovers whose program it was.
    pub(in crate::apply) fn of_this_run(&self, call: Invocation) -> Invocation {
        call.env("TLJH_INSTALL_PREFIX", self.files.prefix())
            .env(crate::apply::undo::orphans::RUN_VARIABLE, &self.run)
            // Else what a reload that hangs has said is lost with it.
            .env("PYTHONUNBUFFERED", "1")
    }

    pub(in crate::apply) fn run(&self, call: &Invocation, shown: &str) -> Result<Finished, Cause> {
        self.host
            .run(call)
            .map_err(|source| self.not_ended(shown, source))
    }

    fn not_ended(&self, shown: &str, source: RunError) -> Cause {
        Cause::not_ended(shown, source, self.secret)
    }

    /// Reloads traefik, and with it the hub, which requires it.
    ///
    /// # Errors
    /// When `tljh-config` fails or hangs.
    pub fn reload_proxy(&self) -> Result<(), Cause> {
        let since = self.host.now();
        let before = units::hub_start(self.host);
        self.fresh_hub.set(None);
        self.reload_traefik()?;
        let after = units::hub_start(self.host);
        if before.is_some() && after.is_some() && before != after {
            self.fresh_hub.set(Some(since));
        }
        Ok(())
    }

    fn reload_traefik(&self) -> Result<(), Cause> {
        let reload = || self.tljh_config(&["reload", "proxy"]).map(drop);
        match reload() {
            // systemd refuses to start a unit that failed too often, whatever was wrong with it.
            Err(Cause::ProgramFailed { .. }) => {
                units::reset_failed(self.host)
                    .map_err(|source| self.not_ended("systemctl reset-failed", source))?;
                reload()
            }
            result => result,
        }
    }

    /// Restarts the hub's unit, unless traefik's restart did that already, and waits until the hub answers;
    /// gives up early when systemd starts it again and again.
    ///
    /// # Errors
    /// When it does not answer in time, with what its journal says.
    pub fn restart_hub(&self) -> Result<(), Cause> {
        if let Some(since) = self.fresh_hub.take() {
            return self.wait_for_hub(since);
        }
        let since = self.host.now();
        let shown = "systemctl restart jupyterhub";
        let restart = || units::restart_hub(self.host).map_err(|source| self.not_ended(shown, source));
        let mut finished = restart()?;
        if !finished.success() {
            // systemd refuses to start a unit that failed too often, whatever was wrong with it.
            units::reset_failed(self.host)
                .map_err(|source| self.not_ended("systemctl reset-failed", source))?;
            finished = restart()?;
        }
        if !finished.success() {
            let output = format!("{}{}", finished.stdout_text(), finished.stderr_text());
            return Err(self.failed(shown, &finished, &output));
        }
        self.wait_for_hub(since)
    }

    fn wait_for_hub(&self, since: SystemTime) -> Result<(), Cause> {
        let local = LocalHub::read(self.host, self.files.prefix())
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        let until = self.host.monotonic() + self.hub_deadline;
        let slice = Duration::from_secs(1);
        // systemd goes on counting where the hub was just waiting for its next start.
        let restarts_before = units::hub_restarts(self.host).unwrap_or(0);
        let mut looks_at_a_stopped_hub = 0;
        loop {
            let Err(stage) = wait_until_ready(self.host, &local, slice) else {
                return Ok(());
            };
            if self.host.interrupt().is_due() {
                return Err(Cause::Interrupted);
            }
            let restarts = units::hub_restarts(self.host).unwrap_or(0);
            let restarts = restarts.checked_sub(restarts_before).unwrap_or(restarts);
            // Between the stop and the start of a restart by somebody else it is down, too.
            match units::stopped(self.host) {
                Some((_, "inactive")) => looks_at_a_stopped_hub += 1,
                _ => looks_at_a_stopped_hub = 0,
            }
            if looks_at_a_stopped_hub >= LOOKS_AT_A_STOPPED_HUB {
                return Err(Cause::HubStopped);
            }
            let late = self.host.monotonic() >= until;
            if late || restarts >= RESTARTS_OF_A_HUB_THAT_CANNOT_START {
                return Err(self.hub_down(since, late, restarts, &stage.found));
            }
        }
    }

    fn hub_down(&self, since: SystemTime, late: bool, restarts: u32, seen: &str) -> Cause {
        let journal = units::hub_journal(self.host, since, 120);
        let why = match crate::hub::symptom_of(&journal) {
            Some(symptom) => format!("{}; {}", symptom.what, symptom.remedy),
            None if late => format!("no answer in {} s ({seen})", self.hub_deadline.as_secs()),
            None => format!("it ends right after it starts, {restarts} times so far"),
        };
        let journal = last_lines(&of_the_start_that_ended(&journal).join("\n"), self.secret);
        Cause::HubDown {
            why,
            journal: journal.lines().map(str::to_owned).collect(),
        }
    }
}

fn config_of(file: Option<&FileState>) -> ConfigYaml {
    file.map_or_else(ConfigYaml::default, |file| ConfigYaml::or_illegible(&file.bytes))
}

/// Up to the end of the last start that has ended: the one after it may not have come to its fault yet.
fn of_the_start_that_ended(journal: &[String]) -> &[String] {
    let ended = journal
        .iter()
        .rposition(|line| line.contains("Main process exited"));
    ended.map_or(journal, |at| &journal[..=at])
}

/// The SHA-256 of what a step leaves in the file that it writes, where it writes one.
///
/// # Errors
/// When a backup that it puts back cannot be read.
pub fn leaves(scene: &Scene<'_>, step: &Step) -> std::io::Result<Option<String>> {
    match &step.kind {
        StepKind::WriteSecret { .. } => Ok(scene.secret.map(|secret| sha256_hex(&secret_file(secret)))),
        StepKind::WriteFile { text, .. } => Ok(Some(sha256_hex(text.as_bytes()))),
        StepKind::RestoreFile { backup, .. } => sha256_of(scene.host, backup),
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_start_that_failed_are_shown_not_those_of_the_next() {
        let journal = ["SyntaxError", "Main process exited", "Started."].map(str::to_owned);
        assert_eq!(of_the_start_that_ended(&journal), &journal[..2]);
        assert_eq!(of_the_start_that_ended(&journal[2..]), &journal[2..]);
    }
}
