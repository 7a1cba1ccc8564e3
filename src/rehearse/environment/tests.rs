#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::*;
use crate::host::Files as _;
use crate::host::memory::{MemoryHost, failed, finished};
use crate::hub::OauthenticatorVersion;
use crate::progress::Silent;

/// A machine whose Python makes environments and whose pip works as long as `index` is true.
fn machine(index: &Arc<AtomicBool>) -> (MemoryHost, Python) {
    let host = MemoryHost::new();
    host.set_var("HOME", "/home/ada");
    host.set_var("PATH", "/usr/bin");
    let index = index.clone();
    host.program("/usr/bin/python3", move |call, host| {
        let root = PathBuf::from(call.args.last().unwrap());
        let index = index.clone();
        host.program(root.join("bin/python"), move |_, _| {
            Ok(if index.load(Ordering::SeqCst) {
                finished("Collecting jupyterhub==5.5.4\n")
            } else {
                let warning = "WARNING: Retrying: connection refused\n".repeat(5);
                failed(1, warning + "ERROR: No matching distribution found for aiohttp\n")
            })
        });
        Ok(finished(""))
    });
    let python = Python {
        path: "/usr/bin/python3".into(),
        version: "3.11.7".into(),
        home: "/usr".into(),
    };
    (host, python)
}

fn pinned() -> Pinned {
    Pinned::for_oauthenticator(OauthenticatorVersion::NEWEST)
}

fn prepared(host: &MemoryHost, python: &Python) -> Result<HubEnvironment, EnvironmentError> {
    prepare(host, python, &pinned(), &mut Silent)
}

#[test]
fn an_environment_is_made_once() {
    let (host, python) = machine(&Arc::new(AtomicBool::new(true)));
    let environment = prepared(&host, &python).unwrap();
    let root = environment.bin().parent().unwrap().to_owned();
    assert!(root.starts_with("/home/ada/.cache/hubgate/rehearse"), "{root:?}");
    let commands = host.commands();
    assert_eq!(commands.len(), 2, "{commands:?}");
    assert!(commands[0].contains("-m venv --clear") && commands[1].contains("-m pip install"));
    assert_eq!(prepared(&host.restart(), &python).unwrap(), environment);
    assert_eq!(host.commands().len(), 2);
}

#[test]
fn an_unfinished_one_is_made_again_from_the_start() {
    let index = Arc::new(AtomicBool::new(false));
    let (host, python) = machine(&index);
    let error = prepared(&host, &python).unwrap_err();
    let words = "pip failed (exit code 1):\n    WARNING: Retrying: connection refused\n    \
                 ERROR: No matching distribution found for aiohttp";
    assert_eq!(error.to_string(), words);
    assert!(error.remedy().unwrap().contains("PIP_INDEX_URL"));
    index.store(true, Ordering::SeqCst);
    let host = host.restart();
    prepared(&host, &python).unwrap();
    assert_eq!(host.commands().len(), 2, "{:?}", host.commands());
}

#[test]
fn one_whose_python_is_gone_is_made_again() {
    let (host, python) = machine(&Arc::new(AtomicBool::new(true)));
    let environment = prepared(&host, &python).unwrap();
    host.remove(&environment.python()).unwrap();
    prepared(&host, &python).unwrap();
    assert_eq!(host.commands().len(), 4);
}

#[test]
fn another_python_and_other_pins_get_their_own() {
    let (host, python) = machine(&Arc::new(AtomicBool::new(true)));
    let first = prepared(&host, &python).unwrap();
    let newer = Python {
        version: "3.12.1".into(),
        ..python.clone()
    };
    assert_ne!(prepared(&host, &newer).unwrap(), first);
    let older_hub = Pinned::for_oauthenticator(OauthenticatorVersion::new(14, 2, 0));
    assert_ne!(prepare(&host, &python, &older_hub, &mut Silent).unwrap(), first);
}

#[test]
fn whoever_comes_second_waits_and_says_so() {
    struct Heard<'a>(&'a Mutex<Vec<String>>);
    impl Progress for Heard<'_> {
        fn note(&mut self, text: &str) {
            self.0.lock().unwrap().push(text.to_owned());
        }
    }
    let (host, python) = machine(&Arc::new(AtomicBool::new(true)));
    let folder = Path::new("/home/ada/.cache/hubgate/rehearse");
    host.create_dir(folder, 0o700).unwrap();
    let _held = host
        .try_lock(&folder.join(format!("{}.lock", name(&python, &pinned()))))
        .unwrap()
        .unwrap();
    let heard = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while heard.lock().unwrap().is_empty() {
                std::thread::yield_now();
            }
            host.interrupt().request();
        });
        let error = prepare(&host, &python, &pinned(), &mut Heard(&heard)).unwrap_err();
        assert!(matches!(error, EnvironmentError::Interrupted), "{error}");
    });
    let words = ["wait for another rehearsal, which is installing the same hub"];
    assert_eq!(*heard.lock().unwrap(), words);
    assert_eq!(host.commands(), [""; 0]);
}

#[test]
fn settings_that_lead_elsewhere_do_not_reach_pip() {
    let (host, python) = machine(&Arc::new(AtomicBool::new(true)));
    host.set_var("PIP_TARGET", "/elsewhere");
    host.set_var("PIP_INDEX_URL", "https://pypi.example.org/simple");
    prepared(&host, &python).unwrap();
    let calls = host.record().into_iter().filter_map(|event| match event {
        crate::host::memory::Event::Started(call) => Some(host.child_env(&call)),
        _ => None,
    });
    for surroundings in calls {
        let names: Vec<_> = surroundings
            .keys()
            .map(|name| name.to_string_lossy().into_owned())
            .collect();
        assert!(!names.iter().any(|name| name == "PIP_TARGET"), "{names:?}");
        assert!(names.iter().any(|name| name == "PIP_INDEX_URL"), "{names:?}");
    }
}
