//! What may be a client secret that was pasted where none belongs.

/// Cognito's client ids have 26 characters and its secrets about fifty: from here on a run of letters and
/// digits is taken for a secret.
const PASTED: usize = 40;

/// Long runs of letters and digits are left out: they are longer than any id or host name's part that
/// people type.
pub fn without_pasted(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(of_secret) {
        let (before, run) = rest.split_at(start);
        let (run, after) = run.split_at(run.find(|c| !of_secret(c)).unwrap_or(run.len()));
        shown.push_str(before);
        shown.push_str(if run.len() >= PASTED && is_mixed(run) {
            "…"
        } else {
            run
        });
        rest = after;
    }
    shown + rest
}

/// Whether the text holds such a run.
pub fn holds_pasted(text: &str) -> bool {
    text.split(|c| !of_secret(c))
        .any(|run| run.len() >= PASTED && is_mixed(run))
}

/// Whether a name is the secret itself. Names that long have words in them, with a digit here and there;
/// in a secret letters and digits take turns.
pub(super) fn is_secret_for_a_name(name: &str) -> bool {
    let turns = name
        .as_bytes()
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    name.len() >= PASTED && name.chars().all(of_secret) && turns >= 8
}

/// Cognito makes secrets of `[\w+]+`.
fn of_secret(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '+'
}

fn is_mixed(run: &str) -> bool {
    run.contains(|c: char| c.is_ascii_digit()) && run.contains(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2";

    #[test]
    fn a_secret_is_left_out_of_a_sentence() {
        let text = format!("'{SECRET}' is not a host name");
        assert_eq!(without_pasted(&text), "'…' is not a host name");
        assert!(holds_pasted(&text));
    }

    #[test]
    fn ids_hosts_and_names_are_shown() {
        for text in [
            "3n4b5urk1ft4fl3mg5e62d9ado",
            "a-very-long-name-of-a-host-2.auth.eu-west-1.amazoncognito.com",
            "'ada lovelace' is no user name",
        ] {
            assert_eq!(without_pasted(text), text);
            assert!(!holds_pasted(text));
        }
    }

    #[test]
    fn a_name_of_words_is_no_secret() {
        assert!(is_secret_for_a_name(SECRET));
        assert!(!is_secret_for_a_name(
            "hubgate_production_cognito_client_secret_2024_v2"
        ));
        assert!(!is_secret_for_a_name(
            "/hubgate/1kvq0v8jd2l5bl3g8uf7hkrnk1bq9dg3b6l2q5v4pmr0s7t1u8w2"
        ));
    }
}
