//! Secrets from AWS, through the real `aws` command, from moto's stand-in for it.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use hubgate::host::http::Method;
use hubgate::host::{Http, HttpRequest, Invocation, Programs, Running, SystemHost};
use hubgate::secret::{Resolved, SecretError, SecretSource};
use hubgate::told::Told as _;
use serde_json::Value;

/// The folder of the lab's Python, moto and aws; made when it is missing.
fn tools() -> PathBuf {
    let setup = Invocation::new(lab().join("setup")).deadline(Duration::from_secs(600));
    let made = SystemHost::new().run(&setup).unwrap();
    assert!(made.success(), "{}", made.stderr_text());
    PathBuf::from(made.stdout_text().trim()).join("bin")
}

fn lab() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lab/moto")
}

/// A moto server on loopback, filled by seed.py; it stops when this is dropped.
struct Moto {
    tools: PathBuf,
    url: String,
    seeded: Value,
    _server: Box<dyn Running>,
}

impl Moto {
    fn start() -> Self {
        let (tools, host) = (tools(), SystemHost::new());
        let server = Invocation::new(tools.join("moto_server")).args(["-H", "127.0.0.1", "-p", "0"]);
        let mut server = host.start(&server).unwrap();
        let url = address(server.as_mut());
        let seed = Invocation::new(tools.join("python"))
            .arg(lab().join("seed.py"))
            .arg(&url);
        let seed = host.run(&seed).unwrap();
        assert!(seed.success(), "{}", seed.stderr_text());
        let seeded = serde_json::from_slice(&seed.stdout).unwrap();
        Moto {
            tools,
            url,
            seeded,
            _server: server,
        }
    }

    fn seeded(&self, key: &str) -> &str {
        self.seeded[key].as_str().unwrap()
    }

    fn vars(&self) -> Vars {
        Vars::new(&self.tools, &self.url)
    }
}

/// The server says where it listens once it does.
fn address(server: &mut dyn Running) -> String {
    for _ in 0..6000 {
        let (out, err) = server.output().unwrap();
        let said = String::from_utf8([out, err].concat()).unwrap();
        if let Some((_, rest)) = said.split_once("Running on ") {
            return rest.lines().next().unwrap().trim().to_owned();
        }
        assert_eq!(server.poll().unwrap(), None, "{said}");
        thread::sleep(Duration::from_millis(10));
    }
    panic!("moto does not start");
}

/// The environment of one call.
struct Vars(Vec<(String, String)>);

impl Vars {
    /// With these `aws` finds the server at `url`, and nothing of this machine's own.
    fn new(tools: &Path, url: &str) -> Self {
        let path = format!("{}:/usr/bin:/bin", tools.display());
        let vars = [
            ("PATH", path.as_str()),
            ("HOME", "/nonexistent"),
            ("AWS_EC2_METADATA_DISABLED", "true"),
            ("AWS_ENDPOINT_URL", url),
            ("AWS_ACCESS_KEY_ID", "test"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-1"),
        ];
        Vars(
            vars.map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        )
    }

    fn set(mut self, name: &str, value: impl Into<String>) -> Self {
        self = self.unset(name);
        self.0.push((name.into(), value.into()));
        self
    }

    fn unset(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    fn without_region(self) -> Self {
        self.unset("AWS_REGION").unset("AWS_DEFAULT_REGION")
    }

    fn resolve(self, source: &str) -> Result<Resolved, SecretError> {
        source
            .parse::<SecretSource>()
            .unwrap()
            .resolve(&SystemHost::new().with_vars(self.0), Path::new("/opt/tljh"))
    }

    /// What a person reads: the error, then the hint.
    fn fails(self, source: &str, error: &str, hint: &str) {
        let failure = self.resolve(source).expect_err(source);
        assert!(failure.to_string().contains(error), "{source}: {failure}");
        assert!(
            failure.remedy().unwrap().contains(hint),
            "{source}: {failure}: {}",
            failure.remedy().unwrap()
        );
        assert!(!format!("{failure} {failure:?} {}", failure.remedy().unwrap()).contains("1kvq0v8jd2l5"));
    }
}

#[test]
fn secrets_come_out_of_aws() {
    let moto = Moto::start();
    let arn = moto.seeded("json_arn");
    let table = [
        ("secretsmanager:hub/plain".to_owned(), moto.vars()),
        ("secretsmanager:hub/json#client_secret".to_owned(), moto.vars()),
        // The ARN's region is enough.
        (format!("{arn}#client_secret"), moto.vars().without_region()),
        ("ssm:/hub/secret".to_owned(), moto.vars()),
    ];
    for (source, vars) in table {
        let resolved = vars
            .resolve(&source)
            .unwrap_or_else(|error| panic!("{source}: {error}"));
        assert_eq!(resolved.secret.expose(), moto.seeded("secret"), "{source}");
        assert_eq!(resolved.warnings, [""; 0], "{source}");
    }
}

#[test]
fn what_aws_does_not_have_is_told_with_what_to_do() {
    let moto = Moto::start();
    let there = "does not exist in that account and region";
    moto.vars()
        .fails("secretsmanager:hub/none", there, "check its name");
    moto.vars().fails("ssm:/hub/none", there, "check its name");
    moto.vars().fails(
        "secretsmanager:hub/binary",
        "holds binary data",
        "store the client secret as text",
    );
    moto.vars().fails(
        "secretsmanager:hub/deleted",
        "waiting to be deleted",
        "restore-secret",
    );
    moto.vars().fails(
        "secretsmanager:hub/json",
        "no key is named",
        "its keys are: client_secret, region",
    );
}

#[test]
fn what_aws_refuses_is_told_with_what_to_do() {
    let moto = Moto::start();
    // From now on moto looks at who asks.
    let mut strict = HttpRequest::new(Method::Post, format!("{}/moto-api/reset-auth", moto.url));
    strict.body = Some(b"0".to_vec());
    assert_eq!(SystemHost::new().send(&strict).unwrap().status, 200);
    let nobody = moto.vars().set("AWS_ACCESS_KEY_ID", moto.seeded("nobody_id"));
    nobody
        .set("AWS_SECRET_ACCESS_KEY", moto.seeded("nobody_key"))
        .fails(
            "secretsmanager:hub/plain",
            "AWS denies access",
            "allow secretsmanager:GetSecretValue on it",
        );
    moto.vars().fails(
        "ssm:/hub/secret",
        "does not accept the credentials",
        "aws sts get-caller-identity",
    );
}

#[test]
fn what_keeps_aws_from_being_asked_is_told_with_what_to_do() {
    let tools = tools();
    // Nobody listens there any more, and only the last of these gets so far as to notice.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let vars = || Vars::new(&tools, &format!("http://{closed}")).set("AWS_MAX_ATTEMPTS", "1");
    let source = "secretsmanager:hub/plain";
    let keyless = vars().unset("AWS_ACCESS_KEY_ID").unset("AWS_SECRET_ACCESS_KEY");
    keyless.fails(source, "AWS credentials are missing", "give the instance a role");
    vars()
        .without_region()
        .fails(source, "no AWS region is set", "AWS_REGION");
    vars().fails(source, "AWS cannot be reached", "check the network");
}
