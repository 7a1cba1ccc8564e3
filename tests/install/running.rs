//! The script at work.

use super::*;
use hubgate::host::memory::{failed, hangs};
use hubgate::host::{Exit, Files, Host};

fn log(host: &MemoryHost) -> String {
    assert_eq!(host.stat(Path::new(LOG)).unwrap().unwrap().mode, 0o600);
    host.read_to_string(Path::new(LOG)).unwrap()
}

#[test]
fn it_gets_what_was_asked_for_and_names_no_admin() {
    let host = machine();
    let wanted = Wanted {
        version: Some("2.0.0".into()),
        plugins: vec![
            "tljh-db".into(),
            "tljh-repo2docker @ https://example.org/x".into(),
        ],
        user_requirements_txt_url: Some("https://example.org/r.txt".into()),
        show_progress_page: true,
        ..wanted()
    };
    install_as(&host, &wanted, &mut Heard::default()).unwrap();
    let call = &installer_calls(&host)[0];
    assert_eq!(
        call.to_string(),
        "/bin/sh -c 'umask 022; exec \"$@\"' sh /usr/bin/python3 /var/lib/hubgate/bootstrap.py --version 2.0.0 \
         --show-progress-page --user-requirements-txt-url https://example.org/r.txt \
         --plugin tljh-db 'tljh-repo2docker @ https://example.org/x'"
    );
}

#[test]
fn what_cloud_init_leaves_out_is_there() {
    let host = machine();
    host.set_var("PATH", "/usr/bin:/bin");
    host.set_var("HUBGATE_CLIENT_SECRET", "canary");
    install(&host).unwrap();
    let env = host.child_env(&installer_calls(&host)[0]);
    let value = |name: &str| {
        env.get(std::ffi::OsStr::new(name))
            .map(|value| value.to_string_lossy().into_owned())
    };
    assert_eq!(value("HOME").as_deref(), Some("/root"));
    assert_eq!(value("LC_ALL").as_deref(), Some("C.UTF-8"));
    assert_eq!(value("TLJH_INSTALL_PREFIX").as_deref(), Some(PREFIX));
    assert_eq!(
        value("PATH").as_deref(),
        Some("/usr/bin:/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/sbin")
    );
    assert_eq!(value("HUBGATE_CLIENT_SECRET"), None);
}

#[test]
fn what_a_person_set_stays() {
    let host = machine();
    host.set_var("HOME", "/home/ada");
    host.set_var("LANG", "de_DE.UTF-8");
    host.set_var("APT_CONFIG", "/etc/own.conf");
    install(&host).unwrap();
    let added: Vec<_> = installer_calls(&host)[0]
        .env
        .iter()
        .map(|(name, _)| name.clone())
        .collect();
    for name in ["HOME", "LC_ALL", "APT_CONFIG"] {
        assert!(!added.contains(&name.into()), "{name}");
    }
}

#[test]
fn its_progress_is_told_line_by_line() {
    let host = machine();
    installer(&host, |_, host| {
        lay_down_tljh(host);
        let stderr =
            b"Setting up hub environment...\n{\"noise\": 1}\nUpgrading pip...\nhalf a li...".to_vec();
        Ok(Finished {
            stderr,
            ..finished("noise...\n")
        })
    });
    let mut told = Heard::default();
    install_as(&host, &wanted(), &mut told).unwrap();
    assert_eq!(
        told.0,
        [
            "begin get TLJH's installer",
            "done",
            "begin install The Littlest JupyterHub",
            "Setting up hub environment...",
            "Upgrading pip...",
            "done"
        ]
    );
    let log = log(&host);
    assert!(log.starts_with("# /bin/sh -c "), "{log}");
    assert!(
        log.contains("# from https://tljh.jupyter.org/bootstrap.py, SHA-256 "),
        "{log}"
    );
    assert!(log.ends_with(
        "noise...\nSetting up hub environment...\n{\"noise\": 1}\nUpgrading pip...\nhalf a li..."
    ));
}

