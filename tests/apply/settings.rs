//! `config.yaml` in odd shapes, and other people's hands in it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use hubgate::apply::{Cause, RunFailed, StateDir, lock, would_recover};
use hubgate::host::memory::{MemoryHost, failed, hangs};
use hubgate::host::{Files, Finished, Invocation, RunError};

use super::cases::apply;
use super::world::{ANSWERS, CONFIG, PREFIX, SECRET, World, answers, applied, went_back};
use super::{by_hand, machine};

type Outcome = Result<Finished, RunError>;

/// Puts something in front of `tljh-config`: it is told the number of the call, from 1.
fn in_front_of_tljh_config(
    world: &World,
    first: impl Fn(usize, &Invocation, &MemoryHost) -> Option<Outcome> + Send + Sync + 'static,
) {
    let calls = AtomicUsize::new(0);
    let (prefix, units) = (world.prefix().to_owned(), world.running.clone());
    world
        .host
        .program(world.prefix().join("hub/bin/tljh-config"), move |call, host| {
            let number = calls.fetch_add(1, Ordering::SeqCst) + 1;
            first(number, call, host).unwrap_or_else(|| machine::tljh_config(call, host, &prefix, &units))
        });
}

/// What somebody else's `tljh-config` does.
fn edit(host: &MemoryHost, command: &str, path: &str, value: &str) {
    let file = format!("{PREFIX}/config/config.yaml");
    let mut config = machine::yaml::read(&host.read_to_string(file.as_ref()).unwrap()).unwrap();
    machine::edit(&mut config, command, path, Some(value)).unwrap();
    machine::write_in_place(
        host,
        file.as_ref(),
        machine::yaml::write(&config).as_bytes(),
        0o640,
    );
}

fn config_of(world: &World) -> String {
    world.host.read_to_string(&world.config("config.yaml")).unwrap()
}

#[test]
fn as_many_people_as_user_data_cannot_hold_can_be_applied() {
    let names: Vec<String> = (0..700)
        .map(|number| format!("\"student-{number:04}\""))
        .collect();
    let toml = ANSWERS.replace("\"grace\"", &names.join(", "));
    let too_long = hubgate::render::render(&answers(&toml).answers, None).unwrap_err();
    assert!(too_long.to_string().contains("more than EC2 takes"), "{too_long}");
    let world = World::fresh();
    world.apply(&toml);
    assert!(world.running.lock().unwrap().hub.is_ok());
}

#[test]
fn odd_but_valid_settings_are_changed_and_come_back_to_the_byte() {
    for text in [
        "{}\n",
        "---\nusers: {admin: [root-admin]}\n",
        "users:\r\n  admin:\r\n  - root-admin\r\n",
        "users:\n  admin: [root-admin]   # me\n\n\n# the end",
        "limits: &common\n  memory: 1G\nother: *common\n",
        "users:\n  admin:\n  - \"007\"\n  - 42\n  - null\n",
        "\u{feff}users:\n  admin:\n  - ada\n",
        "text: \"\u{1f600} ÄÖÜ\"\nwide: |\n  a\n  b\n",
    ] {
        let world = World::at(PREFIX, text);
        let before = world.picture();
        applied(&world.process(), &world, ANSWERS, SECRET)
            .unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert!(config_of(&world).contains("GenericOAuthenticator"), "{text:?}");
        went_back(&world, false).unwrap();
        assert_eq!(
            world.picture(),
            before,
            "{text:?}: {}",
            before.difference(&world.picture())
        );
    }
}

#[test]
fn settings_that_nobody_can_read_are_left_alone() {
    for bytes in [
        &b"users:\n\tadmin: x\n"[..],
        b"users: [",
        b"- a\n- list\n",
        b"name: \xff\xfe\n",
        b"a: 1\na: 2\n",
    ] {
        let world = World::fresh();
        world.host.put(world.config("config.yaml"), bytes, 0o640);
        let before = world.picture();
        let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
        assert!(matches!(error, RunFailed::Untouched(_)), "{bytes:?}: {error}");
        assert_eq!(world.picture(), before);
    }
}

