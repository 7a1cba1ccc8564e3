//! What was found, stage by stage.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

/// How a stage, or all of them together, ended. Ordered from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was seen to be right.
    Pass,
    /// Neither seen to be right nor to be wrong: not ready yet, not reachable from here, or an answer
    /// that means neither.
    Unknown,
    /// It was seen to be wrong.
    Fail,
}

impl Outcome {
    /// `pass`, `unknown`, `fail`.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Pass => "pass",
            Outcome::Unknown => "unknown",
            Outcome::Fail => "fail",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What is looked at, in this order. The names are part of the JSON, and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageName {
    /// The units `jupyterhub` and `traefik` run. Proves nothing alone: a hub that dies and is started
    /// again every second is "active" too.
    Units,
    /// `/hub/api` answers as JupyterHub does, through this machine's traefik.
    HubApi,
    /// The hub's login page offers Cognito, or goes there by itself.
    LoginPage,
    /// `/hub/oauth_login` sends the browser to Cognito with exactly the right request.
    AuthorizeRedirect,
    /// The certificate is real, for the hub's name, trusted and in date.
    Certificate,
    /// Cognito knows the app client, its callback URL, flow and scopes, and shows its login page.
    CognitoClient,
    /// The client secret is the app client's.
    ClientSecret,
    /// Cognito accepts the sign-out URL.
    SignOut,
    /// The hub answers at the address that people type.
    PublicAddress,
}

impl StageName {
    /// Every stage, in order.
    pub const ALL: [StageName; 9] = [
        StageName::Units,
        StageName::HubApi,
        StageName::LoginPage,
        StageName::AuthorizeRedirect,
        StageName::Certificate,
        StageName::CognitoClient,
        StageName::ClientSecret,
        StageName::SignOut,
        StageName::PublicAddress,
    ];

    /// The name in kebab case, as in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            StageName::Units => "units",
            StageName::HubApi => "hub-api",
            StageName::LoginPage => "login-page",
            StageName::AuthorizeRedirect => "authorize-redirect",
            StageName::Certificate => "certificate",
            StageName::CognitoClient => "cognito-client",
            StageName::ClientSecret => "client-secret",
            StageName::SignOut => "sign-out",
            StageName::PublicAddress => "public-address",
        }
    }
}

impl fmt::Display for StageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One stage and what was found there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stage {
    /// Which one.
    pub name: StageName,
    /// How it ended.
    pub outcome: Outcome,
    /// Why it did not pass, as a word for programs; stays the same while sentences change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<StageCause>,
    /// What was found: a sentence without a full stop. Never holds a secret.
    pub found: String,
    /// What mends it, or what to look at next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

impl Stage {
    pub(super) fn pass(name: StageName, found: impl Into<String>) -> Self {
        Stage {
            name,
            outcome: Outcome::Pass,
            cause: None,
            found: printable(found.into()),
            remedy: None,
        }
    }

    pub(super) fn fail(name: StageName, cause: StageCause, found: impl Into<String>) -> Self {
        Stage {
            outcome: Outcome::Fail,
            cause: Some(cause),
            ..Self::pass(name, found)
        }
    }

    pub(super) fn unknown(name: StageName, cause: StageCause, found: impl Into<String>) -> Self {
        Stage {
            outcome: Outcome::Unknown,
            cause: Some(cause),
            ..Self::pass(name, found)
        }
    }

    pub(super) fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }
}

/// Words of others (a Location, a certificate's names) may hold anything; a terminal shall not obey them.
fn printable(words: String) -> String {
    const LONGEST: usize = 1000;
    let mut clean: String = words
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect();
    if clean.len() < words.len() && clean.chars().count() == LONGEST {
        clean.push('…');
    }
    clean
}

/// Everything that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// In order; a stage that this hub has no use for (a certificate without HTTPS) is left out.
    pub stages: Vec<Stage>,
    /// What no look from outside can tell, whatever the outcome: only a person's login shows it.
    pub not_checked: Vec<&'static str>,
    /// How long it all took.
    #[serde(rename = "took_ms", serialize_with = "milliseconds")]
    pub took: Duration,
}

