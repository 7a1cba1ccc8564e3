//! What a person reads before deciding.

use super::TypedSecret;
use super::secret::expanded;
use crate::answers::{Access, Allow, Answers, Checked, Https, Origin};
use crate::host::Host;
use crate::secret::SecretSource;
use crate::ui::page::Row;

/// The answers in words, what to think about, and what Cognito must have registered.
pub fn summary(checked: &Checked, typed: Option<&TypedSecret>, host: &dyn Host) -> Vec<Row> {
    let mut rows = vec![Row::Blank, Row::Heading("What you decided".to_owned())];
    rows.extend(decisions(&checked.answers, typed));
    let warnings = warnings(checked, typed, host);
    if !warnings.is_empty() {
        rows.extend([Row::Blank, Row::Heading("To think about".to_owned())]);
        rows.extend(warnings.into_iter().map(Row::Warning));
    }
    rows.push(Row::Blank);
    rows.extend(to_register(&checked.answers));
    rows
}

fn decisions(answers: &Answers, typed: Option<&TypedSecret>) -> Vec<Row> {
    let cognito = &answers.cognito;
    let secret = match typed {
        Some(typed) => format!("the one you typed, to be kept in {}", typed.file.display()),
        None => cognito.client_secret.to_string(),
    };
    let mut rows = vec![
        Row::Pair("Hub", answers.sign_out_url()),
        Row::Pair("HTTPS", https(&answers.https)),
        Row::Pair("Cognito domain", cognito.domain.to_string()),
        Row::Pair("Client ID", cognito.client_id.to_string()),
        Row::Pair("Client secret", secret),
        Row::Pair("User names", format!("the claim {}", cognito.username)),
        Row::Pair("Who may log in", who(&answers.access)),
        Row::Pair("Administrators", administrators(answers)),
        Row::Pair(
            "Written for",
            format!("oauthenticator {}", answers.oauthenticator),
        ),
    ];
    if answers.access.needs_groups() && !answers.access.groups_claim.is_of_the_pool() {
        rows.push(Row::Pair(
            "Groups",
            format!("the claim {}", answers.access.groups_claim),
        ));
    }
    if cognito.auto_login {
        rows.push(Row::Pair("Login page", "none: straight to Cognito".to_owned()));
    }
    rows
}

fn https(https: &Https) -> String {
    match https {
        Https::LetsEncrypt { email } => format!("Let's Encrypt, which writes to {email}"),
        Https::Certificate { cert, key } => format!("{cert} with the key {key}"),
        Https::Proxy => "ends in front of the hub".to_owned(),
        Https::Off => "none, for this machine alone".to_owned(),
    }
}

fn who(access: &Access) -> String {
    match access.allow {
        Allow::All => "everyone in the user pool".to_owned(),
        Allow::Users => list(&access.users),
        Allow::Groups if access.users.is_empty() => format!("members of {}", list(&access.groups)),
        Allow::Groups => format!("members of {}; {}", list(&access.groups), list(&access.users)),
    }
}

fn administrators(answers: &Answers) -> String {
    let (admins, groups) = (&answers.hub.admins, &answers.access.admin_groups);
    match (admins.is_empty(), groups.is_empty()) {
        (true, true) => "nobody but those that the hub has already".to_owned(),
        (false, true) => list(admins),
        (true, false) => format!("members of {}", list(groups)),
        (false, false) => format!("{}; members of {}", list(admins), list(groups)),
    }
}

fn list(names: &[impl ToString]) -> String {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn warnings(checked: &Checked, typed: Option<&TypedSecret>, host: &dyn Host) -> Vec<String> {
    // Everything here is the person's own answer.
    let own = format!("{}: ", Origin::Prompt);
    let bare = |warning: &String| warning.strip_prefix(&own).unwrap_or(warning).to_owned();
    let mut warnings: Vec<String> = checked.warnings.iter().map(bare).collect();
    match (typed, &checked.answers.cognito.client_secret) {
        (Some(typed), _) => warnings.extend(typed.warnings.iter().cloned()),
        (None, SecretSource::File(path)) => {
            let there = expanded(host, path).is_some_and(|full| host.stat(&full).is_ok_and(|s| s.is_some()));
            if !there {
                warnings.push(format!(
                    "{} is not there on this machine; the hub must have it",
                    path.display()
                ));
            }
        }
        (None, _) => {}
    }
    warnings
}

fn to_register(answers: &Answers) -> Vec<Row> {
    let client = &answers.cognito.client_id;
    vec![
        Row::Heading("Register this in Cognito, to the letter".to_owned()),
        Row::Text(format!(
            "Cognito console: your user pool, App clients, {client}, Login pages"
        )),
        Row::Pair("Callback URL", answers.callback_url()),
        Row::Pair("Sign-out URL", answers.sign_out_url()),
        Row::Pair("Grant type", "Authorization code grant".to_owned()),
        Row::Pair("Scopes", answers.cognito.scopes.joined()),
    ]
}
