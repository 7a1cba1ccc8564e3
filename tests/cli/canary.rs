//! A canary secret goes through every way that a secret can take; it may come out in user data that
//! was asked to hold it, and nowhere else.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::kit;

const CANARY: &str = "canary5ecret0123456789abcdefghijklmnop";

struct Ground {
    folder: PathBuf,
}

impl Ground {
    fn new(name: &str) -> Self {
        let folder = kit::scratch(name);
        fs::create_dir(folder.join("bin")).unwrap();
        fs::write(folder.join("secret"), format!("{CANARY}\n")).unwrap();
        let ground = Self { folder };
        ground.aws(&format!(
            "{{\"SecretString\": \"{CANARY}\", \"Parameter\": {{\"Value\": \"{CANARY}\"}}}}"
        ));
        ground
    }

    /// A stand-in for `aws` that notes the words and variables of itself and of who called it.
    fn aws(&self, answer: &str) {
        let seen = self.folder.join("seen").display().to_string();
        fs::write(self.folder.join("answer"), answer).unwrap();
        let script = format!(
            "#!/bin/bash\ncat /proc/$$/cmdline /proc/$$/environ /proc/$PPID/cmdline >> {seen}\n\
             for process in /proc/[0-9]*; do cat $process/cmdline; done >> {seen} 2>/dev/null\n\
             cat {}/answer\n",
            self.folder.display()
        );
        let path = self.folder.join("bin/aws");
        fs::write(&path, script).unwrap();
        kit::ok(Command::new("chmod").arg("0755").arg(path));
    }

    fn render(&self, source: &str, more: &[&str]) -> Output {
        let mut command = kit::hubgate();
        let path = format!("{}:/usr/bin:/bin", self.folder.join("bin").display());
        command
            .env("PATH", path)
            .args(["render", "--answers"])
            .arg(kit::root().join("fixtures/answers/example.toml"))
            .args(["--client-secret-from", source, "--out"])
            .arg(self.folder.join("review"))
            .args(more)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if source == "env:MY_SECRET" {
            command.env("MY_SECRET", CANARY);
        }
        command.env("OTHER_SECRET", "another5ecret0123456789abcdef");
        let mut child = command.spawn().unwrap();
        // A command that does not read it may be gone already.
        let _ = child.stdin.take().unwrap().write_all(CANARY.as_bytes());
        child.wait_with_output().unwrap()
    }

    /// Everything but `but` is free of the canary.
    fn is_free(&self, output: &Output, but: &[&str]) {
        let holds = |bytes: &[u8]| {
            bytes
                .windows(CANARY.len())
                .any(|window| window == CANARY.as_bytes())
        };
        assert!(!holds(&output.stdout) && !holds(&output.stderr), "{output:?}");
        let mut left = vec![self.folder.clone()];
        while let Some(path) = left.pop() {
            if path.is_dir() {
                left.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
                continue;
            }
            let name = path.strip_prefix(&self.folder).unwrap();
            let planted = [Path::new("secret"), Path::new("answer")].contains(&name);
            let allowed = planted || but.iter().any(|but| name == Path::new(but));
            assert!(
                allowed || !holds(&fs::read(&path).unwrap()),
                "{} holds it",
                path.display()
            );
        }
    }
}

fn sources(ground: &Ground) -> Vec<String> {
    let file = format!("file:{}", ground.folder.join("secret").display());
    let others = [
        "env:MY_SECRET",
        "stdin",
        "secretsmanager:hub/secret",
        "ssm:/hub/secret",
    ];
    std::iter::once(file).chain(others.map(str::to_owned)).collect()
}

#[test]
fn rendering_does_not_show_it() {
    let ground = Ground::new("canary-render");
    for source in sources(&ground) {
        for more in [
            &[][..],
            &["--json"],
            &["--check"],
            &["--check", "--json", "--auto-login"],
        ] {
            let output = ground.render(&source, more);
            assert!(matches!(output.status.code(), Some(0 | 3)), "{output:?}");
            ground.is_free(&output, &[]);
        }
        fs::remove_dir_all(ground.folder.join("review")).unwrap();
    }
    // Nobody asked for the secret, so nobody asked AWS.
    assert!(!ground.folder.join("seen").exists());
}

