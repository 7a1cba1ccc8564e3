//! What contradicts the answers elsewhere on the hub is taken out, and comes back with every byte.

use std::cell::RefCell;
use std::path::PathBuf;

use hubgate::apply::{
    Applied, Cause, Order, Purpose, RunFailed, Scene, StateDir, TakeOver, foresee, judge_candidate, lock,
    plan_for, recover, run,
};
use hubgate::host::memory::failed;
use hubgate::host::{Files as _, Host};
use hubgate::plan::{Contradiction, Goal, NoPlan, Plan, StepKind, plan};
use hubgate::render::render;
use hubgate::secret::Secret;
use hubgate::tljh::{Observed, observe::observe};
use hubgate::told::{HubState, Told as _};

use super::world::{
    ANSWERS, DEADLINE, PREFIX, Quiet, SECRET, World, answers, applied_with, went_back, wishing_with,
};
use super::{by_hand, machine};

/// Settings of another time, which sort behind hubgate's.
pub const LEFTOVER: &str = "# ours\nc.Spawner.x = 1\nc.GenericOAuthenticator.allowed_users = {\n    'mallory',\n}\n\
if True:\n    c.GenericOAuthenticator.manage_groups = True\n";
/// What cannot be taken out line by line.
const TANGLE: &str = "x = 1; c.GenericOAuthenticator.allow_all = True\n";
const CONFIG: &str = "auth:\n  GenericOAuthenticator:\n    allow_all: true\n    admin_users:\n    - mallory\n\
users:\n  admin:\n  - root-admin\n  banned:\n  - grace\n  - eve\n  - grace\n";

/// A hub on which others set what hubgate sets.
pub fn hub() -> World {
    let world = World::at(PREFIX, CONFIG);
    world.host.put(leftover(&world), LEFTOVER, 0o640);
    world.host.put(tangle(&world), TANGLE, 0o600);
    let owned = Some((0, 7));
    let bytes = LEFTOVER.as_bytes();
    world
        .host
        .write_atomic(&leftover(&world), bytes, 0o640, owned)
        .unwrap();
    world.settle();
    world
}

fn leftover(world: &World) -> PathBuf {
    world.config("jupyterhub_config.d/zz-ours.py")
}

fn tangle(world: &World) -> PathBuf {
    world.config("jupyterhub_config.d/aa-tangle.py")
}

fn aside(world: &World) -> PathBuf {
    world.config("jupyterhub_config.d/aa-tangle.py.before-hubgate")
}

fn contradictions(world: &World) -> Vec<Contradiction> {
    let key = |path: &str| Contradiction::ConfigKey {
        path: path.to_owned(),
    };
    let line = |file: PathBuf, line| Contradiction::FileLine { file, line };
    vec![
        line(leftover(world), 7),
        line(tangle(world), 1),
        line(leftover(world), 3),
        key("auth.GenericOAuthenticator.allow_all"),
        key("auth.GenericOAuthenticator.admin_users"),
        key("auth.GenericOAuthenticator.gone"),
        Contradiction::ConfigItem {
            path: "users.banned".to_owned(),
            item: "grace".to_owned(),
        },
    ]
}

fn planned(host: &dyn Host, world: &World, found: &[Contradiction]) -> Result<(Plan, Observed), NoPlan> {
    let answers = answers(ANSWERS).answers;
    let files = render(&answers, None).unwrap();
    let goal = Goal {
        answers: &answers,
        awscognito_py: files.text("awscognito.py").unwrap(),
        secret: &Secret::new(SECRET.to_owned()),
        take_over: found,
    };
    let observed = observe(host, world.prefix()).unwrap();
    Ok((plan(&goal, &observed)?, observed))
}

/// An apply that takes these out.
pub fn taken_over(host: &dyn Host, world: &World) -> Result<(), RunFailed> {
    let state = StateDir::for_hub(world.prefix());
    let _lock = lock(host, &state).map_err(RunFailed::Untouched)?;
    recover(host, &state, DEADLINE)?;
    let untouched = |cause: Cause| RunFailed::Untouched(cause);
    let (plan, observed) =
        planned(host, world, &contradictions(world)).map_err(|error| untouched(error.into()))?;
    let shadow = state.path().join("preflight");
    let answers = answers(ANSWERS).answers;
    judge_candidate(host, &observed, &plan.steps, &shadow, &answers).map_err(untouched)?;
    let secret = Secret::new(SECRET.to_owned());
    let mut scene = Scene::new(host, observed, DEADLINE);
    scene.secret = Some(&secret);
    let order = Order {
        purpose: Purpose::Apply,
        plan: &plan,
        of: None,
        answers: String::new(),
        prove: &|_| Ok(()),
    };
    run(&mut scene, &state, &order, &mut Quiet::default()).map(drop)
}

