//! What contradicts the answers elsewhere on the hub, and whether it is taken out.

use super::applying::{Wish, plan_without};
use super::error::Cause;
use crate::plan::{Contradiction, NoPlan, Plan};
use crate::tljh::Observed;
use crate::tljh::login::{Blame, Mend, Verdict, Weight};

/// What becomes of settings elsewhere that contradict the answers.
#[derive(Clone, Copy)]
pub enum TakeOver<'a> {
    /// They stay, and the apply is refused.
    No,
    /// They are taken out, as steps of the plan.
    Yes,
    /// A person is asked, who is shown each of them with its place.
    Ask(&'a dyn Fn(&[String]) -> bool),
}

/// Asks the hub's Python who gets in with a plan.
pub type AskHub<'a> = dyn FnMut(&Plan) -> Result<Verdict, Cause> + 'a;

/// What hides behind one contradiction is found in the next round; no hub has so many.
const MOST_ROUNDS: usize = 12;

/// The plan with which the hub does what the answers promise, and who gets in then: plans again without what is to
/// blame, and asks the hub's Python again, until it is so or nothing more can be taken out. None where nothing is
/// taken out.
///
/// # Errors
/// When something cannot be taken out, or the hub's Python cannot be asked.
pub fn take_over(
    wish: &Wish<'_>,
    observed: &Observed,
    found: &Verdict,
    ask_hub: &mut AskHub<'_>,
) -> Result<Option<(Plan, Verdict)>, Cause> {
    if matches!(wish.take_over, TakeOver::No) {
        return Ok(None);
    }
    let mut taken = Vec::new();
    let mut shown = Vec::new();
    let mut end: Option<(Plan, Verdict)> = None;
    for _ in 0..MOST_ROUNDS {
        let verdict = end.as_ref().map_or(found, |(_, verdict)| verdict);
        if !verdict.is_refused() {
            break;
        }
        let more = contradictions(verdict);
        let more: Vec<_> = more
            .into_iter()
            .filter(|(what, _)| !taken.contains(what))
            .collect();
        if more.is_empty() {
            break;
        }
        for (what, words) in more {
            taken.push(what);
            shown.push(words);
        }
        let plan = match plan_without(wish, observed, &taken) {
            // Nobody said yet that it shall go.
            Err(Cause::NoPlan(NoPlan::Stays(_))) if matches!(wish.take_over, TakeOver::Ask(_)) => {
                return Ok(None);
            }
            plan => plan?,
        };
        let verdict = ask_hub(&plan)?;
        end = Some((plan, verdict));
    }
    Ok(match (wish.take_over, end) {
        // What would not lead anywhere is not asked.
        (TakeOver::Ask(_), Some((_, verdict))) if verdict.is_refused() => None,
        (TakeOver::Ask(ask), Some(_)) if !ask(&shown) => None,
        (_, end) => end,
    })
}

/// What of it can be taken out, the likeliest of each surprise, with its place in words.
pub fn contradictions(verdict: &Verdict) -> Vec<(Contradiction, String)> {
    let mut found: Vec<(Contradiction, String)> = Vec::new();
    for surprise in verdict.with(Weight::Refused) {
        let first = surprise.blame.iter().find_map(contradiction);
        if let Some(first) = first.filter(|(what, _)| found.iter().all(|(known, _)| known != what)) {
            found.push(first);
        }
    }
    found
}

fn contradiction(blame: &Blame) -> Option<(Contradiction, String)> {
    let what = match &blame.mend {
        Mend::Unset { path } => Contradiction::ConfigKey { path: path.clone() },
        Mend::RemoveItem { path, value } => {
            let (path, item) = (path.clone(), value.clone());
            let words = format!("config.yaml: {path}: {item}");
            return Some((Contradiction::ConfigItem { path, item }, words));
        }
        Mend::TakeOut { file, line } => match line.and_then(|line| usize::try_from(line).ok()) {
            Some(line) => Contradiction::FileLine {
                file: file.clone(),
                line,
            },
            None => Contradiction::WholeFile { file: file.clone() },
        },
        Mend::DropVariable { .. }
        | Mend::DropArgument { .. }
        | Mend::OnTheHub { .. }
        | Mend::Apply
        | Mend::ByHand { .. } => return None,
    };
    Some((what, blame.to_string()))
}
