//! What the answers are built through: it takes what was typed, and collects what is wrong with it.

use super::given::{Given, Layer};
use super::origin::Origin;
use super::problem::{Problem, Problems};
use super::setting::{Fallback, Key, Typed};
use crate::hub::OauthenticatorVersion;
use crate::invalid::Warning;
use crate::secret::without_pasted;

/// Collects problems and warnings while the answers are built. A builder method returns `None` only
/// after it noted why.
pub(super) struct Door<'a> {
    pub(super) given: &'a Layer,
    pub(super) found: Option<OauthenticatorVersion>,
    pub(super) problems: Problems,
    pub(super) warnings: Vec<Warning>,
}

impl Door<'_> {
    /// What was given for the setting, or what holds without it.
    pub(super) fn take<T>(&mut self, setting: &Typed<T>) -> Option<T> {
        let key = setting.key;
        let given = self.given.get(&key).filter(|given| !given.items.is_empty());
        let fallback = || match key.setting().fallback {
            Fallback::Empty => Some(Given::many(Vec::<String>::new(), Origin::Prompt)),
            _ => Some(Given::one(
                key.default_text(self.given, self.found)?,
                Origin::Prompt,
            )),
        };
        let Some(given) = given.cloned().or_else(fallback) else {
            let known =
                self.problems.unread() || self.problems.iter().any(|problem| problem.key == Some(key));
            if let (false, Fallback::Needed(remedy)) = (known, key.setting().fallback) {
                self.problems.add(Problem::missing(key, remedy));
            }
            return None;
        };
        let wrong = match (setting.parse)(&given) {
            Ok(value) => return Some(value),
            Err(wrong) => wrong,
        };
        for (origin, invalid) in wrong {
            self.problems.add(Problem::invalid(key, origin, invalid));
        }
        None
    }

    /// What was typed for `key`, where anything was.
    pub(super) fn typed(&self, key: Key) -> Option<&Given> {
        self.given.get(&key)
    }

    /// Notes that `key` does not fit the rest, at the place where it was typed if it was.
    pub(super) fn clash(&mut self, key: Key, what: impl Into<String>, remedy: impl Into<String>) {
        let origin = self.given.get(&key).map(|given| given.origin.clone());
        self.problems.add(Problem::new(Some(key), origin, what, remedy));
    }

    /// Notes something to think about, with the place where `key` was typed.
    pub(super) fn warn(&mut self, key: Key, warning: &str) {
        let text = match self.given.get(&key) {
            Some(given) => format!("{}: {warning}", given.origin),
            None => warning.to_owned(),
        };
        let text = without_pasted(&text);
        if !self.warnings.contains(&text) {
            self.warnings.push(text);
        }
    }
}
