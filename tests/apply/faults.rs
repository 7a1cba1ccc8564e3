//! Every operation × every fault that can hit it: the hub ends as wanted, or as it was, or a person is
//! told exactly what to type.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use hubgate::apply::{Recovered, RunFailed, TakeOver};
use hubgate::host::Host;
use hubgate::host::faulty::{Death, Fault, Faulty, Killed};

use super::by_hand;
use super::cases::{self, Scenario};
use super::world::{ANSWERS, Picture, SECRET, World, applied_with, recovered};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    Done,
    Untouched,
    Restored,
    Broken,
    Killed,
}

/// A hub whose command was killed right after the last operation of that name.
pub fn killed(
    hub: fn() -> World,
    command: fn(&dyn Host, &World) -> Result<(), RunFailed>,
    last: &str,
) -> World {
    // On a machine of its own, to learn the number.
    let rehearsal = hub();
    let counted = Faulty::none(rehearsal.process());
    command(&counted, &rehearsal).unwrap();
    let operations = counted.operations();
    let at = operations
        .iter()
        .rposition(|operation| operation.what == last)
        .unwrap_or_else(|| panic!("no {last:?} in {operations:#?}"))
        + 1;
    let world = hub();
    let doomed = Faulty::new(world.process(), at, Fault::KilledAfter, Death::Panic);
    let death = quietly(|| command(&doomed, &world)).unwrap_err();
    assert!(death.is::<Killed>());
    world
}

/// Catches a panic; one that stands for SIGKILL prints nothing.
pub fn quietly<T>(act: impl FnOnce() -> T) -> std::thread::Result<T> {
    static HOOK: std::sync::Once = std::sync::Once::new();
    HOOK.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !info.payload().is::<Killed>() {
                usual(info);
            }
        }));
    });
    catch_unwind(AssertUnwindSafe(act))
}

/// Runs the command with one fault and says how it ended, and whether the hub is as it says.
fn besiege(
    scenario: &Scenario,
    wanted: &Picture,
    at: usize,
    fault: Fault,
    what: &str,
) -> Result<End, String> {
    let world = (scenario.hub)();
    let before = world.picture();
    let faulty = Faulty::new(world.process(), at, fault, Death::Panic);
    let outcome = quietly(|| (scenario.command)(&faulty, &world));
    let mut end = match &outcome {
        Ok(Ok(())) => End::Done,
        Ok(Err(RunFailed::Untouched(_))) => End::Untouched,
        Ok(Err(RunFailed::Restored { .. })) => End::Restored,
        Ok(Err(RunFailed::Broken { commands, .. })) => {
            by_hand::run(&world, commands);
            End::Broken
        }
        Err(panic) if panic.is::<Killed>() => {
            recovered(&world.process()).map_err(|error| format!("recovery: {error}"))?;
            End::Killed
        }
        Err(_) => return Err("it panicked".to_owned()),
    };
    // Whoever starts next finds nothing to undo: its own traces at most, where it could not remove them.
    let next = recovered(&world.process()).map_err(|error| format!("recovery: {error}"))?;
    match next {
        Recovered::Nothing | Recovered::Tidied => {}
        // The recovery itself was besieged, and has not begun.
        Recovered::Undone { .. } if scenario.recovers => end = End::Done,
        Recovered::Undone { .. } => return Err(format!("{end:?}, and yet something was left to undo")),
    }
    let now = world.picture();
    let fine = match end {
        End::Done => now == *wanted,
        End::Untouched | End::Restored | End::Broken => now == before,
        End::Killed => now == before || now == *wanted,
    };
    if !fine {
        let said = match &outcome {
            Ok(Err(error)) => error.to_string(),
            _ => String::new(),
        };
        let against = if end == End::Done { wanted } else { &before };
        return Err(format!("{end:?}: {said}\n{}", against.difference(&now)));
    }
    world.assert_closed(what);
    if end == End::Killed && now == *wanted {
        end = End::Done;
    }
    // Where something contradicts the answers, it is taken over.
    applied_with(&world.process(), &world, (ANSWERS, SECRET), TakeOver::Yes)
        .map_err(|error| format!("the next apply: {error}"))?;
    Ok(end)
}

/// What the command does without any fault, and the cases that follow from it.
fn cases_of(scenario: &Scenario) -> Vec<(usize, String, Fault)> {
    let world = (scenario.hub)();
    let calm = Faulty::none(world.process());
    let _ = (scenario.command)(&calm, &world);
    let operations = calm.operations();
    let numbered = operations.iter().enumerate();
    numbered
        .flat_map(|(index, operation)| {
            let faults = Fault::ALL.into_iter();
            let faults = faults.filter(|fault| fault.can_hit(operation.kind));
            faults.map(move |fault| (index + 1, operation.what.clone(), fault))
        })
        .collect()
}

/// Every case of a scenario; the counts, by how it ended.
fn every_fault(scenario: &Scenario) {
    let world = (scenario.hub)();
    let before = world.picture();
    let outcome = (scenario.command)(&world.process(), &world);
    assert_eq!(
        outcome.is_ok(),
        scenario.succeeds,
        "{}: {outcome:?}",
        scenario.name
    );
    let wanted = world.picture();
    if !scenario.succeeds {
        assert_eq!(before, wanted, "{}", before.difference(&wanted));
    }
    let mut counts = BTreeMap::<End, usize>::new();
    let mut wrong = Vec::new();
    for (at, operation, fault) in cases_of(scenario) {
        let what = format!("{}: {fault:?} at {at} ({operation})", scenario.name);
        match besiege(scenario, &wanted, at, fault, &what) {
            Ok(end) => *counts.entry(end).or_default() += 1,
            Err(error) => wrong.push(format!("{what}\n{error}")),
        }
    }
    println!("{}: {counts:?}", scenario.name);
    assert!(
        wrong.is_empty(),
        "{} wrong:\n\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    // No single fault needs a person: what could not be done once is done the second time.
    assert_eq!(counts.get(&End::Broken), None);
}

macro_rules! besieged {
    ($($name:ident: $scenario:expr;)*) => {
        $(#[test]
        fn $name() {
            every_fault(&$scenario);
        })*

        #[test]
        fn the_number_of_cases_follows_from_the_operations() {
            let counts = [$(cases_of(&$scenario).len()),*];
            let total: usize = counts.iter().sum();
            println!("{total} cases in memory, of {} commands on different hubs", counts.len());
            assert!(total > 2000, "{total}");
        }
    };
}

besieged! {
    apply_on_a_fresh_hub: cases::fresh();
    apply_on_a_hub_without_a_folder_for_settings: cases::no_folder();
    apply_over_an_older_apply: cases::older_apply();
    apply_over_a_file_made_by_hand: cases::old_file();
    apply_of_a_rotated_secret: cases::rotation();
    apply_that_does_not_work: cases::wrong_secret();
    rollback: cases::rollback();
    rollback_to_an_older_apply: cases::rollback_to_apply();
    rollback_to_the_default: cases::to_default();
    recovery_of_an_apply_that_was_killed: cases::recovery();
    apply_that_takes_over: cases::take_over();
    rollback_of_what_was_taken_over: cases::rollback_of_take_over();
    recovery_of_a_take_over_that_was_killed: cases::recovery_of_take_over();
}
