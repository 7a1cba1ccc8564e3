//! What to do with answers that are right.

use crate::ui::prompt::{Halt, Menu, Prompter, Reply};

/// What a person decides once the answers are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Apply the answers to the hub of this machine.
    Apply,
    /// Write the files of `hubgate render` into a folder.
    WriteFiles,
    /// Print user-data.sh.
    PrintUserData,
    /// Write the answers file, and say how root applies it.
    ApplyAsRoot,
    /// Write the answers file alone.
    SaveAnswers,
    /// Change an answer.
    Change,
    /// Leave everything as it is.
    Stop,
}

/// One entry of the choice.
#[derive(Debug, Clone, Copy)]
pub struct Offer {
    /// What it does.
    pub action: Action,
    /// What the person reads; what comes before two spaces names it.
    pub label: &'static str,
}

/// What there is to choose everywhere.
const OFFERS: [Offer; 5] = [
    Offer {
        action: Action::WriteFiles,
        label: "Write the files      to a folder, for review",
    },
    Offer {
        action: Action::PrintUserData,
        label: "Print the user data  for a new EC2 instance",
    },
    Offer {
        action: Action::SaveAnswers,
        label: "Save the answers     and go on another day",
    },
    Offer {
        action: Action::Change,
        label: "Change an answer     or a setting that is rarely needed",
    },
    Offer {
        action: Action::Stop,
        label: "Stop                 nothing is written",
    },
];

/// What a machine with TLJH has to offer root before all else.
const APPLY_HERE: Offer = Offer {
    action: Action::Apply,
    label: "Apply here           on this machine's hub, undone if the login fails",
};

/// What it has to offer others, who may not change the hub.
const APPLY_AS_ROOT: Offer = Offer {
    action: Action::ApplyAsRoot,
    label: "Apply here           needs root: saves the answers for sudo hubgate apply",
};

/// What there is to choose on this machine.
pub fn offers(has_hub: bool, is_root: bool) -> Vec<Offer> {
    let mut offers = OFFERS.to_vec();
    if has_hub && is_root {
        offers.insert(0, APPLY_HERE);
    } else if has_hub {
        let at = offers
            .iter()
            .position(|offer| offer.action == Action::SaveAnswers);
        offers.insert(at.unwrap_or_default(), APPLY_AS_ROOT);
    }
    offers
}

/// Asks what to do. Going back is changing an answer.
///
/// # Errors
/// [`Halt`].
pub fn what_next(prompter: &mut dyn Prompter, offers: &[Offer]) -> Result<Action, Halt> {
    let menu = Menu {
        title: "What next",
        explain: "Until you choose, nothing is written.",
        complaint: None,
        items: offers.iter().map(|offer| offer.label.to_owned()).collect(),
        default: Some(0),
    };
    Ok(match prompter.choose(&menu)? {
        Reply::Answer(at) => offers.get(at).map_or(Action::Change, |offer| offer.action),
        Reply::Back => Action::Change,
    })
}
