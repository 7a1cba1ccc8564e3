//! What a person sees on a login page, without what changes from look to look. Pure.

use serde::{Deserialize, Serialize};
use url::Url;

use crate::host::http::{Element, Html};

/// Parameters that are new with every request, or that only carry a person's way back.
const VOLATILE: [&str; 5] = ["_xsrf", "state", "next", "code_challenge", "nonce"];

/// A form on a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginForm {
    /// Where it is sent, without volatile parameters.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Its fields, `name (type)`; no values.
    pub fields: Vec<String>,
}

/// A button, or a link that looks like one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginButton {
    /// What it says, with single spaces.
    pub text: String,
    /// Where it leads, without volatile parameters; empty for a form's own button.
    pub href: String,
}

/// A page's title, forms and buttons.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
pub struct LoginPage {
    /// The title, with single spaces.
    pub title: String,
    /// In the order of the page.
    pub forms: Vec<LoginForm>,
    /// In the order of the page.
    pub buttons: Vec<LoginButton>,
}

impl LoginPage {
    /// Reads HTML. What is no HTML is an empty page.
    pub fn parse(html: &str) -> Self {
        let html = Html::parse(html);
        LoginPage {
            title: html
                .elements()
                .find(|element| element.name() == "title")
                .map(|title| title.text())
                .unwrap_or_default(),
            forms: html
                .elements()
                .filter(|element| element.name() == "form")
                .map(form)
                .collect(),
            buttons: html
                // JupyterHub's pages carry dialogs that nobody sees until something goes wrong.
                .elements_not_inside(|element| element.has_class("modal"))
                .filter(is_button)
                .map(button)
                .collect(),
        }
    }

    /// Does it ask for a password?
    pub fn wants_password(&self) -> bool {
        self.forms
            .iter()
            .any(|form| form.fields.iter().any(|field| field.ends_with("(password)")))
    }
}

fn form(form: Element<'_>) -> LoginForm {
    let fields = form.elements().filter_map(|field| {
        let name = field.attr("name")?;
        matches!(field.name(), "input" | "select" | "textarea")
            .then(|| format!("{name} ({})", field.attr("type").unwrap_or("text")))
    });
    LoginForm {
        action: steady(form.attr("action").unwrap_or_default()),
        method: form.attr("method").unwrap_or("get").to_ascii_lowercase(),
        fields: fields.collect(),
    }
}

fn is_button(element: &Element<'_>) -> bool {
    match element.name() {
        "a" => element.attr("role") == Some("button") || element.has_class("btn"),
        "button" => true,
        "input" => element.is_of_type("submit") || element.is_of_type("image"),
        _ => false,
    }
}

fn button(button: Element<'_>) -> LoginButton {
    let said = button.text();
    LoginButton {
        text: if said.is_empty() {
            button.attr("value").unwrap_or_default().trim().to_owned()
        } else {
            said
        },
        href: steady(button.attr("href").unwrap_or_default()),
    }
}

/// An address, absolute or not, without volatile parameters. An empty query goes too.
pub(super) fn steady(address: &str) -> String {
    let (head, fragment) = match address.split_once('#') {
        Some((head, fragment)) => (head, Some(fragment)),
        None => (address, None),
    };
    let Some((path, query)) = head.split_once('?') else {
        return address.to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !pair.is_empty() && !VOLATILE.contains(&name)
        })
        .collect();
    let mut steady = path.to_owned();
    if !kept.is_empty() {
        steady.push('?');
        steady.push_str(&kept.join("&"));
    }
    if let Some(fragment) = fragment {
        steady.push('#');
        steady.push_str(fragment);
    }
    steady
}

/// The path of an address as it stands on a page of `origin`; `None` when it leads to another site.
pub(super) fn path_on(origin: &str, address: &str) -> Option<String> {
    let page = Url::parse(origin).ok()?;
    let target = page.join(address).ok()?;
    (target.host_str() == page.host_str()).then(|| target.path().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As JupyterHub 5.5 writes it, for an authenticator with passwords.
    const PASSWORDS: &str = r#"<html><head><title>
        JupyterHub</title></head><body><form action="/hub/login?next=&_xsrf=abc" method="post" role="form">
        <input type="hidden" name="_xsrf" value="MnwxOjB8" /><input id="username_input" type="text" name="username">
        <input type="password" name="password" />
        <input id="login_submit" type="submit" class='btn' value='Sign in' tabindex="3" /></form></body></html>"#;

    /// As JupyterHub 1.5 writes it, for an authenticator of OAuth.
    const OAUTH: &str = "<a role=\"button\" class='btn btn-jupyter btn-lg' href='/hub/oauth_login?next='>\n    \
        Sign in with AWS\n Cognito\n  </a>";

    #[test]
    fn a_password_form_is_read_without_what_changes() {
        let page = LoginPage::parse(PASSWORDS);
        assert_eq!(page.title, "JupyterHub");
        assert!(page.wants_password());
        assert_eq!(page.forms[0].action, "/hub/login");
        assert_eq!(
            page.forms[0].fields,
            ["_xsrf (hidden)", "username (text)", "password (password)",]
        );
        assert_eq!(page.buttons[0].text, "Sign in");
        assert_eq!(
            page,
            LoginPage::parse(&PASSWORDS.replace("MnwxOjB8", "other").replace("=abc", "=def"))
        );
    }

    #[test]
    fn a_link_that_looks_like_a_button_is_one() {
        let page = LoginPage::parse(OAUTH);
        let button = LoginButton {
            text: "Sign in with AWS Cognito".into(),
            href: "/hub/oauth_login".into(),
        };
        assert_eq!((page.buttons, page.forms.len()), (vec![button], 0));
    }

    #[test]
    fn a_dialog_that_nobody_sees_is_left_out() {
        let page = LoginPage::parse(
            "<div class=\"modal fade\"><p><button>Cancel</button></p></div><button>Go</button>",
        );
        assert_eq!(page.buttons.len(), 1);
        assert_eq!(page.buttons[0].text, "Go");
    }

    #[test]
    fn an_address_keeps_what_stays_the_same() {
        for (address, kept) in [
            ("/hub/login", "/hub/login"),
            ("/hub/login?next=%2Fx&a=1#top", "/hub/login?a=1#top"),
            (
                "https://h/a?client_id=i&state=s&code_challenge=c&scope=o",
                "https://h/a?client_id=i&scope=o",
            ),
            ("/x?", "/x"),
        ] {
            assert_eq!(steady(address), kept);
        }
    }

    #[test]
    fn only_an_input_that_sends_the_form_is_a_button() {
        let page = LoginPage::parse(
            "<form><input type=text name=a><input type=submit value=Go><input type=image value=Picture></form>",
        );
        let said: Vec<&str> = page.buttons.iter().map(|button| button.text.as_str()).collect();
        assert_eq!(said, ["Go", "Picture"]);
    }

    #[test]
    fn the_title_is_that_of_the_page_and_not_its_text() {
        let page = LoginPage::parse("<head><title>Hub</title></head><h1>Welcome</h1>");
        assert_eq!(page.title, "Hub");
    }
}
