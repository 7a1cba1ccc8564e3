//! What the hub's log says about our settings.

/// Marks of a warning that concerns the configuration rather than a login, the machine or the network.
const OURS: [&str; 7] = [
    "Authenticator",
    "allow config",
    "allow_all",
    "deprecat",
    "not recognized",
    "Config option",
    "awscognito",
];

/// The rehearsal's own doing, or said of every hub.
const NOT_OURS: [&str; 2] = ["JupyterEventsVersionWarning", "No admin users"];

/// The lines of the hub's log in which it complains about the configuration.
pub fn complaints(log: &str) -> Vec<String> {
    let concerns_us = |line: &&str| {
        OURS.iter().any(|mark| line.contains(mark)) && !NOT_OURS.iter().any(|mark| line.contains(mark))
    };
    log.lines()
        .filter(|line| is_complaint(line))
        .filter(concerns_us)
        .map(shown)
        .collect()
}

/// The last lines that tell why a hub went down: from its last error on, or simply the last ones.
pub fn last_words(log: &str) -> Vec<String> {
    const MOST: usize = 12;
    let lines: Vec<&str> = log.lines().filter(|line| !line.trim().is_empty()).collect();
    let is_error =
        |line: &&str| line.starts_with("[E ") || line.starts_with("[C ") || line.starts_with("Traceback");
    let from = lines.iter().position(is_error).unwrap_or(0);
    let told: Vec<&str> = lines[from..]
        .iter()
        .copied()
        .filter(|line| !is_frame(line))
        .collect();
    told.iter()
        .skip(told.len().saturating_sub(MOST))
        .map(|line| shown(line))
        .collect()
}

/// The errors that the hub logged while people logged in, each with the exception behind it.
pub fn errors(log: &str) -> Vec<String> {
    const MOST: usize = 8;
    let mut errors: Vec<String> = Vec::new();
    for line in log.lines() {
        // The request's headers follow as an error of their own, and the access log repeats the status.
        let is_news = line.starts_with("[E ") && !line.contains(" JupyterHub log:");
        if (is_news || is_exception(line)) && errors.len() < MOST {
            errors.push(shown(line));
        }
    }
    errors
}

/// `    ValueError: …`, at the end of a traceback.
fn is_exception(line: &str) -> bool {
    let kind = line.trim_start().split(": ").next().unwrap_or_default();
    line.starts_with(' ') && !kind.contains(' ') && (kind.ends_with("Error") || kind.ends_with("Exception"))
}

/// A traceback's frames, in which nobody but a programmer reads anything, apart from those in our own file.
fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    if text.starts_with("File \"") && text.contains("awscognito.py") {
        return false;
    }
    line.len() > text.len()
        && (text.starts_with("File \"") || line.starts_with("        ") || text.starts_with("^"))
}

/// `[W 2026-11-22 01:04:27.893 JupyterHub app:2821] …`, or a warning of Python's own.
fn is_complaint(line: &str) -> bool {
    ["[W ", "[E ", "[C "].iter().any(|level| line.starts_with(level)) || line.contains("Warning: ")
}

