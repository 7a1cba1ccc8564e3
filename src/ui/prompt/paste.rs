//! What is pasted, told from what is typed: with line ends in it, it would answer the questions to come.
//!
//! A terminal in "bracketed paste" mode writes `ESC [ 200~` before what is pasted and `ESC [ 201~` behind
//! it. One that does not know the mode ignores the wish, and all is as if typed.

use console::Key;

/// Asks the terminal to mark what is pasted.
pub(super) const MARK: &str = "\x1b[?2004h";

/// Ends that.
pub(super) const UNMARK: &str = "\x1b[?2004l";

/// What the marks have in common, as console hands it over: it knows sequences of four characters.
const BOUND: [char; 3] = ['[', '2', '0'];

/// Where in the keys we are.
#[derive(Default)]
pub(super) struct Paste {
    pasting: bool,
    /// What has come of a mark so far.
    bound: Option<Option<char>>,
    /// A line ended, and nothing has come since.
    line_ended: bool,
}

impl Paste {
    /// Whether what is being pasted has not ended.
    pub(super) fn goes_on(&self) -> bool {
        self.pasting
    }

    /// The keys that this one stands for. A line end within what is pasted separates, as a comma does;
    /// one at its end is dropped: Enter is for the person to press.
    pub(super) fn keys(&mut self, key: Key) -> Vec<Key> {
        if matches!(&key, Key::UnknownEscSeq(sequence) if *sequence == BOUND) {
            self.bound = Some(None);
            return Vec::new();
        }
        match (self.bound, &key) {
            (Some(None), Key::Char(which @ ('0' | '1'))) => {
                self.bound = Some(Some(*which));
                return Vec::new();
            }
            (Some(Some(which)), Key::Char('~')) => {
                *self = Paste {
                    pasting: which == '0',
                    ..Paste::default()
                };
                return Vec::new();
            }
            _ => self.bound = None,
        }
        match key {
            key if !self.pasting => vec![key],
            Key::Enter | Key::Tab => {
                self.line_ended = true;
                Vec::new()
            }
            key if std::mem::take(&mut self.line_ended) => vec![Key::Char(','), Key::Char(' '), key],
            key => vec![key],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(which: char) -> [Key; 3] {
        [
            Key::UnknownEscSeq(BOUND.to_vec()),
            Key::Char(which),
            Key::Char('~'),
        ]
    }

    fn pasted(text: &str) -> Vec<Key> {
        let keys = text.chars().map(|c| match c {
            '\n' => Key::Enter,
            '\t' => Key::Tab,
            c => Key::Char(c),
        });
        bound('0').into_iter().chain(keys).chain(bound('1')).collect()
    }

    fn seen(keys: Vec<Key>) -> String {
        let mut paste = Paste::default();
        let keys = keys.into_iter().flat_map(|key| paste.keys(key));
        keys.map(|key| match key {
            Key::Char(c) => c,
            Key::Enter => '↵',
            _ => '?',
        })
        .collect()
    }

    #[test]
    fn lines_that_are_pasted_are_a_list_and_press_no_enter() {
        assert_eq!(seen(pasted("grace\nada\n")), "grace, ada");
        assert_eq!(seen(pasted("grace\tada\n\nhopper")), "grace, ada, hopper");
        assert_eq!(seen(pasted("secret\n")), "secret");
        assert_eq!(seen([pasted("a\n"), pasted("b")].concat()), "ab");
    }

    #[test]
    fn what_is_typed_stays_as_it_is() {
        let typed = vec![Key::Char('0'), Key::Char('~'), Key::Enter, Key::Escape];
        assert_eq!(seen(typed), "0~↵?");
        let after = [pasted("a"), vec![Key::Enter, Key::Char('b')]].concat();
        assert_eq!(seen(after), "a↵b");
    }
}
