//! The questions that a person is asked, one a setting, and when each is worth asking.

use super::given::Layer;
use super::https::HttpsMode;
use super::model::Allow;
use super::setting::Key;
use crate::cognito::{ScopeSet, UsernameClaim};
use crate::hub::{HubUrl, OauthenticatorVersion};

/// How one setting is asked for.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// What the setting is called when a person reads about it.
    pub title: &'static str,
    /// One line: what it is, or where the AWS console shows it.
    pub explain: &'static str,
    /// What an answer looks like.
    pub form: Form,
}

/// What an answer looks like.
#[derive(Debug, Clone, Copy)]
pub enum Form {
    /// One text.
    Text,
    /// Texts with commas between, or none.
    List,
    /// One of these.
    Choice(&'static [Choice]),
    /// Where a secret is kept: several questions of their own.
    Source,
}

/// One entry of a list to choose from.
#[derive(Debug, Clone, Copy)]
pub struct Choice {
    /// What the setting becomes; none when the person then types it.
    pub word: Option<&'static str>,
    /// What the person reads, in at most 56 columns.
    pub label: &'static str,
}

const fn choice(word: &'static str, label: &'static str) -> Choice {
    Choice {
        word: Some(word),
        label,
    }
}

const HTTPS: &[Choice] = &[
    choice("letsencrypt", "letsencrypt  the hub gets one from Let's Encrypt"),
    choice("certificate", "certificate  my own, it lies on the hub"),
    choice("proxy", "proxy        a load balancer's, in front of the hub"),
    choice("off", "off          none: the hub is for this machine alone"),
];

const USERNAME: &[Choice] = &[
    choice(
        "username",
        "username            what they sign in with, or a UUID",
    ),
    choice("email", "email               verified addresses only"),
    choice("preferred_username", "preferred_username  a name they choose"),
    choice("sub", "sub                 a UUID that never changes"),
    Choice {
        word: None,
        label: "another claim",
    },
];

const LOGIN_PAGE: &[Choice] = &[
    choice("false", "the hub's own, with a button to Cognito"),
    choice("true", "none: straight to Cognito"),
];

const ALLOW: &[Choice] = &[
    choice("all", "all     everyone in the user pool"),
    choice("users", "users   the users that I name"),
    choice("groups", "groups  the members of Cognito groups that I name"),
];

/// The order of asking: what people know by heart, then what the AWS console shows, then who.
pub const ORDER: [Key; 18] = [
    Key::HubUrl,
    Key::HttpsMode,
    Key::HttpsEmail,
    Key::HttpsCert,
    Key::HttpsKey,
    Key::Domain,
    Key::ClientId,
    Key::ClientSecret,
    Key::Username,
    Key::Admins,
    Key::Allow,
    Key::Users,
    Key::Groups,
    Key::AdminGroups,
    Key::Scopes,
    Key::BaseUrl,
    Key::AutoLogin,
    Key::Oauthenticator,
];

impl Key {
    /// How this setting is asked for.
    pub fn question(self) -> Question {
        let (title, explain, form) = match self {
            Key::HubUrl => (
                "Hub's address",
                "What people type to reach the hub, like https://hub.example.org",
                Form::Text,
            ),
            Key::BaseUrl => (
                "Path of the hub",
                "The path that it lives under; for most hubs it is /",
                Form::Text,
            ),
            Key::Admins => (
                "Administrators",
                "User names, commas between; on TLJH they are root.",
                Form::List,
            ),
            Key::HttpsMode => (
                "HTTPS",
                "Cognito sends people back to https only. Whose certificate is it?",
                Form::Choice(HTTPS),
            ),
            Key::HttpsEmail => (
                "E-mail address",
                "Let's Encrypt writes there before a certificate runs out.",
                Form::Text,
            ),
            Key::HttpsCert => (
                "Certificate",
                "Its full path on the hub, with its chain, like /etc/ssl/hub.crt",
                Form::Text,
            ),
            Key::HttpsKey => (
                "Private key",
                "Its full path on the hub, like /etc/ssl/hub.key",
                Form::Text,
            ),
            Key::Domain => (
                "Cognito domain",
                "Cognito console: your user pool, Branding, Domain",
                Form::Text,
            ),
            Key::ClientId => (
                "Client ID",
                "Cognito console: your user pool, Applications, App clients",
                Form::Text,
            ),
            Key::ClientSecret => (
                "Client secret",
                "The console shows it below the Client ID. Where does hubgate find it?",
                Form::Source,
            ),
            Key::Scopes => (
                "Scopes",
                "Cognito console: your app client, Login pages, OpenID Connect scopes",
                Form::List,
            ),
            Key::Username => (
                "User names",
                "Which of Cognito's claims becomes a person's name on the hub?",
                Form::Choice(USERNAME),
            ),
            Key::AutoLogin => (
                "Login page",
                "What people see first when they come to log in",
                Form::Choice(LOGIN_PAGE),
            ),
            Key::Allow => (
                "Who may log in",
                "There is no default, so that nobody gets in by accident.",
                Form::Choice(ALLOW),
            ),
            Key::Users => (
                "Users",
                "Who may log in: user names with commas between",
                Form::List,
            ),
            Key::Groups => (
                "Groups",
                "Cognito console: your user pool, User management, Groups",
                Form::List,
            ),
            Key::AdminGroups => (
                "Administrator groups",
                "Cognito groups whose members are administrators, commas between",
                Form::List,
            ),
            Key::Oauthenticator => (
                "oauthenticator",
                "The version on the hub: hubgate knows 14 to 17.",
                Form::Text,
            ),
        };
        Question { title, explain, form }
    }

