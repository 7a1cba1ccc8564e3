//! A laid out hub that is started for real, and people who log in there through the Cognito stand-in.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use hubgate::host::http::{Html, Page, Session};
use hubgate::host::{Http as _, HttpRequest, Interrupt, SystemHost};
use hubgate::standin::{Client, Config, Pool, Standin, User};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use url::Url;

use crate::hub::{CANARY, Hub};
use crate::kit;

const API_TOKEN: &str = "token-of-the-test-0123456789abcdef";
/// A login has five redirects.
const MOST_HOPS: usize = 12;

/// What came of a login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Login {
    /// They got in.
    In {
        name: String,
        admin: bool,
        groups: Vec<String>,
        is_new: bool,
    },
    /// The hub answered their way back from Cognito with this status.
    Status(u16),
    /// The way led elsewhere than to the pool's form and back.
    Elsewhere(String),
}

/// A hub that runs, beside the stand-in. Both end with it.
pub struct RealHub {
    process: Child,
    stand_in: Standin,
    url: String,
    host: SystemHost,
    /// Who is there at its start.
    known: Vec<String>,
}

impl RealHub {
    /// Starts it, or says why it does not start.
    pub fn start(hub: &Hub, people: &[User]) -> Result<Self, String> {
        loop {
            match Self::start_once(hub, people) {
                // Somebody took the port in the moment between.
                Err(log) if log.contains("ddress already in use") => {}
                other => return other,
            }
        }
    }

    fn start_once(hub: &Hub, people: &[User]) -> Result<Self, String> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let url = format!("http://127.0.0.1:{port}/");
        let stand_in = stand_in(hub, people, &url);
        let state = hub.prefix.join("state");
        let asked = json!({
            "url": url, "port": port, "api_token": API_TOKEN, "addresses": addresses(hub, stand_in.url(), &url),
        });
        fs::write(state.join("real_hub.json"), asked.to_string()).unwrap();
        let log = state.join("hub.log");
        let output = File::create(&log).unwrap();
        let process = Command::new(&hub.python)
            .args(["-m", "jupyterhub", "--upgrade-db", "-f"])
            .arg(kit::root().join("tests/look/beside/real_hub.py"))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("TLJH_INSTALL_PREFIX", &hub.prefix)
            .current_dir(&state)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap();
        let mut hub = Self {
            process,
            stand_in,
            url,
            host: SystemHost::with_interrupt(Interrupt::new()),
            known: Vec::new(),
        };
        if hub.is_up() {
            let all = hub.api("users").unwrap_or_default();
            let names = all.as_array().into_iter().flatten();
            hub.known = names
                .map(|user| user["name"].as_str().unwrap().to_owned())
                .collect();
            Ok(hub)
        } else {
            Err(fs::read_to_string(log).unwrap())
        }
    }

    fn is_up(&mut self) -> bool {
        let request = HttpRequest::get(format!("{}hub/api", self.url)).timeout(Duration::from_secs(2));
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(120) && self.process.try_wait().unwrap().is_none() {
            if self.host.send(&request).is_ok_and(|answer| answer.status == 200) {
                return true;
            }
            std::thread::sleep(Duration::from_millis(30));
        }
        false
    }

    fn api(&self, path: &str) -> Option<Value> {
        let request = HttpRequest::get(format!("{}hub/api/{path}", self.url))
            .header("Authorization", format!("token {API_TOKEN}"));
        let answer = self.host.send(&request).unwrap();
        assert!([200, 404].contains(&answer.status), "{path}: {}", answer.status);
        (answer.status == 200).then(|| answer.json().unwrap())
    }

    /// Logs in with a browser of its own.
    pub fn log_in(&self, person: &User) -> Login {
        let host = SystemHost::with_interrupt(Interrupt::new());
        let mut browser = Session::new(&host);
        let page = browser.get(format!("{}hub/oauth_login", self.url)).unwrap();
        let page = match self.follow(&mut browser, page) {
            Ok(page) => page,
            Err(elsewhere) => return elsewhere,
        };
        let Some(form) = form(&page) else {
            return match page.url.as_str().starts_with(&self.url) {
                true => Login::Status(page.response.status),
                false => Login::Elsewhere(format!("the pool answers {}", page.response.status)),
            };
        };
        let typed = [
            ("username", person.username.as_str()),
            ("password", person.password.expose_secret()),
        ];
        let page = browser.post_form(form, typed).unwrap();
        let callback = page.redirect_target().map(String::from).unwrap_or_default();
        assert!(
            callback.starts_with(&self.url),
            "{callback}: {}",
            page.response.status
        );
        let page = browser.follow(&page).unwrap().unwrap();
        match page.response.status {
            302 => self.who_is_in(&mut browser),
            status => Login::Status(status),
        }
    }

    /// To the end, as long as it stays between hub and pool.
    fn follow(&self, browser: &mut Session<'_>, mut page: Page) -> Result<Page, Login> {
        for _ in 0..MOST_HOPS {
            let Some(target) = page.redirect_target() else {
                return Ok(page);
            };
            if ![self.url.as_str(), self.stand_in.url()]
                .iter()
                .any(|known| target.as_str().starts_with(known))
            {
                return Err(Login::Elsewhere(target.host_str().unwrap_or_default().to_owned()));
            }
            page = browser.follow(&page).unwrap().unwrap();
        }
        panic!("more than {MOST_HOPS} redirects");
    }

    /// As the hub tells it to this very browser, and then to an administrator.
    fn who_is_in(&self, browser: &mut Session<'_>) -> Login {
        let mut request = HttpRequest::get(format!("{}hub/api/user", self.url))
            .header("Referer", format!("{}hub/home", self.url));
        let hub = Url::parse(&format!("{}hub/", self.url)).unwrap();
        // From 4.1 on this cookie comes with a page.
        browser.get(format!("{}hub/home", self.url)).unwrap();
        if let Some(token) = browser.cookie(&hub, "_xsrf") {
            request = request.header("X-XSRFToken", token);
        }
        let me: Value = browser.send(request).unwrap().response.json().unwrap();
        let name = me["name"].as_str().unwrap_or_else(|| panic!("{me}")).to_owned();
        let user = self.api(&format!("users/{name}")).unwrap();
        let groups = user["groups"].as_array().into_iter().flatten();
        let mut groups: Vec<_> = groups.map(|group| group.as_str().unwrap().to_owned()).collect();
        groups.sort();
        let is_new = !self.known.contains(&name);
        Login::In {
            name,
            admin: user["admin"].as_bool().unwrap(),
            groups,
            is_new,
        }
    }
}

