//! Reading a [`SecretSource`]: tolerant of how people paste, strict where AWS is.

use std::path::PathBuf;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use super::SecretSource;
use super::pasted::is_secret_for_a_name;
use crate::invalid::Invalid;

const FORMS: &str = "file:PATH, env:NAME, stdin, secretsmanager:ID[#json-key] or ssm:NAME";

/// Longest ids that AWS takes (botocore service models).
const SECRET_ID_MAX: usize = 2048;
const SECRET_NAME_MAX: usize = 512;
const PARAMETER_NAME_MAX: usize = 1011;
const PARAMETER_DEPTH_MAX: usize = 15;

/// The refusal never quotes what could be the secret itself.
impl FromStr for SecretSource {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Invalid::new(
                "no source of the client secret is given",
                format!("use {FORMS}"),
            ));
        }
        if text == "-" {
            return Ok(SecretSource::Stdin);
        }
        let Some((scheme, rest)) = text.split_once(':') else {
            return bare(text);
        };
        let rest = rest.trim();
        // Whatever stands before it: neither the name nor the key behind # may be the secret.
        if rest
            .split('#')
            .any(|part| is_secret_for_a_name(part.trim().trim_start_matches('/')))
        {
            return Err(itself());
        }
        match scheme.trim().to_ascii_lowercase().as_str() {
            "file" => file(rest),
            "env" => env(rest),
            "stdin" if rest.trim_matches('/').is_empty() => Ok(SecretSource::Stdin),
            "stdin" => Err(Invalid::new(
                "stdin takes nothing behind it",
                "write just stdin, and pipe the secret in: hubgate … < file",
            )),
            "secretsmanager" => secrets_manager(rest.strip_prefix("//").unwrap_or(rest)),
            "ssm" => parameter(
                rest.strip_prefix("//")
                    .map_or(rest.to_owned(), |name| name.to_owned()),
            ),
            "arn" => bare_arn(text),
            unknown => Err(unknown_scheme(unknown)),
        }
    }
}

/// A text without a colon: a keyword, a path that lacks its `file:`, or the secret itself.
fn bare(text: &str) -> Result<SecretSource, Invalid> {
    if text.eq_ignore_ascii_case("stdin") {
        return Ok(SecretSource::Stdin);
    }
    if ["/", "./", "../", "~/"]
        .iter()
        .any(|start| text.starts_with(start))
    {
        return Err(Invalid::new(
            "this looks like a path without its kind",
            "write file: before the path",
        ));
    }
    if text.starts_with('$') {
        return Err(Invalid::new(
            "this looks like a shell variable",
            "write env: and the variable's name",
        ));
    }
    Err(itself())
}

fn itself() -> Invalid {
    Invalid::new(
        "this looks like the secret itself, and a secret does not belong here",
        format!("say where it is kept: {FORMS}"),
    )
}

fn unknown_scheme(scheme: &str) -> Invalid {
    const KNOWN: [&str; 5] = ["file", "env", "stdin", "secretsmanager", "ssm"];
    let synonym = match scheme {
        "secret" | "secrets" | "secrets-manager" | "secrets_manager" | "aws" | "asm" | "sm" => {
            Some("secretsmanager")
        }
        "parameter" | "parameter-store" | "parameterstore" | "ps" => Some("ssm"),
        "environment" | "var" | "variable" => Some("env"),
        "path" => Some("file"),
        _ => None,
    };
    let nearest = synonym.or_else(|| {
        let distances = KNOWN.map(|known| (strsim::damerau_levenshtein(known, scheme), known));
        distances
            .into_iter()
            .filter(|(distance, known)| *distance <= known.len() / 3)
            .min()
            .map(|(_, k)| k)
    });
    // The unknown part is not quoted: it may be the beginning of a secret.
    match nearest {
        Some(known) => Invalid::new(
            "this is no known source of a secret",
            format!("did you mean {known}:? Use {FORMS}"),
        ),
        None => Invalid::new("this is no known source of a secret", format!("use {FORMS}")),
    }
}

fn file(rest: &str) -> Result<SecretSource, Invalid> {
    let path = match rest.strip_prefix("//") {
        // file://HOST/PATH, as browsers write it: the path is percent-encoded, the host this machine.
        Some(url) => {
            let path = url
                .strip_prefix("localhost")
                .filter(|p| p.starts_with('/'))
                .unwrap_or(url);
            if !path.starts_with('/') && !path.starts_with('~') {
                return Err(Invalid::new(
                    "a file: URL needs three slashes before an absolute path",
                    "write file:/full/path",
                ));
            }
            percent_decode_str(path)
                .decode_utf8()
                .map_err(|_| Invalid::new("the path is not UTF-8", "write file:/full/path"))?
                .into_owned()
        }
        None => rest.to_owned(),
    };
    if path.is_empty() {
        return Err(Invalid::new(
            "file: names no file",
            "write file:/root/cognito.secret",
        ));
    }
    if path.chars().any(char::is_control) {
        return Err(Invalid::new(
            "the path holds a control character",
            "write file:/full/path",
        ));
    }
    if path.starts_with('~') && !path.starts_with("~/") {
        return Err(Invalid::new(
            "only ~/ is understood, not another user's ~name",
            "write the full path: file:/home/name/…",
        ));
    }
    if path.ends_with('/') {
        return Err(Invalid::new(
            "this names a folder",
            "name the file that holds the secret",
        ));
    }
    Ok(SecretSource::File(PathBuf::from(path)))
}

