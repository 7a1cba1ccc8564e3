//! A hub that does not answer.

use super::plant;

#[test]
fn the_hub_was_stopped() {
    plant(&["unit-down"], |hub| {
        hub.answers = false;
        hub.units = ["inactive", "active"];
        hub.journal_before = "SyntaxError: invalid syntax";
    });
}

#[test]
fn a_hub_that_cannot_start_says_why_in_an_earlier_start() {
    plant(&["hub-down", "python-syntax"], |hub| {
        hub.answers = false;
        hub.journal_before = "SyntaxError: invalid syntax\nOAuth error: invalid_scope";
        hub.journal = "";
    });
}

#[test]
fn on_a_disk_that_became_read_only_it_is_still_told_what_is_wrong() {
    plant(&["hub-down"], |hub| {
        hub.read_only = true;
        hub.answers = false;
    });
}

#[test]
fn a_hub_that_came_up_and_is_stuck_has_no_fault_of_an_earlier_start() {
    plant(&["hub-down"], |hub| {
        hub.answers = false;
        hub.journal_before = "SyntaxError: invalid syntax";
    });
}

#[test]
fn a_hub_that_systemd_gave_up_says_why() {
    plant(&["unit-down", "port-in-use"], |hub| {
        hub.answers = false;
        hub.units = ["failed", "failed"];
        hub.journal_before = "ERR error opening listener: listen tcp :80: bind: address already in use";
        hub.journal = "";
    });
}
