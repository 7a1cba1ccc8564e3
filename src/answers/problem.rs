//! What is wrong with the answers: all of it at once.

use std::fmt;

use super::origin::Origin;
use super::setting::Key;
use crate::invalid::Invalid;
use crate::secret::without_pasted;
use crate::told::{Mistake, Told, exit};

/// One thing that is wrong with the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The setting that mends it, where one does.
    pub key: Option<Key>,
    /// Where the wrong value was typed; none when it is missing.
    pub origin: Option<Origin>,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub remedy: String,
    /// Whether it is about a name that means nothing, whatever setting was probably meant.
    pub unknown_name: bool,
}

impl Problem {
    /// Whether no answer can mend it: it is about something that does not exist.
    pub fn is_of_no_question(&self) -> bool {
        self.key.is_none() || self.unknown_name
    }

    /// What is wrong at a place, with a setting or with none.
    pub fn new(
        key: Option<Key>,
        origin: Option<Origin>,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            key,
            origin,
            what: what.into(),
            remedy: remedy.into(),
            unknown_name: false,
        }
    }

    /// A wrong value, with its place.
    pub fn at(key: Key, origin: Origin, what: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self::new(Some(key), Some(origin), what, remedy)
    }

    /// A setting that nobody gave.
    pub fn missing(key: Key, remedy: impl Into<String>) -> Self {
        let what = format!("{} is missing", key.setting().dotted());
        Self::new(Some(key), None, what, remedy)
    }

    /// A value that its constructor refused.
    pub fn invalid(key: Key, origin: Origin, invalid: Invalid) -> Self {
        Self::at(key, origin, invalid.problem, invalid.remedy)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) => write!(f, "{origin}: {}", self.what)?,
            None => f.write_str(&self.what)?,
        }
        write!(f, "\n    {}", self.remedy)?;
        match (&self.origin, self.key.map(Key::setting)) {
            (None, Some(setting)) => write!(f, "\n    set it with {}", setting.places()),
            _ => Ok(()),
        }
    }
}

/// Every problem of every source, in the order found.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
pub struct Problems {
    all: Vec<Problem>,
    unread: bool,
}

impl Problems {
    /// Adds one, without what may be a secret that was pasted into the wrong place.
    pub fn add(&mut self, mut problem: Problem) {
        problem.what = without_pasted(&problem.what);
        problem.remedy = without_pasted(&problem.remedy);
        if !self.all.contains(&problem) {
            self.all.push(problem);
        }
    }

    /// Adds one because of which a source could not be read as a whole: what is missing may stand there.
    pub fn add_unread(&mut self, problem: Problem) {
        self.unread = true;
        self.add(problem);
    }

    /// Whether a source could not be read, so that nothing can be said to be missing.
    pub fn unread(&self) -> bool {
        self.unread
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.all.iter()
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.all.len() {
            1 => writeln!(f, "one answer needs mending")?,
            n => writeln!(f, "{n} answers need mending")?,
        }
        for problem in &self.all {
            write!(f, "\n  {problem}")?;
        }
        Ok(())
    }
}

impl Told for Problems {
    fn exit(&self) -> u8 {
        exit::USAGE
    }

    fn mistakes(&self) -> Vec<Mistake> {
        let mistake = |problem: &Problem| Mistake {
            setting: problem.key.map(|key| key.setting().dotted()),
            origin: problem.origin.as_ref().map(ToString::to_string),
            what: problem.what.clone(),
            remedy: problem.remedy.clone(),
        };
        self.iter().map(mistake).collect()
    }
}
