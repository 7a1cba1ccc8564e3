//! The settings in a Python file, as far as they are plain assignments.

/// One assignment `c.CLASS.NAME = VALUE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PythonSetting {
    /// The class, such as `GenericOAuthenticator`.
    pub class: String,
    /// The setting.
    pub name: String,
    /// The value as it is written, over several lines where it is.
    pub value: String,
    /// The line, from 1.
    pub line: usize,
}

impl PythonSetting {
    /// The value of a string literal.
    pub fn text(&self) -> Option<&str> {
        let value = self.value.trim();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value[1..]
            .strip_suffix(quote)
            .filter(|inner| !inner.contains(quote))
    }

    /// Whether it is written `True`.
    pub fn is_true(&self) -> bool {
        self.value.trim() == "True"
    }

    /// Whether it is an empty list, set or text, or `None` or `False`.
    pub fn is_empty(&self) -> bool {
        matches!(
            self.value.trim(),
            "" | "[]" | "set()" | "()" | "{}" | "\"\"" | "''" | "None" | "False"
        )
    }
}

/// Every plain assignment to a class of the configuration, in order.
pub fn settings_of(text: &str) -> Vec<PythonSetting> {
    let mut settings = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let Some((target, first)) = without_comment(line)
            .trim_start()
            .split_once('=')
            .map(|(t, v)| (t.to_owned(), v.to_owned()))
        else {
            continue;
        };
        let parts: Vec<&str> = target.trim().split('.').collect();
        let ["c", class, name] = parts[..] else { continue };
        if first.starts_with('=') || !is_name(class) || !is_name(name) {
            continue;
        }
        let mut value = first.trim().to_owned();
        while depth(&value) > 0 {
            let Some((_, next)) = lines.next() else { break };
            value.push('\n');
            value.push_str(without_comment(next).trim_end());
        }
        settings.push(PythonSetting {
            class: class.to_owned(),
            name: name.to_owned(),
            value,
            line: index + 1,
        });
    }
    settings
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The line up to a `#` that stands outside of quotes.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (None, '#') => return &line[..at],
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    line
}

/// Whether a value was never filled in.
pub(super) fn is_placeholder(text: &str) -> bool {
    text.contains(['[', '<'])
        || text.contains("your-AWSCognito-domain")
        || text.contains("your-jupyterhub-host")
}

/// How many brackets are open at the end.
fn depth(value: &str) -> i32 {
    value.chars().fold(0, |depth, c| match c {
        '(' | '[' | '{' => depth + 1,
        ')' | ']' | '}' => depth - 1,
        _ => depth,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn plain_assignments_are_found_with_their_lines() {
        let text = "# c.A.b = 1\nc.GenericOAuthenticator.scope = [\n    \"openid\",  # always\n]\nc.A.b='x#y'\nif c.A.b == 1: pass\n";
        let settings = settings_of(text);
        let names: Vec<_> = settings.iter().map(|s| (s.name.as_str(), s.line)).collect();
        assert_eq!(names, [("scope", 2), ("b", 5)]);
        assert!(settings[0].value.contains("openid"));
        assert_eq!(settings[1].text(), Some("x#y"));
    }
}
