//! The hub's own Python with the look's script: whom the hub that results from the settings lets in.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use hubgate::host::memory::{MemoryHost, finished};
use hubgate::host::{Files, Finished, Invocation, RunError};
use serde_json::{Value, json};

use super::programs::took;
use super::settings::{config, load, settings_in};

/// Answers the script that came on standard input, for the settings below TLJH_INSTALL_PREFIX.
pub fn look(call: &Invocation, host: &MemoryHost) -> Result<Finished, RunError> {
    let env = host.child_env(call);
    let prefix = PathBuf::from(env.get("TLJH_INSTALL_PREFIX".as_ref() as &OsStr).unwrap());
    let asked = asked(call.stdin.as_deref().unwrap());
    let mut said = json!({
        "class": null, "errors": [], "warnings": [], "settings": [], "belongs_to_nobody": [], "hooks": [],
        "schema": null, "database": null, "people": [], "named": []
    });
    match load(host, &prefix) {
        Err(error) => said["errors"] = json!([{"text": error, "places": []}]),
        Ok(_) => {
            let door = Door::of(host, &prefix);
            said["settings"] = door.told.clone();
            let people = asked["people"].as_array().unwrap();
            said["people"] = people.iter().map(|person| door.decide(person)).collect();
        }
    }
    Ok(took(1.0, finished(format!("{said}\n"))))
}

/// The question: a literal of Python in the script's last line.
fn asked(script: &[u8]) -> Value {
    let script = String::from_utf8_lossy(script);
    let literal = script.rsplit_once("\nmain(json.loads(").unwrap().1.trim_end();
    let literal = literal.strip_suffix("))").unwrap();
    let mut json = String::new();
    let mut letters = literal[1..literal.len() - 1].chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next().unwrap() {
                'n' => json.push('\n'),
                kind @ ('x' | 'u' | 'U') => {
                    let digits = match kind {
                        'x' => 2,
                        'u' => 4,
                        _ => 8,
                    };
                    let code: String = letters.by_ref().take(digits).collect();
                    json.extend(char::from_u32(u32::from_str_radix(&code, 16).unwrap()));
                }
                other => json.push(other),
            },
            other => json.push(other),
        }
    }
    serde_json::from_str(&json).unwrap()
}

/// The rules of the settings, as far as hubgate writes them.
struct Door {
    admins: Vec<String>,
    users: Vec<String>,
    everybody: bool,
    groups: Vec<String>,
    admin_groups: Vec<String>,
    claim: String,
    groups_claim: String,
    keeps_groups: bool,
    is_verified: bool,
    told: Value,
}

impl Door {
    fn of(host: &MemoryHost, prefix: &Path) -> Self {
        let settings = settings_in(host, prefix).unwrap();
        let config = config(host, prefix).unwrap();
        let text = host.read_to_string(&prefix.join("config/jupyterhub_config.d/awscognito.py"));
        let text = text.unwrap_or_default();
        let names = |value: Option<&Value>| -> Vec<String> {
            let list = value.and_then(Value::as_array).cloned().unwrap_or_default();
            list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let quoted = |mark: &str| {
            let rest = text.split_once(mark)?.1;
            Some(rest.split('"').next()?.to_owned())
        };
        let name = settings
            .get("username_claim")
            .or_else(|| settings.get("username_key"));
        let name = name.and_then(Value::as_str).map(str::to_owned);
        let users = names(config.pointer("/users/allowed"));
        let of_class = config.pointer("/auth/GenericOAuthenticator/allow_all");
        let allow_all = of_class.or_else(|| settings.get("allow_all")) == Some(&Value::Bool(true));
        // oauthenticator 14 lets everybody in where nobody is listed.
        let is_old = settings.contains_key("username_key");
        let told = of_class.map_or_else(Vec::new, |value| {
            let path = "auth.GenericOAuthenticator.allow_all";
            let place = json!({"kind": "config.yaml", "path": path, "section": "GenericOAuthenticator"});
            vec![json!({"name": "allow_all", "of": "authenticator", "value": value, "places": [place], "beaten": []})]
        });
        Self {
            admins: names(config.pointer("/users/admin")),
            everybody: allow_all || (is_old && users.is_empty()),
            users,
            groups: names(settings.get("allowed_groups")),
            admin_groups: names(settings.get("admin_groups")),
            claim: name.or_else(|| quoted("claim = \"")).unwrap_or_default(),
            groups_claim: quoted("groups_in(claims.get(\"")
                .or_else(|| quoted("groups_in(auth_state[\"oauth_user\"].get(\""))
                .unwrap_or_else(|| "cognito:groups".to_owned()),
            keeps_groups: settings.get("manage_groups") == Some(&Value::Bool(true)),
            is_verified: text.contains("email_verified"),
            told: Value::Array(told),
        }
    }

    fn decide(&self, person: &Value) -> Value {
        // The first answer is that of `openid` alone, which shows everything.
        let claims = &person["answers"][0]["id_token"];
        let userinfo = &person["answers"][0]["userinfo"];
        let refused = json!({"who": person["who"], "decision": "refused"});
        let name = claims[&self.claim]
            .as_str()
            .or_else(|| userinfo[&self.claim].as_str());
        let verified = [json!(true), json!("true")].contains(&claims["email_verified"]);
        let Some(name) = name.filter(|_| verified || !self.is_verified) else {
            return refused;
        };
        let name = name.to_lowercase();
        let groups = groups(&claims[&self.groups_claim]);
        let in_one_of = |some: &[String]| some.iter().any(|group| groups.contains(group));
        let admin = self.admins.contains(&name) || in_one_of(&self.admin_groups);
        if !(admin || self.everybody || self.users.contains(&name) || in_one_of(&self.groups)) {
            return refused;
        }
        let groups = if self.keeps_groups { groups } else { Vec::new() };
        json!({"who": person["who"], "decision": "in", "name": name, "admin": admin, "groups": groups, "is_new": true})
    }
}

fn groups(claim: &Value) -> Vec<String> {
    let text = claim.as_str().unwrap_or_default();
    let list = match serde_json::from_str::<Vec<String>>(text) {
        Ok(list) => list,
        Err(_) if claim.is_array() => serde_json::from_value(claim.clone()).unwrap(),
        Err(_) => text.split(',').map(|group| group.trim().to_owned()).collect(),
    };
    let mut groups: Vec<String> = list.into_iter().filter(|group| !group.is_empty()).collect();
    groups.sort();
    groups
}
