//! One question, in the form that its setting has.

use super::Wizard;
use crate::answers::{Choice, Form, Given, Key, Kind, Origin, check_one, split_list};
use crate::invalid::Invalid;
use crate::ui::prompt::{Ask, Halt, Menu, NONE, Reply};

impl Wizard<'_> {
    pub(super) fn ask(&mut self, key: Key) -> Result<Reply<()>, Halt> {
        let complaint = self.complaints.remove(&key);
        let reply = match key.setting().form {
            Form::Text | Form::List => self.ask_text(key, complaint)?,
            Form::Choice(choices) | Form::Switch(choices) => self.ask_choice(key, complaint, choices)?,
            Form::Source => self.ask_source(complaint)?,
        };
        if reply == Reply::Answer(()) {
            self.reopened.remove(&key);
        }
        Ok(reply)
    }

    fn ask_text(&mut self, key: Key, complaint: Option<String>) -> Result<Reply<()>, Halt> {
        let known = self.given.get(&key).map(|given| joined(key, given));
        let default = self.default_of(key);
        let (initial, offered) = match (&complaint, &known) {
            (Some(_), known) => (known.clone(), None),
            (None, Some(known)) if !known.is_empty() => (None, Some(known.clone())),
            (None, _) => (None, default.clone().or_else(|| self.suggestion(key))),
        };
        let mut explain = key.setting().explain.to_owned();
        if key.may_be_empty() && offered.is_none() {
            explain.push_str(" Enter for none.");
        } else if key.may_be_empty() {
            explain.push_str(&format!(" {NONE} for none."));
        }
        let ask = Ask {
            title: key.setting().title,
            explain: &explain,
            complaint,
            default: offered,
            initial,
            check: &|text| check(key, text),
        };
        let Reply::Answer(text) = self.prompter.text(&ask)? else {
            return Ok(Reply::Back);
        };
        // A default that nobody was asked for stays a default.
        if known.is_some() || key.is_asked(&self.given) || default.as_ref() != Some(&text) {
            self.put(key, &text);
        }
        Ok(Reply::Answer(()))
    }

    fn ask_choice(
        &mut self,
        key: Key,
        mut complaint: Option<String>,
        choices: &[Choice],
    ) -> Result<Reply<()>, Halt> {
        let question = key.setting();
        loop {
            let current = self
                .given
                .get(&key)
                .map(|given| joined(key, given))
                .or_else(|| self.default_of(key));
            let place = |word: &String| {
                let named = choices.iter().position(|choice| choice.word == Some(word));
                named.or_else(|| choices.iter().position(|choice| choice.word.is_none()))
            };
            let menu = Menu {
                title: question.title,
                explain: question.explain,
                complaint: complaint.take(),
                items: choices.iter().map(|choice| choice.label.to_owned()).collect(),
                default: current.as_ref().and_then(place),
            };
            let Reply::Answer(at) = self.prompter.choose(&menu)? else {
                return Ok(Reply::Back);
            };
            match choices.get(at).and_then(|choice| choice.word) {
                Some(word) => {
                    self.put(key, word);
                    return Ok(Reply::Answer(()));
                }
                None => {
                    let listed = |word: &String| choices.iter().any(|choice| choice.word == Some(word));
                    if self.ask_for_another(key, current.filter(|word| !listed(word)))? == Reply::Answer(()) {
                        return Ok(Reply::Answer(()));
                    }
                }
            }
        }
    }

    fn ask_for_another(&mut self, key: Key, now: Option<String>) -> Result<Reply<()>, Halt> {
        let ask = Ask {
            title: "Its name",
            explain: "As Cognito writes it; a pool's own attribute begins with custom:",
            complaint: None,
            default: now,
            initial: None,
            check: &|text| check(key, text),
        };
        Ok(match self.prompter.text(&ask)? {
            Reply::Answer(text) => {
                self.put(key, &text);
                Reply::Answer(())
            }
            Reply::Back => Reply::Back,
        })
    }

    fn put(&mut self, key: Key, text: &str) {
        let unchanged = self
            .given
            .get(&key)
            .is_some_and(|known| joined(key, known) == text);
        if unchanged {
            return;
        }
        let given = match key.setting().kind() {
            Kind::Text | Kind::Switch => Given::one(text, Origin::Prompt),
            Kind::List if text == NONE => Given::many(Vec::<String>::new(), Origin::Prompt),
            // What check() let through can be split.
            Kind::List => Given::many(split_list(text).unwrap_or_default(), Origin::Prompt),
        };
        self.given.insert(key, given);
    }

    /// What a setting is now, by an answer or by default.
    pub(super) fn current(&self, key: Key) -> String {
        let given = self
            .given
            .get(&key)
            .map(|given| joined(key, given))
            .filter(|text| !text.is_empty());
        let text = given.or_else(|| self.default_of(key));
        let choices = key.setting().choices().iter();
        let label = choices
            .clone()
            .find(|choice| choice.word == text.as_deref())
            .and_then(|choice| choice.label.split("  ").next());
        label
            .map(str::to_owned)
            .or(text)
            .unwrap_or_else(|| "none".to_owned())
    }

    pub(super) fn default_of(&self, key: Key) -> Option<String> {
        key.default_text(&self.given, self.found)
    }

    /// Administrators are the first who come to mind when users are to be named.
    fn suggestion(&self, key: Key) -> Option<String> {
        let admins = self
            .given
            .get(&Key::Admins)
            .map(|given| joined(Key::Admins, given));
        admins.filter(|admins| key == Key::Users && !admins.is_empty())
    }
}

/// A value as a person types it. Names with commas in them stand in a TOML array.
pub(super) fn joined(key: Key, given: &Given) -> String {
    let texts = given.texts();
    let list = key.setting().kind() == Kind::List;
    if list
        && texts
            .iter()
            .any(|text| text.contains(',') || text.starts_with('['))
    {
        return texts.into_iter().collect::<toml_edit::Array>().to_string();
    }
    texts.join(", ")
}

fn check(key: Key, text: &str) -> Result<String, Invalid> {
    let none = text.is_empty() || text == NONE;
    match (none, key.may_be_empty()) {
        (true, true) => Ok(String::new()),
        (true, false) => Err(Invalid::needed()),
        (false, _) => match check_one(key, text)?.join(", ") {
            nothing if nothing.is_empty() => Err(Invalid::needed()),
            understood => Ok(understood),
        },
    }
}
