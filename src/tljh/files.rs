//! Where a TLJH machine keeps what. Nobody else spells these paths.

use std::path::{Path, PathBuf};

/// Where TLJH's installer puts it unless told otherwise.
pub const DEFAULT_PREFIX: &str = "/opt/tljh";

/// What the name of a settings file ends in that was moved aside, so that the hub does not load it.
pub const ASIDE: &str = ".py.before-hubgate";

/// The hub's unit, among the last things that TLJH's installer writes.
///
/// Source: <https://github.com/jupyterhub/the-littlest-jupyterhub/blob/main/tljh/installer.py>
pub const HUB_UNIT: &str = "/etc/systemd/system/jupyterhub.service";

/// Where a hub keeps what hubgate changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HubFiles {
    prefix: PathBuf,
}

impl HubFiles {
    /// The files of the hub that is installed at `prefix`.
    pub fn new(prefix: impl Into<PathBuf>) -> Self {
        Self {
            prefix: prefix.into(),
        }
    }

    /// TLJH's prefix.
    pub fn prefix(&self) -> &Path {
        &self.prefix
    }
    /// TLJH's own settings.
    pub fn config_yaml(&self) -> PathBuf {
        self.prefix.join("config/config.yaml")
    }
    /// The file that `tljh-config` locks while it rewrites `config.yaml`.
    pub fn config_lock(&self) -> PathBuf {
        self.prefix.join("config/config.yaml.lock")
    }
    /// The folder of further settings, loaded in sorted order after `config.yaml`.
    pub fn folder(&self) -> PathBuf {
        self.prefix.join("config/jupyterhub_config.d")
    }
    /// The authenticator's settings.
    pub fn awscognito_py(&self) -> PathBuf {
        self.folder().join("awscognito.py")
    }
    /// The client secret.
    pub fn awscognito_secret(&self) -> PathBuf {
        self.folder().join("awscognito.secret")
    }
    /// The files that are hubgate's to change; others only where it is asked to take them over.
    pub fn touched(&self) -> [PathBuf; 3] {
        [self.config_yaml(), self.awscognito_py(), self.awscognito_secret()]
    }
    /// The Python environment that the hub runs in.
    pub fn environment(&self) -> PathBuf {
        self.prefix.join("hub")
    }
    /// TLJH's command.
    pub fn tljh_config(&self) -> PathBuf {
        self.environment().join("bin/tljh-config")
    }
    /// The hub's own Python.
    pub fn python(&self) -> PathBuf {
        self.environment().join("bin/python")
    }
}
