//! A rehearsal neither needs nor touches the real client secret.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::time::Duration;

use crate::kit;
use crate::stage::{Setting, hubgate};

const CANARY: &str = "canary0nobody0may0see0this0anywhere0but0here";

/// The processes below this one, it included.
fn family(root: u32) -> BTreeSet<u32> {
    let parent_of = |pid: u32| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse::<u32>().ok()
    };
    let names = std::fs::read_dir("/proc").unwrap().flatten();
    let pids: Vec<u32> = names
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    let mut family = BTreeSet::from([root]);
    for _ in 0..5 {
        family.extend(
            pids.iter()
                .filter(|pid| parent_of(**pid).is_some_and(|parent| family.contains(&parent)))
                .copied()
                .collect::<Vec<_>>(),
        );
    }
    family
}

#[test]
fn no_child_process_and_no_output_ever_holds_it() {
    let setting = Setting {
        oauthenticator: "17.4.0",
        allow: "users",
        claim: "username",
    };
    let answers = setting.file();
    let temporary = kit::scratch("lab-canary");
    for variable in ["HUBGATE_CLIENT_SECRET", "MY_SECRET"] {
        let mut command = hubgate(&["rehearse", "--json", "--client-secret-from"]);
        command
            .arg(format!("env:{variable}"))
            .arg("--answers")
            .arg(&answers);
        command.env(variable, CANARY).env("TMPDIR", &temporary);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut seen = BTreeSet::new();
        while child.try_wait().unwrap().is_none() {
            for pid in family(child.id()) {
                let words = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
                assert!(!holds(&words), "in the arguments of {pid}");
                if pid != child.id() {
                    let surroundings = std::fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
                    assert!(!holds(&surroundings), "in the environment of {pid}");
                    seen.insert(pid);
                }
            }
            for file in files_below(&temporary) {
                assert!(
                    !holds(&std::fs::read(&file).unwrap_or_default()),
                    "in {}",
                    file.display()
                );
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        let output = child.wait_with_output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(!holds(&output.stdout) && !holds(&output.stderr));
        assert!(seen.len() >= 2, "a hub and a proxy were looked at: {seen:?}");
    }
}

fn holds(bytes: &[u8]) -> bool {
    bytes
        .windows(CANARY.len())
        .any(|window| window == CANARY.as_bytes())
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() {
                files_below(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}
