//! Hubs by a seed: answers, and leftovers that a hub may have. Each is laid out as a real hub is, so that it can be
//! started as well as looked at.

use crate::hub::{Leftovers, RELEASES};

/// One generated hub.
#[derive(Debug, Clone)]
pub struct Case {
    pub oauthenticator: &'static str,
    pub allow: &'static str,
    /// Which claim is people's name.
    pub claim: &'static str,
    /// Who is in the hub's database already, and whether they administer it.
    pub known: Vec<(String, bool)>,
    pub leftovers: Leftovers,
    /// Each leftover setting: the class, the setting.
    pub set: Vec<(String, &'static str)>,
    /// Whether code of the case's own takes part.
    pub has_code: bool,
}

/// Numbers from a seed, the same on every machine (SplitMix64).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub fn one_in(&mut self, of: u64) -> bool {
        self.roll().is_multiple_of(of)
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        let at = usize::try_from(self.roll() % from.len() as u64).unwrap();
        from[at]
    }
}

const CLASSES: [&str; 5] = [
    "Authenticator",
    "OAuthenticator",
    "GenericOAuthenticator",
    "JupyterHub.GenericOAuthenticator",
    "GitHubOAuthenticator",
];

/// A setting with a value in YAML that is one in Python too, as far as `python` leaves it.
const SETTINGS: [(&str, &str); 30] = [
    ("allow_all", "true"),
    ("allow_all", "true"),
    ("allow_all", "false"),
    ("allow_existing_users", "true"),
    ("allowed_users", "['mallory', 'mallory@example.org']"),
    ("allowed_users", "[]"),
    ("admin_users", "['mallory', 'grace', 'grace@example.org']"),
    ("blocked_users", "['grace', 'grace@example.org']"),
    ("admin_groups", "['others']"),
    ("allowed_groups", "['teachers']"),
    (
        "username_map",
        "{'mallory': 'grace', 'mallory@example.org': 'grace@example.org'}",
    ),
    ("username_pattern", "'^[a-m].*$'"),
    ("any_allow_config", "true"),
    ("manage_groups", "false"),
    ("manage_groups", "true"),
    ("whitelist", "['mallory']"),
    ("username_key", "'sub'"),
    ("username_claim", "'nothing'"),
    ("claim_groups_key", "'cognito:groups'"),
    ("scope", "['openid']"),
    ("scope", "[]"),
    ("scope", "['openid', 'bogus']"),
    ("basic_auth", "true"),
    ("userdata_token_method", "'url'"),
    ("enable_pkce", "false"),
    ("delete_invalid_users", "true"),
    ("auto_login", "true"),
    (
        "token_url",
        "'https://other.auth.eu-west-1.amazoncognito.com/oauth2/token'",
    ),
    ("client_id", "'another0client'"),
    ("userdata_url", "''"),
];

const CODE: [&str; 3] = [
    "def hook(login, handler, model):\n    return model\n\nc.Authenticator.post_auth_hook = hook\n",
    "from oauthenticator.generic import GenericOAuthenticator\n\n\nclass Mine(GenericOAuthenticator):\n    \
     def check_allowed(self, username, model=None):\n        return True\n\n\nc.JupyterHub.authenticator_class = Mine\n",
    "def name(claims):\n    return 'ada'\n\n\nc.GenericOAuthenticator.username_claim = name\n\
     c.GenericOAuthenticator.username_key = name\n",
];

const OWN_CLASS: &str = "from oauthenticator.generic import GenericOAuthenticator\n\n\n";

/// Classes of one's own without code: what is set on them beats what is set on their parents.
const CLASS_BODIES: [&str; 4] = [
    "class Plain(GenericOAuthenticator):\n    pass\n\n\nc.JupyterHub.authenticator_class = Plain\n\
     c.Plain.blocked_users = {'sam', 'sam@example.org'}\n",
    "class Plain(GenericOAuthenticator):\n    pass\n\n\nc.JupyterHub.authenticator_class = Plain\n\
     c.Plain.allow_all = True\n",
    "class Plain(GenericOAuthenticator):\n    allow_all = True\n\n\nc.JupyterHub.authenticator_class = Plain\n",
    "from traitlets import Set\n\n\nclass Plain(GenericOAuthenticator):\n    \
     admin_users = Set({'tess'}, config=True)\n\n\nc.JupyterHub.authenticator_class = Plain\n",
];

