//! The files of a few telling answers, to the byte as they were looked at.
//!
//! A change is accepted with `HUBGATE_ACCEPT=1 cargo test --test render goldens`, and then reviewed
//! in `git diff fixtures/rendered`.

use std::path::{Path, PathBuf};

use hubgate::render::{EmbeddedSecret, FileSet, RenderError, render};
use hubgate::secret::Secret;
use hubgate::told::Told as _;

use crate::kit;

/// Each case's folder.
pub fn cases() -> Vec<PathBuf> {
    let folder = kit::root().join("fixtures/rendered");
    let mut cases: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    cases.sort();
    cases
}

/// What the case's answers render to.
pub fn rendered(case: &Path) -> FileSet {
    let answers = kit::answers(&std::fs::read_to_string(case.join("answers.toml")).unwrap());
    let embedded = std::fs::read_to_string(case.join("embedded.secret"))
        .ok()
        .map(|text| Secret::new(text.trim().to_owned()));
    render(&answers, embedded.as_ref().map(EmbeddedSecret)).unwrap()
}

#[test]
fn each_case_renders_to_the_bytes_that_were_looked_at() {
    let accept = std::env::var_os("HUBGATE_ACCEPT").is_some();
    let mut different = Vec::new();
    for case in cases() {
        for file in rendered(&case).iter() {
            let path = case.join(file.name);
            if accept {
                std::fs::write(&path, &file.text).unwrap();
            }
            let golden = std::fs::read_to_string(&path).unwrap_or_default();
            if golden != file.text {
                different.push(hubgate::render::diff(
                    &golden,
                    &file.text,
                    &path.display().to_string(),
                ));
            }
        }
    }
    let hint = "accept with HUBGATE_ACCEPT=1 cargo test --test render goldens";
    assert!(different.is_empty(), "{}\n{hint}", different.join("\n"));
}

#[test]
fn what_apply_writes_is_what_was_reviewed() {
    for case in cases() {
        let answers = kit::answers(&std::fs::read_to_string(case.join("answers.toml")).unwrap());
        let alone = hubgate::render::render_awscognito(&answers).unwrap();
        assert_eq!(
            rendered(&case).text("awscognito.py"),
            Some(alone.as_str()),
            "{}",
            case.display()
        );
    }
}

#[test]
fn rendering_twice_gives_the_same_bytes() {
    for case in cases() {
        assert_eq!(rendered(&case), rendered(&case), "{}", case.display());
    }
}

#[test]
fn no_case_shows_a_secret_but_the_one_that_was_asked_for() {
    let embedding = kit::root().join("fixtures/rendered/embedded-secret-17");
    let secret = std::fs::read_to_string(embedding.join("embedded.secret")).unwrap();
    for file in rendered(&embedding).iter() {
        let holds = file.text.contains(secret.trim());
        assert_eq!(holds, file.name == "user-data.sh", "{}", file.name);
    }
}

#[test]
fn user_data_that_ec2_would_refuse_says_by_how_much_it_is_too_long() {
    let users: Vec<String> = (0..2000)
        .map(|number| format!("\"user-{number}@example.org\""))
        .collect();
    let toml = std::fs::read_to_string(cases()[0].join("answers.toml")).unwrap();
    let access = toml.find("[access]").unwrap();
    let access = format!(
        "{}[access]\nallow = \"users\"\nusers = [{}]\n",
        &toml[..access],
        users.join(", ")
    );
    let error = render(&kit::answers(&access), None).unwrap_err();
    let RenderError::UserDataTooLong { size, over } = &error else {
        panic!("{error}");
    };
    assert!(*over > 0 && size - over == 16_384, "{error}");
    assert!(error.remedy().unwrap().contains("name fewer users"), "{error}");
}
