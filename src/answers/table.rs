//! The table of settings: all that there is to say of each, in one row.

use super::given::{Given, Layer};
use super::https::{HttpsMode, parse_email, parse_path};
use super::model::Allow;
use super::setting::{Choice, Fallback, Form, Setting, When, each, one, split};
use crate::cognito::{ClientId, CognitoDomain, GroupsClaim, ScopeSet, UsernameClaim};
use crate::hub::{BaseUrl, GroupName, HubUrl, OauthenticatorVersion, UserName};
use crate::invalid::Invalid;
use crate::secret::SecretSource;

/// A row is: the key, the type of the value and how it is read (`one` text, `each` of a list, a list as a `whole`);
/// its places in the file, on the command line and in the environment; its help and what holds without it; when its
/// question comes, and the question.
macro_rules! settings {
    ($($key:ident: $type:ty = $how:ident($parse:path),
        $table:literal $name:literal, $flag:literal $value:literal, $variable:literal,
        $help:literal, $fallback:expr,
        $turn:literal, $when:expr, $title:literal, $explain:literal, $form:expr;)*) => {
        /// Every setting, in the order of the answers file.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs, reason = "each is described by its row's help")]
        pub enum Key { $($key),* }

        pub(super) const SETTINGS: &[Setting] = &[$(Setting {
            key: Key::$key, table: $table, name: $name, flag: $flag, value_name: $value, variable: $variable,
            help: $help, fallback: $fallback,
            turn: $turn, when: $when, title: $title, explain: $explain, form: $form,
            check: settings!(@check $how $parse),
        }),*];

        /// Each setting with the type of its value.
        #[allow(non_upper_case_globals, reason = "each is called as its key")]
        pub(super) mod typed {
            use super::*;
            use super::super::setting::Typed;

            $(pub(in crate::answers) const $key: Typed<$type> = Typed {
                key: Key::$key,
                parse: settings!(@parse $how $parse),
            };)*
        }
    };
    (@parse one $parse:path) => { |given| one(given, $parse) };
    (@parse each $parse:path) => { |given| each(given, $parse) };
    (@parse whole $parse:path) => {
        |given: &Given| $parse(&given.texts()).map_err(|invalid| vec![(given.origin.clone(), invalid)])
    };
    (@check one $parse:path) => { |text| Ok(vec![$parse(text)?.to_string()]) };
    (@check each $parse:path) => { |text| split(text)?.iter().map(|text| Ok($parse(text)?.to_string())).collect() };
    (@check whole $parse:path) => { |text| Ok($parse(&split(text)?)?.iter().map(str::to_owned).collect()) };
}

