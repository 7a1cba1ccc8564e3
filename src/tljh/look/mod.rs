//! The hub that results: what the hub's own Python makes of everything that the hub loads.
//!
//! One script does it, `templates/look`. It loads the settings as the hub would, keeps the place of each, makes the
//! authenticator, and lets it decide about people, with what Cognito would send in the place of the network.
//! Code of the hub's own that a login would get to is not run: what it would decide is unknown.

mod answer;
mod request;

use std::path::Path;
use std::time::Duration;

pub use answer::{
    Class, Database, Decision, Hook, KnownUser, Look, Message, Outcome, Place, Schema, SchemaFinding,
    Setting, Stray,
};
pub use request::{OwnFile, Pattern, Player, PoolSide, Request};

use crate::host::{Host, Invocation, RunError};
use crate::render::python_string;
use crate::tljh::units;

const SCRIPT: &str = concat!(
    include_str!("../../../templates/apply/quick_start.py"),
    include_str!("../../../templates/look/places.py"),
    include_str!("../../../templates/look/foreign.py"),
    include_str!("../../../templates/look/settings.py"),
    include_str!("../../../templates/look/people.py"),
    include_str!("../../../templates/look/look.py"),
);
/// Importing JupyterHub takes a second, on a small and busy instance ten.
const DEADLINE: Duration = Duration::from_secs(90);

/// What would be taken from our own surroundings where the hub's unit does not set it.
const LEAKS: [&str; 20] = [
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
    "PYTHONHOME",
    "PYTHONPATH",
    "PYTHONSAFEPATH",
    "PYTHONSTARTUP",
    "PYTHONWARNINGS",
];

/// Why there is no answer. What the Python printed may hold anything that a settings file prints.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The hub's Python could not be run to its end.
    #[error("{program}: {source}")]
    NotEnded {
        /// The Python, and what it was to do.
        program: String,
        /// What happened.
        source: Box<RunError>,
    },
    /// It ended without an answer.
    #[error("{program} gave no answer ({exit})")]
    NoAnswer {
        /// The Python, and what it was to do.
        program: String,
        /// How it ended.
        exit: String,
        /// What it printed on standard error.
        output: String,
    },
}

/// Looks at the hub that results from the settings below `settings`, which is its prefix or a copy of its
/// `config/`; places in a copy are told as those of `prefix`.
///
/// # Errors
/// When the hub's Python gives no answer. A hub that does not start is an answer.
pub fn look(
    host: &dyn Host,
    python: &Path,
    prefix: &Path,
    settings: &Path,
    request: &Request,
) -> Result<Look, LookError> {
    let program = format!("{} (looking at the settings)", python.display());
    let mut call = Invocation::new(python)
        .arg("-")
        .stdin(script(request))
        .deadline(DEADLINE);
    for name in LEAKS {
        call = call.env_remove(name);
    }
    for (name, value) in units::hub_environment(host) {
        call = call.env(name, value);
    }
    let call = call
        .env("TLJH_INSTALL_PREFIX", settings)
        .env("PYTHONUNBUFFERED", "1")
        .cwd("/");
    let finished = host.run(&call).map_err(|source| LookError::NotEnded {
        program: program.clone(),
        source: Box::new(source),
    })?;
    let text = finished.stdout_text();
    let line = text.lines().last().unwrap_or_default();
    let line = line.replace(&*settings.to_string_lossy(), &prefix.to_string_lossy());
    serde_json::from_str(&line).map_err(|_| LookError::NoAnswer {
        program,
        exit: finished.exit.to_string(),
        output: finished.stderr_text(),
    })
}

/// The script with its question: on standard input, where nobody else reads it.
fn script(request: &Request) -> String {
    // A request is texts, numbers and lists, for which there is always JSON.
    let json = serde_json::to_string(request).unwrap_or_default();
    format!("{SCRIPT}\nmain(json.loads({}))\n", python_string(&json))
}
