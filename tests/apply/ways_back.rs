//! Rollbacks one after another, by force, to the default, and of damaged copies.

use std::time::Duration;

use hubgate::apply::{BackTo, Cause, OldLogin, RunFailed, StateDir, WentBack, answers_in_force};
use hubgate::host::Files;
use hubgate::host::faulty::{Death, Fault, Faulty};
use hubgate::told::{HubState, Told as _};

use super::faults::quietly;
use super::world::{ANSWERS, SECRET, World, applied, rolled_back, went_back};

fn other_client() -> String {
    ANSWERS.replace("3n4b5urk1ft4fl3mg5e62d9ado", "anotherclientid0000000000")
}

#[test]
fn each_rollback_takes_one_apply_back_until_none_is_left() {
    let world = World::fresh();
    let fresh = world.picture();
    world.apply(&other_client());
    let first = world.picture();
    world.apply(ANSWERS);
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), first, "{}", first.difference(&world.picture()));
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), fresh, "{}", fresh.difference(&world.picture()));
    let error = went_back(&world, false).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::NothingToRollBack)),
        "{error}"
    );
    world.apply(ANSWERS);
}

#[test]
fn later_work_is_not_lost_but_by_force() {
    let world = World::fresh();
    let fresh = world.picture();
    world.apply(ANSWERS);
    let file = world.config("jupyterhub_config.d/awscognito.py");
    world.host.put(
        &file,
        "# by hand\nc.GenericOAuthenticator.client_secret = 'hunter2hunter2'\n",
        0o644,
    );
    let before = world.picture();
    let error = went_back(&world, false).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::ChangedSince(_))),
        "{text}"
    );
    assert!(text.contains("# by hand") && !text.contains("hunter2"), "{text}");
    assert_eq!(world.picture(), before);
    went_back(&world, true).unwrap();
    assert_eq!(world.picture(), fresh, "{}", fresh.difference(&world.picture()));
}

#[test]
fn a_rollback_after_the_default_says_what_it_would_bring_back_and_no_more() {
    let world = World::fresh();
    world.apply(ANSWERS);
    rolled_back(&world.process(), &world, BackTo::Default).unwrap();
    let text = went_back(&world, false).unwrap_err().to_string();
    assert!(
        text.contains("config.yaml") && !text.contains("awscognito"),
        "{text}"
    );
    let world = World::fresh();
    world.apply(&other_client());
    world.apply(ANSWERS);
    rolled_back(&world.process(), &world, BackTo::Default).unwrap();
    let text = went_back(&world, false).unwrap_err().to_string();
    assert!(text.contains("awscognito.secret was removed"), "{text}");
}

#[test]
fn the_default_is_not_claimed_of_a_config_yaml_that_nobody_can_read() {
    let world = World::fresh();
    world.host.put(world.config("config.yaml"), "users: [\n", 0o640);
    let error = rolled_back(&world.process(), &world, BackTo::Default).unwrap_err();
    assert!(matches!(error, RunFailed::Untouched(Cause::NoPlan(_))), "{error}");
}

#[test]
fn a_secret_that_someone_rotated_by_hand_is_named_and_not_shown() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let file = world.config("jupyterhub_config.d/awscognito.secret");
    world.host.put(&file, "another0secret0by0hand0000\n", 0o600);
    let text = went_back(&world, false).unwrap_err().to_string();
    assert!(text.contains("awscognito.secret holds another secret"), "{text}");
    assert!(
        !text.contains("another0secret") && !text.contains(SECRET),
        "{text}"
    );
}

#[test]
fn a_rollback_that_was_cut_off_behind_its_end_is_not_done_twice() {
    let rehearsal = World::fresh();
    rehearsal.apply(ANSWERS);
    let counted = Faulty::none(rehearsal.process());
    rolled_back(&counted, &rehearsal, BackTo::BeforeLastApply { force: false }).unwrap();
    let last = counted.operations().len();

    let world = World::fresh();
    let fresh = world.picture();
    world.apply(ANSWERS);
    let doomed = Faulty::new(world.process(), last, Fault::KilledBefore, Death::Panic);
    let back = BackTo::BeforeLastApply { force: false };
    assert!(quietly(|| rolled_back(&doomed, &world, back)).is_err());
    let error = went_back(&world, false).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::NothingToRollBack)),
        "{error}"
    );
    assert_eq!(world.picture(), fresh);
}

