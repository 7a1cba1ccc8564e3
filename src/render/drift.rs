//! How the files in a folder differ from what the answers give.

use diffy::{DiffOptions, PatchFormatter};

use super::environment::around_embedded_secret;
use super::files::RenderedFile;

/// How a rendered file differs from what lies in the folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drift {
    /// To the byte the same.
    None,
    /// The folder does not have it.
    Missing,
    /// It differs; the text is a unified diff without any secret.
    Changed(String),
}

/// Compares what lies in the folder, if anything, with the rendered file.
pub fn drift(existing: Option<&[u8]>, rendered: &RenderedFile) -> Drift {
    match existing {
        None => Drift::Missing,
        Some(bytes) if bytes == rendered.text.as_bytes() => Drift::None,
        Some(bytes) => Drift::Changed(diff(
            &String::from_utf8_lossy(bytes),
            &rendered.text,
            rendered.name,
        )),
    }
}

/// A unified diff from `old` to `new` in which no client secret can be read: what stands where one
/// could stand is replaced before the texts are compared.
pub fn diff(old: &str, new: &str, name: &str) -> String {
    let (old, new) = (without_secrets(old), without_secrets(new));
    if old == new {
        return format!("{name} differs in the client secret alone\n");
    }
    let patch = DiffOptions::new()
        .set_context_len(2)
        .set_original_filename(format!("{name} (there)"))
        .set_modified_filename(format!("{name} (new)"))
        .create_patch(&old, &new);
    // An empty line that stays the same has its space before it, as in other people's diffs.
    PatchFormatter::new()
        .suppress_blank_empty(false)
        .fmt_patch(&patch)
        .to_string()
}

/// Hides every literal that is given to something called a secret in hand-written Python or YAML, wherever
/// else it stands, whatever looks like one of Cognito's, and the secret that user data may hold.
pub fn without_secrets(text: &str) -> String {
    let embedded = around_embedded_secret();
    let mut next_too = false;
    let mut found = Vec::new();
    let lines = text.split_inclusive('\n').map(|line| {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let body = line.trim_end_matches('\n');
        if let Some((before, after)) = embedded
            && body
                .strip_prefix(before)
                .is_some_and(|rest| rest.ends_with(after))
        {
            return format!("{before}[secret]{after}{end}");
        }
        let value_from = match value_of_a_secret(body) {
            None if next_too => Some(0),
            found => found,
        };
        let Some(at) = value_from else {
            return line.to_owned();
        };
        let (before, value) = body.split_at(at);
        // The value may stand, or go on, on the next line.
        next_too = value.trim().is_empty() || value.trim_end().ends_with(['(', '\\']);
        if value.contains(['"', '\'']) {
            found.extend(literals(value));
            format!("{before} \"[secret]\"{end}")
        } else if is_yaml_key(before) && !value.trim().is_empty() {
            found.extend(value.split_whitespace().map(str::to_owned));
            format!("{before} [secret]{end}")
        } else {
            line.to_owned()
        }
    });
    let shown: String = lines.collect();
    let shown = found
        .iter()
        .filter(|literal| literal.len() >= SHORTEST)
        .fold(shown, |text, literal| text.replace(literal, "[secret]"));
    without_random_words(&shown)
}

/// A literal of fewer characters may be a common word.
const SHORTEST: usize = 8;

/// What stands between quotes.
fn literals(value: &str) -> impl Iterator<Item = String> {
    value.split(['"', '\'']).skip(1).step_by(2).map(str::to_owned)
}

