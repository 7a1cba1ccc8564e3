//! What the hub's journal says when something is wrong, in plain words.

/// What mends a certificate that traefik cannot use.
pub const USABLE_CERTIFICATE: &str =
    "put certificate and key where traefik sees them, such as /etc/ssl, and check that they belong together";

/// A fault that the journal names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Symptom {
    /// A stable name, for JSON.
    pub name: &'static str,
    /// Texts that stand together in one line of the journal.
    marks: &'static [&'static str],
    /// What is wrong.
    pub what: &'static str,
    /// What mends it.
    pub remedy: &'static str,
    /// Whether the hub does not start at all.
    pub stops_the_hub: bool,
}

/// Every known symptom; a more telling one stands before a more general one.
///
/// Sources: real hubs run for this purpose, and <https://oauthenticator.readthedocs.io/en/latest/topic/allowing.html>
pub const SYMPTOMS: &[Symptom] = &[
    symptom(
        "secret-file",
        &["Cognito client secret"],
        true,
        "the client secret's file cannot be read or is empty",
        "run hubgate apply again, which writes it",
    ),
    symptom(
        "manage-groups",
        &["requires", "manage_groups"],
        true,
        "groups are used without manage_groups, which oauthenticator 17 refuses",
        "set c.GenericOAuthenticator.manage_groups = True, as hubgate's own file does",
    ),
    symptom(
        "crypt-key",
        &["auth_state is enabled, but encryption is not available"],
        true,
        "enable_auth_state is on without a key to encrypt with",
        "turn enable_auth_state off, or give the hub JUPYTERHUB_CRYPT_KEY",
    ),
    symptom(
        "port-in-use",
        &["ddress already in use"],
        true,
        "a port that the hub needs is in use by another program",
        "find it with: sudo ss -ltnp '( sport = :80 or sport = :443 or sport = :15001 )'",
    ),
    symptom(
        "certificate-unusable",
        &["failed to load X509 key pair"],
        true,
        "traefik cannot use the certificate: it does not see the files (its unit hides home folders), or the key is another's",
        USABLE_CERTIFICATE,
    ),
    symptom(
        "userdata-conflict",
        &["userdata_from_id_token", "userdata_url"],
        true,
        "userdata_from_id_token and userdata_url are set together",
        "set only one of them",
    ),
    symptom(
        "python-syntax",
        &["SyntaxError"],
        true,
        "a settings file is not valid Python",
        "mend the file and line that the journal names",
    ),
    symptom(
        "python-syntax",
        &["IndentationError"],
        true,
        "a settings file is not valid Python",
        "mend the file and line that the journal names",
    ),
    symptom(
        "import-error",
        &["ModuleNotFoundError"],
        true,
        "a settings file or the authenticator needs a package that the hub's environment lacks",
        "install it with PREFIX/hub/bin/python -m pip install NAME",
    ),
    symptom(
        "name-error",
        &["NameError"],
        true,
        "a settings file uses a name that is not there",
        "mend the file and line that the journal names",
    ),
    symptom(
        "config-yaml",
        &["yaml", "Error"],
        true,
        "config.yaml is not valid YAML",
        "mend it, or restore it with hubgate rollback",
    ),
    symptom(
        "wrong-secret",
        &["invalid_client"],
        false,
        "Cognito refuses the client secret",
        "copy the secret of this app client again and run hubgate apply",
    ),
    symptom(
        "code-refused",
        &["invalid_grant"],
        false,
        "Cognito refuses the login code: it was used already, or the client may not read an attribute that a scope asks for",
        "allow the client to read the attributes of the scopes",
    ),
    symptom(
        "callback-mismatch",
        &["redirect_mismatch"],
        false,
        "the callback URL is not registered with the app client",
        "register it in Cognito to the letter: App clients, Login pages",
    ),
    symptom(
        "invalid-scope",
        &["invalid_scope"],
        false,
        "a scope is not enabled for the app client",
        "enable it in Cognito: App clients, Login pages, OpenID Connect scopes",
    ),
    symptom(
        "no-openid",
        &["does not contain the 'openid' scope"],
        false,
        "the scope openid is missing",
        "ask for openid, and allow it for the app client",
    ),
    symptom(
        "username-claim",
        &["No ", " found in {"],
        false,
        "the claim for the user name is not in what Cognito tells",
        "choose a claim that every user has, such as username",
    ),
    symptom(
        "state-missing",
        &["OAuth state missing"],
        false,
        "people open the hub under another name than the callback URL's",
        "let people use exactly the hub's URL",
    ),
    symptom(
        "nobody-allowed",
        &["No allow config found"],
        false,
        "no rule lets anyone in",
        "run hubgate apply with --allow all, users or groups",
    ),
    symptom(
        "unknown-setting",
        &["Config option", "not recognized"],
        false,
        "a setting has a name that this oauthenticator does not know",
        "write the settings with hubgate apply, which knows the version",
    ),
    symptom(
        "deprecated-setting",
        // JupyterHub says the word of other things too, at the first start of TLJH's own cull-idle for one.
        &["Authenticator.", "deprecated"],
        false,
        "a setting has an outdated name",
        "write the settings with hubgate apply, which knows the version",
    ),
];

