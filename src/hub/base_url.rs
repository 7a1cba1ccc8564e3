//! The path that the hub lives under.

use std::fmt;

use crate::invalid::Invalid;

/// JupyterHub's `base_url`: `/`, or a path with a slash at both ends.
///
/// Source: <https://jupyterhub.readthedocs.io/en/stable/reference/api/app.html#jupyterhub.app.JupyterHub.base_url>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(String);

impl BaseUrl {
    /// Reads a path; missing slashes at its ends are added.
    ///
    /// # Errors
    /// When it is a whole URL, or has empty or dotted parts or characters that need encoding.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let path = typed.trim();
        let remedy = "give a path like / or /jupyter/";
        if path.contains("://") {
            return Err(Invalid::new(
                format!("'{path}' is a whole URL, the base URL is a path"),
                remedy,
            ));
        }
        let inner = path.strip_prefix('/').unwrap_or(path);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        if inner.is_empty() {
            return Ok(Self("/".to_owned()));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~');
        if !inner
            .split('/')
            .all(|part| !part.is_empty() && part.chars().all(plain) && part != "." && part != "..")
        {
            return Err(Invalid::new(
                format!("'{path}' is not a path that a hub can live under"),
                remedy,
            ));
        }
        if inner == "hub" || inner.ends_with("/hub") {
            return Err(Invalid::new(
                format!("'{path}' ends in hub, which JupyterHub adds itself: people would type {path}/hub/")
                    .replace("//hub", "/hub"),
                "leave hub out; the base URL of most hubs is /",
            ));
        }
        Ok(Self(format!("/{inner}/")))
    }

    /// The path, beginning and ending in a slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is TLJH's default, `/`.
    pub fn is_root(&self) -> bool {
        self.0 == "/"
    }
}

impl Default for BaseUrl {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn slashes_are_added_where_people_left_them_out() {
        for (typed, path) in [
            ("", "/"),
            ("/", "/"),
            ("jupyter", "/jupyter/"),
            ("/a/b", "/a/b/"),
            ("/a/", "/a/"),
        ] {
            assert_eq!(BaseUrl::parse(typed).unwrap().as_str(), path, "{typed}");
        }
    }
}
