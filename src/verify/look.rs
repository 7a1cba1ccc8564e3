//! What the login looks like, whatever it is: taken before a change, compared after an undo.

use std::fmt::Write as _;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::hub_pages::HubPages;
use super::page::{LoginPage, steady};
use crate::host::{Host, HttpError, HttpResponse};
use crate::tljh::LocalHub;

/// For a page of a hub that is up.
const LIMIT: Duration = Duration::from_secs(10);

/// An answer's status and where it sends the browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Way {
    /// The HTTP status.
    pub status: u16,
    /// Where to, without what changes with every request.
    pub location: Option<String>,
}

/// What this machine's hub shows to somebody who wants to log in, with any authenticator. Two looks at
/// the same configuration are equal: nothing in it changes from request to request, and nothing in it is
/// secret, so it may be written down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginLook {
    /// `/hub/login`.
    pub login: Way,
    /// Its title, forms and buttons.
    pub page: LoginPage,
    /// `/hub/oauth_login`: 404 for logins without OAuth; for the others, the request to the provider.
    pub oauth: Way,
}

impl LoginLook {
    /// Asks the hub. It should be ready: see [`wait_until_ready`](super::wait_until_ready).
    ///
    /// # Errors
    /// When no answer comes. An answer that is an error page is a look like any other.
    pub fn take(host: &dyn Host, hub: &LocalHub) -> Result<Self, HttpError> {
        let pages = HubPages::nameless(host, hub, LIMIT);
        let login = pages.get("hub/login")?;
        Ok(LoginLook {
            page: LoginPage::parse(&login.text()),
            login: Way::of(&login),
            oauth: Way::of(&pages.get("hub/oauth_login")?),
        })
    }

    /// Does it look like a login that works? An error page, or traefik's "Bad Gateway", does not.
    pub fn is_usable(&self) -> bool {
        matches!(self.login.status, 200..=399)
    }

    /// In a line: `status 200, "JupyterHub", password form`.
    pub fn describe(&self) -> String {
        let mut words = format!("HTTP {}", self.login.status);
        // Writing to a String cannot fail.
        if let Some(location) = &self.login.location {
            let _ = write!(words, " to {location}");
        }
        if self.page.wants_password() {
            words.push_str(", a password form");
        }
        for button in self.page.buttons.iter().filter(|button| !button.text.is_empty()) {
            let _ = write!(words, ", \"{}\"", button.text);
        }
        words
    }

    /// What differs, in words; `None` when it looks the same.
    pub fn difference(&self, now: &LoginLook) -> Option<String> {
        let differs =
            |what: &str, then: String, now: String| Some(format!("{what} was {then}, and is {now}"));
        if self.login != now.login {
            return differs("the login page", self.describe(), now.describe());
        }
        if self.page.title != now.page.title {
            return differs(
                "its title",
                format!("\"{}\"", self.page.title),
                format!("\"{}\"", now.page.title),
            );
        }
        if self.page != now.page {
            return differs("the login page", self.describe(), now.describe());
        }
        if self.oauth != now.oauth {
            return differs("/hub/oauth_login", self.oauth.describe(), now.oauth.describe());
        }
        None
    }
}

impl Way {
    fn of(response: &HttpResponse) -> Self {
        Way {
            status: response.status,
            location: response.location().map(steady),
        }
    }

    fn describe(&self) -> String {
        match &self.location {
            Some(location) => format!("HTTP {} to {location}", self.status),
            None => format!("HTTP {}", self.status),
        }
    }
}
