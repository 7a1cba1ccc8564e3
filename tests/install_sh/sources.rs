//! Where the program comes from: a folder, a web server, a checkout.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::kit;
use crate::machine::{Machine, PROGRAM, Ran, Server, Shell, asset_name, script, write_executable};

#[test]
fn from_a_folder() {
    for machine in Machine::all("folder") {
        let url = format!("file://{}/", machine.dist().display());
        machine.run(&["--from", &url]).ok();
        fs::remove_file(machine.target()).unwrap();
        let ran = machine.install().ok();
        machine.assert_installed(PROGRAM);
        let target = machine.target().display().to_string();
        assert!(
            ran.stdout
                .ends_with(&format!("hubgate: hubgate 0.1.0 is installed as {target}\n")),
            "{ran:#?}"
        );
        assert!(ran.stderr.contains("your shell does not look there"), "{ran:#?}");
    }
}

#[test]
fn from_a_web_server() {
    for machine in Machine::all("server") {
        let server = Server::of(&machine.dist());
        machine.run(&["--from", &server.url]).ok();
        machine.assert_installed(PROGRAM);
    }
}

#[test]
fn with_wget_where_there_is_no_curl() {
    for machine in [
        Machine::new("wget", Shell::Dash),
        Machine::new("wget", Shell::Bash),
    ] {
        machine.remove("curl");
        machine.add("wget");
        let server = Server::of(&machine.dist());
        machine.run(&["--from", &server.url]).ok();
        machine.assert_installed(PROGRAM);
    }
}

#[test]
fn with_neither_it_says_what_to_install() {
    for machine in Machine::all("no-curl") {
        machine.remove("curl");
        machine.remove("wget");
        machine
            .run(&["--from", "https://downloads.example.org/hubgate"])
            .fails(
                "curl or wget is needed to download, and neither is there",
                "apt-get install curl",
            );
        machine.assert_nothing_installed();
        // A folder needs neither.
        machine.install().ok();
    }
}

#[test]
fn a_second_run_changes_nothing_and_downloads_nothing() {
    for machine in Machine::all("twice") {
        machine.install().ok();
        let before = fs::metadata(machine.target()).unwrap().modified().unwrap();
        let program = fs::read(machine.asset()).unwrap();
        fs::remove_file(machine.asset()).unwrap();
        let ran = machine.install().ok();
        assert!(
            ran.stdout.ends_with("hubgate is up to date (hubgate 0.1.0)\n"),
            "{ran:#?}"
        );
        assert_eq!(
            fs::metadata(machine.target()).unwrap().modified().unwrap(),
            before
        );
        assert_eq!(fs::read(machine.target()).unwrap(), program);
    }
}

#[test]
fn a_newer_one_takes_the_place_of_the_old() {
    for machine in Machine::all("newer") {
        machine.install().ok();
        let newer = "#!/bin/sh\necho hubgate 0.2.0\n";
        machine.publish(newer);
        machine.install().ok();
        machine.assert_installed(newer);
    }
}

#[test]
fn a_download_that_is_cut_off_is_not_installed() {
    for machine in Machine::all("cut-off-download") {
        let whole = fs::read(machine.asset()).unwrap();
        let sums = fs::read(machine.dist().join("SHA256SUMS")).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        // Announces all of it, sends half and hangs up.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                let answer = |body: &[u8], announced: usize| {
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n"
                    );
                    [head.as_bytes(), body].concat()
                };
                let answer = if request.contains(".sha256 ") {
                    b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
                } else if request.contains("SHA256SUMS") {
                    answer(&sums, sums.len())
                } else {
                    answer(&whole[..whole.len() / 2], whole.len())
                };
                let _ = stream.write_all(&answer);
            }
        });
        let ran = machine.run(&["--from", &url]);
        assert_eq!(ran.code, 1, "{ran:#?}");
        // curl and GNU's wget see it themselves; BusyBox's wget may not, and the checksum does.
        assert!(
            ran.stderr.contains(&format!("cannot get {url}/{}", asset_name()))
                || ran.stderr.contains("what came is not the program"),
            "{ran:#?}"
        );
        machine.assert_nothing_installed();
    }
}

#[test]
fn an_address_that_does_not_answer_is_named() {
    for machine in Machine::all("dead-address") {
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let url = format!("http://127.0.0.1:{port}");
        let ran = machine.run(&["--from", &url]);
        assert_eq!(ran.code, 1, "{ran:#?}");
        assert!(
            ran.stderr.contains(&format!("cannot get {url}/SHA256SUMS")),
            "{ran:#?}"
        );
        machine.assert_nothing_installed();
    }
}

#[test]
fn an_open_address_is_refused_unless_the_checksum_is_known_from_elsewhere() {
    for machine in Machine::all("http") {
        machine
            .run(&["--from", "http://downloads.example.org/hubgate"])
            .fails("is not encrypted", "--sha256");
        machine
            .run(&["--from", "http://127.0.0.1.example.org/hubgate"])
            .fails("is not encrypted", "--sha256");
        machine
            .run(&["--from", "ftp://example.org"])
            .fails("is no https URL", "https://");
        machine.assert_nothing_installed();
    }
}

#[test]
fn without_a_release_it_says_so() {
    for machine in Machine::all("no-release") {
        machine
            .run(&[])
            .fails("no release of hubgate is published yet", "--from-source");
    }
}

