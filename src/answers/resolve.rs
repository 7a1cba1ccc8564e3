//! The one door: from values as they were typed to [`Answers`], or to everything that is wrong.

use super::checks;
use super::door::Door;
use super::given::Layer;
use super::https::{Https, HttpsMode};
use super::model::{Access, Answers, Cognito, Hub};
use super::problem::Problems;
use super::setting::{Key, Typed};
use super::table::typed;
use crate::cognito::UsernameClaim;
use crate::hub::{OauthenticatorVersion, UserName};
use crate::invalid::Warning;

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
        found,
        problems,
        warnings: Vec::new(),
    };
    let version = door.take(&typed::Oauthenticator);
    let hub = door.hub();
    let https = door.https();
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
        if access.needs_groups() {
            let claim = &access.groups_claim;
            checks::scopes_tell(&mut door, &cognito.scopes, claim.as_str(), claim.scope_needed());
        }
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
        let url = self.take(&typed::HubUrl);
        let base_url = self.take(&typed::BaseUrl);
        let admins = self.users(&typed::Admins);
        Some(Hub {
            url: url?,
            base_url: base_url?,
            admins: admins?,
        })
    }

    fn https(&mut self) -> Option<Https> {
        let https = match self.take(&typed::HttpsMode)? {
            HttpsMode::LetsEncrypt => Https::LetsEncrypt {
                email: self.take(&typed::HttpsEmail)?,
            },
            HttpsMode::Certificate => {
                let cert = self.take(&typed::HttpsCert);
                let key = self.take(&typed::HttpsKey);
                Https::Certificate {
                    cert: cert?,
                    key: key?,
                }
            }
            HttpsMode::Proxy => Https::Proxy,
            HttpsMode::Off => Https::Off,
        };
        checks::https_has_no_leftovers(self, &https);
        Some(https)
    }

    fn cognito(&mut self) -> Option<Cognito> {
        let domain = self.take(&typed::Domain);
        let client_id = self.take(&typed::ClientId);
        let client_secret = self.take(&typed::ClientSecret);
        let username = self.take(&typed::Username);
        if let Some(warning) = username.as_ref().and_then(UsernameClaim::warning) {
            self.warn(Key::Username, &warning);
        }
        let auto_login = self.take(&typed::AutoLogin);
        let scopes = self.take(&typed::Scopes);
        if let (Some(scopes), Some(claim)) = (&scopes, &username) {
            checks::scopes_tell(self, scopes, claim.as_str(), claim.scope_needed());
        }
        if let (Some(domain), Some(source)) = (&domain, &client_secret) {
            checks::domain_fits_secret(self, domain, source);
        }
        Some(Cognito {
            domain: domain?,
            client_id: client_id?,
            client_secret: client_secret?,
            scopes: scopes?,
            username: username?,
            auto_login: auto_login?,
        })
    }

    fn access(&mut self) -> Option<Access> {
        let allow = self.take(&typed::Allow);
        let users = self.users(&typed::Users);
        let groups = self.take(&typed::Groups);
        let admin_groups = self.take(&typed::AdminGroups);
        let groups_claim = self.take(&typed::GroupsClaim);
        let access = Access {
            allow: allow?,
            users: users?,
            groups: groups?,
            admin_groups: admin_groups?,
            groups_claim: groups_claim?,
        };
        checks::somebody_may_log_in(self, &access);
        checks::groups_claim_is_used(self, &access);
        Some(access)
    }

    fn users(&mut self, setting: &Typed<Vec<UserName>>) -> Option<Vec<UserName>> {
        let users = self.take(setting)?;
        let given = self.given.get(&setting.key);
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
            self.warn(setting.key, &warning);
        }
        Some(users)
    }
}