#[test]
fn what_is_in_the_way_is_gone_and_comes_back_to_the_byte() {
    let world = hub();
    let before = world.picture();
    taken_over(&world.process(), &world).unwrap();
    let read = |path: &PathBuf| world.host.read_to_string(path).unwrap();
    assert_eq!(
        read(&leftover(&world)),
        "# ours\nc.Spawner.x = 1\n# taken out by hubgate: c.GenericOAuthenticator.allowed_users = {\n    # 'mallory',\n# }\n\
         if True:\n    pass  # taken out by hubgate: c.GenericOAuthenticator.manage_groups = True\n"
    );
    assert!(world.host.stat(&tangle(&world)).unwrap().is_none());
    assert_eq!(read(&aside(&world)), TANGLE);
    let now = world.picture();
    for (then, left) in [
        (leftover(&world), leftover(&world)),
        (tangle(&world), aside(&world)),
    ] {
        let (then, left) = (&before.files[&then], &now.files[&left]);
        assert_eq!((then.mode, then.owner), (left.mode, left.owner));
    }
    let config = read(&world.config("config.yaml"));
    assert!(
        config.contains("eve") && config.contains("root-admin"),
        "{config}"
    );
    let gone = [
        "allow_all",
        "mallory",
        "GenericOAuthenticator:",
        "banned:\n  - grace",
        "- eve\n  - grace",
    ];
    assert!(gone.iter().all(|gone| !config.contains(gone)), "{config}");
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn what_is_changed_later_in_a_file_that_was_taken_over_is_not_lost_but_by_force() {
    let world = hub();
    let before = world.picture();
    taken_over(&world.process(), &world).unwrap();
    world.host.put(leftover(&world), "c.Spawner.x = 2\n", 0o640);
    let error = went_back(&world, false).unwrap_err();
    assert!(error.to_string().contains("-c.Spawner.x = 2"), "{error}");
    went_back(&world, true).unwrap();
    assert_eq!(world.picture().files, before.files);
}

#[test]
fn what_is_gone_already_drops_out() {
    let world = hub();
    taken_over(&world.process(), &world).unwrap();
    let gone = &contradictions(&world)[3..];
    let (plan, _) = planned(&world.process(), &world, gone).unwrap();
    assert!(plan.is_empty(), "{plan:?}");
}

#[test]
fn a_second_file_goes_beside_the_first() {
    let world = hub();
    taken_over(&world.process(), &world).unwrap();
    world.host.put(tangle(&world), "y = 1; z = 2\n", 0o600);
    let file = tangle(&world);
    let found = [Contradiction::FileLine { file, line: 1 }];
    let (plan, _) = planned(&world.process(), &world, &found).unwrap();
    let copy = plan.steps.iter().find_map(|step| match &step.kind {
        StepKind::CopyAside { path, .. } => Some(path.to_string_lossy().into_owned()),
        _ => None,
    });
    assert!(copy.unwrap().ends_with("aa-tangle.py.before-hubgate-2"));
}

#[test]
fn what_is_not_the_hub_s_own_is_named_and_stays() {
    let world = hub();
    let number = "users:\n  banned:\n  - '123'\n";
    world.host.put(world.config("config.yaml"), number, 0o640);
    let item = Contradiction::ConfigItem {
        path: "users.banned".to_owned(),
        item: "123".to_owned(),
    };
    for (what, words) in [
        (
            Contradiction::WholeFile {
                file: "/srv/settings.py".into(),
            },
            "/srv/settings.py cannot be taken over: it is none of the hub's other settings files",
        ),
        (item, "123 in users.banned in config.yaml cannot be taken over"),
    ] {
        let error = planned(&world.process(), &world, &[what]).unwrap_err();
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_person_who_has_to_finish_an_undo_is_told_of_every_file() {
    let world = hub();
    let before = world.picture();
    let (prefix, units) = (world.prefix().to_owned(), world.running.clone());
    world.host.program(
        world.prefix().join("hub/bin/tljh-config"),
        move |call, host| match call.args.first().is_some_and(|word| word == "reload") {
            true => Ok(failed(1, "it is broken\n")),
            false => machine::tljh_config(call, host, &prefix, &units),
        },
    );
    let error = taken_over(&world.process(), &world).unwrap_err();
    let RunFailed::Broken { commands, .. } = &error else {
        panic!("{error}")
    };
    machine::install(&world.host, world.prefix(), &world.running);
    by_hand::run(&world, commands);
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
    world.assert_closed("by hand");
}

/// Whoever is in the pool gets in, whatever the answers say.
fn open_to_everybody() -> World {
    World::at(
        PREFIX,
        "auth:\n  GenericOAuthenticator:\n    allow_all: true\n    note: ours\nlimits:\n  memory: 1G\n",
    )
}

fn tried(world: &World, take_over: TakeOver<'_>) -> Result<Applied, RunFailed> {
    applied_with(&world.process(), world, (ANSWERS, SECRET), take_over)
}

#[test]
fn what_lets_strangers_in_is_refused_and_taken_out_on_request() {
    let world = open_to_everybody();
    let before = world.picture();
    let error = tried(&world, TakeOver::No).unwrap_err();
    let text = format!("{error} {}", error.remedy().unwrap());
    for words in [
        "config.yaml: auth.GenericOAuthenticator.allow_all",
        "sudo tljh-config unset auth.GenericOAuthenticator.allow_all",
        "--take-over",
    ] {
        assert!(text.contains(words), "{text}");
    }
    assert_eq!(
        (error.hub(), world.picture()),
        (Some(HubState::Untouched), before.clone())
    );
    tried(&world, TakeOver::Yes).unwrap();
    let config = world.host.read_to_string(&world.config("config.yaml")).unwrap();
    assert!(
        !config.contains("allow_all") && config.contains("note: ours"),
        "{config}"
    );
    assert!(matches!(
        tried(&world, TakeOver::No),
        Ok(Applied::NothingToDo { .. })
    ));
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}

#[test]
fn a_hub_that_was_opened_after_an_apply_is_closed_by_the_next() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let file = world.config("config.yaml");
    let open = format!(
        "{}\n",
        world.host.read_to_string(&file).unwrap().replace(
            "auth:\n",
            "auth:\n  GenericOAuthenticator:\n    allow_all: true\n"
        )
    );
    world.host.put(&file, open, 0o640);
    assert!(tried(&world, TakeOver::No).is_err());
    assert!(matches!(tried(&world, TakeOver::Yes), Ok(Applied::Done { .. })));
}

#[test]
fn a_person_is_asked_with_each_place_and_may_say_no() {
    let world = open_to_everybody();
    let before = world.picture();
    let asked = RefCell::new(Vec::new());
    for answer in [false, true] {
        let ask = |shown: &[String]| {
            asked.borrow_mut().push(shown.to_vec());
            answer
        };
        let outcome = tried(&world, TakeOver::Ask(&ask));
        assert_eq!(outcome.is_ok(), answer);
        assert_eq!(world.picture() == before, !answer);
    }
    let place = ["config.yaml: auth.GenericOAuthenticator.allow_all".to_owned()];
    assert_eq!(asked.into_inner(), [place.clone(), place]);
}

#[test]
fn nobody_is_asked_where_nothing_is_in_the_way() {
    let world = World::fresh();
    tried(&world, TakeOver::Ask(&|shown| panic!("{shown:?}"))).unwrap();
}

#[test]
fn a_dry_run_shows_what_would_be_taken_out_and_changes_nothing() {
    let world = open_to_everybody();
    let before = world.picture();
    wishing_with(&world, (ANSWERS, SECRET), TakeOver::Yes, |wish| {
        let host = world.process();
        let (plan, observed) = plan_for(&host, wish).unwrap();
        let (plan, verdict) = foresee(&host, wish, plan, &observed);
        assert!(!verdict.unwrap().is_refused());
        let unset = "tljh-config unset auth.GenericOAuthenticator.allow_all";
        assert!(
            plan.steps.iter().any(|step| step.to_string() == unset),
            "{plan:?}"
        );
        assert!(matches!(plan.steps.last().unwrap().kind, StepKind::RestartHub));
    });
    assert_eq!(world.picture(), before);
}
