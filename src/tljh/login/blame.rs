//! Which setting at which place is to blame.

use serde_json::Value;

use super::judge::Case;
use super::verdict::{Blame, Mend, What};
use crate::answers::Allow;
use crate::hub::Dialect;
use crate::tljh::look::{Place, Setting};

/// What a surprise is judged by.
pub struct Grounds<'a> {
    /// The whole case.
    pub case: &'a Case<'a>,
    /// What happens to somebody.
    pub what: &'a What,
    /// Their promised name, where they are promised one.
    pub name: Option<&'a str>,
}

/// What decides whether somebody gets in.
const RULES: [&str; 9] = [
    "allow_all",
    "allow_existing_users",
    "any_allow_config",
    "allowed_users",
    "admin_users",
    "allowed_groups",
    "admin_groups",
    "blocked_users",
    "username_pattern",
];
/// What decides the name.
const NAMES: [&str; 3] = ["username_claim", "username_key", "username_map"];
/// What decides the groups.
const GROUPS: [&str; 5] = [
    "manage_groups",
    "auth_state_groups_key",
    "claim_groups_key",
    "allowed_groups",
    "admin_groups",
];
/// What decides what Cognito tells, and whether it tells anything.
const ATTRIBUTES: [&str; 14] = [
    "scope",
    "userdata_url",
    "userdata_from_id_token",
    "userdata_token_method",
    "userdata_params",
    "token_url",
    "token_params",
    "authorize_url",
    "oauth_callback_url",
    "client_id",
    "client_secret",
    "basic_auth",
    "enable_auth_state",
    "manage_roles",
];

/// What is to blame, the likeliest first; empty where nothing that the look names could be.
pub fn blame(grounds: &Grounds<'_>) -> Vec<Blame> {
    if let What::Unknown { reason } = grounds.what {
        return grounds.code(reason);
    }
    // What explains it by its value, else what could.
    let tiers = [
        grounds.of_settings(|setting, place| grounds.is_foreign(place) && grounds.explains(setting)),
        grounds.of_lists(),
        grounds.of_settings(|setting, place| grounds.is_foreign(place) && grounds.bears_on(setting)),
        grounds.of_class(),
        grounds.of_settings(|setting, place| grounds.is_ours(place) && grounds.explains(setting)),
        grounds.of_settings(|setting, place| grounds.is_ours(place) && grounds.bears_on(setting)),
    ];
    tiers
        .into_iter()
        .find(|blame| !blame.is_empty())
        .unwrap_or_default()
}

