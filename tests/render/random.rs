//! Random answers, hostile on purpose.

use hubgate::answers::{Answers, Given, Key, Layer, Origin, Problems, resolve};
use hubgate::hub::{GroupName, UserName};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// Answers, and a secret to embed in some.
#[derive(Debug, Clone)]
pub struct Case {
    pub answers: Answers,
    pub secret: Option<String>,
    /// What was typed; for reading when a test fails.
    pub typed: Layer,
}

impl std::fmt::Display for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (key, given) in &self.typed {
            writeln!(f, "  {} = {:?}", key.setting().dotted(), given.texts())?;
        }
        write!(f, "  embedded: {:?}", self.secret)
    }
}

/// How many cases to play: `HUBGATE_CASES`, else a few hundred.
pub fn how_many() -> usize {
    std::env::var("HUBGATE_CASES")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(500)
}

/// That many cases, and the seed they came from: set `HUBGATE_SEED` to it to play the same again.
pub fn cases(count: usize) -> (u64, Vec<Case>) {
    let seed = std::env::var("HUBGATE_SEED")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(rand_seed);
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(
        Config {
            max_local_rejects: 1_000_000,
            ..Config::default()
        },
        rng,
    );
    let case = case();
    let cases = (0..count)
        .map(|_| case.new_tree(&mut runner).unwrap().current())
        .collect();
    (seed, cases)
}

fn rand_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.unwrap().as_nanos() as u64
}

/// Pieces that mean something to a shell, to Python, to a template engine, to Markdown or to a terminal.
const NASTY: &[&str] = &[
    "'",
    "\"",
    "`",
    "$(id)",
    "${x}",
    "$x",
    "\\",
    "\\n",
    "\\x41",
    "{{x}}",
    "{%x%}",
    "{#x#}",
    "|",
    "||",
    "&&",
    ";",
    "<",
    ">",
    "*",
    "?",
    "[a]",
    "!",
    "#",
    "%s",
    "^",
    "@",
    "=",
    "-",
    "--",
    "_",
    ".",
    "(",
    ")",
    "'''",
    "\"\"\"",
    "\u{e9}",
    "\u{1f600}",
    "e\u{301}",
    "\u{5e9}\u{5dc}",
    "\u{3a3}",
    "\u{130}",
    "\u{2019}",
    "</code>",
    "<b>",
    "&amp;",
    "&#124;",
    "``",
    "__",
    "**",
    "EOF",
    "PYTHON",
];

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => proptest::sample::select(NASTY).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        3 => "[a-zA-Z0-9]{1,6}",
    ]
}

/// A text in which anything may stand.
fn anything() -> impl Strategy<Value = String> {
    let blank = proptest::sample::select(&[" ", "\n", "\t", "\r\n", "\u{202e}", "\u{1b}[31m"][..]);
    let piece = prop_oneof![9 => piece(), 1 => blank.prop_map(str::to_owned)];
    proptest::collection::vec(piece, 1..8).prop_map(|pieces| pieces.concat())
}

fn matching(fits: fn(&str) -> bool) -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 1..6)
        .prop_map(|pieces| pieces.concat())
        .prop_filter("not a name", move |text| fits(text))
}

fn user() -> impl Strategy<Value = String> {
    matching(|text| UserName::parse(text).is_ok())
}

fn group() -> impl Strategy<Value = String> {
    matching(|text| GroupName::parse(text).is_ok())
}

fn path() -> impl Strategy<Value = String> {
    anything()
        .prop_map(|text| format!("/{}", text.replace(char::is_control, "").trim()))
        .prop_filter("not a file", |text| !text.ends_with('/'))
}

fn host() -> impl Strategy<Value = String> {
    "[a-z]([a-z0-9-]{0,8}[a-z0-9])?(\\.[a-z]([a-z0-9-]{0,8}[a-z0-9])?){1,3}"
        .prop_filter("an international label by chance", |host: &String| {
            !host.contains("xn--")
        })
}

fn source() -> impl Strategy<Value = String> {
    let key = anything().prop_map(|key| key.replace(char::is_control, "").trim().to_owned());
    let key = proptest::option::of(key.prop_filter("no key", |key| !key.is_empty()));
    let key = key
        .prop_map(|key| key.map_or_else(String::new, |key| format!("#{key}")))
        .boxed();
    let name = "[A-Za-z0-9/_+=.@-]{1,30}";
    prop_oneof![
        path().prop_map(|path| format!("file:{path}")),
        path().prop_map(|path| format!("file:~{path}")),
        "[A-Z_][A-Z0-9_]{0,12}".prop_map(|name| format!("env:{name}")),
        Just("stdin".to_owned()),
        (name, key.clone()).prop_map(|(name, key)| format!("secretsmanager:{name}{key}")),
        (name, key).prop_map(|(name, key)| format!(
            "arn:aws:secretsmanager:ap-southeast-2:123456789012:secret:{name}{key}"
        )),
        "(/[b-rA-Z0-9_.-]{1,9}){1,3}".prop_map(|name| format!("ssm:{name}")),
        "(/[b-rA-Z0-9_.-]{1,9}){1,3}"
            .prop_map(|name| format!("ssm:arn:aws:ssm:eu-west-1:123456789012:parameter{name}")),
    ]
}

