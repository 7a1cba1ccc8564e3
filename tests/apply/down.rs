//! Hubs that are down, were stopped, or were starting again and again.

use std::path::Path;
use std::time::Duration;

use hubgate::apply::{BackTo, Cause, OldLogin, RunFailed};
use hubgate::host::memory::failed;
use hubgate::host::{Clock as _, Files as _};

use super::world::{ANSWERS, SECRET, World, applied, rolled_back, went_back};

#[test]
fn a_hub_that_was_down_before_is_not_said_to_work_again() {
    let world = World::fresh();
    world.running.lock().unwrap().port_taken = true;
    world.settle();
    let before = world.picture();
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    assert!(
        matches!(
            error,
            RunFailed::Restored {
                login: OldLogin::NoneBefore,
                ..
            }
        ),
        "{error}"
    );
    assert!(!error.to_string().contains("old login works"), "{error}");
    assert!(error.to_string().contains("in use by another program"), "{error}");
    assert_eq!(world.picture().files, before.files);
}

#[test]
fn where_systemd_does_not_run_nothing_is_touched() {
    let world = World::fresh();
    world.apply(ANSWERS);
    world.host.remove_dir(Path::new("/run/systemd/system")).unwrap();
    world.host.program("/usr/bin/systemctl", |_, _| {
        Ok(failed(1, "System has not been booted"))
    });
    let before = world.picture();
    let back = rolled_back(&world.process(), &world, BackTo::BeforeLastApply { force: false });
    let changed = ANSWERS.replace("grace", "hopper");
    for error in [
        back.unwrap_err(),
        applied(&world.process(), &world, &changed, SECRET).unwrap_err(),
    ] {
        assert!(matches!(error, RunFailed::Untouched(Cause::NoSystemd)), "{error}");
    }
    assert!(world.picture().files == before.files);
}

#[test]
fn a_hub_that_started_again_and_again_before_is_not_given_up_for_that() {
    let world = World::fresh();
    {
        let mut running = world.running.lock().unwrap();
        running.counted_before = 6;
        running.takes = Duration::from_secs(5);
    }
    world.apply(ANSWERS);
}

#[test]
fn a_hub_that_somebody_stops_meanwhile_is_not_waited_for_to_the_end() {
    let world = World::fresh();
    let before = world.picture();
    {
        let mut running = world.running.lock().unwrap();
        running.stopped_after = Some(running.starts + 1);
        running.takes = Duration::from_millis(100);
    }
    let host = world.process();
    let error = applied(&host, &world, ANSWERS, SECRET).unwrap_err();
    assert!(
        matches!(
            error,
            RunFailed::Restored {
                cause: Cause::HubStopped,
                login: OldLogin::Seen,
                ..
            }
        ),
        "{error}"
    );
    assert!(
        host.monotonic() < Duration::from_secs(15),
        "{:?}",
        host.monotonic()
    );
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn a_config_yaml_that_somebody_broke_is_no_obstacle_on_the_way_back() {
    let world = World::fresh();
    let before = world.picture();
    world.apply(ANSWERS);
    world
        .host
        .put(world.config("config.yaml"), "users:\n\tadmin: ada\n", 0o640);
    let error = went_back(&world, false).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::ChangedSince(_))),
        "{error}"
    );
    went_back(&world, true).unwrap();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn a_way_back_that_fails_leaves_a_broken_config_yaml_but_no_run_that_never_ends() {
    let world = World::fresh();
    world.apply(ANSWERS);
    world
        .host
        .put(world.config("config.yaml"), "users:\n\tadmin: ada\n", 0o640);
    let before = world.picture().files;
    world.running.lock().unwrap().port_taken = true;
    let error = went_back(&world, true).unwrap_err();
    assert!(matches!(error, RunFailed::Restored { .. }), "{error}");
    assert!(
        error.to_string().contains("config.yaml is no YAML, as before"),
        "{error}"
    );
    assert_eq!(world.picture().files, before);
    world.assert_closed("a way back that failed");
    world.running.lock().unwrap().port_taken = false;
    went_back(&world, true).unwrap();
}
