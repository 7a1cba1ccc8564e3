//! What Cognito would not let anybody register: the limits of pools, clients, URLs and names.
//!
//! They are written down here a second time, apart from the checks on a person's answers, so that a mistake there
//! is not agreed with here.

use std::collections::BTreeSet;

use secrecy::ExposeSecret;

use crate::standin::pool::config::{Client, Config, Pool, User};

/// Everything that is wrong with a configuration, one sentence each.
pub(in crate::standin) fn problems(config: &Config) -> Vec<String> {
    let mut problems = Vec::new();
    of_pool(&config.pool, &mut problems);
    let mut ids = BTreeSet::new();
    for client in &config.clients {
        if !ids.insert(client.id.as_str()) {
            problems.push(format!("the client {:?} is there twice", client.id));
        }
        of_client(client, &mut problems);
    }
    if config.clients.is_empty() {
        problems.push("there is no app client".to_owned());
    }
    problems
}

fn of_pool(pool: &Pool, problems: &mut Vec<String>) {
    if !is_pool_id(&pool.id) {
        let rule = "is not a user pool id, which looks like eu-west-1_AbCdEf123";
        problems.push(format!("{:?} {rule}", pool.id));
    }
    let mut names = BTreeSet::new();
    let mut subs = BTreeSet::new();
    for user in &pool.users {
        let name = &user.username;
        if !names.insert(name.to_lowercase()) {
            problems.push(format!("the user {name:?} is there twice (case does not count)"));
        } else if !subs.insert(user.sub()) {
            problems.push(format!("the user {name:?} has the sub of another"));
        }
        of_user(user, problems);
    }
}

fn of_user(user: &User, problems: &mut Vec<String>) {
    /// These have a home of their own, or are not attributes at all.
    const TAKEN: &str = "sub username email email_verified preferred_username password";
    let name = &user.username;
    if !is_name(name) {
        problems.push(format!(
            "{name:?} is not a user name: 1 to 128 characters without spaces"
        ));
    }
    for group in user.groups.iter().filter(|group| !is_name(group)) {
        problems.push(format!(
            "{group:?} is not a group's name: 1 to 128 characters without spaces"
        ));
    }
    if user.password.expose_secret().is_empty() {
        problems.push(format!("the user {name:?} has an empty password"));
    }
    for attribute in user.attributes.keys() {
        if TAKEN.split(' ').any(|taken| taken == attribute) || attribute.starts_with("cognito:") {
            problems.push(format!("{attribute:?} of {name:?} is not a further attribute"));
        }
    }
}

fn of_client(client: &Client, problems: &mut Vec<String>) {
    let id = &client.id;
    if !(1..=128).contains(&id.len()) || !id.chars().all(|c| c.is_ascii_alphanumeric() || "_+".contains(c)) {
        problems.push(format!(
            "{id:?} is not a client id: 1 to 128 letters, digits, _ and +"
        ));
    }
    let empty = client
        .secrets
        .iter()
        .any(|secret| secret.expose_secret().is_empty());
    if empty || !(1..=2).contains(&client.secrets.len()) {
        problems.push(format!(
            "the client {id:?} needs one secret, or two while they are rotated"
        ));
    }
    for (kind, list) in [("callback", &client.callbacks), ("sign-out", &client.sign_outs)] {
        for address in list {
            if let Err(why) = check_redirect(address) {
                problems.push(format!("the {kind} URL {address:?} {why}"));
            }
        }
    }
    if client.callbacks.is_empty() {
        problems.push(format!("the client {id:?} has no callback URL"));
    }
    let is_scope = |scope: &&String| {
        !scope.is_empty() && scope.chars().all(|c| c.is_ascii_graphic() && !"\"\\".contains(c))
    };
    for scope in client.scopes.iter().filter(|scope| !is_scope(scope)) {
        problems.push(format!("{scope:?} is not a scope"));
    }
}

