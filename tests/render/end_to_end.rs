//! `user-data.sh` and `commands.sh` are run from beginning to end, with stand-ins for TLJH, AWS and
//! the network, twice, and with what goes wrong on real instances.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, symlink};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use hubgate::render::{EmbeddedSecret, render};
use hubgate::secret::Secret;

use crate::kit;

const SECRET: &str = "canary+5ecret_0123456789abcdef";

const PLAIN: &str = r#"
[hub]
url = "https://hub.example.org"
base_url = "/jupyter/"
admins = ["ada"]
[https]
mode = "letsencrypt"
email = "ops@example.org"
[cognito]
domain = "my-hub.auth.eu-west-1.amazoncognito.com"
client_id = "3n4b5urk1ft4fl3mg5e62d9ado"
client_secret = "secretsmanager:hubgate/my-hub"
[access]
allow = "users"
users = ["grace", "o'hara"]
"#;

/// A folder that plays a machine; see `tests/tools/machine`.
struct Machine {
    folder: PathBuf,
}

impl Machine {
    fn new(name: &str) -> Self {
        let folder = kit::scratch(name);
        let parts = kit::root().join("tests/tools/machine");
        symlink(&parts, folder.join("machine")).unwrap();
        fs::copy(parts.join("bootstrap.py"), folder.join("bootstrap.py")).unwrap();
        let machine = Self { folder };
        machine.has("secret", &format!("{SECRET}\n"));
        machine
    }

    fn has(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.folder.join(name)).unwrap_or_default()
    }

    fn mode(&self, name: &str) -> u32 {
        fs::metadata(self.folder.join(name)).unwrap().mode() & 0o7777
    }

    /// Renders the answers and runs one of the files.
    fn run(&self, toml: &str, script: &str, embedded: Option<&str>) -> Output {
        let secret = embedded.map(|text| Secret::new(text.to_owned()));
        let files = render(&kit::answers(toml), secret.as_ref().map(EmbeddedSecret)).unwrap();
        for file in files.iter() {
            self.has(&format!("rendered/{}", file.name), &file.text);
        }
        let output = Command::new(self.folder.join("machine/enter"))
            .arg(self.folder.join("rendered").join(script))
            .env("FAKE", &self.folder)
            .env("TEST_PYTHON", kit::tool("python"))
            .stdin(Stdio::null())
            .output()
            .unwrap();
        self.shows_no_secret(&output);
        output
    }

    fn user_data(&self, toml: &str) -> Output {
        self.run(toml, "user-data.sh", None)
    }

    /// Not in the log, not on the console, not in any command's words.
    fn shows_no_secret(&self, output: &Output) {
        let said = format!(
            "{}{}{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr),
            self.read("log/hubgate.log"),
            self.read("commands"),
        );
        assert!(!said.contains(SECRET), "{said}");
    }

    fn fails_with(&self, output: &Output, words: &str) {
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            !output.status.success() && said.contains(words),
            "{said}\n{}",
            self.read("log/hubgate.log")
        );
        assert!(said.contains("see /var/log/hubgate.log"), "{said}");
    }
}

fn succeeded(machine: &Machine, output: &Output) {
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{said}{errors}{}",
        machine.read("log/hubgate.log")
    );
}