#[test]
fn only_user_data_that_was_asked_to_holds_it() {
    let ground = Ground::new("canary-embed");
    for source in sources(&ground) {
        for more in [
            &["--embed-secret"][..],
            &["--embed-secret", "--json"],
            &["--embed-secret", "--check"],
        ] {
            let output = ground.render(&source, more);
            assert!(output.status.success(), "{source} {output:?}");
            assert!(
                String::from_utf8_lossy(&output.stderr)
                    .contains("warning: user-data.sh holds the client secret")
            );
            ground.is_free(&output, &["review/user-data.sh"]);
        }
        let user_data = fs::read_to_string(ground.folder.join("review/user-data.sh")).unwrap();
        assert!(user_data.contains(CANARY));
        // Without it, and with another one: the diff tells neither.
        ground.is_free(&ground.render(&source, &["--check"]), &["review/user-data.sh"]);
        ground.is_free(
            &ground.render("env:OTHER_SECRET", &["--check", "--embed-secret"]),
            &["review/user-data.sh"],
        );
        fs::remove_dir_all(ground.folder.join("review")).unwrap();
    }
    assert!(fs::metadata(ground.folder.join("seen")).unwrap().len() > 0);
}

#[test]
fn the_variable_that_holds_it_is_no_childs() {
    let ground = Ground::new("canary-variable");
    let mut command = kit::hubgate();
    let path = format!("{}:/usr/bin:/bin", ground.folder.join("bin").display());
    command
        .env("PATH", path)
        .env("HUBGATE_CLIENT_SECRET", CANARY)
        .args(["render", "--answers"])
        .arg(kit::root().join("fixtures/answers/example.toml"))
        .args([
            "--client-secret-from",
            "ssm:/hub/secret",
            "--embed-secret",
            "--out",
        ])
        .arg(ground.folder.join("review"));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    ground.is_free(&output, &["review/user-data.sh"]);
}

#[test]
fn a_secret_where_none_belongs_is_not_repeated() {
    for args in [
        &[CANARY][..],
        &["apply", "--client-id", "x", CANARY],
        &["render", "--out", "x", "--client-secret", CANARY, CANARY],
        &["render", "--out", "x", "--client-secret-from", CANARY],
        &["render", "--out", "x", &format!("--clientsecret={CANARY}")],
        &["render", "--out", "x", &format!("--auto-login={CANARY}")],
        &["apply", "--hub-deadline", CANARY],
        &["completions", CANARY],
        &["doctor", "--", CANARY],
    ] {
        let output = kit::hubgate().args(args).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        let told = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(!told.contains(CANARY), "{told}");
    }
}

#[test]
fn a_mistaken_argument_still_tells_what_is_wrong() {
    for (args, words) in [
        (
            &["apply", "5ecret"][..],
            "the client secret is given with --client-secret-from file:PATH, env:NAME or stdin",
        ),
        (
            &["apply", "--clientsecret=x"],
            "a similar argument exists: '--client-secret-from'",
        ),
        (&["apply", "--dryrun=x"], "unexpected argument '--dryrun' found"),
        (&["aply"], "unrecognized subcommand 'aply'"),
        (&["apply", "--hub-deadline", "5000"], "5000 is not in 1..=3600"),
        (
            &["apply", "--hub-deadline", "soon"],
            "invalid value 'soon' for '--hub-deadline <SECONDS>'",
        ),
        (
            &["apply", "--hub-deadline", "5ecret5ecret5ecret"],
            "invalid value '[not shown]' for '--hub-deadline <SECONDS>'",
        ),
    ] {
        let output = kit::hubgate().args(args).output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(told.contains(words), "{told}");
    }
}

#[test]
fn errors_do_not_show_it() {
    let ground = Ground::new("canary-errors");
    for (answer, source, words) in [
        (
            format!("{{\"SecretString\": \"{{\\\"other\\\": \\\"{CANARY}\\\"}}\"}}"),
            "secretsmanager:hub#key",
            "its keys are: other",
        ),
        (
            format!("{{\"SecretString\": \"{{\\\"other\\\": \\\"{CANARY}\\\"}}\"}}"),
            "secretsmanager:hub",
            "holds JSON, and no key is named",
        ),
        (
            format!("{{\"SecretString\": \"{CANARY}\"}}"),
            "secretsmanager:hub#key",
            "the secret is no JSON object",
        ),
        (
            format!("{{\"Parameter\": {{\"Value\": \"{CANARY}\\n{CANARY}\"}}}}"),
            "ssm:/hub/secret",
            "more than one line",
        ),
        (
            format!("{CANARY} is no JSON"),
            "ssm:/hub/secret",
            "not the JSON that was expected",
        ),
    ] {
        ground.aws(&answer);
        for more in [&["--embed-secret"][..], &["--embed-secret", "--json"]] {
            let output = ground.render(source, more);
            assert_eq!(output.status.code(), Some(1), "{output:?}");
            assert!(
                String::from_utf8_lossy(&output.stderr).contains(words),
                "{output:?}"
            );
            ground.is_free(&output, &[]);
        }
    }
}
