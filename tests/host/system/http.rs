use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tiny_http::{Header, Response, Server};

use super::{again, is_inner};
use hubgate::host::http::{BODY_LIMIT, HttpError, HttpRequest, HttpResponse, Session};
use hubgate::host::{Http, SystemHost};

/// Answers one request after the other on loopback, and hands each over as "METHOD URL headers body".
fn serve(
    answer: impl Fn(&str) -> Response<std::io::Cursor<Vec<u8>>> + Send + 'static,
) -> (SocketAddr, mpsc::Receiver<String>) {
    let server = Server::http("127.0.0.1:0").unwrap();
    let address = server.server_addr().to_ip().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        for mut request in server.incoming_requests() {
            let mut seen = format!("{} {}\n", request.method(), request.url());
            for header in request.headers() {
                seen += &format!(
                    "{}: {}\n",
                    header.field.as_str().as_str().to_lowercase(),
                    header.value
                );
            }
            let mut body = String::new();
            request.as_reader().read_to_string(&mut body).unwrap();
            seen += &format!("\n{body}");
            let url = request.url().to_owned();
            request.respond(answer(&url)).unwrap();
            if sender.send(seen).is_err() {
                return;
            }
        }
    });
    (address, receiver)
}

fn header(name: &str, value: &str) -> Header {
    Header::from_bytes(name, value).unwrap()
}

fn get(url: &str) -> Result<HttpResponse, HttpError> {
    SystemHost::new().send(&HttpRequest::get(url))
}

#[test]
fn a_redirect_is_an_answer() {
    let (address, _seen) = serve(|_| {
        Response::from_string("gone")
            .with_status_code(302)
            .with_header(header("Location", "/elsewhere"))
    });
    let answer = get(&format!("http://{address}/x")).unwrap();
    assert_eq!(
        (answer.status, answer.location(), answer.text()),
        (302, Some("/elsewhere"), "gone".into())
    );
}

#[test]
fn an_error_status_is_an_answer_with_its_body() {
    for status in [400_u16, 401, 403, 404, 500, 502] {
        let (address, _seen) = serve(move |_| Response::from_string("why").with_status_code(status));
        let answer = get(&format!("http://{address}/")).unwrap();
        assert_eq!((answer.status, answer.text()), (status, "why".into()));
    }
}

#[test]
fn every_header_of_a_name_is_there() {
    let (address, _seen) = serve(|_| {
        Response::from_string("")
            .with_header(header("Set-Cookie", "a=1"))
            .with_header(header("Set-Cookie", "b=2"))
    });
    let answer = get(&format!("http://{address}/")).unwrap();
    assert_eq!(
        answer.header_values("set-COOKIE").collect::<Vec<_>>(),
        ["a=1", "b=2"]
    );
}

#[test]
fn a_form_arrives_as_a_browser_sends_it() {
    let (address, seen) = serve(|_| Response::from_string(r#"{"ok": true}"#));
    let request = HttpRequest::post_form(
        format!("http://{address}/token?x=1"),
        [("code", "a b&ä"), ("x", "")],
    )
    .header("Authorization", "Basic eA==");
    let answer = SystemHost::new().send(&request).unwrap();
    assert_eq!(answer.json::<serde_json::Value>().unwrap()["ok"], true);
    let seen = seen.recv().unwrap();
    assert!(seen.starts_with("POST /token?x=1\n"), "{seen}");
    assert!(seen.contains("\nauthorization: Basic eA==\n"), "{seen}");
    assert!(
        seen.contains("\ncontent-type: application/x-www-form-urlencoded\n"),
        "{seen}"
    );
    assert!(seen.contains("\nuser-agent: hubgate/"), "{seen}");
    assert!(seen.ends_with("\n\ncode=a+b%26%C3%A4&x="), "{seen}");
    assert!(!format!("{request:?} {answer:?}").contains("eA=="));
}

#[test]
fn a_given_address_is_asked_by_the_public_name() {
    let (address, seen) = serve(|_| Response::from_string("hello"));
    let request = HttpRequest::get("http://hub.example.org/hub/api").connect_to(address);
    assert_eq!(SystemHost::new().send(&request).unwrap().text(), "hello");
    assert!(seen.recv().unwrap().contains("\nhost: hub.example.org\n"));
}

#[test]
fn a_body_over_the_limit_is_an_error() {
    let (address, _seen) = serve(|url| {
        let over = u64::from(url == "/over");
        Response::from_data(vec![b'x'; usize::try_from(BODY_LIMIT + over).unwrap()])
    });
    assert_eq!(
        get(&format!("http://{address}/at")).unwrap().body.len() as u64,
        BODY_LIMIT
    );
    let error = get(&format!("http://{address}/over")).unwrap_err();
    assert!(matches!(error, HttpError::Other { .. }), "{error:?}");
}

#[test]
fn a_port_where_nobody_listens_refuses() {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = get(&format!("http://{address}/")).unwrap_err();
    assert_eq!(
        error,
        HttpError::Refused {
            at: address.to_string()
        }
    );
}

#[test]
fn a_server_that_says_nothing_times_out() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap();
    let request = HttpRequest::get(format!("http://{address}/")).timeout(Duration::from_millis(200));
    let error = SystemHost::new().send(&request).unwrap_err();
    assert_eq!(
        error,
        HttpError::Timeout {
            at: address.to_string()
        }
    );
}

#[test]
fn a_name_without_an_address_is_said_to_have_none() {
    let error = get("http://no-such-host.localhost/").unwrap_err();
    assert!(
        matches!(&error, HttpError::Dns { host, .. } if host == "no-such-host.localhost"),
        "{error:?}"
    );
}

#[test]
fn what_is_no_url_and_what_is_no_http_is_told() {
    for url in ["hub.example.org", "http://", "ftp://127.0.0.1/"] {
        let error = get(url).unwrap_err();
        assert!(matches!(error, HttpError::Other { .. }), "{url}: {error:?}");
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let _ = stream.read(&mut [0; 1000]);
        stream.write_all(b"SSH-2.0-OpenSSH\r\n\r\n").unwrap();
    });
    let error = get(&format!("http://{address}/")).unwrap_err();
    assert!(matches!(error, HttpError::Other { .. }), "{error:?}");
}