settings! {
    HubUrl: HubUrl = one(HubUrl::parse),
        "hub" "url", "hub-url" "URL", "HUBGATE_HUB_URL",
        "The address that people type, like https://hub.example.org",
        Fallback::Needed("the address that people type, like https://hub.example.org"),
        1, When::Always, "Hub's address", "What people type to reach the hub, like https://hub.example.org", Form::Text;
    BaseUrl: BaseUrl = one(BaseUrl::parse),
        "hub" "base_url", "base-url" "PATH", "HUBGATE_BASE_URL",
        "The path that the hub lives under", Fallback::Text("/"),
        5, When::Rarely, "Path of the hub", "The path that it lives under; for most hubs it is /", Form::Text;
    Admins: Vec<UserName> = each(UserName::parse),
        "hub" "admins", "admin" "NAME", "HUBGATE_ADMIN",
        "A user who administers the hub (repeats)", Fallback::Empty,
        3, When::Always, "Administrators", "User names, commas between; on TLJH they are root.", Form::List;
    HttpsMode: HttpsMode = one(HttpsMode::parse),
        "https" "mode", "https" "MODE", "HUBGATE_HTTPS",
        "Where TLS ends: letsencrypt, certificate, proxy or off",
        Fallback::Follows("", |given, _| if hub_is_local(given) { HttpsMode::Off } else { HttpsMode::LetsEncrypt }.to_string()),
        // For a hub on this machine alone there is nothing to choose.
        1, When::If(|given| (!hub_is_local(given)).then_some(true)),
        "HTTPS", "Cognito sends people back to https only. Whose certificate is it?", Form::Choice(HTTPS);
    HttpsEmail: String = one(parse_email),
        "https" "email", "https-email" "EMAIL", "HUBGATE_HTTPS_EMAIL",
        "The address that Let's Encrypt writes to",
        Fallback::Needed("Let's Encrypt writes there before a certificate runs out"),
        1, When::If(|given| Some(https_mode(given)? == HttpsMode::LetsEncrypt)),
        "E-mail address", "Let's Encrypt writes there before a certificate runs out.", Form::Text;
    HttpsCert: String = one(parse_path),
        "https" "cert", "https-cert" "FILE", "HUBGATE_HTTPS_CERT",
        "The certificate on the hub, with its chain", Fallback::Needed("the certificate's path on the hub"),
        1, When::If(|given| Some(https_mode(given)? == HttpsMode::Certificate)),
        "Certificate", "Its full path on the hub, with its chain, like /etc/ssl/hub.crt", Form::Text;
    HttpsKey: String = one(parse_path),
        "https" "key", "https-key" "FILE", "HUBGATE_HTTPS_KEY",
        "The certificate's private key on the hub", Fallback::Needed("the private key's path on the hub"),
        1, When::If(|given| Some(https_mode(given)? == HttpsMode::Certificate)),
        "Private key", "Its full path on the hub, like /etc/ssl/hub.key", Form::Text;
    Domain: CognitoDomain = one(CognitoDomain::parse),
        "cognito" "domain", "domain" "DOMAIN", "HUBGATE_DOMAIN",
        "The user pool's domain, like my-hub.auth.eu-west-1.amazoncognito.com",
        Fallback::Needed("the user pool's domain: in the Cognito console, Branding, Domain"),
        2, When::Always, "Cognito domain", "Cognito console: your user pool, Branding, Domain", Form::Text;
    ClientId: ClientId = one(ClientId::parse),
        "cognito" "client_id", "client-id" "ID", "HUBGATE_CLIENT_ID",
        "The app client's id", Fallback::Needed("in the Cognito console: your user pool, App clients"),
        2, When::Always, "Client ID", "Cognito console: your user pool, Applications, App clients", Form::Text;
    ClientSecret: SecretSource = one(str::parse::<SecretSource>),
        "cognito" "client_secret", "client-secret-from" "SOURCE", "HUBGATE_CLIENT_SECRET_FROM",
        "Where the secret is: file:PATH, env:NAME, stdin, secretsmanager:ID[#key], ssm:NAME",
        Fallback::Needed("say where it is, never the secret itself: file:PATH, env:NAME, stdin, secretsmanager:ID or ssm:NAME"),
        2, When::Always, "Client secret", "The console shows it below the Client ID. Where does hubgate find it?", Form::Source;
    Scopes: ScopeSet = whole(ScopeSet::parse),
        "cognito" "scopes", "scope" "SCOPE", "HUBGATE_SCOPE",
        "A scope to ask for (repeats)", Fallback::Follows("openid email", scopes_for_the_claims),
        4, When::Rarely, "Scopes", "Cognito console: your app client, Login pages, OpenID Connect scopes", Form::List;
    Username: UsernameClaim = one(UsernameClaim::parse),
        "cognito" "username", "username-claim" "CLAIM", "HUBGATE_USERNAME_CLAIM",
        "The claim that names users: username, email, preferred_username, sub, …", Fallback::Text("username"),
        2, When::Always, "User names", "Which of Cognito's claims becomes a person's name on the hub?", Form::Choice(USERNAME);
    AutoLogin: bool = one(parse_switch),
        "cognito" "auto_login", "auto-login" "BOOL", "HUBGATE_AUTO_LOGIN",
        "Skip the hub's own login page", Fallback::Text("false"),
        5, When::Rarely, "Login page", "What people see first when they come to log in", Form::Switch(LOGIN_PAGE);
    Allow: Allow = one(Allow::parse),
        "access" "allow", "allow" "WHO", "HUBGATE_ALLOW",
        "Who may log in: all, users or groups",
        Fallback::Needed("say who may log in: all (everyone in the user pool), users or groups; there is no default"),
        3, When::Always, "Who may log in", "There is no default, so that nobody gets in by accident.", Form::Choice(ALLOW);
    Users: Vec<UserName> = each(UserName::parse),
        "access" "users", "allow-user" "NAME", "HUBGATE_ALLOW_USER",
        "A user who may log in (repeats)", Fallback::Empty,
        3, When::If(|given| match allow(given)? { Allow::All => Some(false), Allow::Users => Some(true), Allow::Groups => None }),
        "Users", "Who may log in: user names with commas between", Form::List;
    Groups: Vec<GroupName> = each(GroupName::parse),
        "access" "groups", "allow-group" "GROUP", "HUBGATE_ALLOW_GROUP",
        "A Cognito group whose members may log in (repeats)", Fallback::Empty,
        3, When::If(|given| Some(allow(given)? == Allow::Groups)),
        "Groups", "Cognito console: your user pool, User management, Groups", Form::List;
    AdminGroups: Vec<GroupName> = each(GroupName::parse),
        "access" "admin_groups", "admin-group" "GROUP", "HUBGATE_ADMIN_GROUP",
        "A Cognito group whose members administer the hub (repeats)", Fallback::Empty,
        3, When::Rarely, "Administrator groups", "Cognito groups whose members are administrators, commas between", Form::List;
    GroupsClaim: GroupsClaim = one(GroupsClaim::parse),
        "access" "groups_claim", "groups-claim" "CLAIM", "HUBGATE_GROUPS_CLAIM",
        "The claim that names a person's groups: cognito:groups, custom:department, …", Fallback::Text("cognito:groups"),
        3, When::If(groups_are_used), "Claim of the groups", "The pool's own, or one that your identity provider fills?", Form::Choice(GROUPS);
    Oauthenticator: OauthenticatorVersion = one(OauthenticatorVersion::parse),
        "target" "oauthenticator", "oauthenticator" "VERSION", "HUBGATE_OAUTHENTICATOR",
        "The oauthenticator to write for",
        Fallback::Follows("what the hub has, else 17.4.0", |_, found| found.unwrap_or(OauthenticatorVersion::NEWEST).to_string()),
        5, When::Rarely, "oauthenticator", "The version on the hub: hubgate knows 14 to 17.", Form::Text;
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
    ANOTHER_CLAIM,
];

