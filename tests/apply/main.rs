//! `hubgate apply` and `hubgate rollback` besieged: a model of a TLJH host in memory, every operation of
//! theirs met by every fault, and odd hosts one by one.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod asked_once;
mod back_dry_run;
mod by_hand;
mod canary;
mod cases;
mod certificates;
mod down;
mod faults;
#[path = "../kit/machine/mod.rs"]
mod machine;
mod old_files;
mod old_records;
mod old_tljh;
mod records;
mod settings;
mod take_over;
mod two_hubs;
mod ways_back;
mod who_gets_in;
mod world;
