//! How a job is told: a spinner or bar with its time on a terminal, plain lines elsewhere, JSON events
//! for machines.

use std::io;
use std::time::Duration;

use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle, TermLike};

use super::Ui;
use crate::progress::Progress;

/// Tells a job on stderr.
#[derive(Debug)]
pub struct Steps {
    ui: Ui,
    words: String,
    spinner: Option<ProgressBar>,
}

impl Steps {
    /// A teller for this way of speaking.
    pub fn new(ui: Ui) -> Self {
        Self {
            ui,
            words: String::new(),
            spinner: None,
        }
    }

    fn end(&mut self, mark: console::StyledObject<&str>, detail: &str) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
        self.ui.note(format!("{mark} {}{detail}", self.words));
    }

    fn event(&self, event: &str, took: Option<Duration>) {
        let took_ms = took.map(|took| u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let line = serde_json::json!({"event": event, "step": self.words, "took_ms": took_ms});
        self.ui.note(line.to_string());
    }
}

impl Progress for Steps {
    fn begin(&mut self, words: &str) {
        words.clone_into(&mut self.words);
        if self.ui.json {
            return self.event("begin", None);
        }
        if !self.ui.quiet && super::stderr_takes_spinners() {
            let spinner = spinner(words, Term::buffered_stderr());
            spinner.enable_steady_tick(Duration::from_millis(100));
            self.spinner = Some(spinner);
        }
    }

    fn count(&mut self, done: usize, of: usize) {
        if let Some(spinner) = &self.spinner {
            spinner.set_length(of as u64);
            spinner.set_position(done as u64);
            style(spinner, "{spinner} {msg} {wide_bar} {pos}/{len} {elapsed}");
        }
    }

    fn done(&mut self, took: Duration) {
        if self.ui.json {
            return self.event("done", Some(took));
        }
        let time = if took < Duration::from_millis(100) {
            String::new()
        } else {
            format!(" ({:.1} s)", took.as_secs_f32())
        };
        self.end(console::style("✓").green().for_stderr(), &time);
    }

    fn failed(&mut self) {
        if self.ui.json {
            return self.event("failed", None);
        }
        self.end(console::style("✗").red().for_stderr(), "");
    }

    fn note(&mut self, text: &str) {
        if self.ui.json {
            return self
                .ui
                .note(serde_json::json!({"event": "note", "text": text}).to_string());
        }
        match &self.spinner {
            // Else the text would stand behind the spinner.
            Some(spinner) => spinner.suspend(|| self.ui.note(text)),
            None => self.ui.note(text),
        }
    }
}

fn spinner(words: &str, terminal: impl TermLike + 'static) -> ProgressBar {
    let target = ProgressDrawTarget::term_like(Box::new(AtLineStart(terminal)));
    let spinner = ProgressBar::with_draw_target(None, target).with_message(words.to_owned());
    style(&spinner, "{spinner} {wide_msg} {elapsed}");
    spinner
}

fn style(spinner: &ProgressBar, template: &str) {
    if let Ok(style) = ProgressStyle::with_template(template) {
        spinner.set_style(style);
    }
}

/// A terminal whose cursor waits at the start of the spinner's line. indicatif leaves it at the line's end,
/// where the `^C` that a terminal echoes begins a new line, and the one before is never cleared.
#[derive(Debug)]
struct AtLineStart<T>(T);

impl<T: TermLike> TermLike for AtLineStart<T> {
    /// The last column stays free: some terminals begin a new line behind it at once.
    fn width(&self) -> u16 {
        self.0.width().saturating_sub(1).max(1)
    }

    fn height(&self) -> u16 {
        self.0.height()
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.0.move_cursor_left(n)
    }

    fn write_line(&self, text: &str) -> io::Result<()> {
        self.0.write_line(text)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        self.0.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.0.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.0.write_str("\r")?;
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::sync::{Arc, Mutex};

    use super::*;

    const WIDTH: usize = 40;

    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<Shown>>);

    #[derive(Debug, Default)]
    struct Shown {
        lines: Vec<[char; WIDTH]>,
        /// The cursor's.
        line: usize,
        column: usize,
    }

    impl Screen {
        /// Shows characters where the cursor is, as a program writes them or the terminal echoes them.
        fn put(&self, text: &str) {
            let Shown { lines, line, column } = &mut *self.0.lock().unwrap();
            for c in text.chars() {
                if c == '\n' || (c != '\r' && *column == WIDTH) {
                    *line += 1;
                }
                if matches!(c, '\n' | '\r') || *column == WIDTH {
                    *column = 0;
                }
                lines.resize(lines.len().max(*line + 1), [' '; WIDTH]);
                if !matches!(c, '\n' | '\r') {
                    lines[*line][*column] = c;
                    *column += 1;
                }
            }
        }

        fn text(&self) -> String {
            let lines = self.0.lock().unwrap().lines.clone();
            let lines = lines.iter().map(|line| line.iter().collect::<String>());
            lines.collect::<Vec<_>>().join("\n").trim_end().to_owned()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            WIDTH as u16
        }
        fn move_cursor_up(&self, n: usize) -> io::Result<()> {
            self.0.lock().unwrap().line -= n;
            Ok(())
        }
        fn move_cursor_down(&self, n: usize) -> io::Result<()> {
            self.0.lock().unwrap().line += n;
            Ok(())
        }
        fn move_cursor_right(&self, n: usize) -> io::Result<()> {
            self.0.lock().unwrap().column += n;
            Ok(())
        }
        fn move_cursor_left(&self, n: usize) -> io::Result<()> {
            self.0.lock().unwrap().column -= n;
            Ok(())
        }
        fn write_line(&self, text: &str) -> io::Result<()> {
            self.put(&format!("{text}\n"));
            Ok(())
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.put(text);
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.put(&format!("\r{}\r", " ".repeat(WIDTH)));
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_ctrl_c_that_the_terminal_echoes_leaves_no_frame_behind() {
        let screen = Screen::default();
        let spinner = spinner("restart the hub", screen.clone());
        spinner.tick();
        assert!(screen.text().contains("restart the hub"), "{}", screen.text());
        screen.put("^C");
        spinner.tick();
        assert_eq!(
            screen.text().matches("restart the hub").count(),
            1,
            "{}",
            screen.text()
        );
        spinner.finish_and_clear();
        assert_eq!(screen.text(), "");
    }
}
