//! What a page holds: its elements, their attributes and their text. Pure.
//!
//! The tokens are the WHATWG's. The tree keeps its rules about which tags close which, as far as they decide
//! what is inside what; it moves nothing to where it belongs.

mod tags;

use std::convert::Infallible;
use std::ops::Range;

use html5gum::emitters::callback::{CallbackEmitter, CallbackEvent};
use html5gum::{Span, Tokenizer};

use tags::Kind;

/// How deep elements nest, how many tags and how much text are read: many times what a page of a hub has,
/// and little enough that no page costs time or memory worth mentioning.
const MOST_DEPTH: usize = 256;
const MOST_TAGS: usize = 200_000;
const MOST_TEXT: usize = 1 << 18;

/// A page. What is no HTML is text, or nothing.
#[derive(Debug, Clone, Default)]
pub struct Html {
    entries: Vec<Entry>,
    text: String,
}

#[derive(Debug, Clone)]
struct Entry {
    name: String,
    kind: Kind,
    attributes: Vec<(String, String)>,
    /// Where its text stands in the page's.
    text: Range<usize>,
    /// The first entry behind those that are inside of it.
    end: usize,
}

/// An element of a page.
#[derive(Debug, Clone, Copy)]
pub struct Element<'a> {
    html: &'a Html,
    index: usize,
}

impl Html {
    /// Reads a page, however broken.
    pub fn parse(page: &str) -> Self {
        let mut tree = Tree::default();
        let mut emitter = CallbackEmitter::new(|event: CallbackEvent<'_>, _: Span<()>| {
            tree.take(event);
            None::<Infallible>
        });
        // A script's text may look like tags.
        emitter.naively_switch_states(true);
        let Ok(()) = Tokenizer::new_with_emitter(page, emitter).finish();
        tree.close_from(0);
        tree.html
    }

    /// All elements, in the order of the page.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        self.range(0..self.entries.len())
    }

    /// The elements in the order of the page, without those inside of one that `hides`.
    pub fn elements_not_inside(
        &self,
        hides: impl Fn(&Element<'_>) -> bool,
    ) -> impl Iterator<Item = Element<'_>> {
        let mut next = 0;
        std::iter::from_fn(move || {
            let entry = self.entries.get(next)?;
            let element = Element {
                html: self,
                index: next,
            };
            next = if hides(&element) { entry.end } else { next + 1 };
            Some(element)
        })
    }

    fn range(&self, range: Range<usize>) -> impl Iterator<Item = Element<'_>> {
        range.map(|index| Element { html: self, index })
    }
}

impl<'a> Element<'a> {
    /// Its name, in lower case.
    pub fn name(&self) -> &'a str {
        &self.entry().name
    }

    /// An attribute's value; the name is in lower case.
    pub fn attr(&self, name: &str) -> Option<&'a str> {
        let attributes = &self.entry().attributes;
        // Of two with one name the first counts.
        let found = attributes.iter().find(|(key, _)| key == name)?;
        Some(&found.1)
    }

    /// Whether it is of a CSS class.
    pub fn has_class(&self, class: &str) -> bool {
        self.attr("class")
            .is_some_and(|classes| classes.split_ascii_whitespace().any(|other| other == class))
    }

    /// Whether its attribute `type` is this, which is in lower case.
    pub fn is_of_type(&self, kind: &str) -> bool {
        self.attr("type")
            .is_some_and(|value| value.eq_ignore_ascii_case(kind))
    }

    /// What it says, with single spaces.
    pub fn text(&self) -> String {
        let text = &self.html.text[self.entry().text.clone()];
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// What is inside of it, in the order of the page.
    pub fn elements(&self) -> impl Iterator<Item = Element<'a>> + use<'a> {
        self.html.range(self.index + 1..self.entry().end)
    }

    fn entry(&self) -> &'a Entry {
        &self.html.entries[self.index]
    }
}

