//! TLJH's `config.yaml`, read only: what it says, and what it would say after a change.

use serde_json::{Map, Value};
use thiserror::Error;

use super::any_yaml::Yaml;
use crate::render::{TljhChange, sha256_hex};

/// What `config.yaml` says. Two texts that say the same are equal, whatever their layout.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConfigYaml(Map<String, Value>);

/// Why `config.yaml` cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotYaml {
    /// The text is not YAML.
    #[error("config.yaml is not YAML: {0}")]
    Syntax(String),
    /// It is YAML, but no mapping.
    #[error("config.yaml does not hold settings")]
    NoMapping,
}

/// What a person can do about a `config.yaml` that cannot be understood.
pub(super) const MEND_BY_HAND: &str =
    "mend it by hand; as it was before each apply it is kept in the folders of /var/lib/hubgate/runs";

impl NotYaml {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        MEND_BY_HAND
    }
}

impl ConfigYaml {
    /// Reads the text. An empty file says nothing, as TLJH takes it.
    ///
    /// # Errors
    /// When it is not YAML or no mapping.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotYaml> {
        let text = std::str::from_utf8(bytes).map_err(|error| NotYaml::Syntax(error.to_string()))?;
        let only_comments = text
            .lines()
            .all(|line| line.trim().is_empty() || line.trim_start().starts_with('#'));
        if only_comments {
            return Ok(Self::default());
        }
        let Yaml(value) =
            serde_saphyr::from_str(text).map_err(|error| NotYaml::Syntax(yaml_fault(&error)))?;
        match value {
            Value::Object(map) => Ok(Self(map)),
            Value::Null => Ok(Self::default()),
            _ => Err(NotYaml::NoMapping),
        }
    }

    /// The same, where a text that is no YAML is only to be told from another one.
    pub fn or_illegible(bytes: &[u8]) -> Self {
        Self::parse(bytes).unwrap_or_else(|_| {
            let hash = Value::String(sha256_hex(bytes));
            Self(Map::from_iter([("(no YAML)".to_owned(), hash)]))
        })
    }

    /// The value at a dotted path.
    pub fn get(&self, path: &str) -> Option<&Value> {
        let mut parts = path.split('.');
        let mut value = self.0.get(parts.next()?)?;
        for part in parts {
            value = value.as_object()?.get(part)?;
        }
        Some(value)
    }

    /// The text at a dotted path.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.get(path)?.as_str()
    }

    /// The texts of the list at a dotted path; empty where there is none.
    pub fn texts(&self, path: &str) -> Vec<&str> {
        let list = self.get(path).and_then(Value::as_array);
        list.map(|list| list.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default()
    }

    /// What of it `tljh-config` refuses to change, with words that do not name the place.
    pub fn unusable(&self) -> Vec<Unusable<'_>> {
        let no_section = self
            .no_section()
            .map(|(path, value)| Unusable::Section { path, value });
        let lists = ["users.admin", "users.allowed"].into_iter();
        let no_list = lists.filter_map(|path| {
            let value = self.get(path).filter(|value| !value.is_array())?;
            Some(Unusable::List { path, value })
        });
        no_section.into_iter().chain(no_list).collect()
    }

    fn no_section(&self) -> Option<(&'static str, &Value)> {
        const SECTIONS: [&str; 7] = [
            "users",
            "limits",
            "https",
            "https.tls",
            "https.letsencrypt",
            "user_environment",
            "services",
        ];
        let value = |path| Some((path, self.get(path).filter(|value| !value.is_object())?));
        SECTIONS.into_iter().find_map(value)
    }

    /// Whether the boolean at a dotted path is there and true.
    pub fn is_true(&self, path: &str) -> bool {
        self.get(path) == Some(&Value::Bool(true))
    }

    /// Whether the change would change nothing.
    pub fn has(&self, change: &TljhChange) -> bool {
        match change {
            TljhChange::Set { path, value } => self.get(path) == Some(&stored(value)),
            TljhChange::AddItem { path, value } => self
                .get(path)
                .and_then(Value::as_array)
                .is_some_and(|list| list.contains(&stored(value))),
            TljhChange::Unset { path } => self.get(path).is_none(),
            TljhChange::RemoveItem { path, value } => !self
                .get(path)
                .and_then(Value::as_array)
                .is_some_and(|list| list.contains(&stored(value))),
        }
    }

    /// What the file says once `tljh-config` made the change.
    #[must_use]
    pub fn after(&self, change: &TljhChange) -> Self {
        let mut map = self.0.clone();
        let parts: Vec<&str> = change.path().split('.').collect();
        change_at(&mut map, &parts, change);
        Self(map)
    }

    /// Whether it says nothing that the other does not say too, but for the end of one value: what is left
    /// of the other when its text is cut off.
    pub fn is_part_of(&self, whole: &Self) -> bool {
        odd_ends(
            &Value::Object(self.0.clone()),
            Some(&Value::Object(whole.0.clone())),
        ) <= 1
    }

    /// The same settings as JSON, which is YAML too.
    pub fn to_json(&self) -> String {
        Value::Object(self.0.clone()).to_string()
    }
}

