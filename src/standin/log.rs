//! What was asked of the stand-in, kept without anything secret: no queries, no bodies, no headers.

use std::fmt;
use std::sync::Arc;

/// Is told of every request once its answer is decided.
pub type Observer = Arc<dyn Fn(&Seen) + Send + Sync>;

/// One request and how it was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The method, such as `GET`.
    pub method: String,
    /// The path without its query (which holds codes and states), at most 200 characters.
    pub path: String,
    /// The HTTP status; `None` when a fault kept the answer back or made it something that is not HTTP.
    pub status: Option<u16>,
    /// The error that was answered, in Cognito's words (`redirect_mismatch`, `invalid_client`, …); for a fault of
    /// the connection its name.
    pub error: Option<String>,
}

impl Seen {
    /// Method and path alone, as the log keeps them.
    pub(super) fn new(method: &str, path: &str) -> Self {
        let printable = |c: char| if c.is_control() { '?' } else { c };
        let keep = |text: &str, most: usize| text.chars().take(most).map(printable).collect();
        Seen {
            method: keep(method, 20),
            path: keep(path, 200),
            status: None,
            error: None,
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method, self.path)?;
        match self.status {
            Some(status) => write!(f, " {status}")?,
            None => f.write_str(" -")?,
        }
        match &self.error {
            Some(error) => write!(f, " {error}"),
            None => Ok(()),
        }
    }
}
