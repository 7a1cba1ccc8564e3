//! How long `hubgate verify` takes on a healthy hub, against `curl` making the same requests one after the other:
//! `cargo bench --bench verify`. Ratios of medians, all measured in turns in this one run. Fails above twice.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot run shall say so"
)]

#[path = "../tests/kit/cognito.rs"]
mod cognito;
#[path = "../tests/kit/mod.rs"]
mod kit;
#[path = "../tests/kit/machine/mod.rs"]
mod machine;
#[path = "../tests/kit/served.rs"]
mod served;
#[path = "../tests/kit/street.rs"]
mod street;

use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use cognito::{ANSWERS, SECRET};
use street::Street;

const ROUNDS: usize = 21;
const LIMIT: f64 = 2.0;

const HUB: &str = "https://hub.example.org";
const DOMAIN: &str = "https://my-hub.auth.eu-west-1.amazoncognito.com";
const REQUEST: &str = "response_type=code&client_id=3n4b5urk1ft4fl3mg5e62d9ado&redirect_uri=https%3A%2F%2F\
                       hub.example.org%2Fhub%2Foauth_callback&scope=openid+email&state=x";

/// The requests of a verify, as arguments of curl.
fn requests(street: &Street) -> Vec<Vec<String>> {
    let here = format!("hub.example.org:443:{}", street.traefik);
    let proxy = format!("http://{}", street.proxy);
    let ca = street.ca().display().to_string();
    // What verify asks this machine's hub, with any certificate.
    let local = |path: &str| {
        words(&[
            "--insecure",
            "--noproxy",
            "*",
            "--connect-to",
            &here,
            &format!("{HUB}{path}"),
        ])
    };
    // What it asks through the net.
    let public = |url: String| words(&["--cacert", &ca, "--proxy", &proxy, &url]);
    let mut token = public(format!("{DOMAIN}/oauth2/token"));
    let form = format!(
        "grant_type=authorization_code&code=made-up&client_id=3n4b5urk1ft4fl3mg5e62d9ado&client_secret={}&\
         redirect_uri=https%3A%2F%2Fhub.example.org%2Fhub%2Foauth_callback",
        SECRET.replace('+', "%2B")
    );
    token.extend(words(&["--data", &form]));
    vec![
        local("/hub/api"),
        local("/hub/login"),
        local("/hub/oauth_login"),
        // The certificate, by a handshake that checks it.
        words(&[
            "--cacert",
            &ca,
            "--noproxy",
            "*",
            "--connect-to",
            &here,
            "--head",
            &format!("{HUB}/hub/api"),
        ]),
        public(format!("{DOMAIN}/oauth2/authorize?{REQUEST}")),
        public(format!("{DOMAIN}/login?{REQUEST}")),
        token,
        public(format!(
            "{DOMAIN}/logout?client_id=3n4b5urk1ft4fl3mg5e62d9ado&logout_uri=https%3A%2F%2Fhub.example.org%2F"
        )),
        public(format!("{HUB}/hub/api")),
        public(format!("{HUB}/hub/oauth_login")),
    ]
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn time(mut command: Command) -> Duration {
    command.stdin(Stdio::null());
    let started = Instant::now();
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let took = started.elapsed();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{command:?}: {}\n{said}", output.status);
    took
}

fn curl() -> Command {
    let mut curl = Command::new("curl");
    curl.env_clear().arg("--silent");
    curl
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn main() -> ExitCode {
    let street = Street::open(kit::scratch("bench-verify"), &kit::answers(ANSWERS));
    let requests = requests(&street);
    let (mut ours, mut each, mut one) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        let mut verify = street.verify(Path::new(env!("CARGO_BIN_EXE_hubgate")));
        verify.args(["--wait", "0", "--json"]);
        let (a, b) = (
            time(verify),
            requests.iter().map(|request| time_of(request)).sum(),
        );
        let mut together = curl();
        for (place, request) in requests.iter().enumerate() {
            if place > 0 {
                together.args(["--next", "--silent"]);
            }
            together.args(request);
        }
        let c = time(together);
        // The first round warms up.
        if round > 0 {
            ours.push(a);
            each.push(b);
            one.push(c);
        }
    }
    let (ours, each, one) = (median(ours), median(each), median(one));
    let ratio = ours.as_secs_f64() / each.as_secs_f64();
    println!("{} requests, median of {ROUNDS} rounds", requests.len());
    println!("hubgate verify              {:7.1} ms", millis(ours));
    println!(
        "curl, one after the other   {:7.1} ms   verify takes {ratio:.2} times that",
        millis(each)
    );
    println!(
        "one curl for all            {:7.1} ms   verify takes {:.2} times that",
        millis(one),
        ours.as_secs_f64() / one.as_secs_f64()
    );
    if ratio > LIMIT {
        println!("more than {LIMIT} times");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

fn time_of(request: &[String]) -> Duration {
    let mut curl = curl();
    curl.args(request);
    time(curl)
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
