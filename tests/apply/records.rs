//! hubgate's own folder in odd states: traces of runs that were cut off, damage, wrong modes.

use hubgate::apply::{Cause, OldLogin, Recovered, RunFailed, StateDir, WentBack, lock, would_recover};
use hubgate::host::Files;
use hubgate::told::{HubState, Told as _};

use super::by_hand;
use super::cases::apply;
use super::faults::killed;
use super::world::{ANSWERS, PREFIX, SECRET, World, applied, planned, recovered, went_back};

/// The hub runs with the new settings: of traefik's restart, or else of its own.
const STARTED: &str = "run /usr/bin/systemctl show jupyterhub --property=InvocationID --value";
const RESTARTED: &str = "run /usr/bin/systemctl restart jupyterhub";

fn broken(error: RunFailed) -> (Cause, Vec<String>) {
    match error {
        RunFailed::Broken { cause, commands, .. } => (cause, commands),
        other => panic!("{other}"),
    }
}

#[test]
fn another_hubgate_at_work_is_told_and_nothing_is_touched() {
    let world = World::fresh();
    let before = world.picture();
    let _other = lock(&world.host, &StateDir::default()).unwrap();
    let error = applied(&world.host, &world, ANSWERS, SECRET).unwrap_err();
    assert!(matches!(error, RunFailed::Untouched(Cause::Busy)), "{error}");
    assert_eq!(world.picture(), before);
}

#[test]
fn a_run_that_is_under_way_is_not_said_to_be_cut_off() {
    let world = killed(World::fresh, apply, STARTED);
    let state = StateDir::default();
    let told = || would_recover(&world.host, &state).unwrap().unwrap();
    assert!(told().words.contains("was cut off after"), "{:?}", told());
    let _at_work = lock(&world.host, &state).unwrap();
    assert!(
        told().words.starts_with("another hubgate is changing this hub"),
        "{:?}",
        told()
    );
    assert_eq!(told().remedy, "wait until it is done");
}

#[test]
fn a_marker_without_a_record_needs_a_person_once() {
    let world = World::fresh();
    world
        .host
        .put("/var/lib/hubgate/open", "20260101T000000.000000Z", 0o600);
    world.host.put_folder("/var/lib/hubgate", 0o700);
    let before = world.picture();
    let (cause, commands) = broken(applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err());
    assert!(matches!(cause, Cause::LostRecord(_)), "{cause}");
    by_hand::run(&world, &commands);
    assert_eq!(world.picture(), before);
    world.apply(ANSWERS);
}

#[test]
fn a_record_that_is_cut_short_still_gives_the_old_files_back_by_hand() {
    let before = World::fresh().picture();
    let world = killed(World::fresh, apply, STARTED);
    let journal = world.host.list("/var/lib/hubgate/runs".as_ref()).unwrap()[0].join("journal.json");
    let text = world.host.read(&journal).unwrap();
    world.host.put(&journal, &text[..text.len() / 2], 0o600);
    let (_, commands) = broken(recovered(&world.process()).unwrap_err());
    by_hand::run(&world, &commands);
    let now = world.picture();
    // What there was no file for cannot be known to be hubgate's; nothing reads it without auth.type.
    assert_eq!((&now.hub, &now.proxy), (&before.hub, &before.proxy));
    let config = world.config("config.yaml");
    assert_eq!(now.files[&config], before.files[&config]);
    world.apply(ANSWERS);
}

#[test]
fn a_record_of_a_newer_hubgate_is_left_to_it() {
    let world = killed(World::fresh, apply, STARTED);
    let before = world.picture();
    let journal = world.host.list("/var/lib/hubgate/runs".as_ref()).unwrap()[0].join("journal.json");
    world.host.put(
        &journal,
        r#"{"version": 2, "hubgate": "9.9.9", "else": []}"#,
        0o600,
    );
    let error = recovered(&world.process()).unwrap_err();
    assert!(error.to_string().contains("newer hubgate (9.9.9)"), "{error}");
    assert_eq!(
        (error.hub(), world.picture()),
        (Some(HubState::Untouched), before)
    );
}

#[test]
fn a_folder_of_a_run_without_a_record_is_nothing() {
    let world = World::fresh();
    world
        .host
        .put_folder("/var/lib/hubgate/runs/20250101T000000.000000Z", 0o700);
    world.host.put_folder("/var/lib/hubgate", 0o700);
    assert_eq!(recovered(&world.process()).unwrap(), Recovered::Nothing);
    world.apply(ANSWERS);
    went_back(&world, false).unwrap();
}

#[test]
fn the_folder_of_records_is_made_roots_alone() {
    let world = World::fresh();
    world.host.put_folder("/var/lib/hubgate", 0o755);
    world.apply(ANSWERS);
    let stat = world.host.stat("/var/lib/hubgate".as_ref()).unwrap().unwrap();
    assert_eq!(stat.mode, 0o700);
}

#[test]
fn a_folder_of_records_that_others_can_write_to_is_refused() {
    let world = World::fresh();
    world.host.put_folder("/var/lib/hubgate", 0o777);
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::StateDir { .. })),
        "{error}"
    );
}

#[test]
fn runs_keep_their_order_when_the_clock_is_set_back() {
    let world = World::fresh();
    let fresh = world.picture();
    world
        .host
        .put_folder("/var/lib/hubgate/runs/20991231T235959.999999Z", 0o700);
    world.host.put_folder("/var/lib/hubgate", 0o700);
    let other = ANSWERS.replace("3n4b5urk1ft4fl3mg5e62d9ado", "anotherclientid0000000000");
    world.apply(&other);
    let first = world.picture();
    world.apply(ANSWERS);
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), first, "{}", first.difference(&world.picture()));
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), fresh, "{}", fresh.difference(&world.picture()));
}

