//! Text of others is shown without what could be a secret in it, in whatever language and however broken.
//!
//! A line that speaks of a secret is not shown, nor what may belong to it: no syntax is relied on to find
//! where its value begins. What hubgate itself writes is known, and shown.

use std::collections::HashSet;

use super::environment::{around_embedded_secret, known_lines};

/// What a line that speaks of a secret has in it.
const SPEAKS: [&str; 8] = [
    "secret",
    "passw",
    "token",
    "credential",
    "crypt_key",
    "cryptkeeper",
    "api_key",
    "apikey",
];

/// Where one of those words says nothing.
const HARMLESS: [&str; 2] = ["token_url", "oauth2/token"];

/// Names that may be shown before what is hidden.
const NAMES: [&str; 4] = [
    "client_secret",
    "OAUTH_CLIENT_SECRET",
    "cookie_secret",
    "c.GenericOAuthenticator.client_secret",
];

/// Every quote that an editor makes of a straight one.
const QUOTES: &str = "\"'`´“”„‟‘’‚‛«»‹›＂＇";

/// A literal of fewer characters may be a common word.
const SHORTEST: usize = 8;

/// `text` without any line that speaks of a secret, without what such a line may be about elsewhere, and
/// without whatever looks like one of Cognito's secrets. Lines of `ours`, which hubgate made, are shown.
pub(super) fn without_secrets(text: &str, ours: &str) -> String {
    let text = text.replace('\0', "");
    let mut known: HashSet<&str> = ours.lines().map(str::trim_end).collect();
    for line in known_lines() {
        known.insert(line.trim_end());
    }
    let lines: Vec<Line<'_>> = text
        .split_inclusive('\n')
        .map(|line| Line::new(line, &known))
        .collect();
    let hidden = hidden(&lines);
    let mut shown = String::with_capacity(text.len());
    for (line, hidden) in lines.iter().zip(&hidden) {
        match (around_secret(line.body), hidden) {
            (Some((before, after)), _) => shown.push_str(&format!("{before}[secret]{after}")),
            (None, true) => shown.push_str(&format!("{}[secret]", line.head())),
            (None, false) => shown.push_str(line.body),
        }
        shown.push_str(line.end);
    }
    let hidden = lines.iter().zip(hidden).filter(|(_, hidden)| *hidden);
    let mut literals: Vec<&str> = hidden.flat_map(|(line, _)| line.literals()).collect();
    literals.retain(|literal| !known.iter().any(|line| line.contains(literal)));
    literals.sort_by_key(|literal| std::cmp::Reverse(literal.len()));
    let shown = literals
        .iter()
        .fold(shown, |text, literal| text.replace(literal, "[secret]"));
    without_random_words(&shown)
}

/// What stands around the secret in the line of user data that may hold one.
fn around_secret(line: &str) -> Option<(&'static str, &'static str)> {
    let around = around_embedded_secret()?;
    let rest = line.strip_prefix(around.0)?;
    rest.ends_with(around.1).then_some(around)
}

struct Line<'a> {
    body: &'a str,
    end: &'static str,
    known: bool,
}

impl<'a> Line<'a> {
    fn new(line: &'a str, known: &HashSet<&str>) -> Self {
        let body = line.trim_end_matches('\n');
        Self {
            body,
            end: if line.len() > body.len() { "\n" } else { "" },
            known: known.contains(body.trim_end()),
        }
    }

    fn speaks(&self) -> bool {
        let lower = HARMLESS
            .iter()
            .fold(self.body.to_lowercase(), |text, word| text.replace(word, ""));
        !self.known && SPEAKS.iter().any(|word| lower.contains(word))
    }

    fn is_blank(&self) -> bool {
        self.body.trim().is_empty()
    }

    fn is_comment(&self) -> bool {
        self.body.trim_start().starts_with('#')
    }

    fn indent(&self) -> usize {
        self.body.len() - self.body.trim_start_matches([' ', '\t', '-']).len()
    }

    /// Whether the next line goes on with this one.
    fn hangs(&self) -> bool {
        self.body
            .trim_end()
            .ends_with(|c: char| "\\([{=:,+%|>&*?.".contains(c))
    }

    /// Whether this line goes on with the one before.
    fn goes_on(&self) -> bool {
        let start = self.body.trim_start();
        let start = start.trim_start_matches(|c: char| "fFrRbBuU".contains(c));
        let begins = self
            .body
            .trim_start()
            .starts_with(|c: char| ")]},.+%:=|>&*\\?".contains(c));
        begins || start.starts_with(|c: char| QUOTES.contains(c))
    }

    /// How many more brackets it opens than it closes, as far as that can be told.
    fn opens(&self) -> isize {
        let code = self.body.split('#').next().unwrap_or_default();
        let one = |c| isize::from("([{".contains(c)) - isize::from(")]}".contains(c));
        code.chars().map(one).sum()
    }