#[test]
fn once_there_are_releases_the_asked_version_comes_from_them() {
    for machine in Machine::all("releases") {
        let (old, new) = (env!("CARGO_PKG_VERSION"), "#!/bin/sh\necho hubgate 9.9.9\n");
        let releases = machine.folder.join("releases");
        for (version, program) in [(old, PROGRAM), ("9.9.9", new)] {
            machine.publish(program);
            fs::create_dir_all(&releases).unwrap();
            fs::rename(machine.dist(), releases.join(format!("v{version}"))).unwrap();
            fs::create_dir(machine.dist()).unwrap();
        }
        let server = Server::of(&releases);
        // As the first release will set it.
        let text = fs::read_to_string(script()).unwrap();
        let text = text.replacen(
            "releases=''",
            &format!("releases='{}/v%VERSION%/'", server.url),
            1,
        );
        let published = machine.folder.join("published.sh");
        write_executable(&published, &text);
        for (args, program) in [(&[][..], PROGRAM), (&["--release", "v9.9.9"], new)] {
            let mut command = machine.bare_command();
            command
                .arg(&published)
                .args(args)
                .arg("--to")
                .arg(machine.target().parent().unwrap());
            Ran::of(command).ok();
            machine.assert_installed(program);
        }
    }
}

#[test]
fn a_machine_without_a_program_is_told() {
    for machine in Machine::all("riscv") {
        machine.add_script(
            "uname",
            "#!/bin/sh\n[ \"$1\" = -s ] && echo Linux || echo riscv64\n",
        );
        machine
            .install()
            .fails("there is no ready-made hubgate for riscv64", "--from-source");
        machine.add_script("uname", "#!/bin/sh\necho Darwin\n");
        machine.install().fails("there is no hubgate for Darwin", "Linux");
    }
}

#[test]
fn from_source_it_is_built_by_cargo() {
    for machine in Machine::all("source") {
        let checkout = machine.folder.join("checkout");
        fs::create_dir(&checkout).unwrap();
        machine
            .run(&["--from-source", "checkout"])
            .fails("cargo is needed and not there", "https://rustup.rs");
        // A cargo that writes down how it was called; the real one is run once for all shells' sake.
        machine.add_script(
            "cargo",
            "#!/bin/sh\necho \"$* in $PWD\" > \"$HOME/cargo-calls\"\nmkdir -p \"$5/release\"\nprintf '#!/bin/sh\\necho hubgate 0.1.0\\n' > \"$5/release/hubgate\"\n",
        );
        machine
            .run(&["--from-source", "checkout"])
            .fails("is no checkout of hubgate", "--from-source FOLDER");
        fs::write(checkout.join("Cargo.toml"), "[package]\nname = \"hubgate\"\n").unwrap();
        machine.run(&["--from-source", "checkout"]).ok();
        let call = fs::read_to_string(machine.folder.join("home/cargo-calls")).unwrap();
        let at = checkout.display();
        assert_eq!(
            call,
            format!("build --release --locked --target-dir {at}/target in {at}\n")
        );
        machine.assert_installed("#!/bin/sh\necho hubgate 0.1.0\n");

        machine.add_script("cargo", "#!/bin/sh\necho 'error: no space left' >&2\nexit 101\n");
        let ran = machine.run(&["--from-source", "checkout"]);
        assert!(
            ran.code == 1 && ran.stderr.contains("cargo could not build it"),
            "{ran:#?}"
        );
    }
}

#[test]
fn cargo_accepts_the_call_that_builds_from_source() {
    let machine = Machine::new("real-cargo", Shell::Dash);
    let checkout = machine.folder.join("checkout");
    fs::create_dir_all(checkout.join("src")).unwrap();
    fs::write(
        checkout.join("Cargo.toml"),
        "[package]\nname = \"hubgate\"\nversion = \"0.1.0\"\nedition = \"2021\"\n[workspace]\n",
    )
    .unwrap();
    fs::write(
        checkout.join("Cargo.lock"),
        "version = 4\n[[package]]\nname = \"hubgate\"\nversion = \"0.1.0\"\n",
    )
    .unwrap();
    fs::write(
        checkout.join("src/main.rs"),
        "fn main() { println!(\"hubgate 0.1.0\") }\n",
    )
    .unwrap();
    let mut command = machine.command(&["--from-source", "checkout"]);
    command.env("PATH", std::env::var_os("PATH").unwrap());
    for name in ["CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command.env("HOME", std::env::var_os("HOME").unwrap());
    let ran = Ran::of(command).ok();
    assert!(ran.stdout.contains("hubgate 0.1.0 is installed as"), "{ran:#?}");
    assert!(machine.target().exists());
    // Again: it is built, and found the same.
    kit::ok(std::process::Command::new(machine.target()).arg("--version"));
}

#[test]
fn one_of_another_glibc_is_not_installed() {
    for machine in Machine::all("does-not-run") {
        machine.publish("#!/bin/sh\necho 'version GLIBC_2.17 not found' >&2\nexit 1\n");
        machine.install().fails(
            "it does not run on this machine: version GLIBC_2.17 not found",
            "needs glibc 2.17",
        );
        machine.assert_nothing_installed();
    }
}

#[test]
fn another_hubgate_that_is_found_first_is_told() {
    for machine in Machine::all("shadowed") {
        write_executable(&machine.folder.join("bin/hubgate"), "#!/bin/sh\necho old\n");
        let mut command = machine.command(&["--from", machine.dist().to_str().unwrap()]);
        let both = format!("{0}/bin:{0}/home/.local/bin", machine.folder.display());
        command.env("PATH", both);
        let ran = Ran::of(command).ok();
        assert!(
            ran.stderr.contains("your shell finds another one first"),
            "{ran:#?}"
        );
    }
}
