//! What is installed is what was published, or nothing is.

use std::fs;

use crate::machine::{Machine, PROGRAM, SHELLS, Server, Shell, asset_name};

const WRONG: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn sums(machine: &Machine, text: &str) {
    fs::write(machine.dist().join("SHA256SUMS"), text).unwrap();
}

fn right(machine: &Machine) -> String {
    let sums = fs::read_to_string(machine.dist().join("SHA256SUMS")).unwrap();
    let line = sums.lines().find(|line| line.ends_with(&asset_name())).unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn a_wrong_checksum_installs_nothing_and_runs_nothing() {
    for machine in Machine::all("wrong-sum") {
        let proof = machine.folder.join("it-ran");
        machine.publish(&format!(
            "#!/bin/sh\ntouch {}\necho hubgate 0.1.0\n",
            proof.display()
        ));
        sums(&machine, &format!("{WRONG}  {}\n", asset_name()));
        machine.install().fails(
            "what came is not the program: its SHA-256 is ",
            "nothing was installed",
        );
        machine.assert_nothing_installed();
        assert!(!proof.exists());

        let server = Server::of(&machine.dist());
        machine
            .run(&["--from", &server.url])
            .fails("what came is not the program: its SHA-256 is ", "try again");
        machine.assert_nothing_installed();
        assert!(!proof.exists());
    }
}

#[test]
fn a_truncated_program_is_not_installed() {
    for machine in Machine::all("truncated") {
        let whole = fs::read(machine.asset()).unwrap();
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(machine.asset(), &whole[..length]).unwrap();
            machine
                .install()
                .fails("what came is not the program", "nothing was installed");
            machine.assert_nothing_installed();
        }
    }
}

#[test]
fn the_old_one_stays_when_the_new_one_is_wrong() {
    for machine in Machine::all("old-stays") {
        machine.install().ok();
        sums(&machine, &format!("{WRONG}  {}\n", asset_name()));
        machine
            .install()
            .fails("what came is not the program", "nothing was installed");
        machine.assert_installed(PROGRAM);
    }
}

#[test]
fn without_a_checksum_nothing_is_installed() {
    for machine in Machine::all("no-sum") {
        fs::remove_file(machine.dist().join("SHA256SUMS")).unwrap();
        machine
            .install()
            .fails("there is neither ", "unchecked, nothing is installed");
        let server = Server::of(&machine.dist());
        let ran = machine.run(&["--from", &server.url]);
        assert!(ran.code == 1 && ran.stderr.contains("cannot get"), "{ran:#?}");
        machine.assert_nothing_installed();
    }
}

#[test]
fn a_checksum_that_was_cut_off_is_none() {
    for machine in Machine::all("cut-off-sum") {
        let right = right(&machine);
        sums(&machine, &format!("{}  {}\n", &right[..63], asset_name()));
        machine.install().fails("is no SHA-256", "cut off");
        sums(&machine, &right);
        machine
            .install()
            .fails("SHA256SUMS does not name", "for this machine");
        sums(&machine, "");
        machine
            .install()
            .fails("SHA256SUMS does not name", "for this machine");
        machine.assert_nothing_installed();
    }
}

#[test]
fn every_usual_way_to_write_a_checksum_is_read() {
    for machine in Machine::all("sum-forms") {
        let right = right(&machine);
        let name = asset_name();
        for text in [
            format!("{right} *{name}\n"),
            format!("{}  {name}\n", right.to_uppercase()),
            format!("{WRONG}  {name}.old\n{right}  {name}"),
            // As `sha256sum ./*` writes it, and an editor on Windows.
            format!("{WRONG}  ./{name}.old\n{right}  ./{name}\n"),
            format!("{WRONG}  {name}.old\r\n{right} *{name}\r\n"),
        ] {
            sums(&machine, &text);
            machine.install().ok();
            fs::remove_file(machine.target()).unwrap();
        }
        // A file of its own, with the name or without.
        let own = machine.dist().join(format!("{name}.sha256"));
        sums(&machine, &format!("{WRONG}  {name}\n"));
        for text in [
            format!("{right}  dist/{name}\n"),
            right.clone(),
            format!("{right}\r\n"),
        ] {
            fs::write(&own, text).unwrap();
            machine.install().ok();
            fs::remove_file(machine.target()).unwrap();
        }
    }
}

#[test]
fn a_checksum_from_elsewhere_counts_alone() {
    for machine in Machine::all("pinned") {
        let right = right(&machine);
        let dist = machine.dist().display().to_string();
        // Whoever changes the program changes the file beside it, too.
        machine.publish("#!/bin/sh\necho evil\n");
        machine
            .run(&["--from", &dist, "--sha256", &right])
            .fails("what came is not the program", "nothing was installed");
        machine.publish(PROGRAM);
        fs::remove_file(machine.dist().join("SHA256SUMS")).unwrap();
        machine.run(&["--from", &dist, "--sha256", &right]).ok();
        machine.assert_installed(PROGRAM);
        let ran = machine.run(&["--from", &dist, "--sha256", "abc"]);
        assert!(
            ran.code == 2 && ran.stderr.contains("64 hexadecimal digits"),
            "{ran:#?}"
        );
    }
}

#[test]
fn shasum_or_openssl_do_where_there_is_no_sha256sum() {
    for shell in [Shell::Dash, Shell::Bash] {
        for tool in ["shasum", "openssl"] {
            let machine = Machine::new(&format!("with-{tool}"), shell);
            machine.remove("sha256sum");
            machine.add(tool);
            if tool == "shasum" {
                // It is written in Perl.
                machine.add("perl");
            }
            machine.install().ok();
            machine.assert_installed(PROGRAM);
            sums(&machine, &format!("{WRONG}  {}\n", asset_name()));
            machine
                .install()
                .fails("what came is not the program", "nothing was installed");
        }
    }
    for shell in SHELLS {
        let machine = Machine::new("with-none", shell);
        machine.remove("sha256sum");
        machine
            .install()
            .fails("openssl is needed and not there", "sha256sum");
        machine.assert_nothing_installed();
    }
}
