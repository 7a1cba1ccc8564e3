//! `hubgate doctor`: each planted fault is named, and nothing is on a healthy hub.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod down;
mod hub;
#[path = "../kit/mod.rs"]
mod kit;
#[path = "../kit/machine/mod.rs"]
mod machine;
mod other_files;

use hub::{Hub, OLD_DOCUMENTATION};

#[test]
fn a_healthy_hub_has_nothing_wrong() {
    assert_eq!(Hub::healthy().findings(), Vec::<String>::new());
}

/// Plants one fault in a healthy hub and expects exactly these findings.
fn plant(names: &[&str], fault: impl FnOnce(&mut Hub)) {
    let mut hub = Hub::healthy();
    fault(&mut hub);
    assert_eq!(hub.findings(), names);
}

#[test]
fn the_folder_is_open_to_everyone() {
    plant(&["folder-mode"], |hub| hub.folder_mode = 0o755);
}

#[test]
fn the_secret_can_be_read_by_others() {
    plant(&["secret-mode"], |hub| hub.secret_mode = 0o644);
}

#[test]
fn the_secret_is_missing() {
    plant(&["secret-missing"], |hub| hub.secret = None);
}

#[test]
fn the_secret_is_empty() {
    plant(&["secret-empty"], |hub| hub.secret = Some("\n".into()));
}

#[test]
fn the_settings_are_an_empty_line() {
    plant(&["empty-settings"], |hub| hub.settings = "\n".into());
}

#[test]
fn the_secret_stands_in_the_settings() {
    plant(&["literal-secret"], |hub| {
        hub.replace("read_client_secret()\n", "\"hunter2hunter2hunter2hunter2\"\n")
    });
}

#[test]
fn the_user_data_holds_the_secret() {
    plant(&["secret-in-user-data"], |hub| {
        hub.user_data = Some(format!("#!/bin/sh\nsecret={}\n", hub::SECRET))
    });
}

#[test]
fn config_yaml_is_broken() {
    plant(&["config-yaml"], |hub| hub.config = "users: [\n".into());
}

#[test]
fn another_authenticator_is_in_use() {
    plant(&["not-in-use"], |hub| {
        hub.config = hub
            .config
            .replace("oauthenticator.generic.GenericOAuthenticator", "dummy")
    });
}

#[test]
fn an_admin_has_a_capital_letter() {
    plant(&["name-not-lower-case"], |hub| {
        hub.config = hub.config.replace("ada", "Ada")
    });
}

#[test]
fn an_admin_is_a_number() {
    plant(&["name-not-text"], |hub| {
        hub.config = hub.config.replace("- ada", "- 123")
    });
}

#[test]
fn settings_in_a_file_of_another_name_are_read_too() {
    plant(&[], |hub| {
        let text = std::mem::take(&mut hub.settings);
        hub.other = Some(("cognito.py", text));
    });
    plant(&["no-openid"], |hub| {
        let text = std::mem::take(&mut hub.settings).replace("[\"openid\", \"email\"]", "[\"email\"]");
        hub.other = Some(("cognito.py", text));
    });
}

#[test]
fn the_admins_are_no_list() {
    plant(&["people-no-list"], |hub| {
        hub.config = hub.config.replace("admin:\n  - ada", "admin: ada")
    });
}

#[test]
fn a_section_lost_its_last_line() {
    plant(&["empty-section"], |hub| hub.config.push_str("limits:\n"));
}

#[test]
fn the_certificate_file_is_gone() {
    plant(&["certificate-missing"], |hub| hub.certificate_file = false);
}

/// What an apply refuses, a diagnosis names too.
#[test]
fn the_certificate_and_its_key_do_not_belong_together() {
    plant(&["certificate-unusable"], |hub| hub.key_of_another = true);
}

#[test]
fn nobody_trusts_the_certificate() {
    plant(&["certificate-untrusted"], |hub| {
        hub.certificate_trusted = Err("UnknownIssuer")
    });
}

