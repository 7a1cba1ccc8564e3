use crate::kit::{DOMAIN, Home, ID};

fn has_colour(seen: &str) -> bool {
    // SGR sequences; the others move the cursor and clear lines.
    seen.split("\x1b[").skip(1).any(|rest| {
        rest.find(|c: char| c.is_ascii_alphabetic())
            .is_some_and(|at| rest[at..].starts_with('m'))
    })
}

#[test]
fn no_color_is_obeyed() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub().tells_cognito().tells_who();
    let end = person.picks("What next", "Stop").ends();
    assert!(!has_colour(&end.seen));
}

#[test]
fn a_terminal_that_has_colours_is_shown_some() {
    let home = Home::new();
    let mut person = home.person().without("NO_COLOR").starts();
    person.sees("What people type to reach the hub").presses_ctrl_c();
    assert!(has_colour(&person.ends().seen));
}

#[test]
fn a_locale_without_unicode_is_shown_plain_signs() {
    let home = Home::new();
    let mut person = home.person().starts();
    person.tells_the_hub();
    assert!(person.presses_ctrl_c().ends().seen.is_ascii());
    let mut person = home.person().env("LANG", "en_GB.UTF-8").starts();
    person.answers("Hub's address", "hub.example.org");
    person.sees("✔ Hub's address: https://hub.example.org");
    person.presses_ctrl_c().ends();
}

#[test]
fn a_narrow_terminal_breaks_lines_between_words() {
    let home = Home::new();
    let mut person = home.person().size(24, 60).starts();
    person.tells_the_hub().tells_cognito();
    person
        .picks("User names", "preferred_username")
        .answers("Administrators", "Ada");
    person.picks("Who may log in", "all");
    let end = person.picks("What next", "Stop").ends();
    let shown = console::strip_ansi_codes(&end.seen).into_owned();
    for line in shown.split(['\r', '\n']) {
        assert!(line.chars().count() <= 60, "{line}");
    }
    assert!(shown.contains("https://hub.example.org/hub/oauth_callback\r\n"));
}

#[test]
fn a_line_longer_than_the_terminal_is_wide_scrolls() {
    let home = Home::new();
    let mut person = home.person().size(24, 60).starts();
    let arn = format!(
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{}-AbCdEf",
        "very/long/name/".repeat(4)
    );
    person
        .tells_the_hub()
        .answers("Cognito domain", DOMAIN)
        .answers("Client ID", ID);
    person.picks("Client secret", "Secrets Manager");
    person.answers("Name or ARN", &arn);
    person.is_asked("User names").presses_ctrl_c();
    let shown = console::strip_ansi_codes(&person.ends().seen).into_owned();
    let typing = shown.split(['\r', '\n']).filter(|line| line.starts_with("> "));
    assert!(typing.into_iter().all(|line| line.chars().count() <= 60));
    assert!(shown.contains(&format!("secretsmanager:{arn}")));
}

#[test]
fn quiet_leaves_out_the_introduction() {
    let home = Home::new();
    let mut person = home.person().args(&["--quiet"]).starts();
    person.is_asked("Hub's address").presses_ctrl_c();
    assert!(!person.ends().seen.contains("hubgate puts"));
}

#[test]
fn a_terminal_of_two_lines_is_told_and_no_crash() {
    let home = Home::new();
    let mut person = home.person().size(2, 80).starts();
    person.answers("Hub's address", "hub.example.org");
    let end = person.ends();
    assert!(end.seen.contains("fewer than the 3 lines"), "{}", end.seen);
    assert!(!end.seen.contains("panicked"), "{}", end.seen);
}
