#![allow(clippy::unwrap_used)]

use std::sync::{Arc, Mutex};

use super::*;
use crate::host::memory::MemoryHost;

/// What a request carried.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Seen {
    method: Method,
    url: String,
    cookies: String,
    body: String,
    connect_to: Option<SocketAddr>,
}

/// A host whose every site answers so, and the list of what was asked.
fn world(
    answer: impl Fn(&str) -> HttpResponse + Send + Sync + 'static,
) -> (MemoryHost, Arc<Mutex<Vec<Seen>>>) {
    let host = MemoryHost::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let list = seen.clone();
    host.site("http", move |request, _| {
        let cookies = request.headers.iter().find(|(name, _)| name == "Cookie");
        list.lock().unwrap().push(Seen {
            method: request.method,
            url: request.url.clone(),
            cookies: cookies.map(|(_, value)| value.clone()).unwrap_or_default(),
            body: String::from_utf8(request.body.clone().unwrap_or_default()).unwrap(),
            connect_to: request.connect_to,
        });
        Ok(answer(&request.url))
    });
    (host, seen)
}

fn sets(cookie: &str) -> HttpResponse {
    HttpResponse::new(200, "").with_header("Set-Cookie", cookie)
}

/// The cookies that are sent to `next` after `first` has set one.
fn sent_after(first: &str, cookie: &'static str, next: &str) -> String {
    let (host, seen) = world(move |_| sets(cookie));
    let mut session = Session::new(&host);
    session.get(first).unwrap();
    session.get(next).unwrap();
    seen.lock().unwrap()[1].cookies.clone()
}

#[test]
fn cookies_go_where_a_browser_sends_them() {
    let table = [
        (
            "http://127.0.0.1:8000/hub/login",
            "a=1",
            "http://127.0.0.1:8000/hub/x",
            "a=1",
        ),
        // Ports do not part cookies.
        ("http://127.0.0.1:8000/", "a=1", "http://127.0.0.1:9000/", "a=1"),
        ("http://127.0.0.1/", "a=1", "http://localhost/", ""),
        (
            "http://127.0.0.1/",
            "a=1; Path=/hub/",
            "http://127.0.0.1/hub/x",
            "a=1",
        ),
        (
            "http://127.0.0.1/",
            "a=1; Path=/hub/",
            "http://127.0.0.1/user/x",
            "",
        ),
        (
            "https://h.example.org/",
            "a=1; Secure",
            "http://h.example.org/",
            "",
        ),
        (
            "https://h.example.org/",
            "a=1; Secure; HttpOnly",
            "https://h.example.org/",
            "a=1",
        ),
        (
            "https://h.example.org/",
            "a=1; Domain=example.org",
            "https://x.example.org/",
            "a=1",
        ),
        (
            "https://h.example.org/",
            "a=1; Domain=other.org",
            "https://other.org/",
            "",
        ),
        (
            "https://h.example.org/",
            "a=1; Max-Age=0",
            "https://h.example.org/",
            "",
        ),
        ("http://h/", "a=\"2|1:0|10:1\"", "http://h/", "a=\"2|1:0|10:1\""),
    ];
    for (first, cookie, next, sent) in table {
        assert_eq!(
            sent_after(first, cookie, next),
            sent,
            "{cookie} from {first} to {next}"
        );
    }
}

#[test]
fn redirects_are_followed_one_by_one_to_the_end() {
    let (host, _) = world(|url| match url {
        "http://hub/" => HttpResponse::redirect("/hub/login?next=%2F"),
        "http://hub/hub/login?next=%2F" => HttpResponse::redirect("https://idp.example.org/a#fragment"),
        "https://idp.example.org/a" => HttpResponse::new(200, "form"),
        other => panic!("{other}"),
    });
    let mut session = Session::new(&host);
    let start = session.get("http://hub/").unwrap();
    let one = session.follow(&start).unwrap().unwrap();
    assert_eq!(one.url.as_str(), "http://hub/hub/login?next=%2F");
    let end = session.follow_to_end(start, 2).unwrap();
    assert_eq!(
        (end.url.as_str(), end.response.text()),
        ("https://idp.example.org/a", "form".into())
    );
    assert!(session.follow(&end).unwrap().is_none());
}

#[test]
fn a_redirect_loop_ends() {
    let (host, seen) = world(|_| HttpResponse::redirect("/again"));
    let mut session = Session::new(&host);
    let page = session.get("http://hub/").unwrap();
    let error = session.follow_to_end(page, 5).unwrap_err();
    assert!(error.to_string().ends_with("more than 5 redirects"), "{error}");
    assert_eq!(seen.lock().unwrap().len(), 6);
}

#[test]
fn a_post_becomes_a_get_unless_the_redirect_keeps_it() {
    for (status, method, body) in [
        (302, Method::Get, ""),
        (303, Method::Get, ""),
        (307, Method::Post, "a=b+c"),
    ] {
        let (host, seen) = world(move |url| match url {
            "http://hub/post" => HttpResponse::new(status, "").with_header("Location", "/next"),
            _ => HttpResponse::new(200, ""),
        });
        let mut session = Session::new(&host);
        let page = session.post_form("http://hub/post", [("a", "b c")]).unwrap();
        session.follow(&page).unwrap();
        let last = seen.lock().unwrap().pop().unwrap();
        assert_eq!((last.method, last.body.as_str()), (method, body), "{status}");
    }
}

#[test]
fn a_host_can_be_talked_to_at_another_address() {
    let (host, seen) = world(|_| HttpResponse::new(200, ""));
    let address = "127.0.0.1:443".parse().unwrap();
    let mut session = Session::new(&host).connect_host("hub.example.org", address);
    session.get("https://HUB.example.org/").unwrap();
    session.get("https://idp.example.org/").unwrap();
    let addresses: Vec<_> = seen.lock().unwrap().iter().map(|seen| seen.connect_to).collect();
    assert_eq!(addresses, [Some(address), None]);
}

#[test]
fn a_cookie_can_be_looked_up_for_a_form() {
    let (host, _) = world(|_| sets("_xsrf=2|abc; Path=/hub/"));
    let mut session = Session::new(&host);
    let page = session.get("http://hub/hub/login").unwrap();
    assert_eq!(session.cookie(&page.url, "_xsrf").as_deref(), Some("2|abc"));
    assert_eq!(session.cookie(&"http://hub/".parse().unwrap(), "_xsrf"), None);
}

#[test]
fn what_is_no_url_is_an_error() {
    let host = MemoryHost::new();
    assert!(matches!(
        Session::new(&host).get("/hub"),
        Err(HttpError::Other { .. })
    ));
}
