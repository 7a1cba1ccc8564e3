//! What a hub is like before anything changes, as values.

use std::path::{Path, PathBuf};

use super::{ConfigYaml, HubFiles, NotYaml};

/// A file as it lies there.
#[derive(Clone, PartialEq, Eq)]
pub struct FileState {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its permission bits.
    pub mode: u32,
    /// Its owner: user and group id.
    pub owner: (u32, u32),
    /// A symbolic link leads to it.
    pub is_symlink: bool,
}

/// The bytes may be a secret's.
impl std::fmt::Debug for FileState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "FileState({} bytes, {:04o}, {:?})",
            self.bytes.len(),
            self.mode,
            self.owner
        )
    }
}

/// What a hub is like before anything changes.
#[derive(Debug, Clone)]
pub struct Observed {
    /// Where it keeps what.
    pub files: HubFiles,
    /// Versions in the hub's own environment, from its dist-info folders; none where a package is missing.
    pub versions: Versions,
    /// `config.yaml` as it lies there.
    pub config_yaml: Option<FileState>,
    /// What it says.
    pub config: Result<ConfigYaml, NotYaml>,
    /// The permission bits of the folder of further settings; none where it is missing.
    pub folder_mode: Option<u32>,
    /// The authenticator's settings as they lie there.
    pub awscognito_py: Option<FileState>,
    /// The client secret's file as it lies there.
    pub awscognito_secret: Option<FileState>,
    /// Every other `.py` of that folder, with its text.
    pub other_settings: Vec<(PathBuf, String)>,
    /// The same files as they lie there, and those that an earlier apply moved aside.
    pub others: Vec<(PathBuf, FileState)>,
}

impl Observed {
    /// One of the files that a run may change, as it lies there.
    pub fn file(&self, path: &Path) -> Option<&FileState> {
        let states = [&self.config_yaml, &self.awscognito_py, &self.awscognito_secret];
        let ours = self.files.touched().into_iter().zip(states);
        match { ours }.find(|(touched, _)| touched == path) {
            Some((_, state)) => state.as_ref(),
            None => self
                .others
                .iter()
                .find(|(other, _)| other == path)
                .map(|(_, file)| file),
        }
    }
}

/// The packages of the hub's environment that matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Versions {
    /// `the_littlest_jupyterhub`.
    pub tljh: Option<String>,
    /// `jupyterhub`.
    pub jupyterhub: Option<String>,
    /// `oauthenticator`.
    pub oauthenticator: Option<String>,
}

impl Versions {
    /// Whether TLJH is one whose `tljh-config` never makes a lock, so that the file is hubgate's. 2.0.0 brought
    /// it, and 1.0.1.dev0 was what came between.
    ///
    /// Source: <https://github.com/jupyterhub/the-littlest-jupyterhub/commit/bdbb3ad>
    pub fn is_without_lock(&self) -> bool {
        let digits = |part: &str| part.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
        let numbers = |tljh: &String| tljh.split('.').map_while(digits).collect::<Vec<u32>>();
        self.tljh
            .as_ref()
            .map(numbers)
            .is_some_and(|tljh| !tljh.is_empty() && tljh <= vec![1, 0, 0])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_tljhs_own_from_2_0_on() {
        for (tljh, without) in [
            (None, false),
            (Some("main"), false),
            (Some("0.2.0"), true),
            (Some("1.0.0b1"), true),
            (Some("1.0.0"), true),
            (Some("1.0.1.dev0"), false),
            (Some("2.0.0b1"), false),
            (Some("2.0.0"), false),
        ] {
            let versions = Versions {
                tljh: tljh.map(str::to_owned),
                ..Versions::default()
            };
            assert_eq!(versions.is_without_lock(), without, "{tljh:?}");
        }
    }
}
