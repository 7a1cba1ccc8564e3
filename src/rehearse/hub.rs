//! A real JupyterHub on loopback, from its start to its end.

use std::time::Duration;

use serde::Deserialize;

use super::environment::{HubEnvironment, path_with};
use super::hub_folder::{HubFolder, HubPlace};
use super::log;
use crate::host::{Host, HttpRequest, Invocation, RunError, Running};
use crate::secret::Secret;
use crate::tljh::login::Identity;

/// A hub on a busy machine has been seen to need 13 s.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// How often we look whether the hub is there.
const TICK: Duration = Duration::from_millis(50);

/// The hub ends its proxy, then itself.
const GRACE: Duration = Duration::from_secs(10);

/// Settings that oauthenticator and JupyterHub would take from our own surroundings.
const LEAKS: [&str; 18] = [
    "CONFIGPROXY_AUTH_TOKEN",
    "JPY_COOKIE_SECRET",
    "JUPYTERHUB_API_TOKEN",
    "JUPYTERHUB_CRYPT_KEY",
    "LOGIN_SERVICE",
    "OAUTH2_AUTHORIZE_URL",
    "OAUTH2_BASIC_AUTH",
    "OAUTH2_GROUPS_KEY",
    "OAUTH2_TLS_VERIFY",
    "OAUTH2_TOKEN_URL",
    "OAUTH2_USERDATA_REQUEST_TYPE",
    "OAUTH2_USERDATA_URL",
    "OAUTH2_USERNAME_KEY",
    "OAUTH_CALLBACK_URL",
    "OAUTH_CLIENT_ID",
    "OAUTH_CLIENT_SECRET",
    "OAUTH_LOGOUT_REDIRECT_URL",
    "OAUTH_TLS_VERIFY",
];

/// Why the hub is not there.
#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// It cannot be started at all.
    #[error("JupyterHub cannot be started: {0}")]
    Start(#[from] RunError),
    /// It went down, or never got up.
    #[error("JupyterHub {how}; its log ends with\n{}", .words.iter().map(|line| format!("    {line}")).collect::<Vec<_>>().join("\n"))]
    Down {
        /// What happened.
        how: String,
        /// The last lines of its log.
        words: Vec<String>,
        /// All of it.
        log: String,
    },
    /// Its output cannot be read.
    #[error("what JupyterHub prints cannot be read: {0}")]
    Output(#[from] std::io::Error),
    /// It answers, but not as its API does.
    #[error("the hub's API does not tell who {name} is: {reason}")]
    Api {
        /// The user.
        name: String,
        /// What it said.
        reason: String,
    },
    /// Ctrl-C.
    #[error("stopped on request")]
    Interrupted,
}

impl HubError {
    /// Somebody took one of the ports in the moment between; elsewhere it may go well.
    pub fn is_worth_another_try(&self) -> bool {
        matches!(self, HubError::Down { log, .. } if log.contains("ddress already in use"))
    }
}

/// A running hub. It stops when it is dropped.
pub struct RehearsedHub<'h> {
    host: &'h dyn Host,
    place: HubPlace,
    api: Secret,
    program: Box<dyn Running>,
}

#[derive(Deserialize)]
struct UserModel {
    name: String,
    admin: bool,
    #[serde(default)]
    groups: Vec<String>,
}

impl<'h> RehearsedHub<'h> {
    /// Starts it and waits until it answers through its proxy.
    ///
    /// # Errors
    /// When it ends, or does not answer in time.
    pub fn start(
        host: &'h dyn Host,
        environment: &HubEnvironment,
        stage: &HubFolder,
        place: HubPlace,
        api: Secret,
    ) -> Result<Self, HubError> {
        let mut call = Invocation::new(environment.python())
            .args(["-I", "-m", "jupyterhub", "--config"])
            .arg(stage.configuration())
            .cwd(stage.path())
            .env("PATH", path_with(host, environment));
        for name in LEAKS {
            call = call.env_remove(name);
        }
        let program = host.start(&call)?;
        let mut hub = RehearsedHub {
            host,
            place,
            api,
            program,
        };
        hub.wait_until_ready()?;
        Ok(hub)
    }

    fn wait_until_ready(&mut self) -> Result<(), HubError> {
        let request = HttpRequest::get(format!("{}hub/api", self.place.url)).timeout(Duration::from_secs(2));
        let end = self.host.monotonic() + READY_LIMIT;
        loop {
            if self
                .host
                .send(&request)
                .is_ok_and(|response| response.status == 200)
            {
                return Ok(());
            }
            self.still_there()?;
            if self.host.interrupt().is_due() {
                return Err(HubError::Interrupted);
            }
            if self.host.monotonic() >= end {
                return Err(self.down(format!("did not answer within {} s", READY_LIMIT.as_secs()))?);
            }
            self.host.sleep(TICK);
        }
    }

    /// Nothing, as long as it runs.
    ///
    /// # Errors
    /// When it ended.
    pub fn still_there(&mut self) -> Result<(), HubError> {
        match self.program.poll()? {
            None => Ok(()),
            Some(exit) => Err(self.down(format!("ended ({exit})"))?),
        }
    }

    fn down(&self, how: String) -> Result<HubError, HubError> {
        let log = self.log()?;
        Ok(HubError::Down {
            how,
            words: log::last_words(&log),
            log,
        })
    }

    /// Where it is.
    pub fn place(&self) -> &HubPlace {
        &self.place
    }

    /// Everything it has printed. It holds no secret, apart from codes that are used up.
    ///
    /// # Errors
    /// When that cannot be read.
    pub fn log(&self) -> Result<String, HubError> {
        let (stdout, stderr) = self.program.output()?;
        Ok(String::from_utf8_lossy(&stderr).into_owned() + &String::from_utf8_lossy(&stdout))
    }

    /// What the hub's own API says of a user; `None` where it has no such user.
    ///
    /// # Errors
    /// When it does not answer as it should.
    pub fn identity(&self, name: &str) -> Result<Option<Identity>, HubError> {
        let quoted = percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        let request = HttpRequest::get(format!("{}hub/api/users/{quoted}", self.place.url))
            .header("Authorization", format!("token {}", self.api.expose()));
        let fault = |reason: String| HubError::Api {
            name: name.to_owned(),
            reason,
        };
        let response = self
            .host
            .send(&request)
            .map_err(|error| fault(error.to_string()))?;
        match response.status {
            404 => Ok(None),
            200 => {
                let user: UserModel = response.json().map_err(|error| fault(error.to_string()))?;
                let mut groups = user.groups;
                groups.sort();
                Ok(Some(Identity {
                    name: user.name,
                    admin: user.admin,
                    groups: Some(groups),
                }))
            }
            status => Err(fault(format!("HTTP {status}"))),
        }
    }

    /// Ends it, and its proxy with it.
    ///
    /// # Errors
    /// When that fails.
    pub fn stop(mut self) -> Result<(), HubError> {
        self.program.stop(GRACE)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
