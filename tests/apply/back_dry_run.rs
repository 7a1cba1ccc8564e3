//! `hubgate rollback --dry-run` shows what `hubgate rollback` then does, and changes nothing.

use hubgate::apply::{BackTo, Cause, RunFailed, StateDir, WayBack, WentBack, way_back};

use super::cases::{self, apply};
use super::faults::killed;
use super::world::{ANSWERS, SECRET, World, rolled_back};

const BACK: BackTo = BackTo::BeforeLastApply { force: false };
/// The hub runs with the new settings.
const STARTED: &str = "run /usr/bin/systemctl show jupyterhub --property=InvocationID --value";

fn shown(world: &World, back_to: BackTo) -> Result<WayBack, Cause> {
    let before = world.host.snapshot();
    let process = world.process();
    let way = way_back(&process, &StateDir::for_hub(world.prefix()), back_to);
    assert_eq!(world.host.snapshot(), before);
    assert!(process.commands().is_empty());
    way
}

/// The steps as they are shown, which are those of the run that follows.
fn shown_and_done(world: &World, back_to: BackTo) -> WayBack {
    let way = shown(world, back_to).unwrap();
    let steps = match rolled_back(&world.process(), world, back_to).unwrap() {
        WentBack::Done(run) => run.entries.into_iter().map(|entry| entry.step).collect(),
        WentBack::NothingToDo | WentBack::EndedCutOffRun => Vec::new(),
    };
    assert_eq!(way.plan.steps, steps);
    way
}

fn words(way: &WayBack) -> Vec<String> {
    way.plan.steps.iter().map(ToString::to_string).collect()
}

fn diffs(way: &WayBack) -> String {
    way.plan
        .steps
        .iter()
        .filter_map(|step| step.diff.clone())
        .collect()
}

#[test]
fn the_way_back_is_shown_with_its_diffs_and_without_a_secret() {
    let world = (cases::old_file().hub)();
    world.apply(ANSWERS);
    let way = shown_and_done(&world, BACK);
    assert!(way.undone_first.is_none());
    assert_eq!(
        words(&way),
        [
            "remove /opt/tljh/config/jupyterhub_config.d/awscognito.secret",
            "put back /opt/tljh/config/jupyterhub_config.d/awscognito.py (mode 0644)",
            "put back /opt/tljh/config/config.yaml (mode 0640)",
            "make the folder /opt/tljh/config/jupyterhub_config.d (mode 0755)",
            "tljh-config reload proxy",
            "restart the hub (systemctl restart jupyterhub) and wait until it answers",
        ]
    );
    let shown = serde_json::to_string(&way.plan).unwrap();
    let diffs = diffs(&way);
    assert!(
        diffs.contains("+c.GenericOAuthenticator.client_id = 'anotherclientid0000000000'"),
        "{diffs}"
    );
    assert!(diffs.contains("+# ours since 2023"), "{diffs}");
    assert!(
        !shown.contains("literal0canary") && !shown.contains(SECRET),
        "{shown}"
    );
}

#[test]
fn what_is_as_it_was_already_is_no_step() {
    let world = World::fresh();
    world.apply(ANSWERS);
    world.apply(&ANSWERS.replace("admins = [\"ada\"]", "admins = [\"ada\", \"grace\"]"));
    let words = words(&shown_and_done(&world, BACK));
    assert!(
        words.iter().any(|words| words.contains("config.yaml")),
        "{words:?}"
    );
    assert!(
        !words.iter().any(|words| words.contains("awscognito.secret")),
        "{words:?}"
    );
}

#[test]
fn the_way_to_the_default_is_shown() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let way = shown_and_done(&world, BackTo::Default);
    assert_eq!(words(&way)[0], "tljh-config unset auth.type");
    assert!(
        diffs(&way).starts_with("auth.type: \"oauthenticator"),
        "{}",
        diffs(&way)
    );
    assert!(shown_and_done(&world, BackTo::Default).plan.is_empty());
}

#[test]
fn a_run_that_was_cut_off_is_said_to_be_undone_first_and_nothing_older() {
    let world = killed(cases::older_apply().hub, apply, STARTED);
    let way = shown_and_done(&world, BACK);
    let first = way.undone_first.unwrap().words;
    assert!(first.contains("was cut off after"), "{first}");
    assert!(way.plan.is_empty());
}

#[test]
fn the_way_to_the_default_starts_from_what_the_undo_leaves() {
    let world = killed(cases::older_apply().hub, apply, STARTED);
    let way = shown_and_done(&world, BackTo::Default);
    assert!(way.undone_first.is_some());
    assert!(
        diffs(&way).contains("anotherclientid0000000000"),
        "{}",
        diffs(&way)
    );
}

#[test]
fn what_stops_a_rollback_stops_its_dry_run() {
    let world = World::fresh();
    assert!(matches!(shown(&world, BACK), Err(Cause::NothingToRollBack)));
    world.apply(ANSWERS);
    world.host.put(
        world.config("jupyterhub_config.d/awscognito.py"),
        "# by hand\n",
        0o644,
    );
    let (dry, wet) = (shown(&world, BACK), rolled_back(&world.process(), &world, BACK));
    let (Err(Cause::ChangedSince(dry)), Err(RunFailed::Untouched(Cause::ChangedSince(wet)))) = (dry, wet)
    else {
        panic!("both refuse");
    };
    assert_eq!(dry, wet);
    world.host.set_uid(1000);
    assert!(matches!(shown(&world, BACK), Err(Cause::NotRoot)));
}
