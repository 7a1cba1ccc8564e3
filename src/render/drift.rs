//! How the files in a folder differ from what the answers give.

use similar::TextDiff;

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
    let diff = TextDiff::from_lines(&old, &new);
    let text = diff
        .unified_diff()
        .context_radius(2)
        .header(&format!("{name} (there)"), &format!("{name} (new)"))
        .to_string();
    if text.is_empty() {
        format!("{name} differs in the client secret alone\n")
    } else {
        text
    }
}

/// Hides the value of `client_secret = "…"` in hand-written Python and the secret that user data may
/// hold.
pub fn without_secrets(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| {
        let end = if line.ends_with('\n') { "\n" } else { "" };
        let body = line.trim_end_matches('\n');
        if let Some((before, value)) = body.split_once('=')
            && before.contains("client_secret")
            && value.contains(['"', '\''])
        {
            return format!("{before}= \"[secret]\"{end}");
        }
        if body.starts_with("printf '%s\\n' ") && body.ends_with("> \"$work/secret\"") {
            return format!("printf '%s\\n' [secret] > \"$work/secret\"{end}");
        }
        line.to_owned()
    });
    lines.collect()
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
}
