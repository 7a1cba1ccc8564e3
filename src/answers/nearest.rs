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