fn env(rest: &str) -> Result<SecretSource, Invalid> {
    let name = rest.strip_prefix("//").unwrap_or(rest);
    // As a shell writes it: $NAME, ${NAME}.
    let name = name.strip_prefix('$').unwrap_or(name);
    let name = name
        .strip_prefix('{')
        .and_then(|name| name.strip_suffix('}'))
        .unwrap_or(name);
    if name.is_empty() {
        return Err(Invalid::new("env: names no variable", "write env:NAME"));
    }
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    if !name.starts_with(letter) || !name.chars().all(|c| letter(c) || c.is_ascii_digit()) {
        return Err(Invalid::new(
            "what follows env: is no variable's name: letters, digits and _, no digit first",
            "write env:NAME, the name and not the secret itself",
        ));
    }
    Ok(SecretSource::Env(name.to_owned()))
}

fn bare_arn(text: &str) -> Result<SecretSource, Invalid> {
    match text.split(':').nth(2) {
        Some("secretsmanager") => secrets_manager(text),
        Some("ssm") => parameter(text.to_owned()),
        _ => Err(Invalid::new(
            "this ARN is neither a secret's nor a parameter's",
            "use arn:aws:secretsmanager:… or arn:aws:ssm:…:parameter/…",
        )),
    }
}

fn secrets_manager(rest: &str) -> Result<SecretSource, Invalid> {
    const RIGHT: &str =
        "write secretsmanager:NAME, or secretsmanager:ARN, then #key for one value of a JSON secret";
    let (id, json_key) = match rest.split_once('#') {
        Some((id, key)) => (id.trim(), Some(key.trim())),
        None => (rest, None),
    };
    if json_key.is_some_and(|key| key.contains(char::is_control)) {
        return Err(Invalid::new("the key behind # holds a control character", RIGHT));
    }
    if json_key == Some("") {
        return Err(Invalid::new("there is no key behind #", RIGHT));
    }
    if id.is_empty() {
        return Err(Invalid::new("secretsmanager: names no secret", RIGHT));
    }
    if id.starts_with("arn:") {
        let parts: Vec<_> = id.split(':').collect();
        let is_secret = matches!(parts[..], ["arn", partition, "secretsmanager", region, account, "secret", name]
            if partition.starts_with("aws") && is_region(region) && is_account(account) && is_secret_name(name));
        if !is_secret || id.len() > SECRET_ID_MAX {
            return Err(Invalid::new(
                "this is no ARN of a secret",
                "it looks like arn:aws:secretsmanager:eu-west-1:123456789012:secret:NAME-AbCdEf",
            ));
        }
    } else if !is_secret_name(id) {
        let problem = "this is no name of a secret: up to 512 letters, digits and /_+=.@-";
        let hint = if id.contains(':') {
            "a JSON key comes behind #, not behind a colon"
        } else {
            RIGHT
        };
        return Err(Invalid::new(problem, hint));
    }
    Ok(SecretSource::SecretsManager {
        id: id.to_owned(),
        json_key: json_key.map(str::to_owned),
    })
}

fn is_secret_name(name: &str) -> bool {
    (1..=SECRET_NAME_MAX).contains(&name.len())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c))
}

fn is_region(region: &str) -> bool {
    !region.is_empty()
        && region
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

fn is_account(account: &str) -> bool {
    account.len() == 12 && account.chars().all(|c| c.is_ascii_digit())
}

fn parameter(name: String) -> Result<SecretSource, Invalid> {
    const RIGHT: &str = "write ssm:/path/to/parameter";
    if name.is_empty() {
        return Err(Invalid::new("ssm: names no parameter", RIGHT));
    }
    if name.contains('#') {
        return Err(Invalid::new(
            "a parameter has no JSON keys",
            "keep the secret alone in its parameter, or use secretsmanager:ID#key",
        ));
    }
    let path = if name.starts_with("arn:") {
        let parts: Vec<_> = name.splitn(6, ':').collect();
        match parts[..] {
            ["arn", partition, "ssm", region, account, resource]
                if partition.starts_with("aws") && is_region(region) && is_account(account) =>
            {
                resource
                    .strip_prefix("parameter")
                    .filter(|path| path.starts_with('/'))
            }
            _ => None,
        }
        .ok_or_else(|| {
            Invalid::new(
                "this is no ARN of a parameter",
                "it looks like arn:aws:ssm:eu-west-1:123456789012:parameter/path/to/parameter",
            )
        })?
    } else {
        &name
    };
    if !path
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_.-/".contains(c))
    {
        return Err(Invalid::new(
            "this is no name of a parameter: letters, digits and _.-/",
            RIGHT,
        ));
    }
    let depth = path.trim_matches('/').split('/').count();
    if name.len() > PARAMETER_NAME_MAX || depth > PARAMETER_DEPTH_MAX {
        return Err(Invalid::new(
            "this name is too long: 1011 characters, 15 levels at most",
            RIGHT,
        ));
    }
    let first = path.trim_start_matches('/').to_ascii_lowercase();
    if first.starts_with("aws") || first.starts_with("ssm") {
        return Err(Invalid::new(
            "AWS keeps names that begin with aws or ssm to itself",
            RIGHT,
        ));
    }
    Ok(SecretSource::Ssm(name))
}

#[cfg(test)]
mod tests;
