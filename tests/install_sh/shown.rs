//! What docs/install.md shows of the installer is what happens.

use std::fs;

use crate::machine::{Machine, PROGRAM, Ran, Server, Shell, asset_name, script};
use crate::pages::{blocks, commands};

#[test]
fn one_line_installs_as_docs_install_md_shows() {
    let page = blocks("docs/install.md");
    let [(command, output)] = &commands(&page[0])[..] else {
        panic!("{:?}", page[0]);
    };
    for shell in [Shell::Dash, Shell::Bash] {
        let machine = Machine::new("shown", shell);
        fs::copy(script(), machine.dist().join("install.sh")).unwrap();
        let server = Server::of(&machine.dist());
        // Root's folder is this machine's own here.
        let here = |text: &str| {
            let text = text.replace("https://downloads.example.org/hubgate", &server.url);
            let text = text.replace("hubgate-x86_64-unknown-linux-gnu", &asset_name());
            text.replace("/usr/local/bin/hubgate", machine.target().to_str().unwrap())
        };
        let to = machine.target();
        let to = to.parent().unwrap().display();
        let mut bare = machine.bare_command();
        bare.args([
            "-c",
            &format!("{} --to {to}", here(&command.replace("sudo ", ""))),
        ]);
        let ran = Ran::of(bare).ok();
        machine.assert_installed(PROGRAM);
        assert_eq!(ran.stdout, here(output));
    }
}
