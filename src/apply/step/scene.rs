//! What the steps of a run work on, and what is known of it meanwhile.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::apply::error::Cause;
use crate::apply::record::backup::sha256_of;
use crate::apply::record::journal::Journal;
use crate::host::{Finished, Host, Invocation, RunError};
use crate::render::sha256_hex;
use crate::secret::Secret;
use crate::tljh::{ConfigYaml, FileState, HubFiles, Observed, config_lock::lock_config, observe::file_state};

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
    pub(super) fresh_hub: Cell<Option<SystemTime>>,
    /// The run; programs that it starts carry its name, so that whoever recovers finds them.
    pub run: String,
}

impl<'a> Scene<'a> {
    /// The hub as it was observed.
    pub fn new(host: &'a dyn Host, observed: Observed, hub_deadline: Duration) -> Self {
        let ours = [observed.files.awscognito_py(), observed.files.awscognito_secret()];
        let others = observed.others.iter().map(|(path, _)| path.clone());
        let sha256 = |path: &Path| observed.file(path).map(|file| sha256_hex(&file.bytes));
        Self {
            // A way back starts from what is no YAML, too.
            config: config_of(observed.config_yaml.as_ref()),
            known: ours
                .into_iter()
                .chain(others)
                .map(|path| (path.clone(), sha256(&path)))
                .collect(),
            ..Self::unseen(host, observed.files, hub_deadline)
        }
    }

    /// A hub that a run was cut off on.
    pub fn of_run(host: &'a dyn Host, journal: &Journal, hub_deadline: Duration) -> Self {
        Self {
            run: journal.id.clone(),
            ..Self::unseen(host, HubFiles::new(&journal.prefix), hub_deadline)
        }
    }

    fn unseen(host: &'a dyn Host, files: HubFiles, hub_deadline: Duration) -> Self {
        Self {
            host,
            files,
            secret: None,
            hub_deadline,
            config: ConfigYaml::default(),
            known: BTreeMap::new(),
            fresh_hub: Cell::new(None),
            run: String::new(),
        }
    }

    /// Nobody else changed the file since we looked at it, or wrote it.
    ///
    /// # Errors
    /// [`Cause::ChangedMeanwhile`], or when it cannot be read.
    pub(super) fn only_we_changed(&self, path: &Path) -> Result<(), Cause> {
        match self.known.get(path) {
            Some(known) if *known != sha256_of(self.host, path)? => {
                Err(Cause::ChangedMeanwhile(path.to_owned()))
            }
            _ => Ok(()),
        }
    }

    /// What `config.yaml` says, read under TLJH's own lock.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_config(&self) -> Result<ConfigYaml, Cause> {
        let _lock = lock_config(self.host, &self.files)?;
        self.config_now()
    }

    pub(super) fn config_now(&self) -> Result<ConfigYaml, Cause> {
        let file = file_state(self.host, &self.files.config_yaml())?;
        Ok(config_of(file.as_ref()))
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

    pub(super) fn not_ended(&self, shown: &str, source: RunError) -> Cause {
        Cause::not_ended(shown, source, self.secret)
    }

    pub(super) fn failed(&self, shown: &str, finished: &Finished, output: &str) -> Cause {
        Cause::ProgramFailed {
            program: shown.to_owned(),
            exit: finished.exit.to_string(),
            output: crate::apply::error::last_lines(output, self.secret),
        }
    }
}

fn config_of(file: Option<&FileState>) -> ConfigYaml {
    file.map_or_else(ConfigYaml::default, |file| ConfigYaml::or_illegible(&file.bytes))
}
