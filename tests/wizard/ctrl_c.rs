use rexpect::process::Signal;

use crate::kit::{Home, Person, SECRET};

/// What is true whenever a person leaves in the middle.
fn nothing_is_left_behind(home: &Home, up_to_the_prompt: impl FnOnce(&mut Person)) {
    let before = home.everything();
    let mut person = home.person().starts();
    up_to_the_prompt(&mut person);
    person.presses_ctrl_c();
    let end = person.ends();
    assert_eq!(end.code, Some(130), "{}", end.seen);
    assert!(
        end.seen.ends_with("\r\nstopped; nothing was written\r\n"),
        "{}",
        end.seen
    );
    assert_eq!(end.seen.matches("stopped;").count(), 1);
    assert!(end.restored, "the terminal's modes are not what they were");
    assert!(end.shows_cursor());
    assert!(!end.seen.contains(SECRET));
    assert!(home.everything() == before, "something was written");
}

#[test]
fn ctrl_c_at_the_first_question_leaves_everything_as_it_was() {
    nothing_is_left_behind(&Home::new(), |person| {
        person.is_asked("Hub's address");
    });
}

#[test]
fn ctrl_c_in_the_middle_of_a_word_leaves_everything_as_it_was() {
    nothing_is_left_behind(&Home::new(), |person| {
        person
            .is_asked("Hub's address")
            .presses("https://hu")
            .sees("https://hu");
    });
}

#[test]
fn ctrl_c_in_a_list_leaves_everything_as_it_was() {
    nothing_is_left_behind(&Home::new(), |person| {
        person.answers("Hub's address", "hub.example.org");
        person.is_asked("HTTPS").sees("< back");
    });
}

#[test]
fn ctrl_c_while_the_secret_is_typed_leaves_everything_as_it_was() {
    nothing_is_left_behind(&Home::new(), |person| {
        person.tells_the_hub();
        person.answers("Cognito domain", crate::kit::DOMAIN);
        person.answers("Client ID", crate::kit::ID);
        person.picks("Client secret", "I type it now");
        person.is_asked("The secret").presses(SECRET);
        person.sees(&"*".repeat(SECRET.len()));
    });
}

#[test]
fn ctrl_c_at_the_last_question_leaves_everything_as_it_was() {
    nothing_is_left_behind(&Home::new(), |person| {
        person.tells_the_hub();
        person
            .tells_cognito_and_the_secret("~/cognito.secret")
            .tells_who();
        person.picks("What next", "Write the files").answers("Folder", "");
        person.is_asked("Save the answers in");
    });
}

#[test]
fn ctrl_c_typed_ahead_of_the_questions_leaves_everything_as_it_was() {
    nothing_is_left_behind(&Home::new(), |person| {
        person.sees("Ctrl-C stops.").presses("hub.example.org\r");
    });
}

#[test]
fn ctrl_c_in_an_apply_puts_everything_back() {
    let home = Home::new();
    home.has_a_hub();
    let path = format!("{}:/usr/bin:/bin", home.work().join("bin").display());
    let before = home.everything();
    let mut person = home
        .person()
        .args(&["--prefix", "tljh", "--client-secret-from", "env:MY_SECRET"])
        .env("MY_SECRET", SECRET)
        .env("PATH", &path)
        .root_of_a_new_machine()
        .starts();
    person.tells_the_hub();
    person
        .answers("Cognito domain", crate::kit::DOMAIN)
        .answers("Client ID", crate::kit::ID)
        .tells_who();
    person.picks("What next", "Apply here");
    person.answers("Save the answers in", "-");
    person.sees("awscognito.py (mode 0644)").sees("tljh-config: ");
    assert!(home.everything() != before, "nothing was begun");
    person
        .presses_ctrl_c()
        .sees("✗ tljh-config: ")
        .sees("stopped on request");
    let end = person.ends();
    assert_eq!(end.code, Some(1), "{}", end.seen);
    assert!(
        end.seen.contains("restored: every file is as it was before"),
        "{}",
        end.seen
    );
    assert!(end.restored && end.shows_cursor() && !end.seen.contains(SECRET));
    assert!(home.everything() == before, "something is left");
}

#[test]
fn a_request_to_end_from_outside_leaves_everything_as_it_was() {
    let home = Home::new();
    let before = home.everything();
    let mut person = home.person().starts();
    person.answers("Hub's address", "hub.example.org");
    person
        .is_asked("HTTPS")
        .sees("< back")
        .is_signalled(Signal::SIGTERM);
    let end = person.ends();
    assert_eq!(end.code, Some(128 + 15));
    assert!(end.restored && end.shows_cursor());
    assert!(end.seen.ends_with("stopped; nothing was written\r\n"));
    assert!(home.everything() == before);
}
