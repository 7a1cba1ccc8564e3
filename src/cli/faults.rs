//! With the feature `fault-injection` alone: real processes, files and units meet the faults that
//! [`Faulty`] has.
//!
//! `HUBGATE_FAULT=12:KilledAfter` puts that fault in the way of operation 12; `HUBGATE_OPERATIONS=FILE`
//! writes every operation down; `HUBGATE_MEANWHILE=12:COMMAND` lets a shell do something else first.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::Command;

use crate::host::SystemHost;
use crate::host::faulty::{Death, Fault, Faulty, Operation};

/// The machine with the fault that the environment asks for.
///
/// # Panics
/// When the environment asks for something that is none: a test that tests nothing is worse.
#[allow(clippy::expect_used)]
pub fn machine() -> Faulty<SystemHost> {
    let (at, fault) = numbered("HUBGATE_FAULT").map_or((0, Fault::Fails), |(at, name)| {
        (at, name.parse().expect("HUBGATE_FAULT: NUMBER:FAULT"))
    });
    let list = std::env::var_os("HUBGATE_OPERATIONS");
    let meanwhile = numbered("HUBGATE_MEANWHILE");
    let watch = move |number: usize, operation: &Operation| {
        if let Some(path) = &list {
            let file = OpenOptions::new().create(true).append(true).open(path);
            let line = format!("{:?}\t{}\n", operation.kind, operation.what);
            file.and_then(|mut file| file.write_all(line.as_bytes()))
                .expect("HUBGATE_OPERATIONS can be written");
        }
        if let Some((at, command)) = &meanwhile
            && *at == number
        {
            let status = Command::new("sh").args(["-c", command]).status();
            assert!(status.is_ok_and(|status| status.success()), "HUBGATE_MEANWHILE");
        }
    };
    Faulty::new(SystemHost::new(), at, fault, Death::Process).watched(Box::new(watch))
}

#[allow(clippy::expect_used)]
fn numbered(variable: &str) -> Option<(usize, String)> {
    let text = std::env::var(variable).ok()?;
    let (number, rest) = text.split_once(':').expect("NUMBER:…");
    Some((number.parse().expect("a number"), rest.to_owned()))
}
