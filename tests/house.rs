//! The house itself: who may use whom, and how large a file or a folder of `src` may be.
//!
//! The order of the rooms stands in CONTRIBUTING.md, in the table of folders, and nowhere else.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, TokenStream, TokenTree};

const LINES: usize = 400;
const FILES: usize = 14;

/// A path that leads out of a module: where it stands, and the room that it names (`*`: all of them).
#[derive(Debug, PartialEq, Eq)]
struct Import {
    line: usize,
    room: String,
}

/// The room or modules in which a file of `src` stands: `apply/step/mod.rs` is `["apply", "step"]`.
fn module_of(file: &Path) -> Vec<String> {
    let mut module: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|part| part.to_str().unwrap().to_owned())
        .collect();
    module.pop_if(|last| last == "mod");
    module
}

/// Every path from the crate's root in a source text, as Rust's own tokens have it: in braces, in macros, in
/// tests and through `super`, but not in comments and texts.
fn imports(text: &str, module: &[String]) -> Vec<Import> {
    let mut found = Vec::new();
    let tokens = text.parse().unwrap_or_else(|error| panic!("{module:?}: {error}"));
    walk(tokens, module, &mut found);
    found
}

fn walk(tokens: TokenStream, module: &[String], found: &mut Vec<Import>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => {
                let named = at
                    .checked_sub(2)
                    .is_some_and(|before| is_word(&tokens[before], "mod"));
                let mut inner = module.to_vec();
                if named && group.delimiter() == Delimiter::Brace {
                    inner.push(tokens[at - 1].to_string());
                }
                walk(group.stream(), &inner, found);
            }
            // `a::self` and `super::super` are followed from their beginning.
            TokenTree::Ident(_) if begins_path(token) && !follows_colons(&tokens, at) => {
                follow(&tokens[at..], module.to_vec(), found);
            }
            _ => {}
        }
    }
}

/// Follows one path from `crate`, `super` or `self` to the name of a room, if it comes as far as the root.
fn follow(path: &[TokenTree], mut module: Vec<String>, found: &mut Vec<Import>) {
    let mut at = 0;
    loop {
        let Some(token) = path.get(at) else { return };
        let mut import = |room: String| {
            let line = token.span().start().line;
            found.push(Import { line, room });
        };
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                for part in tokens.split(|token| is_sign(token, ',')) {
                    follow(part, module.clone(), found);
                }
                return;
            }
            TokenTree::Punct(_) if is_sign(token, '*') && module.is_empty() => return import("*".into()),
            TokenTree::Ident(word) => match word.to_string().as_str() {
                "crate" => module.clear(),
                "super" => drop(module.pop()),
                "self" => {}
                _ if !module.is_empty() => return,
                room => return import(room.into()),
            },
            _ => return,
        }
        if module.is_empty() && path.get(at + 1).is_some_and(|next| is_word(next, "as")) {
            return import("*".into());
        }
        if !follows_colons(path, at + 3) {
            return;
        }
        at += 3;
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == word)
}

fn begins_path(token: &TokenTree) -> bool {
    ["crate", "super", "self"].iter().any(|word| is_word(token, word))
}

fn is_sign(token: &TokenTree, sign: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == sign)
}

fn follows_colons(tokens: &[TokenTree], at: usize) -> bool {
    let two = at.checked_sub(2).and_then(|from| tokens.get(from..at));
    two.is_some_and(|two| two.iter().all(|token| is_sign(token, ':')))
}

/// The floor of each room, the highest first: the rows of CONTRIBUTING's table that begin with folders of `src`.
fn floors(contributing: &str) -> BTreeMap<String, usize> {
    let rows = contributing.lines().filter(|line| line.starts_with("| `src/"));
    let mut floors = BTreeMap::new();
    for (floor, row) in rows.enumerate() {
        for name in row.split('|').nth(1).unwrap().split('`').skip(1).step_by(2) {
            let room = module_of(Path::new(name.strip_prefix("src/").unwrap())).remove(0);
            assert_eq!(
                floors.insert(room, floor),
                None,
                "CONTRIBUTING.md names {name} twice"
            );
        }
    }
    floors
}

/// What a file uses that does not stand below it.
fn broken(file: &Path, text: &str, floors: &BTreeMap<String, usize>) -> Vec<String> {
    let module = module_of(file);
    let floor = |room: &str| {
        let floor = floors.get(room);
        floor.unwrap_or_else(|| panic!("src/{room} has no row in CONTRIBUTING.md's table"))
    };
    let own = &module[0];
    let mut broken = Vec::new();
    for Import { line, room } in imports(text, &module) {
        if room == "*" || (room != *own && floor(&room) <= floor(own)) {
            broken.push(format!("src/{}:{line}: {own} uses {room}", file.display()));
        }
    }
    broken
}

