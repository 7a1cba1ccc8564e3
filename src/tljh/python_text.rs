//! A file of Python settings as text: where a statement ends, and the file without it.
//!
//! Python's lexical rules alone are needed for that
//! (<https://docs.python.org/3/reference/lexical_analysis.html>). Whether the hub can load what is left, its own
//! Python is asked before anything is changed.

/// What is written before a statement that was taken out.
const MARK: &str = "taken out by hubgate: ";

/// What starts a statement that holds others, which cannot be taken out alone.
const COMPOUND: [&[u8]; 14] = [
    b"if", b"elif", b"else", b"for", b"while", b"try", b"except", b"finally", b"with", b"def", b"class",
    b"async", b"match", b"case",
];

/// The first and the last line of the simple statement that this line is part of, counted from 1. None where
/// there is none, or where it does not stand alone on its lines.
pub fn simple_statement(text: &[u8], line: usize) -> Option<(usize, usize)> {
    let statement = Lexer::new(text).find(|found| (found.first..=found.last).contains(&line))?;
    statement.is_simple.then_some((statement.first, statement.last))
}

/// The text with these statements turned into comments; `pass` stands in the place of one in a block.
pub fn commented_out(text: &[u8], statements: &[(usize, usize)]) -> Vec<u8> {
    let mut left = Vec::with_capacity(text.len() + 64);
    for (index, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let number = index + 1;
        let Some((first, _)) = statements
            .iter()
            .find(|(first, last)| (*first..=*last).contains(&number))
        else {
            left.extend_from_slice(line);
            continue;
        };
        let indent = line
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let (indentation, rest) = line.split_at(indent);
        left.extend_from_slice(indentation);
        if number == *first && indent > 0 {
            left.extend_from_slice(b"pass  ");
        }
        left.extend_from_slice(b"# ");
        if number == *first {
            left.extend_from_slice(MARK.as_bytes());
        }
        left.extend_from_slice(rest);
    }
    left
}

/// A logical line.
struct Statement {
    first: usize,
    last: usize,
    /// It holds no other statement, and no other stands on its lines.
    is_simple: bool,
}

/// Finds the logical lines of a text, up to the first that is none.
struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    line: usize,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a [u8]) -> Self {
        // A byte order mark is no part of the first statement.
        let at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        Self { text, at, line: 1 }
    }

    fn here(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    /// One byte on, and a line on where it ends one.
    fn step(&mut self) {
        if self.here() == Some(b'\n') {
            self.line += 1;
        }
        self.at += 1;
    }

    /// What lies between statements.
    fn skip_blank(&mut self) {
        while let Some(byte) = self.here() {
            match byte {
                b'#' => self.skip_comment(),
                b' ' | b'\t' | b'\r' | b'\n' | b'\x0c' => self.step(),
                _ => return,
            }
        }
    }

    fn skip_comment(&mut self) {
        while self.here().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    /// Behind a string that begins here; none where it does not end.
    fn skip_string(&mut self) -> Option<()> {
        let quote = self.here()?;
        let triple = [quote; 3];
        let ends: &[u8] = if self.text[self.at..].starts_with(&triple) {
            &triple
        } else {
            &triple[..1]
        };
        self.at += ends.len();
        loop {
            if self.text[self.at..].starts_with(ends) {
                self.at += ends.len();
                return Some(());
            }
            match self.here()? {
                b'\n' if ends.len() == 1 => return None,
                b'\\' => {
                    self.step();
                    self.here()?;
                    self.step();
                }
                _ => self.step(),
            }
        }
    }

    fn is_compound(&self) -> bool {
        let rest = &self.text[self.at..];
        let word = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
        COMPOUND.contains(&&rest[..word.count()]) || rest.starts_with(b"@")
    }
}

impl Iterator for Lexer<'_> {
    type Item = Statement;

    fn next(&mut self) -> Option<Statement> {
        self.skip_blank();
        self.here()?;
        let first = self.line;
        let mut is_simple = !self.is_compound();
        let mut depth = 0_usize;
        while let Some(byte) = self.here() {
            match byte {
                b'#' => self.skip_comment(),
                b'"' | b'\'' => self.skip_string()?,
                b'\n' if depth == 0 => break,
                b'\\' => {
                    self.step();
                    self.step();
                }
                _ => {
                    match byte {
                        b'(' | b'[' | b'{' => depth += 1,
                        b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                        b';' => is_simple = false,
                        _ => {}
                    }
                    self.step();
                }
            }
        }
        let last = self.line;
        self.step();
        Some(Statement {
            first,
            last,
            is_simple,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, line: usize) -> Option<String> {
        let statement = simple_statement(text.as_bytes(), line)?;
        Some(String::from_utf8_lossy(&commented_out(text.as_bytes(), &[statement])).into_owned())
    }

    #[test]
    fn a_line_becomes_a_comment_and_the_rest_stays_to_the_byte() {
        let text = "a = 1\r\nc.A.b = True  # why\r\n\tc = '''x\n'''\nlast";
        let left = "a = 1\r\n# taken out by hubgate: c.A.b = True  # why\r\n\tc = '''x\n'''\nlast";
        assert_eq!(without(text, 2).as_deref(), Some(left));
        assert_eq!(
            without("a = 1", 1).as_deref(),
            Some("# taken out by hubgate: a = 1")
        );
    }

    #[test]
    fn a_statement_of_many_lines_goes_as_a_whole_whichever_is_named() {
        for statement in [
            "c.A.users = {\n    'x',  # }\n\n    \"y]\",\n}\n",
            "c.A.text = '''\n c.A.b = 1 \\''' \"\"\"\n'''\n",
            "c.A.b = \\\n    True\n",
            "c.A.users.update(\n    f('(')\n)\n",
            "c.A.b = r'\\'; c'[\n:0]\n",
        ] {
            let text = format!("before = 1\n{statement}after = 2\n");
            for line in 2..2 + statement.lines().count() {
                let Some(left) = without(&text, line) else {
                    assert!(statement.contains(';'), "{text}");
                    continue;
                };
                let code = left.lines().filter(|line| !line.trim_start().starts_with('#'));
                assert_eq!(code.collect::<Vec<_>>(), ["before = 1", "after = 2"], "{left}");
            }
        }
    }

    #[test]
    fn a_block_is_not_left_empty() {
        let text = "if x:\n    c.A.b = [\n        1,\n    ]\nelse:\n    pass\n";
        let left =
            "if x:\n    pass  # taken out by hubgate: c.A.b = [\n        # 1,\n    # ]\nelse:\n    pass\n";
        assert_eq!(without(text, 3).as_deref(), Some(left));
    }

    #[test]
    fn what_does_not_stand_alone_is_not_taken_out_alone() {
        for text in [
            "a = 1; b = 2\n",
            "if x: a = 1\n",
            "for a in b: c\n",
            "@a\ndef b(): pass\n",
            "# a\n",
            "",
        ] {
            assert_eq!(without(text, 1), None, "{text}");
        }
        // Behind a string that does not end nothing is known.
        assert_eq!(without("a = 'x\nb = 1\n", 2), None);
        // A `;` in a string separates nothing.
        assert!(without("a = 'x;y'\n", 1).is_some());
    }
}
