//! A hub that would let in somebody else than the answers name is refused, with the place and what mends it.

use hubgate::apply::{RunFailed, foresee, plan_for};
use hubgate::host::Files as _;
use hubgate::told::Told as _;

use crate::machine::SECRET;
use crate::world::{ANSWERS, PREFIX, World, applied, planned, wishing};

/// What somebody left in TLJH's own file: the whole pool gets in, whatever `awscognito.py` lists.
const LEFT: &str = "users:\n  admin:\n  - ada\nauth:\n  GenericOAuthenticator:\n    allow_all: true\n";
const PLACE: &str = "config.yaml: auth.GenericOAuthenticator.allow_all";
const MEND: &str = "sudo tljh-config unset auth.GenericOAuthenticator.allow_all";

fn is_refused(world: &World) {
    let before = world.picture();
    let error = applied(&world.process(), world, ANSWERS, SECRET).unwrap_err();
    assert!(matches!(error, RunFailed::Untouched(_)), "{error}");
    let words = error.to_string();
    let stranger = "someone else in the user pool gets in as someone, and should not";
    assert!(words.contains(stranger) && words.contains(PLACE), "{words}");
    assert!(error.remedy().unwrap().contains(MEND), "{:?}", error.remedy());
    assert_eq!(world.picture(), before);
}

#[test]
fn a_rule_in_config_yaml_that_lets_everybody_in() {
    is_refused(&World::at(PREFIX, LEFT));
}

#[test]
fn the_same_where_nothing_else_is_to_be_done() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let rest = LEFT.split_once("  GenericOAuthenticator").unwrap().1;
    let path = world.config("config.yaml");
    let text = world.host.read_to_string(&path).unwrap();
    let text = text.replace("auth:\n", &format!("auth:\n  GenericOAuthenticator{rest}"));
    world.host.put(path, text.as_bytes(), 0o640);
    let (plan, _) = planned(&world, ANSWERS).unwrap();
    assert!(plan.is_empty(), "{plan:?}");
    is_refused(&world);
}

#[test]
fn a_dry_run_tells_the_same_and_leaves_nothing() {
    let world = World::at(PREFIX, LEFT);
    let before = world.picture();
    let verdict = wishing(&world, ANSWERS, SECRET, |wish| {
        let process = world.process();
        let (plan, observed) = plan_for(&process, wish).unwrap();
        foresee(&process, wish, plan, &observed).1.unwrap()
    });
    assert!(verdict.is_refused());
    assert!(verdict.faults()[0].contains(PLACE), "{verdict:?}");
    assert_eq!(verdict.mends(), [MEND]);
    assert_eq!(world.picture(), before);
}
