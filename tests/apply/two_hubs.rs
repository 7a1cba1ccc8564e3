//! Two hubs on one machine, each with its own prefix and its own record.

use std::path::{Path, PathBuf};

use hubgate::apply::{Cause, Recovered, RunFailed, StateDir, answers_in_force, would_recover};

use super::cases::apply;
use super::faults::killed;
use super::world::{ANSWERS, CONFIG, PREFIX, World, recovered, recovered_at, went_back};

const ELSEWHERE: &str = "/srv/tljh";

#[test]
fn each_hub_has_a_record_of_its_own() {
    let path = |prefix: &str| StateDir::for_hub(Path::new(prefix)).path().to_owned();
    assert_eq!(path("/opt/tljh"), Path::new("/var/lib/hubgate"));
    assert_eq!(path("/opt/./tljh/"), Path::new("/var/lib/hubgate"));
    assert_eq!(path("/srv/tljh"), Path::new("/var/lib/hubgate/tljh-8abe7798df64"));
    assert_eq!(path("/srv/tljh//"), path("/srv/tljh"));
    assert_ne!(path("/srv/tljh"), path("/home/tljh"));
}

fn elsewhere() -> World {
    World::at(ELSEWHERE, CONFIG)
}

/// The hub at the default prefix of the same machine.
fn neighbour(world: &World) -> World {
    let host = world.process();
    host.put(Path::new(PREFIX).join("hub/bin/tljh-config"), "", 0o755);
    host.put_folder(Path::new(PREFIX).join("config"), 0o700);
    World {
        host,
        running: world.running.clone(),
        prefix: PathBuf::from(PREFIX),
    }
}

#[test]
fn a_run_on_one_is_none_of_the_others() {
    let world = elsewhere();
    world.apply(ANSWERS);
    let neighbour = neighbour(&world);
    let error = went_back(&neighbour, false).unwrap_err();
    assert!(
        matches!(error, RunFailed::Untouched(Cause::NothingToRollBack)),
        "{error}"
    );
    let answers = |prefix: &str| {
        let state = StateDir::for_hub(Path::new(prefix));
        answers_in_force(&world.process(), &state).unwrap()
    };
    assert!(answers(PREFIX).is_none() && answers(ELSEWHERE).is_some());
    went_back(&world, false).unwrap();
}

#[test]
fn a_run_that_was_cut_off_is_told_and_undone_on_its_own_hub_alone() {
    let before = elsewhere().picture();
    let world = killed(
        elsewhere,
        apply,
        "run /usr/bin/systemctl show jupyterhub --property=InvocationID --value",
    );
    let cut_off = world.picture();
    assert_ne!(cut_off, before);
    assert_eq!(
        would_recover(&world.process(), &StateDir::default()).unwrap(),
        None
    );
    assert_eq!(recovered(&world.process()).unwrap(), Recovered::Nothing);
    assert_eq!(world.picture(), cut_off);

    let state = StateDir::for_hub(Path::new(ELSEWHERE));
    assert!(would_recover(&world.process(), &state).unwrap().is_some());
    let undone = recovered_at(Path::new(ELSEWHERE), &world.process()).unwrap();
    assert!(matches!(undone, Recovered::Undone { .. }), "{undone:?}");
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}
