//! One person's way through the hub: from its login page to Cognito's form, back, and out again.

use serde::Deserialize;
use url::Url;

use super::hub::{HubError, RehearsedHub};
use crate::answers::Answers;
use crate::host::HttpRequest;
use crate::host::http::{Element, Html, Http, HttpError, Page, Session};
use crate::tljh::login::Identity;
use crate::tljh::login::Person;
use secrecy::ExposeSecret as _;

/// A login has about eight redirects; twice that is a loop.
const MOST_HOPS: usize = 16;

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VisitOutcome {
    /// They got in, and the hub knows them as this.
    In {
        /// Who they are there.
        identity: Identity,
        /// What went wrong at logging out, if anything.
        logout_fault: Option<String>,
    },
    /// The hub showed an error page.
    Refused {
        /// Its HTTP status.
        status: u16,
        /// What it tells the person.
        says: String,
    },
    /// They got lost on the way.
    Lost(String),
}

/// Why there is no outcome at all.
#[derive(Debug, thiserror::Error)]
pub enum VisitError {
    /// Nobody answered.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The hub's API fell short.
    #[error(transparent)]
    Hub(#[from] HubError),
}

/// The addresses of one hub and one stand-in.
pub struct Visit<'a> {
    /// Makes the requests.
    pub http: &'a dyn Http,
    /// The hub.
    pub hub: &'a RehearsedHub<'a>,
    /// The stand-in's URL, without a slash at its end.
    pub stand_in: &'a str,
    /// What was answered.
    pub answers: &'a Answers,
}

impl Visit<'_> {
    /// Logs in as a person does in a browser, and out again.
    ///
    /// # Errors
    /// When the hub or the stand-in does not answer.
    pub fn play(&self, person: &Person) -> Result<VisitOutcome, VisitError> {
        let mut browser = Session::new(self.http);
        let form = match self.to_the_form(&mut browser)? {
            Ok(form) => form,
            Err(lost) => return Ok(VisitOutcome::Lost(lost)),
        };
        let account = &person.account;
        let typed = [
            ("username", account.username.as_str()),
            ("password", account.password.expose_secret()),
        ];
        let page = browser.post_form(form, typed)?;
        let page = browser.follow_to_end(page, MOST_HOPS)?;
        if !self.is_on_hub(&page.url) {
            return Ok(VisitOutcome::Lost(format!(
                "stayed on {}, which says: {}",
                bare(&page.url),
                paragraph_of(&page)
            )));
        }
        if page.response.status != 200 {
            return Ok(VisitOutcome::Refused {
                status: page.response.status,
                says: error_of(&page),
            });
        }
        let name = match self.who_am_i(&mut browser)? {
            Ok(name) => name,
            Err(lost) => return Ok(VisitOutcome::Lost(lost)),
        };
        let Some(identity) = self.hub.identity(&name)? else {
            return Ok(VisitOutcome::Lost(format!(
                "the hub let {name} in, but knows no such user"
            )));
        };
        let logout_fault = self.log_out(&mut browser)?.err();
        Ok(VisitOutcome::In {
            identity,
            logout_fault,
        })
    }

    /// To Cognito's form: by the button of the hub's login page, or straight with auto_login.
    fn to_the_form(&self, browser: &mut Session<'_>) -> Result<Result<Url, String>, VisitError> {
        let page = browser.get(&self.hub.place().url)?;
        let mut page = browser.follow_to_end(page, MOST_HOPS)?;
        if self.is_on_hub(&page.url) {
            if self.answers.cognito.auto_login {
                return Ok(Err(
                    "the hub showed its own login page, in spite of auto_login".into()
                ));
            }
            let Some(button) = button(&page) else {
                return Ok(Err(format!(
                    "no button \"Sign in with AWS Cognito\" on {}",
                    bare(&page.url)
                )));
            };
            page = browser.get(button)?;
            page = browser.follow_to_end(page, MOST_HOPS)?;
        } else if !self.answers.cognito.auto_login {
            return Ok(Err("the hub went straight to Cognito, without auto_login".into()));
        }
        Ok(form(&page)
            .ok_or_else(|| format!("no login form on {}: {}", bare(&page.url), paragraph_of(&page))))
    }

    /// The user's name, as the hub tells it to this very browser.
    fn who_am_i(&self, browser: &mut Session<'_>) -> Result<Result<String, String>, VisitError> {
        #[derive(Deserialize)]
        struct Me {
            name: String,
        }
        let base = &self.hub.place().url;
        // The hub answers a script of its own pages alone: it looks at these two.
        let mut request =
            HttpRequest::get(format!("{base}hub/api/user")).header("Referer", format!("{base}hub/home"));
        let home = Url::parse(&format!("{base}hub/")).ok();
        if let Some(token) = home.and_then(|home| browser.cookie(&home, "_xsrf")) {
            request = request.header("X-XSRFToken", token);
        }
        let page = browser.send(request)?;
        Ok(match (page.response.status, page.response.json::<Me>()) {
            (200, Ok(me)) => Ok(me.name),
            (status, _) => Err(format!(
                "logged in, but the hub does not tell as whom (HTTP {status})"
            )),
        })
    }

    /// Through the stand-in's /logout and back; afterwards the session must be gone.
    fn log_out(&self, browser: &mut Session<'_>) -> Result<Result<(), String>, VisitError> {
        let base = &self.hub.place().url;
        let leaves = self.answers.oauthenticator.has_logout_redirect();
        let mut page = browser.get(format!("{base}hub/logout"))?;
        let mut was_at_logout = false;
        for _ in 0..MOST_HOPS {
            let at_logout = page
                .url
                .as_str()
                .starts_with(&format!("{}/logout?", self.stand_in));
            was_at_logout |= at_logout;
            let Some(target) = page.redirect_target() else {
                break;
            };
            if at_logout && target.as_str() != self.hub.place().sign_out_url {
                return Ok(Err(format!(
                    "Cognito does not accept the sign-out URL and leads to {}",
                    bare(&target)
                )));
            }
            match browser.follow(&page)? {
                Some(next) => page = next,
                None => break,
            }
        }
        if leaves && !was_at_logout {
            return Ok(Err(format!(
                "logging out does not lead to Cognito's /logout but to {}",
                bare(&page.url)
            )));
        }
        let home = browser.get(format!("{base}hub/home"))?;
        Ok(match home.response.status {
            200 => Err("still logged in after logging out".into()),
            _ => Ok(()),
        })
    }

    fn is_on_hub(&self, url: &Url) -> bool {
        url.as_str().starts_with(&self.hub.place().url)
    }
}

