//! What the answers are built through: it takes what was typed, and collects what is wrong with it.

use super::given::{Given, Layer};
use super::origin::Origin;
use super::problem::{Problem, Problems, without_pasted_secret};
use super::setting::Key;
use crate::invalid::{Invalid, Warning};

/// Collects problems and warnings while the answers are built. A builder method returns `None` only
/// after it noted why.
pub(super) struct Door<'a> {
    pub(super) given: &'a Layer,
    pub(super) problems: Problems,
    pub(super) warnings: Vec<Warning>,
}

impl Door<'_> {
    pub(super) fn list<T: PartialEq>(
        &mut self,
        key: Key,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Option<Vec<T>> {
        let Some(given) = self.given.get(&key) else {
            return Some(Vec::new());
        };
        let mut values = Vec::new();
        let before = self.problems.len();
        for item in &given.items {
            match parse(&item.text) {
                Ok(value) if values.contains(&value) => {}
                Ok(value) => values.push(value),
                Err(invalid) => self
                    .problems
                    .add(Problem::invalid(key, item.origin.clone(), invalid)),
            }
        }
        (self.problems.len() == before).then_some(values)
    }

    pub(super) fn required<T>(
        &mut self,
        key: Key,
        remedy: &str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let known = self.problems.unread() || self.problems.iter().any(|problem| problem.key == Some(key));
        match self.optional(key, parse)? {
            Some(value) => Some(value),
            None if known => None,
            None => {
                self.problems.add(Problem::missing(key, remedy));
                None
            }
        }
    }

    /// `Some(None)` when nobody gave it, `None` when what was given is wrong.
    pub(super) fn optional<T>(
        &mut self,
        key: Key,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        let Some(item) = self.given.get(&key).and_then(|given| given.items.last()) else {
            return Some(None);
        };
        match parse(&item.text) {
            Ok(value) => Some(Some(value)),
            Err(invalid) => self.refuse(key, item.origin.clone(), invalid),
        }
    }

    pub(super) fn refuse<T>(&mut self, key: Key, origin: Origin, invalid: Invalid) -> Option<T> {
        self.problems.add(Problem::invalid(key, origin, invalid));
        None
    }

    /// What was typed for `key`, where anything was.
    pub(super) fn typed(&self, key: Key) -> Option<&Given> {
        self.given.get(&key)
    }

    /// Notes that `key` does not fit the rest, at the place where it was typed if it was.
    pub(super) fn clash(&mut self, key: Key, what: impl Into<String>, remedy: impl Into<String>) {
        let origin = self.given.get(&key).map(|given| given.origin.clone());
        self.problems.add(Problem {
            key: Some(key),
            origin,
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    /// Notes something to think about, with the place where `key` was typed.
    pub(super) fn warn(&mut self, key: Key, warning: &str) {
        let text = match self.given.get(&key) {
            Some(given) => format!("{}: {warning}", given.origin),
            None => warning.to_owned(),
        };
        let text = without_pasted_secret(&text);
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }
}