#[test]
fn settings_of_a_hundred_thousand_lines_are_no_trouble() {
    let mut text = String::from("users:\n  allowed:\n");
    for number in 0..20_000 {
        text.push_str(&format!("  - student{number}\n"));
    }
    let world = World::at(PREFIX, &text);
    let before = world.picture();
    applied(&world.process(), &world, ANSWERS, SECRET).unwrap();
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), before);
}

#[test]
fn what_someone_else_sets_during_an_apply_is_kept_and_ours_is_taken_back() {
    for number in 1..=6 {
        let world = World::fresh();
        in_front_of_tljh_config(&world, move |call, _, host| {
            (call == number).then(|| edit(host, "set", "limits.cpu", "2"));
            None
        });
        let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
        assert!(
            matches!(
                error,
                RunFailed::Restored {
                    cause: Cause::ChangedMeanwhile(_),
                    ..
                }
            ),
            "{number}: {error}"
        );
        assert!(error.to_string().contains("that change was kept"), "{error}");
        let mut wanted = machine::yaml::read(CONFIG).unwrap();
        machine::edit(&mut wanted, "set", "limits.cpu", Some("2")).unwrap();
        assert_eq!(
            machine::yaml::read(&config_of(&world)).unwrap(),
            wanted,
            "{number}"
        );
        assert!(
            !world
                .host
                .snapshot()
                .contains_key(&world.config("jupyterhub_config.d/awscognito.py"))
        );
        world.apply(ANSWERS);
    }
}

#[test]
fn what_someone_else_takes_away_at_the_end_of_the_file_is_no_damage() {
    let world = World::fresh();
    in_front_of_tljh_config(&world, |call, _, host| {
        (call == 2).then(|| edit(host, "unset", "limits.memory", ""));
        None
    });
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    assert!(error.to_string().contains("that change was kept"), "{error}");
    assert!(!config_of(&world).contains("memory"));
}

#[test]
fn settings_that_tljh_config_cut_off_when_the_disk_was_full_come_back_whole() {
    let long: String = (0..400).map(|number| format!("  - student{number}\n")).collect();
    let text = format!("limits:\n  memory: 2G\nusers:\n  allowed:\n{long}");
    for (call_number, length) in (1..=6).flat_map(|call| [0, 512, 4096, 5001].map(|length| (call, length))) {
        let world = World::at(PREFIX, &text);
        let before = world.picture();
        in_front_of_tljh_config(&world, move |call, _, host| {
            (call == call_number).then(|| {
                let file = format!("{PREFIX}/config/config.yaml");
                let bytes = host.read(file.as_ref()).unwrap();
                machine::write_in_place(host, file.as_ref(), &bytes[..length], 0o640);
                Ok(failed(1, "OSError: [Errno 28] No space left on device\n"))
            })
        });
        let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
        assert!(
            matches!(error, RunFailed::Restored { .. }),
            "{call_number} {length}: {error}"
        );
        assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
    }
}

#[test]
fn a_tljh_config_that_is_broken_for_good_needs_a_person_who_is_told_what_to_type() {
    let world = World::fresh();
    let before = world.picture();
    in_front_of_tljh_config(&world, |_, call, _| {
        let reload = call.args.first().is_some_and(|word| word == "reload");
        reload.then(|| Ok(failed(1, "Traceback: it is broken\n")))
    });
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    let RunFailed::Broken { commands, .. } = &error else {
        panic!("{error}")
    };
    let told = || {
        would_recover(&world.host, &StateDir::default())
            .unwrap()
            .unwrap()
            .words
    };
    assert!(told().contains("could not be put back"), "{}", told());
    let at_work = lock(&world.host, &StateDir::default()).unwrap();
    assert!(told().starts_with("another hubgate is at work"), "{}", told());
    drop(at_work);
    machine::install(&world.host, world.prefix(), &world.running);
    by_hand::run(&world, commands);
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
    world.assert_closed("by hand");
    world.apply(ANSWERS);
}