/// A page that is being read.
#[derive(Default)]
struct Tree {
    html: Html,
    /// The entries whose end has not come, from the outermost on.
    open: Vec<usize>,
    /// The start tag that is being read.
    tag: Option<Entry>,
    tags: usize,
}

impl Tree {
    fn take(&mut self, event: CallbackEvent<'_>) {
        match event {
            CallbackEvent::OpenStartTag { name } => self.tag = Some(Entry::new(name)),
            CallbackEvent::AttributeName { name } => {
                if let Some(tag) = &mut self.tag {
                    tag.attributes.push((text_of(name), String::new()));
                }
            }
            CallbackEvent::AttributeValue { value } => {
                if let Some((_, last)) = self.tag.as_mut().and_then(|tag| tag.attributes.last_mut()) {
                    *last = text_of(value);
                }
            }
            CallbackEvent::CloseStartTag { .. } => {
                if let Some(tag) = self.tag.take()
                    && self.tags < MOST_TAGS
                {
                    self.tags += 1;
                    self.start(tag);
                }
            }
            CallbackEvent::EndTag { name } => {
                // One that never ended is none, nor are an end tag's attributes any.
                self.tag = None;
                if self.tags < MOST_TAGS {
                    self.tags += 1;
                    self.end(&text_of(name));
                }
            }
            CallbackEvent::String { value } => self.say(&String::from_utf8_lossy(value)),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } | CallbackEvent::Error(_) => {}
        }
    }

    fn start(&mut self, mut entry: Entry) {
        let name = entry.name.as_str();
        if name == "form" && self.innermost("form", |_| false).is_some() {
            return;
        }
        if tags::ends_paragraph(name)
            && let Some(paragraph) =
                self.innermost("p", |open| open.kind == Kind::Barrier || open.name == "button")
        {
            self.close_from(paragraph);
        }
        if tags::is_never_nested(name)
            && let Some(before) = self.innermost(name, |open| open.kind != Kind::Running)
        {
            self.close_from(before);
        }
        let index = self.html.entries.len();
        entry.text = self.html.text.len()..self.html.text.len();
        entry.end = index + 1;
        if !tags::is_void(&entry.name) && self.open.len() < MOST_DEPTH {
            self.open.push(index);
        }
        self.html.entries.push(entry);
    }

    fn end(&mut self, name: &str) {
        let (kind, of_a_table) = (Kind::of(name), tags::is_of_a_table(name));
        let found = self.innermost(name, |open| match kind {
            _ if of_a_table => open.name == "table",
            Kind::Running => open.kind != Kind::Running,
            Kind::Block | Kind::Barrier => open.kind == Kind::Barrier,
        });
        if let Some(depth) = found {
            self.close_from(depth);
        }
    }

    fn say(&mut self, said: &str) {
        let is_silent = self
            .open
            .last()
            .is_some_and(|&index| tags::is_silent(&self.html.entries[index].name));
        if !is_silent {
            let room = MOST_TEXT.saturating_sub(self.html.text.len());
            self.html.text.extend(said.chars().take(room));
        }
    }

    /// How deep the innermost open element of a name is, if no other one before it `stops` the search.
    fn innermost(&self, name: &str, stops: impl Fn(&Entry) -> bool) -> Option<usize> {
        for (depth, &index) in self.open.iter().enumerate().rev() {
            let open = &self.html.entries[index];
            if open.name == name {
                return Some(depth);
            }
            if stops(open) {
                return None;
            }
        }
        None
    }

    fn close_from(&mut self, depth: usize) {
        let (text, end) = (self.html.text.len(), self.html.entries.len());
        for index in self.open.drain(depth..) {
            let entry = &mut self.html.entries[index];
            entry.text.end = text;
            entry.end = end;
        }
    }
}

impl Entry {
    fn new(name: &[u8]) -> Self {
        let name = text_of(name);
        Entry {
            kind: Kind::of(&name),
            name,
            attributes: Vec::new(),
            text: 0..0,
            end: 0,
        }
    }
}

/// The tokens of a text are text.
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests;
