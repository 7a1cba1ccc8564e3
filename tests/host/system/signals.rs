//! Real signals to a real process: this test program, run anew.

use std::io::{BufRead, BufReader};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use super::{again, is_inner};
use hubgate::host::{Interrupt, Invocation, Programs, RunError, SystemHost};

/// The inner process, once it has printed "ready", its lines to come, and what it printed before.
fn start(test: &str) -> (Child, impl Iterator<Item = String>) {
    let mut child = again(&format!("signals::{test}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    lines.find(|line| line.ends_with("ready")).unwrap();
    (child, lines)
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill")
        .args([name, &child.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

fn end(mut child: Child) -> ExitStatus {
    child.wait().unwrap()
}

#[test]
fn a_first_signal_ends_waits_and_lets_us_finish() {
    if is_inner() {
        let interrupt = Interrupt::new();
        interrupt.on_signals().unwrap();
        let host = SystemHost::with_interrupt(interrupt);
        println!("ready");
        let error = host.run(&Invocation::new("/bin/sleep").arg("1000")).unwrap_err();
        assert!(matches!(error, RunError::Interrupted { .. }), "{error:?}");
        return;
    }
    for name in ["-INT", "-TERM"] {
        let (child, _lines) = start("a_first_signal_ends_waits_and_lets_us_finish");
        signal(&child, name);
        assert!(end(child).success());
    }
}

#[test]
fn a_second_signal_kills_us_and_what_we_started() {
    if is_inner() {
        let interrupt = Interrupt::new();
        interrupt.before_dying(|| println!("last words"));
        interrupt.on_signals().unwrap();
        let host = SystemHost::with_interrupt(interrupt.clone());
        let running = host.start(&Invocation::new("/bin/sleep").arg("1000")).unwrap();
        println!("\nready");
        println!("{}", running.pid());
        while !interrupt.requested() {
            std::thread::sleep(Duration::from_millis(1));
        }
        println!("asked");
        std::thread::sleep(Duration::from_secs(1000));
        return;
    }
    let (child, mut lines) = start("a_second_signal_kills_us_and_what_we_started");
    let grandchild = lines.next().unwrap();
    signal(&child, "-INT");
    assert_eq!(lines.next().unwrap(), "asked");
    signal(&child, "-INT");
    assert_eq!(lines.next().unwrap(), "last words");
    assert_eq!(end(child).signal(), Some(2));
    let gone = (0..500).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !Command::new("kill")
            .args(["-0", &grandchild])
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    });
    assert!(gone);
}

#[test]
fn no_signal_kills_us_while_it_is_held_off() {
    if is_inner() {
        let interrupt = Interrupt::new();
        interrupt.on_signals().unwrap();
        let hold = interrupt.hold();
        println!("\nready");
        while !interrupt.requested() {
            std::thread::sleep(Duration::from_millis(1));
        }
        println!("asked");
        // The second one comes in here.
        let mut line = String::new();
        std::io::stdin().read_line(&mut line).unwrap();
        drop(hold);
        println!("finished");
        return;
    }
    let mut child = again("signals::no_signal_kills_us_while_it_is_held_off")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    lines.find(|line| line == "ready").unwrap();
    signal(&child, "-TERM");
    assert_eq!(lines.next().unwrap(), "asked");
    signal(&child, "-TERM");
    std::thread::sleep(Duration::from_millis(200));
    drop(child.stdin.take());
    assert_eq!(lines.next().unwrap(), "finished");
    assert!(end(child).success());
}
