//! A person at a terminal with the real binary in it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use hubgate::host::SystemHost;
use rexpect::process::{Signal, WaitStatus};
use rexpect::session::PtySession;
use rustix::termios::{Termios, tcgetattr};
use tempfile::TempDir;

use crate::machine::Machine;

/// Generous, since the machine may be busy: a test only waits so long when it fails.
const TIMEOUT_MS: u64 = 60_000;

pub const HUBGATE: &str = env!("CARGO_BIN_EXE_hubgate");
pub const HUB: &str = "https://hub.example.org";
pub const DOMAIN: &str = "my-hub.auth.eu-west-1.amazoncognito.com";
pub const ID: &str = "3n4b5urk1ft4fl3mg5e62d9ado";
pub const SECRET: &str = "canary7secret7canary7secret7";
/// Flags that say all about the hub and the client but the secret.
#[rustfmt::skip]
pub const KNOWN: [&str; 8] = [
    "--hub-url", HUB, "--https", "proxy", "--domain", DOMAIN, "--client-id", ID,
];

/// A home folder, with a folder in it to work in.
pub struct Home(TempDir);

impl Home {
    pub fn new() -> Self {
        let home = Self(TempDir::new().unwrap());
        fs::create_dir(home.work()).unwrap();
        home
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    pub fn work(&self) -> PathBuf {
        self.path().join("work")
    }

    /// Writes a file into the folder to work in.
    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.work().join(name);
        fs::write(&path, text).unwrap();
        path
    }

    /// A hub in the folder `tljh`, as far as its files go. Its `tljh-config` never ends.
    pub fn has_a_hub(&self) {
        let machine = Machine {
            prefix: self.work().join("tljh"),
            // Nothing listens on that port.
            config: "http:\n  port: 1\n".into(),
            ..Machine::fresh()
        };
        machine.lay_out(&SystemHost::new());
        for folder in ["bin", "tljh/hub/bin"] {
            fs::create_dir_all(self.work().join(folder)).unwrap();
        }
        for (program, does) in [
            ("bin/systemctl", "true"),
            ("bin/journalctl", "true"),
            (
                "tljh/hub/bin/python",
                // It knows of nobody who gets in, which is told and stops no apply.
                r#"[ $# -lt 2 ] || exec "$2"
echo '{"class": null, "errors": [], "warnings": [], "settings": [], "belongs_to_nobody": [], "hooks": [],' \
    '"schema": null, "database": null, "people": []}'"#,
            ),
            ("tljh/hub/bin/tljh-config", "exec sleep 1000"),
        ] {
            let path = self.put(program, &format!("#!/bin/sh\n{does}\n"));
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// Reads a file of the folder to work in.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.work().join(name)).unwrap()
    }

    /// Every file and folder, with its mode and bytes.
    pub fn everything(&self) -> BTreeMap<PathBuf, (u32, Vec<u8>)> {
        let mut found = BTreeMap::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                let bytes = if path.is_dir() {
                    folders.push(path.clone());
                    Vec::new()
                } else {
                    fs::read(&path).unwrap()
                };
                found.insert(path, (mode, bytes));
            }
        }
        found
    }

    /// The binary, as it is run without a terminal.
    pub fn hubgate(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(HUBGATE);
        command
            .env_clear()
            .env("HOME", self.path())
            .current_dir(self.work());
        command
    }

    pub fn person(&self) -> Start<'_> {
        Start {
            home: self,
            args: Vec::new(),
            env: vec![("NO_COLOR", "1".to_owned()), ("LANG", "C".to_owned())],
            size: (50, 400),
            stdout: None,
            space: "",
        }
    }
}

/// How a person is about to start hubgate.
pub struct Start<'a> {
    home: &'a Home,
    args: Vec<String>,
    env: Vec<(&'static str, String)>,
    size: (u16, u16),
    stdout: Option<&'static str>,
    space: &'static str,
}

