//! Secrets: where they come from, and how they stay out of everything else.

mod blot;
mod parse;
mod pasted;
mod resolve;
mod source;
mod value;

use std::fmt;

use secrecy::{ExposeSecret, SecretString};

pub use blot::blot_out;
pub use pasted::{holds_pasted, without_pasted};
pub use resolve::{Resolved, SecretError};
pub use source::SecretSource;
pub use value::{BadValue, read_typed};

/// A secret. It shows itself to [`expose`](Secret::expose) alone, and is wiped from memory when dropped.
///
/// It has no `Display` and cannot be serialized:
///
/// ```compile_fail
/// let secret = hubgate::secret::Secret::new("hunter2".into());
/// println!("{secret}");
/// ```
///
/// ```compile_fail
/// let secret = hubgate::secret::Secret::new("hunter2".into());
/// serde_json::to_string(&secret).unwrap();
/// ```
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub fn new(secret: String) -> Self {
        Secret(SecretString::from(secret))
    }

    /// The secret itself. For writing it into its file and for the request that needs it; nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `text` with the secret blotted out: for what another program printed.
    pub fn redact(&self, text: &str) -> String {
        if self.expose().is_empty() {
            text.to_owned()
        } else {
            text.replace(self.expose(), "[secret]")
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_it() {
        let secret = Secret::new("canary-8f3b".into());
        assert_eq!(
            format!("{secret:?} {:#?}", Some(&secret)),
            "[secret] Some(\n    [secret],\n)"
        );
    }

    #[test]
    fn it_is_blotted_out_of_a_text() {
        let secret = Secret::new("canary-8f3b".into());
        assert_eq!(
            secret.redact("got canary-8f3b, twice canary-8f3b"),
            "got [secret], twice [secret]"
        );
        assert_eq!(
            Secret::new(String::new()).redact("nothing to hide"),
            "nothing to hide"
        );
    }
}
