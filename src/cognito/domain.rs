//! A user pool's domain and the endpoints on it.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::ClientId;
use crate::invalid::Invalid;

/// What may stand unencoded in a query value: RFC 3986's unreserved characters.
const QUERY_VALUE: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

const REMEDY: &str =
    "give the user pool's domain, like my-hub.auth.eu-west-1.amazoncognito.com or auth.example.org";

/// The host name of a user pool's domain, without scheme and path.
///
/// Either Cognito's own (`P.auth.REGION.amazoncognito.com`, `P.auth-fips.REGION.amazoncognito.com`)
/// or a custom one. Source:
/// <https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CognitoDomain {
    host: String,
    region: Option<String>,
}

impl CognitoDomain {
    /// Reads a domain as people paste it: `https://` (even twice), a path behind it, a trailing
    /// slash or dot, capitals and spaces around it are dropped.
    ///
    /// # Errors
    /// When what is left is no host name, or one that Cognito cannot have given out.
    pub fn parse(typed: &str) -> Result<Self, Invalid> {
        let host = bare_host(typed);
        if host.is_empty() {
            return Err(Invalid::new("the domain is empty", REMEDY));
        }
        refuse_lookalikes(typed.trim(), &host)?;
        check_host_name(&host)?;
        let region = match host.strip_suffix(".amazoncognito.com") {
            Some(own) => Some(check_own_domain(&host, own)?),
            None => None,
        };
        Ok(Self { host, region })
    }

    /// The host name, lower-case.
    pub fn as_str(&self) -> &str {
        &self.host
    }

    /// The region, where the domain is Cognito's own; a custom domain does not tell.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// Whether the domain is a custom one.
    pub fn is_custom(&self) -> bool {
        self.region.is_none()
    }

    /// Where the browser is sent to log in (GET).
    pub fn authorize_url(&self) -> String {
        format!("https://{}/oauth2/authorize", self.host)
    }

    /// Where the hub trades the code for tokens (POST).
    pub fn token_url(&self) -> String {
        format!("https://{}/oauth2/token", self.host)
    }

    /// Where the hub asks who logged in (GET, needs the `openid` scope).
    pub fn userinfo_url(&self) -> String {
        format!("https://{}/oauth2/userInfo", self.host)
    }

    /// Where the browser is sent to end Cognito's own session. `sign_out_url` must be registered
    /// with the client to the letter.
    ///
    /// Source: <https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html>
    pub fn logout_url(&self, client_id: &ClientId, sign_out_url: &str) -> String {
        format!(
            "https://{}/logout?client_id={}&logout_uri={}",
            self.host,
            utf8_percent_encode(client_id.as_str(), QUERY_VALUE),
            utf8_percent_encode(sign_out_url, QUERY_VALUE)
        )
    }
}

impl fmt::Display for CognitoDomain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.host)
    }
}