impl Start<'_> {
    pub fn args(mut self, args: &[&str]) -> Self {
        self.args.extend(args.iter().map(|arg| (*arg).to_owned()));
        self
    }

    pub fn env(mut self, name: &'static str, value: &str) -> Self {
        self.env.retain(|(known, _)| *known != name);
        self.env.push((name, value.to_owned()));
        self
    }

    pub fn without(mut self, name: &'static str) -> Self {
        self.env.retain(|(known, _)| *known != name);
        self
    }

    /// Rows and columns. Tests of messages need a terminal so wide that nothing is wrapped.
    pub fn size(mut self, rows: u16, columns: u16) -> Self {
        self.size = (rows, columns);
        self
    }

    /// Is somebody else than root, whoever runs the tests.
    pub fn not_root(mut self) -> Self {
        // Nobody is anybody in a space without a map of its users; the files stay theirs who runs the tests.
        self.space = "unshare --user ";
        self
    }

    /// Is root on a machine that has no record of hubgate's, no units and no network.
    pub fn root_of_a_new_machine(mut self) -> Self {
        self.space = "unshare --map-root-user --mount --net /bin/sh -c \
            'mount -t tmpfs none /var/lib && mount -t tmpfs none /run && exec \"$0\" \"$@\"' ";
        self
    }

    /// Sends standard output to a file in the folder to work in.
    pub fn stdout_to(mut self, file: &'static str) -> Self {
        self.stdout = Some(file);
        self
    }

    pub fn starts(self) -> Person {
        // An ordinary terminal first: rexpect's own does not echo.
        let (rows, columns) = self.size;
        let redirect = self.stdout.map_or(String::new(), |file| format!(" > {file}"));
        let space = self.space;
        let script = format!(
            "stty sane rows {rows} cols {columns}; echo ready; read -r go; exec {space}\"$0\" \"$@\"{redirect}"
        );
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &script, HUBGATE]).args(&self.args);
        command.env_clear().env("TERM", "xterm-256color");
        command
            .env("HOME", self.home.path())
            .current_dir(self.home.work());
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        let mut session = rexpect::session::spawn_command(command, Some(TIMEOUT_MS)).unwrap();
        session.exp_string("ready\r\n").unwrap();
        let terminal = session.process().get_file_handle().unwrap();
        let before = tcgetattr(&terminal).unwrap();
        session.send("go\r").unwrap();
        session.flush().unwrap();
        Person {
            session,
            terminal,
            before,
            seen: String::new(),
        }
    }
}

/// A person in the middle of it.
pub struct Person {
    session: PtySession,
    terminal: fs::File,
    before: Termios,
    seen: String,
}

/// How it ended.
pub struct End {
    /// The exit code; none after a signal.
    pub code: Option<i32>,
    /// Everything that the terminal showed, escape sequences included.
    pub seen: String,
    /// Whether the terminal's modes are what they were at the start.
    pub restored: bool,
}

impl End {
    /// Whether the cursor can be seen.
    pub fn shows_cursor(&self) -> bool {
        match (self.seen.rfind("\x1b[?25l"), self.seen.rfind("\x1b[?25h")) {
            (Some(hidden), Some(shown)) => hidden < shown,
            (hidden, _) => hidden.is_none(),
        }
    }
}

impl Person {
    /// Waits until the terminal shows this.
    pub fn sees(&mut self, text: &str) -> &mut Self {
        // rexpect reads bytes as characters of their own.
        let bytes: String = text.bytes().map(char::from).collect();
        let before = self.session.exp_string(&bytes).unwrap_or_else(|error| {
            panic!("'{text}' was not seen: {error}\nseen before: {}", self.seen);
        });
        self.seen += &before;
        self.seen += &bytes;
        self
    }

    /// Waits for a question.
    pub fn is_asked(&mut self, title: &str) -> &mut Self {
        self.sees(&format!("\r\n{title}\r\n"))
    }

