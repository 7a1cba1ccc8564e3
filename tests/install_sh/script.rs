//! The script itself: half of it does nothing, and it tells what it can.

use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use crate::kit;
use crate::machine::{Machine, Ran, script};

#[test]
fn half_a_script_does_nothing() {
    let whole = fs::read(script()).unwrap();
    let end = whole.trim_ascii_end().len();
    for machine in Machine::all("half") {
        // Through a pipe, as after curl; every length near the end, where it would matter most.
        for length in (0..end).step_by(331).chain(end - 60..end) {
            let mut command = machine.bare_command();
            command.args(["-s", "--", "--to", "tools", "--from", "dist"]);
            command
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            // It may end before it has read all.
            let _ = child.stdin.take().unwrap().write_all(&whole[..length]);
            let output = child.wait_with_output().unwrap();
            // The shell may say what is wrong with it; the script itself says nothing.
            let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
            assert!(!said.contains("hubgate: "), "{length} of {end} bytes: {said}");
            assert!(!machine.folder.join("tools").exists(), "{length} of {end} bytes");
        }
    }
}

#[test]
fn the_whole_script_through_a_pipe_installs() {
    for machine in Machine::all("pipe") {
        let mut command = machine.bare_command();
        command.args(["-s", "--", "--from", "dist", "--to", "tools"]);
        command.stdin(fs::File::open(script()).unwrap());
        Ran::of(command).ok();
        assert!(machine.folder.join("tools/hubgate").exists());
    }
}

#[test]
fn help_fits_a_screen_and_has_examples() {
    for machine in Machine::all("help") {
        let help = machine.run(&["--help"]).ok().stdout;
        assert!(help.lines().count() <= 24, "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
        assert!(help.contains("Examples:"), "{help}");
        assert_eq!(machine.run(&["-h"]).ok().stdout, help);
    }
}

#[test]
fn its_version_is_the_crate_s() {
    let version = env!("CARGO_PKG_VERSION");
    for machine in Machine::all("version") {
        let ran = machine.run(&["--version"]).ok();
        assert_eq!(ran.stdout, format!("hubgate: installer of version {version}\n"));
    }
}

#[test]
fn a_mistake_in_the_flags_is_named() {
    for machine in Machine::all("flags") {
        for (args, said) in [
            (&["--form", "x"][..], "what is '--form'?"),
            (&["--from"], "--from needs a value"),
            (&["--to", ""], "--to needs a value"),
            (
                &["--from", "dist", "--from-source"],
                "--from and --from-source exclude each other",
            ),
        ] {
            let ran = machine.run(args);
            assert_eq!(
                (ran.code, ran.stderr),
                (2, format!("hubgate: error: {said}\n    see --help\n"))
            );
        }
        machine.assert_nothing_installed();
    }
}

#[test]
fn ctrl_c_leaves_nothing_behind() {
    for machine in Machine::all("ctrl-c") {
        // A download that never ends.
        for name in ["curl", "wget"] {
            machine.add_script(name, "#!/bin/sh\n: > \"$HOME/began\"\nexec /bin/sleep 60\n");
        }
        let mut command = machine.command(&["--from", "https://downloads.example.org"]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = std::os::unix::process::CommandExt::process_group(&mut command, 0)
            .spawn()
            .unwrap();
        while !machine.folder.join("home/began").exists() {
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        kit::ok(std::process::Command::new("/bin/kill").args(["-INT", "--", &format!("-{}", child.id())]));
        assert!(!child.wait().unwrap().success());
        machine.assert_nothing_installed();
    }
}