#[test]
fn the_default_is_reached_once() {
    let world = World::fresh();
    world.apply(ANSWERS);
    rolled_back(&world.process(), &world, BackTo::Default).unwrap();
    let before = world.picture();
    let again = rolled_back(&world.process(), &world, BackTo::Default).unwrap();
    assert!(matches!(again, WentBack::NothingToDo));
    assert_eq!(world.picture(), before);
    world.apply(ANSWERS);
}

#[test]
fn a_damaged_copy_is_noticed_before_anything_is_changed() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let run = world.host.list("/var/lib/hubgate/runs".as_ref()).unwrap()[0].clone();
    world
        .host
        .put(run.join("config.yaml.before"), "users: {}\n", 0o600);
    let before = world.picture();
    let error = went_back(&world, false).unwrap_err();
    assert!(error.to_string().contains("missing or damaged"), "{error}");
    assert_eq!(
        (error.hub(), world.picture()),
        (Some(HubState::Untouched), before)
    );
}

#[test]
fn which_apply_was_the_last_is_not_guessed() {
    let world = World::fresh();
    world.apply(&other_client());
    world.apply(ANSWERS);
    let run = world.host.list("/var/lib/hubgate/runs".as_ref()).unwrap()[1].clone();
    world.host.put(run.join("journal.json"), "{", 0o600);
    let before = world.picture();
    let error = went_back(&world, false).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::DamagedHistory(_))),
        "{error}"
    );
    assert_eq!(world.picture(), before);
    // Nor are the answers of the one before taken for its answers.
    let known = answers_in_force(&world.process(), &StateDir::default());
    assert!(known.is_err(), "{known:?}");
}

#[test]
fn a_rollback_of_a_hub_that_cannot_start_any_more_puts_the_files_back_and_says_the_rest() {
    let world = World::fresh();
    world.apply(ANSWERS);
    world.running.lock().unwrap().port_taken = true;
    let before = world.picture();
    let error = went_back(&world, false).unwrap_err();
    assert_eq!(error.hub(), Some(HubState::Broken), "{error}");
    assert!(error.to_string().contains("in use by another program"), "{error}");
    let mut files = world.picture().files;
    files.retain(|path, _| !path.to_string_lossy().contains(".hubgate-"));
    assert_eq!(files, before.files);
    world.running.lock().unwrap().port_taken = false;
    applied(&world.process(), &world, ANSWERS, SECRET).unwrap();
}

/// A hub that runs with other settings than somebody has put into its file since.
fn edited_without_a_restart() -> World {
    let world = World::fresh();
    world.apply(&other_client());
    world.host.advance(Duration::from_secs(3600));
    let file = world.config("jupyterhub_config.d/awscognito.py");
    let edited = String::from_utf8(world.host.read(&file).unwrap()).unwrap();
    let edited = edited.replace("anotherclientid0000000000", "athirdclientid00000000000");
    world.host.put(&file, edited, 0o644);
    world.host.put("/proc/uptime", "3700.00 100.00\n", 0o444);
    world.host.advance(Duration::from_secs(60));
    world
}

#[test]
fn files_that_were_edited_without_a_restart_do_not_make_an_undo_fail() {
    let world = edited_without_a_restart();
    let before = world.picture().files;
    let wrong = "canary0wrong0secret0of0cognito";
    let error = applied(&world.process(), &world, ANSWERS, wrong).unwrap_err();
    let text = error.to_string();
    assert!(
        matches!(
            error,
            RunFailed::Restored {
                login: OldLogin::OfNewerFiles,
                ..
            }
        ),
        "{text}"
    );
    assert!(text.contains("without restarting the hub"), "{text}");
    assert_eq!(world.picture().files, before);
    world.assert_closed("an undo");
}

#[test]
fn files_that_were_edited_without_a_restart_come_back_with_a_rollback() {
    let world = edited_without_a_restart();
    let before = world.picture().files;
    world.apply(ANSWERS);
    went_back(&world, false).unwrap();
    assert_eq!(world.picture().files, before);
}
