//! The wizard: asks a person for what is not known yet, until the answers are right. It writes
//! nothing.

mod asking;
mod next;
mod saved;
mod secret;
mod summary;
mod talk;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::answers::{Checked, Given, Key, Layer, Origin, Problem, Problems, When, check_one, resolve};
use crate::host::Host;
use crate::hub::OauthenticatorVersion;
use crate::secret::{holds_pasted, without_pasted};
use crate::ui::page::Row;
use crate::ui::prompt::{Halt, Menu, Prompter, Reply};
use asking::joined;

pub use next::{Action, Offer, offers, what_next};
pub use secret::{TypedSecret, expanded};
pub use summary::summary;
pub use talk::{After, Talk};

/// What is known before the first question.
#[derive(Debug, Clone)]
pub struct Start {
    /// What flags, variables and the file say.
    pub given: Layer,
    /// What was wrong with them as they were read.
    pub problems: Problems,
    /// The oauthenticator of this machine's hub, where there is one.
    pub found: Option<OauthenticatorVersion>,
    /// Where a secret that is typed goes unless the person says otherwise.
    pub secret_file: String,
}

/// The questions, and what is answered so far.
pub struct Wizard<'a> {
    prompter: &'a mut dyn Prompter,
    host: &'a dyn Host,
    found: Option<OauthenticatorVersion>,
    secret_file: String,
    given: Layer,
    secret: Option<TypedSecret>,
    complaints: BTreeMap<Key, String>,
    /// What was asked, in order, for going back.
    asked: Vec<Key>,
    /// What was answered and is asked once more, since the person went back past it.
    reopened: BTreeSet<Key>,
    /// Everything was known from the start, so that only what becomes necessary is asked.
    complete: bool,
}

impl<'a> Wizard<'a> {
    /// Takes what is known; what is wrong with it will be asked again.
    pub fn new(prompter: &'a mut dyn Prompter, host: &'a dyn Host, start: Start) -> Self {
        let complete = resolve(&start.given, start.found, start.problems.clone()).is_ok();
        let mut wizard = Self {
            prompter,
            host,
            found: start.found,
            secret_file: start.secret_file,
            given: start.given,
            secret: None,
            complaints: BTreeMap::new(),
            asked: Vec::new(),
            reopened: BTreeSet::new(),
            complete,
        };
        wizard.find_wrong_values(&start.problems);
        wizard
    }

    /// Asks for what is open until the answers are right.
    ///
    /// # Errors
    /// [`Halt`], as every method that asks.
    pub fn settle(&mut self) -> Result<Checked, Halt> {
        loop {
            self.leave_out_what_cannot_matter()?;
            let resolved = resolve(&self.given, self.found, Problems::default());
            let problems = resolved.as_ref().err();
            if let Some(clash) = problems.and_then(|problems| self.first_clash(problems)) {
                self.mend(&clash)?;
            } else if let Some(key) = self.next_open() {
                match self.ask(key)? {
                    Reply::Answer(()) => self.asked.push(key),
                    Reply::Back => self.step_back(key)?,
                }
            } else {
                match resolved {
                    Ok(checked) => return Ok(checked),
                    Err(problems) => self.mend_first(&problems)?,
                }
            }
        }
    }

    /// Lets the person pick an answer and give another, settings that are rarely needed included.
    ///
    /// # Errors
    /// [`Halt`].
    pub fn change(&mut self) -> Result<(), Halt> {
        let keys: Vec<Key> = Key::in_order_of_asking()
            .into_iter()
            .filter(|key| self.may_change(*key))
            .collect();
        let item = |key: &Key| format!("{:<20}  {}", key.setting().title, self.current(*key));
        let menu = Menu {
            title: "Change",
            explain: "Which answer? Those at the end are rarely needed.",
            complaint: None,
            items: keys.iter().map(item).collect(),
            default: Some(0),
        };
        if let Reply::Answer(at) = self.prompter.choose(&menu)?
            && let Some(key) = keys.get(at)
            && self.ask(*key)? == Reply::Answer(())
        {
            self.asked.retain(|asked| asked != key);
            self.asked.push(*key);
        }
        Ok(())
    }

    /// Shows something to the person.
    ///
    /// # Errors
    /// [`Halt`].
    pub fn show(&mut self, rows: &[Row]) -> Result<(), Halt> {
        self.prompter.show(rows)
    }

    /// The person, for questions that are no settings.
    pub fn prompter(&mut self) -> &mut dyn Prompter {
        self.prompter
    }

