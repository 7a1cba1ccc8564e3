//! The one door: from values as they were typed to [`Answers`], or to everything that is wrong.

use super::checks;
use super::door::Door;
use super::given::Layer;
use super::https::{Https, HttpsMode, parse_email, parse_path};
use super::model::{Access, Allow, Answers, Cognito, Hub};
use super::problem::Problems;
use super::setting::Key;
use crate::cognito::{ClientId, CognitoDomain, ScopeSet, UsernameClaim};
use crate::hub::{BaseUrl, GroupName, HubUrl, OauthenticatorVersion, UserName};
use crate::invalid::{Invalid, Warning};
use crate::secret::SecretSource;

/// Valid answers, what was given for them, and what a person should know all the same: one value, so that what
/// was checked is what is acted on and recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The answers.
    pub answers: Answers,
    /// What was given for them.
    pub given: Layer,
    /// Sentences for the person, each with its origin where it has one.
    pub warnings: Vec<Warning>,
}

/// Checks what was typed and builds the answers.
///
/// `found` is the oauthenticator that this machine's hub has, where there is one; `problems` are
/// those that the sources met while they were read.
///
/// # Errors
/// Every problem of every source together.
pub fn resolve(
    given: &Layer,
    found: Option<OauthenticatorVersion>,
    problems: Problems,
) -> Result<Checked, Problems> {
    let mut door = Door {
        given,
        problems,
        warnings: Vec::new(),
    };
    let version = door.optional(Key::Oauthenticator, OauthenticatorVersion::parse);
    let version = version.map(|v| v.or(found).unwrap_or(OauthenticatorVersion::NEWEST));
    let hub = door.hub();
    let https = door.https(hub.as_ref().map(|hub| &hub.url));
    let cognito = door.cognito();
    let access = door.access();
    if let (Some(hub), Some(https)) = (&hub, &https) {
        checks::https_fits_url(&mut door, &hub.url, https);
    }
    if let (Some(version), Some(access)) = (version, &access) {
        checks::groups_can_be_had(&mut door, version, access);
    }
    if let (Some(hub), Some(cognito), Some(access)) = (&hub, &cognito, &access) {
        checks::names_look_like_the_claim(&mut door, hub, cognito, access);
    }
    match (hub, https, cognito, access, version) {
        (Some(hub), Some(https), Some(cognito), Some(access), Some(oauthenticator))
            if door.problems.is_empty() =>
        {
            let answers = Answers {
                hub,
                https,
                cognito,
                access,
                oauthenticator,
            };
            Ok(Checked {
                answers,
                given: given.clone(),
                warnings: door.warnings,
            })
        }
        _ => Err(door.problems),
    }
}

