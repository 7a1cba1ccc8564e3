//! The blocks of a page of documentation, and who answers for each.
#![allow(dead_code, reason = "each test binary uses some of it")]

use std::path::Path;

/// What stands between two ```` ``` ```` of a page.
#[derive(Debug)]
pub struct Block {
    /// Where: `README.md:12`.
    pub place: String,
    pub language: String,
    pub text: String,
    /// What the comment on the line before says: `<!-- tests: FILE -->` or `<!-- illustration -->`.
    pub mark: Option<String>,
    /// The paragraph before that, which people read.
    pub said: String,
}

pub fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

pub fn blocks(name: &str) -> Vec<Block> {
    let page = page(name);
    let mut blocks: Vec<Block> = Vec::new();
    let mut paragraph = String::new();
    let mut mark = None;
    let mut lines = page.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            let inside = lines.by_ref().map(|(_, line)| line);
            let inside = inside.take_while(|line| line.trim_start() != "```");
            blocks.push(Block {
                place: format!("{name}:{}", number + 1),
                language: language.into(),
                text: inside.map(|line| format!("{line}\n")).collect(),
                mark: mark.take(),
                said: std::mem::take(&mut paragraph),
            });
            continue;
        }
        let comment = line
            .strip_prefix("<!-- ")
            .and_then(|line| line.strip_suffix(" -->"));
        if let Some(comment) = comment {
            mark = Some(comment.to_owned());
            continue;
        }
        mark = None;
        if paragraph.ends_with("\n\n") {
            paragraph.clear();
        }
        paragraph.push_str(line);
        paragraph.push('\n');
    }
    blocks
}

/// The commands that a console block shows, each with what it prints there.
pub fn commands(block: &Block) -> Vec<(String, String)> {
    let mut commands: Vec<(String, String)> = Vec::new();
    let mut goes_on = false;
    for line in block.text.lines() {
        let begins = line.strip_prefix("$ ");
        match (begins, commands.last_mut()) {
            (Some(command), _) => commands.push((command.into(), String::new())),
            (None, Some((command, _))) if goes_on => *command += &format!(" {}", line.trim_start()),
            (None, Some((_, output))) => *output += &format!("{line}\n"),
            (None, None) => panic!("{}: a transcript begins with a command", block.place),
        }
        goes_on = (goes_on || begins.is_some()) && line.ends_with(['|', '\\']);
    }
    commands
}

/// What a page shows as the output of a command.
pub fn shown(name: &str, command: &str) -> String {
    let blocks = blocks(name);
    let consoles = blocks.iter().filter(|block| block.language == "console");
    let mut shown = consoles
        .flat_map(commands)
        .filter(|(line, _)| line == command)
        .map(|(_, output)| output);
    let found = shown.next();
    assert!(shown.next().is_none(), "{name} shows {command} twice");
    found.unwrap_or_else(|| panic!("{name} does not show {command}"))
}