const ANOTHER_CLAIM: Choice = Choice {
    word: None,
    label: "another claim",
};

const LOGIN_PAGE: &[Choice] = &[
    choice("false", "the hub's own, with a button to Cognito"),
    choice("true", "none: straight to Cognito"),
];

const ALLOW: &[Choice] = &[
    choice("all", "all     everyone in the user pool"),
    choice("users", "users   the users that I name"),
    choice("groups", "groups  the members of Cognito groups that I name"),
];

const GROUPS: &[Choice] = &[
    choice("cognito:groups", "cognito:groups  the user pool's own groups"),
    ANOTHER_CLAIM,
];

/// Reads `true` and `false`, and what people type for them.
fn parse_switch(typed: &str) -> Result<bool, Invalid> {
    match typed.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" | "y" => Ok(true),
        "false" | "no" | "off" | "0" | "n" => Ok(false),
        other => Err(Invalid::new(
            format!("'{other}' is neither true nor false"),
            "use true or false",
        )),
    }
}

fn valid<T>(given: &Layer, key: Key, parse: fn(&str) -> Result<T, Invalid>) -> Option<T> {
    parse(&given.get(&key)?.items.last()?.text).ok()
}

fn hub_is_local(given: &Layer) -> bool {
    valid(given, Key::HubUrl, HubUrl::parse).is_some_and(|url| !url.is_https())
}

/// The mode that was given, or that follows from the hub's address.
fn https_mode(given: &Layer) -> Option<HttpsMode> {
    match given.get(&Key::HttpsMode) {
        Some(_) => valid(given, Key::HttpsMode, HttpsMode::parse),
        None => hub_is_local(given).then_some(HttpsMode::Off),
    }
}

fn allow(given: &Layer) -> Option<Allow> {
    valid(given, Key::Allow, Allow::parse)
}

fn groups_are_used(given: &Layer) -> Option<bool> {
    let administer = given
        .get(&Key::AdminGroups)
        .is_some_and(|given| !given.items.is_empty());
    Some(allow(given)? == Allow::Groups || administer)
}

fn scopes_for_the_claims(given: &Layer, _: Option<OauthenticatorVersion>) -> String {
    let claim = valid(given, Key::Username, UsernameClaim::parse);
    let groups = valid(given, Key::GroupsClaim, GroupsClaim::parse);
    let groups = groups.filter(|_| groups_are_used(given) == Some(true));
    ScopeSet::default_for(&claim.unwrap_or(UsernameClaim::Username), groups.as_ref()).joined()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::answers::{Origin, check_one};

    fn given(texts: &[(Key, &str)]) -> Layer {
        let one = |(key, text): &(Key, &str)| (*key, Given::one(*text, Origin::Prompt));
        texts.iter().map(one).collect()
    }

    #[test]
    fn a_flag_and_its_variable_mirror_each_other() {
        for setting in SETTINGS {
            let mirrored = format!("HUBGATE_{}", setting.flag.replace('-', "_").to_uppercase());
            assert_eq!(setting.variable, mirrored);
            assert_eq!(setting.key.setting().flag, setting.flag);
        }
    }

    #[test]
    fn what_holds_without_an_answer_is_a_valid_answer() {
        for key in Key::all() {
            if let Some(text) = key.default_text(&Layer::new(), None) {
                check_one(key, &text).unwrap();
            }
            if let Fallback::Follows(words, _) = key.setting().fallback {
                let text = key.default_text(&Layer::new(), None).unwrap();
                assert!(words.is_empty() || words.ends_with(&text), "{words}: {text}");
            }
        }
    }

    #[test]
    fn each_choice_is_a_valid_answer_and_fits_a_narrow_terminal() {
        for key in Key::all() {
            for choice in key.setting().choices() {
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
        assert!(Key::GroupsClaim.is_asked(&groups) && !Key::GroupsClaim.matters(&all));
    }

    #[test]
    fn the_scopes_follow_the_claim() {
        let claim = given(&[(Key::Username, "preferred_username")]);
        assert_eq!(
            Key::Scopes.default_text(&claim, None).unwrap(),
            "openid email profile"
        );
        let department = given(&[(Key::Allow, "groups"), (Key::GroupsClaim, "custom:department")]);
        assert_eq!(
            Key::Scopes.default_text(&department, None).unwrap(),
            "openid email profile"
        );
    }
}