impl VerifyReport {
    /// The worst outcome; a report without stages is unknown.
    pub fn worst(&self) -> Outcome {
        self.stages
            .iter()
            .map(|stage| stage.outcome)
            .max()
            .unwrap_or(Outcome::Unknown)
    }

    /// The stages that ended so.
    pub fn with(&self, outcome: Outcome) -> impl Iterator<Item = &Stage> {
        self.stages.iter().filter(move |stage| stage.outcome == outcome)
    }

    /// The stage of that name, where this hub has it.
    pub fn stage(&self, name: StageName) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.name == name)
    }
}

fn milliseconds<S: serde::Serializer>(took: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(took.as_millis()).unwrap_or(u64::MAX))
}

/// Why a stage did not pass. The names are part of the JSON, and stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StageCause {
    // Any stage.
    /// Not looked at, since something before it is wrong.
    NotAsked,
    /// Ctrl-C or SIGTERM.
    Stopped,
    // Units.
    /// A unit does not run.
    UnitDown,
    /// A unit is being started, again perhaps.
    UnitStarting,
    /// There is no systemd here, or it does not answer.
    NoSystemd,
    // This machine's hub.
    /// Nothing listens where traefik should.
    TraefikDown,
    /// traefik answers, and the hub behind it does not.
    HubDown,
    /// traefik does not know the hub yet, or the hub says that it is not ready.
    HubStarting,
    /// No answer in time.
    HubSilent,
    /// Something answers that is not JupyterHub.
    NotJupyterhub,
    /// A person's browser would be sent elsewhere than `config.yaml` says.
    OtherAddress,
    /// The hub answers this page with an error.
    HubError,
    /// The login page asks for something else, such as a password.
    OtherLogin,
    /// The hub has no `/hub/oauth_login`: no OAuth there.
    NoOauth,
    /// The request to Cognito differs from the answers.
    AuthorizeDiffers,
    // The certificate.
    /// `config.yaml` has no HTTPS.
    HttpsOff,
    /// traefik shows the certificate that it makes itself.
    DefaultCertificate,
    /// It is for other names.
    WrongName,
    /// Its time is over.
    Expired,
    /// Its time is nearly over.
    ExpiresSoon,
    /// Its time has not begun, by this machine's clock.
    NotYetValid,
    /// This machine does not trust whoever signed it.
    Untrusted,
    /// The handshake failed, or the certificate cannot be read.
    TlsFailed,
    // Cognito.
    /// The callback URL is not registered.
    RedirectMismatch,
    /// No such app client.
    UnknownClient,
    /// OAuth is not enabled for the app client, or it has no identity provider.
    ClientNotEnabled,
    /// A scope is not allowed for the app client.
    InvalidScope,
    /// The app client may not use the code flow.
    FlowNotAllowed,
    /// Managed login without a branding style.
    BrandingMissing,
    /// Cognito refuses the request in another way.
    Refused,
    /// Nobody has this domain, as it seems.
    NoSuchDomain,
    /// Cognito cannot be reached from here.
    CognitoUnreachable,
    /// 429 or 5xx: Cognito has no time, or a problem of its own.
    CognitoTrouble,
    /// An answer that is none of Cognito's.
    OddAnswer,
    /// The secret is another's.
    WrongSecret,
    /// There is no secret to try.
    SecretNotAtHand,
    /// The sign-out URL is not registered.
    SignOutRefused,
    // The public name.
    /// The name has no address (yet).
    NoAddress,
    /// Nobody answers there, as seen from here.
    PublicUnreachable,
    /// Somebody answers there, and it is not this hub with this configuration.
    OtherSite,
}

impl StageCause {
    /// May it be gone in a moment without anybody's doing?
    pub(super) fn is_passing(self) -> bool {
        matches!(
            self,
            StageCause::DefaultCertificate
                | StageCause::TlsFailed
                | StageCause::NoAddress
                | StageCause::PublicUnreachable
                | StageCause::OtherSite
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn people_and_programs_read_the_same_words() {
        for outcome in [Outcome::Pass, Outcome::Unknown, Outcome::Fail] {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
            assert_eq!(outcome.to_string(), outcome.as_str());
        }
        for name in StageName::ALL {
            assert_eq!(serde_json::to_value(name).unwrap(), name.as_str());
            assert_eq!(name.to_string(), name.as_str());
        }
    }
}