#[test]
fn a_rollback_after_an_apply_that_was_cut_off_takes_back_no_older_one() {
    let before = applied_before().picture();
    let world = killed(applied_before, apply, RESTARTED);
    let back = went_back(&world, false).unwrap();
    assert!(matches!(back, WentBack::EndedCutOffRun));
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

fn applied_before() -> World {
    let world = World::fresh();
    world.apply(&ANSWERS.replace("3n4b5urk1ft4fl3mg5e62d9ado", "anotherclientid0000000000"));
    world
}

#[test]
fn a_recovery_that_fails_is_tried_again_by_the_next_start() {
    let before = World::fresh().picture();
    let world = killed(World::fresh, apply, STARTED);
    world.running.lock().unwrap().port_taken = true;
    let (cause, _) = broken(recovered(&world.process()).unwrap_err());
    assert!(matches!(cause, Cause::CutOff(_)), "{cause}");
    world.running.lock().unwrap().port_taken = false;
    let again = recovered(&world.process()).unwrap();
    assert!(
        matches!(
            again,
            Recovered::Undone {
                login: OldLogin::Seen,
                ..
            }
        ),
        "{again:?}"
    );
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
    world.apply(ANSWERS);
}

#[test]
fn a_program_that_outlived_its_hubgate_changes_nothing_after_the_recovery() {
    let world = killed(World::fresh, apply, STARTED);
    let run = world.host.list("/var/lib/hubgate/runs".as_ref()).unwrap()[0].clone();
    let run = run.file_name().unwrap().to_string_lossy().into_owned();
    world.host.put(
        "/proc/77/environ",
        format!("PATH=/bin\0HUBGATE_RUN={run}\0"),
        0o400,
    );
    world.host.put("/proc/78/environ", "PATH=/bin\0", 0o400);
    recovered(&world.process()).unwrap();
    let there = |id: u32| {
        world
            .host
            .stat(format!("/proc/{id}/environ").as_ref())
            .unwrap()
            .is_some()
    };
    assert_eq!((there(77), there(78)), (false, true));
}

#[test]
fn only_root_may_change_a_hub() {
    let world = World::fresh();
    let before = world.picture();
    world.host.set_uid(1000);
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    assert!(matches!(error, RunFailed::Untouched(Cause::NotRoot)), "{error}");
    assert_eq!(world.picture(), before);
    assert!(world.host.stat("/var/lib/hubgate".as_ref()).unwrap().is_none());
}

#[test]
fn a_config_yaml_that_tljh_config_would_stumble_over_is_refused_with_the_reason() {
    for (config, words) in [
        (
            "users:\n  admin: ada\n",
            "users.admin in /opt/tljh/config/config.yaml is \"ada\", which is no list",
        ),
        (
            "users:\nlimits:\n  memory: 2G\n",
            "users in /opt/tljh/config/config.yaml is null",
        ),
        ("", "holds no settings"),
        ("# nothing yet\n", "holds no settings"),
        ("users: [\n", "config.yaml is not YAML: line "),
        ("users: {}\nusers: {}\n", "duplicate mapping key: users\nnothing"),
    ] {
        let world = World::at(PREFIX, config);
        let before = world.picture().files;
        let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
        assert!(matches!(error, RunFailed::Untouched(Cause::NoPlan(_))), "{error}");
        assert!(error.to_string().contains(words), "{error}");
        assert_eq!(world.picture().files, before);
    }
}

#[test]
fn a_link_in_the_place_of_a_file_is_refused_in_the_dry_run_too() {
    for name in ["config.yaml", "jupyterhub_config.d/awscognito.py"] {
        let world = World::fresh();
        world.apply(ANSWERS);
        let (path, kept) = (world.config(name), "/root/kept-elsewhere");
        world.host.rename(&path, kept.as_ref()).unwrap();
        world.host.make_link(&path, kept);
        let before = world.picture().files;
        let toml = ANSWERS.replace("grace", "katherine");
        let error = planned(&world, &toml).unwrap_err();
        let words = format!("{name} is a symbolic link, which hubgate neither follows nor replaces; put");
        assert!(error.to_string().contains(&words), "{error}");
        let error = applied(&world.process(), &world, &toml, SECRET).unwrap_err();
        assert!(matches!(error, RunFailed::Untouched(Cause::NoPlan(_))), "{error}");
        assert_eq!(world.picture().files, before);
    }
}

#[test]
fn a_file_that_names_another_login_is_not_said_to_be_harmless() {
    let world = World::fresh();
    world.host.put(
        world.config("jupyterhub_config.d/aa.py"),
        "c.JupyterHub.authenticator_class = 'dummy'\n",
        0o644,
    );
    let (plan, _) = planned(&world, ANSWERS).unwrap();
    let words =
        "aa.py sets authenticator settings too (loaded after config.yaml, so its authenticator_class wins";
    assert!(
        plan.warnings.iter().any(|text| text.contains(words)),
        "{:?}",
        plan.warnings
    );
}

#[test]
fn the_record_of_a_newer_hubgate_is_not_to_be_moved_away() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let mut files = world.host.snapshot().into_keys();
    let journal = files.find(|path| path.ends_with("journal.json")).unwrap();
    let text = world.host.read_to_string(&journal).unwrap();
    world
        .host
        .put(&journal, text.replace("\"version\": 1", "\"version\": 2"), 0o600);
    let error = went_back(&world, false).unwrap_err();
    assert!(
        error.to_string().contains("written by a newer hubgate"),
        "{error}"
    );
    assert_eq!(error.remedy(), None);
}
