//! What was probably meant.

/// The known name that was probably meant.
pub(super) fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = name.to_lowercase().replace('-', "_");
    let near = known
        .into_iter()
        .map(|k| (strsim::damerau_levenshtein(&typed, k), k))
        .min();
    near.filter(|(distance, k)| *distance <= 1 + k.len() / 4)
        .map(|(_, k)| k)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_name_may_be_further_off_than_a_short_one() {
        let known = ["url", "client_secret"];
        for (typed, meant) in [
            ("urk", Some("url")),
            ("uri_", None),
            ("Client-Sekret", Some("client_secret")),
            ("clyent_sekrat", Some("client_secret")),
            ("klyent_sekrats", None),
        ] {
            assert_eq!(nearest(typed, known), meant, "{typed}");
        }
    }
}