    pub fn presses(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).unwrap();
        self.session.flush().unwrap();
        self
    }

    pub fn types(&mut self, line: &str) -> &mut Self {
        self.presses(&format!("{line}\r"))
    }

    /// Empties the line first.
    pub fn types_instead(&mut self, line: &str) -> &mut Self {
        self.presses(&format!("\x15{line}\r"))
    }

    pub fn answers(&mut self, title: &str, line: &str) -> &mut Self {
        self.is_asked(title).types(line)
    }

    /// Answers wrongly, sees what is wrong with it, and mends it.
    pub fn errs(&mut self, title: &str, wrong: &str, message: &str, right: &str) -> &mut Self {
        self.is_asked(title)
            .types(wrong)
            .is_asked(title)
            .sees(message)
            .types_instead(right)
    }

    /// Goes down to an entry of a list and takes it.
    pub fn picks(&mut self, title: &str, entry: &str) -> &mut Self {
        self.is_asked(title);
        let shown = self.seen.len();
        self.sees("< back\r\n");
        let menu = console::strip_ansi_codes(&self.seen[shown..]).into_owned();
        let items: Vec<&str> = menu.lines().collect();
        let named = |item: &&str| item.trim_start_matches([' ', '>']).starts_with(entry);
        let to = items.iter().position(named);
        let to = to.unwrap_or_else(|| panic!("no '{entry}' in {items:#?}"));
        match items.iter().position(|item| item.starts_with(" >")) {
            Some(from) if to >= from => self.presses(&"j".repeat(to - from)),
            Some(from) => self.presses(&"k".repeat(from - to)),
            None => {
                // Nothing is taken yet: the first step goes to the first entry, below the head.
                let head = items.iter().position(|item| item.starts_with("   ")).unwrap();
                self.presses(&"j".repeat(to - head + 1))
            }
        };
        self.presses("\r")
    }

    pub fn presses_ctrl_c(&mut self) -> &mut Self {
        self.presses("\x03")
    }

    /// Somebody else stops hubgate.
    pub fn is_signalled(&mut self, signal: Signal) -> &mut Self {
        self.session.process_mut().signal(signal).unwrap();
        self
    }

    /// Waits for the end.
    pub fn ends(&mut self) -> End {
        let rest = self.session.exp_eof().unwrap_or_else(|error| {
            panic!("it did not end: {error}\nseen before: {}", self.seen);
        });
        self.seen += &rest;
        let code = match self.session.process().wait().unwrap() {
            WaitStatus::Exited(_, code) => Some(code),
            _ => None,
        };
        let after = tcgetattr(&self.terminal).unwrap();
        End {
            code,
            seen: self.seen.clone(),
            restored: after.local_modes == self.before.local_modes
                && after.input_modes == self.before.input_modes
                && after.output_modes == self.before.output_modes,
        }
    }

    /// The questions about the hub itself, answered.
    pub fn tells_the_hub(&mut self) -> &mut Self {
        self.answers("Hub's address", HUB)
            .picks("HTTPS", "letsencrypt")
            .answers("E-mail address", "ops@example.org")
    }

    /// The questions about Cognito, answered with a secret in the parameter store.
    pub fn tells_cognito(&mut self) -> &mut Self {
        self.answers("Cognito domain", DOMAIN)
            .answers("Client ID", ID)
            .picks("Client secret", "SSM parameter")
            .answers("Name or ARN", "/hubgate/secret")
    }

    /// The questions about Cognito, answered with a secret that is typed.
    pub fn tells_cognito_and_the_secret(&mut self, file: &str) -> &mut Self {
        self.answers("Cognito domain", DOMAIN)
            .answers("Client ID", ID)
            .picks("Client secret", "I type it now")
            .answers("The secret", SECRET)
            .answers("Keep it in", file)
    }

    /// The questions about people, answered.
    pub fn tells_who(&mut self) -> &mut Self {
        self.picks("User names", "username")
            .answers("Administrators", "ada")
            .picks("Who may log in", "users")
            .answers("Users", "grace, katherine")
    }
}
