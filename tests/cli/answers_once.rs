//! The answers are read once, wherever they come from.

use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::kit;

/// A hub as far as its files go, and the secret; returns the answers for it.
fn hub(folder: &Path) -> PathBuf {
    for below in [
        "tljh/hub/bin",
        "tljh/hub/lib/python3.12/site-packages/oauthenticator-17.4.0.dist-info",
        "tljh/config/jupyterhub_config.d",
    ] {
        fs::create_dir_all(folder.join(below)).unwrap();
    }
    fs::write(folder.join("tljh/hub/bin/tljh-config"), "").unwrap();
    let secret = folder.join("cognito.secret");
    fs::write(&secret, "canary7secret7canary7secret7\n").unwrap();
    fs::set_permissions(&secret, Permissions::from_mode(0o600)).unwrap();
    let example = fs::read_to_string(kit::root().join("fixtures/answers/example.toml")).unwrap();
    let source = example
        .lines()
        .find(|line| line.starts_with("client_secret"))
        .unwrap();
    let ours = format!("client_secret = \"file:{}\"", secret.display());
    let answers = folder.join("hubgate.toml");
    fs::write(&answers, example.replace(source, &ours)).unwrap();
    answers
}

fn dry_run(folder: &Path, answers: &Path) -> Command {
    let mut command = kit::hubgate();
    command
        .args(["apply", "--dry-run", "--prefix"])
        .arg(folder.join("tljh"));
    command.arg("--answers").arg(answers);
    command
}

fn plans_the_login(command: &mut Command) {
    let output = command.output().unwrap();
    let told = format!("{output:?}");
    assert!(
        output.status.success() && told.contains("awscognito.py"),
        "{told}"
    );
}

#[test]
fn the_answers_may_come_from_standard_input() {
    let folder = kit::scratch("answers-stdin");
    let answers = hub(&folder);
    let mut command = dry_run(&folder, Path::new("/dev/stdin"));
    plans_the_login(command.stdin(File::open(answers).unwrap()));
}

#[test]
fn the_answers_may_come_through_a_pipe_that_gives_them_once() {
    let folder = kit::scratch("answers-pipe");
    let answers = hub(&folder);
    let mut cat = Command::new("cat")
        .arg(answers)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut command = dry_run(&folder, Path::new("/dev/stdin"));
    plans_the_login(command.stdin(cat.stdout.take().unwrap()));
    assert!(cat.wait().unwrap().success());
}

#[test]
fn the_answers_may_come_through_a_fifo_that_is_written_once() {
    let folder = kit::scratch("answers-fifo");
    let answers = hub(&folder);
    let fifo = folder.join("fifo");
    kit::ok(Command::new("mkfifo").arg(&fifo));
    let text = fs::read(answers).unwrap();
    let writer = std::thread::spawn({
        let fifo = fifo.clone();
        move || fs::write(fifo, text).unwrap()
    });
    // A second reading would wait for ever.
    let mut command = Command::new("timeout");
    let ours = dry_run(&folder, &fifo);
    command.arg("60").arg(ours.get_program()).args(ours.get_args());
    plans_the_login(&mut command);
    writer.join().unwrap();
}
