//! One thing that is wrong.

use std::fmt;

use serde::Serialize;

/// One thing that is wrong, in plain words, and what mends it. Never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// A stable name in kebab case.
    pub name: &'static str,
    /// The file, with its line where one is to blame; none for what is running.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What is wrong.
    pub what: String,
    /// What mends it.
    pub remedy: String,
}

impl Finding {
    /// Something wrong that no one file is to blame for.
    pub fn new(name: &'static str, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            name,
            place: None,
            what: what.into(),
            remedy: remedy.into(),
        }
    }

    /// The same, with the file to blame.
    #[must_use]
    pub fn at(mut self, place: impl Into<String>) -> Self {
        self.place = Some(place.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.what)
    }
}
