//! What the tests of this room share.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use crate::answers::{Answers, Problems, read_file, resolve};

/// Answers with these lines about HTTPS and access.
pub(super) fn answers(https: &str, access: &str) -> Answers {
    let toml = format!(
        "[hub]\nurl = \"https://hub.example.org\"\n[https]\n{https}\n[cognito]\ndomain = \"auth.example.org\"\n\
         client_id = \"abc\"\nclient_secret = \"stdin\"\n[access]\n{access}\n"
    );
    let mut problems = Problems::default();
    let given = read_file(Path::new("hubgate.toml"), &toml, &mut problems);
    resolve(&given, None, problems).unwrap().answers
}