    /// The answers for their file. What the file says already stays as its author wrote it; the rest
    /// is written as it was understood, without spaces, capitals and pasted paths.
    pub fn to_save(&self) -> Layer {
        let clean = |(key, given): (&Key, &Given)| {
            let clean = match given.origin {
                Origin::File { .. } => None,
                _ => check_one(*key, &joined(*key, given)).ok(),
            };
            let given = clean.map_or_else(|| given.clone(), |texts| Given::many(texts, given.origin.clone()));
            (*key, given)
        };
        self.given.iter().map(clean).collect()
    }

    /// The secret that was typed, if one was.
    pub fn secret(&self) -> Option<&TypedSecret> {
        self.secret.as_ref()
    }

    fn find_wrong_values(&mut self, problems: &Problems) {
        let read = problems
            .iter()
            .filter_map(|problem| Some((problem.key?, problem.clone())));
        let mut wrong: BTreeMap<Key, Problem> = read.collect();
        for (key, given) in self.given.iter().filter(|(_, given)| !given.items.is_empty()) {
            if let Err(invalid) = check_one(*key, &joined(*key, given)) {
                let problem = Problem::invalid(*key, given.origin.clone(), invalid);
                wrong.entry(*key).or_insert(problem);
            }
        }
        for (key, problem) in wrong {
            let origin = problem.origin.map_or_else(String::new, |at| format!("{at}: "));
            let complaint = without_pasted(&format!("{origin}{}; {}", problem.what, problem.remedy));
            self.complaints.insert(key, complaint);
            self.reopened.insert(key);
        }
        // What was refused may be the secret itself, and a source of it always: it is not shown for editing.
        let complaints = &self.complaints;
        self.given.retain(|key, given| {
            let may_be_it = *key == Key::ClientSecret || holds_pasted(&joined(*key, given));
            !(may_be_it && complaints.contains_key(key))
        });
    }

    fn next_open(&self) -> Option<Key> {
        Key::in_order_of_asking()
            .into_iter()
            .find(|key| self.is_open(*key))
    }

    fn is_open(&self, key: Key) -> bool {
        let can_wait = self.complete && (key.may_be_empty() || self.default_of(key).is_some());
        let unknown = !self.given.contains_key(&key) && key.is_asked(&self.given) && !can_wait;
        unknown || self.reopened.contains(&key)
    }

    fn step_back(&mut self, key: Key) -> Result<(), Halt> {
        if self.given.contains_key(&key) {
            self.reopened.insert(key);
        }
        match self.asked.pop() {
            Some(before) => {
                self.reopened.insert(before);
                Ok(())
            }
            None => self
                .prompter
                .show(&[Row::Text("This is the first question. Ctrl-C stops.".to_owned())]),
        }
    }

    /// Answers that do not fit together, as soon as nothing that is still to be asked can mend them.
    fn first_clash(&self, problems: &Problems) -> Option<Problem> {
        let names_follow = [Key::Users, Key::Groups].iter().any(|key| self.is_open(*key));
        let clash = |problem: &&Problem| {
            problem.key.is_some_and(|key| {
                let given = self.given.contains_key(&key) && !self.reopened.contains(&key);
                given && !(key == Key::Allow && names_follow)
            })
        };
        problems.iter().find(clash).cloned()
    }

    fn mend_first(&mut self, problems: &Problems) -> Result<(), Halt> {
        match problems.iter().find(|problem| problem.key.is_some()) {
            Some(problem) => self.mend(problem),
            None => self.change(),
        }
    }

    /// Asks again for the answer that would mend the problem, or for another that the person picks.
    fn mend(&mut self, problem: &Problem) -> Result<(), Halt> {
        let Some(key) = problem.key else {
            return self.change();
        };
        if self.given.contains_key(&key) {
            let complaint = format!(
                "{}; {}; or press Esc to change another answer",
                problem.what, problem.remedy
            );
            self.complaints.insert(key, complaint);
        }
        match self.ask(key)? {
            Reply::Answer(()) => self.asked.push(key),
            Reply::Back => self.change()?,
        }
        Ok(())
    }

    fn leave_out_what_cannot_matter(&mut self) -> Result<(), Halt> {
        let idle: Vec<Key> = self
            .given
            .keys()
            .copied()
            .filter(|key| !key.matters(&self.given))
            .collect();
        for key in idle {
            self.reopened.remove(&key);
            self.complaints.remove(&key);
            self.asked.retain(|asked| *asked != key);
            let Some(given) = self.given.remove(&key) else {
                continue;
            };
            if given.origin != Origin::Prompt {
                let what = format!(
                    "{}: {} is left out, since nothing uses it now",
                    given.origin,
                    key.setting().dotted()
                );
                self.prompter.show(&[Row::Warning(what)])?;
            }
        }
        Ok(())
    }

    /// What a person may pick to change.
    fn may_change(&self, key: Key) -> bool {
        let rarely = matches!(key.setting().when, When::Rarely);
        self.given.contains_key(&key) || rarely || key.is_asked(&self.given)
    }
}