#[test]
fn the_certificate_is_out_of_date() {
    plant(&["certificate-expired"], |hub| hub.certificate_days = -1);
}

#[test]
fn traefik_has_no_certificate_of_its_own() {
    plant(&["certificate-default"], |hub| {
        hub.certificate_name = "TRAEFIK DEFAULT CERT"
    });
}

#[test]
fn https_has_neither_certificate_nor_lets_encrypt() {
    plant(&["https-incomplete"], |hub| {
        hub.config = hub.config.replace("    cert: /etc/ssl/hub.crt\n", "")
    });
}

#[test]
fn lets_encrypt_is_asked_for_an_aws_name() {
    let domains =
        "  letsencrypt:\n    email: ops@example.org\n    domains: [ec2-1.eu-west-1.compute.amazonaws.com]\n";
    plant(&["letsencrypt-amazonaws"], |hub| hub.config.push_str(domains));
}

#[test]
fn the_hub_was_upgraded_since() {
    plant(&["version-mismatch"], |hub| {
        hub.settings = hub.settings.replace("17.4.0", "16.3.1")
    });
}

#[test]
fn the_hub_is_newer_than_hubgate_knows() {
    plant(&["oauthenticator-unknown"], |hub| {
        hub.oauthenticator = "99.0.0".into()
    });
}

#[test]
fn a_setting_has_an_outdated_name() {
    plant(&["deprecated-setting"], |hub| {
        hub.replace("username_claim", "username_key")
    });
}

#[test]
fn a_setting_is_unknown_to_this_version() {
    plant(&["unknown-setting"], |hub| {
        hub.add("c.GenericOAuthenticator.userdata_method = \"POST\"\n")
    });
}

#[test]
fn the_callback_is_http() {
    plant(&["http-callback"], |hub| {
        hub.replace(
            "\"https://hub.example.org/hub/oauth_callback\"",
            "\"http://hub.example.org/hub/oauth_callback\"",
        )
    });
}

#[test]
fn the_callback_is_another_page() {
    plant(&["wrong-callback"], |hub| {
        hub.replace("/hub/oauth_callback\"", "/hub/login\"")
    });
}

#[test]
fn the_token_endpoint_is_wrong() {
    plant(&["wrong-endpoint"], |hub| {
        hub.replace("/oauth2/token\"", "/token\"")
    });
}

#[test]
fn the_scope_openid_is_missing() {
    plant(&["no-openid"], |hub| {
        hub.replace("[\"openid\", \"email\"]", "[\"email\"]")
    });
}

#[test]
fn the_scope_is_one_that_cognito_refuses() {
    plant(&["invalid-scope"], |hub| {
        hub.replace("\"email\"]", "\"offline_access\"]")
    });
}

#[test]
fn the_claim_is_one_that_cognito_does_not_have() {
    plant(&["no-such-claim"], |hub| {
        hub.replace("username_claim = \"username\"", "username_claim = \"login\"")
    });
}

#[test]
fn addresses_that_nobody_verified_are_names() {
    plant(&["unverified-email"], |hub| {
        hub.replace("username_claim = \"username\"", "username_claim = \"email\"")
    });
}

#[test]
fn logging_out_leads_nowhere() {
    plant(&["wrong-logout"], |hub| {
        hub.add("c.GenericOAuthenticator.logout_redirect_url = \"https://x.auth.eu-west-1.amazoncognito.com/logout\"\n")
    });
}

#[test]
fn groups_are_not_managed() {
    plant(&["groups-not-told", "manage-groups"], |hub| {
        hub.add("c.GenericOAuthenticator.allowed_groups = [\"staff\"]\n")
    });
}

#[test]
fn nobody_is_let_in() {
    plant(&["nobody-allowed"], |hub| {
        hub.config = hub.config.replace("  allowed:\n  - grace\n", "")
    });
}

