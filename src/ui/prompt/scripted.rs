//! A person who answers from a script, for tests.
#![allow(clippy::panic)]

use std::collections::VecDeque;

use super::{Ask, Halt, Menu, Prompter, Reply};
use crate::secret::Secret;
use crate::ui::page::{self, Row};

/// What the person does next.
#[derive(Debug, Clone)]
pub(crate) enum Does {
    /// Types this line.
    Types(&'static str),
    /// Picks the entry that begins so.
    Picks(&'static str),
    /// Goes back.
    Back,
    /// Presses Ctrl-C.
    Stops,
}

/// The script, and everything that was shown.
pub(crate) struct Scripted {
    script: VecDeque<Does>,
    /// Titles of the questions asked, complaints, and what was shown, in order.
    pub(crate) seen: Vec<String>,
}

impl Scripted {
    pub(crate) fn new(script: impl IntoIterator<Item = Does>) -> Self {
        Self {
            script: script.into_iter().collect(),
            seen: Vec::new(),
        }
    }

    /// Whether everything in the script was done.
    pub(crate) fn is_done(&self) -> bool {
        self.script.is_empty()
    }

    pub(crate) fn saw(&self, text: &str) -> bool {
        self.seen.iter().any(|seen| seen.contains(text))
    }

    fn next(&mut self, title: &str, complaint: Option<&String>) -> Does {
        self.seen.extend(complaint.cloned());
        self.seen.push(title.to_owned());
        self.script
            .pop_front()
            .unwrap_or_else(|| panic!("the script ends at '{title}'; seen: {:#?}", self.seen))
    }

    fn line(&mut self, ask: &Ask<'_>) -> Result<Reply<String>, Halt> {
        let mut complaint = ask.complaint.clone();
        loop {
            let typed = match self.next(ask.title, complaint.as_ref()) {
                Does::Types("<") | Does::Back => return Ok(Reply::Back),
                Does::Types(typed) => typed.to_owned(),
                Does::Stops => return Err(Halt::Stopped),
                Does::Picks(entry) => panic!("'{}' is typed, not picked as {entry}", ask.title),
            };
            let answer = match &ask.default {
                Some(default) if typed.is_empty() => default.clone(),
                _ => typed,
            };
            match (ask.check)(&answer) {
                Ok(_) => return Ok(Reply::Answer(answer)),
                Err(invalid) => complaint = Some(invalid.to_string()),
            }
        }
    }
}

impl Prompter for Scripted {
    fn text(&mut self, ask: &Ask<'_>) -> Result<Reply<String>, Halt> {
        self.line(ask)
    }

    fn secret(&mut self, ask: &Ask<'_>) -> Result<Reply<Secret>, Halt> {
        Ok(match self.line(ask)? {
            Reply::Answer(typed) => Reply::Answer(Secret::new(typed)),
            Reply::Back => Reply::Back,
        })
    }

    fn choose(&mut self, menu: &Menu<'_>) -> Result<Reply<usize>, Halt> {
        match self.next(menu.title, menu.complaint.as_ref()) {
            Does::Back => Ok(Reply::Back),
            Does::Stops => Err(Halt::Stopped),
            Does::Types("") => menu.default.map(Reply::Answer).ok_or_else(|| {
                panic!("'{}' has no default", menu.title);
            }),
            Does::Picks(entry) => {
                let at = menu.items.iter().position(|item| item.starts_with(entry));
                let none = || panic!("'{}' has no '{entry}': {:#?}", menu.title, menu.items);
                Ok(Reply::Answer(at.unwrap_or_else(none)))
            }
            Does::Types(typed) => panic!("'{}' is picked, not typed as {typed}", menu.title),
        }
    }

    fn show(&mut self, rows: &[Row]) -> Result<(), Halt> {
        self.seen.extend(page::lines(rows, 200));
        Ok(())
    }
}
