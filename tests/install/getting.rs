//! The script on its way.

use super::*;
use hubgate::host::HttpError;

fn with_site(
    answer: impl Fn(usize) -> Result<HttpResponse, HttpError> + Send + Sync + 'static,
) -> MemoryHost {
    let host = machine();
    let asked = std::sync::atomic::AtomicUsize::new(0);
    host.site("https://tljh.jupyter.org/", move |_, _| {
        answer(asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst))
    });
    host
}

fn requests(host: &MemoryHost) -> Vec<String> {
    let sent = |event| match event {
        Event::Sent(_, url) => Some(url),
        _ => None,
    };
    host.record().into_iter().filter_map(sent).collect()
}

/// Nothing was run and nothing of the hub is there.
fn refused(host: &MemoryHost) -> String {
    let error = install(host).unwrap_err();
    assert_eq!(error.hub(), Some(HubState::Untouched));
    assert_eq!(installer_calls(host), []);
    assert_eq!(presence_on(host), Presence::Absent);
    error.to_string()
}

#[test]
fn redirects_are_followed() {
    let host = with_site(|_| Ok(HttpResponse::redirect("/latest/bootstrap.py")));
    host.site("https://tljh.jupyter.org/latest/", |_, _| {
        Ok(HttpResponse::redirect("https://raw.example.org/bootstrap.py"))
    });
    host.site("https://raw.example.org/", |_, _| {
        Ok(HttpResponse::new(200, SCRIPT))
    });
    assert_eq!(install(&host).unwrap(), Installed::Now);
    assert_eq!(
        requests(&host),
        [
            "https://tljh.jupyter.org/bootstrap.py",
            "https://tljh.jupyter.org/latest/bootstrap.py",
            "https://raw.example.org/bootstrap.py"
        ]
    );
}

#[test]
fn a_redirect_to_an_open_address_is_not_followed() {
    for open in [
        "http://tljh.jupyter.org/bootstrap.py",
        "http://localhost/bootstrap.py",
        "ftp://example.org/",
    ] {
        let host = with_site(move |_| Ok(HttpResponse::redirect(open)));
        assert!(refused(&host).ends_with(&format!("it redirects to {open}, which is not encrypted")));
        assert_eq!(requests(&host).len(), 1);
    }
}

#[test]
fn redirects_in_a_circle_end() {
    let host = with_site(|_| Ok(HttpResponse::redirect("https://tljh.jupyter.org/bootstrap.py")));
    assert!(refused(&host).ends_with("more than 5 redirects"));
}

#[test]
fn less_than_was_announced_is_not_run() {
    let length = SCRIPT.len() + 20_000;
    let host = with_site(move |_| {
        Ok(HttpResponse::new(200, SCRIPT).with_header("Content-Length", length.to_string()))
    });
    let expected = format!("{} bytes came, and {length} were announced", SCRIPT.len());
    assert!(refused(&host).ends_with(&expected));
    assert_eq!(requests(&host).len(), 5, "it is tried again first");
}

#[test]
fn a_network_that_comes_up_late_is_waited_for() {
    let host = with_site(|asked| match asked {
        0 => Err(HttpError::Dns {
            host: "tljh.jupyter.org".into(),
            detail: "no address".into(),
        }),
        1 => Ok(HttpResponse::new(503, "")),
        _ => Ok(HttpResponse::new(200, SCRIPT)),
    });
    let mut told = Heard::default();
    assert_eq!(install_as(&host, &wanted(), &mut told).unwrap(), Installed::Now);
    assert_eq!(
        told.0[1..3],
        [
            "tljh.jupyter.org has no address: no address; trying again in 1 s",
            "the answer is HTTP status 503; trying again in 3 s"
        ]
    );
}

#[test]
fn what_will_not_change_is_told_at_once() {
    let host = with_site(|_| Ok(HttpResponse::new(404, "")));
    assert_eq!(
        refused(&host),
        "TLJH's installer cannot be had from https://tljh.jupyter.org/bootstrap.py: the answer is HTTP status 404"
    );
    assert_eq!(requests(&host).len(), 1);
    let host = with_site(|_| {
        Err(HttpError::Tls {
            at: "tljh.jupyter.org:443".into(),
            detail: "certificate expired".into(),
        })
    });
    assert!(refused(&host).ends_with("tljh.jupyter.org:443: certificate expired"));
    assert_eq!(requests(&host).len(), 1);
}

#[test]
fn what_is_far_too_long_is_not_run() {
    let host = with_site(|_| Ok(HttpResponse::new(200, vec![b'#'; (1 << 20) + 1])));
    assert!(refused(&host).ends_with("it is longer than 1024 kB"));
}

#[test]
fn ctrl_c_ends_the_waiting() {
    let host = machine();
    host.site("https://tljh.jupyter.org/", |_, host| {
        use hubgate::host::Host;
        host.interrupt().request();
        Ok(HttpResponse::new(503, ""))
    });
    assert_eq!(refused(&host), "stopped on request");
    assert_eq!(requests(&host).len(), 1);
}

#[test]
fn a_file_of_this_machine_does_without_a_network() {
    let host = machine();
    host.put("/root/bootstrap.py", SCRIPT, 0o644);
    let source = "/root/bootstrap.py".parse().unwrap();
    let wanted = Wanted { source, ..wanted() };
    assert_eq!(
        install_as(&host, &wanted, &mut Heard::default()).unwrap(),
        Installed::Now
    );
    assert!(requests(&host).is_empty());

    let host = machine();
    let error = install_as(&host, &wanted, &mut Heard::default()).unwrap_err();
    assert!(error.to_string().contains("/root/bootstrap.py"), "{error}");
}
