//! Where TLS ends in front of the hub.

use crate::invalid::Invalid;

/// The words of `[https] mode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum HttpsMode {
    /// TLJH's traefik gets a certificate from Let's Encrypt.
    LetsEncrypt,
    /// TLJH's traefik serves a certificate that lies on the hub.
    Certificate,
    /// TLS ends in front of the hub, at a load balancer for example.
    Proxy,
    /// No TLS; for this machine itself only.
    Off,
}

impl HttpsMode {
    /// Reads one of the words.
    ///
    /// # Errors
    /// When it is none of them.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let word = typed
            .trim()
            .to_ascii_lowercase()
            .replace(['-', '_', '\'', ' '], "");
        word.parse().map_err(|_| {
            Invalid::new(
                format!("'{}' is no way to set up HTTPS", typed.trim()),
                "use letsencrypt, certificate, proxy (TLS ends in front of the hub) or off (localhost only)",
            )
        })
    }

    /// The word.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// How HTTPS is set up, with what each way needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Https {
    /// A certificate from Let's Encrypt for the hub's name.
    LetsEncrypt {
        /// Where Let's Encrypt writes to.
        email: String,
    },
    /// A certificate that lies on the hub.
    Certificate {
        /// Absolute path of the certificate with its chain.
        cert: String,
        /// Absolute path of its private key.
        key: String,
    },
    /// TLS ends in front of the hub; TLJH's own HTTPS stays as it is.
    Proxy,
    /// No TLS.
    Off,
}

impl Https {
    /// The word for this way.
    pub fn mode(&self) -> HttpsMode {
        match self {
            Self::LetsEncrypt { .. } => HttpsMode::LetsEncrypt,
            Self::Certificate { .. } => HttpsMode::Certificate,
            Self::Proxy => HttpsMode::Proxy,
            Self::Off => HttpsMode::Off,
        }
    }
}

/// Reads an e-mail address, as far as Let's Encrypt and TLJH's schema care.
pub(super) fn parse_email(typed: &str) -> Result<String, Invalid> {
    let text = typed.trim();
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let good = text.split_once('@').is_some_and(|(local, host)| {
        !local.is_empty()
            && !local.starts_with('-')
            && host.contains('.')
            && host.split('.').all(|part| !part.is_empty())
            && !host.contains('@')
            && text
                .chars()
                .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | ',' | ';'))
    });
    let example = text
        .rsplit('@')
        .next()
        .is_some_and(|host| matches!(host, "example.com" | "example.net"));
    match (good, example) {
        (false, _) => Err(Invalid::new(
            format!("'{text}' is not an e-mail address"),
            "give one like ops@example.org",
        )),
        (true, true) => Err(Invalid::new(
            format!("'{text}' is an example's address, and Let's Encrypt refuses those"),
            "give an address that you read",
        )),
        (true, false) => Ok(text.to_owned()),
    }
}

/// Reads an absolute path on the hub.
pub(super) fn parse_path(typed: &str) -> Result<String, Invalid> {
    let text = typed.trim();
    let remedy = "give an absolute path on the hub, like /etc/ssl/hub.crt";
    if text.is_empty() {
        return Err(Invalid::new("the path is empty", remedy));
    }
    if text.starts_with('~') {
        return Err(Invalid::new(
            format!("'{text}': TLJH does not know whose home ~ is"),
            remedy,
        ));
    }
    if !text.starts_with('/') || text.ends_with('/') {
        return Err(Invalid::new(
            format!("'{text}' is not an absolute path to a file"),
            remedy,
        ));
    }
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(
            format!("'{}' holds a control character", text.escape_debug()),
            remedy,
        ));
    }
    Ok(text.to_owned())
}
