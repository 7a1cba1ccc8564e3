//! What a TLJH machine is made of: its files, `config.yaml`, its units, its lock.

pub mod config_lock;
mod config_yaml;
mod local_hub;
pub mod observe;
mod observed;
pub mod units;

/// Where TLJH's installer puts it unless told otherwise.
pub const DEFAULT_PREFIX: &str = "/opt/tljh";

pub use config_yaml::{ConfigYaml, NotYaml};
pub use local_hub::{LocalHub, LocalHubError};
pub use observed::{FileState, HubFiles, Observed, Versions};
