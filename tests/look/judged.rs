//! What is left elsewhere, judged: who gets in who should not, which setting is to blame, what mends it.

use hubgate::host::{Interrupt, SystemHost};
use hubgate::render::render_awscognito;
use hubgate::tljh::login::{Verdict, who_gets_in};
use hubgate::tljh::{ConfigYaml, HubFiles};

use crate::hub::{Hub, Leftovers, RELEASES, answers};

const STRANGER: &str = "someone else in the user pool gets in as someone, and should not";

fn judged(name: &str, release: &str, allow: &str, leftovers: &Leftovers) -> (Verdict, Hub) {
    let answers = answers(release, allow);
    let hub = Hub::lay_out(&format!("judged-{name}-{release}"), &answers, leftovers);
    let host = SystemHost::with_interrupt(Interrupt::new());
    let files = HubFiles::new(&hub.prefix);
    std::fs::create_dir_all(files.python().parent().unwrap()).unwrap();
    std::fs::copy(&hub.python, files.python()).unwrap();
    let config = ConfigYaml::parse(&std::fs::read(files.config_yaml()).unwrap()).unwrap();
    let rendered = render_awscognito(&answers).unwrap();
    let verdict = who_gets_in(&host, &files, &hub.prefix, &config, &answers, &rendered).unwrap();
    (verdict, hub)
}

fn in_yaml(lines: &str) -> Leftovers {
    Leftovers {
        auth: format!("  GenericOAuthenticator:\n{lines}"),
        ..Leftovers::default()
    }
}

fn in_file(line: &str) -> Leftovers {
    Leftovers {
        files: vec![("zz.py".into(), format!("{line}\n"))],
        ..Leftovers::default()
    }
}

#[test]
fn a_healthy_hub_surprises_nobody() {
    for release in RELEASES {
        for allow in ["all", "users"] {
            let (verdict, _) = judged("healthy", release, allow, &Leftovers::default());
            assert_eq!(verdict, Verdict::default(), "{release} {allow}");
        }
    }
    let (verdict, _) = judged("healthy", RELEASES[0], "groups", &Leftovers::default());
    assert_eq!(verdict, Verdict::default());
}

#[test]
fn everybody_by_the_class_in_config_yaml() {
    let (verdict, _) = judged("yaml", RELEASES[0], "users", &in_yaml("    allow_all: true\n"));
    assert!(verdict.is_refused());
    let place = "config.yaml: auth.GenericOAuthenticator.allow_all";
    assert_eq!(verdict.faults(), [format!("{STRANGER} ({place})")]);
    let mend = "sudo tljh-config unset auth.GenericOAuthenticator.allow_all";
    assert_eq!(verdict.mends(), [mend]);
}

#[test]
fn everybody_by_a_line_of_another_file() {
    let (verdict, hub) = judged(
        "file",
        RELEASES[1],
        "users",
        &in_file("c.Authenticator.allow_all = True"),
    );
    assert!(verdict.is_refused());
    let file = hub.file("zz.py");
    let place = format!("{}, line 1: Authenticator.allow_all", file.display());
    assert_eq!(verdict.faults(), [format!("{STRANGER} ({place})")]);
    let mend = format!("take the line out: {}, line 1", file.display());
    assert_eq!(verdict.mends(), [mend]);
}

#[test]
fn other_people_by_the_class_in_config_yaml() {
    let lines = "    allowed_users: [mallory]\n    admin_users: [mallory]\n";
    let (verdict, _) = judged("people", RELEASES[0], "users", &in_yaml(lines));
    assert!(verdict.is_refused());
    let told = verdict.faults().join("\n");
    for words in [
        "administrator ada does not get in, and should (config.yaml: auth.GenericOAuthenticator.a",
        "user grace does not get in, and should (config.yaml: auth.GenericOAuthenticator.allowed_users",
        "mallory, whom the hub names and the answers do not, gets in as mallory as an administrator, and should not",
    ] {
        assert!(told.contains(words), "{words}\n{told}");
    }
    let mends = verdict.mends();
    for name in ["allowed_users", "admin_users"] {
        let mend = format!("sudo tljh-config unset auth.GenericOAuthenticator.{name}");
        assert!(mends.contains(&mend), "{mends:?}");
    }
}

#[test]
fn somebody_whom_the_answers_name_is_banned() {
    let leftovers = Leftovers {
        users: "  banned: [grace, tess]\n".into(),
        ..Leftovers::default()
    };
    let (verdict, _) = judged("banned", RELEASES[0], "users", &leftovers);
    assert!(verdict.is_refused());
    assert_eq!(
        verdict.faults(),
        ["user grace does not get in, and should (config.yaml: users.banned)"]
    );
    assert_eq!(
        verdict.mends(),
        ["sudo tljh-config remove-item users.banned grace"]
    );
}

#[test]
fn another_pool_by_a_line_of_another_file() {
    let line =
        "c.GenericOAuthenticator.token_url = 'https://other.auth.eu-west-1.amazoncognito.com/oauth2/token'";
    let (verdict, hub) = judged("pool", RELEASES[0], "users", &in_file(line));
    let faults = verdict.faults();
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].starts_with("everybody is sent elsewhere"), "{faults:?}");
    let mend = format!("take the line out: {}, line 1", hub.file("zz.py").display());
    assert_eq!(verdict.mends(), [mend]);
}

#[test]
fn code_that_is_not_run_is_never_a_pass() {
    let code =
        "def hook(login, handler, model):\n    return model\n\n\nc.Authenticator.post_auth_hook = hook";
    let (verdict, hub) = judged("code", RELEASES[0], "all", &in_file(code));
    assert!(!verdict.is_refused());
    let faults = verdict.faults();
    assert!(
        faults[0].starts_with("everybody gets in or not: that is not known"),
        "{faults:?}"
    );
    assert!(
        faults[0].contains(&hub.file("zz.py").display().to_string()),
        "{faults:?}"
    );
}

#[test]
fn auth_state_without_a_key_is_refused_with_its_place() {
    let line = "c.Authenticator.enable_auth_state = True";
    let (verdict, hub) = judged("no-key", RELEASES[0], "users", &in_file(line));
    let place = format!("{}, line 1", hub.file("zz.py").display());
    assert!(verdict.is_refused());
    assert!(verdict.faults()[0].starts_with(&place), "{verdict:?}");
}

#[test]
fn auth_state_with_a_key_is_fine() {
    let leftovers = Leftovers {
        environment: vec![("JUPYTERHUB_CRYPT_KEY".into(), "ab".repeat(32))],
        ..in_file("c.Authenticator.enable_auth_state = True")
    };
    for release in RELEASES {
        let (verdict, _) = judged("key", release, "users", &leftovers);
        assert_eq!(verdict.faults(), Vec::<String>::new(), "{release}");
    }
}
