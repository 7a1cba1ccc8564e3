//! Checks that span several settings: what Cognito, Let's Encrypt, TLJH or oauthenticator would
//! only reveal at the first login.

use super::door::Door;
use super::https::Https;
use super::model::{Access, Allow, Cognito, Hub};
use super::setting::Key;
use crate::cognito::{CognitoDomain, ScopeSet, UsernameClaim};
use crate::hub::{HubUrl, OauthenticatorVersion, UserName};
use crate::secret::SecretSource;

/// Let's Encrypt issues for public names on port 443 only, and never under `amazonaws.com`.
pub(super) fn https_fits_url(door: &mut Door<'_>, url: &HubUrl, https: &Https) {
    match https {
        Https::LetsEncrypt { .. } => lets_encrypt_can_issue(door, url),
        Https::Certificate { .. } | Https::Proxy if !url.is_https() => {
            let what = format!("mode is {}, but the hub's URL is {url}", https.mode().as_str());
            door.clash(Key::HttpsMode, what, "make the URL https://, or the mode off");
        }
        Https::Off if url.is_https() => {
            let what = format!("mode is off, but the hub's URL is {url}");
            door.clash(
                Key::HttpsMode,
                what,
                "use letsencrypt, certificate, or proxy where TLS ends in front of the hub",
            );
        }
        Https::Off if !url.is_local() => {
            door.clash(
                Key::HttpsMode,
                "mode off is for localhost only",
                "use letsencrypt, certificate or proxy",
            );
        }
        Https::Certificate { .. } if url.port().is_some() => {
            let what = format!("{url} names a port, and TLJH serves HTTPS on 443");
            door.clash(Key::HubUrl, what, "leave the port out");
        }
        Https::Certificate { .. } | Https::Proxy | Https::Off => {}
    }
}

fn lets_encrypt_can_issue(door: &mut Door<'_>, url: &HubUrl) {
    let host = url.host();
    let remedy = "use a name of your own that points to the hub, or https mode certificate or proxy";
    if url.is_local() {
        let what = format!("Let's Encrypt issues no certificate for {host}");
        door.clash(
            Key::HttpsMode,
            what,
            "use mode off for a hub on this machine only",
        );
    } else if url.is_address() {
        door.clash(
            Key::HubUrl,
            format!("Let's Encrypt issues no certificate for the address {host}"),
            remedy,
        );
    } else if host.ends_with(".amazonaws.com") {
        let what =
            format!("Let's Encrypt issues no certificate for {host}, nor for any name under amazonaws.com");
        door.clash(Key::HubUrl, what, remedy);
    } else if [".local", ".internal", ".lan", ".test", ".localhost", ".invalid"]
        .iter()
        .any(|end| host.ends_with(end))
    {
        door.clash(
            Key::HubUrl,
            format!("{host} is no public name, so Let's Encrypt cannot reach it"),
            remedy,
        );
    } else if let Some(port) = url.port() {
        let what = format!("{url} names port {port}, and TLJH serves HTTPS on 443");
        door.clash(Key::HubUrl, what, "leave the port out");
    }
}

/// A value for another mode is a decision that would silently be dropped.
pub(super) fn https_has_no_leftovers(door: &mut Door<'_>, https: &Https) {
    let mode = https.mode().as_str();
    let unused: &[Key] = match https {
        Https::LetsEncrypt { .. } => &[Key::HttpsCert, Key::HttpsKey],
        Https::Certificate { .. } => &[Key::HttpsEmail],
        Https::Proxy | Https::Off => &[Key::HttpsEmail, Key::HttpsCert, Key::HttpsKey],
    };
    for key in unused {
        if door.typed(*key).is_some() {
            let what = format!(
                "{} is given, but https mode {mode} does not use it",
                key.setting().dotted()
            );
            door.clash(*key, what, "leave it out, or change the mode");
        }
    }
}

/// GovCloud has no custom domains, and a prefix domain tells its region.
///
/// Source: <https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-cog.html>
pub(super) fn domain_fits_secret(door: &mut Door<'_>, domain: &CognitoDomain, source: &SecretSource) {
    let SecretSource::SecretsManager { id, .. } = source else {
        return;
    };
    if id.starts_with("arn:aws-us-gov:") && domain.is_custom() {
        let what = format!("{domain} is a custom domain, and GovCloud (where the secret is) has none");
        door.clash(
            Key::Domain,
            what,
            "use PREFIX.auth-fips.us-gov-west-1.amazoncognito.com",
        );
    }
}