#[test]
fn the_hub_is_down() {
    plant(&["hub-down"], |hub| hub.answers = false);
}

#[test]
fn what_jupyterhub_calls_deprecated_of_other_things_is_no_fault_of_the_login() {
    plant(
        &[],
        |hub| hub.journal = "Service cull-idle sets `admin: True`, which is deprecated in JupyterHub 2.0.",
    );
    plant(
        &["deprecated-setting"],
        |hub| {
            hub.journal = "GenericOAuthenticator.username_key is deprecated in GenericOAuthenticator 16.0.0"
        },
    );
}

#[test]
fn a_run_whose_record_is_lost_is_told() {
    plant(&["unfinished-run"], |hub| {
        hub.unfinished = true;
        hub.record_lost = true;
    });
}

#[test]
fn the_journal_tells_what_a_login_met() {
    for (line, name) in [
        (
            "Error fetching 400 POST https://x/oauth2/token: {'error': 'invalid_client'}",
            "wrong-secret",
        ),
        ("No email found in {'sub': 'x'}", "username-claim"),
        ("OAuth state missing from cookies", "state-missing"),
        ("OAuth error: invalid_scope", "invalid-scope"),
        (
            "No allow config found, it's possible that nobody can login to your Hub!",
            "nobody-allowed",
        ),
        (
            "Config option `foo` not recognized by `GenericOAuthenticator`.",
            "unknown-setting",
        ),
        (
            "requires GenericOAuthenticator.manage_groups to also be set",
            "manage-groups",
        ),
        (
            "auth_state is enabled, but encryption is not available",
            "crypt-key",
        ),
        ("OSError: [Errno 98] Address already in use", "port-in-use"),
        ("SyntaxError: invalid syntax", "python-syntax"),
    ] {
        plant(&[name], |hub| hub.journal = line);
    }
}

#[test]
fn what_a_login_left_in_the_journal_is_not_shown() {
    let mut hub = Hub::healthy();
    hub.journal = "500 GET /hub/oauth_callback?code=canary-code&state=canary-state\n\
                   {'error': 'invalid_client', 'client_secret': 'canary-secret'}";
    let findings = hub.examine();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(
        !serde_json::to_string(&findings).unwrap().contains("canary"),
        "{findings:?}"
    );
}

#[test]
fn what_strangers_write_into_an_address_is_not_believed() {
    plant(&[], |hub| {
        hub.journal = "[W 2026-11-22 09:15:29 JupyterHub log:192] 404 GET /hub/invalid_client?SyntaxError (@::1) 5ms\n\
                       [I 2026-11-22 09:15:29 JupyterHub log:192] 302 GET /invalid_scope -> /hub/invalid_scope (@::1) 1ms";
    });
    plant(&["state-missing"], |hub| {
        hub.journal = "400 GET /hub/oauth_callback?code=1 (::1): OAuth state missing from cookies";
    });
}

#[test]
fn a_run_that_was_cut_off_is_told() {
    plant(&["unfinished-run"], |hub| hub.unfinished = true);
}

#[test]
fn every_defect_of_the_old_documentation_is_listed() {
    plant(
        &[
            "deprecated-setting",
            "unknown-setting",
            "placeholder",
            "placeholder",
            "placeholder",
            "placeholder",
            "placeholder",
            "placeholder",
            "wrong-logout",
            "nobody-allowed",
        ],
        |hub| {
            hub.settings = OLD_DOCUMENTATION.into();
            hub.config = hub.config.replace("  allowed:\n  - grace\n", "");
        },
    );
}

#[test]
fn no_finding_shows_the_secret() {
    let mut hub = Hub::healthy();
    hub.secret_mode = 0o644;
    hub.user_data = Some(format!("secret={}", hub::SECRET));
    hub.replace("read_client_secret()\n", &format!("\"{}\"\n", hub::SECRET));
    let told = format!("{:?}", hub.examine());
    assert!(!told.contains(hub::SECRET));
}