impl Grounds<'_> {
    /// The name on the hub, as far as there is one.
    fn hub_name(&self) -> Option<&str> {
        match self.what {
            What::GetsIn { name, .. } => Some(name),
            _ => self.name,
        }
    }

    fn of_settings(&self, is_to_blame: impl Fn(&Setting, &Place) -> bool) -> Vec<Blame> {
        let mut found = Vec::new();
        for setting in &self.case.look.settings {
            // What is set last decides.
            for place in setting.places.iter().rev() {
                if is_to_blame(setting, place) {
                    found.push(self.blamed(setting, place));
                }
            }
        }
        found.sort_by_key(|blame: &Blame| RULES.iter().position(|rule| *rule == blame.setting));
        found.dedup();
        found
    }

    fn blamed(&self, setting: &Setting, place: &Place) -> Blame {
        Blame {
            setting: setting.through.clone().unwrap_or_else(|| setting.name.clone()),
            of_class: section(place),
            place: place.clone(),
            mend: self.mend(place),
        }
    }

    fn mend(&self, place: &Place) -> Mend {
        match place {
            _ if self.is_ours(place) => Mend::Apply,
            Place::ConfigYaml { path, .. } => Mend::Unset { path: path.clone() },
            Place::File { file, line, .. } => Mend::TakeOut {
                file: file.clone(),
                line: *line,
            },
            Place::Variable { variable } => Mend::DropVariable {
                variable: variable.clone(),
            },
            Place::Argument { argument } => Mend::DropArgument {
                argument: argument.clone(),
            },
            Place::Class { section } => Mend::ByHand {
                words: format!("take it out of the class {section}"),
            },
            Place::Tljh { .. } | Place::Database | Place::Default => Mend::Apply,
        }
    }

    /// Whether hubgate writes it there, or would.
    fn is_ours(&self, place: &Place) -> bool {
        match place {
            Place::File { file, .. } => *file == self.case.files.awscognito_py(),
            Place::ConfigYaml { path, .. } => !path.starts_with("auth.") || path == "auth.type",
            Place::Tljh { .. } | Place::Default => true,
            _ => false,
        }
    }

    fn is_foreign(&self, place: &Place) -> bool {
        !self.is_ours(place)
    }

    /// Whether what it says is enough for what happens.
    fn explains(&self, setting: &Setting) -> bool {
        let value = setting.value.as_ref();
        let is = |wanted: bool| value == Some(&Value::Bool(wanted));
        let is_empty = value.is_none_or(|value| {
            value.is_null()
                || value.as_array().is_some_and(Vec::is_empty)
                || value.as_object().is_some_and(serde_json::Map::is_empty)
                || value.as_str().is_some_and(str::is_empty)
        });
        let names_them = || self.hub_name().is_some_and(|name| holds(value, name));
        let rule = setting.name.as_str();
        match (self.what, rule) {
            (What::GetsIn { .. }, "allow_all" | "allow_existing_users" | "any_allow_config") => is(true),
            // Before 16, an empty list admits everybody.
            (What::GetsIn { .. }, "allowed_users") => names_them() || (self.is_of_14() && is_empty),
            (What::GetsIn { .. } | What::Administers, "admin_users") => names_them(),
            (What::GetsIn { .. } | What::OtherName { .. }, "username_map") => !is_empty,
            (What::StaysOut { .. }, "blocked_users") => names_them(),
            (What::StaysOut { .. }, "username_pattern") => !is_empty,
            (What::StaysOut { .. }, "allow_all") => is(false) && self.case.answers.access.allow == Allow::All,
            (What::StaysOut { .. } | What::DoesNotAdminister, "admin_users" | "allowed_users") => {
                self.is_promised_by(rule) && !names_them()
            }
            (What::OtherName { .. }, name) => NAMES.contains(&name),
            (What::OtherGroups { .. }, "manage_groups") => is(false),
            (What::Elsewhere { reason }, name) => {
                let mut words = reason.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
                words.any(|word| word == name)
            }
            _ => false,
        }
    }

    /// Whether it could be what happens.
    fn bears_on(&self, setting: &Setting) -> bool {
        let name = setting.name.as_str();
        let of_groups = ["allowed_groups", "admin_groups"];
        let is_off = setting
            .value
            .as_ref()
            .is_some_and(|value| *value == Value::Bool(false));
        match self.what {
            What::GetsIn { .. } => {
                NAMES.contains(&name) || GROUPS.contains(&name) || ATTRIBUTES.contains(&name) && !is_off
            }
            What::StaysOut { .. } | What::Elsewhere { .. } => [&RULES[..], &NAMES, &GROUPS, &ATTRIBUTES]
                .iter()
                .any(|names| names.contains(&name)),
            What::OtherName { .. } => NAMES.contains(&name) || ATTRIBUTES.contains(&name),
            What::Administers | What::DoesNotAdminister => {
                name == "admin_users" || of_groups.contains(&name) || GROUPS.contains(&name)
            }
            What::OtherGroups { .. } => GROUPS.contains(&name) || ATTRIBUTES.contains(&name),
            What::Unknown { .. } => false,
        }
    }

    /// Whether the answers name them where this setting should.
    fn is_promised_by(&self, rule: &str) -> bool {
        let Some(name) = self.name else { return false };
        let answers = self.case.answers;
        let names = match rule {
            "admin_users" => &answers.hub.admins,
            _ => &answers.access.users,
        };
        names.iter().any(|listed| listed.as_str() == name)
    }

    fn is_of_14(&self) -> bool {
        self.case.answers.oauthenticator.dialect() == Dialect::V14
    }

    /// The lists of `config.yaml` that name somebody who should not stand there.
    fn of_lists(&self) -> Vec<Blame> {
        let lists: &[(&str, &str)] = match self.what {
            What::GetsIn { .. } => &[("users.admin", "admin_users"), ("users.allowed", "allowed_users")],
            What::Administers => &[("users.admin", "admin_users")],
            What::StaysOut { .. } => &[("users.banned", "blocked_users")],
            _ => &[],
        };
        let Some(name) = self.hub_name() else {
            return Vec::new();
        };
        let named = lists
            .iter()
            .filter(|(path, _)| self.case.config.texts(path).contains(&name));
        let in_lists = named.map(|(path, setting)| Blame {
            setting: (*setting).to_owned(),
            of_class: None,
            place: Place::ConfigYaml {
                path: (*path).to_owned(),
                section: "Authenticator".to_owned(),
            },
            mend: Mend::RemoveItem {
                path: (*path).to_owned(),
                value: name.to_owned(),
            },
        });
        in_lists.chain(self.of_database(name)).collect()
    }

    /// The hub's database keeps whom it knew, and who administered it, until somebody takes it away.
    fn of_database(&self, name: &str) -> Option<Blame> {
        let mut users = self
            .case
            .look
            .database
            .iter()
            .flat_map(|database| &database.users);
        let user = users.find(|user| user.name == name)?;
        let matters = match self.what {
            What::GetsIn { .. } => true,
            What::Administers => user.admin,
            _ => false,
        };
        matters.then(|| Blame {
            setting: name.to_owned(),
            of_class: None,
            place: Place::Database,
            mend: Mend::OnTheHub {
                name: name.to_owned(),
            },
        })
    }

    /// The login itself, where it is another than the one that Cognito needs.
    fn of_class(&self) -> Vec<Blame> {
        let Some(class) = &self.case.look.class else {
            return Vec::new();
        };
        if class.name == crate::render::AUTHENTICATOR_CLASS {
            return Vec::new();
        }
        let blamed = |place: &Place| Blame {
            setting: "authenticator_class".to_owned(),
            of_class: Some("JupyterHub".to_owned()),
            place: place.clone(),
            mend: self.mend(place),
        };
        class.places.iter().rev().map(blamed).collect()
    }

    /// The code that was not run.
    fn code(&self, reason: &str) -> Vec<Blame> {
        let hooks = self
            .case
            .look
            .hooks
            .iter()
            .filter(|hook| reason.starts_with(&hook.what));
        let blamed = |hook: &crate::tljh::look::Hook| {
            let place = hook.place.clone()?;
            let words = format!("take {} out, or see for yourself whom it lets in", hook.what);
            let mend = match self.is_ours(&place) {
                true => Mend::Apply,
                false => Mend::ByHand { words },
            };
            Some(Blame {
                setting: hook.what.clone(),
                of_class: section(&place),
                place,
                mend,
            })
        };
        hooks.filter_map(blamed).collect()
    }
}

fn section(place: &Place) -> Option<String> {
    match place {
        Place::File { section, .. } => section.clone(),
        Place::ConfigYaml { section, .. } | Place::Class { section } => Some(section.clone()),
        _ => None,
    }
}

/// Whether a list holds this name.
fn holds(value: Option<&Value>, name: &str) -> bool {
    let list = value.and_then(Value::as_array);
    list.is_some_and(|list| list.iter().any(|item| item.as_str() == Some(name)))
}
