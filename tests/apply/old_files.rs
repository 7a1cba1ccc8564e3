//! Whatever an old file says of its secret, and however broken it is: no diff, document, warning or record
//! shows it. `HUBGATE_CASES` files, 2,000 at most, from the seed that a failure prints; `HUBGATE_SEED` plays it again.

use hubgate::apply::{BackTo, Wish, plan_for};
use hubgate::render::diff_of_others;
use hubgate::secret::Secret;
use hubgate::verify::Patience;

use super::world::{ANSWERS, SECRET, World, answers, applied, rolled_back};

/// Every so many files the whole way is gone, there and back.
const WHOLE_WAY: usize = 50;

/// SplitMix64: the same files for the same seed, whatever crate comes or goes.
struct Dice(u64);

impl Dice {
    fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % sides as u64) as usize
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.throw(list.len())]
    }
}

/// Ways in which a file speaks of a secret, with CANARY where its value stands, `<` and `>` for quotes.
const SPEAKING: &[&str] = &[
    "c.GenericOAuthenticator.client_secret = <CANARY>",
    "c.GenericOAuthenticator.client_secret=<CANARY>  # from the console",
    "c.GenericOAuthenticator.client_secret = f<{prefix}CANARY>",
    "c.GenericOAuthenticator.client_secret = fr<CANARY{''}>",
    "c.GenericOAuthenticator.client_secret = b<CANARY>.decode()",
    "c.GenericOAuthenticator.client_secret = CANARY",
    "c.GenericOAuthenticator.client_secret = <CANARY",
    "c.GenericOAuthenticator.client_secret <CANARY>",
    "c.GenericOAuthenticator.client_secret = (\n    <CANARY>\n)",
    "c.GenericOAuthenticator.client_secret = (\n\n<CANARY>",
    "c.GenericOAuthenticator.client_secret = \\\n<CANARY>",
    "c.GenericOAuthenticator.client_secret = \"\"\"\\\nCANARY\n\"\"\".strip()",
    "c.GenericOAuthenticator.client_secret = '''CANARY",
    "c.GenericOAuthenticator.client_secret: str = <CANARY>",
    "c.GenericOAuthenticator.client_secret = os.environ.get(<S>, <CANARY>)",
    "c.GenericOAuthenticator.client_secret = base64.b64decode(\n<CANARY>)",
    "setattr(c.GenericOAuthenticator, <client_secret>, <CANARY>)",
    "setattr(\n    c.GenericOAuthenticator,\n    value=<CANARY>,\n    name=<client_secret>,\n)",
    "c.GenericOAuthenticator.update({<client_id>: <x>, <client_secret>: <CANARY>})",
    "settings = {\n    <client_secret>:\n        <CANARY>,\n}",
    "os.environ[<OAUTH_CLIENT_SECRET>] = <CANARY>",
    "os.environ.setdefault(<OAUTH_CLIENT_SECRET>,\n<CANARY>)",
    "export OAUTH_CLIENT_SECRET=CANARY",
    "SECRET = <CANARY>; scope = []",
    "# client_secret = <CANARY>",
    "# the secret is CANARY",
    "# the client secret of the old pool:\n# CANARY",
    "scope = [<openid>]  # Secret: CANARY",
    "cs = <CANARY>\nc.GenericOAuthenticator.client_secret = cs",
    "cid, cs = <x>, <CANARY>\nc.GenericOAuthenticator.client_secret = cs",
    "def the_secret():\n    x = 1\n    return <CANARY>",
    "class Secret:\n    value = <CANARY>",
    "auth:\n  GenericOAuthenticator:\n    client_secret: CANARY",
    "client_secret: <CANARY>",
    "client_secret: >-\n  CANARY",
    "client_secret: |\n\n  CANARY",
    "client_secret:\n- CANARY",
    "client_secret:\n    CANARY",
    "? client_secret\n: CANARY",
    "{client_secret: CANARY}",
    "x: &old CANARY\nclient_secret: *old",
    "c.JupyterHub.cookie_secret = <CANARY>",
    "c.CryptKeeper.keys = [<CANARY>]",
    "api_token: CANARY",
    "password = <CANARY>",
];

/// What stands around it, in order and out of it.
const AROUND: &[&str] = &[
    "c.GenericOAuthenticator.client_id = 'anotherclientid0000000000'",
    "c.JupyterHub.authenticator_class = 'generic-oauth'",
    "c.GenericOAuthenticator.scope = ['openid']",
    "c.GenericOAuthenticator.token_url = 'https://x.example.org/oauth2/token'",
    "import os",
    "if True:",
    "    pass",
    "",
    "# ours since 2023",
    "users = {",
    "}",
    ")",
    "print(\"unclosed",
    "'''",
    "auth:",
    "  type: generic",
    "\u{feff}",
    "x = “curly”",
    "\tx = 1",
    "x = 1\r",
    "x = 1 \\",
];

