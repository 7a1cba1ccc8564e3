//! Answers for this module's tests.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use crate::answers::{Answers, Problems, read_file, resolve};

/// Valid answers with these lines in `[access]`, `[hub]` and `[cognito]`.
pub fn answers(access: &str, hub: &str, cognito: &str, oauthenticator: &str) -> Answers {
    let text = format!(
        "[hub]\nurl = 'https://hub.example.org'\n{hub}\n[https]\nmode = 'proxy'\n\
         [cognito]\ndomain = 'my-hub.auth.eu-west-1.amazoncognito.com'\n\
         client_id = '3n4b5urk1ft4fl3mg5e62d9ado'\nclient_secret = 'stdin'\n{cognito}\n\
         [access]\n{access}\n[target]\noauthenticator = '{oauthenticator}'\n"
    );
    let mut problems = Problems::default();
    let layer = read_file(Path::new("test.toml"), &text, &mut problems);
    resolve(&layer, None, problems).unwrap().answers
}
