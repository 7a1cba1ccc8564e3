//! What came: is it TLJH's script, and all of it? The real Python says what is Python.

use std::path::PathBuf;

use super::check;
use crate::host::{Programs, SystemHost};

fn python() -> PathBuf {
    SystemHost::new().find("python3").expect("python3 is needed")
}

fn verdict(script: &[u8]) -> Result<(), String> {
    let from = "/root/bootstrap.py".parse().unwrap();
    check(&SystemHost::new(), &python(), &from, script).map_err(|error| error.to_string())
}

/// In the manner of TLJH's: functions, a long text, and the entry point at the end.
const WHOLE: &str = r#""""
Bootstrap an installation.
"""
import sys

page = """
<html>
  if __name__
</html>
"""


def install(flags):
    for flag in flags:
        print(
            "{}".format(flag),
        )
    return 0


def main():
    sys.exit(install(sys.argv[1:]))


if __name__ == "__main__":
    main()
"#;

#[test]
fn a_whole_script_is_taken() {
    assert_eq!(verdict(WHOLE.as_bytes()), Ok(()));
}

#[test]
fn a_script_that_is_cut_off_anywhere_is_refused() {
    let end = WHOLE.trim_end().len() - "main()".len();
    for length in (0..=end).step_by(7).chain([end]) {
        let said = verdict(&WHOLE.as_bytes()[..length]);
        assert!(said.is_err(), "{length} bytes of {} are taken", WHOLE.len());
    }
}

#[test]
fn what_is_no_script_is_named() {
    let from = "what came from /root/bootstrap.py is not run: ";
    let cut_off = "it is cut off, or not TLJH's installer: nothing in it starts the installation";
    for (script, why) in [
        (&b""[..], "it is empty"),
        (b"\n\n", "it is empty"),
        (b"\xff\xfe\x00", "it is not text"),
        (
            b"<!DOCTYPE html><title>Sign in to the network</title>",
            "it is a web page, not a Python script",
        ),
        (b"print('hello')\n", cut_off),
        (
            b"if __name__ == '__main__':\n    main(\n",
            "it is cut off, or no Python script: SyntaxError: '(' was never closed",
        ),
    ] {
        assert_eq!(verdict(script), Err(format!("{from}{why}")));
    }
}
