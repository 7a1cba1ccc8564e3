//! A plan as a dry run shows it.

use crate::plan::Plan;
use crate::ui::Ui;

/// Tells each step, what it changes and how it is undone. Returns the outcome in one word.
pub fn tell_plan(ui: Ui, plan: &Plan) -> &'static str {
    for (number, step) in plan.steps.iter().enumerate() {
        ui.line(format!("{:>2}. {step}", number + 1));
        for line in step.diff.iter().flat_map(|diff| diff.lines()) {
            ui.line(format!("      {line}"));
        }
        ui.line(format!("    undo: {}", step.kind.undo_words()));
    }
    if plan.is_empty() {
        "nothing-to-do"
    } else {
        "planned"
    }
}