#[test]
fn a_failure_shows_its_last_lines_and_where_the_rest_is() {
    let host = machine();
    installer(&host, |_, host| {
        host.put("/opt/tljh/hub/bin/python3", "", 0o755);
        let lines: String = (1..=30).map(|n| format!("line {n}\n\n")).collect();
        Ok(failed(1, lines))
    });
    let error = install(&host).unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("TLJH's installer failed (exit code 1)\n    | line 11\n"),
        "{text}"
    );
    assert!(text.ends_with("    | line 30"), "{text}");
    assert!(error.remedy().unwrap().contains(LOG));
    assert_eq!(error.hub(), Some(HubState::Broken));
    assert!(log(&host).contains("line 1\n"));
}

#[test]
fn a_log_that_could_not_be_kept_is_not_pointed_at() {
    let host = machine();
    // As on a full disk, which is what the installer fails of.
    host.put_folder(LOG, 0o755);
    installer(&host, |_, _| Ok(failed(1, "No space left on device")));
    let mut told = Heard::default();
    let error = install_as(&host, &wanted(), &mut told).unwrap_err();
    assert!(
        told.0
            .iter()
            .any(|text| text.starts_with("its output is not kept")),
        "{:?}",
        told.0
    );
    assert!(error.to_string().ends_with("No space left on device"));
    let hint = error.remedy().unwrap();
    assert!(
        hint.contains("goes on from there") && !hint.contains(LOG),
        "{hint}"
    );
}

#[test]
fn a_second_run_goes_on_where_the_first_was_cut_off() {
    let host = machine();
    installer(&host, |_, host| {
        // Everything is in place, and the power fails before it is done.
        lay_down_tljh(host);
        Ok(failed(1, ""))
    });
    install(&host).unwrap_err();
    let host = host.restart();
    assert_eq!(presence_on(&host), Presence::Unfinished);
    installer(&host, |_, _| Ok(finished("")));
    let mut told = Heard::default();
    assert_eq!(install_as(&host, &wanted(), &mut told).unwrap(), Installed::Now);
    assert_eq!(
        told.0[0],
        "an installation of TLJH was begun here; going on with it"
    );
    assert_eq!(presence_on(&host), Presence::Present);
}

#[test]
fn one_that_hangs_is_stopped_after_half_an_hour() {
    let host = machine();
    installer(&host, |call, _| Err(hangs(call, "waiting for the mirror\n")));
    let text = install(&host).unwrap_err().to_string();
    assert_eq!(
        text,
        "TLJH's installer was not done after 1800 s\n    | waiting for the mirror"
    );
    assert!(log(&host).ends_with("waiting for the mirror\n"));
}

#[test]
fn ctrl_c_stops_it_and_says_that_it_goes_on() {
    let host = machine();
    installer(&host, |call, host| {
        host.interrupt().request();
        Err(hangs(call, "busy\n"))
    });
    let error = install(&host).unwrap_err();
    assert_eq!(
        error.to_string(),
        "stopped on request while TLJH's installer was at work"
    );
    assert_eq!(error.hub(), Some(HubState::Broken));
    assert!(error.remedy().unwrap().contains("it goes on from there"));
    assert_eq!(presence_on(&host.restart()), Presence::Unfinished);
}

#[test]
fn one_that_did_nothing_is_not_believed() {
    let host = machine();
    installer(&host, |_, _| Ok(finished("")));
    let error = install(&host).unwrap_err();
    assert_eq!(
        error.to_string(),
        "TLJH's installer says that it is done, but there is no TLJH at /opt/tljh"
    );
}

#[test]
fn a_signal_is_named() {
    let host = machine();
    installer(&host, |_, _| {
        Ok(Finished {
            exit: Exit::Signal(9),
            ..finished("")
        })
    });
    let text = install(&host).unwrap_err().to_string();
    assert_eq!(text, "TLJH's installer failed (killed by signal 9)");
}