#[test]
fn a_server_that_came_back_is_asked_anew() {
    // Each life of the server takes one connection, answers one request on it and dies.
    let live_once = |listener: TcpListener| {
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 1000]).unwrap() > 0);
            stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                .unwrap();
        })
    };
    let host = SystemHost::new();
    let mut listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    for _ in 0..3 {
        let life = live_once(listener);
        assert_eq!(
            host.send(&HttpRequest::get(format!("http://{address}/")))
                .unwrap()
                .text(),
            "ok"
        );
        life.join().unwrap();
        listener = TcpListener::bind(address).unwrap();
    }
}

/// Keeps the connection after its first answer, reads a second request there and hangs up on it; answers whoever
/// comes anew.
fn hangs_up_on_the_second_request() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            assert!(stream.read(&mut [0; 1000]).unwrap() > 0);
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
            stream.write_all(answer).unwrap();
            let _ = stream.read(&mut [0; 1000]);
        }
    });
    address
}

#[test]
fn a_kept_connection_that_is_closed_meanwhile_is_no_failure() {
    let address = hangs_up_on_the_second_request();
    let host = SystemHost::new();
    for _ in 0..4 {
        let answer = host.send(&HttpRequest::get(format!("http://{address}/")));
        assert_eq!(answer.unwrap().text(), "ok");
    }
}

#[test]
fn what_may_have_been_done_is_not_asked_for_twice() {
    let address = hangs_up_on_the_second_request();
    let host = SystemHost::new();
    let url = format!("http://{address}/");
    host.send(&HttpRequest::get(&url)).unwrap();
    let error = host
        .send(&HttpRequest::post_form(&url, [("a", "b")]))
        .unwrap_err();
    assert!(matches!(error, HttpError::Other { .. }), "{error:?}");
}

#[test]
fn a_session_logs_in_over_real_http() {
    let (address, seen) = serve(|url| match url {
        "/login" => Response::from_string("")
            .with_status_code(302)
            .with_header(header("Set-Cookie", "state=\"2|1:0\"; Path=/; HttpOnly"))
            .with_header(header("Location", "home#top")),
        _ => Response::from_string("welcome"),
    });
    let host = SystemHost::new();
    let mut session = Session::new(&host);
    let page = session.get(format!("http://{address}/login")).unwrap();
    let page = session.follow_to_end(page, 5).unwrap();
    assert_eq!(
        (page.url.path(), page.response.text()),
        ("/home", "welcome".into())
    );
    assert!(!seen.recv().unwrap().contains("cookie"));
    assert!(seen.recv().unwrap().contains("\ncookie: state=\"2|1:0\"\n"));
}

#[test]
fn a_proxy_for_http_alone_is_not_asked_for_https() {
    if is_inner() {
        let error = SystemHost::new()
            .send(&HttpRequest::get("https://hub.invalid/"))
            .unwrap_err();
        let is_meant = std::env::var_os("HTTPS_PROXY").is_some_and(|proxy| !proxy.is_empty());
        assert_eq!(
            error.to_string().contains("the proxy 127.0.0.1:1"),
            is_meant,
            "{error}"
        );
        assert_eq!(matches!(error, HttpError::Dns { .. }), !is_meant, "{error:?}");
        return;
    }
    for for_https in ["", "http://127.0.0.1:1"] {
        let mut inner = again("http::a_proxy_for_http_alone_is_not_asked_for_https");
        for name in ["ALL_PROXY", "all_proxy", "https_proxy", "NO_PROXY", "no_proxy"] {
            inner.env_remove(name);
        }
        inner
            .env("http_proxy", "http://127.0.0.1:1")
            .env("HTTPS_PROXY", for_https);
        assert!(inner.status().unwrap().success());
    }
}
