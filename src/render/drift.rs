//! How the files in a folder differ from what the answers give.

use diffy::{DiffOptions, PatchFormatter};

use super::files::RenderedFile;
use super::unseen::without_secrets;

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

/// A unified diff from `old`, which anybody may have written, to `new`, which hubgate rendered: no line of
/// `old` that speaks of a secret can be read in it.
pub fn diff(old: &str, new: &str, name: &str) -> String {
    unified(&without_secrets(old, new), &without_secrets(new, new), name)
}

/// The same between two texts that anybody may have written.
pub fn diff_of_others(old: &str, new: &str, name: &str) -> String {
    unified(&without_secrets(old, ""), &without_secrets(new, ""), name)
}

fn unified(old: &str, new: &str, name: &str) -> String {
    if old == new {
        return format!("{name} differs in the client secret alone\n");
    }
    let patch = DiffOptions::new()
        .set_context_len(2)
        .set_original_filename(format!("{name} (there)"))
        .set_modified_filename(format!("{name} (new)"))
        .create_patch(old, new);
    // An empty line that stays the same has its space before it, as in other people's diffs.
    PatchFormatter::new()
        .suppress_blank_empty(false)
        .fmt_patch(&patch)
        .to_string()
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
    fn only_another_byte_is_a_change() {
        let rendered = RenderedFile {
            name: "a.py",
            text: "a = 1\n".to_owned(),
            mode: 0o644,
        };
        assert_eq!(drift(Some(b"a = 1\n"), &rendered), Drift::None);
        assert_eq!(drift(None, &rendered), Drift::Missing);
        let changed = drift(Some(b"a = 2\n"), &rendered);
        assert!(
            matches!(&changed, Drift::Changed(diff) if diff.contains("-a = 2\n+a = 1\n")),
            "{changed:?}"
        );
    }
}