/// User and group names: 1–128 characters, none of them white space or control characters.
fn is_name(name: &str) -> bool {
    (1..=128).contains(&name.chars().count()) && !name.chars().any(|c| c.is_whitespace() || c.is_control())
}

/// `[\w-]+_[0-9a-zA-Z]+`, at most 55.
fn is_pool_id(id: &str) -> bool {
    let Some((region, rest)) = id.rsplit_once('_') else {
        return false;
    };
    let region_fits = region
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let rest_fits = rest.chars().all(|c| c.is_ascii_alphanumeric());
    id.len() <= 55 && !region.is_empty() && region_fits && !rest.is_empty() && rest_fits
}

/// Callback and sign-out URLs: absolute, no fragment, http for this machine only.
fn check_redirect(address: &str) -> Result<(), &'static str> {
    if address.len() > 1024 || !address.chars().all(|c| c.is_ascii_graphic()) {
        return Err("is longer than 1024 or has characters that are not allowed in a URL");
    }
    let parsed = url::Url::parse(address).map_err(|_| "is not an absolute URL")?;
    if parsed.fragment().is_some() {
        return Err("has a fragment");
    }
    let local = matches!(parsed.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if parsed.scheme() == "http" && !local {
        return Err("is http, which Cognito takes for localhost, 127.0.0.1 and [::1] only");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn client() -> Client {
        Client {
            id: "abc123".into(),
            secrets: vec!["s3cret".into()],
            callbacks: vec!["http://127.0.0.1:8000/hub/oauth_callback".into()],
            sign_outs: vec!["http://[::1]:8000/".into(), "https://hub.example.org/".into()],
            scopes: vec!["openid".into()],
        }
    }

    fn person(name: &str) -> User {
        User::new(name, "pw".into())
    }

    #[test]
    fn a_good_configuration_has_no_problems() {
        let config = Config::new(Pool::new(vec![person("ada")]), vec![client()]);
        assert_eq!(problems(&config), Vec::<String>::new());
    }

    #[test]
    fn every_problem_is_told_at_once() {
        let mut bad = client();
        bad.id = "a b".into();
        bad.secrets.clear();
        bad.callbacks = vec!["http://hub.example.org/hub/oauth_callback".into(), "/hub".into()];
        bad.sign_outs = vec!["https://hub.example.org/#top".into()];
        bad.scopes = vec!["open id".into()];
        let mut pool = Pool::new(vec![person("ada"), person("ADA"), person("g h")]);
        pool.id = "nonsense".into();
        pool.users[2]
            .attributes
            .insert("cognito:groups".into(), "admins".into());
        let expected = [
            "\"nonsense\" is not a user pool id, which looks like eu-west-1_AbCdEf123",
            "the user \"ADA\" is there twice (case does not count)",
            "\"g h\" is not a user name: 1 to 128 characters without spaces",
            "\"cognito:groups\" of \"g h\" is not a further attribute",
            "\"a b\" is not a client id: 1 to 128 letters, digits, _ and +",
            "the client \"a b\" needs one secret, or two while they are rotated",
            "the callback URL \"http://hub.example.org/hub/oauth_callback\" is http, which Cognito takes for \
             localhost, 127.0.0.1 and [::1] only",
            "the callback URL \"/hub\" is not an absolute URL",
            "the sign-out URL \"https://hub.example.org/#top\" has a fragment",
            "\"open id\" is not a scope",
        ];
        assert_eq!(problems(&Config::new(pool, vec![bad])), expected);
    }

    #[test]
    fn more_than_two_secrets_or_an_empty_one_are_refused() {
        for secrets in [
            vec!["a".into(), "b".into(), "c".into()],
            vec!["".into()],
            vec!["a".into(), "".into()],
        ] {
            let config = Config::new(Pool::new(Vec::new()), vec![Client { secrets, ..client() }]);
            assert_eq!(problems(&config).len(), 1);
        }
    }
}
