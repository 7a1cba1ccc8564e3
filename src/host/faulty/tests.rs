#![allow(clippy::unwrap_used)]

use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;
use crate::host::SystemHost;
use crate::host::memory::{MemoryHost, finished};

/// Three operations, one of each kind; says which came back well.
fn work(host: &dyn Host) -> (bool, bool, bool) {
    let wrote = host.write_atomic("/f".as_ref(), b"new", 0o600, None).is_ok();
    let ran = host
        .run(&Invocation::new("/bin/p"))
        .is_ok_and(|finished| finished.success());
    let removed = host.remove("/g".as_ref()).is_ok();
    (wrote, ran, removed)
}

fn machine() -> MemoryHost {
    let host = MemoryHost::new();
    host.put("/f", "old", 0o600);
    host.put("/g", "", 0o600);
    host.program("/bin/p", |_, host| {
        host.put("/ran", "", 0o600);
        Ok(finished(""))
    });
    host
}

/// What is on the machine after the work: new bytes, the program's trace, the removed file gone.
fn done(host: &MemoryHost) -> (bool, bool, bool) {
    let is_there = |path: &str| host.stat(path.as_ref()).unwrap().is_some();
    (
        host.read("/f".as_ref()).unwrap() == b"new",
        is_there("/ran"),
        !is_there("/g"),
    )
}

#[test]
fn without_a_fault_all_is_done_and_counted() {
    let host = Faulty::none(machine());
    assert_eq!(work(&host), (true, true, true));
    let tried: Vec<_> = host
        .operations()
        .into_iter()
        .map(|operation| operation.what)
        .collect();
    assert_eq!(tried, ["write /f", "run /bin/p", "remove /g"]);
    assert_eq!(done(host.host()), (true, true, true));
}

#[test]
fn each_fault_does_what_its_name_says() {
    let (yes, no) = (true, false);
    let table = [
        (1, Fault::Fails, (no, yes, yes), (no, yes, yes)),
        (1, Fault::FailsAfter, (no, yes, yes), (yes, yes, yes)),
        (1, Fault::DiskFull, (no, yes, yes), (no, yes, yes)),
        (2, Fault::Fails, (yes, no, yes), (yes, no, yes)),
        (2, Fault::FailsAfter, (yes, no, yes), (yes, yes, yes)),
        (2, Fault::Hangs, (yes, no, yes), (yes, no, yes)),
        (2, Fault::HangsAfter, (yes, no, yes), (yes, yes, yes)),
        (3, Fault::Fails, (yes, yes, no), (yes, yes, no)),
        // Ctrl-C before or during the write: the program is then not run.
        (1, Fault::InterruptedBefore, (yes, no, yes), (yes, no, yes)),
        (1, Fault::InterruptedAfter, (yes, no, yes), (yes, no, yes)),
        // What cannot happen does not.
        (1, Fault::Hangs, (yes, yes, yes), (yes, yes, yes)),
        (3, Fault::DiskFull, (yes, yes, yes), (yes, yes, yes)),
    ];
    for (at, fault, said, left) in table {
        let host = Faulty::new(machine(), at, fault, Death::Panic);
        assert_eq!(work(&host), said, "{fault:?} at {at}: what was said");
        assert_eq!(done(host.host()), left, "{fault:?} at {at}: what was done");
    }
}

#[test]
fn a_disk_stays_full() {
    let host = Faulty::new(machine(), 2, Fault::DiskStaysFull, Death::Panic);
    assert_eq!(work(&host), (true, true, true));
    let error = host.write_atomic("/f".as_ref(), b"old", 0o600, None).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

#[test]
fn death_ends_the_work_there_and_a_new_process_finds_what_was_done() {
    for (at, fault, left) in [
        (2, Fault::KilledBefore, (true, false, false)),
        (2, Fault::KilledAfter, (true, true, false)),
        (3, Fault::KilledAfter, (true, true, true)),
    ] {
        let host = Faulty::new(machine(), at, fault, Death::Panic);
        let death = catch_unwind(AssertUnwindSafe(|| work(&host))).unwrap_err();
        assert!(death.is::<Killed>());
        assert_eq!(done(&host.host().restart()), left, "{fault:?} at {at}");
    }
}

#[test]
fn a_real_process_can_die_a_real_death() {
    const FOLDER: &str = "HUBGATE_TEST_FOLDER";
    if let Some(folder) = std::env::var_os(FOLDER) {
        let path = Path::new(&folder);
        let host = Faulty::new(SystemHost::new(), 2, Fault::KilledAfter, Death::Process);
        for name in ["1", "2", "3"] {
            host.write_atomic(&path.join(name), b"", 0o600, None).unwrap();
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let status = std::process::Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "host::faulty::tests::a_real_process_can_die_a_real_death",
        ])
        .env(FOLDER, folder.path())
        .status()
        .unwrap();
    assert_eq!(status.signal(), Some(9));
    let left = SystemHost::new().list(folder.path()).unwrap();
    assert_eq!(left, [folder.path().join("1"), folder.path().join("2")]);
}
