//! The hub's pages that a look from outside needs, as JupyterHub 5 with oauthenticator 17 answers them. Its
//! real pages are tried in the rehearsal.

use std::sync::atomic::{AtomicU64, Ordering};

use hubgate::host::HttpResponse;

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

/// What the pages say.
#[derive(Clone, Debug, PartialEq)]
pub struct Pages {
    pub base_url: String,
    pub login: Login,
    /// The authorize endpoint.
    pub authorize_url: String,
    /// Its query but for `state`.
    pub query: Vec<(String, String)>,
    /// The password form has a hidden field that is another every time, as JupyterHub 5 has. Off at first: the
    /// records in fixtures/journals were written before the pages here had one.
    pub xsrf: bool,
    /// traefik, or something else, answers in the hub's place.
    pub instead: Option<Instead>,
}

impl Pages {
    /// Changes a parameter of the request to Cognito, or takes it away.
    pub fn set(&mut self, name: &str, value: Option<&str>) {
        self.query.retain(|(known, _)| known != name);
        self.query
            .extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
}

/// The page at a path.
pub fn page(path: &str, pages: &Pages) -> HttpResponse {
    if let Some(instead) = &pages.instead {
        return html(instead.status, &instead.body);
    }
    let base_url = &pages.base_url;
    let path = path.split('?').next().unwrap_or(path);
    let Some(path) = path.strip_prefix(base_url.as_str()) else {
        // traefik knows no route outside of the base URL.
        return HttpResponse::new(404, "404 page not found\n");
    };
    let oauth_login = format!("{base_url}hub/oauth_login");
    match (path, &pages.login) {
        ("hub/api", _) => {
            HttpResponse::new(200, r#"{"version": "5.5.4"}"#).with_header("content-type", "application/json")
        }
        ("hub/login", Login::Button(service)) => hub_page(
            200,
            &format!(
                "<a role=\"button\"\n class='btn btn-jupyter btn-lg'\n href='{oauth_login}?next='>Sign in with \
                 {service}</a>"
            ),
        ),
        ("hub/login", Login::Automatic) => HttpResponse::redirect(format!("{oauth_login}?next=")),
        ("hub/login", Login::Password) => {
            let hidden = match pages.xsrf {
                true => format!("<input type=\"hidden\" name=\"_xsrf\" value=\"{}\"/>", unique()),
                false => String::new(),
            };
            hub_page(
                200,
                &format!(
                    "<form action=\"{base_url}hub/login?next=\" method=\"post\">{hidden}\
                     <input name=\"username\" type=\"text\"/><input name=\"password\" type=\"password\"/>\
                     <input type=\"submit\" value=\"Sign in\"/></form>"
                ),
            )
        }
        ("hub/oauth_login", Login::Button(_) | Login::Automatic) => {
            let query = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&pages.query)
                .append_pair("state", &unique())
                .finish();
            HttpResponse::redirect(format!("{}?{query}", pages.authorize_url))
        }
        ("", _) => HttpResponse::redirect(format!("{base_url}hub/")),
        _ => hub_page(404, "<h1>404 : Not Found</h1>"),
    }
}

fn hub_page(status: u16, body: &str) -> HttpResponse {
    let head = "<!DOCTYPE HTML><html><head><title>JupyterHub</title></head><body>";
    html(status, &format!("{head}{body}</body></html>"))
}

fn html(status: u16, body: &str) -> HttpResponse {
    HttpResponse::new(status, body).with_header("content-type", "text/html")
}

/// Something else every time, as a state or an XSRF token is.
fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0x5eed);
    format!("{:x}", COUNT.fetch_add(1, Ordering::Relaxed))
}