impl Door<'_> {
    fn hub(&mut self) -> Option<Hub> {
        let url = self.required(
            Key::HubUrl,
            "the address that people type, like https://hub.example.org",
            HubUrl::parse,
        );
        let base_url = self.optional(Key::BaseUrl, BaseUrl::parse);
        let admins = self.users(Key::Admins);
        Some(Hub {
            url: url?,
            base_url: base_url?.unwrap_or_default(),
            admins: admins?,
        })
    }

    fn https(&mut self, url: Option<&HubUrl>) -> Option<Https> {
        let mode = self.optional(Key::HttpsMode, HttpsMode::parse)?;
        let local = url.is_some_and(|url| !url.is_https());
        let mode = mode.unwrap_or(if local {
            HttpsMode::Off
        } else {
            HttpsMode::LetsEncrypt
        });
        match mode {
            HttpsMode::LetsEncrypt => {
                let remedy = "Let's Encrypt writes there before a certificate runs out";
                let email = self.required(Key::HttpsEmail, remedy, parse_email)?;
                Some(Https::LetsEncrypt { email })
            }
            HttpsMode::Certificate => {
                let cert = self.required(Key::HttpsCert, "the certificate's path on the hub", parse_path);
                let key = self.required(Key::HttpsKey, "the private key's path on the hub", parse_path);
                Some(Https::Certificate {
                    cert: cert?,
                    key: key?,
                })
            }
            HttpsMode::Proxy => Some(Https::Proxy),
            HttpsMode::Off => Some(Https::Off),
        }
        .inspect(|https| checks::https_has_no_leftovers(self, https))
    }

    fn cognito(&mut self) -> Option<Cognito> {
        let domain = self.required(
            Key::Domain,
            "the user pool's domain: in the Cognito console, Branding, Domain",
            CognitoDomain::parse,
        );
        let client_id = self.required(
            Key::ClientId,
            "in the Cognito console: your user pool, App clients",
            ClientId::parse,
        );
        let client_secret = self.client_secret();
        if let Some(id) = client_id.as_ref().filter(|id| id.as_str().len() >= 40) {
            let length = id.as_str().len();
            let warning =
                format!("the client id has {length} characters and Cognito's have 26: is it the secret?");
            self.warn(Key::ClientId, &warning);
        }
        let username = self
            .optional(Key::Username, UsernameClaim::parse)
            .map(|c| c.unwrap_or(UsernameClaim::Username));
        if let Some(warning) = username.as_ref().and_then(UsernameClaim::warning) {
            self.warn(Key::Username, &warning);
        }
        let auto_login = self.optional(Key::AutoLogin, parse_switch);
        let scopes = self.scopes(username.as_ref());
        if let (Some(domain), Some(source)) = (&domain, &client_secret) {
            checks::domain_fits_secret(self, domain, source);
        }
        Some(Cognito {
            domain: domain?,
            client_id: client_id?,
            client_secret: client_secret?,
            scopes: scopes?,
            username: username?,
            auto_login: auto_login?.unwrap_or(false),
        })
    }

    fn client_secret(&mut self) -> Option<SecretSource> {
        let remedy = "say where it is, never the secret itself: file:PATH, env:NAME, stdin, secretsmanager:ID or ssm:NAME";
        self.required(Key::ClientSecret, remedy, |text| text.parse::<SecretSource>())
    }

    fn scopes(&mut self, claim: Option<&UsernameClaim>) -> Option<ScopeSet> {
        let Some(given) = self
            .given
            .get(&Key::Scopes)
            .filter(|given| !given.items.is_empty())
        else {
            return claim.map(ScopeSet::default_for);
        };
        match ScopeSet::parse(&given.texts()) {
            Ok(scopes) => {
                if let Some(claim) = claim {
                    checks::scopes_tell_the_claim(self, &scopes, claim);
                }
                Some(scopes)
            }
            Err(invalid) => self.refuse(Key::Scopes, given.origin.clone(), invalid),
        }
    }

    fn access(&mut self) -> Option<Access> {
        let remedy =
            "say who may log in: all (everyone in the user pool), users or groups; there is no default";
        let allow = self.required(Key::Allow, remedy, Allow::parse);
        let users = self.users(Key::Users);
        let groups = self.list(Key::Groups, GroupName::parse);
        let admin_groups = self.list(Key::AdminGroups, GroupName::parse);
        let access = Access {
            allow: allow?,
            users: users?,
            groups: groups?,
            admin_groups: admin_groups?,
        };
        checks::somebody_may_log_in(self, &access);
        Some(access)
    }

    fn users(&mut self, key: Key) -> Option<Vec<UserName>> {
        let users = self.list(key, UserName::parse)?;
        let given = self.given.get(&key);
        let warnings: Vec<Warning> = given.map_or_else(Vec::new, |given| {
            let parsed = given
                .items
                .iter()
                .filter_map(|item| Some((item, UserName::parse(&item.text).ok()?)));
            parsed
                .flat_map(|(item, name)| name.warnings(&item.text))
                .collect()
        });
        for warning in warnings {
            self.warn(key, &warning);
        }
        Some(users)
    }
}

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

/// Checks one setting on its own, as the wizard does after each answer, and returns it as it was
/// understood: one text, or each of a list.
///
/// # Errors
/// The first thing that is wrong with it.
pub fn check_one(key: Key, text: &str) -> Result<Vec<String>, Invalid> {
    fn one<T: ToString>(parsed: Result<T, Invalid>) -> Result<Vec<String>, Invalid> {
        Ok(vec![parsed?.to_string()])
    }
    fn each<T: ToString>(text: &str, parse: fn(&str) -> Result<T, Invalid>) -> Result<Vec<String>, Invalid> {
        let parsed = split(text)?.into_iter().map(|text| Ok(parse(&text)?.to_string()));
        parsed.collect()
    }
    fn split(text: &str) -> Result<Vec<String>, Invalid> {
        super::given::split_list(text).map_err(|problem| Invalid::new(problem, "separate by commas"))
    }
    match key {
        Key::HubUrl => one(HubUrl::parse(text)),
        Key::BaseUrl => one(BaseUrl::parse(text)),
        Key::Admins | Key::Users => each(text, UserName::parse),
        Key::HttpsMode => one(HttpsMode::parse(text).map(HttpsMode::as_str)),
        Key::HttpsEmail => one(parse_email(text)),
        Key::HttpsCert | Key::HttpsKey => one(parse_path(text)),
        Key::Domain => one(CognitoDomain::parse(text)),
        Key::ClientId => one(ClientId::parse(text)),
        Key::ClientSecret => one(text.parse::<SecretSource>()),
        Key::Scopes => Ok(ScopeSet::parse(&split(text)?)?
            .iter()
            .map(str::to_owned)
            .collect()),
        Key::Username => one(UsernameClaim::parse(text)),
        Key::AutoLogin => one(parse_switch(text)),
        Key::Allow => one(Allow::parse(text).map(Allow::as_str)),
        Key::Groups | Key::AdminGroups => each(text, GroupName::parse),
        Key::Oauthenticator => one(OauthenticatorVersion::parse(text)),
    }
}
