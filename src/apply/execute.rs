//! One step, done.

use std::time::Duration;

use super::backup::sha256_of;
use super::config_lock::lock_config;
use super::error::Cause;
use super::observe::file_state;
use super::units;
use crate::host::{Finished, Host, Invocation, RunError};
use crate::plan::{ConfigYaml, HubFiles, Step, StepKind, secret_file};
use crate::render::{TljhChange, sha256_hex};
use crate::secret::Secret;
use crate::verify::{LocalHub, wait_until_ready};

/// How long one `tljh-config` may take: tenths of a second, and ten seconds seen on a busy machine.
const TLJH_CONFIG_DEADLINE: Duration = Duration::from_secs(60);
/// How often to try again when somebody else's `tljh-config` holds the lock.
const TLJH_CONFIG_TRIES: u32 = 5;
/// A hub that systemd had to start this often again will not come up.
const RESTARTS_OF_A_HUB_THAT_CANNOT_START: u32 = 2;

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
}

impl Scene<'_> {
    /// Does one step.
    ///
    /// # Errors
    /// When it cannot be done, or somebody else changed what it is about.
    pub fn execute(&mut self, step: &Step) -> Result<(), Cause> {
        match &step.kind {
            StepKind::MakeFolder { path, mode } => {
                self.host.create_dir(path, *mode)?;
                Ok(self.host.set_mode(path, *mode)?)
            }
            StepKind::WriteSecret { path, mode } => {
                let secret = self
                    .secret
                    .ok_or_else(|| std::io::Error::other("no client secret was given"))?;
                Ok(self.host.write_atomic(path, &secret_file(secret), *mode, None)?)
            }
            StepKind::WriteFile { path, text, mode } => {
                Ok(self.host.write_atomic(path, text.as_bytes(), *mode, None)?)
            }
            StepKind::RestoreFile {
                path,
                backup,
                mode,
                owner,
            } => {
                let bytes = self.host.read(backup)?;
                let is_config = *path == self.files.config_yaml();
                if is_config && self.read_config()? != self.config {
                    return Err(Cause::ChangedMeanwhile(path.clone()));
                }
                let _lock = is_config
                    .then(|| lock_config(self.host, &self.files))
                    .transpose()?;
                self.host.write_atomic(path, &bytes, *mode, Some(*owner))?;
                if is_config {
                    self.config = ConfigYaml::parse(&bytes).map_err(crate::plan::NoPlan::from)?;
                }
                Ok(())
            }
            StepKind::RemoveFile { path } => Ok(self.host.remove(path)?),
            StepKind::TljhConfig(change) => self.change_config(change),
            StepKind::ReloadProxy => self.tljh_config(&["reload", "proxy"]).map(drop),
            StepKind::RestartHub => self.restart_hub(),
        }
    }

    /// Lets `tljh-config` make the change and sees that it made this one and no other.
    fn change_config(&mut self, change: &TljhChange) -> Result<(), Cause> {
        if self.read_config()? != self.config {
            return Err(Cause::ChangedMeanwhile(self.files.config_yaml()));
        }
        self.tljh_config(&change.arguments())?;
        let expected = self.config.after(change);
        let found = self.read_config()?;
        if found == expected {
            self.config = expected;
            return Ok(());
        }
        if found.has(change) {
            return Err(Cause::ChangedMeanwhile(self.files.config_yaml()));
        }
        Err(Cause::UnexpectedConfig(format!(
            "{} is {:?} now",
            change.path(),
            found.get(change.path())
        )))
    }

    /// What `config.yaml` says, read under TLJH's own lock.
    ///
    /// # Errors
    /// When it cannot be read or is not YAML.
    pub fn read_config(&self) -> Result<ConfigYaml, Cause> {
        let _lock = lock_config(self.host, &self.files)?;
        let file = file_state(self.host, &self.files.config_yaml())?;
        let config = file.map_or_else(
            || Ok(ConfigYaml::default()),
            |file| ConfigYaml::parse(&file.bytes),
        );
        Ok(config.map_err(crate::plan::NoPlan::from)?)
    }

    /// Runs `tljh-config`; while somebody else's holds the lock, again.
    ///
    /// # Errors
    /// When it fails, hangs, or the lock is not to be had.
    pub fn tljh_config(&self, arguments: &[&str]) -> Result<Finished, Cause> {
        let call = Invocation::new(self.files.tljh_config())
            .args(arguments.iter().copied())
            .env("TLJH_INSTALL_PREFIX", self.files.prefix())
            .deadline(TLJH_CONFIG_DEADLINE);
        let shown = format!("tljh-config {}", arguments.join(" "));
        for attempt in 1.. {
            let finished = self.run(&call, &shown)?;
            if finished.success() {
                return Ok(finished);
            }
            let output = format!("{}{}", finished.stdout_text(), finished.stderr_text());
            if attempt < TLJH_CONFIG_TRIES
                && output.contains("Another instance of tljh-config holds the lock")
            {
                continue;
            }
            return Err(self.failed(&shown, &finished, &output));
        }
        Err(Cause::Interrupted)
    }

    fn run(&self, call: &Invocation, shown: &str) -> Result<Finished, Cause> {
        self.host.run(call).map_err(|source| program_error(shown, source))
    }

    fn failed(&self, shown: &str, finished: &Finished, output: &str) -> Cause {
        let lines: Vec<&str> = output.lines().collect();
        let last = lines[lines.len().saturating_sub(15)..].join("\n");
        let output = self
            .secret
            .map_or_else(|| last.clone(), |secret| secret.redact(&last));
        Cause::ProgramFailed {
            program: shown.to_owned(),
            exit: finished.exit.to_string(),
            output,
        }
    }

    /// Restarts the hub's unit and waits until the hub answers; gives up early when systemd starts it
    /// again and again.
    ///
    /// # Errors
    /// When it does not answer in time, with what its journal says.
    pub fn restart_hub(&self) -> Result<(), Cause> {
        let since = self.host.now();
        let shown = "systemctl restart jupyterhub";
        let finished = units::restart_hub(self.host).map_err(|source| program_error(shown, source))?;
        if !finished.success() {
            let output = format!("{}{}", finished.stdout_text(), finished.stderr_text());
            return Err(self.failed(shown, &finished, &output));
        }
        self.wait_for_hub(since)
    }

    fn wait_for_hub(&self, since: std::time::SystemTime) -> Result<(), Cause> {
        let local = LocalHub::read(self.host, self.files.prefix())
            .map_err(|error| std::io::Error::other(error.to_string()))?;
        let until = self.host.monotonic() + self.hub_deadline;
        let slice = Duration::from_secs(1);
        loop {
            let Err(stage) = wait_until_ready(self.host, &local, slice) else {
                return Ok(());
            };
            if self.host.interrupt().is_due() {
                return Err(Cause::Interrupted);
            }
            let restarts = units::hub_restarts(self.host).unwrap_or(0);
            let late = self.host.monotonic() >= until;
            if late || restarts >= RESTARTS_OF_A_HUB_THAT_CANNOT_START {
                return Err(self.hub_down(since, late, restarts, &stage.found));
            }
        }
    }

    fn hub_down(&self, since: std::time::SystemTime, late: bool, restarts: u32, seen: &str) -> Cause {
        let journal: Vec<String> = units::hub_journal(self.host, since, 60)
            .into_iter()
            .map(|line| {
                self.secret
                    .map_or_else(|| line.clone(), |secret| secret.redact(&line))
            })
            .collect();
        let why = match crate::hub::symptom_of(&journal) {
            Some(symptom) => format!("{}; {}", symptom.what, symptom.remedy),
            None if late => format!("no answer in {} s ({seen})", self.hub_deadline.as_secs()),
            None => format!("it ends right after it starts, {restarts} times so far"),
        };
        let keep = journal.len().saturating_sub(15);
        Cause::HubDown {
            why,
            journal: journal[keep..].to_vec(),
        }
    }
}

fn program_error(shown: &str, source: RunError) -> Cause {
    match source {
        RunError::Interrupted { .. } => Cause::Interrupted,
        source => Cause::Program {
            program: shown.to_owned(),
            source,
        },
    }
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
