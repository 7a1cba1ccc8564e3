//! The OAuth settings, as the hub's oauthenticator understands them.

use super::finding::Finding;
use super::python_settings::{PythonSetting, is_placeholder, settings_of};
use crate::hub::{Dialect, OauthenticatorVersion};
use crate::tljh::Observed;

const APPLY: &str = "write the settings with hubgate apply, which knows this version";

pub(super) fn check(observed: &Observed, findings: &mut Vec<Finding>) {
    let Some((path, text)) = super::oauth_settings(observed) else {
        return;
    };
    let path = path.display().to_string();
    let ours = |setting: &PythonSetting| setting.class.ends_with("OAuthenticator");
    let settings: Vec<PythonSetting> = settings_of(&text).into_iter().filter(ours).collect();
    let found = observed.versions.oauthenticator.as_deref();
    let Some(version) = found.and_then(|version| OauthenticatorVersion::parse(version).ok()) else {
        let what = match found {
            Some(version) => format!("the hub has oauthenticator {version}, and this hubgate knows 14 to 17"),
            None => "the hub's environment has no oauthenticator".to_owned(),
        };
        findings.push(Finding::new(
            "oauthenticator-unknown",
            what,
            "run TLJH's installer again, or get a newer hubgate",
        ));
        return;
    };
    let mut look = Look {
        settings: &settings,
        version,
        path: &path,
        findings,
    };
    look.written_for(&text);
    look.names();
    look.addresses();
    look.scopes();
    look.claim();
    look.groups();
    look.somebody_is_allowed(observed);
}

