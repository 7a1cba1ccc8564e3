//! Which oauthenticator the hub has, and what that means for its settings.

use std::fmt;

use crate::invalid::Invalid;

/// A release of oauthenticator that hubgate knows how to configure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OauthenticatorVersion {
    major: u16,
    minor: u16,
    patch: u16,
}

/// How `GenericOAuthenticator` is configured; the same within each of these ranges, apart from
/// details that [`OauthenticatorVersion`] tells.
///
/// Source: <https://oauthenticator.readthedocs.io/en/latest/reference/changelog.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// 14 and 15: `username_key`; everyone is let in while `allowed_users` is empty; no groups.
    V14,
    /// 16.0 to 16.2: `username_claim`, `allow_all`; no groups from Cognito.
    V16_0,
    /// 16.3: user data from the ID token, so groups work through `claim_groups_key`.
    V16_3,
    /// 17: `manage_groups` and `auth_state_groups_key`; PKCE from 17.1.
    V17,
}

/// A TLJH release and what its hub environment holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// TLJH's own version.
    pub tljh: &'static str,
    /// The JupyterHub that hubgate rehearses with for this release.
    pub jupyterhub: &'static str,
    /// The oauthenticator likewise.
    pub oauthenticator: OauthenticatorVersion,
}

/// The releases that hubgate rehearses with, newest first.
///
/// Source: the `setup.py` and `tljh/installer.py` of each tag of
/// <https://github.com/jupyterhub/the-littlest-jupyterhub>
pub const RELEASES: [Release; 4] = [
    Release {
        tljh: "2.0",
        jupyterhub: "5.5.4",
        oauthenticator: OauthenticatorVersion::new(17, 4, 0),
    },
    Release {
        tljh: "1.0",
        jupyterhub: "4.1.6",
        oauthenticator: OauthenticatorVersion::new(16, 3, 1),
    },
    Release {
        tljh: "1.0 of 2023",
        jupyterhub: "4.0.2",
        oauthenticator: OauthenticatorVersion::new(16, 0, 7),
    },
    Release {
        tljh: "0.2",
        jupyterhub: "1.5.1",
        oauthenticator: OauthenticatorVersion::new(14, 2, 0),
    },
];

impl OauthenticatorVersion {
    /// The newest release that hubgate knows: what a fresh TLJH installs.
    pub const NEWEST: Self = Self::new(17, 4, 0);

    /// A version from its three numbers.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Self { major, minor, patch }
    }

    /// Its three numbers.
    pub const fn numbers(self) -> (u16, u16, u16) {
        (self.major, self.minor, self.patch)
    }

    /// Reads `17.4.0`; `17.4` or `17` stand for the newest known release that begins so.
    ///
    /// # Errors
    /// When it is no version, older than 14 or newer than what hubgate knows.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let text = typed.trim().trim_start_matches(['v', 'V', '=']);
        let remedy = "give a version like 17.4.0; hubgate knows oauthenticator 14 to 17";
        let refuse = || {
            Invalid::new(
                format!("'{}' is not a version of oauthenticator", typed.trim()),
                remedy,
            )
        };
        let parts: Vec<u16> = text
            .split('.')
            .map(|part| leading_number(part).ok_or_else(refuse))
            .collect::<Result<_, _>>()?;
        let (major, minor, patch) = match parts[..] {
            [major] => (major, None, None),
            [major, minor] => (major, Some(minor), None),
            [major, minor, patch] | [major, minor, patch, _] => (major, Some(minor), Some(patch)),
            _ => return Err(refuse()),
        };
        if !(14..=17).contains(&major) {
            let problem = format!(
                "oauthenticator {} is not one that hubgate can configure",
                typed.trim()
            );
            return Err(Invalid::new(problem, remedy));
        }
        Ok(match (minor, patch) {
            (Some(minor), Some(patch)) => Self::new(major, minor, patch),
            _ => Self::newest_with(major, minor),
        })
    }

    fn newest_with(major: u16, minor: Option<u16>) -> Self {
        let known = RELEASES.iter().map(|release| release.oauthenticator);
        let fits = |v: &Self| v.major == major && minor.is_none_or(|minor| v.minor == minor);
        known
            .filter(fits)
            .max()
            .unwrap_or(Self::new(major, minor.unwrap_or(0), 0))
    }

    /// The way this version is configured.
    pub fn dialect(self) -> Dialect {
        match (self.major, self.minor) {
            (..=15, _) => Dialect::V14,
            (16, ..=2) => Dialect::V16_0,
            (16, _) => Dialect::V16_3,
            _ => Dialect::V17,
        }
    }

    /// Whether PKCE is there, and on: from 17.1.
    pub fn has_pkce(self) -> bool {
        self >= Self::new(17, 1, 0)
    }

    /// Whether the client id and secret travel in an `Authorization: Basic` header by default:
    /// up to 16.0.1.
    pub fn has_basic_auth_by_default(self) -> bool {
        self < Self::new(16, 0, 2)
    }

    /// Whether `logout_redirect_url` exists: from 14.1.
    pub fn has_logout_redirect(self) -> bool {
        self >= Self::new(14, 1, 0)
    }

    /// The release to rehearse with: the same dialect, and the nearest of its releases.
    pub fn rehearsed_as(self) -> &'static Release {
        let distance = |release: &&Release| {
            let r = release.oauthenticator;
            (
                r.dialect() != self.dialect(),
                r.minor.abs_diff(self.minor),
                r.patch.abs_diff(self.patch),
            )
        };
        RELEASES.iter().min_by_key(distance).unwrap_or(&RELEASES[0])
    }
}

