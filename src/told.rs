//! What an error says of itself besides its text: what mends it, how the hub is now, how the command ends.

use std::error::Error;
use std::fmt::{self, Display};

use serde::Serialize;

/// Exit codes, the same for every command.
pub mod exit {
    /// Done, or nothing to do.
    pub const DONE: u8 = 0;
    /// Failed, and everything is as it was before.
    pub const FAILED: u8 = 1;
    /// Usage or bad answers.
    pub const USAGE: u8 = 2;
    /// `--check` found a difference.
    pub const DIFFERS: u8 = 3;
    /// Failed and not restored: a person is needed.
    pub const NOT_RESTORED: u8 = 4;
    /// A verification or diagnosis found a fault.
    pub const FAULT_FOUND: u8 = 5;
}

/// How the hub is after a command that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum HubState {
    /// Nothing was changed.
    Untouched,
    /// Everything is as it was before.
    Restored,
    /// It is in neither state, or TLJH is installed in part.
    Broken,
}

/// One thing that is wrong with what a person gave.
#[derive(Debug, Serialize)]
pub struct Mistake {
    /// The setting, as `table.name`.
    pub setting: Option<String>,
    /// Where it was given.
    pub origin: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub remedy: String,
}

/// An error that a command can end with.
pub trait Told: Error + Send + Sync + 'static {
    /// What a person can do about it, where that is known.
    fn remedy(&self) -> Option<String> {
        None
    }

    /// How the hub is now, where that was at stake.
    fn hub(&self) -> Option<HubState> {
        None
    }

    /// The command's exit code.
    fn exit(&self) -> u8 {
        match self.hub() {
            Some(HubState::Broken) => exit::NOT_RESTORED,
            _ => exit::FAILED,
        }
    }

    /// Everything that is wrong, where it is more than the text says.
    fn mistakes(&self) -> Vec<Mistake> {
        Vec::new()
    }
}

impl Told for std::io::Error {}
impl Told for serde_json::Error {}

/// What a command does, or why it could not.
pub type Result<T> = std::result::Result<T, Failure>;

/// Any error on its way to a person, and what it kept from being done. Its text has the causes, too.
#[derive(Debug)]
pub struct Failure {
    context: Option<String>,
    error: Box<dyn Told>,
}

impl Failure {
    /// An error that is a sentence and no more.
    pub fn new(what: impl Into<String>) -> Self {
        Sentence(what.into()).into()
    }

    /// The error itself.
    pub fn error(&self) -> &dyn Told {
        &*self.error
    }

    /// The error, where it is of this type.
    pub fn get<E: Told>(&self) -> Option<&E> {
        let error: &dyn Error = &*self.error;
        error.downcast_ref()
    }
}

impl<E: Told> From<E> for Failure {
    fn from(error: E) -> Self {
        Self {
            context: None,
            error: Box::new(error),
        }
    }
}

/// Each cause is said once: some errors name theirs themselves.
impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.context.clone().unwrap_or_default();
        let mut next: Option<&dyn Error> = Some(&*self.error);
        while let Some(error) = next {
            let cause = error.to_string();
            if text.is_empty() {
                text = cause;
            } else if !text.contains(&cause) {
                text = format!("{text}: {cause}");
            }
            next = error.source();
        }
        f.write_str(&text)
    }
}

/// Says what an error kept from being done.
pub trait Context<T> {
    /// As it is, with `what` before its text.
    ///
    /// # Errors
    /// The same.
    fn context(self, what: impl Display) -> Result<T>;
}

impl<T, E: Into<Failure>> Context<T> for std::result::Result<T, E> {
    fn context(self, what: impl Display) -> Result<T> {
        self.map_err(|error| {
            let Failure { context, error } = error.into();
            let context = match context {
                Some(inner) => format!("{what}: {inner}"),
                None => what.to_string(),
            };
            Failure {
                context: Some(context),
                error,
            }
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Sentence(String);

impl Told for Sentence {}
