//! What random answers must look like once they are read back; written anew from the answers, without
//! the renderer.

use hubgate::answers::{Allow, Answers, Https};
use hubgate::cognito::UsernameClaim;
use serde_json::{Value, json};

mod shells;

pub use shells::{commands, is_telling, user_data};

fn names<T: ToString>(list: &[T]) -> Vec<String> {
    list.iter().map(ToString::to_string).collect()
}

fn callback(answers: &Answers) -> String {
    format!("{}{}hub/oauth_callback", answers.hub.url, answers.hub.base_url)
}

fn endpoint(answers: &Answers, name: &str) -> String {
    format!("https://{}/oauth2/{name}", answers.cognito.domain)
}

/// What `awscognito.py` sets, apart from the logout URL.
pub fn settings(answers: &Answers) -> Value {
    let version = answers.oauthenticator.numbers();
    let cognito = &answers.cognito;
    let groups = answers.access.allow == Allow::Groups || !answers.access.admin_groups.is_empty();
    let mut settings = json!({
        "login_service": "AWS Cognito",
        "client_id": cognito.client_id.as_str(),
        "client_secret": {"source": "read_client_secret()"},
        "oauth_callback_url": callback(answers),
        "scope": cognito.scopes.iter().collect::<Vec<_>>(),
        "authorize_url": endpoint(answers, "authorize"),
        "token_url": endpoint(answers, "token"),
    });
    let mut set = |name: &str, value: Value| settings[name] = value;
    if groups {
        set("userdata_from_id_token", json!(true));
    } else {
        set("userdata_url", json!(endpoint(answers, "userInfo")));
    }
    if version.0 == 16 && version < (16, 0, 2) {
        set("basic_auth", json!(false));
    }
    if cognito.auto_login {
        set("auto_login", json!(true));
    }
    let (claim, always) = match &cognito.username {
        UsernameClaim::Username if groups => ("cognito:username", true),
        UsernameClaim::Username => ("username", true),
        UsernameClaim::Sub => ("sub", true),
        other => (other.as_str(), false),
    };
    let setting = if version < (16, 0, 0) {
        "username_key"
    } else {
        "username_claim"
    };
    if always {
        set(setting, json!(claim));
    } else {
        set(setting, json!({"source": "username_from"}));
        set("claim", json!(claim));
    }
    if groups && version >= (17, 0, 0) {
        set("manage_groups", json!(true));
        set("auth_state_groups_key", json!({"source": "groups_from"}));
        set("auth_refresh_age", json!(0));
    } else if groups {
        set("claim_groups_key", json!({"source": "groups_from"}));
    }
    if answers.access.allow == Allow::All && version >= (16, 0, 0) {
        set("allow_all", json!(true));
    }
    if answers.access.allow == Allow::Groups {
        set("allowed_groups", json!(names(&answers.access.groups)));
    }
    if !answers.access.admin_groups.is_empty() {
        set("admin_groups", json!(names(&answers.access.admin_groups)));
    }
    settings
}

/// The logout URL is there from 14.1, and decodes to the client id and the sign-out URL.
pub fn check_logout(answers: &Answers, url: Option<&str>) -> Result<(), String> {
    let due = answers.oauthenticator.numbers() >= (14, 1, 0);
    let Some(url) = url.filter(|_| due) else {
        return if due == url.is_some() {
            Ok(())
        } else {
            Err(format!("logout URL: {url:?}"))
        };
    };
    let url = url::Url::parse(url).map_err(|error| error.to_string())?;
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let sign_out = format!("{}{}", answers.hub.url, answers.hub.base_url);
    let right = [
        ("client_id", answers.cognito.client_id.as_str()),
        ("logout_uri", &sign_out),
    ];
    let right = right.map(|(name, value)| (name.to_owned(), value.to_owned()));
    if url.path() == "/logout" && url.host_str() == Some(answers.cognito.domain.as_str()) && pairs == right {
        Ok(())
    } else {
        Err(format!("logout URL: {url}"))
    }
}

/// What a person must be able to read in `REVIEW.md`, as code.
pub fn review_codes(answers: &Answers) -> Vec<String> {
    let mut codes = names(&answers.hub.admins);
    codes.extend(names(&answers.access.groups));
    codes.extend(names(&answers.access.admin_groups));
    codes.extend(names(&answers.access.users));
    codes.extend(answers.cognito.scopes.iter().map(str::to_owned));
    codes.extend(changes(answers).into_iter().map(|(_, _, value)| value));
    codes.push(answers.cognito.client_secret.to_string());
    codes.push(callback(answers));
    codes.into_iter().map(|code| spelled(&code)).collect()
}

/// What turns the text around it is spelled out.
fn spelled(text: &str) -> String {
    let turns =
        |c: char| matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars()
        .map(|c| {
            if turns(c) {
                format!("\\u{{{:x}}}", u32::from(c))
            } else {
                c.to_string()
            }
        })
        .collect()
}

/// How many of each kind of block `REVIEW.md` has: no value may open or close one.
pub fn review_shape(answers: &Answers) -> Value {
    let access = &answers.access;
    let groups = access.allow == Allow::Groups || !access.admin_groups.is_empty();
    let version = answers.oauthenticator.numbers();
    let listed = if access.allow == Allow::All {
        0
    } else {
        access.users.len() + access.groups.len()
    };
    let settings = settings(answers);
    let of_claim = usize::from(settings.get("claim").is_some());
    let of_logout = usize::from(version >= (14, 1, 0));
    let of_14 = usize::from(access.allow == Allow::All && version < (16, 0, 0));
    let rows = settings.as_object().map_or(0, serde_json::Map::len) - of_claim + of_logout + of_14;
    let _ = groups;
    json!({
        "heading_open": 6,
        "table_open": 3,
        "list_item_open": listed + answers.hub.admins.len() + access.admin_groups.len(),
        "fence": 1,
        "html_block": 0,
        // Each table's own head, then what changes, what Cognito must have, the settings.
        "tr_open": 3 + (changes(answers).len() + 3) + 7 + rows,
    })
}

/// What `tljh-config` is told.
fn changes(answers: &Answers) -> Vec<(&'static str, &'static str, String)> {
    let mut changes = Vec::new();
    match &answers.https {
        Https::LetsEncrypt { email } => {
            changes.push(("set", "https.enabled", "true".to_owned()));
            changes.push(("set", "https.letsencrypt.email", email.clone()));
            changes.push((
                "add-item",
                "https.letsencrypt.domains",
                answers.hub.url.host().to_owned(),
            ));
        }
        Https::Certificate { cert, key } => {
            changes.push(("set", "https.enabled", "true".to_owned()));
            changes.push(("set", "https.tls.key", key.clone()));
            changes.push(("set", "https.tls.cert", cert.clone()));
        }
        Https::Proxy | Https::Off => {}
    }
    if answers.hub.base_url.as_str() != "/" {
        changes.push(("set", "base_url", answers.hub.base_url.to_string()));
    }
    changes.extend(
        answers
            .hub
            .admins
            .iter()
            .map(|name| ("add-item", "users.admin", name.to_string())),
    );
    changes.extend(
        answers
            .access
            .users
            .iter()
            .map(|name| ("add-item", "users.allowed", name.to_string())),
    );
    let class = "oauthenticator.generic.GenericOAuthenticator";
    changes.push(("set", "auth.type", class.to_owned()));
    changes
}
