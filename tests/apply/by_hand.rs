//! A person who types what hubgate says, to the letter.

use std::path::Path;

use hubgate::host::{Files, Invocation, Programs};

use super::world::World;

/// Runs each command as a shell would; each has to succeed.
pub fn run(world: &World, commands: &[String]) {
    for command in commands {
        let words = words(command);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        one(world, &words).unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}

fn one(world: &World, words: &[&str]) -> Result<(), String> {
    let host = world.process();
    let said = |error: std::io::Error| error.to_string();
    let mode = |text: &str| u32::from_str_radix(text, 8).unwrap();
    match words {
        ["rm", "-f", paths @ ..] => {
            for path in paths.iter().map(Path::new) {
                if host.stat(path).map_err(said)?.is_some() {
                    host.remove(path).map_err(said)?;
                }
            }
        }
        ["rmdir", path] => host.remove_dir(Path::new(path)).map_err(said)?,
        ["mkdir", "-p", "-m", bits, path] => host.create_dir(Path::new(path), mode(bits)).map_err(said)?,
        ["chmod", bits, path] => host.set_mode(Path::new(path), mode(bits)).map_err(said)?,
        ["mv", "-f", from, to] => host.rename(Path::new(from), Path::new(to)).map_err(said)?,
        ["install", "-m", bits, "-o", uid, "-g", gid, from, to] => {
            let bytes = host.read(Path::new(from)).map_err(said)?;
            let owner = (uid.parse().unwrap(), gid.parse().unwrap());
            host.write_atomic(Path::new(to), &bytes, mode(bits), Some(owner))
                .map_err(said)?;
        }
        [program, arguments @ ..] => {
            let program = host.find(program).ok_or("command not found")?;
            let call = Invocation::new(program).args(arguments.iter().copied());
            let finished = host.run(&call).map_err(|error| error.to_string())?;
            if !finished.success() {
                return Err(finished.stderr_text());
            }
        }
        [] => {}
    }
    Ok(())
}

/// The words of a command line, as a shell splits it.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let (mut word, mut quoted) = (String::new(), false);
    for c in line.chars() {
        match c {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}