    /// The name that is given a value, where it is one of those that may be shown; else the indentation.
    fn head(&self) -> String {
        let start = self.body.trim_start_matches([' ', '\t', '#', '-']);
        let before = &self.body[..self.body.len() - start.len()];
        let name = start.split(['=', ':']).next().unwrap_or_default();
        let sign = &start[name.len()..];
        if NAMES.contains(&name.trim_end()) && !sign.is_empty() {
            format!("{before}{name}{} ", &sign[..1])
        } else {
            before.to_owned()
        }
    }

    /// What may be a value: what stands between quotes, and words with a digit in them.
    fn literals(&self) -> Vec<&'a str> {
        let quoted = self.body.split(|c| QUOTES.contains(c)).skip(1);
        let words = self
            .body
            .split(|c: char| c.is_whitespace() || QUOTES.contains(c) || "()[]{},;=:#<>".contains(c))
            .filter(|word| word.contains(|c: char| c.is_ascii_digit()));
        quoted
            .chain(words)
            .map(str::trim)
            .filter(|literal| literal.chars().count() >= SHORTEST)
            .collect()
    }

    /// The words of its value: names of what holds it.
    fn names(&self) -> impl Iterator<Item = &'a str> {
        let value = self
            .body
            .split_once(['=', ':'])
            .map_or(self.body, |(_, value)| value);
        let value = if self.is_comment() { "" } else { value };
        value
            .split(|c: char| !(c.is_alphanumeric() || c == '_'))
            .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
    }

    /// Whether it gives one of these names a value, or is YAML's anchor of that name.
    fn defines(&self, names: &HashSet<&str>) -> bool {
        let anchors = self.body.split('&').skip(1);
        let mut anchors = anchors.filter_map(|rest| rest.split_whitespace().next());
        let heads = self.body.split_once(['=', ':']).map_or("", |(head, _)| head);
        let mut heads = heads.split([',', '(', ')', '[', ']']).map(str::trim);
        heads.any(|head| names.contains(head)) || anchors.any(|anchor| names.contains(anchor))
    }
}

