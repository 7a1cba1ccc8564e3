//! Every subcommand explains itself, with an example, and completions and the manual page are made.

use crate::kit;

fn stdout(args: &[&str]) -> String {
    let output = kit::hubgate().args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn subcommands() -> Vec<String> {
    let help = stdout(&["--help"]);
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .unwrap()
        .split("\n\n")
        .next()
        .unwrap();
    let names = commands
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names
        .map(|line| line.split_whitespace().next().unwrap().to_owned())
        .filter(|name| name != "help")
        .collect()
}

#[test]
fn each_subcommand_has_a_help_that_fits_a_screen_with_an_example() {
    let names = subcommands();
    assert!(names.contains(&"render".to_owned()), "{names:?}");
    for name in names {
        let help = stdout(&[&name, "--help"]);
        assert!(help.contains(&format!("Usage: hubgate {name}")), "{help}");
        let longest = help.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest <= 120, "{name}: a line of {longest} characters");
        assert!(help.contains("Example"), "{help}");
        assert!(
            help.lines().count() <= 48,
            "{name}: {} lines",
            help.lines().count()
        );
    }
    let whole = stdout(&["--help"]).lines().count();
    assert!(whole <= 40, "{whole} lines");
}

#[test]
fn where_an_answers_file_is_usual_the_flags_for_answers_work_without_being_listed() {
    for command in ["apply", "install", "verify"] {
        let help = stdout(&[command, "--help"]);
        assert!(
            help.contains("--answers <FILE>") && !help.contains("--client-id"),
            "{help}"
        );
        assert!(help.contains("hubgate render --help"), "{help}");
    }
    let output = kit::hubgate()
        .args(["verify", "--client-id", "not an id"])
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--client-id"), "{said}");
}

#[test]
fn each_setting_is_a_flag_of_render_with_its_default_told() {
    let help = stdout(&["render", "--help"]);
    for key in hubgate::answers::Key::all() {
        let flag = format!("--{}", key.setting().flag);
        assert!(help.contains(&flag), "{flag}");
    }
}

/// What these do has nothing to do with the hub of this machine.
const WITHOUT_A_HUB: [&str; 3] = ["rehearse", "completions", "man"];

#[test]
fn a_prefix_is_offered_by_the_commands_of_a_hub() {
    for name in subcommands() {
        let offers = stdout(&[&name, "--help"]).contains("--prefix <DIR>");
        assert_eq!(offers, !WITHOUT_A_HUB.contains(&name.as_str()), "{name}");
    }
}

#[test]
fn a_prefix_is_refused_where_there_is_no_hub_and_may_stand_in_the_environment_all_the_same() {
    let man = |args: &[&str]| kit::hubgate().args(args).output().unwrap().status.code();
    assert_eq!(man(&["man", "--prefix", "/srv/tljh"]), Some(2));
    assert_eq!(man(&["--prefix", "/srv/tljh", "man"]), Some(2));
    let mut command = kit::hubgate();
    kit::ok(command.arg("man").env("TLJH_INSTALL_PREFIX", "/srv/tljh"));
}

#[test]
fn a_prefix_stands_before_the_subcommand_or_behind_it_and_beats_the_environment() {
    let folder = kit::scratch("prefix");
    for (name, version) in [("a", "16.3.0"), ("b", "15.1.0")] {
        let package = format!("{name}/hub/lib/python3.12/site-packages/oauthenticator-{version}.dist-info");
        std::fs::create_dir_all(folder.join(package)).unwrap();
    }
    let render = ["render", "--check", "--out=review", "--json", "--answers"];
    for before in [true, false] {
        let mut command = kit::hubgate();
        let flag = [std::ffi::OsString::from("--prefix"), folder.join("a").into()];
        command.args(flag.iter().filter(|_| before)).args(render);
        command.arg(kit::root().join("fixtures/answers/example.toml"));
        command.args(flag.iter().filter(|_| !before));
        command.env("TLJH_INSTALL_PREFIX", folder.join("b"));
        let told = String::from_utf8(command.output().unwrap().stdout).unwrap();
        assert!(told.contains("\"oauthenticator\": \"16.3.0\""), "{told}");
    }
}

#[test]
fn no_help_names_a_way_to_give_the_secret_itself_as_a_flag() {
    assert!(!stdout(&["render", "--help"]).contains("--client-secret "));
}

#[test]
fn completions_and_the_manual_page_are_made() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(stdout(&["completions", shell]).contains("hubgate"), "{shell}");
    }
    assert!(stdout(&["man"]).contains(".TH hubgate 1"));
}

#[test]
fn no_completion_offers_what_is_hidden_for_a_reason() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = stdout(&["completions", shell]);
        let words = script.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let secret: Vec<_> = words.filter(|word| word.ends_with("client-secret")).collect();
        assert!(secret.is_empty(), "{shell}: {secret:?}");
        assert!(!script.contains("standin"), "{shell}");
        // The answers' flags are left out of most helps, and yet work.
        for offered in ["client-secret-from", "hub-url", "dry-run", "json", "version"] {
            assert!(script.contains(offered), "{shell}: {offered}");
        }
    }
}

#[test]
fn the_manual_refers_to_no_page_that_it_does_not_have() {
    let manual = stdout(&["man"]).replace("\\-", "-");
    for name in subcommands() {
        assert!(manual.contains(&format!("hubgate-{name}(1)")), "{name}");
        assert!(manual.contains(&format!(".TH hubgate-{name} 1")), "{name}");
    }
    assert!(manual.contains("--strict") && !manual.contains("hubgate-help"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let command = format!(
        "set -o pipefail; {} man | head -n 1 > /dev/null",
        env!("CARGO_BIN_EXE_hubgate")
    );
    kit::ok(std::process::Command::new("bash").args(["-c", &command]));
}
