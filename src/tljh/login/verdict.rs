//! What is not as the answers promise, and what mends it.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

use crate::render::shell_word;
use crate::tljh::look::{Message, Place};

/// The hub that results, held against the answers.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// Why the hub does not start; empty where it does.
    pub errors: Vec<Message>,
    /// What the hub logs at its start, from warnings on.
    pub warnings: Vec<Message>,
    /// Each person for whom the hub decides something else than the answers promise, or nobody knows what.
    pub surprises: Vec<Surprise>,
}

impl Verdict {
    /// The surprises of this weight.
    pub fn with(&self, weight: Weight) -> impl Iterator<Item = &Surprise> {
        self.surprises
            .iter()
            .filter(move |surprise| surprise.weight == weight)
    }

    /// Whether the hub starts and decides what the answers promise, as far as anybody knows.
    pub fn is_refused(&self) -> bool {
        !self.errors.is_empty() || self.with(Weight::Refused).next().is_some()
    }
}

/// In words.
impl Verdict {
    /// What is wrong as a whole.
    pub fn heading(&self) -> &'static str {
        if self.errors.is_empty() {
            "with these settings the hub does not do what the answers say"
        } else {
            "the hub would refuse the new settings"
        }
    }

    /// All that is refused or not known, a line each, with what is to blame.
    pub fn faults(&self) -> Vec<String> {
        let errors = self.errors.iter().map(Message::to_string);
        let surprises = self
            .surprises
            .iter()
            .filter(|surprise| surprise.weight != Weight::Told);
        errors.chain(surprises.map(Surprise::with_blame)).collect()
    }

    /// What mends them, each once.
    pub fn mends(&self) -> Vec<String> {
        let mut mends: Vec<String> = Vec::new();
        for error in &self.errors {
            let place = error.places.first();
            mends.push(place.map_or_else(
                || "mend what it names".to_owned(),
                |place| format!("mend {place}"),
            ));
        }
        let surprises = self
            .surprises
            .iter()
            .filter(|surprise| surprise.weight != Weight::Told);
        for blame in surprises.flat_map(|surprise| &surprise.blame) {
            let mend = blame.mend.to_string();
            if !mends.contains(&mend) {
                mends.push(mend);
            }
        }
        mends
    }

    /// What a person should know although it refuses nothing.
    pub fn warnings(&self) -> Vec<String> {
        let of_hub = self.warnings.iter().map(Message::to_string);
        let unknown = self.with(Weight::Unknown).map(Surprise::with_blame);
        let told = self.with(Weight::Told).map(|surprise| {
            let mends: Vec<String> = surprise
                .blame
                .iter()
                .map(|blame| blame.mend.to_string())
                .collect();
            format!("{}; to change it: {}", surprise.with_blame(), mends.join(", "))
        });
        of_hub.chain(unknown).chain(told).collect()
    }
}

impl Surprise {
    /// The same, with each place that is to blame in brackets.
    pub fn with_blame(&self) -> String {
        let places: Vec<String> = self.blame.iter().map(Blame::to_string).collect();
        match &places[..] {
            [] => self.to_string(),
            places => format!("{self} ({})", places.join("; ")),
        }
    }
}

/// What a surprise means for a hub that is to get these settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Weight {
    /// The answers are not what the hub does: nothing is kept.
    Refused,
    /// Nobody knows; never a pass.
    Unknown,
    /// The hub's own lists of people name somebody whom the answers do not: told, and left alone.
    Told,
}

/// One kind of person, and what the hub does with them that it should not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Surprise {
    /// Who, such as `someone else in the user pool`.
    pub who: String,
    /// What happens to them.
    #[serde(flatten)]
    pub what: What,
    /// What it means.
    pub weight: Weight,
    /// What is to blame, the likeliest first; empty where no setting is.
    pub blame: Vec<Blame>,
}

/// `someone else in the user pool gets in, and should not`.
impl fmt::Display for Surprise {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.who, self.what)?;
        match (&self.what, self.weight) {
            (What::GetsIn { .. } | What::Administers, Weight::Refused) => f.write_str(", and should not"),
            (What::StaysOut { .. } | What::DoesNotAdminister, Weight::Refused) => f.write_str(", and should"),
            _ => Ok(()),
        }
    }
}

