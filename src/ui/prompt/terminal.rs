//! A person at a terminal. A question takes a few lines while it is asked and one or two when it is
//! answered.

use std::io;

use console::{Term, measure_text_width, style, truncate_str};
use dialoguer::Select;
use dialoguer::theme::ColorfulTheme;

use super::line::{Line, Pressed};
use super::paste::{self, Paste};
use super::{Ask, BACK, Halt, Menu, Prompter, Reply};
use crate::secret::{Secret, holds_pasted, without_pasted};
use crate::ui::page::{self, Row, wrap};

/// A person at the terminal on standard input and standard error.
pub struct Terminal {
    term: Term,
    theme: ColorfulTheme,
    marks: Marks,
}

/// The signs in front of lines, for terminals that show them and for those that do not.
struct Marks {
    done: &'static str,
    wrong: &'static str,
    input: &'static str,
    active: &'static str,
    mask: char,
}

const MARKS: Marks = Marks {
    done: "✔",
    wrong: "✘",
    input: "›",
    active: "❯",
    mask: '•',
};

const PLAIN_MARKS: Marks = Marks {
    done: "*",
    wrong: "!",
    input: ">",
    active: ">",
    mask: '*',
};

/// Two for moving between pages, one for an entry.
const FEWEST_LINES: u16 = 3;

impl Terminal {
    /// The terminal on standard error.
    pub fn new() -> Self {
        let marks = if speaks_utf8() { MARKS } else { PLAIN_MARKS };
        let theme = ColorfulTheme {
            active_item_prefix: style(format!(" {}", marks.active)).for_stderr().green(),
            inactive_item_prefix: style("  ".to_owned()).for_stderr(),
            ..ColorfulTheme::default()
        };
        Self {
            term: Term::stderr(),
            theme,
            marks,
        }
    }

    fn columns(&self) -> usize {
        usize::from(self.term.size().1).max(20)
    }

    /// Shows what is asked and returns how many lines that took.
    fn head(&self, title: &str, explain: &str, complaint: Option<&str>) -> io::Result<usize> {
        let columns = self.columns() - 2;
        let mut lines = vec![String::new(), style(title).bold().for_stderr().to_string()];
        let dim = |line| style(format!("  {line}")).dim().for_stderr().to_string();
        lines.extend(wrap(explain, columns).into_iter().map(dim));
        if let Some(complaint) = complaint {
            let wrapped = wrap(complaint, columns);
            let marked = wrapped.into_iter().enumerate().map(|(at, line)| {
                let mark = if at == 0 { self.marks.wrong } else { " " };
                style(format!("{mark} {line}")).red().for_stderr().to_string()
            });
            lines.extend(marked);
        }
        for line in &lines {
            self.term.write_line(line)?;
        }
        Ok(lines.iter().map(|line| page::height(line, self.columns())).sum())
    }

    /// Lets a line be typed in the line below the head; leaves that line empty.
    fn line(&self, line: &mut Line, default: Option<&str>, mask: Option<char>) -> Result<Pressed, Halt> {
        self.term.write_str(paste::MARK)?;
        let pressed = self.edit(line, default, mask);
        self.term.write_str(paste::UNMARK)?;
        let pressed = pressed?;
        self.term.clear_line()?;
        Ok(pressed)
    }

    fn edit(&self, line: &mut Line, default: Option<&str>, mask: Option<char>) -> Result<Pressed, Halt> {
        let default = default.map_or_else(String::new, |text| {
            let room = self.columns() / 2;
            style(format!("({}) ", truncate_str(text, room, "...")))
                .dim()
                .for_stderr()
                .to_string()
        });
        let mark = style(self.marks.input).cyan().for_stderr();
        let prompt = format!("{mark} {default}");
        let prompt_width = measure_text_width(&prompt);
        let mut paste = Paste::default();
        loop {
            // What is pasted is looked at as a whole before it is shown: it may be the secret.
            if !paste.goes_on() {
                let mask = mask.or_else(|| holds_pasted(&line.text()).then_some(self.marks.mask));
                let view = line.view(self.columns().saturating_sub(prompt_width), mask);
                let right = prompt_width + view.cursor;
                self.term
                    .write_str(&format!("\r\x1b[2K{prompt}{}\r\x1b[{right}C", view.shown))?;
            }
            for key in paste.keys(self.term.read_key()?) {
                match line.press(&key) {
                    Pressed::Edited => {}
                    pressed => return Ok(pressed),
                }
            }
        }
    }

