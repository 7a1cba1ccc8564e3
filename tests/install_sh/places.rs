//! Where to: the default folders, and those that cannot be written.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::Path;
use std::process::Command;

use crate::machine::{Machine, PROGRAM, Ran, script, which};

const NOBODY: u32 = 65534;

/// The script between `before` and `after`, in a mount namespace of its own; `$DISK` is an empty folder.
fn in_namespace(machine: &Machine, before: &str, inner: Command, after: &str) -> Ran {
    let disk = machine.folder.join("disk");
    fs::create_dir_all(&disk).unwrap();
    let mut command = Command::new(which("unshare"));
    command.args(["--mount", "--propagation", "private", "/bin/bash", "-euc"]);
    command.arg(format!(
        "{before}\nstatus=0\nPATH=$INNER_PATH \"$@\" || status=$?\n{after}\nexit $status"
    ));
    command
        .arg("bash")
        .arg(inner.get_program())
        .args(inner.get_args());
    command
        .env_clear()
        .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command
        .env(
            "INNER_PATH",
            format!("{}:/usr/local/bin", machine.folder.join("bin").display()),
        )
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("DISK", &disk)
        .current_dir(&machine.folder);
    Ran::of(command)
}

/// The script, into `$DISK`.
fn into_disk(machine: &Machine) -> (String, Command) {
    let disk = machine.folder.join("disk").display().to_string();
    let mut command = machine.bare_command();
    command.arg(script()).args(["--from", "dist", "--to", &disk]);
    (disk, command)
}

/// As another user than root, without a home unless the test gives one.
fn as_nobody(machine: &Machine, args: &[&str]) -> Command {
    let mut command = Command::new(which("setpriv"));
    command
        .args([
            &format!("--reuid={NOBODY}"),
            &format!("--regid={NOBODY}"),
            "--clear-groups",
        ])
        .arg(machine.shell_path());
    if machine.shell_path().ends_with("busybox") {
        command.arg("sh");
    }
    let readable = machine.folder.join("install.sh");
    fs::copy(script(), &readable).unwrap();
    command.arg(readable).args(args);
    command
        .env_clear()
        .env("PATH", machine.folder.join("bin"))
        .current_dir("/");
    command
}

/// Scratch folders lie below root's home, perhaps: a copy for others to see.
fn visible(test: &str) -> impl Iterator<Item = (tempfile::TempDir, Machine)> + '_ {
    Machine::all(test).map(|machine| {
        let folder = tempfile::tempdir_in("/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let copy = folder.path().join("machine");
        crate::kit::ok(Command::new("cp").arg("-a").arg(&machine.folder).arg(&copy));
        chown(copy.join("home"), Some(NOBODY), Some(NOBODY)).unwrap();
        let shell = machine.shell;
        (folder, Machine { shell, folder: copy })
    })
}

#[test]
fn root_gets_it_for_everyone() {
    for machine in Machine::all("root") {
        let mut command = machine.bare_command();
        // No HOME, as at first boot.
        command.env_remove("HOME").arg(script()).args(["--from", "dist"]);
        // With a /usr/local/bin of this test's own.
        let ran = in_namespace(&machine, "mount --bind \"$DISK\" /usr/local/bin", command, "").ok();
        assert_eq!(
            fs::read_to_string(machine.folder.join("disk/hubgate")).unwrap(),
            PROGRAM
        );
        assert!(
            ran.stdout.ends_with("is installed as /usr/local/bin/hubgate\n"),
            "{ran:#?}"
        );
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn others_get_it_into_their_home() {
    for (_folder, machine) in visible("nobody") {
        let dist = machine.dist().display().to_string();
        let mut command = as_nobody(&machine, &["--from", &dist]);
        command.env("HOME", machine.folder.join("home"));
        let ran = Ran::of(command).ok();
        machine.assert_installed(PROGRAM);
        let bin = machine.folder.join("home/.local/bin");
        assert!(
            ran.stderr
                .contains(&format!("export PATH=\"{}:$PATH\"", bin.display())),
            "{ran:#?}"
        );
        let with_sudo = format!("sudo \"{}/hubgate\" apply", bin.display());
        assert!(ran.stderr.contains(&with_sudo), "{ran:#?}");
    }
}

#[test]
fn without_root_a_folder_of_root_s_is_refused_with_advice() {
    for (_folder, machine) in visible("no-root") {
        let dist = machine.dist().display().to_string();
        Ran::of(as_nobody(&machine, &["--from", &dist, "--to", "/usr/local/bin"]))
            .fails("cannot write into /usr/local/bin as nobody", "sudo");
        Ran::of(as_nobody(&machine, &["--from", &dist])).fails("HOME is not set", "--to");
    }
}

#[test]
fn a_read_only_folder_is_told() {
    for machine in Machine::all("read-only") {
        let (disk, command) = into_disk(&machine);
        in_namespace(&machine, "mount -t tmpfs -o ro tmpfs \"$DISK\"", command, "")
            .fails(&format!("cannot write into {disk}: is it read-only"), "--to");
    }
}

#[test]
fn a_full_disk_is_told_and_the_old_one_stays() {
    for machine in Machine::all("full") {
        // Larger than the room that is left, and it would run.
        machine.publish(&format!(
            "#!/bin/sh\necho hubgate 0.1.0\nexit\n{}",
            "#".repeat(300 << 10)
        ));
        let (disk, command) = into_disk(&machine);
        let before = "mount -t tmpfs -o size=128k tmpfs \"$DISK\"; echo old > \"$DISK/hubgate\"";
        let after = "ls -A \"$DISK\" >&2; cat \"$DISK/hubgate\" >&2";
        let ran = in_namespace(&machine, before, command, after);
        assert_eq!(ran.code, 1, "{ran:#?}");
        assert!(ran.stderr.contains(&format!("{disk} is full: ")), "{ran:#?}");
        assert!(
            ran.stderr.ends_with("hubgate\nold\n"),
            "nothing else is left there: {ran:#?}"
        );
    }
}

#[test]
fn a_folder_that_runs_nothing_is_told() {
    for machine in Machine::all("noexec") {
        let (_, command) = into_disk(&machine);
        in_namespace(&machine, "mount -t tmpfs -o noexec tmpfs \"$DISK\"", command, "")
            .fails("it does not run on this machine", "noexec");
    }
}

#[test]
fn a_folder_in_its_place_is_told() {
    for machine in Machine::all("folder-in-place") {
        fs::create_dir_all(machine.target()).unwrap();
        machine.install().fails("hubgate is a folder", "remove it");
        assert!(machine.target().is_dir());
    }
}

#[test]
fn a_relative_folder_is_one_of_here() {
    for machine in Machine::all("relative") {
        let mut command = machine.bare_command();
        command.arg(script()).args(["--from", "dist", "--to", "tools/"]);
        let ran = Ran::of(command).ok();
        let path = Path::new(&machine.folder).join("tools/hubgate");
        assert!(ran.stdout.contains(&path.display().to_string()), "{ran:#?}");
        assert_eq!(fs::read_to_string(path).unwrap(), PROGRAM);
    }
}