const fn symptom(
    name: &'static str,
    marks: &'static [&'static str],
    stops_the_hub: bool,
    what: &'static str,
    remedy: &'static str,
) -> Symptom {
    Symptom {
        name,
        marks,
        what,
        remedy,
        stops_the_hub,
    }
}

impl Symptom {
    fn shows_in(&self, line: &str) -> bool {
        self.marks.iter().all(|mark| line.contains(mark))
    }
}

/// The lines without the addresses that were asked for: those hold what anybody likes to write into them.
fn without_addresses(journal: &[String]) -> Vec<String> {
    const METHODS: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let strip = |line: &String| {
        let mut before = "";
        let kept = line.split(' ').filter(|word| {
            let is_address = METHODS.contains(&before) || before == "->";
            before = word;
            !is_address
        });
        kept.collect::<Vec<_>>().join(" ")
    };
    journal.iter().map(strip).collect()
}

/// Why a hub does not start, by its journal's lines.
pub fn symptom_of(journal: &[String]) -> Option<&'static Symptom> {
    let journal = without_addresses(journal);
    SYMPTOMS
        .iter()
        .find(|symptom| symptom.stops_the_hub && journal.iter().any(|line| symptom.shows_in(line)))
}

/// Everything that a journal tells of, each once, in the table's order.
pub fn symptoms_of(journal: &[String]) -> Vec<&'static Symptom> {
    let journal = without_addresses(journal);
    SYMPTOMS
        .iter()
        .filter(|symptom| journal.iter().any(|line| symptom.shows_in(line)))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn journal(lines: &[&str]) -> Vec<String> {
        lines.iter().map(ToString::to_string).collect()
    }

    fn named(lines: &[&str]) -> Vec<&'static str> {
        symptoms_of(&journal(lines))
            .iter()
            .map(|symptom| symptom.name)
            .collect()
    }

    #[test]
    fn a_quiet_journal_has_no_symptom() {
        let lines = ["[I JupyterHub app] JupyterHub is now running at http://127.0.0.1:15001"];
        assert!(named(&lines).is_empty());
        assert_eq!(symptom_of(&journal(&lines)), None);
    }

    #[test]
    fn everything_that_a_journal_tells_is_named_once() {
        let lines = [
            "SyntaxError: invalid syntax",
            "oauth2 error: invalid_client",
            "SyntaxError: invalid syntax",
        ];
        assert_eq!(named(&lines), ["python-syntax", "wrong-secret"]);
    }

    #[test]
    fn the_marks_of_a_symptom_stand_in_one_line() {
        assert_eq!(
            named(&["ValueError: claim_groups_key requires manage_groups"]),
            ["manage-groups"]
        );
        assert!(named(&["it requires a key", "c.Authenticator.manage_groups"]).is_empty());
    }

    #[test]
    fn a_hub_that_does_not_start_is_not_explained_by_a_login_that_failed() {
        let lines = [
            "oauth2 error: invalid_client",
            "NameError: name 'x' is not defined",
        ];
        assert_eq!(symptom_of(&journal(&lines)).unwrap().name, "name-error");
        assert_eq!(symptom_of(&journal(&lines[..1])), None);
    }

    #[test]
    fn what_somebody_writes_into_an_address_is_no_symptom() {
        for method in ["GET", "POST", "OPTIONS"] {
            let line = format!("[W web] 404 {method} /hub/oauth_callback?error=invalid_client (@::1) 3ms");
            assert!(named(&[&line]).is_empty(), "{line}");
        }
        assert!(named(&["[I log] 302 GET / -> /hub/login?next=NameError (@::1) 1ms"]).is_empty());
        assert_eq!(
            named(&["[E web] 500 GET /hub/x invalid_client"]),
            ["wrong-secret"]
        );
    }
}
