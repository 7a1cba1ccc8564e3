//! What a TLJH machine is made of: its files, `config.yaml`, its units, its lock; what its
//! hub's Python says of the login that results.

mod any_yaml;
pub mod certificate;
pub mod config_lock;
mod config_yaml;
mod files;
mod local_hub;
pub mod login;
pub mod look;
pub mod observe;
mod observed;
mod python_text;
pub mod units;

pub use config_yaml::{ConfigYaml, NotYaml, Unusable};
pub use files::{ASIDE, DEFAULT_PREFIX, HUB_UNIT, HubFiles};
pub use local_hub::{LocalHub, LocalHubError};
pub use observed::{FileState, Observed, Versions};
pub use python_text::{commented_out, simple_statement};