impl Drop for RealHub {
    fn drop(&mut self) {
        // What runs in a fork ends with whoever asked for it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn stand_in(hub: &Hub, people: &[User], url: &str) -> Standin {
    let pool = &hub.request.pool;
    let client = Client {
        id: pool.client_id.clone(),
        secrets: vec![CANARY.to_owned().into()],
        callbacks: vec![format!("{url}hub/oauth_callback")],
        sign_outs: vec![url.to_owned()],
        scopes: pool.scopes.clone(),
    };
    Standin::start(Config::new(Pool::new(people.to_vec()), vec![client])).unwrap()
}

/// What stands for each of the pool's addresses and the hub's own.
fn addresses(hub: &Hub, stand_in: &str, url: &str) -> BTreeMap<String, String> {
    let pool = &hub.request.pool;
    let here = |address: &str| {
        (
            address.to_owned(),
            format!("{stand_in}{}", Url::parse(address).unwrap().path()),
        )
    };
    BTreeMap::from([
        here(&pool.authorize_url),
        here(&pool.token_url),
        here(&pool.userinfo_url),
        (pool.callback_url.clone(), format!("{url}hub/oauth_callback")),
        (
            "https://other.auth.eu-west-1.amazoncognito.com/oauth2/token".to_owned(),
            // Nobody listens there.
            "http://127.0.0.1:9/oauth2/token".to_owned(),
        ),
    ])
}

/// Where the form with a password goes.
fn form(page: &Page) -> Option<Url> {
    let html = Html::parse(&page.response.text());
    let form = html.elements().find(|element| {
        let mut fields = element.elements();
        element.name() == "form"
            && fields.any(|field| field.name() == "input" && field.is_of_type("password"))
    })?;
    page.url.join(form.attr("action").unwrap_or_default()).ok()
}
