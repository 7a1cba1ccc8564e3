//! AWS, through its own `aws` command: it knows profiles, roles, SSO and proxies better than we would.

mod cli;
mod error;

pub use cli::{Cli, find_command, own_command};
pub use error::{AwsError, Cause};
