//! One value as a whole literal of one language. What these return can be pasted between any two
//! tokens of that language and means exactly the value.

use std::fmt::Write as _;

use minijinja::value::{Value, ValueKind};
use thiserror::Error;

/// Why a value cannot be written as a literal.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotQuotable {
    /// No shell word and no file name holds NUL.
    #[error("a NUL character cannot be written")]
    Nul,
    /// The template asked for something that has no literal there.
    #[error("{0} cannot be written here")]
    Kind(String),
}

/// A Python string literal in ASCII, in the quotes that need fewer escapes, as Python's formatters
/// choose them.
pub fn python_string(text: &str) -> String {
    let count = |quote| text.matches(quote).count();
    let quote = if count('"') > count('\'') { '\'' } else { '"' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// A list wider than this stands on several lines, as Python's formatters do it.
const ONE_LINE: usize = 40;

/// A Python literal: a string, a boolean, a whole number or a list of strings.
pub(super) fn python(value: &Value) -> Result<String, NotQuotable> {
    match value.kind() {
        ValueKind::String => Ok(python_string(value.as_str().unwrap_or_default())),
        ValueKind::Bool => Ok(if value.is_true() { "True" } else { "False" }.to_owned()),
        ValueKind::Number if value.as_i64().is_some() => Ok(value.to_string()),
        ValueKind::Seq => {
            let items = value
                .try_iter()
                .map_err(|error| NotQuotable::Kind(error.to_string()))?;
            let items = items.map(|item| match item.as_str() {
                Some(text) => Ok(python_string(text)),
                None => Err(NotQuotable::Kind(format!("a list of {}", item.kind()))),
            });
            let items: Vec<String> = items.collect::<Result<_, _>>()?;
            let line = items.join(", ");
            Ok(if line.len() <= ONE_LINE {
                format!("[{line}]")
            } else {
                format!("[\n    {},\n]", items.join(",\n    "))
            })
        }
        other => Err(NotQuotable::Kind(other.to_string())),
    }
}

/// One shell word. Plain where that is safe anywhere in a command, else in single quotes.
///
/// # Errors
/// When the text holds NUL.
pub fn shell_word(text: &str) -> Result<String, NotQuotable> {
    if text.contains('\0') {
        return Err(NotQuotable::Nul);
    }
    let plain = |c: char| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '@' | '%' | '+' | ':' | ',' | '.' | '/' | '-')
    };
    if !text.is_empty() && text.chars().all(plain) && !text.starts_with('-') {
        return Ok(text.to_owned());
    }
    Ok(format!("'{}'", text.replace('\'', "'\\''")))
}

/// A shell word from a string, a boolean or a whole number.
pub(super) fn shell(value: &Value) -> Result<String, NotQuotable> {
    match value.kind() {
        ValueKind::String => shell_word(value.as_str().unwrap_or_default()),
        ValueKind::Bool => Ok(value.is_true().to_string()),
        ValueKind::Number if value.as_i64().is_some() => Ok(value.to_string()),
        other => Err(NotQuotable::Kind(other.to_string())),
    }
}

/// A Markdown code span, safe within a table too. Line breaks and other controls are spelled out.
///
/// A `|` would end a table's cell even within backticks, and a backslash before it would show outside
/// of tables: such a text becomes a `<code>` element of character references, which reads the same in
/// both.
pub(super) fn markdown(value: &Value) -> Result<String, NotQuotable> {
    let text = match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default(),
        ValueKind::Bool | ValueKind::Number => return Ok(value.to_string()),
        other => return Err(NotQuotable::Kind(other.to_string())),
    };
    let line = one_line(text);
    if line.contains('|') {
        return Ok(format!("<code>{}</code>", character_references(&line)));
    }
    let mut longest = 0;
    let mut run = 0;
    for c in line.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(longest + 1);
    let pad = if line.is_empty() || line.starts_with(['`', ' ']) || line.ends_with(['`', ' ']) {
        " "
    } else {
        ""
    };
    Ok(format!("{fence}{pad}{line}{pad}{fence}"))
}

