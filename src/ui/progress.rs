//! How a run is told: a spinner with its time on a terminal, plain lines elsewhere, JSON events for
//! machines.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::Ui;
use crate::apply::Progress;

/// Tells a run on stderr.
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
        if !self.ui.quiet && std::io::stderr().is_terminal() {
            let spinner = ProgressBar::new_spinner().with_message(words.to_owned());
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg} {elapsed}") {
                spinner.set_style(style);
            }
            spinner.enable_steady_tick(Duration::from_millis(100));
            self.spinner = Some(spinner);
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