/// Without control characters, and without the codes that a callback URL carries.
fn shown(line: &str) -> String {
    let line: String = line.chars().filter(|c| !c.is_control()).take(300).collect();
    match line.split_once("oauth_callback?") {
        Some((before, rest)) => {
            let after = rest.find(char::is_whitespace).map_or("", |end| &rest[end..]);
            format!("{before}oauth_callback?…{after}")
        }
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From real hubs.
    const BAD: [&str; 4] = [
        "[W 2026-11-22 01:04:27.893 JupyterHub configurable:213] Config option `userdata_method` not recognized by `GenericOAuthenticator`.  Did you mean one of: `userdata_params, userdata_url`?",
        "[W 2026-11-22 01:04:27.893 JupyterHub oauth2:1500] GenericOAuthenticator.username_key is deprecated in GenericOAuthenticator 16.0.0, use GenericOAuthenticator.username_claim instead",
        "[W 2026-11-22 01:04:27.893 JupyterHub auth:211] No allow config found, it's possible that nobody can login to your Hub!",
        "[E 2026-11-22 01:04:27.893 JupyterHub oauth2:1244] The auth_state_groups_key oauth_user.cognito:groups does not exist in the auth_model of GenericOAuthenticator",
    ];

    /// Likewise: what every rehearsal provokes.
    const HARMLESS: [&str; 6] = [
        "[W 2026-11-22 01:14:05.860 JupyterHub auth:768] User 'eve' not allowed.",
        "[W 2026-11-22 01:14:05.860 JupyterHub base:998] Failed login for 'unknown user'",
        "[W 2026-11-22 01:04:29.653 JupyterHub log:192] 403 GET /hub/oauth_callback?code=[secret]&state=[secret] (@127.0.0.1) 35.06ms",
        "/x/site-packages/jupyter_events/schema.py:68: JupyterEventsVersionWarning: The `version` property of an event schema must be a string. It has been type coerced, but in a future version of this library, it will fail to validate.",
        "[I 2026-11-22 01:04:27.893 JupyterHub app:2821] Using Authenticator: oauthenticator.generic.GenericOAuthenticator-17.4.0",
        "[W 2026-11-22 01:04:27.893 JupyterHub app:1] No admin users, admin interface will be unavailable.",
    ];

    #[test]
    fn complaints_about_settings_are_found_among_what_every_login_says() {
        let log = [&HARMLESS[..], &BAD[..]].concat().join("\n");
        assert_eq!(complaints(&log).len(), BAD.len());
        assert_eq!(complaints(&HARMLESS.join("\n")), [""; 0]);
    }

    #[test]
    fn a_crash_is_told_by_its_last_error_without_frames() {
        let log = "[I x JupyterHub app:1] Running\n[E 2026 JupyterHub app:3944]\n    Traceback (most recent call last):\n      \
                   File \"/x/app.py\", line 1, in f\n        raise E\n    RuntimeError: the secret is missing\n\n";
        let told = last_words(log);
        assert_eq!(
            told.first().map(String::as_str),
            Some("[E 2026 JupyterHub app:3944]")
        );
        assert_eq!(
            told.last().map(String::as_str),
            Some("    RuntimeError: the secret is missing")
        );
        assert!(!told.iter().any(|line| line.contains("File")), "{told:?}");
    }

    #[test]
    fn a_fault_in_our_own_file_is_told_with_its_line() {
        let log = "[E 2026 JupyterHub app:3944]\n    Traceback (most recent call last):\n      \
                   File \"/t/jupyterhub_config.d/awscognito.py\", line 30\n        x = (\n            ^\n    \
                   SyntaxError: '(' was never closed\n";
        let told = last_words(log).join("\n");
        assert!(
            told.contains("awscognito.py\", line 30") && told.ends_with("SyntaxError: '(' was never closed")
        );
    }

    #[test]
    fn an_error_of_a_login_is_told_with_its_exception() {
        let log = "[E 2026 JupyterHub oauth2:1181] No login found in {'sub': '1'}\n\
                   [E 2026 JupyterHub web:1973] Uncaught exception GET /hub/oauth_callback?code=c1 (127.0.0.1)\n    \
                   HTTPServerRequest(protocol='http')\n    Traceback (most recent call last):\n      \
                   File \"/x/oauth2.py\", line 1182, in f\n        raise ValueError(message)\n    \
                   ValueError: No login found\n\
                   [E 2026 JupyterHub log:183] {\n      \"Host\": \"127.0.0.1\"\n    }\n\
                   [E 2026 JupyterHub log:191] 500 GET /hub/oauth_callback\n";
        let expected = [
            "[E 2026 JupyterHub oauth2:1181] No login found in {'sub': '1'}",
            "[E 2026 JupyterHub web:1973] Uncaught exception GET /hub/oauth_callback?… (127.0.0.1)",
            "    ValueError: No login found",
        ];
        assert_eq!(errors(log), expected);
    }

    #[test]
    fn no_authorization_code_is_shown() {
        let line = "[W 2026 JupyterHub web:2106] 403 GET /hub/oauth_callback?code=c53c&state=eyJz (127.0.0.1): Authenticator deprecated";
        let told = complaints(line);
        assert_eq!(told.len(), 1);
        assert!(
            told.iter()
                .all(|line| !line.contains("c53c") && line.contains("oauth_callback?… (127.0.0.1)")),
            "{told:?}"
        );
    }
}
