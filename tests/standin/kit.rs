//! A stand-in with three people, and a browser to visit it with.

use std::cell::RefCell;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hubgate::standin::{Client, Config, Fault, Faults, Pool, Standin, parse_users};
use serde_json::Value;
use ureq::http::Response;
use ureq::{Body, RequestBuilder};

pub const ID: &str = "3n4b5urk1ft4fl3mg5e62d9ado";
pub const SECRET: &str = "first+secret0123456789abcdef";
pub const SECOND_SECRET: &str = "second_secret0123456789abcdef";
pub const CALLBACK: &str = "http://127.0.0.1:8000/hub/oauth_callback";
pub const SIGN_OUT: &str = "http://127.0.0.1:8000/";
pub const ADA: (&str, &str) = ("ada", "Analytical-Engine-1843");

/// The configuration of every test, to be changed before [`Standin::start`].
pub fn config() -> Config {
    let users = parse_users(include_str!("../../fixtures/standin/users.toml")).unwrap();
    let words = |list: &[&str]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let client = Client {
        id: ID.into(),
        secrets: vec![SECRET.into(), SECOND_SECRET.into()],
        callbacks: words(&[CALLBACK, "http://localhost:8000/other?x=1"]),
        sign_outs: words(&[SIGN_OUT]),
        scopes: words(&["openid", "email", "profile", "aws.cognito.signin.user.admin"]),
    };
    Config::new(Pool::new(users), vec![client])
}

pub fn start() -> Standin {
    Standin::start(config()).unwrap()
}

pub fn start_with(fault: Fault) -> Standin {
    let mut config = config();
    config.faults = Faults::of([fault]);
    Standin::start(config).unwrap()
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub location: Option<String>,
    pub headers: ureq::http::HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Where a 302 goes.
    pub fn to(&self) -> &str {
        assert_eq!(self.status, 302, "{}", self.body);
        self.location.as_deref().expect("a Location")
    }

    /// A parameter of the query that a 302 goes to.
    pub fn param(&self, name: &str) -> Option<String> {
        let to = url::Url::parse(self.to()).unwrap();
        to.query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A browser: keeps cookies, follows no redirect by itself.
pub struct Browser {
    agent: ureq::Agent,
    base: String,
    /// `name=value` of the one cookie that the stand-in gives.
    cookie: RefCell<Option<String>>,
}

impl Browser {
    pub fn new(site: &Standin) -> Self {
        let config = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(60)))
            .build();
        Browser {
            agent: config.new_agent(),
            base: site.url().to_owned(),
            cookie: RefCell::new(None),
        }
    }

    fn request<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        match &*self.cookie.borrow() {
            Some(cookie) => request.header("Cookie", cookie),
            None => request,
        }
    }

    /// Keeps the cookie, or drops it where that is asked for.
    fn kept(&self, response: Response<Body>) -> Answer {
        let answer = answer(response);
        if let Some(cookie) = answer.header("set-cookie") {
            let pair = cookie.split(';').next().unwrap_or_default().to_owned();
            *self.cookie.borrow_mut() = (!cookie.contains("Max-Age=0")).then_some(pair);
        }
        answer
    }

    fn absolute(&self, address: &str) -> String {
        if address.starts_with('/') {
            format!("{}{address}", self.base)
        } else {
            address.to_owned()
        }
    }

    pub fn try_get(&self, address: &str) -> Result<Answer, ureq::Error> {
        let response = self.request(self.agent.get(self.absolute(address))).call()?;
        Ok(self.kept(response))
    }

    pub fn get(&self, address: &str) -> Answer {
        self.try_get(address).unwrap()
    }

    pub fn get_with(&self, address: &str, header: (&str, &str)) -> Answer {
        let request = self.agent.get(self.absolute(address)).header(header.0, header.1);
        self.kept(self.request(request).call().unwrap())
    }

    pub fn post(&self, address: &str, form: &[(&str, &str)]) -> Answer {
        let request = self.request(self.agent.post(self.absolute(address)));
        self.kept(request.send_form(form.iter().copied()).unwrap())
    }

    pub fn post_with(&self, address: &str, header: (&str, &str), form: &[(&str, &str)]) -> Answer {
        let request = self.agent.post(self.absolute(address)).header(header.0, header.1);
        self.kept(self.request(request).send_form(form.iter().copied()).unwrap())
    }

    /// authorize → form → password: what the hub's callback gets.
    pub fn sign_in(&self, scope: &str, (name, password): (&str, &str)) -> Answer {
        let form = self.get(&authorize_path(&[("scope", scope)]));
        self.post(form.to(), &[("username", name), ("password", password)])
    }

    /// The same, and the code alone.
    pub fn code(&self, scope: &str, who: (&str, &str)) -> String {
        self.sign_in(scope, who).param("code").expect("a code")
    }

    /// A code for a browser that is signed in already.
    pub fn code_again(&self) -> String {
        self.get(&authorize_path(&[("scope", "openid")]))
            .param("code")
            .expect("a code without a form")
    }

    pub fn refresh(&self, token: &str) -> Answer {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), &form)
    }

    pub fn post_json(&self, address: &str, body: &str) -> Answer {
        let request = self
            .agent
            .post(self.absolute(address))
            .header("Content-Type", "application/json");
        self.kept(self.request(request).send(body).unwrap())
    }

    pub fn redeem(&self, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
        ];
        self.post_with("/oauth2/token", ("Authorization", &basic(ID, SECRET)), &form)
    }

    /// A login to its end.
    pub fn tokens(&self, scope: &str, who: (&str, &str)) -> Value {
        let answer = self.redeem(&self.code(scope, who));
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.json()
    }

    pub fn userinfo(&self, access_token: &str) -> Answer {
        self.get_with(
            "/oauth2/userInfo",
            ("Authorization", &format!("Bearer {access_token}")),
        )
    }
}

fn answer(mut response: ureq::http::Response<ureq::Body>) -> Answer {
    let headers = response.headers().clone();
    Answer {
        status: response.status().as_u16(),
        location: headers
            .get("location")
            .map(|value| value.to_str().unwrap().to_owned()),
        headers,
        body: response.body_mut().read_to_string().unwrap(),
    }
}

/// A good authorize request; `changes` replace a parameter, or take it away when empty.
pub fn authorize_path(changes: &[(&str, &str)]) -> String {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", ID),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "st+te/=&"),
    ];
    for change in changes {
        pairs.retain(|(name, _)| *name != change.0);
        pairs.push(*change);
    }
    pairs.retain(|(_, value)| !value.is_empty());
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    format!("/oauth2/authorize?{query}")
}

pub fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
}

/// The claims of a token, unverified.
pub fn claims(token: &Value) -> Value {
    let part = token
        .as_str()
        .expect("a token")
        .split('.')
        .nth(1)
        .expect("three parts");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