    /// One line for a question that is answered, or more for a long answer.
    fn done(&self, title: &str, value: &str) -> io::Result<()> {
        let mark = style(self.marks.done).green().for_stderr();
        let cyan = |text: &str| style(text).cyan().for_stderr().to_string();
        let line = format!("{mark} {title}: {}", cyan(value));
        if page::height(&line, self.columns()) == 1 {
            return self.term.write_line(&line);
        }
        self.term.write_line(&format!("{mark} {title}:"))?;
        let lines = wrap(value, self.columns() - 2);
        lines
            .iter()
            .try_for_each(|line| self.term.write_line(&format!("  {}", cyan(line))))
    }
}

impl Default for Terminal {
    fn default() -> Self {
        Self::new()
    }
}

impl Prompter for Terminal {
    fn text(&mut self, ask: &Ask<'_>) -> Result<Reply<String>, Halt> {
        let mut line = Line::new(ask.initial.as_deref().unwrap_or_default());
        let mut complaint = ask.complaint.clone();
        loop {
            let rows = self.head(ask.title, ask.explain, complaint.as_deref())?;
            let pressed = self.line(&mut line, ask.default.as_deref(), None)?;
            self.term.clear_last_lines(rows)?;
            let typed = line.text().trim().to_owned();
            if pressed == Pressed::Escape || typed == BACK {
                return Ok(Reply::Back);
            }
            let answer = match &ask.default {
                Some(default) if typed.is_empty() => default.clone(),
                _ => typed,
            };
            match (ask.check)(&answer) {
                Ok(understood) => {
                    let shown = if understood.is_empty() {
                        "none"
                    } else {
                        &understood
                    };
                    self.done(ask.title, shown)?;
                    return Ok(Reply::Answer(answer));
                }
                Err(invalid) => {
                    complaint = Some(without_pasted(&invalid.to_string()));
                    if holds_pasted(&answer) {
                        line = Line::new("");
                    }
                }
            }
        }
    }

    fn secret(&mut self, ask: &Ask<'_>) -> Result<Reply<Secret>, Halt> {
        let mut complaint = ask.complaint.clone();
        loop {
            let mut line = Line::new("");
            let rows = self.head(ask.title, ask.explain, complaint.as_deref())?;
            let pressed = self.line(&mut line, None, Some(self.marks.mask))?;
            self.term.clear_last_lines(rows)?;
            let typed = line.text();
            if pressed == Pressed::Escape || typed.trim() == BACK {
                return Ok(Reply::Back);
            }
            match (ask.check)(&typed) {
                Ok(_) => {
                    self.done(ask.title, "typed, not shown")?;
                    let mut typed = typed;
                    return Ok(Reply::Answer(Secret::new(std::mem::take(&mut *typed))));
                }
                Err(invalid) => complaint = Some(invalid.to_string()),
            }
        }
    }

    fn choose(&mut self, menu: &Menu<'_>) -> Result<Reply<usize>, Halt> {
        // With fewer lines dialoguer panics.
        if self.term.size().0 < FEWEST_LINES {
            let what = format!("it has fewer than the {FEWEST_LINES} lines that a choice needs");
            return Err(Halt::Terminal(io::Error::other(what)));
        }
        let rows = self.head(menu.title, menu.explain, menu.complaint.as_deref())?;
        // dialoguer clears one line for each entry, so that none may wrap.
        let room = self.columns() - 4;
        let entries = menu
            .items
            .iter()
            .map(|item| truncate_str(item, room, "...").into_owned());
        let select = Select::with_theme(&self.theme)
            .items(entries.chain(["< back".to_owned()]))
            .default(menu.default.unwrap_or(usize::MAX))
            .report(false);
        let chosen = select.interact_on_opt(&self.term).map_err(io::Error::from)?;
        self.term.clear_last_lines(rows)?;
        match chosen.and_then(|at| Some((at, menu.items.get(at)?))) {
            Some((at, item)) => {
                let name = item.split("  ").next().unwrap_or(item);
                self.done(menu.title, name)?;
                Ok(Reply::Answer(at))
            }
            None => Ok(Reply::Back),
        }
    }

    fn show(&mut self, rows: &[Row]) -> Result<(), Halt> {
        for line in page::lines(rows, self.columns()) {
            self.term.write_line(&line)?;
        }
        Ok(())
    }
}

/// Whether the terminal shows more than ASCII, as far as the locale tells.
fn speaks_utf8() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
    locale.is_some_and(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}
