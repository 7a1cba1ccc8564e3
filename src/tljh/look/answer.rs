//! What the hub's Python says.

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;

/// The hub that results from everything that it loads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Look {
    /// The login's class; none where the hub does not get that far.
    pub class: Option<Class>,
    /// Why the hub does not start; empty where it does.
    pub errors: Vec<Message>,
    /// What it logs at its start, from warnings on.
    pub warnings: Vec<Message>,
    /// The settings that decide who gets in under which name, and whatever else is set for the login.
    pub settings: Vec<Setting>,
    /// Settings for a login that is not this hub's.
    pub belongs_to_nobody: Vec<Stray>,
    /// Code that could take part and is not run.
    pub hooks: Vec<Hook>,
    /// What TLJH's own schema says of `config.yaml`.
    pub schema: Option<Schema>,
    /// Who is in the hub's database.
    pub database: Option<Database>,
    /// What each person meets; empty where the hub does not start.
    pub people: Vec<Outcome>,
    /// The same for those whom the hub's settings or its database name besides, called by their names.
    #[serde(default)]
    pub named: Vec<Outcome>,
}

impl Look {
    /// The setting of the login of this name.
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        let of_login = |setting: &&Setting| setting.of == "authenticator" && setting.name == name;
        self.settings.iter().find(of_login)
    }
}

/// A class with those that it inherits from, nearest first, each with its module.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Class {
    /// Such as `oauthenticator.generic.GenericOAuthenticator`.
    pub name: String,
    /// What it inherits from.
    pub parents: Vec<String>,
    /// Whether it is neither JupyterHub's nor oauthenticator's.
    pub is_own: bool,
    /// What chose it.
    pub places: Vec<Place>,
}

/// A warning or an error.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// What it says.
    pub text: String,
    /// What it is about, where that is known.
    pub places: Vec<Place>,
}

/// `FILE, line N: what it says`.
impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in self.places.iter().take(1) {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.text)
    }
}

/// One setting. Of a secret's value nothing is here but whether there is one.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Setting {
    /// Such as `allow_all`.
    pub name: String,
    /// `authenticator` or `JupyterHub`.
    pub of: String,
    /// What it is set to; none for code, secrets, and what does not matter here.
    #[serde(default)]
    pub value: Option<Value>,
    /// For a mapping, its keys alone: its values may be secrets.
    #[serde(default)]
    pub keys: Option<Vec<String>>,
    /// For a secret, whether it is set.
    #[serde(default)]
    pub is_set: Option<bool>,
    /// For a function, where it is written.
    #[serde(default)]
    pub code: Option<Place>,
    /// The older name by which it was set.
    #[serde(default)]
    pub through: Option<String>,
    /// Where it comes from. Several where each adds something; the last decides.
    pub places: Vec<Place>,
    /// Where the same is set for another class, to no effect.
    pub beaten: Vec<Place>,
}

/// A setting of a class that nobody loads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Stray {
    /// The class.
    pub section: String,
    /// The setting.
    pub name: String,
    /// Where it is set.
    pub places: Vec<Place>,
}

/// Code that is neither the packages' nor hubgate's.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Hook {
    /// Such as `post_auth_hook` or `Mine.check_allowed`.
    pub what: String,
    /// Where it is.
    pub place: Option<Place>,
}

/// What TLJH's schema says: as long as there is a finding, every `tljh-config set` fails.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Schema {
    /// False where this TLJH has none (before 2.0).
    pub checked: bool,
    /// Why it was not checked.
    #[serde(default)]
    pub reason: Option<String>,
    /// What is wrong.
    pub findings: Vec<SchemaFinding>,
}

/// A value of `config.yaml` that TLJH refuses. The value itself is not told: it may be a secret.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SchemaFinding {
    /// Such as `users.allowed`.
    pub path: String,
    /// The rule, as JSON Schema calls it: `type`, `enum`, `additionalProperties` …
    pub rule: String,
    /// What the rule wants, for a type, a choice or a minimum.
    pub wanted: Option<Value>,
    /// The type that is there, as Python calls it.
    pub found: String,
    /// Keys that TLJH does not know.
    pub unknown: Vec<String>,
}

/// The people of the hub's database.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Database {
    /// Why it was not read; none where it was, or where there is none yet.
    pub unread: Option<String>,
    /// Everybody, by name.
    pub users: Vec<KnownUser>,
}

/// Somebody whom the hub knows.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct KnownUser {
    /// Their name on the hub.
    pub name: String,
    /// Whether they administer it.
    pub admin: bool,
}

/// What somebody meets who logs in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Outcome {
    /// Who, as the request called them.
    pub who: String,
    /// What the hub decides.
    #[serde(flatten)]
    pub decision: Decision,
}

/// What the hub decides.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "decision", rename_all = "lowercase")]
pub enum Decision {
    /// They get in.
    In {
        /// Their name on the hub.
        name: String,
        /// Whether they administer it.
        admin: bool,
        /// The hub's groups that they are in then, sorted.
        groups: Vec<String>,
        /// Whether the hub has not known them before.
        is_new: bool,
    },
    /// The hub answers 403.
    Refused {
        /// Its words, where they are not the usual ones.
        #[serde(default)]
        reason: String,
    },
    /// The login ends in another error.
    Failed {
        /// The HTTP status.
        status: u16,
        /// What went wrong.
        reason: String,
    },
    /// The login is not that of the answers' pool and client.
    Elsewhere {
        /// What leads elsewhere.
        reason: String,
    },
    /// It was not played to its end. Never a pass.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// Where a setting comes from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind")]
pub enum Place {
    /// A line of a file of Python.
    #[serde(rename = "file")]
    File {
        file: PathBuf,
        /// None where it was set in a way that leaves no trace.
        line: Option<u32>,
        /// The class that it is set on.
        #[serde(default)]
        section: Option<String>,
    },
    /// A path of `config.yaml`.
    #[serde(rename = "config.yaml")]
    ConfigYaml {
        /// Such as `auth.GenericOAuthenticator.allow_all`.
        path: String,
        /// The class that it is set on.
        section: String,
    },
    /// A variable of the hub's environment.
    #[serde(rename = "variable")]
    Variable { variable: String },
    /// An argument of the hub.
    #[serde(rename = "argument")]
    Argument { argument: String },
    /// TLJH's own code, without anything in `config.yaml`.
    #[serde(rename = "tljh")]
    Tljh { file: PathBuf, line: u32 },
    /// The body of a class whose source is not to be found.
    #[serde(rename = "class")]
    Class { section: String },
    /// The hub's database.
    #[serde(rename = "database")]
    Database,
    /// Nobody sets it.
    #[serde(rename = "default")]
    Default,
}

/// As a person would look it up.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, .. } => {
                write!(f, "{}", file.display())?;
                line.map_or(Ok(()), |line| write!(f, ", line {line}"))
            }
            Self::ConfigYaml { path, .. } => write!(f, "config.yaml: {path}"),
            Self::Variable { variable } => write!(f, "the variable {variable}"),
            Self::Argument { argument } => write!(f, "the argument {argument}"),
            Self::Tljh { file, line } => write!(f, "TLJH's own {}, line {line}", file.display()),
            Self::Class { section } => write!(f, "the class {section}"),
            Self::Database => write!(f, "the hub's database"),
            Self::Default => write!(f, "the default"),
        }
    }
}