/// Every file under `src`, from there.
fn files() -> Vec<PathBuf> {
    fn under(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => under(&path, found),
                false => found.push(path),
            }
        }
    }
    let mut found = Vec::new();
    under(&src(), &mut found);
    found.sort();
    assert!(found.len() > 100, "only {} files", found.len());
    found
        .iter()
        .map(|path| path.strip_prefix(src()).unwrap().to_owned())
        .collect()
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(src().join(file)).unwrap()
}

/// As they stand today.
fn today() -> BTreeMap<String, usize> {
    floors(&read(Path::new("../CONTRIBUTING.md")))
}

#[test]
fn a_room_uses_only_rooms_below_it() {
    let floors = today();
    // main.rs and lib.rs are the roof: all the others are what they are made of.
    let is_room = |file: &PathBuf| {
        let is_rust = file.extension().is_some_and(|extension| extension == "rs");
        is_rust && !["main.rs", "lib.rs"].iter().any(|roof| file == Path::new(roof))
    };
    let rooms = files().into_iter().filter(is_room);
    let broken: Vec<String> = rooms
        .flat_map(|file| broken(&file, &read(&file), &floors))
        .collect();
    assert!(
        broken.is_empty(),
        "CONTRIBUTING.md forbids this:\n{}",
        broken.join("\n")
    );
}

#[test]
fn every_room_is_in_the_table_and_the_table_has_no_other() {
    let mut there: Vec<String> = files().iter().map(|file| module_of(file).remove(0)).collect();
    there.dedup();
    let told: Vec<String> = today().into_keys().collect();
    there.sort();
    assert_eq!(there, told);
}

#[test]
fn a_line_that_breaks_the_rule_is_found_however_it_is_written() {
    let floors = floors("| `src/cli` | |\n| `src/apply`, `src/rehearse` | |\n| `src/host` | |\n");
    let rule = |file: &str, text: &str| broken(Path::new(file), text, &floors);
    for text in [
        "use crate::cli::Global;",
        "use crate::{host::{Files, Http}, cli};",
        "pub use crate::{self as house};",
        "use crate as house;",
        "use super::super::cli::Global;",
        "use super::{Wish, super::cli::Global};",
        "use super::super::*;",
        "use crate::rehearse::Report;",
        "fn main() { let x: crate::cli::Global = y; }",
        "fn main() { println!(\"{}\", crate::cli::name()); }",
        "#[cfg(test)] mod tests { use super::super::super::cli; }",
        "macro_rules! m { () => { $crate::cli::name() }; }",
        "pub(in crate::cli) struct Deep;",
    ] {
        assert_eq!(rule("apply/step.rs", text).len(), 1, "{text}");
    }
    let two = "//! The step.\nuse crate::host::Files;\n\nuse crate::cli::Global;\n";
    assert_eq!(rule("apply/mod.rs", two), ["src/apply/mod.rs:4: apply uses cli"]);
}

#[test]
fn what_the_rule_allows_is_not_found() {
    let floors = floors("| `src/cli` | |\n| `src/apply` | |\n| `src/host` | |\n");
    for text in [
        "use crate::host::Files; use crate::apply::Wish; use super::{Wish, undo::Undo}; use super::*;",
        "//! As crate::cli has it.\n/// [`crate::cli::Global`]\n// use crate::cli;\nfn main() { \"crate::cli\"; }",
        "#[cfg(test)] mod tests { use super::super::Wish; use super::*; }",
        "pub(crate) fn a() {} pub(super) fn b() {} fn c(self) -> Self { self::d(); other::cli::e() }",
    ] {
        assert_eq!(
            broken(Path::new("apply/step.rs"), text, &floors),
            Vec::<String>::new(),
            "{text}"
        );
    }
}

#[test]
fn files_and_folders_of_src_stay_small() {
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    let mut large = Vec::new();
    for file in files() {
        let lines = read(&file).lines().count();
        if lines > LINES {
            large.push(format!("src/{} has {lines} lines", file.display()));
        }
        *folders.entry(file.parent().unwrap().to_owned()).or_default() += 1;
    }
    let full = folders.into_iter().filter(|(_, files)| *files > FILES);
    large.extend(full.map(|(folder, files)| format!("src/{} has {files} files", folder.display())));
    assert!(large.is_empty(), "{}", large.join("\n"));
}