/// Which lines are not shown.
fn hidden(lines: &[Line<'_>]) -> Vec<bool> {
    let statements = statements(lines);
    let mut hidden: Vec<bool> = lines.iter().map(Line::speaks).collect();
    loop {
        let before = hidden.iter().filter(|hidden| **hidden).count();
        for statement in &statements {
            if hidden[statement.clone()].contains(&true) {
                hidden[statement.clone()].fill(true);
            }
        }
        hide_what_follows(lines, &mut hidden);
        let names: HashSet<&str> = lines
            .iter()
            .zip(&hidden)
            .filter(|(_, hidden)| **hidden)
            .flat_map(|(line, _)| line.names())
            .collect();
        for (line, hidden) in lines.iter().zip(&mut hidden) {
            *hidden = !line.known && !line.is_blank() && (*hidden || line.defines(&names));
        }
        if hidden.iter().filter(|hidden| **hidden).count() == before {
            return hidden;
        }
    }
}

/// Lines that are one statement, by brackets, by strings over several lines and by the backslash at an end.
fn statements(lines: &[Line<'_>]) -> Vec<std::ops::Range<usize>> {
    let mut statements = Vec::new();
    let (mut from, mut depth, mut string) = (0, 0, None);
    for (at, line) in lines.iter().enumerate() {
        for (place, _) in line.body.char_indices() {
            let rest = &line.body[place..];
            let mark = ["\"\"\"", "'''"].into_iter().find(|mark| rest.starts_with(mark));
            match (string, mark) {
                (None, Some(_)) => string = mark,
                (Some(_), Some(_)) if string == mark => string = None,
                _ => {}
            }
        }
        depth = (depth + line.opens()).max(0);
        if string.is_none() && depth == 0 && !line.body.trim_end().ends_with('\\') {
            statements.push(from..at + 1);
            from = at + 1;
        }
    }
    statements.push(from..lines.len());
    statements
}

/// What stands below a hidden line and may belong to it: what is further in, what goes on with it, the rest
/// of a comment.
fn hide_what_follows(lines: &[Line<'_>], hidden: &mut [bool]) {
    let mut indent = None;
    let mut hangs = false;
    let mut comment = false;
    for (line, hidden) in lines.iter().zip(hidden) {
        if line.is_blank() {
            comment = false;
            continue;
        }
        let further_in = indent.is_some_and(|indent| line.indent() > indent);
        if *hidden {
            indent = Some(indent.filter(|_| further_in).unwrap_or_else(|| line.indent()));
        } else {
            let follows = indent.is_some() && (hangs || line.goes_on());
            *hidden = further_in || follows || (comment && line.is_comment());
        }
        if !*hidden {
            indent = None;
        }
        hangs = *hidden && line.hangs();
        comment = *hidden && line.is_comment();
    }
}

/// Cognito's secrets have some fifty small letters and digits. A checksum, which is hexadecimal, stays.
fn without_random_words(text: &str) -> String {
    const SHORTEST: usize = 40;
    let in_word = |c: char| c.is_ascii_alphanumeric();
    let is_random = |word: &str| {
        let has = |what: fn(&u8) -> bool| word.bytes().any(|byte| what(&byte));
        word.len() >= SHORTEST
            && has(u8::is_ascii_digit)
            && has(u8::is_ascii_alphabetic)
            && has(|byte| !byte.is_ascii_hexdigit())
    };
    let words = text.split(|c| !in_word(c)).filter(|word| is_random(word));
    words.fold(text.to_owned(), |text, word| text.replace(word, "[secret]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_way_there_is_of_giving_a_secret_it_is_hidden() {
        for line in [
            "c.GenericOAuthenticator.client_secret='hunter2'",
            "c.GenericOAuthenticator.client_secret = “hunter2”",
            "c.GenericOAuthenticator.client_secret = hunter2",
            "client_secret = f'{x}hunter2'",
            "# c.GenericOAuthenticator.client_secret = \"hunter2\"  # old",
            "scope = []  # the secret was hunter2",
            "# the client secret:\n# hunter2",
            "os.environ[\"OAUTH_CLIENT_SECRET\"] = 'hunter2'",
            "os.environ.setdefault('OAUTH_CLIENT_SECRET', 'hunter2')",
            "settings = {\"client_id\": \"x\", \"client_secret\": \"hunter2\"}",
            "setattr(c.GenericOAuthenticator, 'client_secret', 'hunter2')",
            "setattr(\n  x,\n  value='hunter2',\n\n  name='client_secret')",
            "client_secret: str = 'hunter2'",
            "client_secret = (\n    'hunter2'\n)",
            "client_secret = \\\n    \"hunter2\"",
            "client_secret = \"hun\" \\\n    \"hunter2\"",
            "client_secret = \"\"\"\nhunter2\n\"\"\"",
            "def secret():\n    return 'hunter2'",
            "cs = 'hunter2'\nother = cs\nc.GenericOAuthenticator.client_secret = other",
            "cs = 'hunter2hunter2'\nc.GenericOAuthenticator.client_secret = 'hunter2hunter2'",
            "c.GenericOAuthenticator.client_secret = 'hunter2hunter2'\n# was hunter2hunter2, then hunter2hunter2",
            "# hunter2kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s",
            "auth:\n  GenericOAuthenticator:\n    client_secret: hunter2\n",
            "client_secret: >-\n  hunter2\n",
            "client_secret:\n- hunter2\n",
            "? client_secret\n: hunter2\n",
            "x: &cs hunter2\nclient_secret: *cs\n",
            "c\0l\0i\0e\0n\0t\0_\0s\0e\0c\0r\0e\0t\0=\0h\0u\0n\0t\0e\0r\x002\0",
        ] {
            let shown = without_secrets(line, "");
            assert!(!shown.contains("hunter2"), "{line}\nis shown as\n{shown}");
        }
    }

    #[test]
    fn what_is_about_something_else_stays() {
        let text = "c.GenericOAuthenticator.client_id = \"one\"\n\
                    c.GenericOAuthenticator.client_secret = \"hunter2\"\n\
                    c.GenericOAuthenticator.token_url = 'https://x.example.org/oauth2/token'\n\
                    sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n";
        let shown = "c.GenericOAuthenticator.client_secret = [secret]\n";
        let hidden = "c.GenericOAuthenticator.client_secret = \"hunter2\"\n";
        assert_eq!(without_secrets(text, ""), text.replace(hidden, shown));
    }

    #[test]
    fn what_hubgate_writes_is_shown() {
        let ours = "client_secret = \"file:/root/cognito.secret\"\n";
        assert_eq!(without_secrets(ours, ours), ours);
        let of_the_template = "c.GenericOAuthenticator.client_secret = read_client_secret()\n";
        assert_eq!(without_secrets(of_the_template, ""), of_the_template);
    }

    #[test]
    fn what_follows_a_text_of_several_lines_stays() {
        let after = "c.GenericOAuthenticator.client_id = \"one\"\n";
        for mark in ["\"\"\"", "'''"] {
            let text = format!("client_secret = {mark}\nhunter2\n{mark}\n{after}");
            assert!(without_secrets(&text, "").ends_with(after), "{text}");
        }
    }

    #[test]
    fn the_line_of_user_data_that_holds_the_secret_shows_where_it_goes() {
        let (before, after) = around_embedded_secret().unwrap();
        let line = format!("{before}hunter2{after}\n");
        assert_eq!(without_secrets(&line, ""), format!("{before}[secret]{after}\n"));
    }
}
