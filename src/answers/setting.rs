//! What a row of the table of settings says, and what follows from it.

use super::given::{Given, Layer, split_list};
use super::origin::Origin;
use super::table::SETTINGS;
use crate::hub::OauthenticatorVersion;
use crate::invalid::Invalid;

pub use super::table::Key;

/// How many values a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One text.
    Text,
    /// A list of texts; its flag may be repeated, its variable separates by commas.
    List,
    /// `true` or `false`; its flag may stand alone.
    Switch,
}

/// One setting: its names, its help, its question, what it may be and what it is when nobody says.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Which setting this is.
    pub key: Key,
    /// The table in `hubgate.toml`.
    pub table: &'static str,
    /// The key within that table.
    pub name: &'static str,
    /// The flag, without its dashes.
    pub flag: &'static str,
    /// What stands for the value in help texts.
    pub value_name: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// One line of help, without the default.
    pub help: &'static str,
    /// What holds while nobody gives it.
    pub fallback: Fallback,
    /// When its question comes: those of a turn follow each other in the order of the table.
    pub turn: u8,
    /// Whether it can matter, and is worth a question.
    pub when: When,
    /// What the setting is called when a person reads about it.
    pub title: &'static str,
    /// One line: what it is, or where the AWS console shows it.
    pub explain: &'static str,
    /// What an answer looks like.
    pub form: Form,
    /// Checks it on its own, and returns it as it was understood: one text, or each of a list.
    pub(super) check: fn(&str) -> Result<Vec<String>, Invalid>,
}

