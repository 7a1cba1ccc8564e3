//! A machine to install on: a folder of the few commands it has, a folder to install into, releases.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use crate::kit;

/// The commands that the script may count on, besides those that a machine may lack.
const ALWAYS: [&str; 16] = [
    "sh", "cat", "chmod", "cp", "df", "dirname", "grep", "id", "mkdir", "mktemp", "mv", "rm", "sed", "tr",
    "uname", "env",
];
/// What each shell's machine downloads and checks with unless a test says otherwise.
pub const SHELLS: [Shell; 3] = [Shell::Dash, Shell::Bash, Shell::BusyBox];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shell {
    Dash,
    Bash,
    /// Every command is BusyBox's, wget too.
    BusyBox,
}

pub struct Machine {
    pub shell: Shell,
    pub folder: PathBuf,
}

/// A program that says its version, as hubgate does.
pub const PROGRAM: &str = "#!/bin/sh\necho \"hubgate 0.1.0\"\n";

impl Machine {
    /// With curl and sha256sum, or BusyBox's wget and sha256sum.
    pub fn new(test: &str, shell: Shell) -> Self {
        let folder = kit::scratch(&format!("install-{test}-{shell:?}").to_lowercase());
        for name in ["bin", "home", "dist"] {
            fs::create_dir(folder.join(name)).unwrap();
        }
        // Another user than root takes part in some tests.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        let machine = Self { shell, folder };
        ALWAYS.iter().for_each(|name| machine.add(name));
        machine.add("sha256sum");
        machine.add(if shell == Shell::BusyBox { "wget" } else { "curl" });
        machine.publish(PROGRAM);
        machine
    }

    pub fn all(test: &str) -> impl Iterator<Item = Self> + '_ {
        SHELLS.iter().map(move |shell| Self::new(test, *shell))
    }

    /// Installs a command.
    pub fn add(&self, name: &str) {
        let real = match self.shell {
            Shell::BusyBox => which("busybox"),
            Shell::Dash | Shell::Bash => which(name),
        };
        symlink(real, self.folder.join("bin").join(name)).unwrap();
    }

    /// Installs a command of our own.
    pub fn add_script(&self, name: &str, text: &str) {
        self.remove(name);
        write_executable(&self.folder.join("bin").join(name), text);
    }

    pub fn remove(&self, name: &str) {
        let path = self.folder.join("bin").join(name);
        if path.symlink_metadata().is_ok() {
            fs::remove_file(path).unwrap();
        }
    }

    pub fn dist(&self) -> PathBuf {
        self.folder.join("dist")
    }

    /// The program's file among the releases.
    pub fn asset(&self) -> PathBuf {
        self.dist().join(asset_name())
    }

    /// Puts a program and its checksum where releases are.
    pub fn publish(&self, program: &str) {
        write_executable(&self.asset(), program);
        let sums = kit::ok(
            Command::new("sha256sum")
                .arg(asset_name())
                .current_dir(self.dist()),
        );
        // Of other machines, too, as in a real release.
        let other = format!("{}  hubgate-riscv64-unknown-linux-gnu\n", "0".repeat(64));
        fs::write(
            self.dist().join("SHA256SUMS"),
            [other.as_bytes(), &sums.stdout].concat(),
        )
        .unwrap();
    }

    pub fn target(&self) -> PathBuf {
        self.folder.join("home/.local/bin/hubgate")
    }

    /// The script with the surroundings of this machine, into a folder of its own.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.bare_command();
        command
            .arg(script())
            .args(["--to".as_ref(), self.target().parent().unwrap().as_os_str()]);
        command.args(args);
        command
    }

    /// The shell alone.
    pub fn bare_command(&self) -> Command {
        let mut command = Command::new(self.shell_path());
        if self.shell == Shell::BusyBox {
            command.arg("sh");
        }
        command
            .env_clear()
            .env("PATH", self.folder.join("bin"))
            .env("HOME", self.folder.join("home"))
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        command
    }

    pub fn shell_path(&self) -> PathBuf {
        which(match self.shell {
            Shell::Dash => "dash",
            Shell::Bash => "bash",
            Shell::BusyBox => "busybox",
        })
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args))
    }

    /// Installs from the folder of releases.
    pub fn install(&self) -> Ran {
        self.run(&["--from", self.dist().to_str().unwrap()])
    }

    /// Is it there, whole, and nothing beside it?
    pub fn assert_installed(&self, program: &str) {
        assert_eq!(fs::read_to_string(self.target()).unwrap(), program);
        let mode = fs::metadata(self.target()).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o755);
        assert_eq!(names(self.target().parent().unwrap()), ["hubgate"]);
    }

    /// Is nothing there, not even half of it?
    pub fn assert_nothing_installed(&self) {
        let folder = self.target();
        let folder = folder.parent().unwrap();
        let left = if folder.exists() {
            names(folder)
        } else {
            Vec::new()
        };
        assert!(left.is_empty(), "{:?}: {left:?}", self.shell);
    }
}

/// How it went.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn of(mut command: Command) -> Self {
        let Output {
            status,
            stdout,
            stderr,
        } = command.output().unwrap();
        Self {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    #[track_caller]
    pub fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:#?}");
        self
    }

    /// It failed with this error and this advice.
    #[track_caller]
    pub fn fails(self, error: &str, advice: &str) -> Self {
        assert_eq!(self.code, 1, "{self:#?}");
        let (first, second) = self.stderr.split_once('\n').unwrap();
        assert!(
            first.starts_with("hubgate: error: ") && first.contains(error),
            "{self:#?}"
        );
        assert!(second.starts_with("    ") && second.contains(advice), "{self:#?}");
        assert_eq!(self.stderr.lines().count(), 2, "{self:#?}");
        self
    }
}

/// A web server for a folder, on a port of its own.
pub struct Server {
    child: Child,
    pub url: String,
}

impl Server {
    pub fn of(folder: &Path) -> Self {
        let mut child = Command::new("python3")
            .args(["-u", "-m", "http.server", "--bind", "127.0.0.1", "--directory"])
            .arg(folder)
            .arg("0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        // Serving HTTP on 127.0.0.1 port 40123 (http://127.0.0.1:40123/) ...
        let port: u16 = line.split_whitespace().nth(5).unwrap().parse().unwrap();
        Self {
            child,
            url: format!("http://127.0.0.1:{port}"),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub fn script() -> PathBuf {
    kit::root().join("install.sh")
}

pub fn asset_name() -> String {
    format!("hubgate-{}-unknown-linux-gnu", std::env::consts::ARCH)
}

pub fn write_executable(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

pub fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

pub fn which(name: &str) -> PathBuf {
    which::which(name).unwrap_or_else(|_| panic!("{name} is missing: run tests/setup"))
}
