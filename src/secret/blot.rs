//! What other programs print may let somebody in: it is blotted out before anyone sees it.

const BLOT: &str = "[secret]";

/// Names in a URL. The hub logs the URL of a login that fails, with its authorization code.
const IN_URLS: [&str; 3] = ["code", "state", "code_verifier"];

/// Names that stand in front of a secret anywhere.
const ANYWHERE: [&str; 7] = [
    "client_secret",
    "access_token",
    "id_token",
    "refresh_token",
    "token",
    "bearer",
    "basic",
];

/// systemd says `code=exited` of a process.
const NO_CODES: [&str; 3] = ["exited", "killed", "dumped"];

/// Cognito's secrets, tokens and states are longer; a client id, which is public, is shorter.
const LONG: usize = 40;

/// `text` without authorization codes, states and tokens, and without anything as long and random as a
/// secret.
pub fn blot_out(text: &str) -> String {
    // Offsets are the same: only ASCII letters change.
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some((from, to)) = next_value(&lower, at) {
        out.push_str(&text[at..from]);
        out.push_str(BLOT);
        at = to;
    }
    out.push_str(&text[at..]);
    without_long_runs(&out)
}

/// Where the next value stands that follows one of the names.
fn next_value(lower: &str, at: usize) -> Option<(usize, usize)> {
    let found = |name: &'static str, anywhere: bool| {
        let places = lower[at..].match_indices(name).map(move |(place, _)| at + place);
        let mut begin = places.filter(|place| is_begin(&lower[..*place]));
        begin.find_map(|place| value(lower, place + name.len(), anywhere))
    };
    let in_urls = IN_URLS.iter().filter_map(|name| found(name, false));
    in_urls
        .chain(ANYWHERE.iter().filter_map(|name| found(name, true)))
        .min()
}

/// Whether a name may begin behind this, also where it stands in a URL within a URL.
fn is_begin(before: &str) -> bool {
    let in_a_word = before.ends_with(|c: char| c.is_alphanumeric() || c == '_');
    !in_a_word || before.ends_with("%3f") || before.ends_with("%26")
}

/// The value behind a name that ends at `end`.
fn value(lower: &str, end: usize, anywhere: bool) -> Option<(usize, usize)> {
    let rest = &lower[end..];
    let behind_equals = rest.strip_prefix('=').or_else(|| rest.strip_prefix("%3d"));
    let behind = match behind_equals {
        None if anywhere => rest.trim_start_matches(['"', '\'', ' ']).strip_prefix([':', '=']),
        found => found,
    };
    // As in `Authorization: Bearer …`
    let behind = behind.or_else(|| rest.strip_prefix(' ').filter(|rest| anywhere && word(rest) >= 16))?;
    let value = behind.trim_start_matches([' ', '"', '\'']);
    let from = lower.len() - value.len();
    let length = word(value);
    let is_secret = length > 0 && !NO_CODES.contains(&&value[..length]);
    is_secret.then_some((from, from + length))
}

/// How long a value is that `text` begins with.
fn word(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || "&'\"(),;<>[]{}".contains(c));
    let ends = end.into_iter().chain(text.find("%26"));
    ends.min().unwrap_or(text.len())
}

fn without_long_runs(text: &str) -> String {
    let in_run = |c: char| c.is_ascii_alphanumeric() || "+-_".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_run) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run.find(|c| !in_run(c)).unwrap_or(run.len()));
        out.push_str(before);
        out.push_str(if is_random(run) { BLOT } else { run });
        rest = after;
    }
    out + rest
}

/// Long names of files and hosts have words, and no capitals between.
fn is_random(run: &str) -> bool {
    let has = |what: fn(&char) -> bool| run.chars().any(|c| what(&c));
    let one_word = !run.contains(['-', '_']);
    let mixed = has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    run.len() >= LONG && has(char::is_ascii_digit) && has(char::is_ascii_alphabetic) && (one_word || mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lets_somebody_in_is_blotted_out() {
        for (line, shown) in [
            (
                "403 GET /hub/oauth_callback?code=canary-1&state=canary2%3D (@10.0.0.1) 12.5ms",
                "403 GET /hub/oauth_callback?code=[secret]&state=[secret] (@10.0.0.1) 12.5ms",
            ),
            (
                "302 GET /hub/login?next=%2Fhub%2Foauth_callback%3Fcode%3Dcanary%26state%3Dcanary",
                "302 GET /hub/login?next=%2Fhub%2Foauth_callback%3Fcode%3D[secret]%26state%3D[secret]",
            ),
            (
                "{'access_token': 'canary', \"id_token\":\"canary\", 'expires_in': 3600}",
                "{'access_token': '[secret]', \"id_token\":\"[secret]\", 'expires_in': 3600}",
            ),
            ("client_secret = \"canary\"", "client_secret = \"[secret]\""),
            (
                "Authorization: Basic Y2FuYXJ5Y2FuYXJ5",
                "Authorization: Basic [secret]",
            ),
            (
                "OAuth state mismatch: eyJzdGF0ZV9pZCI6ICJjYW5hcnljYW5hcnkwIn0canary != None",
                "OAuth state mismatch: [secret] != None",
            ),
            (
                "got 1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2.",
                "got [secret].",
            ),
        ] {
            assert_eq!(blot_out(line), shown);
        }
    }

    #[test]
    fn what_tells_of_a_fault_stays() {
        for line in [
            "jupyterhub.service: Main process exited, code=exited, status=1/FAILURE",
            "  File \"/opt/tljh/hub/lib/python3.12/site-packages/a_very_long_name_of_a_module_of_somebody_2.py\"",
            "ModuleNotFoundError: No module named 'oauthenticator'",
            "HTTP 400: invalid_grant for client 3n4b5urk1ft4fl3mg5e62d9ado",
            "invalid token, and basic authentication; état: ok",
        ] {
            assert_eq!(blot_out(line), line);
        }
    }
}
