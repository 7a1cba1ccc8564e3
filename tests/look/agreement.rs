//! Hubs by a seed: each is understood, every leftover is named by its place, and only code makes a decision unknown.

use std::time::{SystemTime, UNIX_EPOCH};

use hubgate::tljh::look::{Decision, Look, Place};

use crate::case::{Case, case};
use crate::hub::{Hub, answers};

/// How many hubs: `HUBGATE_LOOKS`, else some.
fn how_many() -> u64 {
    let asked = std::env::var("HUBGATE_LOOKS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(24)
}

/// `HUBGATE_SEED`, else another each time.
fn seed() -> u64 {
    let asked = std::env::var("HUBGATE_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    asked.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs())
}

fn section(place: &Place) -> Option<&str> {
    match place {
        Place::File { section, .. } => section.as_deref(),
        Place::ConfigYaml { section, .. } => Some(section),
        _ => None,
    }
}

/// Whether the answer names the place of this leftover: as what decides, as what is beaten, as what nobody loads or
/// as what this release does not know.
fn is_named(look: &Look, class: &str, name: &str) -> bool {
    let here = |places: &[Place]| places.iter().any(|place| section(place) == Some(class));
    let in_settings = look
        .settings
        .iter()
        .filter(|setting| setting.name == name || setting.through.as_deref() == Some(name))
        .any(|setting| here(&setting.places) || here(&setting.beaten));
    let belongs_to_nobody = look
        .belongs_to_nobody
        .iter()
        .any(|stray| stray.section == class && stray.name == name);
    let in_words = look
        .warnings
        .iter()
        .any(|message| message.text.contains(name) && here(&message.places));
    in_settings || belongs_to_nobody || in_words
}

/// TLJH writes its own lists of people over these, so that they have no effect whatever they say.
fn is_overwritten(case: &Case, class: &str, name: &str) -> bool {
    let lists = ["allowed_users", "admin_users", "blocked_users"];
    let section = case
        .leftovers
        .auth
        .split("  Authenticator:\n")
        .nth(1)
        .unwrap_or_default();
    let mut lines = section.lines().take_while(|line| line.starts_with("    "));
    class == "Authenticator" && lists.contains(&name) && lines.any(|line| line.trim().starts_with(name))
}

fn judge(case: &Case, look: &Look) -> Vec<String> {
    let mut wrong = Vec::new();
    if !look.errors.is_empty() {
        // A hub that does not start lets nobody in, and says why.
        let words = !look.errors.iter().all(|error| error.text.is_empty());
        return if words && look.people.is_empty() {
            wrong
        } else {
            vec!["an error without words".into()]
        };
    }
    for (class, name) in &case.set {
        if !is_overwritten(case, class, name) && !is_named(look, class, name) {
            wrong.push(format!("{class}.{name} is named nowhere"));
        }
    }
    for outcome in &look.people {
        if let Decision::Unknown { reason } = &outcome.decision
            && !case.has_code
        {
            wrong.push(format!("{} is unknown: {reason}", outcome.who));
        }
    }
    wrong
}

#[test]
fn every_generated_hub_is_understood() {
    let seed = seed();
    println!("HUBGATE_SEED={seed}");
    let mut wrong = Vec::new();
    for number in 0..how_many() {
        let case = case(seed, number);
        let hub = Hub::lay_out(
            "generated",
            &answers(case.oauthenticator, case.allow),
            &case.leftovers,
        );
        let look = hub.look();
        println!(
            "{number}: {} {} {:?} -> {:?} {:?}",
            case.oauthenticator, case.allow, case.set, look.errors, look.people
        );
        wrong.extend(
            judge(&case, &look)
                .into_iter()
                .map(|words| format!("{number}: {words}\n{case:?}")),
        );
    }
    assert!(wrong.is_empty(), "HUBGATE_SEED={seed}\n{}", wrong.join("\n"));
}