/// Once a scope beside `openid` narrows what is told, the claim needs its own scope.
pub(super) fn scopes_tell(door: &mut Door<'_>, scopes: &ScopeSet, claim: &str, needed: Option<&str>) {
    let Some(needed) = needed else {
        return;
    };
    let narrowed = ["email", "phone", "profile"]
        .iter()
        .any(|scope| scopes.contains(scope));
    if narrowed
        && !scopes.contains(needed)
        && !(scopes.contains("profile") && needed != "email" && needed != "phone")
    {
        let what = format!(
            "with the scopes {}, Cognito does not tell the claim {claim}",
            scopes.joined()
        );
        door.clash(
            Key::Scopes,
            what,
            format!("add {needed}, or ask for openid alone"),
        );
    }
}

/// Refuses rules that let nobody in, and lists that the rule would ignore.
pub(super) fn somebody_may_log_in(door: &mut Door<'_>, access: &Access) {
    match access.allow {
        Allow::Users if access.users.is_empty() => door.clash(
            Key::Allow,
            "allow is users, but no user is named",
            "name at least one in users (administrators too), or use all or groups",
        ),
        Allow::Groups if access.groups.is_empty() => door.clash(
            Key::Allow,
            "allow is groups, but no group is named",
            "name at least one in groups, or use all or users",
        ),
        _ => {}
    }
    if access.allow == Allow::All && !access.users.is_empty() {
        door.clash(
            Key::Users,
            "users are named, but allow is all: everyone may log in",
            "leave them out, or use allow users",
        );
    }
    if access.allow != Allow::Groups && !access.groups.is_empty() {
        let what = format!("groups are named, but allow is {}", access.allow.as_str());
        door.clash(Key::Groups, what, "leave them out, or use allow groups");
    }
}

/// A claim for groups that nothing asks for is a decision that would silently be dropped.
pub(super) fn groups_claim_is_used(door: &mut Door<'_>, access: &Access) {
    let claim = &access.groups_claim;
    match claim.warning() {
        Some(warning) if access.needs_groups() => door.warn(Key::GroupsClaim, &warning),
        _ if access.needs_groups() || claim.is_of_the_pool() => {}
        _ => door.clash(
            Key::GroupsClaim,
            "a claim for groups is given, but no group is named",
            "leave it out, or name groups or admin_groups",
        ),
    }
}

/// Below 16.3 oauthenticator reads userInfo alone, where Cognito never tells groups.
pub(super) fn groups_can_be_had(door: &mut Door<'_>, version: OauthenticatorVersion, access: &Access) {
    if version.dialect().has_groups() {
        return;
    }
    let remedy = "allow all or users, or upgrade the hub: TLJH 1.0 and later can have 16.3";
    let what =
        format!("Cognito's groups do not reach a hub with oauthenticator {version}, they need 16.3 or newer");
    if access.allow == Allow::Groups {
        door.clash(Key::Allow, what, remedy);
    } else if !access.admin_groups.is_empty() {
        door.clash(
            Key::AdminGroups,
            what,
            "name administrators in [hub] admins, or upgrade the hub",
        );
    }
}

/// An administrator's name that the claim can never yield is a typing error.
pub(super) fn names_look_like_the_claim(door: &mut Door<'_>, hub: &Hub, cognito: &Cognito, access: &Access) {
    let (fits, shape): (fn(&UserName) -> bool, &str) = match cognito.username {
        UsernameClaim::Email => (|name| name.as_str().contains('@'), "an e-mail address"),
        UsernameClaim::Sub => (
            |name| is_uuid(name.as_str()),
            "a UUID like a1b2c3d4-…, the user's sub",
        ),
        _ => return,
    };
    let claim = &cognito.username;
    for (key, names) in [(Key::Admins, &hub.admins), (Key::Users, &access.users)] {
        for name in names.iter().filter(|name| !fits(name)) {
            let warning = format!(
                "'{name}' is not {shape}, so nobody logs in under it while the username claim is {claim}"
            );
            door.warn(key, &warning);
        }
    }
}

fn is_uuid(text: &str) -> bool {
    let parts: Vec<usize> = text.split('-').map(str::len).collect();
    parts == [8, 4, 4, 4, 12] && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}
