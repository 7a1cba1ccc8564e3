//! AWS, through its own `aws` command: it knows profiles, roles, SSO and proxies better than we would.

mod command;
mod error;

pub use command::{AwsCli, find_command, own_command};
pub use error::{AwsError, AwsFailure};
