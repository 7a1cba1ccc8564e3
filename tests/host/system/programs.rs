use std::fs;
use std::path::Path;
use std::time::Duration;

use super::{again, is_inner};
use hubgate::host::{CLIENT_SECRET_VARIABLE, Environment, Exit, Invocation, Programs, RunError, SystemHost};

fn sh(script: &str) -> Invocation {
    Invocation::new("/bin/sh").args(["-c", script])
}

/// Alive, and not just a process that nobody has reaped.
fn is_alive(pid: &str) -> bool {
    let stat = fs::read_to_string(Path::new("/proc").join(pid.trim()).join("stat")).unwrap_or_default();
    stat.rsplit_once(") ")
        .is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

/// Killing is quick, but not instant.
fn assert_dies(pid: &str) {
    let died = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !is_alive(pid)
    });
    assert!(died, "process {pid} is still alive");
}

#[test]
fn a_signal_that_ended_a_program_is_told() {
    let ended = SystemHost::new().run(&sh("kill -9 $$")).unwrap();
    assert_eq!(ended.exit, Exit::Signal(9));
}

#[test]
fn arguments_arrive_as_they_are() {
    let args = ["$(id)", "a b", "'", "\"", "*", "", "é\n😀"];
    let finished = SystemHost::new()
        .run(&Invocation::new("/usr/bin/printf").arg("%s\\0").args(args))
        .unwrap();
    assert_eq!(finished.stdout_text(), args.join("\0") + "\0");
}

#[test]
fn input_arrives_whole_and_is_empty_when_there_is_none() {
    let host = SystemHost::new();
    let bytes: Vec<u8> = (0..300_000_u32).map(|i| i.to_le_bytes()[0]).collect();
    assert_eq!(
        host.run(&Invocation::new("/bin/cat").stdin(bytes.clone()))
            .unwrap()
            .stdout,
        bytes
    );
    assert_eq!(host.run(&Invocation::new("/bin/cat")).unwrap().stdout, b"");
}

#[test]
fn folder_and_variables_are_the_ones_given() {
    let call = sh("pwd; echo $A${HOME-none}")
        .cwd("/usr")
        .env("A", "x y")
        .env_remove("HOME");
    assert_eq!(
        SystemHost::new().run(&call).unwrap().stdout_text(),
        "/usr\nx ynone\n"
    );
}

#[test]
fn no_child_inherits_the_client_secret_nor_a_hidden_variable() {
    if !is_inner() {
        let test = "programs::no_child_inherits_the_client_secret_nor_a_hidden_variable";
        let mut inner = again(test);
        inner
            .env(CLIENT_SECRET_VARIABLE, "canary")
            .env("MY_SECRET", "canary")
            .env("OTHER", "kept");
        assert!(inner.status().unwrap().success());
        return;
    }
    let host = SystemHost::new();
    assert_eq!(host.var("MY_SECRET").unwrap(), "canary");
    host.hide_var("MY_SECRET");
    let seen = host.run(&Invocation::new("/usr/bin/env")).unwrap().stdout_text();
    assert!(seen.contains("OTHER=kept") && !seen.contains("canary"), "{seen}");
}

#[test]
fn a_host_can_have_other_variables_than_the_process() {
    let host = SystemHost::new().with_vars([("A", "1"), ("B", "2"), ("PATH", "/usr/bin")]);
    assert_eq!((host.var("A").unwrap(), host.var("HOME")), ("1".into(), None));
    host.hide_var("B");
    let call = Invocation::new(host.find("env").unwrap())
        .env("A", "3")
        .env("C", "4");
    assert_eq!(
        host.run(&call).unwrap().stdout_text(),
        "A=3\nC=4\nPATH=/usr/bin\n"
    );
}

#[test]
fn what_hangs_is_ended_with_everything_it_started_and_its_words_are_kept() {
    // Neither listens to SIGTERM.
    let script = "trap '' TERM; echo started; sleep 1000 & echo $!; wait; sleep 1000";
    let error = SystemHost::new()
        .run(&sh(script).deadline(Duration::from_millis(300)))
        .unwrap_err();
    let RunError::TimedOut { after, stdout, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(after, Duration::from_millis(300));
    let stdout = String::from_utf8(stdout).unwrap();
    let (said, grandchild) = stdout.split_once('\n').unwrap();
    assert_eq!(said, "started");
    assert_dies(grandchild);
}

#[test]
fn what_hangs_may_clean_up_first() {
    let script = "trap 'echo cleaned; exit 0' TERM; while :; do sleep 0.01; done";
    let error = SystemHost::new()
        .run(&sh(script).deadline(Duration::from_millis(300)))
        .unwrap_err();
    assert_eq!(error.output().0, b"cleaned\n");
}

#[test]
fn a_grandchild_that_keeps_the_output_open_does_not_hold_us_up() {
    let finished = SystemHost::new().run(&sh("sleep 1000 & echo $!")).unwrap();
    let grandchild = finished.stdout_text();
    assert!(
        is_alive(&grandchild),
        "it is left alone, and we are back before it ends"
    );
    let kill = Invocation::new("/bin/kill").arg(grandchild.trim());
    assert!(SystemHost::new().run(&kill).unwrap().success());
}

#[test]
fn a_program_that_prints_without_end_is_stopped() {
    let error = SystemHost::new()
        .run(&Invocation::new("/usr/bin/yes"))
        .unwrap_err();
    assert_eq!(error.to_string(), "it printed more than 64 MiB");
}

#[test]
fn a_program_leads_a_group_of_its_own() {
    let group = SystemHost::new()
        .run(&sh("echo $$; ps -o pgid= -p $$"))
        .unwrap()
        .stdout_text();
    let lines: Vec<_> = group.lines().map(str::trim).collect();
    assert_eq!(lines[0], lines[1]);
}

#[test]
fn a_started_program_that_is_forgotten_is_stopped() {
    let host = SystemHost::new();
    let forgotten = host.start(&sh("exec sleep 1000")).unwrap();
    let pid = forgotten.pid().to_string();
    assert!(is_alive(&pid));
    drop(forgotten);
    assert_dies(&pid);
}

#[test]
fn programs_are_found_by_name_with_their_full_path() {
    let host = SystemHost::new();
    assert!(host.find("sh").unwrap().is_absolute());
}

#[test]
fn system_programs_are_found_on_a_short_path() {
    if !is_inner() {
        let mut inner = again("programs::system_programs_are_found_on_a_short_path");
        assert!(inner.env("PATH", "/nonexistent").status().unwrap().success());
        return;
    }
    assert!(SystemHost::new().find("sh").unwrap().is_absolute());
}

#[test]
fn debug_shows_neither_input_nor_values_nor_output() {
    let call = sh("cat; echo $A").stdin("canary").env("A", "canary");
    let finished = SystemHost::new().run(&call).unwrap();
    assert_eq!(finished.stdout_text(), "canarycanary\n");
    let error = SystemHost::new()
        .run(&call.clone().deadline(Duration::ZERO))
        .map(|_| ());
    assert!(!format!("{call:?} {finished:?} {error:?}").contains("canary"));
    assert_eq!(call.to_string(), "/bin/sh -c 'cat; echo $A'");
}