/// The button of the hub's login page, if it says what it should.
fn button(page: &Page) -> Option<Url> {
    let html = Html::parse(&page.response.text());
    let href = html
        .elements()
        .filter(|element| element.name() == "a" && element.text().contains("AWS Cognito"))
        .filter_map(|link| link.attr("href"))
        .find(|href| href.contains("oauth_login"))?;
    page.url.join(href).ok()
}

/// Where the form with a password goes.
fn form(page: &Page) -> Option<Url> {
    let html = Html::parse(&page.response.text());
    let is_password = |field: Element<'_>| field.name() == "input" && field.is_of_type("password");
    let form = html
        .elements()
        .find(|element| element.name() == "form" && element.elements().any(is_password))?;
    page.url.join(form.attr("action").unwrap_or_default()).ok()
}

fn paragraph_of(page: &Page) -> String {
    let html = Html::parse(&page.response.text());
    first_said(html.elements().filter(|element| element.name() == "p"))
}

fn error_of(page: &Page) -> String {
    let html = Html::parse(&page.response.text());
    let is_error = |element: &Element<'_>| element.has_class("error");
    let errors = html.elements_not_inside(is_error).filter(is_error);
    let inside = errors.flat_map(|error| error.elements());
    first_said(inside.filter(|element| matches!(element.name(), "p" | "h1")))
}

/// The text of the first of these that has any, on one line.
fn first_said<'a>(elements: impl Iterator<Item = Element<'a>>) -> String {
    let texts = elements.map(|element| element.text());
    let mut told: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    // A sentence before a bare "403 : Forbidden".
    told.sort_by_key(|text| text.starts_with(|c: char| c.is_ascii_digit()));
    told.into_iter().next().unwrap_or_else(|| "nothing".into())
}

/// Without the query, which holds codes and states.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.into()
}
