//! Programs: how they end, what they are given, how long they may take.

use std::ffi::OsString;
use std::io::ErrorKind;
use std::time::Duration;

use super::{Place, on_both_hosts};
use hubgate::host::memory::{finished, hangs};
use hubgate::host::{Exit, Finished, Invocation, RunError};

/// Says something, and never ends.
fn endless(place: &Place) -> Invocation {
    place.program("endless", "echo waiting; exec sleep 1000", |call, _| {
        Err(hangs(call, "waiting\n"))
    })
}

/// Ends well.
fn quick(place: &Place) -> Invocation {
    place.program("quick", "true", |_, _| Ok(finished("")))
}

on_both_hosts! {
    fn output_and_exit_code_come_back(place) {
        let call = place.program("p", "echo out; echo err >&2; exit 3", |_, _| {
            Ok(Finished {
                exit: Exit::Code(3),
                stderr: b"err\n".to_vec(),
                ..finished("out\n")
            })
        });
        let ended = place.host().run(&call).unwrap();
        assert_eq!((ended.exit, ended.success()), (Exit::Code(3), false));
        assert_eq!((ended.stdout_text(), ended.stderr_text()), ("out\n".into(), "err\n".into()));
        assert!(place.host().run(&quick(place)).unwrap().success());
    }

    fn a_program_is_given_its_arguments_its_input_and_its_variables(place) {
        let call = place.program("p", r#"printf '%s,' "$@" "$A" "$B" "${GONE-none}"; cat"#, |call, host| {
            let env = host.child_env(call);
            let value = |name: &str| env.get(&OsString::from(name)).map_or("none".into(), Clone::clone);
            let words = call.args.iter().cloned();
            let words = words.chain([value("A"), value("B"), value("GONE")]);
            let words: String = words.map(|word| word.into_string().unwrap() + ",").collect();
            Ok(finished(words.into_bytes().into_iter().chain(call.stdin.clone().unwrap()).collect::<Vec<u8>>()))
        });
        let call = call.args(["$(id)", "a b", ""]).env("A", "x y").env("B", "").env_remove("GONE").stdin("in");
        assert_eq!(place.host().run(&call).unwrap().stdout_text(), "$(id),a b,,x y,,none,in");
    }

    fn a_program_may_change_what_we_see(place) {
        let call = place.program("p", r#"printf new > "$1""#, |call, host| {
            host.put(&call.args[0], "new", 0o644);
            Ok(finished(""))
        });
        place.host().run(&call.arg(place.at("f"))).unwrap();
        assert_eq!(place.text("f"), "new");
    }

    fn what_hangs_is_ended_at_its_deadline_and_its_words_are_kept(place) {
        let host = place.host();
        let deadline = Duration::from_millis(300);
        let since = host.monotonic();
        let error = host.run(&endless(place).deadline(deadline)).unwrap_err();
        assert!(matches!(error, RunError::TimedOut { after, .. } if after == deadline), "{error:?}");
        assert_eq!(error.output().0, b"waiting\n");
        assert!(host.monotonic() - since >= deadline);
    }

    fn time_goes_by_while_a_program_runs(place) {
        let call = place.program("p", "sleep 0.02", |_, _| {
            Ok(Finished { took: Duration::from_millis(20), ..finished("") })
        });
        let since = place.host().monotonic();
        let ended = place.host().run(&call).unwrap();
        assert!(ended.took >= Duration::from_millis(20));
        assert!(place.host().monotonic() - since >= ended.took);
    }

    fn an_interrupt_ends_a_program_unless_it_is_held_off(place) {
        let host = place.host();
        host.interrupt().request();
        let error = host.run(&endless(place)).unwrap_err();
        assert!(matches!(error, RunError::Interrupted { .. }), "{error:?}");
        let _hold = host.interrupt().hold();
        assert!(host.run(&quick(place)).unwrap().success());
    }

    fn what_cannot_be_started_is_told_apart(place) {
        let host = place.host();
        let missing = Invocation::new(place.at("no"));
        let said = format!("{} is not there", place.at("no").display());
        assert_eq!(host.run(&missing).unwrap_err().to_string(), said);
        assert_eq!(host.start(&missing).err().unwrap().to_string(), said);
        let no_program = Invocation::new(place.put("text", "x", 0o644));
        let nowhere = quick(place).cwd(place.at("no"));
        for (call, kind) in [(no_program, ErrorKind::PermissionDenied), (nowhere, ErrorKind::NotFound)] {
            let error = host.run(&call).unwrap_err();
            assert!(matches!(&error, RunError::Spawn { source, .. } if source.kind() == kind), "{error}");
        }
    }

    fn a_started_program_runs_until_it_is_stopped(place) {
        let host = place.host();
        let mut server = host.start(&endless(place)).unwrap();
        while server.output().unwrap().0 != b"waiting\n" {
            host.sleep(Duration::from_millis(5));
        }
        assert_eq!(server.poll().unwrap(), None);
        assert_eq!(server.stop(Duration::from_secs(5)).unwrap(), Exit::Signal(15));
        assert_eq!(server.poll().unwrap(), Some(Exit::Signal(15)));
    }

    fn a_started_program_that_ends_says_how(place) {
        let call = place.program("p", "exit 7", |_, _| {
            Ok(Finished { exit: Exit::Code(7), ..finished("") })
        });
        let mut child = place.host().start(&call).unwrap();
        let exit = loop {
            match child.poll().unwrap() {
                Some(exit) => break exit,
                None => place.host().sleep(Duration::from_millis(5)),
            }
        };
        assert_eq!(exit, Exit::Code(7));
    }

    fn a_process_that_is_gone_need_not_be_killed(place) {
        // Above the highest id that Linux gives.
        place.host().kill(0x7fff_ffff).unwrap();
    }

    fn a_program_that_nobody_has_is_not_found(place) {
        assert_eq!(place.host().find("no-such-program-anywhere"), None);
    }
}
