//! What the templates know.

use serde::Serialize;

use super::tljh_config::{TljhChange, tljh_changes};
use crate::answers::{Allow, Answers, Https};
use crate::cognito::UsernameClaim;
use crate::hub::Dialect;
use crate::secret::SecretSource;

/// The AWS command line that user data installs into an environment of its own.
pub const AWSCLI: &str = "awscli==1.46.3";

/// The values that the templates of a hub's files may name.
#[derive(Debug, Clone, Serialize)]
pub struct Context {
    oauthenticator: String,
    release: ReleaseContext,
    hub: HubContext,
    cognito: CognitoContext,
    access: AccessContext,
    dialect: DialectContext,
    secret: SecretContext,
    changes: Vec<TljhChange>,
    https_mode: &'static str,
    proxy_reload: bool,
    local_https: bool,
    tljh_version: Option<&'static str>,
    awscli: &'static str,
    hubgate_version: &'static str,
}

/// oauthenticator's version as numbers, which need no quotes in a comment.
#[derive(Debug, Clone, Serialize)]
struct ReleaseContext {
    major: u16,
    minor: u16,
    patch: u16,
}

#[derive(Debug, Clone, Serialize)]
struct HubContext {
    url: String,
    host: String,
    base_url: String,
    callback_url: String,
    sign_out_url: String,
    admins: Vec<String>,
}

#[derive(Debug, Clone, Serialize)]
struct CognitoContext {
    domain: String,
    region: Option<String>,
    client_id: String,
    authorize_url: String,
    token_url: String,
    userinfo_url: String,
    logout_redirect_url: String,
    scopes: Vec<String>,
    scopes_joined: String,
    claim: String,
    claim_always_present: bool,
    refuse_unverified: bool,
    auto_login: bool,
}

#[derive(Debug, Clone, Serialize)]
struct AccessContext {
    allow: &'static str,
    users: Vec<String>,
    groups: Vec<String>,
    admin_groups: Vec<String>,
    uses_groups: bool,
    groups_claim: String,
    groups_of_the_pool: bool,
}

/// What the hub's oauthenticator understands; see [`Dialect`].
#[derive(Debug, Clone, Serialize)]
struct DialectContext {
    has_username_claim: bool,
    states_post_auth: bool,
    has_allow_all: bool,
    has_manage_groups: bool,
    has_pkce: bool,
    has_logout_redirect: bool,
}

#[derive(Debug, Clone, Serialize)]
struct SecretContext {
    kind: &'static str,
    source: String,
    path: Option<String>,
    in_home: bool,
    variable: Option<String>,
    id: Option<String>,
    region: Option<String>,
    json_key: Option<String>,
}

