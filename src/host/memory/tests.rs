#![allow(clippy::unwrap_used)]

use std::io::ErrorKind;
use std::path::Path;

use super::*;
use crate::host::{Environment, Files, Http, HttpRequest, HttpResponse, Programs};

#[test]
fn what_is_done_is_recorded_and_what_fails_or_looks_is_not() {
    let host = MemoryHost::new();
    let write = |path: &str| host.write_atomic(Path::new(path), b"x", 0o600, Some((1, 2)));
    assert!(write("/a/f").is_err());
    host.create_dir("/a/b".as_ref(), 0o700).unwrap();
    write("/a/f").unwrap();
    assert!(write("/a/b").is_err());
    host.read("/a/f".as_ref()).unwrap();
    host.remove("/a/f".as_ref()).unwrap();
    assert_eq!(
        host.record(),
        [
            Event::MadeFolder("/a".into()),
            Event::MadeFolder("/a/b".into()),
            Event::Wrote("/a/f".into()),
            Event::Removed("/a/f".into()),
        ]
    );
}

#[test]
fn a_snapshot_is_equal_when_bytes_modes_and_owners_are() {
    let host = MemoryHost::new();
    host.put("/etc/f", "x", 0o644);
    let before = host.snapshot();
    host.advance(Duration::from_secs(1));
    host.write_atomic("/etc/f".as_ref(), b"x", 0o600, None).unwrap();
    assert_ne!(host.snapshot(), before);
    host.write_atomic("/etc/f".as_ref(), b"x", 0o644, Some((0, 0)))
        .unwrap();
    assert_eq!(host.snapshot(), before);
}

#[test]
fn a_lock_is_lost_with_the_process() {
    let host = MemoryHost::new();
    let path = Path::new("/lock");
    let kept = host.try_lock(path).unwrap();
    assert!(kept.is_some());
    assert!(host.restart().try_lock(path).unwrap().is_some());
}

#[test]
fn what_was_run_is_recorded_as_a_person_would_type_it() {
    let host = MemoryHost::new();
    host.program("/usr/bin/touch", |call, host| {
        host.put(&call.args[0], "", 0o644);
        Ok(finished(""))
    });
    let touch = host.find("touch").unwrap();
    host.run(&Invocation::new(touch).arg("/tmp/x")).unwrap();
    assert_eq!(host.commands(), ["/usr/bin/touch /tmp/x"]);
}

#[test]
fn a_program_that_hangs_takes_exactly_its_deadline() {
    let host = MemoryHost::new();
    host.program("/bin/sleep", |call, _| Err(hangs(call, "zzz")));
    let call = Invocation::new("/bin/sleep").deadline(Duration::from_secs(7));
    assert!(host.run(&call).is_err());
    assert_eq!(host.monotonic(), Duration::from_secs(7));
}

#[test]
fn the_site_set_up_last_answers() {
    let host = MemoryHost::new();
    let status = |url: &str| host.send(&HttpRequest::get(url)).map(|answer| answer.status);
    assert!(matches!(status("http://hub/"), Err(HttpError::Refused { .. })));
    host.site("http://hub/", |_, _| Ok(HttpResponse::new(200, "")));
    host.site("http://hub/api", |_, host| {
        Ok(HttpResponse::new(
            if host.monotonic() < Duration::from_secs(3) {
                503
            } else {
                200
            },
            "",
        ))
    });
    assert_eq!(
        (status("http://hub/x"), status("http://hub/api")),
        (Ok(200), Ok(503))
    );
    host.sleep(Duration::from_secs(3));
    assert_eq!(status("http://hub/api"), Ok(200));
}

#[test]
fn an_interrupt_ends_with_the_process() {
    let host = MemoryHost::new();
    host.interrupt().request();
    host.sleep(Duration::from_secs(5));
    assert_eq!(host.monotonic(), Duration::ZERO);
    assert!(!host.restart().interrupt().requested());
}

#[test]
fn standard_input_is_read_once_and_only_up_to_a_limit() {
    let host = MemoryHost::new();
    assert!(host.stdin_is_terminal());
    host.set_stdin("abc");
    assert!(!host.stdin_is_terminal());
    assert_eq!(host.read_stdin(2).unwrap_err().kind(), ErrorKind::FileTooLarge);
    host.set_stdin("abc");
    assert_eq!(host.read_stdin(3).unwrap(), b"abc");
}
