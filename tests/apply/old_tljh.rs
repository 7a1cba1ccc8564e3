//! TLJH 1.0 and older, whose `tljh-config` has no lock: the file that hubgate locks there is its own.

use hubgate::host::Files as _;

use super::cases::apply;
use super::faults::killed;
use super::world::{ANSWERS, World, applied, recovered, went_back};

/// A hub on which nobody has locked `config.yaml` yet.
fn unlocked(tljh: &str) -> World {
    let world = World::fresh();
    let packages = world.prefix.join("hub/lib/python3.12/site-packages");
    let package = |version: &str| packages.join(format!("the_littlest_jupyterhub-{version}.dist-info"));
    world.host.remove_dir(&package("2.0.0")).unwrap();
    world.host.put_folder(package(tljh), 0o755);
    world.host.remove(&world.config("config.yaml.lock")).unwrap();
    world
}

fn has_lock(world: &World) -> bool {
    world
        .host
        .stat(&world.config("config.yaml.lock"))
        .unwrap()
        .is_some()
}

#[test]
fn an_apply_and_a_rollback_leave_no_lock() {
    let world = unlocked("1.0.0");
    let before = world.picture();
    world.apply(ANSWERS);
    assert!(!has_lock(&world));
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn an_apply_that_was_undone_leaves_no_lock() {
    let world = unlocked("1.0.0");
    let before = world.picture();
    applied(&world.process(), &world, ANSWERS, "canary0another0secret").unwrap_err();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn an_apply_that_was_cut_off_leaves_no_lock_once_it_is_recovered() {
    let world = killed(
        || unlocked("1.0.0"),
        apply,
        "run /usr/bin/systemctl show jupyterhub --property=NRestarts --value",
    );
    assert!(has_lock(&world));
    recovered(&world.process()).unwrap();
    assert!(!has_lock(&world));
}

#[test]
fn a_lock_that_was_there_before_stays() {
    let world = unlocked("1.0.0");
    world.host.put(world.config("config.yaml.lock"), "", 0o600);
    let before = world.picture();
    world.apply(ANSWERS);
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn tljhs_own_lock_stays() {
    let world = unlocked("2.0.0");
    world.apply(ANSWERS);
    went_back(&world, false).unwrap();
    assert!(has_lock(&world));
}
