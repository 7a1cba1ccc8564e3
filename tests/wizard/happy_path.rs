use crate::kit::{DOMAIN, HUB, Home, ID, KNOWN};

#[test]
fn the_questions_lead_to_the_files_for_review() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Write the files");
    person.answers("Folder", "").answers("Save the answers in", "");
    let end = person.ends();
    assert_eq!(end.code, Some(0));
    assert!(end.restored && end.shows_cursor());
    for file in [
        "hubgate.toml",
        "review/awscognito.py",
        "review/user-data.sh",
        "review/commands.sh",
        "review/REVIEW.md",
        "review/manifest.json",
    ] {
        assert!(end.seen.contains(&format!("written    {file}")), "{file}");
        assert!(home.work().join(file).is_file(), "{file}");
    }
}

#[test]
fn each_question_says_where_the_console_shows_the_answer() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub();
    person.sees("Cognito console: your user pool, Branding, Domain");
    person.types(DOMAIN);
    person.sees("Cognito console: your user pool, Applications, App clients");
    person.types(ID);
    person.sees("The console shows it below the Client ID.");
    person.presses_ctrl_c().ends();
}

#[test]
fn the_summary_says_what_to_register_in_cognito() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.sees("Register this in Cognito, to the letter");
    person.sees("Callback URL    https://hub.example.org/hub/oauth_callback");
    person.sees("Sign-out URL    https://hub.example.org/\r\n");
    person.sees("Grant type      Authorization code grant");
    person.sees("Scopes          openid email");
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
}

#[test]
fn stopping_at_the_end_writes_nothing() {
    let home = Home::new();
    let before = home.everything();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Stop").sees("nothing was written");
    let end = person.ends();
    assert_eq!(end.code, Some(0));
    assert!(end.restored && end.shows_cursor());
    assert_eq!(home.everything(), before);
}

#[test]
fn the_user_data_is_printed_alone_on_standard_output() {
    let home = Home::new();
    let mut person = home.person().stdout_to("user-data.sh").starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person.picks("What next", "Print the user data");
    person.answers("Save the answers in", "hubgate.toml");
    assert_eq!(person.ends().code, Some(0));
    home.hubgate()
        .args(["render", "--answers", "hubgate.toml", "--out", "out"])
        .assert()
        .success();
    assert!(home.read("user-data.sh") == home.read("out/user-data.sh"));
}

#[test]
fn what_flags_variables_and_the_file_say_is_not_asked() {
    let home = Home::new();
    home.put("known.toml", &format!("[hub]\nurl = \"{HUB}\"\nadmins = []\n"));
    let args = [
        "wizard",
        "--answers",
        "known.toml",
        "--https",
        "proxy",
        "--domain",
        DOMAIN,
    ];
    let mut person = home
        .person()
        .args(&args)
        .env("HUBGATE_CLIENT_SECRET_FROM", "ssm:/hubgate/secret")
        .env("HUBGATE_ALLOW", "all")
        .starts();
    person.answers("Client ID", ID);
    person.picks("User names", "email");
    let end = person.picks("What next", "Stop").ends();
    assert!(!end.seen.contains("Administrators\r\n") && !end.seen.contains("Hub's address\r\n"));
    assert!(end.seen.contains("everyone in the user pool"));
}

#[test]
fn who_knows_everything_is_shown_the_summary_at_once() {
    let home = Home::new();
    let args = [
        "--client-secret-from",
        "ssm:/hubgate/secret",
        "--allow",
        "all",
        "--yes",
    ];
    let mut person = home.person().args(&KNOWN).args(&args).starts();
    person
        .sees("What you decided")
        .picks("What next", "Write the files");
    person.answers("Folder", "out");
    assert_eq!(person.ends().code, Some(0));
    assert!(home.work().join("out/awscognito.py").is_file());
    assert!(
        home.work().join("hubgate.toml").is_file(),
        "--yes saves the answers"
    );
}

#[test]
fn an_answer_can_be_changed_at_the_end() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    person
        .picks("What next", "Change an answer")
        .picks("Change", "Path of the hub");
    person.answers("Path of the hub", "jupyter");
    person.sees("https://hub.example.org/jupyter/hub/oauth_callback");
    person
        .picks("What next", "Change an answer")
        .picks("Change", "HTTPS");
    person.picks("HTTPS", "certificate");
    person.answers("Certificate", "/etc/ssl/hub.crt");
    person.answers("Private key", "/etc/ssl/hub.key");
    person.sees("/etc/ssl/hub.crt with the key /etc/ssl/hub.key");
    person.picks("What next", "Stop");
    assert_eq!(person.ends().code, Some(0));
}

#[test]
fn who_is_not_root_saves_the_answers_and_is_told_how_root_applies_them() {
    let home = Home::new();
    std::fs::create_dir_all(home.work().join("tljh/hub/bin")).unwrap();
    home.put("tljh/hub/bin/tljh-config", "");
    let mut person = home.person().args(&["--prefix", "tljh"]).not_root().starts();
    person
        .tells_the_hub()
        .tells_cognito_and_the_secret("~/cognito.secret")
        .tells_who();
    person.picks("What next", "Apply here           needs root");
    person.answers("Save the answers in", "");
    person.sees("now run    sudo --preserve-env=HOME hubgate apply --answers hubgate.toml --prefix ");
    assert_eq!(person.ends().code, Some(0));
    assert!(home.read("hubgate.toml").contains(ID));
    assert!(home.path().join("cognito.secret").is_file());
}

#[test]
fn applying_is_offered_where_there_is_a_hub_and_only_there() {
    let home = Home::new();
    std::fs::create_dir_all(home.work().join("tljh/hub/bin")).unwrap();
    home.put("tljh/hub/bin/tljh-config", "");
    for (prefix, offered) in [("tljh", true), ("elsewhere", false)] {
        let mut person = home.person().args(&["--prefix", prefix]).starts();
        person.tells_the_hub().tells_cognito().tells_who();
        let end = person.picks("What next", "Stop").ends();
        assert_eq!(end.code, Some(0));
        assert_eq!(end.seen.contains("Apply here"), offered, "{prefix}");
    }
}
