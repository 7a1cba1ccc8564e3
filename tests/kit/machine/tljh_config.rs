//! `tljh-config`.

use std::path::Path;
use std::sync::{Arc, Mutex};

use hubgate::host::memory::{MemoryHost, failed, finished, hangs};
use hubgate::host::{Files, Finished, Invocation, RunError};
use serde_json::Value;

use super::programs::{took, words};
use super::running::Running;
use super::{settings, yaml};

/// `tljh-config`, its endless `reload` of a hub that cannot start included.
pub fn tljh_config(
    call: &Invocation,
    host: &MemoryHost,
    prefix: &Path,
    units: &Arc<Mutex<Running>>,
) -> Result<Finished, RunError> {
    let words = words(call);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["reload", "proxy"] => {
            let mut units = units.lock().unwrap();
            if units.traefik_given_up {
                return Ok(failed(
                    1,
                    "CalledProcessError: systemctl restart traefik.service\n",
                ));
            }
            if let Err(error) = settings::config(host, prefix) {
                return Ok(failed(1, format!("ruamel.yaml.scanner.ScannerError: {error}\n")));
            }
            host.put(prefix.join("state/traefik.toml"), "written by tljh-config", 0o600);
            units.start_proxy(host, prefix);
            Ok(took(
                1.5,
                finished("Proxy reload with new configuration complete\n"),
            ))
        }
        ["reload"] | ["reload", "hub"] => {
            units.lock().unwrap().start_hub(host, prefix);
            if units.lock().unwrap().hub.is_err() {
                return Err(hangs(call, "Hub not ready: (HTTP status 502)\n"));
            }
            Ok(took(
                3.2,
                finished("Hub reload with new configuration complete\n"),
            ))
        }
        [command, path, ref value @ ..] => change(host, prefix, command, path, value.first().copied()),
        _ => Ok(failed(2, "usage\n")),
    }
}

/// Under TLJH's own lock: read, edit, write in place.
fn change(
    host: &MemoryHost,
    prefix: &Path,
    command: &str,
    path: &str,
    value: Option<&str>,
) -> Result<Finished, RunError> {
    let file = prefix.join("config/config.yaml");
    let Some(_lock) = host.try_lock(&prefix.join("config/config.yaml.lock")).unwrap() else {
        return Ok(took(
            1.0,
            failed(1, "Another instance of tljh-config holds the lock\n"),
        ));
    };
    let before = host.stat(&file).unwrap();
    let text = before
        .as_ref()
        .map_or(String::new(), |_| host.read_to_string(&file).unwrap());
    let mut config = match yaml::read(&text) {
        Ok(config) => config,
        Err(error) => return Ok(failed(1, format!("ParserError: {error}\n"))),
    };
    if let Err(error) = edit(&mut config, command, path, value) {
        return Ok(failed(1, format!("ValueError: {error}\n")));
    }
    let mode = before.map_or(0o644, |stat| stat.mode);
    write_in_place(host, &file, yaml::write(&config).as_bytes(), mode);
    Ok(took(0.1, finished("")))
}

/// As Python's `open(path, "w")`: mode and owner stay.
pub fn write_in_place(host: &MemoryHost, file: &Path, bytes: &[u8], mode: u32) {
    let owner = host.snapshot().get(file).map(|node| node.owner);
    host.write_atomic(file, bytes, mode, owner).unwrap();
}

/// `true` is a boolean, digits are a number, the rest is text.
fn stored(value: &str) -> Value {
    match value {
        "true" | "True" => Value::Bool(true),
        "false" | "False" => Value::Bool(false),
        "none" | "None" => Value::Null,
        text => text.parse::<u64>().map_or_else(|_| text.into(), Value::from),
    }
}

/// What `tljh-config` does to the settings.
pub fn edit(config: &mut Value, command: &str, path: &str, value: Option<&str>) -> Result<(), String> {
    let keys: Vec<&str> = path.split('.').collect();
    let (last, parents) = keys.split_last().unwrap();
    if command == "unset" {
        return unset(config, &keys);
    }
    let mut parent = config;
    for key in parents {
        let map = parent.as_object_mut().unwrap();
        let child = map
            .entry((*key).to_owned())
            .or_insert_with(|| Value::Object(Default::default()));
        if !child.is_object() {
            *child = Value::Object(Default::default());
        }
        parent = child;
    }
    let map = parent.as_object_mut().unwrap();
    let value = stored(value.unwrap_or_default());
    match command {
        "set" => {
            map.insert((*last).to_owned(), value);
        }
        "add-item" => {
            let list = map
                .entry((*last).to_owned())
                .or_insert_with(|| Value::Array(Vec::new()));
            if !list.is_array() {
                *list = Value::Array(Vec::new());
            }
            list.as_array_mut().unwrap().push(value);
        }
        "remove-item" => {
            let list = map.get_mut(*last).and_then(Value::as_array_mut);
            let list = list.ok_or_else(|| format!("{path} is not a list"))?;
            let at = list.iter().position(|item| *item == value);
            list.remove(at.ok_or("list.remove(x): x not in list")?);
        }
        other => return Err(format!("no such command: {other}")),
    }
    Ok(())
}

fn unset(config: &mut Value, keys: &[&str]) -> Result<(), String> {
    let map = config.as_object_mut().ok_or("not a mapping")?;
    let missing = || format!("{} does not exist in config!", keys.join("."));
    let [first, rest @ ..] = keys else {
        return Err(missing());
    };
    if rest.is_empty() {
        map.remove(*first).ok_or_else(missing)?;
        return Ok(());
    }
    let child = map.get_mut(*first).ok_or_else(missing)?;
    unset(child, rest)?;
    if child == &Value::Object(Default::default()) {
        map.remove(*first);
    }
    Ok(())
}
