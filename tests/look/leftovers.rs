//! What is left elsewhere decides who gets in, and is named by its place.

use hubgate::tljh::look::Place;

use crate::hub::{Hub, Leftovers, RELEASES, answers, told};

const EVERYBODY: [&str; 5] = ["ada in admin", "grace in", "mallory in", "sam in", "tess in"];
const LISTED: [&str; 5] = [
    "ada in admin",
    "grace in",
    "mallory refused",
    "sam refused",
    "tess refused",
];

/// From 16 on: before, there is no `allow_all`.
fn newer() -> impl Iterator<Item = &'static str> {
    RELEASES.into_iter().filter(|release| !release.starts_with("14"))
}

fn hub(name: &str, release: &str, leftovers: &Leftovers) -> Hub {
    Hub::lay_out(
        &format!("{name}-{release}"),
        &answers(release, "users"),
        leftovers,
    )
}

#[test]
fn allow_all_for_the_class_in_config_yaml() {
    let leftovers = Leftovers {
        auth: "  GenericOAuthenticator:\n    allow_all: true\n".into(),
        ..Leftovers::default()
    };
    for release in newer() {
        let look = hub("yaml-all", release, &leftovers).look();
        assert_eq!(told(&look), EVERYBODY, "{release}");
        let places = &look.setting("allow_all").unwrap().places;
        assert_eq!(
            places[0].to_string(),
            "config.yaml: auth.GenericOAuthenticator.allow_all"
        );
    }
}

#[test]
fn people_for_the_class_in_config_yaml_replace_those_of_users() {
    let leftovers = Leftovers {
        auth: "  GenericOAuthenticator:\n    allowed_users: [mallory]\n    admin_users: [mallory]\n".into(),
        ..Leftovers::default()
    };
    for release in RELEASES {
        let look = hub("yaml-people", release, &leftovers).look();
        let expected = [
            "ada refused",
            "grace refused",
            "mallory in admin",
            "sam refused",
            "tess refused",
        ];
        assert_eq!(told(&look), expected, "{release}");
        for (name, home) in [("allowed_users", "allowed"), ("admin_users", "admin")] {
            let setting = look.setting(name).unwrap();
            let place = format!("config.yaml: auth.GenericOAuthenticator.{name}");
            assert_eq!(setting.places[0].to_string(), place);
            assert_eq!(
                setting.beaten[0].to_string(),
                format!("config.yaml: users.{home}")
            );
        }
    }
}

#[test]
fn allow_all_for_every_login_in_another_file() {
    for release in newer() {
        for (name, line) in [("0-before.py", 1), ("zz-after.py", 3)] {
            let text = format!(
                "{}c.Authenticator.allow_all = True\n",
                "# a line\n".repeat(line - 1)
            );
            let leftovers = Leftovers {
                files: vec![(name.into(), text)],
                ..Leftovers::default()
            };
            let hub = hub("file-all", release, &leftovers);
            let look = hub.look();
            assert_eq!(told(&look), EVERYBODY, "{release}");
            let place = &look.setting("allow_all").unwrap().places[0];
            let expected = format!("{}, line {line}", hub.file(name).display());
            assert_eq!(place.to_string(), expected);
            let Place::File { section, .. } = place else {
                panic!("{place:?}")
            };
            assert_eq!(section.as_deref(), Some("Authenticator"));
        }
    }
}

#[test]
fn a_variable_in_a_drop_in_where_no_file_sets_the_same() {
    for release in RELEASES {
        let leftovers = Leftovers {
            environment: vec![
                ("OAUTH_CLIENT_ID".into(), "another".into()),
                ("OAUTH2_GROUPS_KEY".into(), "left-over".into()),
            ],
            ..Leftovers::default()
        };
        let look = hub("variable", release, &leftovers).look();
        assert_eq!(told(&look), LISTED, "{release}");
        let groups = look.setting("claim_groups_key").unwrap();
        assert_eq!(groups.places[0].to_string(), "the variable OAUTH2_GROUPS_KEY");
        let client = look.setting("client_id").unwrap();
        assert!(matches!(client.places[0], Place::File { .. }), "{client:?}");
    }
}

#[test]
fn what_a_file_adds_to_a_list_names_both_places() {
    let leftovers = Leftovers {
        files: vec![(
            "zz.py".into(),
            "c.Authenticator.allowed_users.add('mallory')\n".into(),
        )],
        ..Leftovers::default()
    };
    for release in RELEASES {
        let hub = hub("added", release, &leftovers);
        let look = hub.look();
        assert_eq!(told(&look)[2], "mallory in", "{release}");
        let places: Vec<_> = look
            .setting("allowed_users")
            .unwrap()
            .places
            .iter()
            .map(ToString::to_string)
            .collect();
        let expected = format!("{}, line 1", hub.file("zz.py").display());
        assert_eq!(places, ["config.yaml: users.allowed".to_owned(), expected]);
    }
}

#[test]
fn settings_of_another_login_belong_to_nobody() {
    let leftovers = Leftovers {
        auth: "  GitHubOAuthenticator:\n    allow_all: true\n".into(),
        ..Leftovers::default()
    };
    for release in RELEASES {
        let look = hub("nobody", release, &leftovers).look();
        assert_eq!(told(&look), LISTED, "{release}");
        let stray = &look.belongs_to_nobody[0];
        assert_eq!(
            (stray.section.as_str(), stray.name.as_str()),
            ("GitHubOAuthenticator", "allow_all")
        );
    }
}

#[test]
fn what_tljh_refuses_is_told_without_its_value() {
    let leftovers = Leftovers {
        users: "  banned: mallory\n  canary: 1\n".into(),
        ..Leftovers::default()
    };
    let look = hub("schema", RELEASES[0], &leftovers).look();
    let findings = look.schema.unwrap().findings;
    let told: Vec<_> = findings
        .iter()
        .map(|one| (one.path.as_str(), one.rule.as_str()))
        .collect();
    assert_eq!(
        told,
        [("users", "additionalProperties"), ("users.banned", "type")]
    );
    assert_eq!(findings[0].unknown, ["canary"]);
}

#[test]
fn curly_quotes_stop_the_hub_and_are_named_by_file_and_line() {
    let leftovers = Leftovers {
        files: vec![(
            "zz.py".into(),
            "x = 1\nc.Authenticator.allow_all = “True”\n".into(),
        )],
        ..Leftovers::default()
    };
    let hub = hub("quotes", RELEASES[0], &leftovers);
    let look = hub.look();
    let place = format!("{}, line 2", hub.file("zz.py").display());
    assert_eq!(look.errors[0].places[0].to_string(), place);
    assert_eq!(look.people, []);
}
