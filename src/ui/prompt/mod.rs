//! Asking a person: a small trait, so that what is asked can be played through without a terminal.

mod line;
mod paste;
#[cfg(test)]
pub(crate) mod scripted;
mod session;
mod terminal;

use std::io;

use super::page::Row;
use crate::invalid::Invalid;
use crate::secret::Secret;

pub use session::Session;
pub use terminal::Terminal;

/// What a person types to go back to the question before.
pub const BACK: &str = "<";

/// What a person types for "none", where none is not what Enter gives.
pub const NONE: &str = "-";

/// A person, or a script that stands in for one.
pub trait Prompter {
    /// Asks for a line of text until it is right, and returns it as it was typed.
    ///
    /// # Errors
    /// [`Halt`], as every method here.
    fn text(&mut self, ask: &Ask<'_>) -> Result<Reply<String>, Halt>;

    /// Asks for a line that nobody may see.
    fn secret(&mut self, ask: &Ask<'_>) -> Result<Reply<Secret>, Halt>;

    /// Asks for one of several things, by its place in the list.
    fn choose(&mut self, menu: &Menu<'_>) -> Result<Reply<usize>, Halt>;

    /// Shows something.
    fn show(&mut self, rows: &[Row]) -> Result<(), Halt>;
}

/// A question that a person answers by typing.
pub struct Ask<'a> {
    /// What is asked for, in a word or three.
    pub title: &'a str,
    /// One line about it.
    pub explain: &'a str,
    /// What was wrong with the answer before.
    pub complaint: Option<String>,
    /// What Enter alone gives.
    pub default: Option<String>,
    /// What stands there already, to be edited.
    pub initial: Option<String>,
    /// Returns an answer as it was understood, or says what is wrong with it.
    pub check: &'a dyn Fn(&str) -> Result<String, Invalid>,
}

/// A question that a person answers by choosing.
pub struct Menu<'a> {
    /// What is asked for, in a word or three.
    pub title: &'a str,
    /// One line about it.
    pub explain: &'a str,
    /// What was wrong with the answer before.
    pub complaint: Option<String>,
    /// The entries; what comes before the first two spaces is shown as the answer.
    pub items: Vec<String>,
    /// The entry that Enter alone gives.
    pub default: Option<usize>,
}

/// What a person did with a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply<T> {
    /// The answer.
    Answer(T),
    /// Back to the question before.
    Back,
}

/// Why there is no reply.
#[derive(Debug, thiserror::Error)]
pub enum Halt {
    /// The person pressed Ctrl-C, or a signal asked us to end.
    #[error("stopped")]
    Stopped,
    /// The terminal cannot be read or written.
    #[error("the terminal does not work: {0}")]
    Terminal(#[source] io::Error),
}

impl crate::told::Told for Halt {}

impl From<io::Error> for Halt {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::Interrupted => Self::Stopped,
            _ => Self::Terminal(error),
        }
    }
}

/// Asks yes or no; `default` is what Enter gives.
///
/// # Errors
/// [`Halt`].
pub fn confirm(
    prompter: &mut dyn Prompter,
    title: &str,
    explain: &str,
    default: bool,
) -> Result<Reply<bool>, Halt> {
    let menu = Menu {
        title,
        explain,
        complaint: None,
        items: vec!["yes".to_owned(), "no".to_owned()],
        default: Some(usize::from(!default)),
    };
    Ok(match prompter.choose(&menu)? {
        Reply::Answer(at) => Reply::Answer(at == 0),
        Reply::Back => Reply::Back,
    })
}