/// What holds while nobody gives a setting.
#[derive(Debug, Clone, Copy)]
pub enum Fallback {
    /// Nothing: it must be given. The sentence tells what it is, or where to find it.
    Needed(&'static str),
    /// An empty list.
    Empty,
    /// This text.
    Text(&'static str),
    /// What follows from the other answers and the hub's oauthenticator; and in words, where they tell more.
    Follows(&'static str, fn(&Layer, Option<OauthenticatorVersion>) -> String),
}

/// Whether a setting can matter beside the others, and whether who has not given it is asked.
#[derive(Debug, Clone, Copy)]
pub enum When {
    /// It matters, and is asked: it is needed, or its default is a guess.
    Always,
    /// It matters, and its default is right nearly everywhere: who wants to may change it.
    Rarely,
    /// The others decide: asked, without any meaning, or neither. What is not known yet excludes nothing.
    If(fn(&Layer) -> Option<bool>),
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// One text.
    Text,
    /// Texts with commas between, or none.
    List,
    /// One of these.
    Choice(&'static [Choice]),
    /// Yes or no, in these words.
    Switch(&'static [Choice]),
    /// Where a secret is kept: several questions of their own.
    Source,
}

/// One entry of a list to choose from.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What the setting becomes; none when the person then types it.
    pub word: Option<&'static str>,
    /// What the person reads, in at most 56 columns.
    pub label: &'static str,
}

/// A value, or each thing that is wrong with what was given for it.
pub(super) type Read<T> = Result<T, Vec<(Origin, Invalid)>>;

/// A setting with the type of its value.
pub(super) struct Typed<T> {
    pub(super) key: Key,
    pub(super) parse: fn(&Given) -> Read<T>,
}

impl Key {
    /// The setting's row.
    pub fn setting(self) -> &'static Setting {
        &SETTINGS[self as usize]
    }

    /// Every setting, in the order of the answers file.
    pub fn all() -> impl Iterator<Item = Self> {
        SETTINGS.iter().map(|setting| setting.key)
    }

    /// Every setting in the order of asking: what people know by heart, then what the AWS console shows, then who.
    pub fn in_order_of_asking() -> Vec<Self> {
        let mut keys: Vec<Self> = Self::all().collect();
        keys.sort_by_key(|key| key.setting().turn);
        keys
    }

    /// Whether this setting can mean anything beside the others.
    pub fn matters(self, given: &Layer) -> bool {
        !matches!(self.setting().when, When::If(when) if when(given) == Some(false))
    }

    /// Whether a person who has not given this setting is asked for it.
    pub fn is_asked(self, given: &Layer) -> bool {
        match self.setting().when {
            When::Always => true,
            When::Rarely => false,
            When::If(when) => when(given) == Some(true),
        }
    }

    /// Whether leaving it empty is an answer. A list that another answer calls for must name somebody.
    pub fn may_be_empty(self) -> bool {
        let setting = self.setting();
        matches!(setting.fallback, Fallback::Empty) && !matches!(setting.when, When::If(_))
    }

    /// What holds while nobody gives this setting, as a text; none where it must be given, or is an empty list.
    pub fn default_text(self, given: &Layer, found: Option<OauthenticatorVersion>) -> Option<String> {
        match self.setting().fallback {
            Fallback::Needed(_) | Fallback::Empty => None,
            Fallback::Text(text) => Some(text.to_owned()),
            Fallback::Follows(_, follows) => Some(follows(given, found)),
        }
    }
}

impl Setting {
    /// How many values it takes.
    pub fn kind(&self) -> Kind {
        match self.form {
            Form::Text | Form::Choice(_) | Form::Source => Kind::Text,
            Form::List => Kind::List,
            Form::Switch(_) => Kind::Switch,
        }
    }

    /// What a person chooses from; empty where it is typed.
    pub fn choices(&self) -> &'static [Choice] {
        match self.form {
            Form::Choice(choices) | Form::Switch(choices) => choices,
            Form::Text | Form::List | Form::Source => &[],
        }
    }

    /// The help of its flag, with the default where that is worth telling.
    pub fn help_with_default(&self) -> String {
        match self.fallback {
            Fallback::Text(words) | Fallback::Follows(words, _)
                if !words.is_empty() && self.kind() != Kind::Switch =>
            {
                format!("{} [default: {words}]", self.help)
            }
            _ => self.help.to_owned(),
        }
    }

    /// `cognito.domain`: the setting as people speak of it.
    pub fn dotted(&self) -> String {
        format!("{}.{}", self.table, self.name)
    }

    /// `--domain, HUBGATE_DOMAIN or [cognito] domain`: where a person can set it.
    pub fn places(&self) -> String {
        format!(
            "--{}, {} or [{}] {} in the answers file",
            self.flag, self.variable, self.table, self.name
        )
    }
}

/// Checks one setting on its own, as the wizard does after each answer, and returns it as it was
/// understood: one text, or each of a list.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_one(key: Key, text: &str) -> Result<Vec<String>, Invalid> {
    (key.setting().check)(text)
}

/// Reads the last item.
pub(super) fn one<T>(given: &Given, parse: fn(&str) -> Result<T, Invalid>) -> Read<T> {
    let last = given.items.last();
    let (text, origin) = last.map_or(("", &given.origin), |item| (&item.text, &item.origin));
    parse(text).map_err(|invalid| vec![(origin.clone(), invalid)])
}

/// Reads each item, and keeps each value once.
pub(super) fn each<T: PartialEq>(given: &Given, parse: fn(&str) -> Result<T, Invalid>) -> Read<Vec<T>> {
    let (mut values, mut wrong) = (Vec::new(), Vec::new());
    for item in &given.items {
        match parse(&item.text) {
            Ok(value) if values.contains(&value) => {}
            Ok(value) => values.push(value),
            Err(invalid) => wrong.push((item.origin.clone(), invalid)),
        }
    }
    if wrong.is_empty() { Ok(values) } else { Err(wrong) }
}

/// The texts of a list as it is typed.
pub(super) fn split(text: &str) -> Result<Vec<String>, Invalid> {
    split_list(text).map_err(|problem| Invalid::new(problem, "separate by commas"))
}