fn bare_host(typed: &str) -> String {
    let mut rest = typed.trim().to_ascii_lowercase();
    while let Some(stripped) = ["https://", "http://", "https:/", "http:/", "//"]
        .iter()
        .find_map(|scheme| rest.strip_prefix(scheme))
    {
        rest = stripped.trim_start().to_owned();
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.strip_suffix(":443").unwrap_or(host);
    host.trim_end_matches('.').trim().to_owned()
}

/// Things that stand next to the domain in the console and are pasted in its place.
fn refuse_lookalikes(typed: &str, host: &str) -> Result<(), Invalid> {
    if host.contains(['<', '>', '[', ']']) || host.starts_with("your-") && host.contains("cognito-domain") {
        return Err(Invalid::new(
            format!("'{typed}' is still the placeholder of the documentation"),
            REMEDY,
        ));
    }
    if host.starts_with("cognito-idp.") {
        return Err(Invalid::new(
            format!("'{host}' is the issuer of the tokens, not the domain of the login pages"),
            "find the domain in the Cognito console: your user pool, Branding, Domain",
        ));
    }
    if is_pool_id(typed) {
        return Err(Invalid::new(
            format!("'{typed}' is the user pool's id, not its domain"),
            "find the domain in the Cognito console: your user pool, Branding, Domain",
        ));
    }
    if !host.contains('.') && is_label(host) {
        return Err(Invalid::new(
            format!("'{host}' is a domain prefix without its region"),
            format!("write the whole domain, like {host}.auth.eu-west-1.amazoncognito.com"),
        ));
    }
    Ok(())
}

/// User pool ids: `[\w-]+_[0-9a-zA-Z]+`, at most 55 characters.
fn is_pool_id(text: &str) -> bool {
    text.len() <= 55
        && text.split_once('_').is_some_and(|(region, rest)| {
            region.contains('-')
                && region.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
                && !rest.is_empty()
                && rest.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

fn check_host_name(host: &str) -> Result<(), Invalid> {
    if let Some((_, port)) = host.split_once(':') {
        return Err(Invalid::new(
            format!("'{host}' names port {port}; Cognito answers on 443 only"),
            REMEDY,
        ));
    }
    if host.parse::<std::net::IpAddr>().is_ok() {
        return Err(Invalid::new(
            format!("'{host}' is an address, not a domain"),
            REMEDY,
        ));
    }
    // The URL parser knows which xn-- labels are none.
    let is_name = url::Host::parse(host).is_ok() && host.split('.').all(is_label);
    if host.len() > 253 || !host.contains('.') || !is_name {
        return Err(Invalid::new(format!("'{host}' is not a host name"), REMEDY));
    }
    Ok(())
}

/// One part of a host name, which is also the rule for a domain prefix:
/// `^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$`.
fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && label
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Checks `P.auth.REGION` or `P.auth-fips.REGION` and returns the region.
fn check_own_domain(host: &str, own: &str) -> Result<String, Invalid> {
    let parts: Vec<&str> = own.split('.').collect();
    let [prefix, auth, region] = parts[..] else {
        return Err(Invalid::new(
            format!("'{host}' is not PREFIX.auth.REGION.amazoncognito.com"),
            REMEDY,
        ));
    };
    if !matches!(auth, "auth" | "auth-fips") {
        return Err(Invalid::new(
            format!("'{host}' has '{auth}' where Cognito has 'auth' or 'auth-fips'"),
            format!("perhaps {prefix}.auth.{region}.amazoncognito.com"),
        ));
    }
    if !is_region(region) {
        return Err(Invalid::new(
            format!("'{region}' is not an AWS region"),
            format!("write it like {prefix}.{auth}.eu-west-1.amazoncognito.com"),
        ));
    }
    if region.starts_with("us-gov-") && auth != "auth-fips" {
        return Err(Invalid::new(
            format!("'{host}': GovCloud user pools have FIPS domains only"),
            format!("perhaps {prefix}.auth-fips.{region}.amazoncognito.com"),
        ));
    }
    if let Some(word) = ["aws", "amazon", "cognito"]
        .iter()
        .find(|word| prefix.contains(**word))
    {
        return Err(Invalid::new(
            format!("Cognito gives out no domain prefix with '{word}' in it, so '{prefix}' cannot be one"),
            "look the domain up in the Cognito console: your user pool, Branding, Domain",
        ));
    }
    Ok(region.to_owned())
}

/// `eu-west-1`, `us-gov-east-1`, `ap-southeast-2` …: letters, at least one word, a number.
fn is_region(region: &str) -> bool {
    let parts: Vec<&str> = region.split('-').collect();
    let [first, middle @ .., number] = parts.as_slice() else {
        return false;
    };
    let word = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    first.len() == 2
        && word(first)
        && !middle.is_empty()
        && middle.iter().all(word)
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const OWN: &str = "my-hub.auth.eu-west-1.amazoncognito.com";

    #[test]
    fn a_domain_is_read_however_it_was_pasted() {
        for typed in [
            OWN,
            "https://my-hub.auth.eu-west-1.amazoncognito.com",
            "https://https://my-hub.auth.eu-west-1.amazoncognito.com/",
            " HTTPS://My-Hub.auth.eu-west-1.amazoncognito.com/oauth2/authorize?client_id=x ",
            "my-hub.auth.eu-west-1.amazoncognito.com.",
            "my-hub.auth.eu-west-1.amazoncognito.com:443/login",
        ] {
            assert_eq!(CognitoDomain::parse(typed).unwrap().as_str(), OWN, "{typed}");
        }
    }

    #[test]
    fn what_stands_beside_the_domain_in_the_console_is_told_apart_from_it() {
        for (typed, told) in [
            ("https://<your-domain>", "placeholder"),
            ("[domain].auth.eu-west-1.amazoncognito.com", "placeholder"),
            ("https://your-company.cognito-domain.example", "placeholder"),
            (
                "cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf123",
                "issuer",
            ),
            ("eu-west-1_AbCdEf123", "user pool's id"),
            ("my-hub", "prefix without its region"),
        ] {
            let refused = CognitoDomain::parse(typed).unwrap_err();
            assert!(refused.problem.contains(told), "{typed}: {refused}");
        }
    }

    #[test]
    fn a_custom_domain_may_look_a_little_like_the_documentations() {
        for typed in [
            "your-hub.example.org",
            "login.cognito-domain.example.org",
            "idp.example.org",
        ] {
            assert_eq!(CognitoDomain::parse(typed).unwrap().as_str(), typed);
        }
    }

    #[test]
    fn only_a_pools_id_is_called_one() {
        for typed in [
            "eu-west-1_AbCdEf123/x",
            "eu west-1_AbCdEf123",
            "euwest1_AbCdEf123",
            "eu-west-1_",
            "eu-west-1_AbC.Ef123",
            "my_hub",
            &format!("eu-west-1_{}", "a".repeat(46)),
        ] {
            let refused = CognitoDomain::parse(typed).unwrap_err();
            assert!(
                refused.problem.contains("is not a host name"),
                "{typed}: {refused}"
            );
        }
        let longest = format!("eu-west-1_{}", "a".repeat(45));
        let refused = CognitoDomain::parse(&longest).unwrap_err();
        assert!(refused.problem.contains("user pool's id"), "{refused}");
    }

    #[test]
    fn a_host_name_keeps_to_the_limits_of_host_names() {
        let label = "a".repeat(63);
        let longest = format!("{label}.{label}.{label}.{}", "a".repeat(61));
        for right in [
            "1.example.org",
            "a-b.example.org",
            &format!("{label}.example.org"),
            &longest,
        ] {
            assert_eq!(CognitoDomain::parse(right).unwrap().as_str(), right);
        }
        for wrong in [
            "-a.example.org",
            "a-.example.org",
            "a..example.org",
            "a_b.example.org",
            &format!("a{label}.example.org"),
            &format!("{longest}a"),
        ] {
            let refused = CognitoDomain::parse(wrong).unwrap_err();
            assert!(
                refused.problem.contains("is not a host name"),
                "{wrong}: {refused}"
            );
        }
    }

    #[test]
    fn a_region_is_recognised_by_its_form() {
        for region in ["eu-west-1", "ap-southeast-12", "us-iso-east-1"] {
            let domain = format!("my-hub.auth.{region}.amazoncognito.com");
            assert_eq!(CognitoDomain::parse(&domain).unwrap().region(), Some(region));
        }
        for region in [
            "eu",
            "eu-1",
            "eur-west-1",
            "1u-west-1",
            "eu-we5t-1",
            "eu--1",
            "eu-west-",
            "eu-west-1a",
        ] {
            let refused =
                CognitoDomain::parse(&format!("my-hub.auth.{region}.amazoncognito.com")).unwrap_err();
            assert!(!refused.problem.is_empty(), "{region}");
        }
    }

    #[test]
    fn the_region_is_known_from_cognitos_own_domains_only() {
        let own = CognitoDomain::parse(OWN).unwrap();
        assert_eq!((own.region(), own.is_custom()), (Some("eu-west-1"), false));
        let gov = CognitoDomain::parse("h.auth-fips.us-gov-west-1.amazoncognito.com").unwrap();
        assert_eq!(gov.region(), Some("us-gov-west-1"));
        assert!(CognitoDomain::parse("auth.example.org").unwrap().is_custom());
    }

    #[test]
    fn the_logout_url_carries_the_sign_out_url_encoded() {
        let domain = CognitoDomain::parse("auth.example.org").unwrap();
        let client = ClientId::parse("a+b").unwrap();
        assert_eq!(
            domain.logout_url(&client, "https://hub.example.org/"),
            "https://auth.example.org/logout?client_id=a%2Bb&logout_uri=https%3A%2F%2Fhub.example.org%2F"
        );
    }

    #[test]
    fn the_endpoints_stand_on_the_domain() {
        let domain = CognitoDomain::parse(OWN).unwrap();
        assert_eq!(domain.to_string(), OWN);
        assert_eq!(domain.authorize_url(), format!("https://{OWN}/oauth2/authorize"));
        assert_eq!(domain.token_url(), format!("https://{OWN}/oauth2/token"));
        assert_eq!(domain.userinfo_url(), format!("https://{OWN}/oauth2/userInfo"));
    }
}
