//! A line that a person edits.
//!
//! dialoguer's own `Input` knows neither Esc nor Home, End and Delete, and mangles the screen when a
//! text longer than the terminal is wide is shortened; its `Password` throws away what was typed
//! ahead. Here the text scrolls sideways within its one line, so both cases are simple.

use console::{Key, measure_text_width};
use zeroize::Zeroizing;

/// The text and where the cursor stands in it. Wiped from memory when dropped.
#[derive(Default)]
pub(super) struct Line {
    text: Zeroizing<Vec<char>>,
    cursor: usize,
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Pressed {
    /// The line goes on.
    Edited,
    /// The line is done.
    Enter,
    /// The person wants to go back.
    Escape,
}

/// The part of a line that fits.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    pub(super) shown: String,
    /// Columns from the beginning of `shown` to the cursor.
    pub(super) cursor: usize,
}

/// Room for any secret, so that growing leaves no copies of one behind.
const ROOM: usize = 4096;

impl Line {
    pub(super) fn new(text: &str) -> Self {
        let mut chars = Vec::with_capacity(ROOM);
        chars.extend(text.chars());
        Self {
            cursor: chars.len(),
            text: Zeroizing::new(chars),
        }
    }

    pub(super) fn text(&self) -> Zeroizing<String> {
        let mut text = String::with_capacity(self.text.iter().map(|c| c.len_utf8()).sum());
        text.extend(self.text.iter());
        Zeroizing::new(text)
    }

    pub(super) fn press(&mut self, key: &Key) -> Pressed {
        let end = self.text.len();
        match key {
            Key::Enter => return Pressed::Enter,
            Key::Escape => return Pressed::Escape,
            Key::ArrowLeft => self.cursor = self.cursor.saturating_sub(1),
            Key::ArrowRight => self.cursor = end.min(self.cursor + 1),
            Key::Home => self.cursor = 0,
            Key::End => self.cursor = end,
            Key::Backspace => self.remove(self.cursor.saturating_sub(1), self.cursor),
            Key::Del => self.remove(self.cursor, end.min(self.cursor + 1)),
            Key::Char('\u{15}') => self.remove(0, self.cursor), // Ctrl-U
            Key::Char('\u{b}') => self.remove(self.cursor, end), // Ctrl-K
            Key::Char('\u{17}') => self.remove(self.word_start(), self.cursor), // Ctrl-W
            Key::Char(c) if !c.is_control() => {
                self.text.insert(self.cursor, *c);
                self.cursor += 1;
            }
            _ => {}
        }
        Pressed::Edited
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.drain(from..to);
        self.cursor = from;
    }

    fn word_start(&self) -> usize {
        let before = &self.text[..self.cursor];
        let spaces = before.iter().rev().take_while(|c| c.is_whitespace()).count();
        let word = before
            .iter()
            .rev()
            .skip(spaces)
            .take_while(|c| !c.is_whitespace());
        self.cursor - spaces - word.count()
    }

    /// What to show in `columns`, with every character as `mask` where there is one.
    pub(super) fn view(&self, columns: usize, mask: Option<char>) -> View {
        let shown = |c: &char| mask.unwrap_or(*c);
        let width = |chars: &[char]| measure_text_width(&chars.iter().map(shown).collect::<String>());
        // The cursor needs a column of its own behind the text.
        let room = columns.saturating_sub(1).max(1);
        // Character by character from the cursor, as far as there is room: a list that is pasted is long,
        // and this is done for each of its characters.
        let mut left = room;
        let mut fits = |c: &&char| {
            let after = left.checked_sub(width(std::slice::from_ref(*c)));
            left = after.unwrap_or(0);
            after.is_some()
        };
        let before = self.text[..self.cursor].iter().rev();
        let from = self.cursor - before.take_while(&mut fits).count();
        let to = self.cursor + self.text[self.cursor..].iter().take_while(&mut fits).count();
        View {
            shown: self.text[from..to].iter().map(shown).collect(),
            cursor: width(&self.text[from..self.cursor]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str, keys: &[Key]) -> Line {
        let mut line = Line::new(text);
        for key in keys {
            assert_eq!(line.press(key), Pressed::Edited);
        }
        line
    }

    #[test]
    fn a_line_is_edited_as_in_a_shell() {
        let line = typed(
            "hub.exampl.org",
            &[
                Key::ArrowLeft,
                Key::ArrowLeft,
                Key::ArrowLeft,
                Key::ArrowLeft,
                Key::Char('e'),
                Key::Home,
                Key::Del,
                Key::Char('H'),
            ],
        );
        assert_eq!(*line.text(), "Hub.example.org");
        assert_eq!(*typed("two words", &[Key::Char('\u{17}')]).text(), "two ");
        assert_eq!(*typed("gone", &[Key::Char('\u{15}')]).text(), "");
        assert_eq!(*typed("ab", &[Key::Backspace]).text(), "a");
        assert_eq!(*typed("", &[Key::Backspace, Key::Del, Key::ArrowLeft]).text(), "");
    }

    #[test]
    fn a_long_text_scrolls_sideways_and_the_cursor_stays_in_sight() {
        let mut line = Line::new("0123456789");
        let view = line.view(6, None);
        assert_eq!((view.shown.as_str(), view.cursor), ("56789", 5));
        line.press(&Key::Home);
        let view = line.view(6, None);
        assert_eq!((view.shown.as_str(), view.cursor), ("01234", 0));
    }

    #[test]
    fn a_long_list_that_is_pasted_is_shown_by_its_end() {
        let mut line = Line::new("");
        for c in "user123, ".repeat(1000).chars() {
            line.press(&Key::Char(c));
            line.view(80, None);
        }
        assert!(line.view(80, None).shown.ends_with("user123, "));
    }

    #[test]
    fn a_masked_line_shows_its_length_alone() {
        let view = Line::new("canary").view(40, Some('*'));
        assert_eq!((view.shown.as_str(), view.cursor), ("******", 6));
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(Line::new("漢字").view(40, None).cursor, 4);
    }
}