/// A part of `config.yaml` that nothing can use.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Unusable<'a> {
    /// A section of TLJH's own that holds something else than settings, as one does whose last line was taken
    /// out: neither the hub nor `tljh-config` can use it.
    Section {
        /// Its dotted path.
        path: &'static str,
        /// What stands there.
        value: &'a Value,
    },
    /// People who are no list.
    List {
        /// The dotted path.
        path: &'static str,
        /// What stands there.
        value: &'a Value,
    },
}

impl Unusable<'_> {
    /// What mends it.
    pub fn remedy(&self) -> String {
        match self {
            Self::Section { path, .. } => format!("take the line {path} out, or write its settings below it"),
            Self::List { path, .. } => {
                format!("write each name of {path} on a line of its own, after a dash")
            }
        }
    }
}

/// The place and the fault, without the excerpt and without advice to whoever calls the parser.
fn yaml_fault(error: &serde_saphyr::Error) -> String {
    let text = error.to_string();
    let line = text.lines().next().unwrap_or_default();
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let advice = [", set DuplicateKeyPolicy", "; use from_str_multiple"];
    let ends = advice.iter().filter_map(|advice| line.find(advice));
    line[..ends.min().unwrap_or(line.len())].to_owned()
}

/// How many values are not those of the whole.
fn odd_ends(part: &Value, whole: Option<&Value>) -> usize {
    match (part, whole) {
        (part, Some(whole)) if part == whole => 0,
        (Value::Object(part), Some(Value::Object(whole))) => part
            .iter()
            .map(|(key, value)| odd_ends(value, whole.get(key)))
            .sum(),
        (Value::Array(part), Some(Value::Array(whole))) => part
            .iter()
            .enumerate()
            .map(|(at, value)| odd_ends(value, whole.get(at)))
            .sum(),
        _ => 1,
    }
}

fn change_at(map: &mut Map<String, Value>, parts: &[&str], change: &TljhChange) {
    let [first, rest @ ..] = parts else { return };
    if !rest.is_empty() {
        let removes = matches!(change, TljhChange::Unset { .. } | TljhChange::RemoveItem { .. });
        let child = map.entry(*first).or_insert_with(|| Value::Object(Map::new()));
        if !child.is_object() {
            *child = Value::Object(Map::new());
        }
        if let Some(child) = child.as_object_mut() {
            change_at(child, rest, change);
            if removes && child.is_empty() {
                map.remove(*first);
            }
        }
        return;
    }
    match change {
        TljhChange::Set { value, .. } => {
            map.insert((*first).to_owned(), stored(value));
        }
        TljhChange::Unset { .. } => {
            map.remove(*first);
        }
        TljhChange::AddItem { value, .. } => {
            let list = map.entry(*first).or_insert_with(|| Value::Array(Vec::new()));
            if !list.is_array() {
                *list = Value::Array(Vec::new());
            }
            if let Some(list) = list.as_array_mut() {
                list.push(stored(value));
            }
        }
        TljhChange::RemoveItem { value, .. } => {
            if let Some(list) = map.get_mut(*first).and_then(Value::as_array_mut)
                && let Some(at) = list.iter().position(|item| *item == stored(value))
            {
                list.remove(at);
            }
        }
    }
}

