//! A stand-in for AWS Cognito: the web pages of a user pool, on loopback, with Cognito's answers and errors.
//!
//! It exists so that a login can be tried, and each of its failures seen, without an AWS account. It follows what
//! AWS documents and what others reported from the live service; where neither says anything, the module that
//! decides says so. It is no security boundary: its key is public, its memory is the process's, and it serves plain
//! http to this machine alone.
//!
//! ```no_run
//! use hubgate::standin::{Client, Config, Standin, Pool, User};
//!
//! # fn main() -> Result<(), hubgate::standin::StandinError> {
//! let client = Client {
//!     id: "3n4b5urk1ft4fl3mg5e62d9ado".into(),
//!     secrets: vec!["not-a-real-secret".into()],
//!     callbacks: vec!["http://127.0.0.1:8000/hub/oauth_callback".into()],
//!     sign_outs: vec!["http://127.0.0.1:8000/".into()],
//!     scopes: vec!["openid".into(), "email".into()],
//! };
//! let pool = Pool::new(vec![User::new("ada", "a password".into())]);
//! let stand_in = Standin::start(Config::new(pool, vec![client]))?;
//! println!("{}", stand_in.url());
//! # Ok(())
//! # }
//! ```

mod fault;
mod ids;
mod jwt;
mod log;
mod oauth;
mod pool;
mod sends;
mod site;
mod store;
mod web;

use crate::told::Told;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

pub use fault::{Fault, Faults};
pub use log::{Observer, Seen};
pub use pool::config::{Client, Config, GroupsForm, MappedGroups, Pool, User};
pub use pool::users::{parse_users, read_users};
pub use sends::{Sent, sent_about};
pub use web::endpoint::Endpoint;

/// Why there is no stand-in.
#[derive(Debug, thiserror::Error)]
pub enum StandinError {
    /// The address is not of this machine alone.
    #[error("the Cognito stand-in listens on loopback only, not on {0}")]
    NotLoopback(IpAddr),
    /// The address is taken, or not to be had.
    #[error("the Cognito stand-in cannot listen on {address}: {reason}")]
    Bind {
        /// Where it should have listened.
        address: SocketAddr,
        /// What the system said.
        reason: String,
    },
    /// The configuration contradicts itself or Cognito; one sentence each.
    #[error("the Cognito stand-in cannot start: {}", .0.join("; "))]
    Config(Vec<String>),
    /// The users file cannot be read.
    #[error("the users file cannot be read")]
    UsersFile(#[source] std::io::Error),
    /// The users file does not say what it should.
    #[error("the users file is wrong{}: {reason}", .line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    Users {
        /// The line, from 1.
        line: Option<usize>,
        /// What is wrong there.
        reason: String,
    },
    /// The signing key that is part of the program is damaged.
    #[error("the stand-in's signing key is not usable: {0}")]
    Key(String),
    /// The system gave no threads.
    #[error("the stand-in got no thread: {0}")]
    Threads(String),
}

impl Told for StandinError {
    fn remedy(&self) -> Option<String> {
        let text = match self {
            StandinError::NotLoopback(_) => "use 127.0.0.1, ::1 or no address at all",
            StandinError::Bind { .. } => "choose another port, or port 0 for any free one",
            StandinError::Config(_) => "correct what is named; the rules are Cognito's own",
            StandinError::UsersFile(_) => "name a file that exists and can be read",
            StandinError::Users { .. } => {
                "each person is a [[users]] table with at least username and password"
            }
            StandinError::Key(_) => "build the program again from a clean checkout",
            StandinError::Threads(_) => "the limit on processes (ulimit -u) may be reached",
        };
        Some(text.to_owned())
    }
}

/// A running stand-in. It stops when it is dropped.
pub struct Standin {
    site: Arc<site::Site>,
    running: web::server::Running,
}

impl Standin {
    /// Checks the configuration, binds the address and begins to serve; it answers from then on.
    ///
    /// # Errors
    /// When the configuration is wrong (everything that is wrong is told), or the address is not loopback or taken.
    pub fn start(config: Config) -> Result<Standin, StandinError> {
        let problems = pool::rules::problems(&config);
        if !problems.is_empty() {
            return Err(StandinError::Config(problems));
        }
        let (listener, address) = web::server::bind(config.address)?;
        let url = config
            .public_url
            .clone()
            .unwrap_or_else(|| format!("http://{address}"));
        let site = Arc::new(site::Site::new(config, url)?);
        let running = web::server::serve(listener, address, &site)?;
        Ok(Standin { site, running })
    }

    /// `http://127.0.0.1:PORT` or its public URL, without a slash at its end: what stands for
    /// `https://DOMAIN`.
    pub fn url(&self) -> &str {
        &self.site.base
    }

    /// What stands for `https://cognito-idp.REGION.amazonaws.com/POOLID`: the tokens' issuer, and where the
    /// `.well-known` documents are.
    pub fn issuer(&self) -> String {
        self.site.issuer()
    }

    /// Every request so far, in the order of the answers.
    pub fn requests(&self) -> Vec<Seen> {
        self.site.seen()
    }

    /// Switches faults on and off, for the requests from now on.
    pub fn set_faults(&self, faults: Faults) {
        self.site.set_faults(faults);
    }

    /// Moves the stand-in's clock ahead: codes, sessions and tokens age at once.
    pub fn advance(&self, by: Duration) {
        self.site.advance(by.as_secs());
    }

    /// Stops serving and frees the port. A second call does nothing.
    pub fn stop(&mut self) {
        self.running.stop();
    }
}

impl std::fmt::Debug for Standin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Standin")
            .field("url", &self.site.base)
            .finish_non_exhaustive()
    }
}
