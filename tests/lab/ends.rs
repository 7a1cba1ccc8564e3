//! However a rehearsal ends, nothing of it stays.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::kit;
use crate::stage::hubgate;

/// A rehearsal that stays, with a folder for what it makes.
struct Kept {
    hubgate: Child,
    document: Value,
    temporary: PathBuf,
}

impl Kept {
    fn start(name: &str) -> Self {
        let temporary = kit::scratch(name);
        let mut command = hubgate(&["rehearse", "--keep", "--json", "--quiet"]);
        let mut hubgate = command
            .env("TMPDIR", &temporary)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(hubgate.stdout.take().unwrap());
        let mut text = String::new();
        while !text.ends_with("\n}\n") {
            assert_ne!(
                out.read_line(&mut text).unwrap(),
                0,
                "the document ended early: {text}"
            );
        }
        Kept {
            hubgate,
            document: serde_json::from_str(&text).unwrap(),
            temporary,
        }
    }

    fn signal(&self, signal: &str) {
        let pid = self.hubgate.id().to_string();
        kit::ok(std::process::Command::new("kill").args([signal, &pid]));
    }

    /// Hub and proxy of this rehearsal: everything that runs with its folder as working folder.
    fn left(&self) -> Vec<String> {
        let processes = std::fs::read_dir("/proc").unwrap().flatten();
        let here = processes.filter(|entry| {
            let folder = std::fs::read_link(entry.path().join("cwd"));
            folder.is_ok_and(|folder| folder.starts_with(&self.temporary))
        });
        let command = |entry: std::fs::DirEntry| {
            let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&words).replace('\0', " ")
        };
        here.map(command).filter(|words| !words.is_empty()).collect()
    }

    fn is_gone_within(&self, limit: Duration) {
        let end = Instant::now() + limit;
        let nothing = || std::fs::read_dir(&self.temporary).unwrap().next().is_none();
        while !(self.left().is_empty() && nothing()) {
            assert!(Instant::now() < end, "left: {:?}", self.left());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_kept_hub_tells_how_to_log_in_and_ends_with_ctrl_c() {
    let mut kept = Kept::start("lab-ctrl-c");
    let people = kept.document["kept"]["people"].as_array().unwrap();
    assert!(
        people
            .iter()
            .all(|person| person["password"].as_str().unwrap().len() >= 12)
    );
    assert!(
        kept.document["kept"]["url"]
            .as_str()
            .unwrap()
            .starts_with("http://127.0.0.1:")
    );
    assert_eq!(kept.left().len(), 2, "a hub and a proxy: {:?}", kept.left());
    kept.signal("-INT");
    assert_eq!(kept.hubgate.wait().unwrap().code(), Some(0));
    assert_eq!(
        (kept.left(), std::fs::read_dir(&kept.temporary).unwrap().count()),
        (vec![], 0)
    );
}

#[test]
fn a_killed_rehearsal_takes_its_hub_with_it() {
    let mut kept = Kept::start("lab-killed");
    kept.signal("-KILL");
    kept.hubgate.wait().unwrap();
    kept.is_gone_within(Duration::from_secs(30));
}

#[test]
fn sigterm_in_the_middle_leaves_nothing() {
    let temporary = kit::scratch("lab-term");
    let mut command = hubgate(&["rehearse", "--json"]);
    let mut hubgate = command
        .env("TMPDIR", &temporary)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut words = BufReader::new(hubgate.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains(r#""begin","step":"start JupyterHub"#) {
        line.clear();
        assert_ne!(words.read_line(&mut line).unwrap(), 0);
    }
    let mut kept = Kept {
        hubgate,
        document: Value::Null,
        temporary,
    };
    kept.signal("-TERM");
    let mut rest = String::new();
    words.read_to_string(&mut rest).unwrap();
    assert_eq!(kept.hubgate.wait().unwrap().code(), Some(1), "{rest}");
    assert!(rest.contains("stopped on request"), "{rest}");
    assert_eq!(
        (kept.left(), std::fs::read_dir(&kept.temporary).unwrap().count()),
        (vec![], 0)
    );
}
