//! From answers to the files that a hub gets and a person reviews. Pure: the same answers give the
//! same bytes.

mod context;
mod drift;
mod environment;
mod files;
mod folder;
mod quote;
mod tljh_config;
mod unseen;

pub use context::{AWSCLI, Context};
pub use drift::{Drift, diff, diff_of_others, drift};
pub use environment::{RenderError, Renderer};
pub use files::{EmbeddedSecret, FileSet, RenderedFile, render, render_awscognito, render_with, sha256_hex};
pub use folder::{Folder, secret_stays_behind};
pub use quote::{NotQuotable, python_string, shell_word};
pub use tljh_config::{TljhChange, tljh_changes};

/// The authenticator that TLJH is told to use.
pub const AUTHENTICATOR_CLASS: &str = "oauthenticator.generic.GenericOAuthenticator";

/// EC2 takes this many bytes of user data.
///
/// Source: <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html>
pub const USER_DATA_LIMIT: usize = 16_384;
