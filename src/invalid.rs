//! Why a value was refused, in words for the person who typed it.

use thiserror::Error;

/// A value that a constructor refused: what is wrong with it and what would be right.
///
/// Both are sentences without a trailing full stop. Neither may ever hold a secret.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{problem}; {remedy}")]
pub struct Invalid {
    /// What is wrong, for example `"'my hub' is not a host name"`.
    pub problem: String,
    /// What would be right, for example `"give the domain as Cognito shows it"`.
    pub remedy: String,
}

impl Invalid {
    /// Builds the refusal from its two sentences.
    pub fn new(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    /// The refusal of an empty answer at a prompt.
    pub fn needed() -> Self {
        Self::new("this needs an answer", "type one; < goes back, Ctrl-C stops")
    }
}

/// What a constructor says about a value it accepted but would not have chosen.
pub type Warning = String;
