//! A stand-in for a JupyterHub with an OAuth login: the three pages that a look from outside needs, answered
//! as JupyterHub 5 with oauthenticator 17 answers them. Its real pages are tried in the rehearsal.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use hubgate::answers::Answers;
use tiny_http::{Header, Request, Response, Server};

/// What the login page is.
#[derive(Clone, Debug, PartialEq)]
pub enum Login {
    /// A button to `/hub/oauth_login`, for a service of this name.
    Button(String),
    /// Straight to `/hub/oauth_login`.
    Automatic,
    /// A form with user name and password; there is no `/hub/oauth_login`.
    Password,
}

/// How everything is answered, whatever is asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Instead {
    pub status: u16,
    pub body: String,
}

/// What the hub is like; may be changed while it runs.
#[derive(Clone, Debug)]
pub struct State {
    pub base_url: String,
    pub login: Login,
    /// The authorize endpoint.
    pub authorize_url: String,
    /// Its query but for `state`, in the order in which oauthenticator writes it.
    pub query: Vec<(String, String)>,
    /// traefik, or something else, answers in the hub's place.
    pub instead: Option<Instead>,
}

impl State {
    /// As the rendered file makes it.
    pub fn of(answers: &Answers) -> Self {
        let cognito = &answers.cognito;
        let mut query = vec![
            ("response_type", "code".to_owned()),
            ("redirect_uri", answers.callback_url()),
            ("client_id", cognito.client_id.to_string()),
        ];
        if answers.oauthenticator.has_pkce() {
            query.push((
                "code_challenge",
                "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".to_owned(),
            ));
            query.push(("code_challenge_method", "S256".to_owned()));
        }
        query.push(("scope", cognito.scopes.joined()));
        State {
            base_url: answers.hub.base_url.as_str().to_owned(),
            login: if cognito.auto_login {
                Login::Automatic
            } else {
                Login::Button("AWS Cognito".to_owned())
            },
            authorize_url: cognito.domain.authorize_url(),
            query: query
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            instead: None,
        }
    }

    /// Changes a parameter of the request to Cognito, or takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.query.retain(|(known, _)| known != name);
        self.query
            .extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
}

/// A running hub; stops when dropped.
pub struct Hub {
    server: Arc<Server>,
    state: Arc<Mutex<State>>,
    thread: Option<JoinHandle<()>>,
    pub port: u16,
}

impl Hub {
    pub fn start(state: State) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let port = server.server_addr().to_ip().unwrap().port();
        let state = Arc::new(Mutex::new(state));
        let thread = std::thread::spawn({
            let (server, state) = (server.clone(), state.clone());
            move || {
                for request in server.incoming_requests() {
                    let state = state.lock().unwrap().clone();
                    answer(request, &state);
                }
            }
        });
        Hub {
            server,
            state,
            thread: Some(thread),
            port,
        }
    }

    pub fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn answer(request: Request, state: &State) {
    let (status, headers, body) = page(request.url(), state);
    let mut response = Response::from_string(body).with_status_code(status);
    for (name, value) in headers {
        response.add_header(Header::from_bytes(name, value).unwrap());
    }
    // Whoever asked may be gone.
    let _ = request.respond(response);
}

type Answer = (u16, Vec<(&'static str, String)>, String);

fn page(url: &str, state: &State) -> Answer {
    if let Some(instead) = &state.instead {
        return (instead.status, html(), instead.body.clone());
    }
    let path = url.split('?').next().unwrap_or(url);
    let Some(path) = path.strip_prefix(&state.base_url) else {
        // traefik knows no route outside of the base URL.
        return (404, Vec::new(), "404 page not found\n".to_owned());
    };
    let oauth_login = format!("{}hub/oauth_login", state.base_url);
    match (path, &state.login) {
        ("hub/api", _) => (200, json(), r#"{"version": "5.5.4"}"#.to_owned()),
        ("hub/login", Login::Button(service)) => (
            200,
            html(),
            format!(
                "<!DOCTYPE HTML><html><head><title>JupyterHub</title></head><body>\
                 <a role=\"button\"\n class='btn btn-jupyter btn-lg'\n href='{oauth_login}?next='>Sign in with \
                 {service}</a></body></html>"
            ),
        ),
        ("hub/login", Login::Automatic) => redirect(oauth_login),
        ("hub/login", Login::Password) => (
            200,
            html(),
            format!(
                "<!DOCTYPE HTML><html><head><title>JupyterHub</title></head><body><form action=\"{}hub/login?next=\" \
                 method=\"post\"><input type=\"hidden\" name=\"_xsrf\" value=\"{}\"/><input name=\"username\" \
                 type=\"text\"/><input name=\"password\" type=\"password\"/><input type=\"submit\" value=\"Sign in\"/>\
                 </form></body></html>",
                state.base_url,
                unique()
            ),
        ),
        ("hub/oauth_login", Login::Button(_) | Login::Automatic) => {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&state.query)
                .append_pair("state", &unique())
                .finish();
            redirect(format!("{}?{query}", state.authorize_url))
        }
        ("", _) => redirect(format!("{}hub/", state.base_url)),
        _ => (
            404,
            html(),
            "<html><head><title>JupyterHub</title></head><h1>404 : Not Found</h1></html>".to_owned(),
        ),
    }
}

fn html() -> Vec<(&'static str, String)> {
    vec![("Content-Type", "text/html".to_owned())]
}

fn json() -> Vec<(&'static str, String)> {
    vec![("Content-Type", "application/json".to_owned())]
}

fn redirect(location: String) -> Answer {
    (302, vec![("Location", location)], String::new())
}

/// Something else every time, as a state or an XSRF token is.
fn unique() -> String {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    format!("{:x}", since.unwrap_or(Duration::ZERO).as_nanos())
}