impl Context {
    /// Lays the answers out for the templates.
    pub fn new(answers: &Answers) -> Self {
        let changes = tljh_changes(answers);
        Self {
            oauthenticator: answers.oauthenticator.to_string(),
            release: release(answers),
            hub: hub(answers),
            cognito: cognito(answers),
            access: access(answers),
            dialect: dialect(answers),
            secret: secret(&answers.cognito.client_secret),
            https_mode: answers.https.mode().as_str(),
            proxy_reload: changes.iter().any(TljhChange::concerns_proxy),
            local_https: matches!(
                answers.https,
                Https::LetsEncrypt { .. } | Https::Certificate { .. }
            ),
            changes,
            tljh_version: tljh_version(answers.oauthenticator.dialect()),
            awscli: AWSCLI,
            hubgate_version: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// The TLJH release that user data installs; none for the current one.
fn tljh_version(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::V14 => Some("0.2.0"),
        Dialect::V16_0 | Dialect::V16_3 => Some("1.0.0"),
        Dialect::V17 => None,
    }
}

fn release(answers: &Answers) -> ReleaseContext {
    let (major, minor, patch) = answers.oauthenticator.numbers();
    ReleaseContext { major, minor, patch }
}

fn hub(answers: &Answers) -> HubContext {
    HubContext {
        url: answers.hub.url.as_str().to_owned(),
        host: answers.hub.url.host().to_owned(),
        base_url: answers.hub.base_url.as_str().to_owned(),
        callback_url: answers.callback_url(),
        sign_out_url: answers.sign_out_url(),
        admins: texts(&answers.hub.admins),
    }
}

fn cognito(answers: &Answers) -> CognitoContext {
    let cognito = &answers.cognito;
    let claim = if answers.access.needs_groups() {
        cognito.username.in_id_token()
    } else {
        cognito.username.as_str()
    };
    CognitoContext {
        domain: cognito.domain.as_str().to_owned(),
        region: cognito.domain.region().map(str::to_owned),
        client_id: cognito.client_id.as_str().to_owned(),
        authorize_url: cognito.domain.authorize_url(),
        token_url: cognito.domain.token_url(),
        userinfo_url: cognito.domain.userinfo_url(),
        logout_redirect_url: answers.logout_redirect_url(),
        scopes: cognito.scopes.iter().map(str::to_owned).collect(),
        scopes_joined: cognito.scopes.joined(),
        claim: claim.to_owned(),
        claim_always_present: matches!(cognito.username, UsernameClaim::Username | UsernameClaim::Sub),
        refuse_unverified: cognito.username == UsernameClaim::Email,
        auto_login: cognito.auto_login,
    }
}

fn access(answers: &Answers) -> AccessContext {
    AccessContext {
        allow: answers.access.allow.as_str(),
        users: texts(&answers.access.users),
        groups: texts(if answers.access.allow == Allow::Groups {
            &answers.access.groups
        } else {
            &[]
        }),
        admin_groups: texts(&answers.access.admin_groups),
        uses_groups: answers.access.needs_groups(),
        groups_claim: answers.access.groups_claim.as_str().to_owned(),
        groups_of_the_pool: answers.access.groups_claim.is_of_the_pool(),
    }
}

fn dialect(answers: &Answers) -> DialectContext {
    let version = answers.oauthenticator;
    let dialect = version.dialect();
    DialectContext {
        has_username_claim: dialect >= Dialect::V16_0,
        states_post_auth: dialect == Dialect::V16_0 && version.has_basic_auth_by_default(),
        has_allow_all: dialect >= Dialect::V16_0,
        has_manage_groups: dialect == Dialect::V17,
        has_pkce: version.has_pkce(),
        has_logout_redirect: version.has_logout_redirect(),
    }
}

fn secret(source: &SecretSource) -> SecretContext {
    let mut context = SecretContext {
        kind: "stdin",
        source: source.to_string(),
        path: None,
        in_home: false,
        variable: None,
        id: None,
        region: None,
        json_key: None,
    };
    match source {
        SecretSource::File(path) => {
            context.kind = "file";
            let path = path.to_string_lossy();
            context.in_home = path.starts_with("~/");
            context.path = Some(path.strip_prefix("~/").unwrap_or(&path).to_owned());
        }
        SecretSource::Env(name) => {
            context.kind = "env";
            context.variable = Some(name.clone());
        }
        SecretSource::Stdin => {}
        SecretSource::SecretsManager { id, json_key } => {
            context.kind = "secretsmanager";
            context.region = region_of_arn(id);
            context.id = Some(id.clone());
            context.json_key.clone_from(json_key);
        }
        SecretSource::Ssm(name) => {
            context.kind = "ssm";
            context.region = region_of_arn(name);
            context.id = Some(name.clone());
        }
    }
    context
}

/// `arn:PARTITION:SERVICE:REGION:…`.
fn region_of_arn(id: &str) -> Option<String> {
    let region = id.strip_prefix("arn:")?.split(':').nth(2)?;
    (!region.is_empty()).then(|| region.to_owned())
}

fn texts(names: &[impl ToString]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}
