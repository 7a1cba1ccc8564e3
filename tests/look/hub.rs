//! A hub that is laid out and looked at: TLJH's stand-in, a real JupyterHub and oauthenticator.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use hubgate::answers::Answers;
use hubgate::host::{Interrupt, SystemHost};
use hubgate::render::{render_awscognito, sha256_hex};
use hubgate::standin::User;
use hubgate::tljh::look::{Decision, Look, OwnFile, Player, PoolSide, Request, look};

use crate::forks::python_of;
use crate::kit;

/// Never in any answer.
pub const CANARY: &str = "canary0client0secret0that0nobody0may0see";

/// The four release pairs, by their oauthenticator.
pub const RELEASES: [&str; 4] = ["17.4.0", "16.3.1", "16.0.7", "14.2.0"];

/// Answers for one release and rule: ada administers, grace is listed, students are the group.
pub fn answers(oauthenticator: &str, allow: &str) -> Answers {
    answers_by(oauthenticator, allow, "username")
}

/// The same, with names from this claim.
pub fn answers_by(oauthenticator: &str, allow: &str, claim: &str) -> Answers {
    let name = |word: &str| match claim {
        "email" => format!("{word}@example.org"),
        _ => word.to_owned(),
    };
    let access = match allow {
        "users" => format!("users = ['{}']", name("grace")),
        "groups" => "groups = ['students']\nadmin_groups = ['teachers']".to_owned(),
        _ => String::new(),
    };
    kit::answers(&format!(
        "[hub]\nurl = 'https://hub.example.org'\nadmins = ['{}']\n[https]\nmode = 'proxy'\n\
         [cognito]\ndomain = 'my-hub.auth.eu-west-1.amazoncognito.com'\n\
         client_id = '3n4b5urk1ft4fl3mg5e62d9ado'\nclient_secret = 'stdin'\nusername = '{claim}'\n\
         [access]\nallow = '{allow}'\n{access}\n[target]\noauthenticator = '{oauthenticator}'\n",
        name("ada")
    ))
}

/// The people who log in; each is called by their account's name.
pub fn cast() -> Vec<User> {
    let person = |name: &str, groups: &[&str]| {
        let mut user = User::new(name, "a password".into());
        user.email = Some(format!("{name}@example.org"));
        user.email_verified = true;
        user.groups = groups.iter().map(ToString::to_string).collect();
        user
    };
    vec![
        person("Ada", &[]),
        person("grace", &[]),
        person("mallory", &[]),
        person("sam", &["students", "others"]),
        person("tess", &["teachers"]),
    ]
}

/// What lies on a hub beside what hubgate writes.
#[derive(Debug, Clone, Default)]
pub struct Leftovers {
    /// Lines below `auth:` in config.yaml, each indented by two spaces.
    pub auth: String,
    /// Lines below `users:`, the same.
    pub users: String,
    /// Other files of `jupyterhub_config.d`.
    pub files: Vec<(String, String)>,
    /// The unit's environment.
    pub environment: Vec<(String, String)>,
    /// The hub's arguments.
    pub arguments: Vec<String>,
}

/// A hub on this machine's disk, which is never started.
pub struct Hub {
    pub prefix: PathBuf,
    pub python: PathBuf,
    pub request: Request,
}

impl Hub {
    /// What `hubgate apply` leaves for these answers, with these leftovers.
    pub fn lay_out(name: &str, answers: &Answers, leftovers: &Leftovers) -> Self {
        let python = format!("'{}'", python_of(answers).display());
        Self::with_people(name, &python, answers, leftovers, &cast())
    }

    /// The same with this Python, as a shell has it, and for these people.
    pub fn with_people(
        name: &str,
        python: &str,
        answers: &Answers,
        leftovers: &Leftovers,
        people: &[User],
    ) -> Self {
        let prefix = kit::scratch(&format!("look-{name}"));
        let folder = prefix.join("config/jupyterhub_config.d");
        fs::create_dir_all(&folder).unwrap();
        fs::create_dir_all(prefix.join("state")).unwrap();
        fs::write(prefix.join("config/config.yaml"), config_yaml(answers, leftovers)).unwrap();
        let rendered = render_awscognito(answers).unwrap();
        fs::write(folder.join("awscognito.py"), &rendered).unwrap();
        fs::write(folder.join("awscognito.secret"), CANARY).unwrap();
        for (name, text) in &leftovers.files {
            fs::write(folder.join(name), text).unwrap();
        }
        let pool = PoolSide::of(answers);
        let players = people
            .iter()
            .map(|user| Player::new(user.username.clone(), user, &pool.client_id));
        let request = Request {
            state: prefix.join("state"),
            people: players.collect(),
            pool,
            named: None,
            own: Some(OwnFile {
                path: folder.join("awscognito.py"),
                sha256: sha256_hex(rendered.as_bytes()),
            }),
            arguments: leftovers.arguments.clone(),
        };
        let python = with_environment(&prefix, python, &leftovers.environment);
        Self {
            prefix,
            python,
            request,
        }
    }

    /// What its Python says.
    pub fn look(&self) -> Look {
        let host = SystemHost::with_interrupt(Interrupt::new());
        let look = look(&host, &self.python, &self.prefix, &self.prefix, &self.request)
            .unwrap_or_else(|error| panic!("{error:?}"));
        assert!(!format!("{look:?}").contains(CANARY), "{look:?}");
        look
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.prefix.join("config/jupyterhub_config.d").join(name)
    }
}

/// What is told of everybody, shortly: `ada in admin`, `mallory refused`.
pub fn told(look: &Look) -> Vec<String> {
    assert_eq!(look.errors, [], "{look:?}");
    let told = look.people.iter().map(|outcome| {
        let words = match &outcome.decision {
            Decision::In { admin, groups, .. } => {
                let admin = if *admin { " admin" } else { "" };
                let groups: String = groups.iter().map(|group| format!(" +{group}")).collect();
                format!("in{admin}{groups}")
            }
            Decision::Refused { .. } => "refused".to_owned(),
            Decision::Failed { .. } => "failed".to_owned(),
            Decision::Elsewhere { .. } => "elsewhere".to_owned(),
            Decision::Unknown { .. } => "unknown".to_owned(),
        };
        format!("{} {words}", outcome.who.to_lowercase())
    });
    told.collect()
}

fn config_yaml(answers: &Answers, leftovers: &Leftovers) -> String {
    let list = |names: Vec<&str>| format!("[{}]", names.join(", "));
    let admins = answers.hub.admins.iter().map(|name| name.as_str()).collect();
    let users = answers.access.users.iter().map(|name| name.as_str()).collect();
    format!(
        "users:\n  admin: {}\n  allowed: {}\n{}auth:\n  type: oauthenticator.generic.GenericOAuthenticator\n{}",
        list(admins),
        list(users),
        leftovers.users,
        leftovers.auth
    )
}

/// A Python with TLJH's stand-in, and with the variables that the unit would give it.
fn with_environment(prefix: &Path, python: &str, environment: &[(String, String)]) -> PathBuf {
    let tljh = kit::root().join("fixtures/tljh");
    let beside = kit::root().join("tests/look/beside");
    let mut script = format!(
        "#!/bin/sh\nexport PYTHONDONTWRITEBYTECODE=1 PYTHONPATH='{}:{}'\n",
        tljh.display(),
        beside.display()
    );
    for (name, value) in environment {
        script += &format!("export {name}='{value}'\n");
    }
    script += &format!("exec {python} \"$@\"\n");
    let path = prefix.join("python");
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}
