//! Values that could be taken for wrong and are right, and how each is understood.

use hubgate::answers::{Gathered, Key, Problem, check_one};

#[test]
fn what_people_type_is_understood() {
    for (key, typed, understood) in [
        (
            Key::HubUrl,
            "https://your-hub.example.org",
            "https://your-hub.example.org",
        ),
        (
            Key::HubUrl,
            "https://a-host.example.org",
            "https://a-host.example.org",
        ),
        (
            Key::HubUrl,
            "https://hub.example.org/hub",
            "https://hub.example.org",
        ),
        (
            Key::HubUrl,
            "https://hub.example.org/hub/login?next=x",
            "https://hub.example.org",
        ),
        (
            Key::HubUrl,
            "http://https://hub.example.org",
            "https://hub.example.org",
        ),
        (Key::HubUrl, "https://192.0.2.7:8443", "https://192.0.2.7:8443"),
        (Key::BaseUrl, "/a-b_c.d~e/", "/a-b_c.d~e/"),
        (Key::BaseUrl, "/github/", "/github/"),
        (Key::Admins, "ada_l.o@example.org", "ada_l.o@example.org"),
        (Key::Admins, "4711.x", "4711.x"),
        (Key::HttpsMode, "Let's Encrypt", "letsencrypt"),
        (
            Key::HttpsEmail,
            "mailto:ops@mail.example.org",
            "ops@mail.example.org",
        ),
        (Key::HttpsCert, " /etc/ssl/a b.crt ", "/etc/ssl/a b.crt"),
        (Key::Username, "cognito:username", "username"),
        (Key::Username, "custom:login", "custom:login"),
        (Key::AutoLogin, "YES", "true"),
        (Key::AutoLogin, "on", "true"),
        (Key::AutoLogin, "1", "true"),
        (Key::AutoLogin, "y", "true"),
        (Key::AutoLogin, "no", "false"),
        (Key::AutoLogin, "off", "false"),
        (Key::AutoLogin, "0", "false"),
        (Key::AutoLogin, "n", "false"),
        (Key::Allow, "Groups", "groups"),
        (Key::Oauthenticator, "v17.4", "17.4.0"),
    ] {
        assert_eq!(check_one(key, typed).unwrap(), [understood], "{typed}");
    }
}

#[test]
fn what_is_no_email_address_is_refused() {
    for typed in [
        "ops",
        "@example.org",
        "-ops@example.org",
        "ops@example",
        "ops@.org",
        "ops@example..org",
        "ops@mail@example.org",
        "ops crew@example.org",
        "öps@example.org",
        "<ops@example.org>",
        "ops@example.org,ada@example.org",
        "ops@example.org;",
        "\"ops\"@example.org",
    ] {
        let refused = check_one(Key::HttpsEmail, typed).unwrap_err();
        assert_eq!(refused.problem, format!("'{typed}' is not an e-mail address"));
    }
}

#[test]
fn a_file_on_the_hub_is_named_by_its_whole_path() {
    for (typed, told) in [
        ("", "is empty"),
        ("~/hub.crt", "whose home ~ is"),
        ("hub.crt", "is not an absolute path"),
        ("/etc/ssl/", "is not an absolute path"),
        ("/etc/ssl/hub\u{7}.crt", "control character"),
    ] {
        let refused = check_one(Key::HttpsCert, typed).unwrap_err();
        assert!(refused.problem.contains(told), "{refused}");
    }
}

#[test]
fn people_choose_from_the_words_that_are_read() {
    for (key, words) in [
        (
            Key::HttpsMode,
            &["letsencrypt", "certificate", "proxy", "off"][..],
        ),
        (Key::Allow, &["all", "users", "groups"]),
        (Key::AutoLogin, &["false", "true"]),
        (Key::Domain, &[]),
    ] {
        let choices = key.setting().choices().iter();
        let offered: Vec<&str> = choices.filter_map(|choice| choice.word).collect();
        assert_eq!(offered, words, "{key:?}");
    }
}

#[test]
fn a_flags_help_tells_the_default_where_there_is_one_worth_telling() {
    let help = |key: Key| key.setting().help_with_default();
    assert!(
        help(Key::Scopes).ends_with(" [default: openid email]"),
        "{}",
        help(Key::Scopes)
    );
    for key in [Key::HubUrl, Key::AutoLogin, Key::Admins] {
        assert_eq!(help(key), key.setting().help);
    }
}

#[test]
fn a_source_that_is_wrong_says_something_too() {
    let mut gathered = Gathered::default();
    assert!(gathered.is_empty());
    gathered.problems.add(Problem::missing(Key::HubUrl, "say where"));
    assert!(!gathered.is_empty());
}
