//! A request as the handlers see it, and their answer.

use std::borrow::Cow;

use serde_json::Value;
use url::form_urlencoded;

/// Names and values of a query or a form, in their order.
#[derive(Clone, Default)]
pub(in crate::standin) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `a=1&b=2`.
    pub(in crate::standin) fn parse(text: &str) -> Self {
        Params(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// The first value of that name, unless it is empty.
    pub(in crate::standin) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// Back to `a=1&b=2`.
    pub(in crate::standin) fn encode(&self) -> String {
        encode(self.0.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }
}

/// `a=1&b=2`, each part escaped.
pub(in crate::standin) fn encode<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

/// One request.
pub(in crate::standin) struct Asked {
    pub(in crate::standin) method: String,
    /// Without the query.
    pub(in crate::standin) path: String,
    pub(in crate::standin) query: Params,
    pub(in crate::standin) form: Params,
    /// The body was sent as `application/x-www-form-urlencoded`.
    pub(in crate::standin) is_form: bool,
    /// The `Authorization` header.
    pub(in crate::standin) authorization: Option<String>,
    /// The value of the session cookie.
    pub(in crate::standin) session: Option<String>,
}

/// One answer.
pub(in crate::standin) struct Reply {
    pub(in crate::standin) status: u16,
    pub(in crate::standin) headers: Vec<(&'static str, String)>,
    pub(in crate::standin) body: String,
    /// The error it carries, for the log.
    pub(in crate::standin) error: Option<Cow<'static, str>>,
}

impl Reply {
    /// 302.
    pub(in crate::standin) fn redirect(location: String) -> Self {
        Reply {
            status: 302,
            headers: vec![("Location", location)],
            body: String::new(),
            error: None,
        }
    }

    /// A page. It may load and run nothing, and be framed by nobody.
    pub(in crate::standin) fn page(status: u16, html: String) -> Self {
        let headers = vec![
            ("Content-Type", "text/html;charset=UTF-8".to_owned()),
            (
                "Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"
                    .to_owned(),
            ),
            ("Referrer-Policy", "no-referrer".to_owned()),
        ];
        Reply {
            status,
            headers,
            body: html,
            error: None,
        }
    }

    /// JSON.
    pub(in crate::standin) fn json(status: u16, value: &Value) -> Self {
        let headers = vec![("Content-Type", "application/json;charset=UTF-8".to_owned())];
        Reply {
            status,
            headers,
            body: value.to_string(),
            error: None,
        }
    }

    /// The same, with a header more.
    pub(in crate::standin) fn with_header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// The same, with the error noted for the log.
    pub(in crate::standin) fn with_error(mut self, error: impl Into<Cow<'static, str>>) -> Self {
        self.error = Some(error.into());
        self
    }
}

/// What a handler cannot help: it becomes a 500.
#[derive(Debug)]
pub(in crate::standin) struct Failure(pub(in crate::standin) &'static str);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn parameters_survive_decoding_and_encoding() {
        let params = Params::parse("state=a%2Bb+c%26d&scope=openid+email&empty=&scope=second");
        assert_eq!(params.get("state"), Some("a+b c&d"));
        assert_eq!(params.get("scope"), Some("openid email"));
        assert_eq!(params.get("empty"), None);
        assert_eq!(
            params.encode(),
            "state=a%2Bb+c%26d&scope=openid+email&empty=&scope=second"
        );
    }
}
