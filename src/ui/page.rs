//! Text laid out for a terminal of any width.

use console::{measure_text_width, style};

/// One piece of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Row {
    /// An empty line.
    Blank,
    /// A heading.
    Heading(String),
    /// A sentence or two, wrapped.
    Text(String),
    /// A label and its value. The value is wrapped between words and never within one, so that a
    /// URL can be copied.
    Pair(&'static str, String),
    /// Something to think about, wrapped.
    Warning(String),
}

/// Lays the rows out in lines of at most `columns`, but for words that are longer.
pub fn lines(rows: &[Row], columns: usize) -> Vec<String> {
    let label_width = rows
        .iter()
        .map(|row| match row {
            Row::Pair(label, _) => label.len(),
            _ => 0,
        })
        .max()
        .unwrap_or(0);
    rows.iter()
        .flat_map(|row| row_lines(row, columns, label_width))
        .collect()
}

fn row_lines(row: &Row, columns: usize, label_width: usize) -> Vec<String> {
    match row {
        Row::Blank => vec![String::new()],
        Row::Heading(text) => {
            let bold = |line: String| style(line).bold().for_stderr().to_string();
            wrap(text, columns).into_iter().map(bold).collect()
        }
        Row::Text(text) => indented("  ", "  ", &wrap(text, columns.saturating_sub(2))),
        Row::Pair(label, value) => {
            let indent = " ".repeat(label_width + 4);
            let label = style(format!("  {label:<label_width$}  ")).dim().for_stderr();
            indented(
                &label.to_string(),
                &indent,
                &wrap(value, columns.saturating_sub(label_width + 4)),
            )
        }
        Row::Warning(text) => {
            let mark = style("  ! ").yellow().for_stderr().to_string();
            indented(&mark, "    ", &wrap(text, columns.saturating_sub(4)))
        }
    }
}

fn indented(first: &str, rest: &str, lines: &[String]) -> Vec<String> {
    let line = |(at, line): (usize, &String)| format!("{}{line}", if at == 0 { first } else { rest });
    lines.iter().enumerate().map(line).collect()
}

/// Breaks text between words into lines of at most `columns`; a longer word has a line of its own.
pub fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.split('\n') {
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            let fits = measure_text_width(&line) + 1 + measure_text_width(word) <= columns;
            if !line.is_empty() && !fits {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

/// How many lines of a terminal a line takes.
pub fn height(line: &str, columns: usize) -> usize {
    measure_text_width(line).div_ceil(columns.max(1)).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_lines_stay_within_the_width() {
        let text = "a word and https://hub.example.org/hub/oauth_callback and more";
        assert_eq!(
            wrap(text, 20),
            [
                "a word and",
                "https://hub.example.org/hub/oauth_callback",
                "and more"
            ]
        );
    }

    #[test]
    fn values_stand_below_each_other() {
        let rows = [
            Row::Pair("Hub", "https://hub.example.org".into()),
            Row::Pair("Who may log in", "ada, grace, katherine".into()),
        ];
        assert_eq!(
            lines(&rows, 34),
            [
                "  Hub             https://hub.example.org",
                "  Who may log in  ada, grace,",
                "                  katherine"
            ]
        );
    }
}