/// What a file adds to, without setting it, and what is not the login's.
const ADDED: [&str; 5] = [
    "c.Authenticator.allowed_users.add('sam')\n",
    "c.GenericOAuthenticator.admin_users.update({'tess', 'tess@example.org'})\n",
    "c.JupyterHub.load_groups = {'lab': ['grace']}\n",
    "c.JupyterHub.load_roles = [{'name': 'admin', 'users': ['mallory']}]\n",
    "c.JupyterHub.admin_access = True\nc.Authenticator.enable_auth_state = False\n",
];

const VARIABLES: [(&str, &str); 8] = [
    (
        "OAUTH2_AUTHORIZE_URL",
        "https://other.auth.eu-west-1.amazoncognito.com/oauth2/authorize",
    ),
    ("OAUTH2_USERNAME_KEY", "sub"),
    ("OAUTH2_GROUPS_KEY", "cognito:groups"),
    ("OAUTH_CLIENT_ID", "another0client"),
    ("OAUTH2_USERDATA_REQUEST_TYPE", "url"),
    ("OAUTH2_BASIC_AUTH", "1"),
    ("OAUTH2_USERDATA_URL", "https://hub.example.org/userdata"),
    ("OAUTH_CALLBACK_URL", "https://hub.example.org/elsewhere"),
];

fn python(value: &str) -> String {
    match value {
        "true" => "True".to_owned(),
        "false" => "False".to_owned(),
        other => other.to_owned(),
    }
}

/// The case of this number.
pub fn case(seed: u64, number: u64) -> Case {
    let mut dice = Dice::new(seed ^ number.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let oauthenticator = dice.pick(&RELEASES);
    let rules: &[&str] = match oauthenticator {
        "17.4.0" | "16.3.1" => &["all", "users", "groups"],
        _ => &["all", "users"],
    };
    let mut case = Case {
        oauthenticator,
        allow: dice.pick(rules),
        claim: dice.pick(&["username", "username", "email"]),
        known: Vec::new(),
        leftovers: Leftovers::default(),
        set: Vec::new(),
        has_code: false,
    };
    for _ in 0..dice.pick(&[1, 1, 2, 3]) {
        leave_something(&mut case, &mut dice);
    }
    if dice.one_in(8) {
        let text = dice.pick(&CODE).to_owned();
        case.leftovers.files.push(("m-code.py".into(), text));
        case.has_code = true;
    }
    if dice.one_in(5) {
        let text = OWN_CLASS.to_owned() + dice.pick(&CLASS_BODIES);
        case.leftovers.files.push(("n-class.py".into(), text));
    }
    if dice.one_in(6) {
        let text = dice.pick(&ADDED).to_owned();
        case.leftovers.files.push(("o-added.py".into(), text));
    }
    if dice.one_in(4) {
        let (name, value) = dice.pick(&VARIABLES);
        case.leftovers.environment.push((name.into(), value.into()));
    }
    if dice.one_in(5) {
        case.leftovers.users.push_str("  banned: [tess]\n");
    }
    let known: &[(&str, bool)] = dice.pick(&[
        &[],
        &[],
        &[("mallory", true)],
        &[("sam", false)],
        &[("ada", false), ("tess", true)],
    ]);
    let suffix = if case.claim == "email" { "@example.org" } else { "" };
    let named = known
        .iter()
        .map(|(name, admin)| (format!("{name}{suffix}"), *admin));
    case.known = named.collect();
    case
}

fn leave_something(case: &mut Case, dice: &mut Dice) {
    let class = dice.pick(&CLASSES);
    let (name, value) = dice.pick(&SETTINGS);
    let again = case
        .set
        .iter()
        .any(|(other, setting)| other == class && *setting == name);
    if again {
        return;
    }
    case.set.push((class.to_owned(), name));
    let in_yaml = !class.contains('.') && dice.one_in(2);
    if in_yaml {
        let header = format!("  {class}:\n");
        let line = format!("    {name}: {value}\n");
        match case.leftovers.auth.find(&header) {
            Some(at) => case.leftovers.auth.insert_str(at + header.len(), &line),
            None => case.leftovers.auth += &(header + &line),
        }
        return;
    }
    let value = python(value);
    let line = match dice.pick(&["set", "update", "item"]) {
        "update" => format!("c.{class}.update({{'{name}': {value}}})\n"),
        "item" => format!("c.{class}['{name}'] = {value}\n"),
        _ => format!("c.{class}.{name} = {value}\n"),
    };
    let file = dice.pick(&["0-before.py", "zz-after.py"]);
    match case.leftovers.files.iter_mut().find(|(name, _)| name == file) {
        Some((_, text)) => text.push_str(&line),
        None => case.leftovers.files.push((file.into(), line)),
    }
}