fn claim() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(&["username", "email", "preferred_username", "sub"][..]);
    prop_oneof![
        known.prop_map(str::to_owned),
        matching(|text| hubgate::cognito::UsernameClaim::parse(text).is_ok())
    ]
}

/// The hub's URL and its `[https]`.
fn address() -> impl Strategy<Value = Vec<(Key, String)>> {
    let email = "[a-z'`$&{}!#%|^*/=?+]{1,8}";
    prop_oneof![
        (host(), email, host()).prop_map(|(hub, local, at)| vec![
            (Key::HubUrl, format!("https://{hub}")),
            (Key::HttpsMode, "letsencrypt".into()),
            (Key::HttpsEmail, format!("{local}@{at}")),
        ]),
        (host(), path(), path()).prop_map(|(hub, cert, key)| vec![
            (Key::HubUrl, format!("https://{hub}")),
            (Key::HttpsMode, "certificate".into()),
            (Key::HttpsCert, cert),
            (Key::HttpsKey, key),
        ]),
        (host(), 1024..65535_u16).prop_map(|(hub, port)| vec![
            (Key::HubUrl, format!("https://{hub}:{port}")),
            (Key::HttpsMode, "proxy".into()),
        ]),
        (1024..65535_u16).prop_map(|port| vec![(Key::HubUrl, format!("http://localhost:{port}"))]),
    ]
}

type Names = Vec<String>;

/// Who gets in, on which oauthenticator.
fn access() -> impl Strategy<Value = (String, &'static str, Names, Names, Names)> {
    let any = proptest::sample::select(
        &[
            "14.0.0", "14.2.0", "15.1.0", "16.0.1", "16.0.7", "16.2.1", "17.4.0",
        ][..],
    );
    let with_groups = proptest::sample::select(&["16.3.0", "16.3.1", "17.0.0", "17.1.0", "17.4.0"][..]);
    let users = || proptest::collection::vec(user(), 1..4);
    let groups = || proptest::collection::vec(group(), 1..4);
    prop_oneof![
        any.clone()
            .prop_map(|v| (v.to_owned(), "all", vec![], vec![], vec![])),
        (any, users()).prop_map(|(v, users)| (v.to_owned(), "users", users, vec![], vec![])),
        (
            with_groups.clone(),
            proptest::collection::vec(user(), 0..3),
            groups(),
            proptest::collection::vec(group(), 0..3)
        )
            .prop_map(|(v, users, groups, admins)| (v.to_owned(), "groups", users, groups, admins)),
        (with_groups, groups()).prop_map(|(v, admins)| (v.to_owned(), "all", vec![], vec![], admins)),
    ]
}

fn cognito() -> impl Strategy<Value = Vec<(Key, String)>> {
    let domain = prop_oneof![
        host(),
        "[bd-z0-9]{1,20}\\.auth\\.(eu-west-1|ap-southeast-2)\\.amazoncognito\\.com"
    ];
    let scopes = proptest::collection::vec("[!#-+\\--\\[\\]-~]{1,12}", 0..4);
    (
        domain,
        "[A-Za-z0-9_+]{1,40}",
        source(),
        claim(),
        any::<bool>(),
        scopes,
    )
        .prop_map(|(domain, client, source, claim, auto_login, scopes)| {
            let mut given = vec![
                (Key::Domain, domain),
                (Key::ClientId, client),
                (Key::ClientSecret, source),
                (Key::Username, claim),
                (Key::AutoLogin, auto_login.to_string()),
            ];
            if !scopes.is_empty() {
                given.extend(
                    ["openid", "email", "phone", "profile"].map(|scope| (Key::Scopes, scope.to_owned())),
                );
                given.extend(scopes.into_iter().map(|scope| (Key::Scopes, scope)));
            }
            given
        })
}

fn case() -> impl Strategy<Value = Case> {
    let base = prop_oneof![Just("/".to_owned()), "(/[a-z0-9._~-]{1,6}){1,2}/?"];
    let admins = proptest::collection::vec(user(), 0..3);
    let secret = proptest::option::weighted(0.3, anything().prop_filter("NUL", |text| !text.contains('\0')));
    let groups_claim = proptest::option::of(claim());
    (address(), base, admins, cognito(), access(), groups_claim, secret).prop_filter_map(
        "no answers",
        |(mut given, base, admins, cognito, access, groups_claim, secret)| {
            let (version, allow, users, groups, admin_groups) = access;
            given.extend(cognito);
            given.push((Key::BaseUrl, base));
            given.push((Key::Oauthenticator, version));
            given.push((Key::Allow, allow.to_owned()));
            let grouped = !groups.is_empty() || !admin_groups.is_empty();
            given.extend(
                groups_claim
                    .filter(|_| grouped)
                    .map(|claim| (Key::GroupsClaim, claim)),
            );
            for (key, names) in [
                (Key::Admins, admins),
                (Key::Users, users),
                (Key::Groups, groups),
                (Key::AdminGroups, admin_groups),
            ] {
                given.extend(names.into_iter().map(|name| (key, name)));
            }
            let mut typed = Layer::new();
            for (key, text) in given {
                let fresh = Given::many(Vec::<String>::new(), Origin::Prompt);
                let one = Given::one(text, Origin::Prompt).items;
                typed.entry(key).or_insert(fresh).items.extend(one);
            }
            let checked = resolve(&typed, None, Problems::default()).ok()?;
            Some(Case {
                answers: checked.answers,
                secret,
                typed,
            })
        },
    )
}