impl fmt::Display for OauthenticatorVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Dialect {
    /// Whether Cognito's groups can reach the hub.
    pub fn has_groups(self) -> bool {
        self >= Self::V16_3
    }
}

/// `0` of `0`, `0rc1` or `0.dev1`'s part: pre-releases count as the release they lead to.
fn leading_number(part: &str) -> Option<u16> {
    let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
    let rest = &part[digits.len()..];
    let suffix = rest.is_empty()
        || ["a", "b", "rc", "dev", "post"]
            .iter()
            .any(|s| rest.starts_with(s));
    if digits.is_empty() && ["dev", "post"].iter().any(|s| rest.starts_with(s)) {
        return Some(0);
    }
    suffix.then(|| digits.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_release_is_configured_in_its_own_dialect() {
        for (version, dialect) in [
            ("14.2.0", Dialect::V14),
            ("15.1.0", Dialect::V14),
            ("16.0.4", Dialect::V16_0),
            ("16.2.1", Dialect::V16_0),
            ("16.3.1", Dialect::V16_3),
            ("17.0.0", Dialect::V17),
            ("17.5.0.dev0", Dialect::V17),
        ] {
            assert_eq!(
                OauthenticatorVersion::parse(version).unwrap().dialect(),
                dialect,
                "{version}"
            );
        }
    }

    #[test]
    fn a_short_version_is_the_newest_known_one() {
        for (short, whole) in [
            ("17", "17.4.0"),
            ("v16", "16.3.1"),
            ("16.0", "16.0.7"),
            ("14", "14.2.0"),
            ("17.1", "17.1.0"),
        ] {
            assert_eq!(OauthenticatorVersion::parse(short).unwrap().to_string(), whole);
        }
    }

    #[test]
    fn a_whole_version_is_taken_as_it_is() {
        for whole in ["14.0.0", "16.0.4", "17.9.9"] {
            assert_eq!(OauthenticatorVersion::parse(whole).unwrap().to_string(), whole);
        }
    }

    #[test]
    fn a_rehearsal_stays_in_the_dialect() {
        for (version, pair) in [("17.0.0", "17.4.0"), ("16.2.1", "16.0.7"), ("15.1.0", "14.2.0")] {
            let release = OauthenticatorVersion::parse(version).unwrap().rehearsed_as();
            assert_eq!(release.oauthenticator.to_string(), pair);
        }
    }

    #[test]
    fn what_a_release_can_do_begins_and_ends_with_its_number() {
        let version = |text| OauthenticatorVersion::parse(text).unwrap();
        for (without, with) in [("17.0.0", "17.1.0"), ("16.3.1", "17.4.0")] {
            assert!(!version(without).has_pkce() && version(with).has_pkce());
        }
        assert!(version("16.0.1").has_basic_auth_by_default());
        assert!(!version("16.0.2").has_basic_auth_by_default());
        assert!(!version("14.0.0").has_logout_redirect() && version("14.1.0").has_logout_redirect());
        assert!(!version("16.2.1").dialect().has_groups() && version("16.3.0").dialect().has_groups());
        assert_eq!(version("16.3.1").numbers(), (16, 3, 1));
    }
}