/// Whether `before`, up to its colon, is a key at the beginning of a line of YAML.
fn is_yaml_key(before: &str) -> bool {
    let key = before.trim_start().trim_end_matches(':');
    before.ends_with(':') && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
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

/// Where the value begins in `client_secret = …`, `"client_secret": …`, `environ["OAUTH_CLIENT_SECRET"] = …`,
/// `setattr(x, "client_secret", …)` or YAML's `client_secret: …`.
fn value_of_a_secret(line: &str) -> Option<usize> {
    const WORD: &str = "secret";
    let lower = line.to_ascii_lowercase();
    lower.match_indices(WORD).find_map(|(at, _)| {
        let name_end =
            line[at + WORD.len()..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_');
        let unquoted = name_end.trim_start_matches(['"', '\'']);
        let rest = unquoted.trim_start_matches([']', ' ', '\t']);
        let quoted = unquoted.len() < name_end.len();
        let annotated = rest.starts_with(':') && rest.contains('=');
        let assigned = annotated || (rest.starts_with('=') && !rest.starts_with("=="));
        let is_key = quoted && rest.starts_with([':', ',']);
        let in_yaml = rest.starts_with(": ") && is_yaml_key(&line[..=line.len() - rest.len()]);
        (assigned || is_key || in_yaml).then(|| line.len() - rest.len() + 1)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_never_shows_a_secret() {
        let old = "a = 1\nc.GenericOAuthenticator.client_secret = \"hunter2hunter2\"\n";
        let user_data = "printf '%s\\n' hunter2hunter2 > \"$work/secret\"\n";
        assert!(!diff(old, "a = 1\n", "x").contains("hunter2"));
        assert!(!diff(user_data, "", "x").contains("hunter2"));
    }

    #[test]
    fn a_diff_is_a_unified_one_with_two_lines_around() {
        let old = "1\n2\n\n4\n5\n6\n7\n8\n9";
        let new = "1\n2\n\n4\nfive\n6\n7\n8\n9\n";
        let text = "--- a.py (there)\n+++ a.py (new)\n@@ -3,7 +3,7 @@\n \n 4\n-5\n+five\n 6\n 7\n 8\n-9\n\\ No newline at end of file\n+9\n";
        assert_eq!(diff(old, new, "a.py"), text);
        assert_eq!(
            diff("", "1\n", "a.py"),
            "--- a.py (there)\n+++ a.py (new)\n@@ -0,0 +1 @@\n+1\n"
        );
    }

    #[test]
    fn whatever_way_python_has_of_giving_a_secret_it_is_hidden() {
        for line in [
            "c.GenericOAuthenticator.client_secret='hunter2'",
            "# c.GenericOAuthenticator.client_secret = \"hunter2\"  # old",
            "os.environ[\"OAUTH_CLIENT_SECRET\"] = 'hunter2'",
            "os.environ.setdefault('OAUTH_CLIENT_SECRET', 'hunter2')",
            "settings = {\"client_id\": \"x\", \"client_secret\": \"hunter2\"}",
            "setattr(c.GenericOAuthenticator, 'client_secret', 'hunter2')",
            "client_secret: str = 'hunter2'",
            "client_secret = (\n    'hunter2'\n)",
            "client_secret = \\\n    \"hunter2\"",
            "client_secret = \"hun\" \\\n    \"hunter2\"",
            "cs = 'hunter2hunter2'\nc.GenericOAuthenticator.client_secret = 'hunter2hunter2'",
            "c.GenericOAuthenticator.client_secret = 'hunter2hunter2'\n# was hunter2hunter2, then hunter2hunter2",
            "# hunter2kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s",
            "auth:\n  GenericOAuthenticator:\n    client_secret: hunter2\n",
        ] {
            assert!(
                !without_secrets(line).contains("hunter2"),
                "{}",
                without_secrets(line)
            );
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        for line in [
            "    path = os.path.join(folder, \"awscognito.secret\")\n",
            "        raise RuntimeError(\"The Cognito client secret is missing: %s is empty\" % path)\n",
            "c.GenericOAuthenticator.client_secret = read_client_secret()\n",
            "if secret == \"\":\n",
            "if not client_secret:\n    stop()\n",
            "sha256=9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\n",
        ] {
            assert_eq!(without_secrets(line), line);
        }
    }
}
