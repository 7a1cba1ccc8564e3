//! Records that an older hubgate left, of runs that were cut off anywhere or came to their end: this one
//! recovers them and goes back, to the bytes, modes and owners that the older one restored.
//!
//! hubgate 0.1.0 wrote the fixtures on this model of a host. A journal's layout may only grow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hubgate::apply::{Recovered, StateDir, answers_in_force, would_recover};
use hubgate::host::Files as _;
use serde::Deserialize;

use super::machine::Running;
use super::world::{ANSWERS, CONFIG, World, recovered, recovered_at, went_back};

/// One command of an older hubgate on one hub, cut off before, in and after everything it does.
#[derive(Deserialize)]
struct Fixture {
    prefix: String,
    /// The hub and hubgate's own folder before the command.
    before: BTreeMap<PathBuf, Node>,
    cuts: Vec<Cut>,
    /// Each text as the numbers of its lines.
    texts: Vec<Vec<usize>>,
    lines: Vec<String>,
}

/// How a file or a folder (without a text) differs from before; none where it is gone.
type Changes = BTreeMap<PathBuf, Option<Node>>;

#[derive(Deserialize)]
struct Cut {
    cut: String,
    /// What the command had done until then.
    changes: Changes,
    /// The hub after the older program's recovery, then after each of its rollbacks until none was left.
    then: Vec<Changes>,
}

#[derive(Clone, PartialEq, Deserialize)]
struct Node {
    mode: String,
    owner: (u32, u32),
    text: Option<usize>,
}

type Picture = BTreeMap<PathBuf, hubgate::host::memory::Node>;

impl Fixture {
    /// The machine as it was before the command, with its hub running.
    fn machine(&self) -> World {
        let world = World::at(&self.prefix, CONFIG);
        let own = |path: &Path| {
            path.starts_with(world.config("")) && path != world.config("") && !self.before.contains_key(path)
        };
        for (path, node) in world.host.snapshot().iter().rev().filter(|(path, _)| own(path)) {
            if node.bytes.is_some() {
                world.host.remove(path).unwrap();
            } else {
                world.host.remove_dir(path).unwrap();
            }
        }
        self.put(&world, self.before.iter().map(|(path, node)| (path, Some(node))));
        *world.running.lock().unwrap() = Running::boot(&world.host, &world.prefix);
        world
    }

    fn put<'a>(&self, world: &World, nodes: impl Iterator<Item = (&'a PathBuf, Option<&'a Node>)>) {
        for (path, node) in nodes {
            match node {
                Some(node) => {
                    let mode = u32::from_str_radix(&node.mode, 8).unwrap();
                    match node.text {
                        None => world.host.put_folder(path, mode),
                        Some(text) => {
                            let lines = self.texts[text].iter().map(|line| self.lines[*line].as_str());
                            let bytes = lines.collect::<String>().into_bytes();
                            world.host.put(path, "", mode);
                            let owner = Some(node.owner);
                            world.host.write_atomic(path, &bytes, mode, owner).unwrap();
                        }
                    }
                }
                None if world.host.read(path).is_ok() => world.host.remove(path).unwrap(),
                None => world.host.remove_dir(path).unwrap(),
            }
        }
    }

    /// The hub's files where these changes were made to it, and no others.
    fn wanted(&self, changes: &Changes) -> Picture {
        let world = self.machine();
        self.put(&world, changes.iter().map(|(path, node)| (path, node.as_ref())));
        hub_files(&world)
    }
}

fn hub_files(world: &World) -> Picture {
    let mut files = world.picture().files;
    files.retain(|path, _| path.starts_with(world.config("")));
    files
}

fn each_cut_is_recovered_and_rolled_back(json: &str) {
    let fixture: Fixture = serde_json::from_str(json).unwrap();
    for cut in &fixture.cuts {
        let world = fixture.machine();
        fixture.put(
            &world,
            cut.changes.iter().map(|(path, node)| (path, node.as_ref())),
        );
        for (number, changes) in cut.then.iter().enumerate() {
            let what = if number == 0 {
                recovered_at(&world.prefix, &world.process())
                    .unwrap_or_else(|error| panic!("{}: {error}", cut.cut));
                format!("recovery, {}", cut.cut)
            } else {
                went_back(&world, true).unwrap_or_else(|error| panic!("{}: {error}", cut.cut));
                format!("rollback {number}, {}", cut.cut)
            };
            let (wanted, found) = (fixture.wanted(changes), hub_files(&world));
            let differing = wanted
                .keys()
                .chain(found.keys())
                .find(|path| wanted.get(*path) != found.get(*path));
            assert_eq!(differing, None, "{what}");
            world.assert_closed(&what);
        }
        assert!(
            went_back(&world, true).is_err(),
            "{}: one rollback more than before",
            cut.cut
        );
    }
    assert!(fixture.cuts.len() > 25, "{}", fixture.cuts.len());
}

macro_rules! fixtures {
    ($($name:ident: $file:literal;)*) => {
        $(#[test]
        fn $name() {
            each_cut_is_recovered_and_rolled_back(include_str!(concat!("../../fixtures/journals/", $file)));
        })*
    };
}

#[test]
fn an_old_marker_of_another_hub_outlives_an_apply_to_this_one() {
    let fixture: Fixture =
        serde_json::from_str(include_str!("../../fixtures/journals/apply-elsewhere.json")).unwrap();
    let cut = fixture
        .cuts
        .iter()
        .find(|cut| cut.cut.starts_with("in: tljh-config"))
        .unwrap();
    let world = World::fresh();
    fixture.put(
        &world,
        fixture.before.iter().map(|(path, node)| (path, Some(node))),
    );
    fixture.put(
        &world,
        cut.changes.iter().map(|(path, node)| (path, node.as_ref())),
    );
    let unfinished = || would_recover(&world.process(), &StateDir::for_hub(Path::new(&fixture.prefix)));
    let told = unfinished().unwrap();
    assert!(told.is_some());
    world.apply(ANSWERS);
    assert_eq!(unfinished().unwrap(), told);
    assert_eq!(
        would_recover(&world.process(), &StateDir::default()).unwrap(),
        None
    );
}

#[test]
fn an_old_run_on_another_hub_is_none_of_this_one_s() {
    let fixture: Fixture =
        serde_json::from_str(include_str!("../../fixtures/journals/apply-elsewhere.json")).unwrap();
    for cut in &fixture.cuts {
        let world = fixture.machine();
        fixture.put(
            &world,
            cut.changes.iter().map(|(path, node)| (path, node.as_ref())),
        );
        let (host, before) = (world.process(), world.picture());
        assert_eq!(
            would_recover(&host, &StateDir::default()).unwrap(),
            None,
            "{}",
            cut.cut
        );
        assert_eq!(recovered(&host).unwrap(), Recovered::Nothing, "{}", cut.cut);
        assert_eq!(
            answers_in_force(&host, &StateDir::default()).unwrap(),
            None,
            "{}",
            cut.cut
        );
        assert_eq!(world.picture(), before, "{}", cut.cut);
    }
}

fixtures! {
    an_old_apply: "apply.json";
    an_old_apply_over_a_file_made_by_hand: "apply-over-a-file-made-by-hand.json";
    an_old_second_apply: "second-apply.json";
    an_old_apply_on_a_hub_that_ran_with_older_files: "apply-with-an-older-look.json";
    an_old_apply_at_another_prefix: "apply-elsewhere.json";
    an_old_rollback: "rollback.json";
    an_old_way_to_the_default: "to-default.json";
}
