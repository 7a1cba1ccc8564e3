//! YAML as `tljh-config` writes it: block style, keys in the order they came.

use serde_json::Value;

/// Reads a `config.yaml`. An empty one is an empty mapping here, as `tljh-config` finds it after its own
/// crash, and as TLJH loads it.
pub fn read(text: &str) -> Result<Value, String> {
    let value: Option<Value> = serde_saphyr::from_str(text).map_err(|error| error.to_string())?;
    match value {
        None | Some(Value::Null) => Ok(Value::Object(serde_json::Map::new())),
        Some(value @ Value::Object(_)) => Ok(value),
        Some(_) => Err("not a mapping".to_owned()),
    }
}

/// Writes it.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    block(value, 0, &mut text);
    text
}

fn block(value: &Value, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, value) in map {
                text.push_str(&format!("{indent}{}:", word(key)));
                nested(value, depth, text);
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let indent = "  ".repeat(depth.saturating_sub(1));
            for item in list {
                text.push_str(&format!("{indent}- {}\n", scalar(item)));
            }
        }
        other => text.push_str(&format!("{}\n", scalar(other))),
    }
}

fn nested(value: &Value, depth: usize, text: &mut String) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            text.push('\n');
            block(value, depth + 1, text);
        }
        Value::Array(list) if !list.is_empty() => {
            text.push('\n');
            block(value, depth + 1, text);
        }
        other => text.push_str(&format!(" {}\n", scalar(other))),
    }
}

fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) => word(text),
        other => other.to_string(),
    }
}

fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./@".contains(c);
    let starts_well = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
    let reserved = ["true", "false", "null", "yes", "no", "on", "off"].contains(&text);
    if starts_well && !reserved && text.chars().all(plain) {
        text.to_owned()
    } else {
        serde_json::to_string(text).unwrap()
    }
}
