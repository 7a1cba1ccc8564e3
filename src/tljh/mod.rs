//! What a TLJH machine is made of: its files, `config.yaml`, its units, its lock.

pub mod config_lock;
mod config_yaml;
pub mod observe;
mod observed;
pub mod units;

pub use config_yaml::{ConfigYaml, MEND_BY_HAND, NotYaml, yaml_fault};
pub use observed::{FileState, HubFiles, Observed, Versions};