/// What the hub does with a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum What {
    /// They get in, and should not.
    GetsIn {
        /// Their name on the hub.
        name: String,
        /// Whether they administer it.
        admin: bool,
    },
    /// They do not get in, and should.
    StaysOut {
        /// The hub's words, where they are not the usual ones.
        reason: String,
    },
    /// They get in under another name.
    OtherName {
        /// The promised one.
        promised: String,
        /// The hub's.
        name: String,
    },
    /// They administer the hub, and should not.
    Administers,
    /// They do not administer the hub, and should.
    DoesNotAdminister,
    /// They are in other groups of the hub's.
    OtherGroups {
        /// The promised ones.
        promised: Vec<String>,
        /// The hub's.
        groups: Vec<String>,
    },
    /// Their login leads elsewhere than to the answers' user pool and client.
    Elsewhere {
        /// What leads there.
        reason: String,
    },
    /// Their login was not played to its end.
    Unknown {
        /// Why.
        reason: String,
    },
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GetsIn { name, admin } => {
                let admin = if *admin { " as an administrator" } else { "" };
                write!(f, "gets in as {name}{admin}")
            }
            Self::StaysOut { reason } if reason.is_empty() => f.write_str("does not get in"),
            Self::StaysOut { reason } => write!(f, "does not get in ({reason})"),
            Self::OtherName { promised, name } => write!(f, "gets in as {name} instead of {promised}"),
            Self::Administers => f.write_str("administers the hub"),
            Self::DoesNotAdminister => f.write_str("does not administer the hub"),
            Self::OtherGroups { promised, groups } => {
                let list = |groups: &[String]| match groups {
                    [] => "no group".to_owned(),
                    groups => groups.join(", "),
                };
                write!(f, "is in {} instead of {}", list(groups), list(promised))
            }
            Self::Elsewhere { reason } => write!(f, "is sent elsewhere than to your user pool ({reason})"),
            Self::Unknown { reason } => write!(f, "gets in or not: that is not known ({reason})"),
        }
    }
}

/// A setting that is to blame, its place, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blame {
    /// Such as `allow_all`; for code, what it is called.
    pub setting: String,
    /// The class that it is set on, such as `GenericOAuthenticator`, where that is known.
    pub of_class: Option<String>,
    /// Where it is set.
    #[serde(serialize_with = "in_words")]
    pub place: Place,
    /// What mends it.
    pub mend: Mend,
}

/// `config.yaml: auth.GenericOAuthenticator.allow_all`; for other places with the setting's name.
impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            setting,
            of_class,
            place,
            ..
        } = self;
        match (place, of_class) {
            (Place::ConfigYaml { .. }, _) => write!(f, "{place}"),
            (_, Some(class)) => write!(f, "{place}: {class}.{setting}"),
            (_, None) => write!(f, "{place}: {setting}"),
        }
    }
}

fn in_words<S: serde::Serializer>(place: &Place, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(place)
}

/// What mends it: a command, or what a person does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mend {
    /// `tljh-config unset PATH`.
    Unset {
        /// The path in `config.yaml`.
        path: String,
    },
    /// `tljh-config remove-item PATH NAME`.
    RemoveItem {
        /// The list in `config.yaml`.
        path: String,
        /// What is taken out of it.
        value: String,
    },
    /// A line of a file of Python is taken out.
    TakeOut {
        /// The file.
        file: PathBuf,
        /// Its line; none where it is not known which.
        line: Option<u32>,
    },
    /// A variable is taken out of the unit's environment.
    DropVariable {
        /// Its name.
        variable: String,
    },
    /// An argument is taken out of the unit's command line.
    DropArgument {
        /// As it stands there.
        argument: String,
    },
    /// Their rights are taken back on the hub's own page.
    OnTheHub {
        /// Their name on the hub.
        name: String,
    },
    /// hubgate writes the settings again.
    Apply,
    /// Something that a person has to look at.
    ByHand {
        /// What to do.
        words: String,
    },
}

/// What a person types, or does.
impl fmt::Display for Mend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |text: &str| shell_word(text).unwrap_or_else(|_| text.to_owned());
        match self {
            Self::Unset { path } => write!(f, "sudo tljh-config unset {}", word(path)),
            Self::RemoveItem { path, value } => {
                write!(f, "sudo tljh-config remove-item {} {}", word(path), word(value))
            }
            Self::TakeOut { file, line } => {
                write!(f, "take the line out: {}", file.display())?;
                line.map_or(Ok(()), |line| write!(f, ", line {line}"))
            }
            Self::DropVariable { variable } => {
                write!(
                    f,
                    "take {variable} out of the unit's environment: sudo systemctl edit jupyterhub"
                )
            }
            Self::DropArgument { argument } => {
                write!(
                    f,
                    "take {argument} out of the unit's command: sudo systemctl edit jupyterhub"
                )
            }
            Self::OnTheHub { name } => write!(
                f,
                "on the hub's page Admin, edit {name} and take Admin away, or delete {name}"
            ),
            Self::Apply => f.write_str("sudo hubgate apply"),
            Self::ByHand { words } => f.write_str(words),
        }
    }
}

impl Serialize for Mend {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