struct Look<'a> {
    settings: &'a [PythonSetting],
    version: OauthenticatorVersion,
    path: &'a str,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Look<'a> {
    fn get(&self, name: &str) -> Option<&'a PythonSetting> {
        self.settings.iter().rfind(|setting| setting.name == name)
    }

    fn report(
        &mut self,
        setting: Option<&PythonSetting>,
        name: &'static str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let place = setting.map_or_else(
            || self.path.to_owned(),
            |setting| format!("{}:{}", self.path, setting.line),
        );
        self.findings.push(Finding::new(name, what, remedy).at(place));
    }

    /// hubgate's own file names the version that it was written for.
    fn written_for(&mut self, text: &str) {
        let first = text.lines().next().unwrap_or_default();
        let Some((_, written)) = first.split_once("for oauthenticator ") else {
            return;
        };
        let Ok(written) = OauthenticatorVersion::parse(written.trim_matches(['"', '.', ' '])) else {
            return;
        };
        if written.dialect() != self.version.dialect() {
            let what = format!(
                "it was written for oauthenticator {written}, and the hub has {}",
                self.version
            );
            self.report(None, "version-mismatch", what, "run hubgate apply again");
        }
    }

    /// Settings that this version does not know, or knows under another name.
    fn names(&mut self) {
        let dialect = self.version.dialect();
        for setting in self.settings {
            let name = setting.name.as_str();
            let what = match name {
                "userdata_method" => "userdata_method is unknown since oauthenticator 14".to_owned(),
                "username_key" if dialect >= Dialect::V16_0 => {
                    "username_key is named username_claim since 16.0".to_owned()
                }
                "username_claim" if dialect == Dialect::V14 => {
                    "username_claim is unknown before 16.0; it is username_key".to_owned()
                }
                "extra_params" if dialect >= Dialect::V16_0 => {
                    "extra_params is named token_params since 16.0".to_owned()
                }
                "tls_verify" if dialect >= Dialect::V16_0 => {
                    "tls_verify is named validate_server_cert since 16.0".to_owned()
                }
                "claim_groups_key" if dialect == Dialect::V17 => {
                    "claim_groups_key is named auth_state_groups_key since 17".to_owned()
                }
                "auth_state_groups_key" if dialect < Dialect::V17 => {
                    "auth_state_groups_key is unknown before 17".to_owned()
                }
                "allow_all" | "allow_existing_users" if dialect == Dialect::V14 => {
                    format!("{name} is unknown before 16.0")
                }
                "enable_pkce" if !self.version.has_pkce() => "enable_pkce is unknown before 17.1".to_owned(),
                "basic_auth" if setting.is_true() && dialect == Dialect::V16_0 => {
                    "basic_auth sends a broken header up to 16.1.0".to_owned()
                }
                _ => continue,
            };
            let kind = if name == "username_key" || name == "extra_params" || name == "tls_verify" {
                "deprecated-setting"
            } else {
                "unknown-setting"
            };
            self.report(Some(setting), kind, what, APPLY);
        }
    }

    fn addresses(&mut self) {
        for (name, end) in [
            ("authorize_url", "/oauth2/authorize"),
            ("token_url", "/oauth2/token"),
            ("userdata_url", "/oauth2/userInfo"),
        ] {
            let Some(setting) = self.get(name) else { continue };
            let Some(url) = setting.text() else { continue };
            if is_placeholder(url) {
                self.report(
                    Some(setting),
                    "placeholder",
                    format!("{name} is still the documentation's placeholder"),
                    APPLY,
                );
            } else if !url.starts_with("https://") || !url.ends_with(end) {
                let what = format!("{name} is {url}, and Cognito's is https://DOMAIN{end}");
                self.report(Some(setting), "wrong-endpoint", what, APPLY);
            }
        }
        for name in ["client_id", "client_secret"] {
            if let Some(setting) = self.get(name).filter(|s| s.text().is_some_and(is_placeholder)) {
                self.report(
                    Some(setting),
                    "placeholder",
                    format!("{name} is still the documentation's placeholder"),
                    APPLY,
                );
            }
        }
        self.callback();
        self.logout();
    }

    fn callback(&mut self) {
        let Some(setting) = self.get("oauth_callback_url") else {
            if !self.settings.is_empty() {
                let what = "oauth_callback_url is not set; behind traefik the hub guesses http, which Cognito refuses";
                self.report(None, "callback-missing", what, APPLY);
            }
            return;
        };
        let Some(url) = setting.text() else { return };
        let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"]
            .iter()
            .any(|start| url.starts_with(start));
        if is_placeholder(url) {
            self.report(
                Some(setting),
                "placeholder",
                "oauth_callback_url is still the documentation's placeholder",
                APPLY,
            );
        } else if !url.starts_with("https://") && !local {
            let what = "oauth_callback_url is http, and Cognito sends nobody back to an http address other than localhost";
            self.report(
                Some(setting),
                "http-callback",
                what,
                "set up HTTPS with hubgate apply",
            );
        } else if !url.ends_with("/hub/oauth_callback") {
            let what = format!("oauth_callback_url is {url}, and the hub's ends in /hub/oauth_callback");
            self.report(Some(setting), "wrong-callback", what, APPLY);
        }
    }

    fn logout(&mut self) {
        let Some(setting) = self.get("logout_redirect_url") else {
            return;
        };
        let Some(url) = setting.text() else { return };
        let what = if url.contains("/oauth2/logout") {
            "logout_redirect_url leads to /oauth2/logout, which Cognito does not have: people see an error when they log out"
        } else if url.contains("/logout") && !(url.contains("client_id=") && url.contains("logout_uri=")) {
            "logout_redirect_url lacks client_id or logout_uri: Cognito shows an error, and one click logs in again"
        } else {
            return;
        };
        self.report(Some(setting), "wrong-logout", what, APPLY);
    }

    fn scopes(&mut self) {
        let Some(setting) = self.get("scope") else { return };
        if !setting.value.contains("openid") && setting.value.contains(['"', '\'']) {
            let what = "scope lacks openid, without which Cognito does not say who logged in";
            self.report(Some(setting), "no-openid", what, APPLY);
        }
        if setting.value.contains("offline_access") {
            self.report(
                Some(setting),
                "invalid-scope",
                "scope holds offline_access, which Cognito refuses",
                APPLY,
            );
        }
    }

    fn claim(&mut self) {
        let setting = self.get("username_claim").or_else(|| self.get("username_key"));
        if let Some(setting) = setting.filter(|setting| setting.text() == Some("login")) {
            let what = "the user name is taken from the claim login, which Cognito does not have: every login ends in an error 500";
            self.report(Some(setting), "no-such-claim", what, APPLY);
        }
        if let (Some(setting), None) = (
            setting.filter(|s| s.text() == Some("email")),
            self.get("email_verified"),
        ) {
            let what = "e-mail addresses become user names, verified or not: anyone can take an account by claiming its address";
            self.report(
                Some(setting),
                "unverified-email",
                what,
                "hubgate apply with --username-claim email refuses those that are not verified",
            );
        }
    }

    fn groups(&mut self) {
        let used = ["allowed_groups", "admin_groups"]
            .iter()
            .find_map(|name| self.get(name))
            .filter(|s| !s.is_empty());
        let from_token = self
            .get("userdata_from_id_token")
            .is_some_and(PythonSetting::is_true);
        if let Some(setting) = used {
            if !self.version.dialect().has_groups() {
                let what = format!(
                    "Cognito's groups do not reach oauthenticator {}, they need 16.3",
                    self.version
                );
                self.report(
                    Some(setting),
                    "groups-unavailable",
                    what,
                    "allow users or all, or upgrade the hub",
                );
            } else if !from_token {
                let what = "groups are used, but Cognito tells them in the ID token alone, which the hub does not read";
                self.report(Some(setting), "groups-not-told", what, APPLY);
            }
        }
        let managed = self.get("manage_groups").is_some_and(PythonSetting::is_true);
        let named = used.or_else(|| self.get("auth_state_groups_key"));
        if self.version.dialect() == Dialect::V17 && !managed && named.is_some() {
            let what = "groups are used without manage_groups, and oauthenticator 17 does not start so";
            self.report(named, "manage-groups", what, APPLY);
        }
        if let (true, Some(setting)) = (from_token, self.get("userdata_url")) {
            let what =
                "userdata_url and userdata_from_id_token are set together, which oauthenticator refuses";
            self.report(Some(setting), "userdata-conflict", what, "keep one of them");
        }
    }

    /// From 16.0 nobody gets in without a rule.
    fn somebody_is_allowed(&mut self, observed: &Observed) {
        if self.version.dialect() == Dialect::V14 || self.settings.is_empty() {
            return;
        }
        let rules = [
            "allow_all",
            "allow_existing_users",
            "allowed_users",
            "allowed_groups",
            "admin_groups",
            "admin_users",
        ];
        let ruled = self
            .settings
            .iter()
            .any(|setting| rules.contains(&setting.name.as_str()) && !setting.is_empty());
        let Ok(config) = &observed.config else { return };
        let named = !config.texts("users.allowed").is_empty();
        if !ruled && !named {
            let what = "no rule lets anyone in: everyone but administrators gets 403";
            self.report(
                None,
                "nobody-allowed",
                what,
                "run hubgate apply with --allow all, users or groups",
            );
        }
    }
}
