//! What a release cannot do is said before any hub is started.

use crate::kit;
use crate::stage::{Setting, hubgate};

#[test]
fn groups_on_a_hub_that_never_sees_them_are_refused() {
    for (oauthenticator, version) in [("14.2.0", "14.2.0"), ("16.0.7", "16.0.7"), ("15", "15.0.0")] {
        let setting = Setting {
            oauthenticator,
            allow: "groups",
            claim: "username",
        };
        let out = kit::scratch(&format!("lab-refusals-{oauthenticator}"));
        for command in [vec!["rehearse"], vec!["render", "--out", out.to_str().unwrap()]] {
            let output = hubgate(&command)
                .arg("--answers")
                .arg(setting.file())
                .output()
                .unwrap();
            let words = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{command:?}: {words}");
            let sentence = format!(
                "Cognito's groups do not reach a hub with oauthenticator {version}, they need 16.3 or newer"
            );
            assert!(words.contains(&sentence), "{command:?}: {words}");
        }
    }
}

#[test]
fn a_python_that_will_not_do_is_named() {
    let output = hubgate(&["rehearse", "--python", "/no/such/python"])
        .output()
        .unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        words.contains("/no/such/python does not work: it is not there"),
        "{words}"
    );
}

#[test]
fn without_a_package_index_pip_is_said_to_have_failed() {
    let cache = kit::scratch("lab-no-index");
    let mut command = hubgate(&["rehearse", "--oauthenticator", "14"]);
    command.env("XDG_CACHE_HOME", &cache).env("PIP_NO_INDEX", "1");
    for _ in 0..2 {
        let output = command.output().unwrap();
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(words.contains("pip failed (exit code 1)"), "{words}");
        assert!(words.contains("No matching distribution found"), "{words}");
        assert!(
            words.contains("nothing else of a rehearsal needs a network"),
            "{words}"
        );
    }
}