/// What would break the line, or turn the text around it, spelled out.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control()
                || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}') =>
            {
                let _ = write!(line, "\\u{{{:x}}}", u32::from(c));
            }
            c => line.push(c),
        }
    }
    line
}

/// Every ASCII character that Markdown or HTML could take for its own as `&#N;`.
fn character_references(line: &str) -> String {
    let mut out = String::with_capacity(line.len() * 2);
    for c in line.chars() {
        if c.is_ascii_punctuation() {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const HOSTILE: &str = "a\"b\n'$(id){{x}}é😀";

    #[test]
    fn a_hostile_text_is_inert_in_python() {
        assert_eq!(python_string(HOSTILE), r#""a\"b\n'$(id){{x}}\xe9\U0001f600""#);
        assert_eq!(python_string("\"a\" 'b"), r#"'"a" \'b'"#);
    }

    #[test]
    fn a_hostile_text_is_one_shell_word() {
        assert_eq!(shell_word(HOSTILE).unwrap(), "'a\"b\n'\\''$(id){{x}}é😀'");
        assert_eq!(shell_word("").unwrap(), "''");
        assert_eq!(shell_word("-n").unwrap(), "'-n'");
        assert_eq!(shell_word("~").unwrap(), "'~'");
        assert_eq!(shell_word("a\0b"), Err(NotQuotable::Nul));
    }

    #[test]
    fn a_hostile_text_stays_in_its_code_span() {
        assert_eq!(markdown(&Value::from("a`` b")).unwrap(), "```a`` b```");
        assert_eq!(
            markdown(&Value::from("a|`b")).unwrap(),
            "<code>a&#124;&#96;b</code>"
        );
        assert_eq!(markdown(&Value::from("`")).unwrap(), "`` ` ``");
    }

    #[test]
    fn numbers_and_switches_are_written_as_the_language_has_them() {
        let written = |value: Value| {
            (
                python(&value).unwrap(),
                shell(&value).unwrap(),
                markdown(&value).unwrap(),
            )
        };
        let same = |text: &str| (text.to_owned(), text.to_owned(), text.to_owned());
        assert_eq!(written(Value::from(17)), same("17"));
        let yes = Value::from(true);
        assert_eq!([python(&yes).unwrap(), shell(&yes).unwrap()], ["True", "true"]);
        assert_eq!(python(&Value::from(false)).unwrap(), "False");
    }

    #[test]
    fn what_has_no_literal_is_refused() {
        for value in [Value::from(1.5), Value::from(())] {
            assert!(python(&value).is_err() && shell(&value).is_err(), "{value}");
        }
        assert!(python(&Value::from(vec![1])).is_err());
        assert!(shell(&Value::from(vec!["a"])).is_err() && markdown(&Value::from(vec!["a"])).is_err());
    }

    #[test]
    fn a_list_is_broken_where_it_grows_wide() {
        let list = |items: &[&str]| python(&Value::from_iter(items.iter().map(ToString::to_string))).unwrap();
        assert_eq!(list(&[]), "[]");
        assert_eq!(
            list(&[&"a".repeat(16), &"b".repeat(18)]),
            format!("[\"{}\", \"{}\"]", "a".repeat(16), "b".repeat(18))
        );
        assert_eq!(
            list(&[&"a".repeat(39)]),
            format!("[\n    \"{}\",\n]", "a".repeat(39))
        );
    }

    #[test]
    fn what_would_break_or_turn_a_line_of_markdown_is_spelled_out() {
        for (text, span) in [
            ("a\nb", "`a\\u{a}b`"),
            ("a\u{2028}b", "`a\\u{2028}b`"),
            ("a\u{202e}b", "`a\\u{202e}b`"),
            ("a\u{2066}b", "`a\\u{2066}b`"),
            ("é", "`é`"),
        ] {
            assert_eq!(markdown(&Value::from(text)).unwrap(), span);
        }
    }
}
