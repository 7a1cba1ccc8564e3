//! Is the login working, end to end, without a person?
//!
//! Stage by stage, each seen to be right, seen to be wrong, or not known: first this machine's hub, then
//! Cognito, then the name that people type. Nothing is changed, nobody is signed out, and no secret goes
//! anywhere but to Cognito's token endpoint.
//!
//! What only a login shows (what Cognito tells about a person, who is let in) is not part of it, and
//! [`VerifyReport::not_checked`] says so.

mod certificate;
mod cognito;
mod expectation;
mod hub_api;
mod hub_pages;
mod login_page;
mod look;
mod page;
mod public;
mod redirect;
mod report;
mod run;
mod units;

use std::time::Duration;

pub use certificate::{CertificateAt, certificate};
pub use expectation::{CertificateFrom, ClientAuth, Expectation};
pub use hub_api::wait_until_ready;
pub use look::{LoginLook, Way};
pub use page::{LoginButton, LoginForm, LoginPage};
pub use report::{Outcome, Stage, StageCause, StageName, VerifyReport};
pub use run::verify;

/// How long to wait for what may yet come right by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For this machine's hub to answer, from the start on.
    pub hub: Duration,
    /// For the certificate, DNS and the public name, from the start on.
    pub public: Duration,
    /// For each single answer.
    pub answer: Duration,
}

impl Patience {
    /// One look at everything.
    pub const NONE: Patience = Patience {
        hub: Duration::ZERO,
        public: Duration::ZERO,
        answer: Duration::from_secs(10),
    };

    /// The same time for the hub and the public name.
    pub fn of(wait: Duration) -> Self {
        Patience {
            hub: wait,
            public: wait,
            ..Self::NONE
        }
    }
}