    /// Whether this setting can mean anything beside the others. What is not known yet excludes
    /// nothing.
    pub fn matters(self, given: &Layer) -> bool {
        let mode = https_mode(given);
        let allow = text(given, Key::Allow).and_then(|text| Allow::parse(text).ok());
        match self {
            Key::HttpsEmail => mode.is_none_or(|mode| mode == HttpsMode::LetsEncrypt),
            Key::HttpsCert | Key::HttpsKey => mode.is_none_or(|mode| mode == HttpsMode::Certificate),
            Key::Users => allow != Some(Allow::All),
            Key::Groups => allow.is_none_or(|allow| allow == Allow::Groups),
            _ => true,
        }
    }

    /// Whether a person who has not given this setting is asked for it: it is needed, or its
    /// default is a guess.
    pub fn is_asked(self, given: &Layer) -> bool {
        let allow = text(given, Key::Allow).and_then(|text| Allow::parse(text).ok());
        match self {
            Key::BaseUrl | Key::Scopes | Key::AutoLogin | Key::AdminGroups | Key::Oauthenticator => false,
            // For a hub on this machine alone there is nothing to choose.
            Key::HttpsMode => !hub_is_local(given),
            Key::HttpsEmail | Key::HttpsCert | Key::HttpsKey => {
                https_mode(given).is_some() && self.matters(given)
            }
            Key::Users => allow == Some(Allow::Users),
            Key::Groups => allow == Some(Allow::Groups),
            _ => true,
        }
    }

    /// Whether leaving it empty is an answer.
    pub fn may_be_empty(self) -> bool {
        matches!(self, Key::Admins | Key::AdminGroups)
    }

    /// What holds while nobody gives this setting; none where it must be given.
    pub fn default_text(self, given: &Layer, found: Option<OauthenticatorVersion>) -> Option<String> {
        match self {
            Key::BaseUrl => Some("/".to_owned()),
            Key::HttpsMode => Some(
                if hub_is_local(given) {
                    HttpsMode::Off
                } else {
                    HttpsMode::LetsEncrypt
                }
                .as_str()
                .to_owned(),
            ),
            Key::Scopes => {
                let claim = text(given, Key::Username).and_then(|text| UsernameClaim::parse(text).ok());
                Some(ScopeSet::default_for(&claim.unwrap_or(UsernameClaim::Username)).joined())
            }
            Key::Username => Some("username".to_owned()),
            Key::AutoLogin => Some("false".to_owned()),
            Key::Oauthenticator => Some(found.unwrap_or(OauthenticatorVersion::NEWEST).to_string()),
            _ => None,
        }
    }
}

fn text(given: &Layer, key: Key) -> Option<&str> {
    given.get(&key)?.items.last().map(|item| item.text.as_str())
}

fn hub_is_local(given: &Layer) -> bool {
    text(given, Key::HubUrl)
        .and_then(|text| HubUrl::parse(text).ok())
        .is_some_and(|url| !url.is_https())
}

/// The mode that was given, or that follows from the hub's address.
fn https_mode(given: &Layer) -> Option<HttpsMode> {
    match text(given, Key::HttpsMode) {
        Some(text) => HttpsMode::parse(text).ok(),
        None if hub_is_local(given) => Some(HttpsMode::Off),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::answers::{Given, Origin, check_one};

    fn given(texts: &[(Key, &str)]) -> Layer {
        let one = |(key, text): &(Key, &str)| (*key, Given::one(*text, Origin::Prompt));
        texts.iter().map(one).collect()
    }

    #[test]
    fn every_setting_is_asked_in_some_place() {
        let mut order = ORDER.to_vec();
        order.sort();
        assert_eq!(order, Key::all().collect::<Vec<_>>());
    }

    #[test]
    fn each_choice_is_a_valid_answer_and_fits_a_narrow_terminal() {
        for key in Key::all() {
            let Form::Choice(choices) = key.question().form else {
                continue;
            };
            for choice in choices {
                assert!(choice.label.len() <= 56, "{}", choice.label);
                if let Some(word) = choice.word {
                    check_one(key, word).unwrap();
                }
            }
        }
    }

    #[test]
    fn nobody_is_asked_for_what_cannot_matter() {
        let local = given(&[(Key::HubUrl, "http://localhost:8000")]);
        for key in [Key::HttpsMode, Key::HttpsEmail, Key::HttpsCert, Key::HttpsKey] {
            assert!(!key.is_asked(&local), "{key:?}");
        }
        let proxy = given(&[(Key::HttpsMode, "proxy")]);
        assert!(!Key::HttpsEmail.is_asked(&proxy) && !Key::HttpsEmail.matters(&proxy));
        let all = given(&[(Key::Allow, "all")]);
        assert!(!Key::Users.is_asked(&all) && !Key::Groups.is_asked(&all));
        let groups = given(&[(Key::Allow, "groups")]);
        assert!(Key::Groups.is_asked(&groups) && Key::Users.matters(&groups));
    }

    #[test]
    fn the_scopes_follow_the_claim() {
        let claim = given(&[(Key::Username, "preferred_username")]);
        assert_eq!(
            Key::Scopes.default_text(&claim, None).unwrap(),
            "openid email profile"
        );
    }
}