const QUOTES: &[&str] = &[
    "''", "\"\"", "“”", "‘’", "„“", "«»", "‹›", "``", "”“", "´´", "＂＂", "\"'", "'\"",
];

fn canary(dice: &mut Dice) -> String {
    let length = 14 + dice.throw(45);
    let letters: Vec<char> = "abcdefghijklmnopqrstuvwxyz0123456789ABCXYZ_+".chars().collect();
    let tail: String = (0..length).map(|_| letters[dice.throw(letters.len())]).collect();
    format!("Qq{tail}")
}

fn old_file(dice: &mut Dice, canary: &str) -> String {
    let quotes: Vec<char> = dice.of(QUOTES).chars().collect();
    let speaking = dice.of(SPEAKING).replace('<', &quotes[0].to_string());
    // The one YAML sign that is no quote.
    let speaking = speaking.replace(">-\n", "\u{1}");
    let speaking = speaking
        .replace('>', &quotes[1].to_string())
        .replace('\u{1}', ">-\n");
    let mut lines: Vec<String> = (0..dice.throw(8)).map(|_| dice.of(AROUND).to_owned()).collect();
    let indent = dice.of(&["", "", "    ", "\t"]);
    let speaking = speaking.replace('\n', &format!("\n{indent}"));
    let at = dice.throw(lines.len() + 1);
    lines.insert(at, format!("{indent}{speaking}"));
    let end = dice.of(&["\n", "\n", "\n", "\r\n"]);
    lines.join(end).replace("CANARY", canary) + dice.of(&["", end])
}

/// Whether any part of the canary that says something can be read.
fn shows(text: &str, canary: &str) -> bool {
    (0..=canary.len() - 8).any(|from| text.contains(&canary[from..from + 8]))
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// More would cost minutes.
const MOST: u64 = 2_000;

#[test]
fn no_old_file_shows_its_secret_whatever_it_looks_like() {
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    let seed = number("HUBGATE_SEED").unwrap_or(now.as_nanos() as u64);
    let mut dice = Dice(seed);
    for case in 0..number("HUBGATE_CASES").unwrap_or(500).min(MOST) as usize {
        let canary = canary(&mut dice);
        let old = old_file(&mut dice, &canary);
        let seen = if case % WHOLE_WAY == 0 {
            there_and_back(&old)
        } else {
            planned(&old)
        };
        assert!(
            !shows(&seen, &canary),
            "HUBGATE_SEED={seed}, file {case}:\n{old}\nis seen in:\n{seen}"
        );
    }
}

/// What a dry run, and what a way back to it or from it, would tell.
fn planned(old: &str) -> String {
    let world = with(old);
    let secret = Secret::new(SECRET.to_owned());
    let wish = Wish {
        checked: &answers(ANSWERS),
        secret: &secret,
        prefix: world.prefix(),
        strict: false,
        hub_deadline: std::time::Duration::from_secs(1),
        patience: Patience::NONE,
        take_over: hubgate::apply::TakeOver::No,
    };
    let (plan, _) = plan_for(&world.process(), &wish).unwrap();
    let back = diff_of_others("c.GenericOAuthenticator.scope = []\n", old, "awscognito.py");
    let from = diff_of_others(old, "", "awscognito.py");
    format!("{plan:?} {} {back} {from}", serde_json::to_string(&plan).unwrap())
}

/// What stands in the records of an apply over it and of its rollback, and what these tell.
fn there_and_back(old: &str) -> String {
    let world = with(old);
    let process = world.process();
    let applied = applied(&process, &world, ANSWERS, SECRET);
    let back = rolled_back(&process, &world, BackTo::BeforeLastApply { force: false });
    let mut seen = format!("{} {applied:?} {back:?}", planned(old));
    for (path, node) in world.host.snapshot() {
        let is_record = path.starts_with("/var/lib/hubgate") && !path.to_string_lossy().ends_with(".before");
        if let Some(bytes) = node.bytes.filter(|_| is_record) {
            seen.push_str(&String::from_utf8_lossy(&bytes));
        }
    }
    seen
}

fn with(old: &str) -> World {
    let world = World::fresh();
    world
        .host
        .put(world.config("jupyterhub_config.d/awscognito.py"), old, 0o644);
    world.settle();
    world
}
