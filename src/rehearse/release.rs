//! The hubs that can be rehearsed with: the releases that hubgate knows, each with its pinned packages.

use crate::hub::{OauthenticatorVersion, Release};

/// The packages of each release, by its JupyterHub: `pip freeze` of an environment that worked.
const PINS: [(&str, &str); 4] = [
    ("5.5.4", include_str!("releases/jupyterhub-5.5.4.txt")),
    ("4.1.6", include_str!("releases/jupyterhub-4.1.6.txt")),
    ("4.0.2", include_str!("releases/jupyterhub-4.0.2.txt")),
    ("1.5.1", include_str!("releases/jupyterhub-1.5.1.txt")),
];

/// A release, and what pip installs for it.
#[derive(Debug, Clone, Copy)]
pub struct Pinned {
    /// The release.
    pub release: &'static Release,
    /// A requirements file.
    pub requirements: &'static str,
}

impl Pinned {
    /// The release to rehearse with for this oauthenticator.
    pub fn for_oauthenticator(version: OauthenticatorVersion) -> Self {
        let release = version.rehearsed_as();
        let pins = PINS
            .iter()
            .find(|(jupyterhub, _)| *jupyterhub == release.jupyterhub);
        let (_, requirements) = pins.unwrap_or(&PINS[0]);
        Pinned {
            release,
            requirements,
        }
    }

    /// How many packages these are, give or take those for old Pythons alone.
    pub fn packages(&self) -> usize {
        self.requirements
            .lines()
            .filter(|line| line.contains("=="))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hub::RELEASES;

    #[test]
    fn every_release_has_pins_of_its_own_versions() {
        for release in &RELEASES {
            let pinned = Pinned::for_oauthenticator(release.oauthenticator);
            assert_eq!(pinned.release, release);
            for package in ["jupyterhub", "oauthenticator"] {
                let version = match package {
                    "jupyterhub" => release.jupyterhub.to_owned(),
                    _ => release.oauthenticator.to_string(),
                };
                let pin = format!("{package}=={version}");
                assert!(pinned.requirements.lines().any(|line| line == pin), "{pin}");
            }
        }
    }

    #[test]
    fn pins_name_versions_and_nothing_else() {
        for (jupyterhub, pins) in PINS {
            for line in pins.lines().filter(|line| !line.starts_with('#')) {
                let package = line.split(';').next().unwrap_or_default();
                let exact = package
                    .split_once("==")
                    .is_some_and(|(_, version)| !version.is_empty());
                assert!(
                    exact && !line.contains("://") && !line.contains('@'),
                    "{jupyterhub}: {line}"
                );
            }
        }
    }
}
