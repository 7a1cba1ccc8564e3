//! A setting in the wrong table of the answers file is found by either of its names.

use hubgate::told::Told as _;

use crate::kit;

#[test]
fn a_setting_in_another_table_is_found_by_its_name_and_by_its_flags() {
    for (written, meant) in [
        ("[access]\nadmins = [\"ada\"]", "did you mean hub.admins?"),
        (
            "[access]\nusername_claim = \"sub\"",
            "did you mean cognito.username?",
        ),
        (
            "[hub]\ndomain = \"auth.example.org\"",
            "did you mean cognito.domain?",
        ),
        ("admins = [\"ada\"]", "put admins into the table [hub]"),
        (
            "username-claim = \"sub\"",
            "put username into the table [cognito]",
        ),
    ] {
        let problems = kit::checked(written).unwrap_err().to_string();
        assert!(problems.contains(meant), "{written}: {problems}");
    }
}

#[test]
fn each_problem_is_told_to_programs_with_its_setting_and_place() {
    let problems = kit::checked("[hub]\nurl = \"my hub\"").unwrap_err();
    let mistakes = problems.mistakes();
    assert_eq!(mistakes.len(), problems.len());
    let first = &mistakes[0];
    assert_eq!(first.setting.as_deref(), Some("hub.url"));
    assert_eq!(first.origin.as_deref(), Some("hubgate.toml:2:7"));
    assert_eq!(first.what, "'my hub' is not a URL");
    assert!(!first.remedy.is_empty());
}