#[test]
fn a_reload_that_hangs_tells_what_it_had_printed() {
    let world = World::fresh();
    let hangs_once = AtomicBool::new(true);
    in_front_of_tljh_config(&world, move |_, call, _| {
        let reload = call.args.first().is_some_and(|word| word == "reload");
        // Python writes into a file, which we then read, a block at a time, unless it is told otherwise.
        let at_once = call.env.contains(&("PYTHONUNBUFFERED".into(), "1".into()));
        let printed = if at_once { "Waiting for traefik\n" } else { "" };
        (reload && hangs_once.swap(false, Ordering::SeqCst)).then(|| Err(hangs(call, printed)))
    });
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    assert!(matches!(error, RunFailed::Restored { .. }), "{error}");
    let words = "tljh-config reload proxy: no answer after 60 s:\n    | Waiting for traefik";
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn somebody_elses_tljh_config_is_waited_for() {
    let world = World::fresh();
    in_front_of_tljh_config(&world, |call, _, _| {
        let busy = "Another instance of tljh-config holds the lock /x.lock.\n";
        (call < 4).then(|| Ok(failed(1, busy)))
    });
    world.apply(ANSWERS);
}

#[test]
fn an_awscognito_file_that_someone_edits_meanwhile_is_kept() {
    let world = World::fresh();
    let file = world.config("jupyterhub_config.d/awscognito.py");
    let edited = file.clone();
    in_front_of_tljh_config(&world, move |call, _, host| {
        (call == 1).then(|| {
            host.put(&edited, "# mine now\n", 0o644);
            Ok(failed(1, "something else\n"))
        })
    });
    let error = applied(&world.process(), &world, ANSWERS, SECRET).unwrap_err();
    assert!(matches!(error, RunFailed::Restored { .. }), "{error}");
    assert!(
        error
            .to_string()
            .contains("awscognito.py was changed by someone else"),
        "{error}"
    );
    assert_eq!(world.host.read(&file).unwrap(), b"# mine now\n");
    world.assert_closed("kept");
}

#[test]
fn traefik_that_systemd_gave_up_on_is_started_all_the_same() {
    let world = World::fresh();
    world.running.lock().unwrap().traefik_given_up = true;
    world.apply(ANSWERS);
}

#[test]
fn a_second_apply_looks_and_does_nothing() {
    let world = World::fresh();
    world.apply(ANSWERS);
    let before = world.picture();
    let process = world.process();
    apply(&process, &world).unwrap();
    let done: Vec<_> = process.record();
    // It asks whom the hub lets in now, which others may have changed.
    let only_looks = |event: &hubgate::host::memory::Event| {
        use hubgate::host::memory::Event;
        matches!(event, Event::Locked(_) | Event::Ran(_))
    };
    assert!(done.iter().all(only_looks), "{done:?}");
    assert_eq!(world.picture(), before);
}

#[test]
fn a_path_of_its_own_and_back_to_the_root() {
    let world = World::fresh();
    let before = world.picture();
    let below = ANSWERS.replace(
        "admins = [\"ada\"]",
        "admins = [\"ada\"]\nbase_url = \"/jupyter/\"",
    );
    world.apply(&below);
    assert_eq!(
        world.running.lock().unwrap().hub.as_ref().unwrap().pages.base_url,
        "/jupyter/"
    );
    world.apply(ANSWERS);
    assert_eq!(
        world.running.lock().unwrap().hub.as_ref().unwrap().pages.base_url,
        "/"
    );
    went_back(&world, false).unwrap();
    went_back(&world, false).unwrap();
    assert_eq!(world.picture(), before, "{}", before.difference(&world.picture()));
}