#[test]
fn user_data_sets_up_a_new_instance() {
    let machine = Machine::new("user-data");
    let output = machine.user_data(PLAIN);
    succeeded(&machine, &output);
    let folder = "tljh/config/jupyterhub_config.d";
    assert_eq!(
        machine.read(&format!("{folder}/awscognito.secret")).trim(),
        SECRET
    );
    assert_eq!(machine.mode(&format!("{folder}/awscognito.secret")), 0o600);
    assert_eq!(machine.mode(folder), 0o700);
    assert_eq!(machine.mode("log/hubgate.log"), 0o600);
    assert_eq!(
        machine.read(&format!("{folder}/awscognito.py")),
        machine.read("rendered/awscognito.py")
    );
    assert_eq!(
        machine.read("tljh/config/config.yaml"),
        "https:\n  enabled: true\n  letsencrypt:\n    email: ops@example.org\n    domains:\n    - hub.example.org\n\
         base_url: /jupyter/\nusers:\n  admin:\n  - ada\n  allowed:\n  - grace\n  - o'hara\nauth:\n  \
         type: oauthenticator.generic.GenericOAuthenticator\n"
    );
    let commands = machine.read("commands");
    // Anything stricter, and no notebook user could run what the installer makes.
    assert!(commands.contains("bootstrap  umask=022 HOME=/root"), "{commands}");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        said.ends_with("hubgate: people can log in at https://hub.example.org\n"),
        "{said}"
    );
}

