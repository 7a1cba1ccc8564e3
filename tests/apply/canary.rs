//! The secret is nowhere but in its file.

use hubgate::apply::{BackTo, plan_for};
use hubgate::host::Files;
use hubgate::host::memory::{Event, finished};
use hubgate::secret::Secret;
use hubgate::verify::Patience;

use super::cases::OLD_FILE;
use super::world::{ANSWERS, SECRET, World, answers, applied, rolled_back};

/// What is part of the literal secret of the documentation of old.
const OLD: &str = "literal0canary";

#[test]
fn no_record_no_argument_and_no_message_holds_the_secret() {
    let world = World::fresh();
    world
        .host
        .put(world.config("jupyterhub_config.d/awscognito.py"), OLD_FILE, 0o644);
    world.settle();
    let process = world.process();
    let wrong = applied(&process, &world, ANSWERS, "canary0wrong0secret0of0cognito").unwrap_err();
    applied(&process, &world, ANSWERS, SECRET).unwrap();
    rolled_back(&process, &world, BackTo::BeforeLastApply { force: false }).unwrap();
    applied(&process, &world, ANSWERS, SECRET).unwrap();
    rolled_back(&process, &world, BackTo::Default).unwrap();

    assert!(!format!("{wrong} {wrong:?}").contains("canary"), "{wrong:?}");
    for event in process.record() {
        let shown = match &event {
            Event::Ran(call) | Event::Started(call) => {
                let stdin = call.stdin.clone().unwrap_or_default();
                format!("{call} {:?} {}", call.env, String::from_utf8_lossy(&stdin))
            }
            other => format!("{other:?}"),
        };
        assert!(!shown.contains("canary"), "{shown}");
    }
    let mut journals = 0;
    for (path, node) in world.host.snapshot() {
        let Some(bytes) = node.bytes else { continue };
        let text = String::from_utf8(bytes).unwrap();
        let is_backup =
            path.to_string_lossy().ends_with(".before") && path.starts_with("/var/lib/hubgate/runs");
        if is_backup || path.starts_with("/root") {
            assert_eq!(node.mode & 0o077, 0, "{}", path.display());
            continue;
        }
        journals += usize::from(path.ends_with("journal.json"));
        assert!(!text.contains("canary"), "{}: {text}", path.display());
    }
    assert!(journals >= 4, "{journals} records");
}

#[test]
fn the_journal_of_a_hub_that_does_not_come_up_is_told_without_codes_and_secrets() {
    let world = World::fresh();
    world.host.program("/usr/bin/journalctl", |_, _| {
        let lines = "403 GET /hub/oauth_callback?code=canary-code&state=canary-state (@10.0.0.1)\n\
                     {'access_token': 'canary-token'}\nOSError: [Errno 98] Address already in use\n";
        Ok(finished(lines.to_owned() + SECRET))
    });
    world.running.lock().unwrap().port_taken = true;
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    let told = error.to_string();
    assert!(
        told.contains("/hub/oauth_callback?code=[secret]&state=[secret] (@10.0.0.1)"),
        "{told}"
    );
    assert!(!format!("{told} {error:?}").contains("canary"), "{error:?}");
}

#[test]
fn a_dry_run_shows_an_old_file_without_its_secret_and_changes_nothing() {
    let world = World::fresh();
    world
        .host
        .put(world.config("jupyterhub_config.d/awscognito.py"), OLD_FILE, 0o644);
    world.host.remove(&world.config("config.yaml.lock")).unwrap();
    let before = world.picture();
    let process = world.process();
    let secret = Secret::new(SECRET.to_owned());
    let wish = hubgate::apply::Wish {
        checked: &answers(ANSWERS),
        secret: &secret,
        prefix: world.prefix(),
        strict: false,
        hub_deadline: std::time::Duration::from_secs(1),
        patience: Patience::NONE,
        take_over: hubgate::apply::TakeOver::No,
    };
    let (plan, observed) = plan_for(&process, &wish).unwrap();
    let shown = format!("{plan:?} {observed:?} {}", serde_json::to_string(&plan).unwrap());
    assert!(
        shown.contains("anotherclientid0000000000"),
        "the old file is shown"
    );
    assert!(!shown.contains(OLD) && !shown.contains(SECRET), "{shown}");
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
    assert!(process.commands().is_empty());
}
