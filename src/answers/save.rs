//! Writes answers into `hubgate.toml` without touching a person's comments, order and other keys.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, TomlError, Value};

use super::given::Layer;
use super::setting::{Key, Kind, Setting};

/// The text of a new answers file that says `given`.
pub fn save(given: &Layer) -> String {
    let mut document = DocumentMut::new();
    put_all(&mut document, given);
    document.to_string()
}

/// Makes the text of an answers file, which may be empty, say `given` and no other setting, and
/// returns the new text. Values that are already there keep their place, their comments and, when
/// equal, their bytes; settings that `given` lacks go, since they could contradict it.
///
/// The client secret is only ever present as its source, so no secret can be written.
///
/// # Errors
/// When `existing` is not TOML.
pub fn save_into(existing: &str, given: &Layer) -> Result<String, TomlError> {
    let mut document: DocumentMut = existing.parse()?;
    put_all(&mut document, given);
    Ok(document.to_string())
}

fn put_all(document: &mut DocumentMut, given: &Layer) {
    for (key, given) in given {
        let setting = key.setting();
        let Some(value) = value_of(*key, &given.texts()) else {
            continue;
        };
        let fresh = !document.contains_key(setting.table);
        let table = document
            .entry(setting.table)
            .or_insert_with(|| Item::Table(Table::new()));
        if fresh && let Some(table) = table.as_table_mut() {
            table.set_implicit(false);
        }
        if let Some(table) = table.as_table_like_mut() {
            put(table, setting, value);
        }
    }
    for setting in Key::all()
        .filter(|key| !given.contains_key(key))
        .map(Key::setting)
    {
        let table = document.get_mut(setting.table).and_then(Item::as_table_like_mut);
        if let Some(table) = table {
            table.remove(setting.name);
        }
    }
}

fn put(table: &mut dyn TableLike, setting: &Setting, mut value: Value) {
    match table.get_mut(setting.name).and_then(Item::as_value_mut) {
        Some(old) if same(old, &value) => {}
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(setting.name, Item::Value(value));
        }
    }
}

fn value_of(key: Key, texts: &[&str]) -> Option<Value> {
    match key.setting().kind() {
        Kind::Text => texts.last().map(|text| Value::from(*text)),
        Kind::Switch => texts.last().map(|text| Value::from(*text == "true")),
        Kind::List => Some(Value::Array(texts.iter().copied().collect::<Array>())),
    }
}

fn same(old: &Value, new: &Value) -> bool {
    match (old, new) {
        (Value::Array(old), Value::Array(new)) => {
            old.len() == new.len() && old.iter().zip(new.iter()).all(|(old, new)| same(old, new))
        }
        (old, new) => match (old.as_str(), new.as_str()) {
            (Some(old), Some(new)) => old == new,
            _ => old.as_bool().is_some() && old.as_bool() == new.as_bool(),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::answers::{Given, Origin};

    #[test]
    fn comments_and_order_survive_and_what_was_taken_back_goes() {
        let existing = "# ours\n[access]\nallow = \"all\" # for now\n\n[hub]\nurl = 'https://old.example.org' # moved\nadmins = [\"ada\"]\n\n[https]\nmode = \"proxy\"\nemail = \"ops@example.org\"\n";
        let mut given = Layer::new();
        given.insert(Key::HubUrl, Given::one("https://hub.example.org", Origin::Prompt));
        given.insert(Key::Admins, Given::many(["ada"], Origin::Prompt));
        given.insert(Key::HttpsMode, Given::one("proxy", Origin::Prompt));
        given.insert(Key::Allow, Given::one("all", Origin::Prompt));
        given.insert(Key::Domain, Given::one("auth.example.org", Origin::Prompt));
        let saved = save_into(existing, &given).unwrap();
        assert_eq!(
            saved,
            "# ours\n[access]\nallow = \"all\" # for now\n\n[hub]\nurl = \"https://hub.example.org\" # moved\nadmins = [\"ada\"]\n\n[https]\nmode = \"proxy\"\n\n[cognito]\ndomain = \"auth.example.org\"\n"
        );
    }

    #[test]
    fn what_changed_is_written_and_what_did_not_keeps_its_bytes() {
        for (existing, key, texts, saved) in [
            (
                "auto_login = false # ours",
                Key::AutoLogin,
                &["true"][..],
                "auto_login = true # ours",
            ),
            (
                "auto_login = true # ours",
                Key::AutoLogin,
                &["true"],
                "auto_login = true # ours",
            ),
            (
                "auto_login = 1 # ours",
                Key::AutoLogin,
                &["false"],
                "auto_login = false # ours",
            ),
            (
                "domain = 5 # ours",
                Key::Domain,
                &["a.org"],
                "domain = \"a.org\" # ours",
            ),
            ("domain = 'a.org'", Key::Domain, &["a.org"], "domain = 'a.org'"),
            (
                "scopes = [ 'openid' ]",
                Key::Scopes,
                &["openid"],
                "scopes = [ 'openid' ]",
            ),
            (
                "scopes = [ 'openid' ]",
                Key::Scopes,
                &["email"],
                "scopes = [\"email\"]",
            ),
            (
                "scopes = [ 'openid' ]",
                Key::Scopes,
                &["openid", "email"],
                "scopes = [\"openid\", \"email\"]",
            ),
        ] {
            let mut given = Layer::new();
            given.insert(key, Given::many(texts.iter().copied(), Origin::Prompt));
            let text = save_into(&format!("[cognito]\n{existing}\n"), &given).unwrap();
            assert_eq!(text, format!("[cognito]\n{saved}\n"));
        }
    }
}
