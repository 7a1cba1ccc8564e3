//! Values as they were typed, with where each came from, before anything is checked.

use std::collections::BTreeMap;

use super::nearest::nearest;
use super::origin::Origin;
use super::problem::{Problem, Problems};
use super::resolve::{Checked, resolve};
use super::setting::{Key, Kind};
use crate::hub::OauthenticatorVersion;

/// One text and its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What was typed.
    pub text: String,
    /// Where.
    pub origin: Origin,
}

/// What one source says of one setting: one item, or any number for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// The items, in order.
    pub items: Vec<Item>,
    /// The origin of the whole, which an empty list has too.
    pub origin: Origin,
}

impl Given {
    /// One text.
    pub fn one(text: impl Into<String>, origin: Origin) -> Self {
        Self {
            items: vec![Item {
                text: text.into(),
                origin: origin.clone(),
            }],
            origin,
        }
    }

    /// Texts that share an origin.
    pub fn many<S: Into<String>>(texts: impl IntoIterator<Item = S>, origin: Origin) -> Self {
        let items = texts
            .into_iter()
            .map(|text| Item {
                text: text.into(),
                origin: origin.clone(),
            })
            .collect();
        Self { items, origin }
    }

    /// The texts alone.
    pub fn texts(&self) -> Vec<&str> {
        self.items.iter().map(|item| item.text.as_str()).collect()
    }
}

/// What one source says.
pub type Layer = BTreeMap<Key, Given>;

/// What all sources say, read once.
#[derive(Debug, Clone, Default)]
pub struct Gathered {
    /// The values.
    pub given: Layer,
    /// What was wrong with the sources as they were read.
    pub problems: Problems,
}

impl Gathered {
    /// Whether the sources say nothing at all.
    pub fn is_empty(&self) -> bool {
        self.given.is_empty() && self.problems.is_empty()
    }

    /// The answers, for the oauthenticator that the hub has, where that is known.
    ///
    /// # Errors
    /// Every problem of every source together.
    pub fn resolve(&self, found: Option<OauthenticatorVersion>) -> Result<Checked, Problems> {
        resolve(&self.given, found, self.problems.clone())
    }
}

/// Lays sources over each other: the first that names a setting wins it whole.
pub fn merge(layers: impl IntoIterator<Item = Layer>) -> Layer {
    let mut merged = Layer::new();
    for layer in layers {
        for (key, given) in layer {
            merged.entry(key).or_insert(given);
        }
    }
    merged
}

/// The variable that holds the client secret itself rather than its source.
pub const SECRET_VARIABLE: &str = "HUBGATE_CLIENT_SECRET";
/// The variable that names the answers file.
pub const FILE_VARIABLE: &str = "HUBGATE_ANSWERS";

/// Reads the variables that mirror the flags. Empty variables count as unset, as user data scripts
/// leave them; `HUBGATE_CLIENT_SECRET` becomes the source `env:HUBGATE_CLIENT_SECRET`.
///
/// Lists are separated by commas, or written as a TOML array where a name holds a comma.
pub fn from_environment(lookup: impl Fn(&str) -> Option<String>, problems: &mut Problems) -> Layer {
    let mut layer = Layer::new();
    for key in Key::all() {
        let setting = key.setting();
        let Some(text) = lookup(setting.variable).filter(|text| !text.trim().is_empty()) else {
            continue;
        };
        let origin = Origin::Variable(setting.variable);
        let given = match setting.kind() {
            Kind::Text | Kind::Switch => Given::one(text, origin),
            Kind::List => match split_list(&text) {
                Ok(texts) => Given::many(texts, origin),
                Err(problem) => {
                    problems.add(Problem::at(
                        key,
                        origin,
                        problem,
                        "write NAME,NAME or [\"NAME\", \"NAME\"]",
                    ));
                    continue;
                }
            },
        };
        layer.insert(key, given);
    }
    if lookup(SECRET_VARIABLE).is_some_and(|secret| !secret.is_empty())
        && !layer.contains_key(&Key::ClientSecret)
    {
        let given = Given::one(
            format!("env:{SECRET_VARIABLE}"),
            Origin::Variable(SECRET_VARIABLE),
        );
        layer.insert(Key::ClientSecret, given);
    }
    layer
}

/// Finds variables that are none of ours, and nearly are. Others that begin so are somebody else's business.
pub fn misspelt_variables(names: impl IntoIterator<Item = String>, problems: &mut Problems) {
    const OURS: &str = "HUBGATE_";
    let known = || {
        let settings = Key::all().map(|key| key.setting().variable);
        settings
            .chain([SECRET_VARIABLE, FILE_VARIABLE])
            .filter_map(|name| name.strip_prefix(OURS))
            .map(str::to_lowercase)
            .collect::<Vec<_>>()
    };
    for name in names {
        let Some(rest) = name.strip_prefix(OURS).map(str::to_lowercase) else {
            continue;
        };
        let known = known();
        if known.contains(&rest) {
            continue;
        }
        if let Some(meant) = nearest(&rest, known.iter().map(String::as_str)) {
            let what = format!("there is no variable {name}");
            let meant = meant.to_uppercase();
            let remedy = format!("did you mean {OURS}{meant}? If it is not for hubgate, unset it");
            problems.add(Problem::new(None, None, what, remedy));
        }
    }
}

/// Splits `a, b` or `["a", "b"]`.
pub(crate) fn split_list(text: &str) -> Result<Vec<String>, String> {
    if !text.trim_start().starts_with('[') {
        return Ok(text
            .split(',')
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect());
    }
    let not_an_array = || format!("'{}' looks like an array but is none", text.trim());
    let value: toml_edit::Value = text.trim().parse().map_err(|_| not_an_array())?;
    let array = value.as_array().ok_or_else(not_an_array)?;
    array
        .iter()
        .map(|item| item.as_str().map(str::to_owned).ok_or_else(not_an_array))
        .collect()
}