#[test]
fn a_second_run_changes_nothing() {
    let machine = Machine::new("user-data-twice");
    succeeded(&machine, &machine.user_data(PLAIN));
    let before = machine.read("tljh/config/config.yaml");
    succeeded(&machine, &machine.user_data(PLAIN));
    assert_eq!(machine.read("tljh/config/config.yaml"), before);
    assert_eq!(machine.read("commands").matches("bootstrap ").count(), 1);
    assert_eq!(machine.read("commands").matches("pip install").count(), 1);
    let mut left: Vec<_> = fs::read_dir(machine.folder.join("tljh/config/jupyterhub_config.d"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(left, ["awscognito.py", "awscognito.secret"]);
}

#[test]
fn an_installation_that_broke_off_is_taken_up_again() {
    let machine = Machine::new("user-data-half");
    machine.has("tljh/hub/bin/tljh-config", "");
    succeeded(&machine, &machine.user_data(PLAIN));
    assert_eq!(machine.read("commands").matches("bootstrap ").count(), 1);
}

#[test]
fn a_truncated_installer_is_never_run() {
    let machine = Machine::new("user-data-truncated");
    let whole = machine.read("bootstrap.py");
    machine.has("bootstrap.py", &whole[..whole.len() / 2]);
    let output = machine.user_data(PLAIN);
    machine.fails_with(&output, "failed: its installer cannot be downloaded");
    assert!(!machine.read("commands").contains("bootstrap "));
    // Cut between two statements it is still Python.
    machine.has("bootstrap.py", whole.split("if __name__").next().unwrap());
    machine.fails_with(
        &machine.user_data(PLAIN),
        "failed: its installer cannot be downloaded",
    );
    assert!(!machine.read("commands").contains("bootstrap "));
}

#[test]
fn a_secret_that_may_not_be_read_stops_it_before_the_login_changes() {
    let machine = Machine::new("user-data-denied");
    fs::remove_file(machine.folder.join("secret")).unwrap();
    let output = machine.user_data(PLAIN);
    machine.fails_with(
        &output,
        "the client secret cannot be fetched: may this instance's role read it?",
    );
    assert!(machine.read("log/hubgate.log").contains("AccessDeniedException"));
    assert!(!machine.read("tljh/config/config.yaml").contains("auth"));
    assert!(
        !machine
            .folder
            .join("tljh/config/jupyterhub_config.d/awscognito.secret")
            .exists()
    );
}

#[test]
fn what_is_no_client_secret_is_not_written() {
    let machine = Machine::new("user-data-no-secret");
    for (text, words) in [
        ("None\n", "holds is no client secret"),
        ("{\"client_secret\": \"x\"}\n", "holds is no client secret"),
        ("two words\n", "holds is no client secret"),
        ("not-a-secret\n", "holds is no client secret"),
        ("\n", "the client secret is empty"),
    ] {
        machine.has("secret", text);
        machine.fails_with(&machine.user_data(PLAIN), words);
        assert!(
            !machine
                .folder
                .join("tljh/config/jupyterhub_config.d/awscognito.secret")
                .exists()
        );
    }
}

#[test]
fn one_value_of_a_json_secret_is_taken() {
    let machine = Machine::new("user-data-json");
    let toml = PLAIN.replace("hubgate/my-hub", "hubgate/my-hub#client \\\"secret\\\"");
    machine.has("secret", &format!("{{\"client \\\"secret\\\"\": \"{SECRET}\"}}"));
    succeeded(&machine, &machine.user_data(&toml));
    assert_eq!(
        machine
            .read("tljh/config/jupyterhub_config.d/awscognito.secret")
            .trim(),
        SECRET
    );
    machine.has("secret", &format!("{{\"other\": \"{SECRET}\"}}"));
    machine.fails_with(
        &machine.user_data(&toml),
        "the secret holds no text under its key",
    );
    machine.has("secret", SECRET);
    machine.fails_with(
        &machine.user_data(&toml),
        "the secret holds no text under its key",
    );
}

#[test]
fn a_hub_that_never_comes_up_is_given_up() {
    let machine = Machine::new("user-data-hangs");
    machine.has("hub-hangs", "");
    let output = machine.user_data(PLAIN);
    machine.fails_with(&output, "failed: the hub did not come up");
    assert!(
        machine
            .read("log/hubgate.log")
            .contains("SyntaxError in other.py")
    );
}

#[test]
fn another_login_page_is_a_failure() {
    let machine = Machine::new("user-data-page");
    machine.has("other-login", "");
    machine.fails_with(
        &machine.user_data(PLAIN),
        "failed: the login page does not offer AWS Cognito",
    );
}

#[test]
fn outside_of_ec2_the_region_comes_from_the_domain_or_is_asked_for() {
    let machine = Machine::new("user-data-region");
    machine.has("no-metadata", "");
    succeeded(&machine, &machine.user_data(PLAIN));
    assert!(machine.read("commands").contains("--region eu-west-1"));
    let custom = PLAIN.replace("my-hub.auth.eu-west-1.amazoncognito.com", "login.example.org");
    machine.fails_with(
        &machine.user_data(&custom),
        "the instance's metadata do not tell its region",
    );
}

#[test]
fn an_embedded_secret_reaches_the_hub_and_no_log() {
    let machine = Machine::new("user-data-embedded");
    let output = machine.run(PLAIN, "user-data.sh", Some(SECRET));
    succeeded(&machine, &output);
    assert_eq!(
        machine
            .read("tljh/config/jupyterhub_config.d/awscognito.secret")
            .trim(),
        SECRET
    );
    assert!(!machine.read("commands").contains("aws "));
}

#[test]
fn any_step_that_fails_is_told() {
    let machine = Machine::new("user-data-line");
    succeeded(&machine, &machine.user_data(PLAIN));
    machine.has("tljh/config/config.yaml", "not: [yaml");
    let output = machine.user_data(PLAIN);
    machine.fails_with(&output, "failed with status 1");
}

#[test]
fn commands_do_the_same_on_a_hub_that_is_there() {
    let machine = Machine::new("commands");
    succeeded(&machine, &machine.user_data(PLAIN));
    let after_user_data = machine.read("tljh/config/config.yaml");
    fs::remove_dir_all(machine.folder.join("tljh/config")).unwrap();
    for _ in 0..2 {
        succeeded(&machine, &machine.run(PLAIN, "commands.sh", None));
        assert_eq!(machine.read("tljh/config/config.yaml"), after_user_data);
        let secret = "tljh/config/jupyterhub_config.d/awscognito.secret";
        assert_eq!(machine.read(secret).trim(), SECRET);
        assert_eq!(machine.mode(secret), 0o600);
    }
    fs::remove_file(machine.folder.join("secret")).unwrap();
    let output = machine.run(PLAIN, "commands.sh", None);
    assert!(!output.status.success());
    // The old secret is still there, and nothing beside it.
    let left = fs::read_dir(machine.folder.join("tljh/config/jupyterhub_config.d")).unwrap();
    assert_eq!(left.count(), 2);
}
