#![allow(clippy::unwrap_used)]

use std::io::ErrorKind;
use std::path::Path;

use super::*;
use crate::host::{Environment, Files, Http, HttpRequest, HttpResponse, Programs, RunError};

#[test]
fn files_behave_as_on_a_disk() {
    let host = MemoryHost::new();
    let write = |path: &str| host.write_atomic(Path::new(path), b"x", 0o600, Some((1, 2)));
    assert_eq!(write("/a/f").unwrap_err().kind(), ErrorKind::NotFound);
    host.create_dir("/a/b".as_ref(), 0o700).unwrap();
    write("/a/f").unwrap();
    assert_eq!(write("/a/b").unwrap_err().kind(), ErrorKind::IsADirectory);
    assert_eq!(write("/a/f/g").unwrap_err().kind(), ErrorKind::NotADirectory);
    let stat = host.stat("/a/f".as_ref()).unwrap().unwrap();
    assert_eq!(
        (stat.mode, stat.uid, stat.gid, stat.len, stat.is_dir),
        (0o600, 1, 2, 1, false)
    );
    assert_eq!(host.stat("/a".as_ref()).unwrap().unwrap().mode, 0o700);
    assert_eq!(
        host.list("/a".as_ref()).unwrap(),
        [Path::new("/a/b"), Path::new("/a/f")]
    );
    assert_eq!(
        host.remove_dir("/a".as_ref()).unwrap_err().kind(),
        ErrorKind::DirectoryNotEmpty
    );
    assert_eq!(
        host.remove("/a/b".as_ref()).unwrap_err().kind(),
        ErrorKind::IsADirectory
    );
    host.remove("/a/f".as_ref()).unwrap();
    assert_eq!(
        host.read("/a/f".as_ref()).unwrap_err().kind(),
        ErrorKind::NotFound
    );
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
fn a_lock_is_held_by_one_and_lost_with_the_process() {
    let host = MemoryHost::new();
    let path = Path::new("/lock");
    let lock = host.try_lock(path).unwrap();
    assert!(lock.is_some() && host.try_lock(path).unwrap().is_none());
    drop(lock);
    let kept = host.try_lock(path).unwrap();
    assert!(kept.is_some());
    assert!(host.restart().try_lock(path).unwrap().is_some());
}

#[test]
fn a_program_can_change_the_host() {
    let host = MemoryHost::new();
    host.program("/usr/bin/touch", |call, host| {
        host.put(&call.args[0], "", 0o644);
        Ok(finished(""))
    });
    let touch = host.find("touch").unwrap();
    host.run(&Invocation::new(touch).arg("/tmp/x")).unwrap();
    assert!(host.stat("/tmp/x".as_ref()).unwrap().is_some());
    assert_eq!(host.commands(), ["/usr/bin/touch /tmp/x"]);
    assert!(matches!(
        host.run(&Invocation::new("/bin/no")),
        Err(RunError::NotFound { .. })
    ));
}

#[test]
fn a_program_that_hangs_takes_its_deadline() {
    let host = MemoryHost::new();
    host.program("/bin/sleep", |call, _| Err(hangs(call, "zzz")));
    let error = host
        .run(&Invocation::new("/bin/sleep").deadline(Duration::from_secs(7)))
        .unwrap_err();
    assert_eq!(error.output().0, b"zzz");
    assert_eq!(host.monotonic(), Duration::from_secs(7));
    let mut running = host.start(&Invocation::new("/bin/sleep")).unwrap();
    assert_eq!(running.poll().unwrap(), None);
    assert!(running.stop(Duration::ZERO).is_ok() && running.poll().unwrap().is_some());
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
fn an_interrupt_cuts_sleep_and_programs_short() {
    let host = MemoryHost::new();
    host.program("/bin/true", |_, _| Ok(finished("")));
    host.interrupt().request();
    host.sleep(Duration::from_secs(5));
    assert_eq!(host.monotonic(), Duration::ZERO);
    assert!(matches!(
        host.run(&Invocation::new("/bin/true")),
        Err(RunError::Interrupted { .. })
    ));
    let next = host.restart();
    assert!(!next.interrupt().requested() && next.run(&Invocation::new("/bin/true")).is_ok());
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