/// How `tljh-config` stores a word of its command line. Values that would become numbers are refused
/// with the answers, so only booleans differ from text here.
fn stored(value: &str) -> Value {
    match value {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        text => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn set(path: &'static str, value: &str) -> TljhChange {
        TljhChange::Set {
            path: path.into(),
            value: value.to_owned(),
        }
    }

    #[test]
    fn a_fresh_tljh_file_is_read() {
        let config =
            ConfigYaml::parse(b"users:\n  admin:\n  - ada\n  - 123\nlimits: {memory: 1G}\n").unwrap();
        assert_eq!(config.texts("users.admin"), ["ada"]);
        assert_eq!(config.text("limits.memory"), Some("1G"));
        assert_eq!(config.get("users.allowed"), None);
    }

    #[test]
    fn an_empty_file_says_nothing() {
        for empty in ["", "\n", "# nothing\n", "{}\n", "---\n"] {
            assert_eq!(
                ConfigYaml::parse(empty.as_bytes()).unwrap(),
                ConfigYaml::default(),
                "{empty:?}"
            );
        }
    }

    #[test]
    fn a_change_leaves_the_rest_alone_and_is_there_afterwards() {
        let before = ConfigYaml::parse(b"a: {b: 1}\n").unwrap();
        let change = set("https.enabled", "true");
        assert!(!before.has(&change));
        let after = before.after(&change);
        assert!(after.has(&change) && after.is_true("https.enabled"));
        let back = after.after(&TljhChange::Unset {
            path: "https.enabled".into(),
        });
        assert_eq!(back, before);
    }

    #[test]
    fn what_is_left_of_a_text_that_is_cut_off_is_part_of_it() {
        let text = "limits:\n  memory: 2G\nusers:\n  admin:\n  - ada\n  - grace\n";
        let whole = ConfigYaml::parse(text.as_bytes()).unwrap();
        for end in 0..text.len() {
            if let Ok(part) = ConfigYaml::parse(&text.as_bytes()[..end]) {
                assert!(part.is_part_of(&whole), "{:?}", &text[..end]);
            }
        }
        let other = ConfigYaml::parse(b"limits:\n  memory: 4G\n  cpu: 2\n").unwrap();
        assert!(!other.is_part_of(&whole));
    }

    #[test]
    fn keys_that_are_no_text_become_text() {
        let config = ConfigYaml::parse(b"a: {1: x, true: y, ~: z}\n").unwrap();
        let keys: Vec<_> = config.get("a").unwrap().as_object().unwrap().keys().collect();
        assert_eq!(keys, ["1", "null", "true"]);
    }

    #[test]
    fn what_is_no_mapping_is_refused() {
        assert_eq!(ConfigYaml::parse(b"- a\n"), Err(NotYaml::NoMapping));
        assert!(matches!(ConfigYaml::parse(b"a: [\n"), Err(NotYaml::Syntax(_))));
    }

    #[test]
    fn what_the_parser_advises_its_callers_is_not_told_to_an_administrator() {
        for twice in ["a: 1\na: 2\n", "a: 1\n---\nb: 2\n"] {
            let error = ConfigYaml::parse(twice.as_bytes()).unwrap_err().to_string();
            assert!(error.contains("line 2") || error.contains("line 3"), "{error}");
            assert!(
                !error.contains("from_str") && !error.contains("Policy"),
                "{error}"
            );
        }
    }
}
