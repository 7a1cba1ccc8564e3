//! A user pool, and the answers that fit it.

use hubgate::answers::Answers;
use hubgate::standin::{Client, Config, Pool, Standin, parse_users};

pub const SECRET: &str = "first+secret0123456789abcdef";

pub const ANSWERS: &str = r#"
[hub]
url = "https://hub.example.org"
[https]
mode = "letsencrypt"
email = "ops@example.org"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "file:/root/cognito.secret"
[access]
allow = "all"
"#;

/// The client that these answers speak of, in a pool of its own.
pub fn start(answers: &Answers) -> Standin {
    let users = parse_users(include_str!("../../fixtures/standin/users.toml")).unwrap();
    let client = Client {
        id: answers.cognito.client_id.as_str().into(),
        secrets: vec![SECRET.into()],
        callbacks: vec![answers.callback_url()],
        sign_outs: vec![answers.sign_out_url()],
        scopes: ["openid", "email", "profile"].map(str::to_owned).to_vec(),
    };
    Standin::start(Config::new(Pool::new(users), vec![client])).unwrap()
}
